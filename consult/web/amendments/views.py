"""Amendments: drafted by editing the motion's text, looked at before they are submitted, answered by the mover."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.domain.rulebook import Rulebook
from consult.model.amendments import Amendment
from consult.model.motions import Motion
from consult.service import amendments, clock, consequences, motions, reading, versions
from consult.web.amendments import forms
from consult.web.guards import actor, public, signed_in
from consult.web.motions import presenters
from consult.web.motions.views import revision_of
from consult.web.trying import tried

pages = Blueprint("amendments", __name__)


@pages.get("/amendments/<int:amendment_id>")
@public
def show(amendment_id: int) -> str:
    """One amendment: in words, marked up, as it would read, how it stands to others, and what became of it."""
    row, at = amendments.get(amendment_id), clock.now()
    amendments.require_readable(actor(), row, at)
    base = amendments.base_of(row)
    made = amendments.shown(base, amendments.lines_for(row, base), amendments.text_of(row).operations)
    return render_template(
        "amendments/show.html",
        amendment=row,
        motion=row.motion,
        marked=presenters.stored_marks(row.marked),
        reads=made.reads,
        related=[(presenters.relation_sentence(relation, row, other), other) for relation, other in _related(row)],
        warnings=_warnings(row) if row.state in ("draft", "submitted", "queried") else [],
        follows=consequences.said(consequences.of_amendment(row.id), row.motion_id),
        rulings=reading.rulings_on(row.id) if actor().member_id else [],
        rules=Rulebook.from_json(row.motion.consultation.rulebook.rules),
    )


def _related(row: Amendment) -> list[tuple[str, Amendment]]:
    return amendments.related(row) if row.state not in amendments.GONE else []


def _warnings(row: Amendment) -> list[str]:
    base, operations = versions.document_of(row.base_version), amendments.text_of(row).operations
    return [finding.sentence for finding in amendments.findings(row.motion, base, operations, row)]


@pages.route("/motions/<int:motion_id>/amend", methods=["GET", "POST"])
@signed_in
def new(motion_id: int) -> Any:
    """Begin an amendment by editing the text; look at what it changes as often as one likes."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    policy.require(Permission.AMENDMENT_DRAFT, actor(), motion, at=clock.now())
    amendments.require_open(motion, clock.now())
    sections = amendments.sections_of(motions.draft_of(motion))
    form = forms.AmendmentForm(data=sections | {"version": motion.version.sequence if motion.version else ""})
    units = {unit.id: unit for unit in motions.units_of(actor().member_id or 0)}
    form.unit.choices = [(unit.id, unit.name) for unit in units.values()]
    form.unit.data = form.unit.data or next(iter(units))
    typed = str(form.version.data or "")
    base = int(typed) if typed.isdigit() else None

    def keep() -> Amendment:
        unit = units[form.unit.data]
        return amendments.draft(motion, unit, form.sections, form.reason.data or "", version=base, by=actor())

    done, status = (None, 200) if form.preview.data else tried(form, keep)
    if done is not None:
        flash(_("The draft is saved. Look at it, then have your branch's delegate submit it."), "success")
        return redirect(url_for("amendments.show", amendment_id=done.id))
    return _editor(form, motion, None, sections, status)


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
    form: forms.AmendmentForm, motion: Motion, row: Amendment | None, sections: dict[str, str], status: int
) -> Any:
    """The form, with what it changes when that was asked for."""
    made: amendments.Worked | None = None
    warnings: list[str] = []
    if request.method == "POST":
        try:
            made, warnings = amendments.preview(motion, form.sections, row)
        except Refused as refusal:
            if form.preview.data:
                form.refuse(refusal)
                status = refusal.status
    shown = [
        name for name in ("heading", "preamble", "notes", "believes", "resolves", "paragraph") if _used(name, sections)
    ]
    return render_template(
        "amendments/edit.html", form=form, motion=motion, amendment=row, shown=shown, made=made, warnings=warnings,
        marked=presenters.marked_clauses(made.marked) if made else [],
        rules=Rulebook.from_json(motion.consultation.rulebook.rules),
    ), status  # fmt: skip


def _used(name: str, sections: dict[str, str]) -> bool:
    return bool(sections.get(name)) or name in ("heading", "notes", "believes", "resolves")


@pages.route("/amendments/<int:amendment_id>/submit", methods=["GET", "POST"])
@signed_in
def submit(amendment_id: int) -> Any:
    """Submit for the branch, after a look at what it says."""
    row = amendments.get(amendment_id)
    amendments.require_readable(actor(), row, clock.now())
    policy.require(Permission.AMENDMENT_SUBMIT, actor(), row, at=clock.now())
    form = forms.ConfirmForm(data={"revision": row.revision})
    done, status = tried(form, lambda: amendments.submit(row, revision=revision_of(form), by=actor()))
    if done is not None:
        flash(_("%(label)s is submitted. The committee will rule on it.", label=done.label), "success")
        return redirect(url_for("amendments.show", amendment_id=row.id))
    rules = Rulebook.from_json(row.motion.consultation.rulebook.rules)
    return render_template(
        "amendments/submit.html", form=form, amendment=row, motion=row.motion, rules=rules, warnings=_warnings(row)
    ), status


@pages.route("/amendments/<int:amendment_id>/answer", methods=["GET", "POST"])
@signed_in
def answer(amendment_id: int) -> Any:
    """The mover of the motion accepts it or does not."""
    row = amendments.get(amendment_id)
    amendments.require_readable(actor(), row, clock.now())
    policy.require(Permission.AMENDMENT_RESPOND, actor(), row.motion, at=clock.now())
    form = forms.AnswerForm(data={"response": row.response})

    def send() -> Amendment:
        accept = form.answer.data == "accept"
        return amendments.respond(row.motion, row, accept, form.response.data or "", by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("Your answer is kept. You can change it until the text is frozen."), "success")
        return redirect(url_for("amendments.show", amendment_id=row.id))
    return render_template("amendments/answer.html", form=form, amendment=row, motion=row.motion), status


@pages.route("/amendments/<int:amendment_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(amendment_id: int) -> Any:
    """Withdraw, after being told what that means."""
    row = amendments.get(amendment_id)
    amendments.require_readable(actor(), row, clock.now())
    policy.require(Permission.AMENDMENT_WITHDRAW, actor(), row, at=clock.now())
    form = forms.ConfirmForm()
    done, status = tried(form, lambda: amendments.withdraw(row, by=actor()))
    if done is not None:
        flash(_("The amendment is withdrawn."), "success")
        return redirect(url_for("motions.show", motion_id=row.motion_id))
    return render_template("amendments/withdraw.html", form=form, amendment=row, motion=row.motion), status
