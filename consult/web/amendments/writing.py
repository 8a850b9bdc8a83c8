"""Writing an amendment: editing the text, the checker beside it, submitting, and new words when the motion's text changed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.domain.rulebook import Rulebook
from consult.model.amendments import Amendment
from consult.model.motions import Motion
from consult.service import amendments, clock, motions, rebases
from consult.text.checker import Code, Finding
from consult.web.amendments import forms
from consult.web.amendments.views import pages
from consult.web.guards import actor, allowed, signed_in
from consult.web.motions import presenters
from consult.web.motions.forms import meeting_of
from consult.web.motions.views import number
from consult.web.trying import revision_of, tried

#: What the checker looks for, in the order in which the page says it.
#: Who looks at what the committee will look at: whoever writes or submits the amendment, and the committee.
CHECKERS = (Permission.AMENDMENT_EDIT, Permission.AMENDMENT_SUBMIT, Permission.MOTION_RULE)
CHECKS: dict[Code, Any] = {
    Code.NOTHING: "changes something",
    Code.RATIONALE: "changes the motion, not the rationale only",
    Code.SPELLING: "changes words, not punctuation or capitals only",
    Code.OVER_LIMIT: "within the words that an amendment may add",
    Code.BUDGET: "within the branch's budget of words",
    Code.NEGATIVE: "not a direct negative",
    Code.SAME: "not the same as another amendment",
    Code.PAST: "in time",
}


def _parent(motion: Motion) -> Amendment | None:
    """The amendment that the address says is amended, if it does."""
    chosen = number("to", 0)
    if not chosen:
        return None
    parent = amendments.get(chosen)
    amendments.require_amendable(motion, parent)
    return parent


@pages.route("/motions/<int:motion_id>/amend", methods=["GET", "POST"])
@signed_in
def new(motion_id: int) -> Any:
    """Begin an amendment by editing the text; look at what it changes as often as one likes."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    policy.require(Permission.AMENDMENT_DRAFT, actor(), motion, at=clock.now())
    amendments.require_open(motion, clock.now())
    parent = _parent(motion)
    sections = amendments.sections_of(amendments.text_with(parent) if parent else motions.draft_of(motion))
    form = forms.AmendmentForm(data=sections | {"version": motion.version.sequence if motion.version else ""})
    units = {unit.id: unit for unit in motions.units_of(actor().member_id or 0)}
    form.unit.choices = [(unit.id, unit.name) for unit in units.values()]
    form.unit.data = form.unit.data or next(iter(units))
    typed = str(form.version.data or "")
    base = int(typed) if typed.isdecimal() and len(typed) < 9 else None

    def keep() -> Amendment:
        unit, reason = units[form.unit.data], form.reason.data or ""
        return amendments.draft(motion, unit, form.sections, reason, version=base, parent=parent, by=actor())

    done, status = (None, 200) if form.preview.data else tried(form, keep)
    if done is not None:
        flash(_("The draft is saved. Look at it, then have your branch's delegate submit it."), "success")
        return redirect(url_for("amendments.show", amendment_id=done.id))
    return _editor(form, motion, None, sections, status, parent)


