"""The desk's step at which the falls that a count proposes are confirmed."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.model.store import db
from consult.service import certificate, proposed_falls
from tests.desk import AFTER, Desk
from tests.factories import Cast
from tests.service.test_proposed_falls import DELETION, RIVAL, RULING, WORDS, counted
from tests.web.clocks import Clock
from tests.web.pages import Page
from tests.web.signing_in import browser_of


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, AFTER)


def at(desk: Desk, app: Flask, name: str, path: str = "desk", expect: int = 200) -> Page:
    """The desk as one of the cast sees it now."""
    db.session.rollback()
    return browser_of(app, desk.cast.who[name]).open(f"/ballots/{desk.ballot.id}/{path}", expect)


def test_the_falls_are_confirmed_on_a_page_with_what_was_typed_kept(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = counted(cast, WORDS, DELETION, RIVAL)
    clock.set(desk.after)
    at(desk, app, "scrutineer", "falls", 403)
    page = at(desk, app, "committee_1")
    assert "2 amendments no longer fit the text, 2 to confirm." in page.main
    assert "proposed falls of amendments are not confirmed yet" in page.main
    page = page.click("Confirm what falls")
    assert (
        "Amendment 3 to Motion 1 falls (proposed)" in page.main and "Its words cannot be applied any more." in page.main
    )
    able = next(row.amendment_id for row in proposed_falls.of(desk.ballot.id) if row.can_stand)
    page.choose("Amendment 2 to Motion 1", "stands").fill_all(**{f"ruling_{able}": "No."})
    page = page.press("Confirm what falls", 422)
    assert page.errors and (page.find(name=f"ruling_{able}").text or "").strip() == "No."
    page.fill_all(**{f"ruling_{able}": RULING})
    page = page.press("Confirm what falls")
    assert page.notices == ["What falls is on the record."]
    db.session.rollback()
    assert certificate.missing(desk.ballot, desk.after) == []
    assert RULING in at(desk, app, "returning_officer", "falls").main


def test_there_is_no_step_where_nothing_falls(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = counted(cast, WORDS)
    clock.set(desk.after)
    assert "Confirm what falls" not in at(desk, app, "committee_1").main
    assert "Nothing falls by what this ballot carried." in at(desk, app, "committee_1", "falls").main
