"""The pages of requisitions and standing texts."""

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


def test_a_member_begins_a_requisition_and_others_sign(app: Flask, scene: Stage, browser: Browser) -> None:
    assert "Sign in" in browser.open("/requisitions").title
    page = browser_of(app, scene.cast.who["member"]).open("/requisitions").click("Begin a requisition")
    page = page.press("Begin it and sign", 422)
    assert page.errors
    page = page.choose("Of the members of", "Alder").choose("It demands", "A vote on recalling an officer")
    page = page.choose("The office", "Delia Marsh, delegate (Alder)").fill("Title", "Our delegate")
    page = page.fill("What for", "She has voted against the branch at three conferences.").press("Begin it and sign")
    assert "1 of 2 signatures" in page.text and "Mabel Thorn" in page.text
    other = browser_of(app, scene.cast.who["mover"]).open(page.address).press("Sign it")
    assert "The meeting must begin by" in other.text
    assert "Sign it" not in browser_of(app, scene.cast.who["stranger"]).open(page.address).buttons()


def test_a_standing_text_is_entered_and_a_motion_says_what_it_changes(
    app: Flask, scene: Stage, browser: Browser
) -> None:
    page = browser_of(app, scene.cast.who["committee_1"]).open("/standing-texts").click("Enter a text")
    page = page.choose("Of", "Testland").fill("Title", "Constitution")
    page = page.fill("The text", "1 All may join.\n2 The subscription is £12.").press("Enter it")
    assert "The subscription is £12." in page.text
    assert "as entered" in browser.open(page.address).text
    motion = scene.draft()
    mover = browser_of(app, scene.cast.who["mover"])
    page = mover.open(f"/motions/{motion.id}/changes-rules").click("Constitution")
    page = page.press("Save what the motion changes", 422)
    assert any("Nothing is changed yet" in error for error in page.errors)
    page = page.fill("As it would read", "1 All may join.\n2 The subscription is £15.").press(
        "Save what the motion changes"
    )
    assert "and needs at least 2/3 of the votes" in page.text and "£15" in page.text
    browser.open(f"/motions/{motion.id}/changes-rules", 404)
    browser_of(app, scene.cast.who["member"]).open(f"/motions/{motion.id}/changes-rules/1", 403)
