"""Calendars: every public deadline at one address, and one's own at a secret one that tells nothing of votes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from consult.model.audit import AuditEvent
from consult.model.interfaces import CalendarAddress
from consult.model.store import db
from consult.service import calendar_addresses, consultations, extensions, gatherings
from consult.service.consultations import PhaseSpec
from consult.service.gatherings import Spec
from tests.desk import CLOSES, DURING, OPENS, Desk
from tests.factories import NOON, Cast
from tests.motions import stage
from tests.nominations import CLOSES as NOMINATIONS_CLOSE
from tests.nominations import Calling
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

DAY = timedelta(days=1)


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, NOON)


def entries(browser: Browser, address: str) -> dict[str, Any]:
    """UID without its host → entry."""
    answer = browser.fetch(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    made = Calendar.from_ical(answer.data)
    assert made["version"] == "2.0" and made["method"] == "PUBLISH" and made["x-wr-timezone"] == "Europe/London"
    found = {str(event["uid"]).partition("@")[0]: event for event in made.walk("VEVENT")}
    assert len(found) == len(made.walk("VEVENT"))
    for event in found.values():
        assert event.decoded("dtstart").tzinfo is not None and event["dtstamp"] and event["last-modified"]
    return found


def test_every_public_deadline_is_in_it_and_moves_with_a_higher_sequence(
    cast: Cast, clock: Clock, browser: Browser
) -> None:
    consultation = stage(cast).consultation
    Calling(cast)
    desk = Desk(cast, consultation=consultation)
    desk.ask()
    assert not any(key.startswith("ballot") for key in entries(browser, "/calendar.ics"))  # not before it is scheduled
    desk.schedule()
    found = entries(browser, "/calendar.ics")
    key = f"phase-{consultation.id}-drafting-closes"
    assert found[key].decoded("dtstart") == NOON + 10 * DAY and "dtend" not in found[key]
    assert found[key]["transp"] == "TRANSPARENT"
    assert found[f"ballot-{desk.ballot.id}-opens"].decoded("dtstart") == OPENS
    assert found["nominations-1-close"].decoded("dtstart") == NOMINATIONS_CLOSE
    later = [PhaseSpec("drafting", NOON - DAY, NOON + 12 * DAY)]
    before = found[key]["sequence"]
    seen = consultations.fingerprint(consultations.get(consultation.id))
    consultations.set_timetable(
        consultation, later, "More time was asked for.", seen=seen, by=cast.actor("committee_1"), at=NOON + DAY
    )
    moved = entries(browser, "/calendar.ics")
    assert moved[key]["sequence"] == before + 1 and moved[key].decoded("dtstart") == NOON + 12 * DAY
    assert moved[key].decoded("last-modified") == NOON + DAY
    assert f"phase-{consultation.id}-debating-closes" not in moved
    extended = moved[f"ballot-{desk.ballot.id}-closes"]
    clock.set(DURING)
    why = "The post was on strike in two regions."
    proposed = extensions.propose(desk.ballot, CLOSES + DAY, why, by=cast.actor("committee_1"), at=DURING)
    extensions.agree(desk.ballot, proposed.id, by=cast.actor("committee_2"), at=DURING)
    again = entries(browser, "/calendar.ics")[f"ballot-{desk.ballot.id}-closes"]
    assert again.decoded("dtstart") == CLOSES + DAY and again["sequence"] == extended["sequence"] + 1
    only = entries(browser, f"/calendar.ics?consultation={consultation.id}")
    assert only and not any(each.startswith("nominations") for each in only)
    page = browser.open("/calendar")
    assert "Ballot closes: Policy committee" in page.main and "Nominations close" in page.main


def test_a_cancelled_event_stays_and_says_so(cast: Cast, clock: Clock, browser: Browser) -> None:
    row = gathering(cast)
    assert entries(browser, "/calendar.ics")["event-1"]["status"] == "CONFIRMED"
    gatherings.cancel(row, "The hall is flooded.", by=cast.actor("delegate"), at=NOON)
    event = entries(browser, "/calendar.ics")["event-1"]
    assert (event["status"], event["sequence"], event["transp"]) == ("CANCELLED", 1, "TRANSPARENT")
    assert "flooded" in event["description"]


def gathering(cast: Cast, unit: str = "Alder", by: str = "delegate", **more: Any) -> Any:
    evening = datetime(2026, 4, 2, 18, tzinfo=UTC)  # summer time: 7pm on the clock
    spec = Spec(f"{unit} in April", evening, evening + timedelta(hours=2), place="Library", **more)
    return gatherings.plan(cast.units[unit], spec, by=cast.actor(by), at=NOON)


def test_ones_own_calendar_has_ones_units_answers_and_ballots_and_is_renewed_and_ended(
    app: Flask, cast: Cast, clock: Clock, browser: Browser
) -> None:
    row = gathering(cast, link="https://meet.example/room")
    gathering(cast, "Birch", "other_delegate", open_to="members")
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    member = browser_of(app, cast.who["member"])
    page = member.open("/account").click("Your calendar").press("Make the address")
    address = re.search(r"/calendar/([\w-]{43})\.ics", page.main)
    assert address is not None
    assert address[1] not in member.open("/account/calendar").main  # shown once
    assert address[1] not in [row.secret_hash for row in db.session.query(CalendarAddress)]
    found = entries(browser, address[0])
    assert set(found) == {"event-1", f"ballot-{desk.ballot.id}-opens", f"ballot-{desk.ballot.id}-closes"}
    assert "meet.example" not in str(found["event-1"].get("description", ""))
    gatherings.answer(row, True, by=cast.actor("member"), at=NOON)
    assert "meet.example" in entries(browser, address[0])["event-1"]["description"]
    gatherings.answer(gatherings.get(2), True, by=cast.actor("member"), at=NOON)
    assert "event-2" in entries(browser, address[0])
    assert browser.fetch(address[0]).headers["Cache-Control"] == "private, no-cache"
    renewed = member.open("/account/calendar").press("Make a new address")
    assert browser.fetch(address[0]).status_code == 404
    other = re.search(r"/calendar/[\w-]{43}\.ics", renewed.main)
    assert other is not None and entries(browser, other[0])
    member.open("/account/calendar").press("End the address")
    assert browser.fetch(other[0]).status_code == 404
    told = [row.event for row in db.session.query(AuditEvent) if row.event.startswith("account.calendar")]
    assert told == ["account.calendar_address_made"] * 2 + ["account.calendar_address_ended"]


def test_it_says_the_same_before_and_after_a_vote(app: Flask, cast: Cast, clock: Clock, browser: Browser) -> None:
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    calendar_addresses.renew(cast.who["member"], "s" * 43, by=cast.actor("member"))
    clock.set(DURING)
    before = browser.fetch(f"/calendar/{'s' * 43}.ics").data
    desk.vote("member", 0)
    assert browser.fetch(f"/calendar/{'s' * 43}.ics").data == before
    calendar_addresses.renew(cast.who["supporter"], "t" * 43, by=cast.actor("supporter"))
    assert entries(browser, f"/calendar/{'t' * 43}.ics") == {}


def test_a_consultation_leads_to_its_dates(cast: Cast, clock: Clock, browser: Browser) -> None:
    consultation = stage(cast).consultation
    page = browser.open(f"/consultations/{consultation.id}").click("Dates and deadlines")
    assert "drafting closes" in page.main and f"/calendar.ics?consultation={consultation.id}" in page.main


def test_a_unit_leads_to_its_events(cast: Cast, clock: Clock, browser: Browser) -> None:
    gathering(cast)
    page = browser.open(f"/units/{cast.units['Alder'].id}").click("Meetings and events")
    assert "Alder in April" in page.main
