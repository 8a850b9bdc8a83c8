"""Freezing a motion's text and setting the order of votes: the committee's pages."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain.policy import Permission
from consult.model.motions import Motion
from consult.service import amendments, clock, freezing, motions, order_of_votes, rehearsals
from consult.web.guards import actor, needs
from consult.web.motions import forms, presenters
from consult.web.motions.views import pages
from consult.web.trying import tried


@pages.route("/motions/<int:motion_id>/freeze", methods=["GET", "POST"])
@needs(Permission.TEXT_FREEZE)
def freeze(motion_id: int) -> Any:
    """Say what will be written in, voted on and fall; ask; do it."""
    motion = motions.get(motion_id)
    form = forms.FreezeForm()
    accepted = [row for row in amendments.before(motion) if row.state == "accepted by mover"]
    form.to_vote.choices = [(row.id, f"{row.label} ({row.unit.name})") for row in accepted]
    to_vote = [int(text) for text in request.form.getlist("to_vote") if text.isdecimal() and len(text) < 10]
    plan = freezing.plan(motion, to_vote, at=clock.now())
    form.falls.choices = [(fall.row.id, fall.row.label) for fall in plan.falls]
    done, status = None, 200
    if not form.look.data:
        done, status = tried(form, lambda: _freeze(motion, form))
    if done is not None:
        flash(_("The text is frozen. Now look at the order of votes."), "success")
        return redirect(url_for("motions.order", motion_id=motion_id))
    form.seen.data = freezing.fingerprint(plan)
    return render_template("motions/freeze.html", form=form, motion=motion, plan=plan, accepted=accepted), status


def _freeze(motion: Motion, form: forms.FreezeForm) -> Motion:
    seen = form.seen.data or None
    return freezing.freeze(motion, form.to_vote.data or (), form.falls.data or (), seen=seen, by=actor())


@pages.route("/motions/<int:motion_id>/order", methods=["GET", "POST"])
@needs(Permission.ORDER_SET)
def order(motion_id: int) -> Any:
    """The order of votes: tried out in the address by links, explained, and set by one button."""
    motion = motions.get(motion_id)
    found = rehearsals.paper(motion)
    in_force = [row.id for row in found.rows]
    asked = [int(text) for text in request.args.get("order", "").split(",") if text.isdecimal() and len(text) < 10]
    shown = asked if sorted(asked) == sorted(in_force) else in_force
    form = forms.OrderForm(data={"seen": ",".join(map(str, in_force))})

    def send() -> Motion:
        seen = [int(text) for text in (form.seen.data or "").split(",") if text.isdecimal() and len(text) < 10]
        return order_of_votes.set_order(motion, shown, form.reason.data or "", seen=seen, by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("The order of votes is set, and its explanation is public."), "success")
        return redirect(url_for("motions.order", motion_id=motion_id))
    return render_template(
        "motions/order.html", form=form, motion=motion, **presenters.order_page(found, shown, in_force)
    ), status
