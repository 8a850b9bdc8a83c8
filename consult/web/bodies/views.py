"""Bodies: one body with its seats, setting up and changing one, filling and leaving a seat."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.bodies import COUNTBACK, reserves_as_typed, reserves_in_words
from consult.domain.policy import Permission
from consult.service import agreeing, bodies, clock, countbacks, roles, seats, units
from consult.web.bodies import forms
from consult.web.guards import actor, allowed, public, signed_in
from consult.web.kept import for_visitors
from consult.web.trying import tried

pages = Blueprint("bodies", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/bodies/<int:body_id>")
@public
@for_visitors
def show(body_id: int) -> str:
    """One body: its remit, who holds its seats until when, and who held them."""
    body, at = bodies.get(body_id), clock.now()
    now = bodies.sitting(body, at)
    coming = [row for row in body.holdings if row.starts_at > at and not row.left_because]
    past = sorted((row for row in body.holdings if row.ends_at <= at), key=lambda row: row.ends_at, reverse=True)
    return render_template(
        "bodies/show.html", body=body, now_held=now, coming=coming, past=past, at=at,
        vacancies=bodies.vacancies(body, at), reserved=reserves_in_words(body.reserves),
        named=actor().member_id is not None, mine=actor().member_id, changes=bodies.changes(body),
        recounted=countbacks.kept_of(body) if any(row.way == COUNTBACK for row in body.holdings) else set(),
        countable=countbacks.offered(body, past, at) if allowed(Permission.NOMINATION_JUDGE) else {},
    )  # fmt: skip


@pages.route("/units/<int:unit_id>/bodies/new", methods=["GET", "POST"])
@signed_in
def new(unit_id: int) -> Answer:
    """Set up a body of a unit."""
    unit, form = units.get(unit_id), forms.BodyForm()
    policy.require(Permission.BODY_KEEP, actor(), unit, at=clock.now())
    form.offer(allowed(Permission.ROLE_GIVE))
    done, status = tried(form, lambda: bodies.make(unit, form.spec(), form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("%(name)s is set up.", name=done.name), "success")
        return redirect(url_for("bodies.show", body_id=done.id))
    return render_template("bodies/edit.html", form=form, unit=unit, body=None), status


@pages.route("/bodies/<int:body_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(body_id: int) -> Answer:
    """Change a body."""
    body = bodies.get(body_id)
    policy.require(Permission.BODY_KEEP, actor(), body, at=clock.now())
    form = forms.BodyForm(
        name=body.name, remit=body.remit, seats=body.seats, term_months=body.term_months, revision=body.revision,
        reserves=reserves_as_typed(body.reserves),
    )  # fmt: skip
    del form.confers
    known = int(form.revision.data) if str(form.revision.data).isdigit() else None
    done, status = tried(
        form, lambda: bodies.change(body, form.spec(body), form.reason.data or "", revision=known, by=actor())
    )
    if done is not None:
        flash(_("Saved."), "success")
        return redirect(url_for("bodies.show", body_id=body_id))
    return render_template("bodies/edit.html", form=form, unit=body.unit, body=body), status


@pages.route("/bodies/<int:body_id>/dissolve", methods=["GET", "POST"])
@signed_in
def dissolve(body_id: int) -> Answer:
    """Dissolve a body in which no seat is held."""
    body, form = bodies.get(body_id), forms.DissolveForm()
    policy.require(Permission.BODY_KEEP, actor(), body, at=clock.now())
    done, status = tried(form, lambda: bodies.dissolve(body, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("It is dissolved."), "success")
        return redirect(url_for("bodies.show", body_id=body_id))
    return render_template("bodies/dissolve.html", form=form, body=body), status


@pages.route("/bodies/<int:body_id>/fill", methods=["GET", "POST"])
@signed_in
def fill(body_id: int) -> Answer:
    """Fill a seat."""
    body, form = bodies.get(body_id), forms.FillForm()
    policy.require(Permission.SEAT_FILL, actor(), body, at=clock.now())
    form.offer(body)
    done, status = tried(
        form, lambda: seats.fill(body, roles.find_member(form.member.data or ""), form.term(), by=actor())
    )
    if done is not None:
        flash(_("The seat is filled."), "success")
        return redirect(url_for("bodies.show", body_id=body_id))
    return render_template("bodies/fill.html", form=form, body=body), status


@pages.route("/seats/<int:holding_id>/leave", methods=["GET", "POST"])
@signed_in
def leave(holding_id: int) -> Answer:
    """Lay down a seat of one's own, or propose that somebody else's term ends before it is over."""
    holding, form = seats.get(holding_id), forms.LeaveForm()
    own = holding.member_id == actor().member_id
    if not own:
        policy.require(Permission.SEAT_FILL, actor(), holding, at=clock.now())

    end = seats.resign if own else agreeing.propose
    done, status = tried(form, lambda: end(holding, form.reason.data or "", by=actor()))
    if done is not None and not own:
        flash(_("Proposed. The term ends when another officer agrees."), "success")
        return redirect(url_for("proposals.show", proposal_id=done.id))
    if done is not None:
        flash(_("The seat is vacant now."), "success")
        return redirect(url_for("bodies.show", body_id=holding.body_id))
    return render_template("bodies/leave.html", form=form, holding=holding, own=own), status
