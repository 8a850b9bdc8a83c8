"""Circulars in the browser: the officer's page, the candidate's, one's account, and the link that ends them."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.job import outgoing
from consult.service import candidates, circulars
from tests.desk import OPENS, Desk
from tests.factories import NOON, Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, NOON)


def test_from_the_call_to_the_message_and_its_end(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = Desk(cast)
    desk.ask("plurality")
    option = desk.ballot.questions[0].options[0]
    spec = candidates.StatementSpec("I stand.", number=cast.who["member"].number)
    candidates.state(option, spec, by=cast.actor("committee_1"), at=NOON)
    desk.schedule()
    option_id, ballot_id, chair = option.id, desk.ballot.id, cast.who["chair"].id
    circulars.call(desk.ballot, 80, OPENS, by=desk.officer, at=NOON)

    reader = browser_of(app, cast.who["chair"])
    page = reader.open("/account").press("Send me what candidates write")
    assert "Candidates' circulars will be sent to you." in page.notices and "You agreed on" in page.text

    writer = browser_of(app, cast.who["member"])
    page = writer.open(f"/candidates/{option_id}/circular").fill("Your circular", "word " * 81).press("Hand it in", 422)
    assert "take out 1" in page.errors[0]
    page = page.fill("Your circular", "Vote for me.").press("Hand it in")
    assert "waits for an officer" in page.text

    officer = browser_of(app, cast.who["returning_officer"])
    page = officer.open(f"/ballots/{ballot_id}").click("Candidates' circulars")
    page = page.press("Approve")
    assert "all together: until then" in page.text
    clock.set(OPENS)
    page = officer.open(f"/ballots/{ballot_id}/circulars").press("Send them all now")
    assert "They went on" in page.text
    outgoing.send_due()

    path = circulars.stop_address(chair).partition("8000")[2]
    page = Browser(app).open(path)
    assert circulars.consent_of(chair).agreed  # type: ignore[union-attr]
    assert page.press("Send me no circulars any more").title == "No circulars any more"
    assert "You ended this on" in reader.open("/account").text
    Browser(app).open(path[:-1] + "x", 404)


def test_the_call_has_one_button_and_none_when_voting_closes_within_a_day(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = Desk(cast)
    desk.ask("plurality")
    spec = candidates.StatementSpec("I stand.", number=cast.who["member"].number)
    candidates.state(desk.ballot.questions[0].options[0], spec, by=cast.actor("committee_1"), at=NOON)
    desk.schedule()
    path, closes_at = f"/ballots/{desk.ballot.id}/circulars", desk.ballot.closes_at
    assert closes_at is not None
    officer = browser_of(app, cast.who["returning_officer"])
    assert officer.open(path).html.count("Ask the candidates") == 1
    clock.set(closes_at - circulars.NOTICE)
    page = officer.open(path)
    assert "It is too late to call for circulars" in page.main and "Ask the candidates" not in page.html


def test_an_officer_calls_for_them(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = Desk(cast)
    desk.ask("plurality")
    desk.schedule()
    officer = browser_of(app, cast.who["returning_officer"])
    assert "Nobody can write yet" in officer.open(f"/ballots/{desk.ballot.id}/circulars").text
    browser_of(app, cast.who["committee_1"]).open(f"/ballots/{desk.ballot.id}/circulars", 403)
