"""The pages of amendments: drafted by editing, looked at, submitted, answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from consult.service import clock
from tests.factories import Cast
from tests.motions import Stage, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A consultation, and the clock of its tests on every page."""
    made = stage(cast)
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    yield made


def by(app: Flask, scene: Stage, name: str) -> Browser:
    return browser_of(app, scene.cast.who[name])


def test_edit_the_text_see_what_it_does_save_submit_and_be_answered(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    delegate = by(app, scene, "other_delegate")
    page = delegate.open(f"/motions/{motion.id}").click("Amend this motion")
    page = page.press("Show what this changes", 422)
    assert any("Nothing is changed yet" in error for error in page.errors)
    resolves = (page.find(name="resolves").text or "").replace("£2.", "£1.50.")
    page = page.fill("Resolves", resolves).press("Show what this changes")
    assert "In Resolves 2, line 6, delete '£2' and insert '£1.50'." in page.text and "So that it reads" in page.text
    page = page.fill("Why your branch moves it", "Two pounds is too much.").press("Save draft")
    assert page.title == "Draft amendment (Birch)" and "Two pounds is too much." in page.text
    browser.open(page.address, 404)
    by(app, scene, "stranger").open(page.address, 404)
    page = page.click("Submit for the branch").press("Submit the amendment")
    assert "Amendment 1 is submitted" in page.text
    address = page.address
    browser.open(address, 404)
    page = by(app, scene, "chair").open(address).click("Rule on it")
    page = page.choose("The ruling", "In order").choose("By which standing order", "SO 7")
    page.fill("The reason", "It changes a figure, not the motion.").press("Make the ruling")
    assert "£1.50" in browser.open(address).text
    by(app, scene, "member").open(address + "/answer", 403)
    page = by(app, scene, "mover").open(address).click("Answer it")
    page = page.choose("Do you accept it?", "Accept it: it is written into the motion")
    page = page.fill("What you say to it", "Gladly.").press("Answer")
    assert "Gladly." in page.text and "Your answer is kept" in page.text


def test_two_tabs(app: Flask, scene: Stage) -> None:
    row = scene.drafted_amendment(scene.published(), ("£2", "£1"))
    delegate = by(app, scene, "other_delegate")
    first, second = (delegate.open(f"/amendments/{row.id}/edit") for _tab in range(2))
    first.fill("Why your branch moves it", "First.").press("Save draft")
    page = second.fill("Why your branch moves it", "Second.").press("Save draft", 409)
    assert any("saved in another tab" in error for error in page.errors)
    assert page.find(name="reason").text == "Second."


def test_who_may_not_and_when(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    row = scene.drafted_amendment(motion, ("£2", "£1"))
    by(app, scene, "supporter").open(f"/motions/{motion.id}/amend", 403)
    for action in ("edit", "submit", "withdraw", "answer"):
        by(app, scene, "stranger").open(f"/amendments/{row.id}/{action}", 404)
    by(app, scene, "member").open("/amendments/99", 404)
    scene.at = scene.after_amendments
    page = by(app, scene, "member").open(f"/motions/{motion.id}/amend", 409)
    assert "that deadline has passed" in page.text


def test_withdrawing_asks_first(app: Flask, scene: Stage) -> None:
    row = scene.amended(scene.published(), ("£2", "£1"))
    page = by(app, scene, "other_delegate").open(f"/amendments/{row.id}").click("Withdraw it")
    page = page.press("Withdraw it for good")
    assert "The amendment is withdrawn." in page.text
