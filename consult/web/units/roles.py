"""Roles: who holds what, giving one, and ending one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.domain.roles import Role
from consult.service import clock, roles, units
from consult.web.guards import actor, needs
from consult.web.units.forms import End, Give
from consult.web.units.views import Answer, pages


@pages.get("/roles")
@needs(Permission.ROLE_GIVE)
def role_list() -> Answer:
    """Every role that is held, and from where each can be ended."""
    return render_template("units/roles.html", held=units.offices(clock.now()), at=clock.now())


@pages.route("/roles/give", methods=["GET", "POST"])
@needs(Permission.ROLE_GIVE)
def role_give() -> Answer:
    """Give a role."""
    form, status = Give(), 200
    form.offer(units.all_units())
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                member = roles.find_member(form.member.data)
                unit = units.get(int(form.unit.data)) if form.unit.data else None
                roles.give(
                    member,
                    Role(form.role.data),
                    unit=unit,
                    ends_at=form.ends_at(),
                    reason=form.reason.data,
                    interim=form.interim.data,
                    by=actor(),
                )
                flash(_("%(name)s is now %(role)s.", name=member.name, role=form.role.data), "success")
                return redirect(url_for("units.role_list"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("units/role_give.html", form=form), status


@pages.route("/roles/<int:holding_id>/end", methods=["GET", "POST"])
@needs(Permission.ROLE_GIVE)
def role_end(holding_id: int) -> Answer:
    """End a role before its term is over."""
    holding, form, status = roles.get(holding_id), End(), 200
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                name = holding.member.name
                roles.end(holding, form.reason.data, by=actor())
                flash(_("The role of %(name)s is ended.", name=name), "success")
                return redirect(url_for("units.role_list"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("units/role_end.html", form=form, holding=holding), status
