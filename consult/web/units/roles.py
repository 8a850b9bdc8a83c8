"""Roles: who holds what, giving one, and ending one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain.errors import Refused
from consult.domain.officer_proposals import END_ROLE
from consult.domain.policy import Permission
from consult.domain.roles import Role
from consult.service import agreeing, clock, officer_proposals, roles, units
from consult.web.guards import actor, needs, now
from consult.web.trying import tried
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
    """Lay down a role of one's own, or propose that somebody else's ends before its term is over."""
    holding, form = roles.get(holding_id), End()
    own = holding.member_id == actor().member_id
    if not own and (found := officer_proposals.standing(END_ROLE, holding_id, now())) and request.method == "GET":
        return redirect(url_for("proposals.show", proposal_id=found.id))
    end = roles.resign if own else agreeing.propose
    done, status = tried(form, lambda: end(holding, form.reason.data or "", by=actor()))
    if done is not None and own:
        flash(_("You have laid down the role."), "success")
        return redirect(url_for("units.index"))
    if done is not None:
        flash(_("Proposed. The role ends when another member of the committee agrees."), "success")
        return redirect(url_for("proposals.show", proposal_id=done.id))
    return render_template("units/role_end.html", form=form, holding=holding, own=own), status
