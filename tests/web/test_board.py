"""The list of sealed votes in the browser: found, not found, and files that a stranger's program can check."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.ledger import heads, merkle, records
from consult.model.store import db
from consult.service import ballots, casting
from tests.desk import AFTER, DURING, Desk
from tests.factories import Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, DURING)


@pytest.fixture
def desk(cast: Cast, clock: Clock) -> Desk:
    made = Desk(cast)
    made.ask()
    made.schedule()
    return made


@pytest.fixture
def receipts(desk: Desk) -> list[casting.Receipt]:
    return [desk.vote(name, 0) for name in ("member", "mover", "second")]


def test_while_voting_is_open_a_receipt_may_have_to_wait(browser: Browser, desk: Desk, receipts: list) -> None:
    page = browser.open(f"/ballots/{desk.ballot.id}").click("List of sealed votes")
    assert "Nothing is on the list yet" in page.main
    page = page.fill("Your receipt", receipts[0].code).press("Look for it")
    assert "Not on the list." in page.main and "while voting is open the list grows" in page.main


def test_afterwards_every_receipt_is_found_and_can_be_proved(
    browser: Browser, desk: Desk, receipts: list, clock: Clock
) -> None:
    desk.close()
    clock.set(AFTER)
    page = browser.open(f"/ballots/{desk.ballot.id}/sealed-votes?receipt={receipts[0].code}")
    assert "when the box is frozen" in page.main
    desk.reconcile()
    db.session.rollback()
    page = page.fill("Your receipt", receipts[0].code.lower().replace("-", " ")).press("Look for it")
    assert "Yes: this receipt is on the list." in page.main and "3 sealed votes" in page.main
    data = browser.fetch(page.links()["Take the proof away as a file"]).get_data()
    assert heads.check(heads.read(data), receipts[0].code)
    made = ballots.definition_of(desk.ballot)
    leaves = records.read_board(browser.fetch(f"/ballots/{desk.ballot.id}/sealed-votes/board.json").get_data())
    found = records.read_heads(browser.fetch(f"/ballots/{desk.ballot.id}/sealed-votes/heads.json").get_data())
    assert merkle.root(leaves).hex() == found[-1].root and records.first_break(found) is None
    assert heads.read(data).key == made.board_key
    stranger = browser.open(f"/ballots/{desk.ballot.id}/sealed-votes?receipt={'0' * 52}")
    assert "your vote was dropped" in stranger.main


def test_what_is_no_receipt_is_told_so(browser: Browser, desk: Desk) -> None:
    page = browser.open(f"/ballots/{desk.ballot.id}/sealed-votes?receipt=%22%3Cb%3E")
    assert "52 letters and digits" in page.main
    browser.open(f"/ballots/{desk.ballot.id}/sealed-votes/proof.json?receipt=x", 400)
    browser.open(f"/ballots/{desk.ballot.id}/sealed-votes/proof.json?receipt={'0' * 52}", 404)
