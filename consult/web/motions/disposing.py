"""What the committee records of a motion: remitted, referred back, not put and the rest; priorities; bars lifted; parts."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.store import db
from consult.service import adopting, consultations, disposals, leaves, motions, parts, resubmission
from consult.service import priorities as priority_service
from consult.web.guards import actor, needs, now, public
from consult.web.kept import for_visitors
from consult.web.motions import forms
from consult.web.motions.views import pages
from consult.web.trying import tried


@pages.route("/motions/<int:motion_id>/decide/<step>", methods=["GET", "POST"])
@needs(Permission.MOTION_DISPOSE)
def dispose(motion_id: int, step: str) -> Any:
    """Record one decision about a motion, after being told what it means."""
    motion = motions.get(motion_id)
    way = next((way for way in disposals.steps_for(motion) if way.step == step.replace("-", " ")), None)
    if way is None:
        raise NotFound(_("This cannot be decided about the motion as it stands."))
    form = forms.DisposeForm(data={"source": "meeting"})
    form.procedure.choices = [(word, word.capitalize()) for word in disposals.PROCEDURES]

    def send() -> Any:
        return disposals.dispose(
            motion, way.step, form.reason.data or "", procedure=form.procedure.data or "",
            sent_to=form.sent_to.data or "", source=form.source.data or "meeting", by=actor(),
        )  # fmt: skip

    done, status = tried(form, send)
    if done is not None:
        flash(_("%(label)s: %(decision)s. Its mover is told.", label=motion.label, decision=done.decision), "success")
        return redirect(url_for("motions.papers", motion_id=motion_id))
    return render_template("motions/dispose.html", form=form, motion=motion, way=way), status


@pages.route("/motions/<int:motion_id>/hear-despite/<int:other_id>", methods=["GET", "POST"])
@needs(Permission.MOTION_RULE)
def hear(motion_id: int, other_id: int) -> Any:
    """Let a motion be heard although it resembles one decided lately."""
    motion = motions.get(motion_id)
    row = next((row for row in resubmission.standing(motion) if row.other_id == other_id), None)
    if row is None:
        raise NotFound(_("This motion was not found to resemble that one."))
    form = forms.ReasonForm()
    done, status = tried(form, lambda: resubmission.allow(motion, other_id, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("It can be ruled in order now. Members read your reason."), "success")
        return redirect(url_for("rulings.rule_motion", motion_id=motion_id))
    return render_template("motions/hear.html", form=form, motion=motion, sentence=resubmission.sentence(row)), status


@pages.get("/consultations/<int:consultation_id>/priorities")
@public
@for_visitors
def priorities(consultation_id: int) -> str:
    """The motions that are taken: what members chose, and apart from it what was added."""
    consultation = consultations.readable(consultation_id, actor(), now())
    chosen, added = disposals.priorities(consultation_id)
    return render_template(
        "motions/priorities.html", consultation=consultation, chosen=chosen, added=added,
        rules=consultations.rules_of(consultation), open=disposals.prioritisable(consultation_id),
        rankings=priority_service.available(consultation_id), by_ballot=priority_service.by_ballot(consultation),
        adoptable=adopting.adoptable(consultation), aside=adopting.aside(consultation_id),
        taken={row.ballot_id for row in chosen},
    )  # fmt: skip


@pages.route("/consultations/<int:consultation_id>/priorities/set", methods=["GET", "POST"])
@needs(Permission.MOTION_PRIORITISE)
def set_priorities(consultation_id: int) -> Any:
    """Record which motions are taken, in their order."""
    consultation = consultations.readable(consultation_id, actor(), now())
    disposals.require_by_hand(consultation)
    rows = disposals.prioritisable(consultation_id)
    form = forms.PrioritiesForm(data={"source": "ballot"})

    def send() -> Any:
        order = forms.numbers(form.order.data or "", {row.number: row.id for row in rows})
        return disposals.prioritise(
            consultation, order, form.reason.data or "", source=form.source.data or "ballot", by=actor()
        )

    done, status = tried(form, send)
    if done is not None:
        flash(_("The priorities are recorded."), "success")
        return redirect(url_for("motions.priorities", consultation_id=consultation_id))
    return render_template("motions/set_priorities.html", form=form, consultation=consultation, rows=rows), status


@pages.route("/consultations/<int:consultation_id>/priorities/<int:question_id>", methods=["GET", "POST"])
@needs(Permission.MOTION_PRIORITISE)
def take_priorities(consultation_id: int, question_id: int) -> Any:
    """Take the order from a published ballot, after seeing it and where its line falls."""
    consultation = consultations.readable(consultation_id, actor(), now())
    ranking = priority_service.get(consultation_id, question_id)
    form = forms.TakeOrderForm(data={"line": ranking.line})

    def send() -> Any:
        line = ranking.line if ranking.fixed else form.line.data
        return priority_service.take(consultation, question_id, line, form.words.data or "", by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("The order of the ballot is recorded, with the ballot beside it."), "success")
        return redirect(url_for("motions.priorities", consultation_id=consultation_id))
    return render_template(
        "motions/take_priorities.html", form=form, consultation=consultation, ranking=ranking
    ), status


@pages.route("/motions/<int:motion_id>/add-to-priorities", methods=["GET", "POST"])
@needs(Permission.MOTION_PRIORITISE)
def add_to_priorities(motion_id: int) -> Any:
    """Take a motion beside those that members chose."""
    motion = motions.get(motion_id)
    form = forms.ReasonForm()
    done, status = tried(form, lambda: disposals.add(motion, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("%(label)s is taken. It is shown apart from what members chose.", label=motion.label), "success")
        return redirect(url_for("motions.priorities", consultation_id=motion.consultation_id))
    return render_template("motions/add_to_priorities.html", form=form, motion=motion), status


# -- leave of the meeting -------------------------------------------------------------------------------------------


@pages.route("/motions/<int:motion_id>/leave", methods=["GET", "POST"])
@needs(Permission.MOTION_DISPOSE)
def leave(motion_id: int) -> Any:
    """Record whether a meeting gave leave to take a late or an emergency motion."""
    motion = motions.get(motion_id)
    lateness = leaves.asked_of(db.session(), motion)
    if lateness is None:
        raise NotFound(_("This motion needs no leave of a meeting."))
    form = forms.LeaveForm()
    done, status = tried(form, lambda: leaves.record(motion, form.voted, by=actor()))
    if done is not None:
        flash(_("It is recorded. Members read it on this page."), "success")
        return redirect(url_for("motions.papers", motion_id=motion_id) + "#leave")
    return render_template(
        "motions/leave.html", form=form, motion=motion, lateness=lateness,
        majority=leaves.missing(db.session(), motion),
    ), status  # fmt: skip


# -- in parts --------------------------------------------------------------------------------------------------------


@pages.route("/motions/<int:motion_id>/parts", methods=["GET", "POST"])
@needs(Permission.MOTION_DISPOSE)
def divide(motion_id: int) -> Any:
    """Divide a motion into parts: which part each clause belongs to."""
    motion = motions.get(motion_id)
    rows = parts.divisible(motion)
    typed = {row.id: request.form.get(f"part-{row.id}", "1") for row in rows}
    form = forms.DivideForm()
    done, status = tried(form, lambda: parts.divide(motion, forms.parts_of(typed), by=actor()))
    if done is not None:
        flash(_("The motion is taken in parts. Put each, then the motion as what was carried leaves it."), "success")
        return redirect(url_for("motions.papers", motion_id=motion_id) + "#parts")
    labels = motions.draft_of(motion).labels
    return render_template(
        "motions/parts.html", form=form, motion=motion, rows=rows, typed=typed, labels=labels
    ), status


@pages.route("/motions/<int:motion_id>/parts/<int:number>", methods=["GET", "POST"])
@needs(Permission.MOTION_DISPOSE)
def decide_part(motion_id: int, number: int) -> Any:
    """Record the vote on one part."""
    motion = motions.get(motion_id)
    part = parts.get(motion, number)
    form = forms.PartForm()

    def send() -> Any:
        return parts.decide(
            motion, part.number, form.outcome.data, votes_for=form.votes_for.data,
            votes_against=form.votes_against.data, by=actor(),
        )  # fmt: skip

    done, status = tried(form, send)
    if done is not None:
        flash(_("Part %(n)s is recorded.", n=part.number), "success")
        return redirect(url_for("motions.papers", motion_id=motion_id) + "#parts")
    return render_template(
        "motions/part.html", form=form, motion=motion, part=part, clauses=parts.clauses_of(part),
        labels=parts.document_of(part).labels,
    ), status  # fmt: skip
