"""Motions: the list, the page of each, and drafting, seconding, submitting and withdrawing one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotFound
from consult.domain.lifecycle import MOTION
from consult.domain.policy import Permission
from consult.domain.rulebook import Rulebook
from consult.domain.timetable import current, outside
from consult.model.motions import Motion
from consult.printing import FORMATS
from consult.service import (
    amendments,
    clock,
    consultations,
    limits,
    motions,
    policy_conflicts,
    reading,
    seconding,
    versions,
)
from consult.text.clauses import word_count
from consult.text.compare import compare as compare_texts
from consult.web import kept
from consult.web.guards import actor, now, public, signed_in
from consult.web.motions import forms, lines, presenters, rail, tongues
from consult.web.trying import revision_of, tried

pages = Blueprint("motions", __name__)


def number(name: str, default: int = 1) -> int:
    """A whole number of the address, or the default."""
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else default


@pages.get("/motions")
@public
@kept.for_visitors
def index() -> str:
    """Every motion that this person may read."""
    args = request.args
    state = args.get("state", "") if args.get("state") in MOTION.states else ""
    mine = bool(args.get("mine")) and actor().member_id is not None
    wanted = reading.Wanted(number("consultation", 0) or None, state, args.get("q", "")[:200], mine)
    rows, last = reading.listed(wanted, actor(), number("page"))
    found, at = consultations.shown(actor(), now()), clock.now()
    return render_template(
        "motions/index.html", rows=rows, last=last, page_number=number("page"), wanted=wanted,
        drafting=[c for c in found if any(phase.kind in limits.WRITING for phase in current(c.phases, at))],
        consultations=found, states=MOTION.states,
    )  # fmt: skip


@pages.get("/motions/<int:motion_id>")
@public
@kept.for_visitors
def show(motion_id: int) -> str:
    """One motion: its text with line numbers, its amendments at their lines, its journey, rulings and debate."""
    at = now()
    page = reading.page(motion_id, actor(), at)
    if page.motion.sequence is None:
        return _show_draft(motion_id, page)
    wanted = number("amendment", 0)
    chosen = next((row for row in page.amendments if row.id == wanted), None)
    if chosen is not None and chosen.base != page.motion.sequence:
        raise NotFound("This amendment was made on an earlier text of the motion; its own page shows it.")
    reads = request.args.get("view") == "reads"
    journey = presenters.journey(page.motion.state, page.around.phases, at)
    return render_template(
        "motions/show.html",
        page_of=page,
        above=(page.motion.told, tuple(page.around.composites), journey),
        motion=page.motion,
        text_of=lines.shown(page, number("line", 0) or None) if chosen is None else "",
        translation=tongues.of(page.motion),
        listed=rail.listed(page),
        live=any(row.number for row in page.amendments),
        chosen=chosen,
        reads=reads,
        around=rail.beside(page, chosen),
        formats=FORMATS,
        marked=presenters.with_amendment(page.motion.document or {}, chosen, reads) if chosen else [],
        journey=journey,
        amending=outside(page.around.phases, "amendments", at),
        at=at,
    )


def _show_draft(motion_id: int, page: reading.MotionPage) -> str:
    motion = motions.get(motion_id)
    document = motions.draft_of(motion)
    return render_template(
        "motions/draft.html",
        motion=motion,
        text=page.motion,
        clauses=presenters.clauses_of_draft(document),
        words=word_count(document),
        bearing=policy_conflicts.of_text(document),
        rules=Rulebook.from_json(motion.consultation.rulebook.rules),
        supports=seconding.supports(motion),
        journey=presenters.journey(motion.state, page.around.phases, now()),
        line=number("line", 0) or None,
    )


# -- drafting --------------------------------------------------------------------------------------------------------


@pages.route("/consultations/<int:consultation_id>/motions/new", methods=["GET", "POST"])
@signed_in
def new(consultation_id: int) -> Any:
    """Begin a motion."""
    consultation = consultations.readable(consultation_id, actor(), now())
    policy.require(Permission.MOTION_DRAFT, actor(), consultation, at=clock.now())
    motions.require_taken(consultation)
    form = forms.MotionForm()
    units = motions.units_of(actor().member_id or 0)
    form.unit.choices = [(unit.id, unit.name) for unit in units]
    form.unit.data = form.unit.data or units[0].id
    chosen = {unit.id: unit for unit in units}
    done, status = tried(
        form,
        lambda: motions.draft(consultation, chosen[form.unit.data], form.sections, form.topic.data or "", by=actor()),
    )
    if done is not None:
        _tell_reading(form)
        return redirect(url_for("motions.show", motion_id=done.id))
    rules = Rulebook.from_json(consultation.rulebook.rules)
    return render_template("motions/edit.html", form=form, consultation=consultation, rules=rules, motion=None), status


@pages.route("/motions/<int:motion_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(motion_id: int) -> Any:
    """Change a draft; if it was saved elsewhere meanwhile, both texts are shown."""
    motion = motions.get(motion_id)
    policy.require(Permission.MOTION_EDIT, actor(), motion, at=clock.now())
    form = forms.MotionForm(data=_typed(motion))
    form.unit.choices = [(motion.unit_id, motion.unit.name)]
    done, status = tried(
        form,
        lambda: motions.save(motion, form.sections, form.topic.data or "", revision=revision_of(form), by=actor()),
    )
    if done is not None:
        _tell_reading(form)
        return redirect(url_for("motions.show", motion_id=motion_id))
    newer = presenters.clauses_of_draft(motions.draft_of(motion)) if status == 409 else None
    if newer:
        form.revision.data = str(motion.revision)
    rules = Rulebook.from_json(motion.consultation.rulebook.rules)
    return render_template(
        "motions/edit.html", form=form, consultation=motion.consultation, rules=rules, motion=motion, newer=newer
    ), status


def _typed(motion: Motion) -> dict[str, Any]:
    sections = amendments.sections_of(motions.draft_of(motion))
    return sections | {"unit": motion.unit_id, "topic": motion.topic, "revision": motion.revision}


def _tell_reading(form: forms.MotionForm) -> None:
    """Saved, and what could not be kept as it was typed."""
    flash(_("Saved."), "success")
    for sentence in motions.read(form.sections).issues[:5]:
        flash(sentence, "message")


# -- seconding and withdrawing ---------------------------------------------------------------------------------------


@pages.post("/motions/<int:motion_id>/seek-support")
@signed_in
def seek_support(motion_id: int) -> Response:
    """Open a draft for seconders."""
    seconding.seek_support(motions.get(motion_id), by=actor())
    flash(_("It is open for seconders. Send them the address of this page."), "success")
    return redirect(url_for("motions.show", motion_id=motion_id))


@pages.post("/motions/<int:motion_id>/second")
@signed_in
def second(motion_id: int) -> Response:
    """Second or support a motion."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    seconding.second(motion, by=actor())
    flash(_("Thank you. Your name stands under the motion."), "success")
    return redirect(url_for("motions.show", motion_id=motion_id))


