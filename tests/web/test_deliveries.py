"""The officers' ledger, a voter's new link, and what a member is told whose address takes no mail."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from consult.job import outgoing
from consult.model.deliveries import Delivery
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import bounces
from tests.desk import DURING, Desk
from tests.factories import Cast
from tests.mail import report
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of
from tests.web.test_voting_links import link


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, DURING)


@pytest.fixture
def desk(cast: Cast, clock: Clock) -> Desk:
    made = Desk(cast)
    made.ask()
    made.schedule()
    outgoing.send_due()
    return made


def returned(desk: Desk, who: str) -> None:
    """Mail to somebody comes back."""
    db.session.rollback()
    query = select(Notice).where(Notice.kind == "ballot-opens", Notice.member_id == desk.cast.who[who].id)
    notice = db.session.scalars(query).one()
    bounces.take(report(envelope=bounces.mark_of(notice.id, notice.attempts)), DURING)


def test_an_officer_sees_who_was_reached_and_what_to_do(app: Flask, desk: Desk) -> None:
    returned(desk, "member")
    officer = browser_of(app, desk.cast.who["returning_officer"])
    page = officer.open(f"/ballots/{desk.ballot.id}").click("Who has been reached, and who has voted")
    assert "What to do where mail comes back" in page.text and "Came back: the address takes no mail" in page.text
    page = officer.open(f"/ballots/{desk.ballot.id}/deliveries?show=bounced")
    assert "Mabel Thorn" in page.text and "Osric Vale" not in page.text and "Recipient address rejected" in page.text
    page = officer.open(f"/ballots/{desk.ballot.id}/deliveries?q=osric&show=not+voted")
    assert "Osric Vale" in page.text and "Mabel Thorn" not in page.text
    assert "nobody like that" in officer.open(f"/ballots/{desk.ballot.id}/deliveries?q=nobodyatall").text


def test_whoever_is_shown_in_the_ledger_reads_who_looked(app: Flask, desk: Desk) -> None:
    officer, found = desk.cast.who["returning_officer"], "looked at an electoral roll that you are on, or at whom"
    browser_of(app, officer).open(f"/ballots/{desk.ballot.id}/deliveries?q=osric")
    assert found in browser_of(app, desk.cast.who["mover"]).open("/data").main
    assert found not in browser_of(app, desk.cast.who["member"]).open("/data").main


def test_an_officer_reminds_once_and_is_told_when_the_next_can_go(app: Flask, desk: Desk) -> None:
    officer = browser_of(app, desk.cast.who["returning_officer"])
    page = officer.open(f"/ballots/{desk.ballot.id}/deliveries").press("Remind those who have not voted")
    assert "Reminder 1" in page.text and "The next reminder can go on" in page.text


@pytest.mark.parametrize(
    ("who", "status"), [("committee_1", 403), ("member", 403), ("scrutineer", 200), ("roll_officer", 200)]
)
def test_who_sees_the_ledger(app: Flask, desk: Desk, who: str, status: int) -> None:
    browser_of(app, desk.cast.who[who]).open(f"/ballots/{desk.ballot.id}/deliveries", status)


def test_a_voter_has_a_new_link_sent_without_signing_in(app: Flask, desk: Desk) -> None:
    page = Browser(app).open(f"/ballots/{desk.ballot.id}").click("Have a new link to vote sent to you")
    for typed in (desk.cast.who["member"].number, "nobody@members.example"):
        told = page.fill("Your e-mail address or member number", typed).press("Send me a new link")
        db.session.rollback()
        assert told.title == "Look in your mail" and "If this address or number belongs" in told.text
    assert db.session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == "ballot-link")) == 1
    refused = page.fill("Your e-mail address or member number", "").press("Send me a new link", 422)
    assert "Type your e-mail address or member number." in refused.text
    for _ in range(2):
        page.fill("Your e-mail address or member number", desk.cast.who["member"].number).press("Send me a new link")
    limited = page.fill("Your e-mail address or member number", desk.cast.who["member"].number)
    assert "ask for another at" in limited.press("Send me a new link", 429).text


def test_that_the_paper_was_opened_is_kept_and_nothing_of_when(app: Flask, desk: Desk) -> None:
    Browser(app).open(link(desk))
    browser_of(app, desk.cast.who["mover"]).open(f"/ballots/{desk.ballot.id}/vote")
    db.session.rollback()
    found = set(db.session.scalars(select(Delivery.member_id).where(Delivery.opened)))
    assert found == {desk.cast.who["member"].id, desk.cast.who["mover"].id}


def test_a_member_is_told_that_mail_comes_back(app: Flask, desk: Desk) -> None:
    member = browser_of(app, desk.cast.who["member"])
    assert "comes back" not in member.open("/").text
    returned(desk, "member")
    page = member.open("/")
    assert (
        "Mail to member@members.example comes back." in page.text
        and "member<wbr>@members<wbr>.example" in member.fetch("/").text
    )
    page = member.open("/account").press("It works again: write to me")
    assert "A message is on its way to member@members.example" in page.text and "comes back" not in page.main


def test_the_ledger_asks_a_fixed_number_of_questions(app: Flask, desk: Desk) -> None:
    officer = browser_of(app, desk.cast.who["returning_officer"])
    officer.open(f"/ballots/{desk.ballot.id}/deliveries")  # that these people were seen is put down once a day
    counts = []
    for address in ("?q=zzz", "", "?show=sent"):
        said: list[str] = []

        def listen(connection: Any, cursor: Any, statement: str, *_: Any, said: list[str] = said) -> None:
            said.append(statement)

        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            officer.open(f"/ballots/{desk.ballot.id}/deliveries{address}")
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        counts.append(len(said))
    assert max(counts) - min(counts) <= 1, counts  # the first page finds the organisation's name
