"""Following a consultation or a unit, and stopping."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.service import consultations, following, units
from consult.web.guards import actor, now, signed_in
from consult.web.notices.views import pages


@pages.post("/consultations/<int:consultation_id>/follow")
@signed_in
def follow_consultation(consultation_id: int) -> Response:
    """Be told of news of a consultation, or no more."""
    _follow(consultations.readable(consultation_id, actor(), now()))
    return redirect(url_for("consultations.show", consultation_id=consultation_id))


@pages.post("/units/<int:unit_id>/follow")
@signed_in
def follow_unit(unit_id: int) -> Response:
    """Be told of news of a unit, or no more."""
    _follow(units.get(unit_id))
    return redirect(url_for("units.show", unit_id=unit_id))


def _follow(place: following.Place) -> None:
    wanted = request.form.get("following") != "no"
    following.follow_place(place, wanted, by=actor())
    flash(_("You follow this now: you are told of its news.") if wanted else _("You follow this no more."), "success")
