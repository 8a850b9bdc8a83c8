"""Joining and leaving a network, and who speaks for an affiliated organisation."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.service import affiliates, networks, units
from consult.service.affiliates import Named
from consult.web.guards import actor, needs, signed_in
from consult.web.trying import tried
from consult.web.units import forms
from consult.web.units.views import Answer, pages


@pages.post("/units/<int:unit_id>/join")
@signed_in
def join(unit_id: int) -> Response:
    """Join the network, or leave it."""
    unit, leaving = units.get(unit_id), bool(request.form.get("leave"))
    try:
        (networks.leave if leaving else networks.join)(unit, by=actor())
        flash(_("You have left it.") if leaving else _("You are in %(name)s now.", name=unit.name), "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("units.show", unit_id=unit_id))


@pages.route("/units/<int:unit_id>/representatives/new", methods=["GET", "POST"])
@needs(Permission.REPRESENTATIVE_NAME)
def represent(unit_id: int) -> Answer:
    """Name somebody to speak for an affiliated organisation."""
    unit, form = units.get(unit_id), forms.Represent()
    done, status = tried(
        form,
        lambda: affiliates.name(
            unit, Named(form.who.data or "", form.name.data or "", form.email.data or ""), form.ends_at(),
            form.reason.data or "", by=actor(),
        ),
    )  # fmt: skip
    if done is not None:
        flash(_("%(name)s speaks for %(unit)s now.", name=done.member.name, unit=unit.name), "success")
        return redirect(url_for("units.show", unit_id=unit_id))
    return render_template("units/represent.html", form=form, unit=unit), status


@pages.route("/representatives/<int:representative_id>/end", methods=["GET", "POST"])
@needs(Permission.REPRESENTATIVE_NAME)
def unrepresent(representative_id: int) -> Answer:
    """End somebody's speaking for an organisation."""
    row, form = affiliates.get(representative_id), forms.End()
    done, status = tried(form, lambda: affiliates.end(row, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("That has ended."), "success")
        return redirect(url_for("units.show", unit_id=done.unit_id))
    return render_template("units/unrepresent.html", form=form, row=row), status
