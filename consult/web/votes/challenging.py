"""Challenges to an order of votes: read by everybody, made by movers and delegates, answered by the committee."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.motions import Motion
from consult.service import clock, motions, order_challenges, order_of_votes
from consult.web.guards import actor, needs, public
from consult.web.motions.forms import numbers
from consult.web.trying import tried
from consult.web.votes import forms
from consult.web.votes.views import order_asked, pages, readable

_WHAT = "an amendment to this motion"


def _numbered(motion: Motion) -> dict[int, int]:
    """Number → id, of the amendments to a motion."""
    return {row.number: row.id for row in motion.amendments if row.number is not None}


def _typed(motion: Motion, ids: list[int]) -> str:
    """An order as people write it."""
    names = {number: str(row) for row, number in _numbered(motion).items()}
    return ", ".join(names[key] for key in ids if key in names)


@pages.route("/motions/<int:motion_id>/votes/challenges", methods=["GET", "POST"])
@public
def challenges(motion_id: int) -> Any:
    """Every challenge to the order of votes with its answer, and the form for another."""
    motion = readable(motion_id)
    order = order_of_votes.latest(motion_id)
    form = forms.ChallengeForm(data={"order": _typed(motion, order_asked())})
    if request.method == "POST":
        policy.require(Permission.ORDER_CHALLENGE, actor(), motion, at=clock.now())

    def send() -> Any:
        if order is None:
            raise NotFound(_("No order of votes has been published for this motion."))
        wanted = numbers(form.order.data or "", _numbered(motion), _WHAT)
        return order_challenges.challenge(motion, order, form.reason.data or "", wanted, by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("Your challenge is made. The committee answers it, and you are told."), "success")
        return redirect(url_for("votes.challenges", motion_id=motion_id))
    return render_template(
        "votes/challenges.html", form=form, motion=motion, order=order, rows=order_challenges.of_motion(motion_id),
        typed=lambda ids: _typed(motion, ids), until=order_challenges.until(motion, order) if order else None,
        at=clock.now(),
    ), status  # fmt: skip


@pages.route("/order-challenges/<int:challenge_id>/answer", methods=["GET", "POST"])
@needs(Permission.ORDER_SET)
def answer_challenge(challenge_id: int) -> Any:
    """Uphold or dismiss a challenge."""
    row = order_challenges.get(challenge_id)
    motion = motions.get(row.motion_id)
    form = forms.AnswerForm(data={"order": _typed(motion, row.proposed or [])})

    def send() -> Any:
        upheld = form.outcome.data == "upheld"
        order = numbers(form.order.data or "", _numbered(motion), _WHAT) if upheld else []
        return order_challenges.answer(motion, row, upheld, form.words.data or "", order, by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("The challenge is answered, and whoever made it is told."), "success")
        return redirect(url_for("votes.challenges", motion_id=motion.id))
    return render_template(
        "votes/answer.html", form=form, motion=motion, row=row, typed=lambda ids: _typed(motion, ids)
    ), status
