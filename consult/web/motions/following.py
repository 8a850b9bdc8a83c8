"""Following a motion, and stopping."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.service import following, motions
from consult.web.guards import actor, signed_in
from consult.web.motions.views import pages


@pages.post("/motions/<int:motion_id>/follow")
@signed_in
def follow(motion_id: int) -> Response:
    """Be told what becomes of a motion."""
    following.follow(motions.get(motion_id), True, by=actor())
    flash(_("You follow this now: you are told of its news."), "success")
    return redirect(url_for("motions.show", motion_id=motion_id))


@pages.post("/motions/<int:motion_id>/stop-following")
@signed_in
def stop_following(motion_id: int) -> Response:
    """Be told no more."""
    following.follow(motions.get(motion_id), False, by=actor())
    flash(_("You do not follow this motion any more."), "success")
    return redirect(url_for("motions.show", motion_id=motion_id))
