"""Mandates and the register of decisions in the browser."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.model.motions import Motion
from consult.model.store import writing
from tests.factories import NOON, Cast
from tests.motions import stage
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def test_a_mandate_from_the_meeting_to_the_report_back(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    motion = stage(cast).published()
    Clock(monkeypatch, NOON)
    alder = cast.units["Alder"].id
    browser_of(app, cast.who["member"]).open(f"/units/{alder}/mandates/new", 403)
    delegate = browser_of(app, cast.who["delegate"])
    page = delegate.open(f"/units/{alder}").click("Mandates for delegates").click("Record a mandate")
    assert len(page.press("Record the mandate", 422).errors) >= 4
    page = page.choose("Delegate", "Delia Marsh").choose("On which motion or ballot?", f"motion:{motion.id}")
    page = page.choose("How far is the delegate bound?", "Instructed").choose("To vote", "For")
    for part, typed in (("Day", 1), ("Month", 3), ("Year", 2026)):
        page.fill(part, typed, within="Day of the meeting")
    page = page.fill("Present", 20).fill("Votes for", 15).fill("Minute of the meeting", "Item 4.")
    page = page.press("Record the mandate")
    assert "It is not decided yet." in page.main and "15 votes to 0, with 20 present" in page.main
    with writing() as session:
        session.get_one(Motion, motion.id).state = "carried"
    page = delegate.open("/mandates").click("Motion 1: Buses that run on Sundays")
    assert "nobody can look up how the delegate voted" in page.main
    assert len(page.press("Report back", 422).errors) == 2
    page = page.choose("What did you do?", "I voted as the branch instructed me")
    page = page.fill("How it went, in your own words", "It was close.").press("Report back")
    assert page.notices == ["Your report is with the branch."] and "It was close." in page.main
    assert "reported back" in browser_of(app, cast.who["member"]).open(f"/units/{alder}/mandates").main


def test_the_register_is_read_searched_and_downloaded(app: Flask, cast: Cast) -> None:
    alder = cast.units["Alder"].id
    officer = browser_of(app, cast.who["committee_1"])
    page = officer.open(f"/units/{alder}").click("Register of decisions").click("Enter a decision")
    assert len(page.press("Enter it", 422).errors) == 4
    page = (
        page.choose("Who decided it?", "Meeting")
        .fill("Title", "Rent of the hall")
        .fill("What was decided", "To pay it.")
    )
    for part, typed in (("Day", 1), ("Month", 3), ("Year", 2026)):
        page.fill(part, typed, within="Day of the decision")
    page = page.press("Enter it")
    assert page.notices == ["It is entered as decision 1."]
    found = page.fill("Search the decisions", "rent").press("Search")
    assert "1 decision" in found.main and "Rent of the hall" in found.main
    assert "Nothing here" in officer.open(f"/units/{alder}/decisions?kind=election").main
    data = officer.fetch(f"/units/{alder}/decisions.csv")
    assert data.mimetype == "text/csv" and "Rent of the hall" in data.get_data(as_text=True)
    assert "for those who are signed in" in Browser(app).open(f"/units/{alder}/decisions", 403).text
