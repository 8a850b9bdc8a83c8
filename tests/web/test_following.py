"""The buttons for following a motion, and the list on the front page."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.service import clock
from tests.factories import Cast
from tests.motions import stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def test_a_member_follows_and_stops_and_a_visitor_has_no_button(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = stage(cast)
    monkeypatch.setattr(clock, "source", lambda session: scene.at)
    motion = scene.published()
    assert "Follow this motion" not in browser.open(f"/motions/{motion.id}").buttons()
    member = browser_of(app, cast.who["member"])
    assert "Motions you follow" not in member.open("/").text
    page = member.open(f"/motions/{motion.id}").press("Follow this motion")
    assert (
        "You follow this now: you are told of its news." in page.text and "Stop following this motion" in page.buttons()
    )
    assert "Motions you follow" in member.open("/").text
    page = member.open(f"/motions/{motion.id}").press("Stop following this motion")
    assert "Follow this motion" in page.buttons()
    mover = browser_of(app, cast.who["mover"])
    page = mover.open(f"/motions/{motion.id}").press("Stop following this motion")
    assert "Follow this motion" in page.buttons()