@pages.route("/amendments/<int:amendment_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(amendment_id: int) -> Any:
    """Change a draft amendment."""
    row = amendments.get(amendment_id)
    amendments.require_readable(actor(), row, clock.now())
    policy.require(Permission.AMENDMENT_EDIT, actor(), row, at=clock.now())
    sections = amendments.sections_of(amendments.text_with(row))
    form = forms.AmendmentForm(data=sections | {"reason": row.reason, "revision": row.revision, "unit": row.unit_id})
    form.unit.choices = [(row.unit_id, row.unit.name)]

    def keep() -> Amendment:
        return amendments.save(row, form.sections, form.reason.data or "", revision=revision_of(form), by=actor())

    done, status = (None, 200) if form.preview.data else tried(form, keep)
    if done is not None:
        flash(_("Saved."), "success")
        return redirect(url_for("amendments.show", amendment_id=row.id))
    if status == 409:
        form.revision.data = str(row.revision)
    return _editor(form, row.motion, row, sections, status)


def _editor(
    form: forms.AmendmentForm,
    motion: Motion,
    row: Amendment | None,
    sections: dict[str, str],
    status: int,
    parent: Amendment | None = None,
) -> Any:
    """The form, with what it changes when that was asked for."""
    made: amendments.Worked | None = None
    found: list[Finding] = []
    if request.method == "POST":
        try:
            made, found = amendments.preview(motion, form.sections, row, parent=parent, at=clock.now())
        except Refused as refusal:
            if form.preview.data:
                form.refuse(refusal)
                status = refusal.status
    shown = [
        name for name in ("heading", "preamble", "notes", "believes", "resolves", "paragraph") if _used(name, sections)
    ]
    return render_template(
        "amendments/edit.html", form=form, motion=motion, amendment=row, shown=shown, made=made,
        warnings=[finding.sentence for finding in found], parent=parent or (row.parent if row else None),
        marked=presenters.marked_clauses(made.marked) if made else [],
        rules=Rulebook.from_json(motion.consultation.rulebook.rules),
    ), status  # fmt: skip


def _used(name: str, sections: dict[str, str]) -> bool:
    return bool(sections.get(name)) or name in ("heading", "notes", "believes", "resolves")


@pages.post("/motions/<int:motion_id>/amend/check")
@signed_in
def check_live(motion_id: int) -> Any:
    """What the checker says of the text as it is typed: a fragment that the editor puts beside it."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    policy.require(Permission.AMENDMENT_DRAFT, actor(), motion, at=clock.now())
    own = amendments.get(number("own", 0)) if number("own", 0) else None
    if own is not None:
        policy.require(Permission.AMENDMENT_EDIT, actor(), own, at=clock.now())
    parent = None if own else _parent(motion)
    form = forms.AmendmentForm()
    made: amendments.Worked | None = None
    found: list[Finding] = []
    refusal = ""
    try:
        made, found = amendments.preview(motion, form.sections, own, parent=parent, at=clock.now())
    except Refused as told:
        refusal = str(told)
    rules = Rulebook.from_json(motion.consultation.rulebook.rules)
    return render_template("amendments/_check.html", made=made, found=found, refusal=refusal, rules=rules)


@pages.get("/amendments/<int:amendment_id>/check")
@signed_in
def check(amendment_id: int) -> str:
    """Everything that the committee will look at, before the delegate submits."""
    row = amendments.get(amendment_id)
    amendments.require_readable(actor(), row, clock.now())
    if not any(allowed(permission, row) for permission in CHECKERS):
        policy.require(Permission.AMENDMENT_EDIT, actor(), row, at=clock.now())
    base, operations = amendments.base_of(row), amendments.text_of(row).operations
    found = amendments.findings(row.motion, base, operations, row, at=clock.now())
    by_code: dict[Code, list[Finding]] = {}
    for finding in found:
        by_code.setdefault(finding.code, []).append(finding)
    rules = Rulebook.from_json(row.motion.consultation.rulebook.rules)
    asked = [code for code in CHECKS if code is not Code.BUDGET or rules.branch_words]
    return render_template(
        "amendments/check.html", amendment=row, motion=row.motion, rules=rules,
        checks=[(CHECKS[code], by_code.get(code, [])) for code in asked], bars=any(finding.bars for finding in found),
    )  # fmt: skip


@pages.route("/amendments/<int:amendment_id>/submit", methods=["GET", "POST"])
@signed_in
def submit(amendment_id: int) -> Any:
    """Submit for the branch, after a look at what it says."""
    row = amendments.get(amendment_id)
    amendments.require_readable(actor(), row, clock.now())
    policy.require(Permission.AMENDMENT_SUBMIT, actor(), row, at=clock.now())
    rules = Rulebook.from_json(row.motion.consultation.rulebook.rules)
    needed = rules.amendments_need_meeting
    form = (forms.MeetingForm if needed else forms.ConfirmForm)(data={"revision": row.revision})

    def send() -> Amendment:
        meeting = meeting_of(form) if needed else None
        return amendments.submit(row, meeting=meeting, revision=revision_of(form), by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("%(label)s is submitted. The committee will rule on it.", label=done.label), "success")
        return redirect(url_for("amendments.show", amendment_id=row.id))
    base, operations = amendments.base_of(row), amendments.text_of(row).operations
    found = amendments.findings(row.motion, base, operations, row, at=clock.now())
    return render_template(
        "amendments/submit.html", form=form, amendment=row, motion=row.motion, rules=rules, needed=needed,
        warnings=[finding.sentence for finding in found],
    ), status  # fmt: skip


@pages.route("/amendments/<int:amendment_id>/submit-as-member", methods=["GET", "POST"])
@signed_in
def submit_as_member(amendment_id: int) -> Any:
    """Submit it oneself, where the rules let members amend."""
    row = amendments.get(amendment_id)
    amendments.require_readable(actor(), row, clock.now())
    policy.require(Permission.AMENDMENT_SUBMIT_OWN, actor(), row, at=clock.now())
    form = forms.ConfirmForm(data={"revision": row.revision})
    done, status = tried(form, lambda: amendments.submit_as_member(row, revision=revision_of(form), by=actor()))
    if done is not None:
        flash(_("%(label)s is submitted. The committee will rule on it.", label=done.label), "success")
        return redirect(url_for("amendments.show", amendment_id=row.id))
    base, operations = amendments.base_of(row), amendments.text_of(row).operations
    found = amendments.findings(row.motion, base, operations, row, at=clock.now())
    return render_template(
        "amendments/submit.html", form=form, amendment=row, motion=row.motion, needed=False, own=True,
        rules=Rulebook.from_json(row.motion.consultation.rulebook.rules),
        warnings=[finding.sentence for finding in found],
    ), status  # fmt: skip


@pages.route("/amendments/<int:amendment_id>/new-words", methods=["GET", "POST"])
@signed_in
def new_words(amendment_id: int) -> Any:
    """The motion has a new text: its mover says how the amendment should read on it."""
    row = amendments.get(amendment_id)
    amendments.require_readable(actor(), row, clock.now())
    policy.require(Permission.AMENDMENT_EDIT, actor(), row, at=clock.now())
    offer = rebases.require(row)
    sections = amendments.sections_of(rebases.proposed(row))
    form = forms.NewWordsForm(data=sections | {"revision": row.revision})
    done, status = tried(form, lambda: rebases.consent(row, form.sections, revision=revision_of(form), by=actor()))
    if done is not None:
        flash(_("Your amendment is on the new text now, in the words that you gave."), "success")
        return redirect(url_for("amendments.show", amendment_id=row.id))
    shown = [name for name in forms.SECTIONS if _used(name, sections)]
    return render_template(
        "amendments/new_words.html", form=form, amendment=row, motion=row.motion, offer=offer, shown=shown,
        marked=presenters.stored_marks(row.marked),
    ), status  # fmt: skip
