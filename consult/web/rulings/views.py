"""Rulings: the committee's queue, ruling and publishing, the ledger that members read, and appeals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.policy import Permission
from consult.model.amendments import Amendment
from consult.model.motions import Motion
from consult.service import (
    amendments,
    clock,
    consultations,
    motions,
    order_challenges,
    policy_conflicts,
    resubmission,
    ruling_ledger,
    rulings,
)
from consult.service.versions import document_of
from consult.web.guards import actor, needs, signed_in
from consult.web.rulings import forms
from consult.web.trying import tried

pages = Blueprint("rulings", __name__)


def address_of(subject: Motion | Amendment) -> str:
    """The page of what a ruling is about."""
    if isinstance(subject, Motion):
        return url_for("motions.show", motion_id=subject.id)
    return url_for("amendments.show", amendment_id=subject.id)


@pages.get("/rulings")
@signed_in
def index() -> str:
    """Every ruling ever made, with its rule, its reason and its appeal."""
    args = request.args
    text, about = args.get("page", "1"), args.get("motion", "")
    number = int(text) if text.isdecimal() and len(text) < 7 else 1
    motion = int(about) if about.isdecimal() and len(about) < 10 else None
    wanted = ruling_ledger.Wanted(args.get("q", "")[:200], args.get("decision", ""), args.get("kind", ""), motion)
    rows, last, total = ruling_ledger.found(wanted, number)
    asked = (not (wanted.decision or wanted.kind) and number == 1) or wanted.kind == "order"
    challenges = (
        order_challenges.found(wanted.words, wanted.motion_id, 200 if wanted.kind == "order" else 5) if asked else []
    )
    here = {name: value for name, value in args.items() if name != "page"}
    return render_template(
        "rulings/index.html", rulings=rows, last=last, page_number=number, total=total, wanted=wanted, here=here,
        corrected=ruling_ledger.corrections(row.id for row in rows), address_of=address_of,
        decisions=rulings.STEPS, kinds=ruling_ledger.KINDS, challenges=challenges, typed_of=_typed_of,
    )  # fmt: skip


def _typed_of(motion: Motion) -> Callable[[list[int]], str]:
    names = {row.id: str(row.number) for row in motion.amendments}
    return lambda ids: ", ".join(names.get(key, "?") for key in ids)


@pages.route("/rulings/<int:ruling_id>/correct", methods=["GET", "POST"])
@signed_in
def correct(ruling_id: int) -> Any:
    """Correct a ruling by a new one."""
    ruling = rulings.get(ruling_id)
    subject = rulings.subject_of(ruling)
    policy.require(Permission.MOTION_RULE, actor(), subject, at=clock.now())
    form = forms.RulingForm()
    rules = consultations.rules_of(rulings.consultation_of(subject))
    form.order.choices = [("", ""), *((order.number, str(order)) for order in rules.standing_orders)]

    def send() -> Any:
        texts = (form.decision.data, form.order.data, form.reason.data)
        return ruling_ledger.correct(subject, ruling, *texts, by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("The correction is made. The earlier ruling stays in the ledger, and the mover is told."), "success")
        return redirect(address_of(subject))
    return render_template(
        "rulings/correct.html", form=form, ruling=ruling, subject=subject, address=address_of(subject)
    ), status


@pages.get("/rulings/queue")
@needs(Permission.DESK_SEE)
def queue() -> str:
    """What waits for the committee and for the complaints panel."""
    return render_template(
        "rulings/queue.html", queue=rulings.queue(), appeals=rulings.appeals_open(), address_of=address_of
    )


@pages.route("/motions/<int:motion_id>/rule", methods=["GET", "POST"])
@signed_in
def rule_motion(motion_id: int) -> Any:
    """Rule on a motion."""
    return _rule(motions.get(motion_id))


@pages.route("/amendments/<int:amendment_id>/rule", methods=["GET", "POST"])
@signed_in
def rule_amendment(amendment_id: int) -> Any:
    """Rule on an amendment."""
    return _rule(amendments.get(amendment_id))


def _rule(subject: Motion | Amendment) -> Any:
    policy.require(Permission.MOTION_RULE, actor(), subject, at=clock.now())
    form = forms.RulingForm(data={"seen": subject.state})
    rules = consultations.rules_of(rulings.consultation_of(subject))
    form.order.choices = [("", ""), *((order.number, str(order)) for order in rules.standing_orders)]

    def send() -> Any:
        seen = form.seen.data or None
        return rulings.rule(subject, form.decision.data, form.order.data, form.reason.data, seen=seen, by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("The ruling is made, and the mover is told."), "success")
        return redirect(url_for("rulings.queue"))
    if status == 409:
        form.seen.data = subject.state
    latest = rulings.latest(subject)
    bearing = (
        policy_conflicts.of_text(document_of(subject.version))
        if isinstance(subject, Motion) and subject.version
        else []
    )
    return render_template(
        "rulings/rule.html",
        form=form,
        subject=subject,
        latest=latest,
        address=address_of(subject),
        resembles=[(resubmission.sentence(row), row) for row in resubmission.standing(subject)]
        if isinstance(subject, Motion)
        else [],
        bearing=bearing,
    ), status


@pages.post("/motions/<int:motion_id>/publish")
@needs(Permission.TEXT_FREEZE)
def publish(motion_id: int) -> Response:
    """Publish a motion that is in order."""
    motion = rulings.publish(motions.get(motion_id), by=actor())
    flash(_("%(label)s is published: everybody can read it, and it can be amended.", label=motion.label), "success")
    return redirect(url_for("rulings.queue"))


@pages.route("/rulings/<int:ruling_id>/appeal", methods=["GET", "POST"])
@signed_in
def appeal(ruling_id: int) -> Any:
    """Appeal against a ruling, with grounds."""
    ruling = rulings.get(ruling_id)
    subject = rulings.subject_of(ruling)
    policy.require(Permission.RULING_APPEAL, actor(), subject, at=clock.now())
    form = forms.AppealForm()
    done, status = tried(form, lambda: rulings.appeal(subject, ruling, form.grounds.data, by=actor()))
    if done is not None:
        flash(_("The appeal is made. The complaints panel decides it."), "success")
        return redirect(address_of(subject))
    return render_template(
        "rulings/appeal.html", form=form, ruling=ruling, subject=subject, address=address_of(subject),
        until=rulings.appeal_until(subject, ruling),
    ), status  # fmt: skip


@pages.route("/rulings/<int:ruling_id>/decide", methods=["GET", "POST"])
@needs(Permission.APPEAL_DECIDE)
def decide(ruling_id: int) -> Any:
    """Decide an appeal, with a reason."""
    ruling = rulings.get(ruling_id)
    subject = rulings.subject_of(ruling)
    form = forms.DecisionForm()

    def send() -> Any:
        return rulings.decide(subject, ruling, form.outcome.data == "allowed", form.reason.data, by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("The appeal is decided, and the appellant is told."), "success")
        return redirect(url_for("rulings.queue"))
    return render_template(
        "rulings/decide.html", form=form, ruling=ruling, subject=subject, address=address_of(subject)
    ), status
