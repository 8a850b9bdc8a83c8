"""The pages of meetings and events, and their calendars."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from consult.model.store import writing
from consult.model.units import UnitProfile
from consult.service import clock
from tests.factories import NOON, Cast
from tests.motions import DAY
from tests.service.test_gatherings import EVENING, planned
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def test_from_the_plan_to_the_minutes(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [NOON]
    monkeypatch.setattr(clock, "source", lambda session: now[0])
    planned(cast, quorum=1, capacity=1, link="https://meet.example/alder")
    browser_of(app, cast.who["member"]).open("/events/1/edit", 403)
    page = browser_of(app, cast.who["member"]).open("/events").click("Alder in March")
    assert "https://meet.example/alder" not in page.text
    page = page.fill("What you need to take part", "A ramp.").press("I am coming")
    assert "https://meet.example/alder" in page.text and "0 of 1 free" in page.text
    full = page.fill("What you need to take part", "A ramp. " * 100).press("Keep what you need", 422)
    assert "500" in full.errors[0] and "0 of 1 free" in full.text
    page = full.fill("What you need to take part", "A ramp and a loop.").press("Keep what you need")
    assert "You have your place still." in page.notices[0] and "0 of 1 free" in page.text
    page = browser_of(app, cast.who["mover"]).open("/events/1").press("Put me on the waiting list")
    assert "You are number 1 on the waiting list" in page.text and "A ramp" not in page.text
    assert "Take me off the waiting list" in page.buttons() and "I cannot come" not in page.buttons()
    officer = browser_of(app, cast.who["second"])
    assert "Mabel Thorn: A ramp and a loop." in officer.open("/events/1").text
    now[0] = EVENING + timedelta(hours=1)
    page = (
        officer.open("/events/1/attendance")
        .fill("Others in the room", "nobody at all")
        .press("Record who is there", 422)
    )
    assert "nobody of this membership number: “nobody at all”." in page.errors[0]
    page = officer.open("/events/1/attendance").tick("Mabel Thorn", within="In the room").press("Record who is there")
    assert (
        page.notices == ["It is recorded that 1 person is there."] and "1 member is there so far: quorate" in page.main
    )
    page = page.click("Record a vote").fill("The question", "That we meet monthly").fill("For", "2")
    page = page.press("Record the vote", 422)
    assert page.links()["Correct who is there"] == "/events/1/attendance"
    page = page.fill("For", "1").tick("The figures are right; a vote that is recorded is never changed")
    page = page.press("Record the vote")
    assert "1 for, 0 against, 0 abstained; 1 member present" in page.text and "Carried" in page.text
    page = page.click("Record who is there").tick("Osric Vale", within="In the room")
    page = page.press("Record who is there", 422).fill("Why the attendance is corrected", "A bus was late.")
    page = page.press("Record who is there")
    assert "from 1 to 2 members, because: A bus was late." in page.text and "1 member present" in page.text
    gone = officer.open("/events/1/cancel")
    assert "so it was held and is not cancelled" in gone.main and not any(
        "Cancel it" in name for name in gone.buttons()
    )
    assert "Publish the minutes" not in page.links()
    page = officer.open("/events/1/minutes")
    assert "it lasts until" in page.main and "Publish the minutes" not in page.buttons()
    now[0] = EVENING + timedelta(hours=2)
    page = (
        officer.open("/events/1").click("Publish the minutes").fill("Minutes", "## Opening\n\nWe met in the library.")
    )
    page.press("Publish the minutes")
    assert "We met in the library." in browser_of(app, cast.who["mover"]).open("/events/1").text
    assert "We met in the library." not in browser.open("/events/1").text
    stale = officer.open("/events/1/minutes").fill("Minutes", "We met, and sang in the library.")
    officer.open("/events/1/minutes").fill("Minutes", "We met in the town hall.").press("Publish the minutes")
    assert "We met, and sang" in stale.press("Publish the minutes", 409).text
    page = browser_of(app, cast.who["mover"]).open("/events/1")
    assert "We met in the town hall." in page.text and "corrected since" in page.text
    assert "We met in the library." in page.text and "library" not in browser.open("/events/1").text
    now[0] = EVENING + DAY
    past = f"/events?unit={cast.units['Alder'].id}&past=1"
    for address in (past, "/events/1"):
        assert "That we meet monthly" in browser_of(app, cast.who["mover"]).open(address).text
        assert "That we meet monthly" not in browser.open(address).text
    assert "Members read the votes once they are signed in." in browser.open("/events/1").text
    with writing() as session:
        session.add(UnitProfile(unit_id=cast.units["Alder"].id, readers="everyone"))
    now[0] += timedelta(hours=1)
    assert "That we meet monthly" in browser.open(past).text


def test_an_event_is_planned_changed_and_cancelled(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    planned(cast)
    officer = browser_of(app, cast.who["second"])
    page = officer.open("/events").click("Plan an event").choose("Held by", "Alder").fill("Title", "Tea")
    page = page.press("Save it", 422)
    page = page.choose("What it is", "Social: people get to know one another").choose("Open to", "Every member")
    times = {"starts_at": (5, "3pm"), "ends_at": (5, "5pm")}
    for name, (day, time) in times.items():
        page = page.fill_all(**{f"{name}-day": day, f"{name}-month": 3, f"{name}-year": 2026, f"{name}-time": time})
    page = page.fill("Where", "Library").press("Save it")
    assert page.title == "Tea"
    page = page.click("Change it").fill("Where", "Town hall").fill("Why", "The roof leaks.").press("Save it")
    page = (
        page.click("Cancel it").fill("Reason", "The kettle is broken.").press("Cancel it, and tell everybody who comes")
    )
    assert "The kettle is broken." in browser.open("/events/2").text
    welsh = browser.open("/language/cy?next=/events/2").main  # whom it is for, and not who speaks for it
    assert "Agored i" in welsh and "O blaid" not in welsh


def test_calendars_follow_events(app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    planned(cast, link="https://meet.example/secret")
    for address in ("/events/1.ics", "/events.ics", f"/events.ics?unit={cast.units['Alder'].id}"):
        answer = browser.fetch(address)
        assert answer.mimetype == "text/calendar" and b"secret" not in answer.data
        (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
        assert event["summary"] == "Alder in March" and event.decoded("dtstart") == EVENING
    assert Calendar.from_ical(browser.fetch("/events.ics?unit=2").data).walk("VEVENT") == []
    for wrong in ("unit=999", "unit=unknown", "consultation=999", "consultation=abc"):
        assert browser.fetch(f"/events.ics?{wrong}").status_code == 404
    for wrong in ("999", "abc"):
        assert browser.fetch(f"/calendar.ics?consultation={wrong}").status_code == 404
