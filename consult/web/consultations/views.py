"""Consultations: the list, the paper with its timetable and rules, and the committee's forms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain import policy, rulebook
from consult.domain.consulting import VOICES
from consult.domain.errors import Invalid
from consult.domain.policy import Permission
from consult.domain.presets import PRESETS, QUESTIONS_ONLY
from consult.domain.timetable import ASKING, PHASES, current
from consult.model.consultations import Consultation
from consult.service import (
    answers,
    clock,
    consultations,
    following,
    participation,
    phase_moves,
    reading,
    submissions,
    units,
)
from consult.web.consultations import forms, presenters
from consult.web.guards import actor, needs, now, public
from consult.web.kept import for_visitors
from consult.web.rulebooks.presenters import sentences
from consult.web.trying import instead, tried
from consult.web.why import given

pages = Blueprint("consultations", __name__)


@pages.get("/consultations")
@public
@for_visitors
def index() -> str:
    """Every consultation that this person is shown, with what is open in it."""
    at = clock.now()
    rows = consultations.shown(actor(), at)
    return render_template("consultations/index.html", rows=rows, open={c.id: current(c.phases, at) for c in rows})


@pages.get("/consultations/<int:consultation_id>")
@public
@for_visitors
def show(consultation_id: int) -> str:
    """One consultation: its paper, what is open now, its motions and its rules."""
    consultation, at = consultations.get(consultation_id), clock.now()
    rows, _last = reading.listed(reading.Wanted(consultation_id), actor())
    rules = consultations.rules_of(consultation)
    if not consultations.can_read(consultation, actor(), at):
        return render_template("consultations/being_set_up.html", consultation=consultation)
    terms = participation.terms_of(consultation)
    # a consultation that only asks has neither motions nor the rules for them
    only_asks = terms is not None and not rows and {phase.kind for phase in consultation.phases} <= set(ASKING)
    return render_template(
        "consultations/show.html", consultation=consultation, rules=rules, rows=rows,
        open=current(consultation.phases, at), meanings=PHASES, at=at,
        sentences=sentences(rules), terms=terms, takes_motions=rules.takes_motions and not only_asks,
        counts=answers.by_voice(submissions.sent(consultation_id)),
        voices=VOICES, taking_part=participation.is_open(consultation, at), over=participation.is_over(consultation, at),
        follows=following.follows(consultation, actor().member_id), moves=phase_moves.of(consultation_id),
        steps=presenters.steps(consultation, terms) if policy.may(Permission.CONSULTATION_KEEP, actor(), consultation, at=at)
        else [],
    )  # fmt: skip


@pages.route("/consultations/new", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_KEEP)
def new() -> Any:
    """Set up a consultation."""
    able = units.all_units()
    able.sort(key=lambda unit: unit.path.count("/") if unit.kind != "network" else 99)  # the whole organisation first
    form = forms.NewForm(data={"rules": QUESTIONS_ONLY.hash, "unit": able[0].id if able else None})
    form.unit.choices = [(unit.id, unit.name) for unit in able]
    kept = {row.hash: row for row in consultations.rulebooks()}
    books = {preset.rules.hash: preset.rules for preset in PRESETS}
    books |= {key: rulebook.Rulebook.from_json(row.rules) for key, row in kept.items()}
    numbered = {key: _("%(name)s, version %(n)s", name=row.name, n=row.version) for key, row in kept.items()}
    none = QUESTIONS_ONLY.hash
    form.rules.choices = [(none, _("None: it asks questions, and takes no motions"))]
    form.rules.choices += [(key, numbered.get(key, book.name)) for key, book in books.items() if key != none]
    books[none] = QUESTIONS_ONLY
    done, status = tried(
        form,
        lambda: consultations.create(units.get(form.unit.data), _spec(form), books[form.rules.data], by=actor()),
    )
    if done is not None:
        flash(_("The consultation is set up. Now set its timetable."), "success")
        return redirect(url_for("consultations.timetable", consultation_id=done.id))
    return render_template("consultations/edit.html", form=form, consultation=None), status


@pages.route("/consultations/<int:consultation_id>/edit", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_KEEP)
def edit(consultation_id: int) -> Any:
    """Change the paper; if it was saved elsewhere meanwhile, both texts are shown."""
    consultation = consultations.get(consultation_id)
    typed = {"title": consultation.title, "summary": consultation.summary}
    typed |= {
        "paper": consultations.paper_text(consultation.paper),
        "seen": consultations.paper_fingerprint(consultation),
    }
    form = forms.PaperForm(data=typed)
    done, status = tried(
        form,
        lambda: consultations.edit(consultation, _spec(form), given(form), seen=form["seen"].data or None, by=actor()),
    )
    if done is not None:
        flash(_("Saved."), "success")
        return redirect(url_for("consultations.show", consultation_id=consultation_id))
    over = participation.closed_words(consultation, now())
    newer = status == 409 and not over
    if newer:
        form["seen"].data = consultations.paper_fingerprint(consultation)
    return render_template(
        "consultations/edit.html", form=form, consultation=consultation, newer=newer, closed=instead(over)
    ), status


def _spec(form: forms.PaperForm | forms.NewForm) -> consultations.Spec:
    return consultations.Spec(form.title.data or "", form.summary.data or "", form.paper.data or "")


@pages.route("/consultations/<int:consultation_id>/timetable", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_KEEP)
def timetable(consultation_id: int) -> Any:
    """Set when each phase opens and closes."""
    consultation = consultations.get(consultation_id)
    kept = {forms.field_of(phase.kind): phase for phase in consultation.phases}
    typed = {f"{name}_opens": phase.opens_at for name, phase in kept.items()}
    typed |= {f"{name}_closes": phase.closes_at for name, phase in kept.items()}
    form = forms.TimetableForm(data=typed | {"seen": consultations.fingerprint(consultation)})
    if not phase_moves.is_answered(consultation, clock.now()):
        del form.again
    done, status = tried(
        form,
        lambda: consultations.set_timetable(
            consultation,
            _phases(form, consultation),
            form["reason"].data or "",
            seen=form["seen"].data or None,
            again="again" in form and bool(form["again"].data),
            by=actor(),
        ),
    )
    if done is not None and done.only_asks and participation.terms_of(done) is None:
        flash(_("The timetable is set. Now say how people take part."), "success")
        return redirect(url_for("participation.terms", consultation_id=consultation_id))
    if done is not None:
        flash(_("The timetable is set."), "success")
        return redirect(url_for("consultations.show", consultation_id=consultation_id))
    return render_template(
        "consultations/timetable.html", form=form, consultation=consultation, field_of=forms.field_of,
        meanings=consultations.phases_of(consultations.rules_of(consultation)),
    ), status  # fmt: skip


def _phases(form: Any, consultation: Consultation) -> list[consultations.PhaseSpec]:
    """The phases that were given both instants; a half-filled one is refused at its field."""
    notes = {phase.kind: phase.note for phase in consultation.phases}
    found = []
    for kind in PHASES:
        name = forms.field_of(kind)
        opens, closes = form[f"{name}_opens"].data, form[f"{name}_closes"].data
        if opens and closes:
            found.append(consultations.PhaseSpec(kind, opens, closes, notes.get(kind, "")))
        elif opens or closes:
            missing = f"{name}_closes" if opens else f"{name}_opens"
            sentence = _("Give both instants of this phase, or neither.")
            raise Invalid(sentence, {missing: sentence})
    return found
