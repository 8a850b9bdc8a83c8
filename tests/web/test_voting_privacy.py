"""A voter's choices are in the form and nowhere else: no cookie, no address, no row, no log line; and nothing is lost on the way."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, text

from consult.model.store import db
from tests.desk import DURING, Desk
from tests.factories import Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser, Page
from tests.web.signing_in import browser_of

#: An option whose name appears nowhere else.
CANARY = "Quillon Zephyrine"


@pytest.fixture
def desk(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Desk:
    Clock(monkeypatch, DURING)
    made = Desk(cast, replacing=True)
    made.ask("irv", (CANARY, "Bo Birch", "Cy Cole"), title="Chair")
    made.ask("plurality", ("Oak", "Elm"), title="Logo")
    made.schedule()
    return made


@pytest.fixture
def said(app: Flask) -> Iterator[list[str]]:
    """Everything that is asked of the database, with its parameters, and every log line."""
    heard: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        heard.append(f"{statement} {parameters}")

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    ear = Ear(level=0)
    logging.getLogger().addHandler(ear)
    event.listen(db.engine, "before_cursor_execute", listen)
    yield heard
    event.remove(db.engine, "before_cursor_execute", listen)
    logging.getLogger().removeHandler(ear)


def rows() -> dict[str, int]:
    """How many rows every table has."""
    db.session.rollback()
    names = sorted(db.metadata.tables)
    return {name: db.session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def cookies(browser: Browser) -> set[tuple[str, str]]:
    return {(cookie.key, cookie.value) for cookie in browser.client._cookies.values()}


def fill(page: Page) -> Page:
    page.fill(f"Number for {CANARY}", "2").fill("Number for Bo Birch", "1")
    return page


def test_until_it_is_cast_a_choice_is_in_the_form_alone(app: Flask, desk: Desk, cast: Cast, said: list[str]) -> None:
    voter = browser_of(app, cast.who["member"])
    page = voter.open(f"/ballots/{desk.ballot.id}/vote").press("1. Chair")
    before, kept = rows(), cookies(voter)
    said.clear()
    for button in ("Move Cy Cole up", "Back to all questions", "1. Chair", "Save and go on", "Save and go on"):
        if page.title == "Chair" and button != "Move Cy Cole up":
            fill(page).fill("Number for Cy Cole", "3")
        page = page.press(button)
        assert page.answer.status_code == 200
        assert not set(page.address) & {"?"} and "rank" not in page.address.split("#")[0]
        assert "no-store" in page.answer.headers["Cache-Control"]
    assert page.title == "Check your answers" and CANARY in page.main
    assert page.find("input", type="hidden", name="rank-q1-c1").get("value") == "2"
    assert rows() == before and cookies(voter) == kept
    assert not [line for line in said if "rank-q1" in line or line.lstrip().upper().startswith(("INSERT", "UPDATE"))]


def test_what_is_cast_leaves_one_envelope_and_no_word_of_the_choice(
    app: Flask, desk: Desk, cast: Cast, said: list[str]
) -> None:
    voter = browser_of(app, cast.who["member"])
    page = fill(voter.open(f"/ballots/{desk.ballot.id}/vote").press("1. Chair")).press("Save and go on")
    page = page.press("Save and go on")
    before = rows()
    said.clear()
    receipt = page.press("Cast my vote")
    changed = {name: (before[name], count) for name, count in rows().items() if count != before[name]}
    assert set(changed) == {"envelope"} and changed["envelope"] == (0, 1)
    written = [line for line in said if line.lstrip().upper().startswith(("INSERT", "UPDATE"))]
    assert len(written) == 1 and '"ranking"' not in written[0] and CANARY not in written[0]
    assert CANARY not in receipt.text and "rank" not in receipt.html


def test_a_voter_replaces_a_vote_and_alone_learns_which_receipt_is_superseded(
    app: Flask, desk: Desk, cast: Cast
) -> None:
    voter = browser_of(app, cast.who["member"])

    def checked(start: Page) -> Page:
        return fill(start.press("1. Chair")).press("Save and go on").press("Save and go on")

    stale = checked(voter.open(f"/ballots/{desk.ballot.id}/vote"))
    page = checked(voter.open(f"/ballots/{desk.ballot.id}/vote"))
    assert "You can replace this vote with another until voting closes." in page.main
    first = page.press("Cast my vote")
    old = first.words(first.find_all("code")[0])
    assert stale.press("Cast my vote", 409).title == "You have already voted"  # a page from before never replaces
    again = checked(first.click("Replace my vote"))
    second = again.press("Cast my vote")
    assert second.title == "Your receipt" and "superseded" in second.main and old in second.main
    assert second.words(second.find_all("code")[0]) != old
    assert again.press("Cast my vote").main == second.main  # the same form again
    other = browser_of(app, cast.who["mover"]).open(f"/ballots/{desk.ballot.id}")
    assert old not in other.text and "uperseded" not in other.text
