"""Voting by a link, without an account: one stands per person, looking spends nothing, and how little a cast asks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from consult.job import outgoing
from consult.model.ballots import Ballot, Envelope, VotingLink
from consult.model.notices import DevelopmentMail, Notice
from consult.model.store import db, writing
from consult.service import agreeing, casting, outbox, voting_links
from consult.service.ballot_questions import OptionSpec
from consult.service.sessions import token_hash
from tests.desk import AFTER, DURING, Desk
from tests.factories import Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, DURING)


@pytest.fixture
def desk(cast: Cast, clock: Clock) -> Desk:
    made = Desk(cast)
    made.ask()
    made.schedule()
    return made


def link(desk: Desk, name: str = "member", token: str = "t" * 43) -> str:
    with writing() as session:
        voting_links.mint(session, desk.ballot.id, desk.cast.who[name].id, token)
    db.session.rollback()
    return f"/vote/{token}"


def voters(desk: Desk) -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(select(Envelope.member_id)))


def test_from_link_to_receipt_without_an_account(app: Flask, desk: Desk) -> None:
    address = link(desk)
    Browser(app).open(address)  # a mail program looks first, and spends nothing
    browser = Browser(app)
    page = browser.open(address)
    assert "This is the paper of Mabel Thorn." in page.text and "Sign in" in page.links()
    page = page.fill("Number for Ann Ash", 1).press("Check your vote")
    assert "This is the paper of Mabel Thorn." in page.text
    page = page.press("Cast my vote")
    assert page.title == "Your receipt" and voters(desk) == {desk.cast.who["member"].id}
    assert browser.open(address).title == "Your receipt"  # the link goes on showing what became of it


def test_the_mail_carries_a_link_that_is_kept_as_a_hash_alone(app: Flask, desk: Desk, clock: Clock) -> None:
    with writing() as session:
        outbox.queue_roll(
            session, "ballot-opens", desk.roll.id, desk.ballot.id, at=DURING, after=DURING, title=desk.ballot.title
        )
        queued = str(session.execute(select(Notice.context)).all())
    assert "/vote/" not in queued
    outgoing.send_due()
    who = desk.cast.who["member"]
    body = db.session.scalar(select(DevelopmentMail.body).where(DevelopmentMail.address == who.email))
    token = re.search(r"/vote/([\w-]{43})", body or "")
    assert token is not None
    kept = db.session.scalar(select(VotingLink.token_hash).where(VotingLink.member_id == who.id))
    assert kept is not None and token[1] not in kept and len(kept) == 64
    assert voting_links.look(token[1])[1].member_id == who.id


def test_opening_a_newer_link_ends_the_older_and_asking_for_one_does_not(app: Flask, desk: Desk) -> None:
    older, newer = link(desk, token="a" * 43), link(desk, token="b" * 43)
    old_paper = Browser(app)
    page = old_paper.open(older)  # somebody else asked for the newer one: this one goes on
    assert page.fill("Number for Ann Ash", 1).press("Check your vote").title != "Sign in"
    assert Browser(app).open(newer).title == desk.ballot.title
    assert "only the newest works" in old_paper.open(f"/ballots/{desk.ballot.id}/vote", 403).text
    assert "only the newest works" in Browser(app).open(older, 403).text
    assert Browser(app).open(newer).title == desk.ballot.title


def test_of_links_that_wait_the_newest_alone_can_be_opened_and_one_vote_comes_of_all(app: Flask, desk: Desk) -> None:
    standing, lost, newest = (link(desk, token=letter * 43) for letter in "abc")
    assert "does not work" in Browser(app).open(lost, 403).text
    page = Browser(app).open(standing).fill("Number for Ann Ash", 1).press("Check your vote")
    assert page.press("Cast my vote").title == "Your receipt"
    assert Browser(app).open(newest).title == "Your receipt" and voters(desk) == {desk.cast.who["member"].id}


def test_a_link_that_was_not_opened_casts_nothing(app: Flask, desk: Desk) -> None:
    link(desk, token="a" * 43)
    link(desk, token="b" * 43)
    rows = db.session.execute(select(VotingLink.token_hash, VotingLink.newer_hash)).all()
    assert rows == [(token_hash("a" * 43), token_hash("b" * 43))]
    voting_links.look("b" * 43)
    db.session.rollback()
    assert db.session.execute(select(VotingLink.token_hash, VotingLink.newer_hash)).all() == [
        (token_hash("b" * 43), None)
    ]


def test_a_link_votes_for_its_owner_in_anybodys_browser_and_in_its_ballot_alone(app: Flask, desk: Desk) -> None:
    other = Desk(desk.cast, consultation=desk.consultation)
    other.ask()
    other.schedule()
    browser = browser_of(app, desk.cast.who["mover"])
    page = browser.open(link(desk))
    assert "This is the paper of Mabel Thorn." in page.text
    page.fill("Number for Bo Birch", 1).press("Check your vote").press("Cast my vote")
    assert voters(desk) == {desk.cast.who["member"].id}
    assert "Mabel" not in browser.open(f"/ballots/{other.ballot.id}/vote").main  # there it is the one signed in
    stranger = Browser(app)
    stranger.open(link(desk, "second", "s" * 43))
    assert stranger.open(f"/ballots/{other.ballot.id}/vote").title == "Sign in"


def test_two_at_one_address_have_two_links_and_two_votes(app: Flask, desk: Desk) -> None:
    for name, letter in (("member", "m"), ("mover", "o")):
        page = Browser(app).open(link(desk, name, letter * 43))
        page.fill("Number for Ann Ash", 1).press("Check your vote").press("Cast my vote")
    assert voters(desk) == {desk.cast.who[name].id for name in ("member", "mover")}


def test_no_link_lets_anybody_vote_after_the_close(app: Flask, desk: Desk, clock: Clock) -> None:
    address = link(desk)
    page = Browser(app).open(address)
    page = page.fill("Number for Ann Ash", 1).press("Check your vote")
    clock.set(AFTER + timedelta(minutes=1))
    assert "closed" in page.press("Cast my vote", 409).text
    assert voters(desk) == set()


def test_a_link_opens_nothing_else(app: Flask, desk: Desk) -> None:
    browser = Browser(app)
    browser.open(link(desk))
    for address in ("/account", "/members", f"/rolls/{desk.roll.id}"):
        answer = browser.fetch(address)
        assert answer.status_code in (302, 403, 404), address
    assert browser.fetch(f"/ballots/{desk.ballot.id}/vote").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("by", ["link", "sign-in"])
def test_a_whole_cast_asks_at_most_four_things_of_the_database(app: Flask, desk: Desk, by: str) -> None:
    if by == "link":
        browser = Browser(app)
        page = browser.open(link(desk))
    else:
        browser = browser_of(app, desk.cast.who["member"])
        page = browser.open(f"/ballots/{desk.ballot.id}/vote")
    page = page.fill("Number for Ann Ash", 1).press("Check your vote")
    _, form = page._button("Cast my vote", "")
    casting.definition(desk.ballot.id, "")  # read once a process
    said: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        said.append(" ".join(statement.split()))

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        answer = browser.fetch(form.get("action", ""), method="POST", data=dict(page._values(form)))
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    assert answer.status_code == 303 and len(voters(desk)) == 1
    assert [words.split()[0] for words in said] == (["INSERT"] if by == "link" else ["SELECT", "INSERT"]), said


def test_no_password_is_hashed_while_casting(app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a password was hashed")

    page = Browser(app).open(link(desk))
    for name in ("hashed", "verified"):
        monkeypatch.setattr(f"consult.service.passwords.{name}", forbidden, raising=False)
    monkeypatch.setattr("argon2.PasswordHasher.verify", forbidden)
    monkeypatch.setattr("argon2.PasswordHasher.hash", forbidden)
    page.fill("Number for Ann Ash", 1).press("Check your vote").press("Cast my vote")
    assert len(voters(desk)) == 1


def test_a_link_of_an_annulled_ballot_leads_to_its_page_which_says_why(app: Flask, desk: Desk) -> None:
    address, why = link(desk), "The roll left out a whole branch, and 40 members could not vote."
    made = agreeing.propose(desk.ballot, why, by=desk.cast.actor("committee_1"), at=DURING)
    agreeing.agree(made, by=desk.cast.actor("committee_2"), at=DURING)
    beside = browser_of(app, desk.cast.who["supporter"]).open(
        f"/ballots/{desk.ballot.id}/challenge"
    )  # who cast nothing
    for page in (Browser(app).open(address), beside):
        assert page.title == desk.ballot.title and f"This ballot was annulled: {why}" in page.main


def test_for_whom_places_are_reserved_stands_wherever_one_chooses(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = Desk(cast)
    names = (OptionSpec("Ann Ash", group="women"), OptionSpec("Bo Birch", group="men"))
    reserve = {"group": "women", "minimum": 1, "maximum": None}
    desk.ask("scottish-stv", names, seats=2, reserves=(reserve,))
    db.session.execute(update(Ballot).where(Ballot.id == desk.ballot.id).values(paper_rule="first"))
    db.session.commit()
    desk.schedule()
    there = f"/ballots/{desk.ballot.id}"
    for name, path in (
        ("member", ""),
        ("member", "/candidates"),
        ("member", "/vote"),
        ("returning_officer", "/papers/print"),
    ):
        page = browser_of(app, cast.who[name]).open(there + path)
        assert "At least 1 of the seats for women." in page.text, path
        assert re.search(r"Ann Ash,? women", page.text) and re.search(r"Bo Birch,? men\b", page.text), path
