"""Amendments: drafted by editing the motion's text, looked at before they are submitted, answered by the mover."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.policy import Permission
from consult.domain.rulebook import Rulebook
from consult.model.amendments import Amendment
from consult.service import amendments, carrying_over, clock, consequences, minutes, reading, rebases
from consult.web.amendments import forms
from consult.web.guards import actor, needs, public, signed_in
from consult.web.kept import for_visitors
from consult.web.motions import presenters
from consult.web.trying import tried

pages = Blueprint("amendments", __name__)


@pages.get("/amendments/<int:amendment_id>")
@public
@for_visitors
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
        composited=carrying_over.of_amendment(row.id) if row.state == "composited" else None,
        follows=consequences.said(consequences.of_amendment(row.id), row.motion_id),
        rulings=reading.rulings_on(row.id) if actor().member_id else [],
        rules=Rulebook.from_json(row.motion.consultation.rulebook.rules),
        waiting=rebases.waiting(row) if row.state in rebases.OPEN else None,
        children=amendments.children(row),
        may_amend=amendments.may_be_amended(row, at),
        minutes=minutes.of(row),
        drafting=row.state in ("in order", "not accepted", "accepted by mover") and row.parent_id is None,
    )


def _related(row: Amendment) -> list[tuple[str, Amendment]]:
    return amendments.related(row) if row.state not in amendments.GONE else []


def _warnings(row: Amendment) -> list[str]:
    base, operations = amendments.base_of(row), amendments.text_of(row).operations
    return [finding.sentence for finding in amendments.findings(row.motion, base, operations, row, at=clock.now())]


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


@pages.route("/amendments/<int:amendment_id>/drafting-change", methods=["GET", "POST"])
@needs(Permission.MOTION_RULE)
def drafting_change(amendment_id: int) -> Any:
    """Write it in at once as a drafting change; the other amendments are carried over."""
    row = amendments.get(amendment_id)
    form = forms.ReasonForm()
    done, status = tried(form, lambda: rebases.take_as_drafting(row, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("It is written in. The other amendments were carried over, or their movers are asked."), "success")
        return redirect(url_for("motions.papers", motion_id=row.motion_id))
    return render_template("amendments/drafting.html", form=form, amendment=row, motion=row.motion), status


@pages.route("/amendments/<int:amendment_id>/withdraw-by-leave", methods=["GET", "POST"])
@needs(Permission.MOTION_DISPOSE)
def withdraw_by_leave(amendment_id: int) -> Any:
    """Record that the meeting gave leave to withdraw it."""
    row = amendments.get(amendment_id)
    form = forms.ReasonForm()
    form.send.label.text = _("Record it")
    done, status = tried(form, lambda: amendments.withdraw_by_leave(row, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("%(label)s is withdrawn by leave of the meeting.", label=row.label), "success")
        return redirect(url_for("amendments.show", amendment_id=row.id))
    return render_template("amendments/leave.html", form=form, amendment=row, motion=row.motion), status
