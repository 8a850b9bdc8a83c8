"""The order of votes rehearsed, for everybody; consequences read by everybody, confirmed and ended by the committee."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.policy import Permission
from consult.model.motions import Motion
from consult.service import clock, consequences, motions, order_challenges, order_of_votes, rehearsals, suggestions
from consult.text.compare import compare
from consult.web.guards import actor, allowed, needs, public
from consult.web.kept import for_visitors
from consult.web.motions import presenters
from consult.web.trying import tried
from consult.web.votes import forms

pages = Blueprint("votes", __name__)


def readable(motion_id: int) -> Motion:
    """The motion, for somebody who may read it."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    return motion


def order_asked() -> list[int]:
    """The order of amendments in the address: `order=3,1,2`."""
    return [int(text) for text in request.args.get("order", "").split(",") if text.isdecimal() and len(text) < 10]


@pages.get("/motions/<int:motion_id>/votes")
@public
@for_visitors
def rehearse(motion_id: int) -> str:
    """The order of votes with its explanation, and a rehearsal for any outcomes that the reader chooses."""
    motion, args = readable(motion_id), request.args
    lost = {int(text) for text in args.getlist("lost") if text.isdecimal() and len(text) < 10}
    elsewhere = {name: args[name] == "carried" for name in args if ":" in name and args[name] in ("carried", "lost")}
    outcomes = {row.id: row.id not in lost for row in motion.amendments}
    carried = args.get("motion") != "lost"
    found = rehearsals.rehearsal(motion, outcomes, elsewhere, order_asked(), carried)
    text = compare(found.base, found.document)
    return render_template(
        "votes/rehearse.html", motion=motion, found=found, marked=presenters.marked_clauses(text.clauses), text=text,
        history=order_of_votes.history(motion_id), challenges=order_challenges.of_motion(motion_id),
    )  # fmt: skip


# -- consequences ----------------------------------------------------------------------------------------------------


@pages.route("/motions/<int:motion_id>/consequences", methods=["GET", "POST"])
@public
def follows(motion_id: int) -> Any:
    """What follows from what around a motion: what stands, what ended, and for the committee what the texts suggest."""
    motion = readable(motion_id)
    form = _consequence_form(motion)
    if request.method == "POST":
        policy.require(Permission.CONSEQUENCE_KEEP, actor(), motion, at=clock.now())

    def send() -> Any:
        texts = (form.kind.data, form.cause.data, form.effect.data, form.reason.data)
        return consequences.confirm(motion.consultation, *texts, computed=form.computed.data == "yes", by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("It is confirmed, and those whom it concerns are told."), "success")
        return redirect(url_for("votes.follows", motion_id=motion_id))
    return render_template("votes/follows.html", form=form, motion=motion, **_around(motion)), status


def _around(motion: Motion) -> dict[str, Any]:
    """What the page of consequences shows."""
    every = consequences.around(motion.id)
    standing = [row for row in every if row.standing]
    keeps = allowed(Permission.CONSEQUENCE_KEEP)
    return {
        "standing": consequences.said(standing, motion.id),
        "ended": consequences.said([row for row in every if not row.standing], motion.id),
        "suggested": suggestions.of_motion(motion, standing) if keeps else [],
    }


def _consequence_form(motion: Motion) -> forms.ConsequenceForm:
    form = forms.ConsequenceForm()
    choices = [("", ""), *consequences.choices(motion)]
    form.cause.choices = form.effect.choices = choices
    return form


@pages.route("/consequences/<int:consequence_id>/end", methods=["GET", "POST"])
@needs(Permission.CONSEQUENCE_KEEP)
def end(consequence_id: int) -> Any:
    """End a consequence, with a reason."""
    row = consequences.get(consequence_id)
    motion = consequences.motion_of(consequences.effect_of(row))
    form = forms.EndForm()
    done, status = tried(form, lambda: consequences.end(row, form.reason.data, by=actor()))
    if done is not None:
        flash(_("It is ended. The record keeps it with your reason."), "success")
        return redirect(url_for("votes.follows", motion_id=motion.id))
    return render_template("votes/end.html", form=form, said=consequences.said([row])[0], motion=motion), status