@pages.route("/motions/<int:motion_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(motion_id: int) -> Any:
    """Withdraw, after being told what that means."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    policy.require(Permission.MOTION_WITHDRAW, actor(), motion, at=clock.now())
    form = forms.ConfirmForm(data={"revision": motion.revision})
    done, status = tried(form, lambda: motions.withdraw(motion, revision=revision_of(form), by=actor()))
    if done is not None:
        flash(_("The motion is withdrawn."), "success")
        return redirect(url_for("motions.index", mine=1))
    return render_template("motions/withdraw.html", form=form, motion=motion), status


# -- versions --------------------------------------------------------------------------------------------------------


@pages.get("/motions/<int:motion_id>/versions")
@public
@kept.for_visitors
def history(motion_id: int) -> str:
    """Every version of the text, what caused it, and any two of them compared."""
    text = reading.text(motion_id, actor())
    return render_template("motions/history.html", motion=text, versions=versions.of_motion(motion_id))


@pages.get("/motions/<int:motion_id>/versions/<int:sequence>")
@public
@kept.for_visitors
def version(motion_id: int, sequence: int) -> str:
    """One version, for good at this address."""
    text = reading.text(motion_id, actor())
    found = versions.get(motion_id, sequence)
    return render_template(
        "motions/version.html", motion=text, version=found, clauses=presenters.clauses_of(found),
        line=number("line", 0) or None,
    )  # fmt: skip


@pages.get("/motions/<int:motion_id>/compare")
@public
@kept.for_visitors
def compare(motion_id: int) -> str:
    """Two versions of the text, marked up."""
    text = reading.text(motion_id, actor())
    old, new = versions.get(motion_id, number("old")), versions.get(motion_id, number("new", text.sequence or 1))
    found = compare_texts(versions.document_of(old), versions.document_of(new))
    return render_template(
        "motions/compare.html", motion=text, old=old, new=new, found=found,
        clauses=presenters.marked_clauses(found.clauses),
    )  # fmt: skip
