"""The calendar of every public date, to read and to follow, and one's own by a secret address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.errors import NotFound
from consult.domain.languages import LANGUAGES
from consult.domain.roles import Actor
from consult.model.members import Member
from consult.model.store import db
from consult.service import (
    calendar_addresses,
    clock,
    consultations,
    deadlines,
    gatherings,
    languages,
    links,
    organisation,
)
from consult.web import open_files
from consult.web.calendars import entries
from consult.web.guards import actor, now, public, signed_in
from consult.web.languages import PARAMETER

pages = Blueprint("calendars", __name__)

MEDIA = "text/calendar; charset=utf-8"


def _consultation() -> int | None:
    """The consultation that the address names; NotFound where there is none of that name, never every date instead."""
    text = request.args.get("consultation", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise NotFound("There is no consultation of this number.")
    return consultations.readable(int(text), actor(), now()).id


@pages.get("/calendar")
@public
def index() -> str:
    """What is to come: deadlines and events, the next first."""
    at, consultation_id = clock.now(), _consultation()
    coming = [each for each in deadlines.public(at, consultation_id) if each.at > at and not each.cancelled]
    events = [e for e in gatherings.listed(at, consultation_id=consultation_id) if e.state == "planned"]
    dates = [(each.at, each.title, each.place) for each in coming]
    dates += [(e.starts_at, e.title, url_for("gatherings.show", gathering_id=e.id)) for e in events]
    return render_template("calendars/index.html", dates=sorted(dates), consultation=consultation_id)


@pages.get("/calendar.ics")
@public
def everything() -> Response:
    """Every public deadline and event, or those of one consultation: an address that calendars can follow."""
    at, consultation_id = clock.now(), _consultation()
    found = deadlines.public(at, consultation_id)
    events = gatherings.listed(at, consultation_id=consultation_id)
    made = [*entries.of_deadlines(found, deadlines.moved(found)), *map(entries.of_event, events)]
    return open_files.sent(entries.written(organisation.name(), made), MEDIA, anywhere=True)


def _language_of(reader: Actor) -> str:
    number = reader.member_id or 0
    chosen = languages.of(db.session(), [number])[number]
    named = request.args.get(PARAMETER, "")
    return LANGUAGES[named if named in LANGUAGES else chosen].locale


@pages.get("/calendar/<secret>.ics")
@public
def own(secret: str) -> Response:
    """One member's own calendar, for whoever has its address; in the language that the member chose, or the address names."""
    reader = calendar_addresses.reader(secret)
    found, locale = deadlines.of_member(reader, clock.now()), _language_of(reader)
    with force_locale(locale):
        made = entries.of_deadlines(found.deadlines, deadlines.moved(found.deadlines))
        made += [entries.of_event(row, answer) for row, answer in found.events]
        body = entries.written(_("%(name)s: my dates", name=organisation.name()), made)
    answer = open_files.sent(body, MEDIA)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@pages.route("/account/calendar", methods=["GET", "POST"])
@signed_in
def address() -> Any:
    """One's own calendar: its address is made or renewed here, and shown this once."""
    member, secret = db.session.get_one(Member, actor().member_id), ""
    if request.method == "POST":
        secret = links.new_token()
        calendar_addresses.renew(member, secret, by=actor())
    site = str(current_app.config["CONSULT_URL"]).rstrip("/")
    shown = site + url_for("calendars.own", secret=secret, _external=False) if secret else ""
    return render_template("calendars/own.html", row=calendar_addresses.of_member(member.id), address=shown)


@pages.post("/account/calendar/end")
@signed_in
def end() -> Response:
    """End the address."""
    calendar_addresses.end(db.session.get_one(Member, actor().member_id), by=actor())
    flash(_("The address leads nowhere any more."), "success")
    return redirect(url_for("calendars.address"))
