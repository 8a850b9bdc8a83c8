"""Units: who is who in the tree, one unit's page, and making and renaming units."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.service import affiliates, bodies, clock, decisions, following, founding, networks, units
from consult.web.guards import actor, needs, public
from consult.web.kept import for_visitors
from consult.web.units.forms import Make, Rename

pages = Blueprint("units", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/units")
@public
@for_visitors
def index() -> Answer:
    """Who is who: the tree with its offices. Names are for those who are signed in; terms are for everybody."""
    held = units.offices(clock.now())
    return render_template(
        "units/index.html",
        whole=[holding for holding in held if holding.unit_id is None],
        places=units.tree(held),
        closed=units.closed(),
        foundings=founding.running(clock.now()),
        named=actor().member_id is not None,
    )


@pages.get("/units/<int:unit_id>")
@public
@for_visitors
def show(unit_id: int) -> Answer:
    """One unit: what it is, where it stands, its offices and bodies, and what was done to it."""
    unit, at, me = units.get(unit_id), clock.now(), actor()
    changes = units.changes(unit)
    return render_template(
        "units/show.html",
        unit=unit,
        profile=units.profile(unit),
        above=units.above(unit),
        below=units.below(unit),
        figures=units.figures(unit),
        held=units.offices_of(unit, at),
        bodies=[(body, bodies.sitting(body, at), bodies.vacancies(body, at)) for body in bodies.of_unit(unit)],
        founding=founding.of_unit(unit.id),
        speaking=affiliates.of(unit, at) if unit.kind == "organisation" else [],
        size=networks.size(unit) if unit.kind == "network" else 0,
        joined=networks.is_in(unit, me.member_id),
        changes=changes,
        others={other.id: other for other in units.by_ids({c.other_id for c in changes if c.other_id})},
        named=me.member_id is not None,
        register=decisions.may_read(unit, me, at),
        follows=following.follows(unit, me.member_id),
        at=at,
    )


@pages.route("/units/new", methods=["GET", "POST"])
@needs(Permission.UNIT_KEEP)
def make() -> Answer:
    """Set up a unit."""
    form, status = Make(), 200
    form.offer(units.all_units())
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                parent = units.get(int(form.parent.data)) if form.parent.data else None
                unit = units.make_unit(
                    parent,
                    form.name.data,
                    form.kind.data,
                    form.reason.data or "",
                    workplace=form.workplace.data,
                    by=actor(),
                )
                flash(_("%(name)s is set up.", name=unit.name), "success")
                return redirect(url_for("units.index"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("units/make.html", form=form), status


@pages.route("/units/<int:unit_id>/rename", methods=["GET", "POST"])
@needs(Permission.UNIT_KEEP)
def rename(unit_id: int) -> Answer:
    """Give a unit another name."""
    unit = units.get_open(unit_id)
    form, status = Rename(name=unit.name, was=unit.name), 200
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                renamed = units.rename(unit, form.name.data, form.reason.data, was=form.was.data or "", by=actor())
                flash(_("The unit is now called %(name)s.", name=renamed.name), "success")
                return redirect(url_for("units.index"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("units/rename.html", form=form, unit=unit), status
