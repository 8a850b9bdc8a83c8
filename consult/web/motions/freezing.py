"""Freezing a motion's text and setting the order of votes: the committee's pages."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.policy import Permission
from consult.model.motions import Motion
from consult.service import amendments, clock, freezing, motions, order_of_votes, reading
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
    to_vote = [int(text) for text in request.form.getlist("to_vote") if text.isdigit()]
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


@pages.get("/motions/<int:motion_id>/order")
@needs(Permission.ORDER_SET)
def order(motion_id: int) -> str:
    """The order of votes, with which amendments are alternatives."""
    page = reading.page(motion_id, actor(), clock.now())
    rows = sorted(
        (row for row in page.amendments if row.state == "on the order paper"),
        key=lambda row: (row.order is None, row.order or 0, row.number),
    )
    return render_template("motions/order.html", motion=page.motion, rows=rows, said=presenters.alternatives(page))


@pages.post("/motions/<int:motion_id>/order")
@needs(Permission.ORDER_SET)
def move(motion_id: int) -> Response:
    """Move one amendment a place up or down, from the order that the page showed."""
    motion = motions.get(motion_id)
    shown = [int(text) for text in request.form.get("order", "").split(",") if text.isdigit()]
    direction, _colon, name = request.form.get("move", "").partition(":")
    wanted = order_of_votes.moved(shown, int(name) if name.isdigit() else 0, direction == "up")
    order_of_votes.set_order(motion, wanted, seen=shown, by=actor())
    return redirect(url_for("motions.order", motion_id=motion_id) + (f"#a{name}" if name.isdigit() else ""))
