"""Sittings as everybody follows them: what is before the meeting, the text as it stands, the business, the minutes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.http import quote_etag
from werkzeug.wrappers import Response

from consult import __version__
from consult.domain import hall as domain
from consult.model.hall import Sitting
from consult.model.store import db
from consult.service import consultations, hall_minutes, hall_questions, hall_text, leaves, sittings
from consult.service.declaring import sentence
from consult.web.guards import actor, now, public
from consult.web.kept import for_visitors
from consult.web.motions import presenters

pages = Blueprint("hall", __name__)


def state_of(sitting: Sitting) -> dict[str, Any]:
    """What the hall shows: the item before the meeting, its text as it stands, the question put, what was decided."""
    item = hall_questions.before(sitting)
    standing = hall_text.standing(db.session(), item) if item is not None and item.kind == "motion" else None
    return {
        "sitting": sitting,
        "item": item,
        "standing": standing,
        "clauses": presenters.clauses_of_draft(standing.document) if standing else [],
        "leave": leaves.missing(db.session(), item.motion) if item is not None and item.motion is not None else None,
        "lateness": leaves.asked_of(db.session(), item.motion)
        if item is not None and item.motion is not None
        else None,
        "put": hall_questions.question(sitting),
        "timed": sittings.timed(sitting),
        "decided": hall_questions.declared(sitting),
        "sentence": sentence,
    }


@pages.get("/consultations/<int:consultation_id>/sittings")
@public
@for_visitors
def index(consultation_id: int) -> str:
    """The sittings of a consultation."""
    consultation = consultations.readable(consultation_id, actor(), now())
    return render_template(
        "hall/index.html", consultation=consultation, sittings=sittings.of_consultation(consultation_id)
    )


def _get(sitting_id: int) -> Sitting:
    """A sitting of a consultation that this person is shown."""
    found = sittings.get(sitting_id)
    consultations.require_readable(found.consultation, actor(), now())
    return found


@pages.get("/sittings/<int:sitting_id>")
@public
def show(sitting_id: int) -> str:
    """One sitting, as it is now."""
    return render_template("hall/show.html", **state_of(_get(sitting_id)))


@pages.get("/sittings/<int:sitting_id>/live")
@public
def live(sitting_id: int) -> Response:
    """The part of that page that changes, for the script that asks again: 304 while nothing has happened."""
    sitting = _get(sitting_id)
    tag = f"{sitting.id}-{sitting.revision}-{sitting.state}-{__version__}"
    if request.if_none_match.contains(tag):
        return Response(status=304, headers={"ETag": quote_etag(tag)})
    answer = make_response(render_template("hall/_live.html", **state_of(sitting)))
    answer.headers["ETag"] = quote_etag(tag)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/sittings/<int:sitting_id>/minutes")
@public
@for_visitors
def minutes(sitting_id: int) -> str:
    """The minutes of a sitting."""
    sitting = _get(sitting_id)
    return render_template(
        "hall/minutes.html", sitting=sitting, minutes=hall_minutes.of(sitting_id), closed=sitting.state == domain.CLOSED
    )
