"""Requisitions: the list, each with its signatures and deadlines, beginning and signing one, calling its sitting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.errors import NotFound, Refused
from consult.domain.policy import Permission
from consult.domain.requisitions import KINDS, state_at
from consult.model.store import db
from consult.model.units import Unit
from consult.service import clock, requisitions, sittings, units
from consult.service.requisitions import Spec
from consult.web.guards import actor, needs, signed_in
from consult.web.requisitions import forms
from consult.web.trying import tried
from consult.web.words import state_words

pages = Blueprint("requisitions", __name__)


@pages.get("/requisitions")
@signed_in
def index() -> str:
    """Every requisition."""
    return render_template("requisitions/index.html", rows=requisitions.listed(), at=clock.now(), state_at=state_at)


@pages.get("/requisitions/<int:requisition_id>")
@signed_in
def show(requisition_id: int) -> str:
    """One requisition."""
    found, at = requisitions.get(requisition_id), clock.now()
    form = forms.CallForm()
    form.sitting.choices = [(row.id, row.title) for row in sittings.planned()]
    return render_template(
        "requisitions/show.html", found=found, state=state_at(found.state, found.closes_at, at), form=form,
        mine=any(one.member_id == actor().member_id for one in found.signatures), what=KINDS[found.kind],
    )  # fmt: skip


@pages.route("/requisitions/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Begin a requisition."""
    form = forms.BeginForm()
    mine = [unit for unit in units.all_units() if (actor().home_path or "").startswith(unit.path)]
    form.unit.choices = [(unit.id, unit.name) for unit in mine]
    form.holding.choices = [(0, ""), *_offices(mine)]

    def send() -> Any:
        unit = units.get(form.unit.data)
        spec = Spec(form.kind.data, form.title.data or "", form.purpose.data or "", form.holding.data or None)
        return requisitions.begin(unit, spec, by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("The requisition is begun, and you have signed it."), "success")
        return redirect(url_for("requisitions.show", requisition_id=done.id))
    terms = [(unit, kind, requisitions.terms_of(db.session(), unit, kind)) for unit in mine for kind in KINDS]
    return render_template("requisitions/new.html", form=form, terms=terms, kinds=KINDS), status


def _offices(mine: list[Unit]) -> list[tuple[int, str]]:
    return [
        (held.id, f"{held.member.name}, {state_words(held.role).lower()} ({unit.name})")
        for unit in mine
        for held in requisitions.offices_of(unit, clock.now())
    ]


@pages.post("/requisitions/<int:requisition_id>/sign")
@signed_in
def sign(requisition_id: int) -> Response:
    """Sign it, or take the signature back."""
    found = requisitions.get(requisition_id)
    act = requisitions.unsign if request.form.get("back") else requisitions.sign
    try:
        act(found, by=actor())
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("requisitions.show", requisition_id=requisition_id))


@pages.post("/requisitions/<int:requisition_id>/call")
@needs(Permission.SITTING_KEEP)
def call(requisition_id: int) -> Response:
    """Name the sitting that takes it."""
    text = request.form.get("sitting", "")
    if not text.isdecimal() or len(text) > 9:
        raise NotFound(_("There is no sitting of this number."))
    try:
        requisitions.call(requisitions.get(requisition_id), sittings.get(int(text)), by=actor())
        flash(_("The sitting takes it."), "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("requisitions.show", requisition_id=requisition_id))
