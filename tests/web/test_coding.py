"""The pages of statements, coding and what came of a consultation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from consult.model.store import db
from consult.service import clock, statements
from tests.consulting import Forum, forum
from tests.factories import NOON, Cast
from tests.motions import DAY
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


class Clock:
    """The clock of every page, which a test can put on."""

    at: datetime = NOON


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    return made


@pytest.fixture
def scene(cast: Cast, now: Clock) -> Iterator[Forum]:
    yield forum(cast, minimum_group=3)


def test_a_statement_is_proposed_screened_answered_and_computed(app: Flask, scene: Forum, browser: Browser) -> None:
    member = browser_of(app, scene.cast.who["member"])
    page = member.open("/consultations/1/statements").click("Propose a statement")
    page = page.fill("Your statement", "Homes").press("Propose it", 422)
    page = page.fill("Your statement", "Homes come before buses.").press("Propose it")
    moderator = browser_of(app, scene.cast.who["moderator"])
    page = moderator.open("/consultations/1/statements").click("Screen statements")
    page.press("Admit: Homes come before buses.")
    page = member.open("/consultations/1/statements").press("Disagree")
    assert "You have answered every statement" in page.text and "Disagree" in page.text
    db.session.rollback()
    assert statements.compute_due(NOON) == 1
    page = browser.open("/consultations/1/statements").click("What unites and what divides people")
    assert (
        "withheld" in page.text
        and "the smallest other group is withheld too" in page.text
        and "scikit-learn" in page.text
    )
    browser.open("/consultations/1/statements/answers.csv", 409)
    page = moderator.open("/consultations/1/statements/screen").click("Take it out: Homes come before buses.")
    page = page.fill("Reason", "It says two things at once.").press("Do not admit it")
    assert "It says two things at once." in page.text


def test_from_coding_to_what_was_done(app: Flask, scene: Forum, now: Clock, browser: Browser) -> None:
    scene.sent("member")
    scene.sent("committee_1")
    officer = browser_of(app, scene.cast.who["committee_1"])
    browser_of(app, scene.cast.who["member"]).open("/consultations/1/coding", 403)
    page = officer.open("/consultations/1/outcome").click("The coders’ desk")
    page = page.fill("Name", "Homes").fill("What it stands for", "Asks that homes be built.").press("Add it")
    assert "Yours: others code it" in page.main
    assert "two other officers" in officer.open("/submissions/2/code", 403).main
    page = page.click("Submission 1").fill_all(**{f"{scene.open.id}-1": "1", f"{scene.open.id}-1-quote": "new market"})
    page = page.press("I have read it to the end", 422)
    assert any("not in this answer" in error for error in page.errors)
    page = page.fill_all(**{f"{scene.open.id}-1-quote": "old market"}).press("I have read it to the end")
    assert "You have coded it" in page.text
    now.at = NOON + 11 * DAY
    page = (
        officer.open("/consultations/1/analysis/write")
        .fill("Text", "# What was said\n\n- Homes")
        .press("Keep the draft")
    )
    old = page.press("Look at it and publish it")
    assert "Homes" in old.main and "Educational and Psychological" in old.text
    page = officer.open("/consultations/1/analysis/write").fill("Text", "# What was said\n\n- Homes first")
    page = page.press("Look at it and publish it")
    assert "Homes first" in old.press("Publish it", 409).main
    assert "It is published." in page.press("Publish it").text
    again = page.press("Publish it")  # a second press of the same button
    assert again.title == "Analysis" and "It is published already" in again.notices[0]
    assert "no version of this number" in browser.open("/consultations/1/analysis?version=99", 404).main
    read = browser.open("/consultations/1/analysis")
    assert "What was said" in read.text and "Homes" in read.text and "Educational and Psychological" in read.text
    page = officer.open("/consultations/1/outcome").click("Enter a row").fill("You said", "Build homes.")
    page = page.fill("We did, will do, or why not", "We have asked the council.").choose("How far it is", "Under way")
    page = (
        page.press("Save the row").click("Change: Build homes.").choose("How far it is", "Done").press("Save the row")
    )
    assert "We did" in browser.open("/consultations/1/outcome").text


def test_people_are_asked_again_only_where_that_is_meant_and_what_was_published_says_so(
    app: Flask, scene: Forum, now: Clock, browser: Browser
) -> None:
    scene.sent("member")
    officer, address = browser_of(app, scene.cast.who["committee_1"]), "/consultations/1/timetable"
    meant = "Ask people again, although the analysis is published"
    assert meant not in officer.open(address).main
    now.at = NOON + 11 * DAY
    page = officer.open("/consultations/1/analysis/write").fill("Text", "Homes.").press("Look at it and publish it")
    page.press("Publish it")
    later = NOON + 20 * DAY
    page = officer.open(address).fill_all(
        **{"consulting_closes-day": later.day, "consulting_closes-month": later.month}
    )
    page = page.fill("Why it is moved", "Somebody was left out.").press("Set the timetable", 422)
    assert any("published already" in error for error in page.errors)
    page.fill_all(again="y").press("Set the timetable")
    for place in ("analysis", "outcome"):
        assert "Given before people were asked again" in browser.open(f"/consultations/1/{place}").text
