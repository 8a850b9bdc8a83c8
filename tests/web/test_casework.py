"""Challenged ballots, complaints, recounts, extensions, re-runs and destruction in the browser, each by its own people."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from flask import Flask

from consult.model.store import db
from consult.service import removals, roll_changes
from tests.desk import AFTER, DURING, Desk
from tests.factories import Cast, by_two
from tests.web.clocks import Clock
from tests.web.pages import Page
from tests.web.signing_in import browser_of

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, DURING)


@pytest.fixture
def desk(cast: Cast, clock: Clock) -> Desk:
    made = Desk(cast, signers_needed=1, complaint_hours=24)
    made.ask("plurality", ("Ann Ash", "Bo Birch"))
    made.schedule()
    for name, place in (("member", 0), ("mover", 0), ("second", 1)):
        made.vote(name, place)
    return made


def at(desk: Desk, app: Flask, name: str, path: str, expect: int = 200) -> Page:
    db.session.rollback()
    return browser_of(app, desk.cast.who[name]).open(f"/ballots/{desk.ballot.id}/{path}".rstrip("/"), expect)


def test_a_challenged_ballot_from_the_roll_that_refused_it_to_the_count(app: Flask, desk: Desk, clock: Clock) -> None:
    page = at(desk, app, "supporter", "").click("If you think you should be on it: cast a challenged ballot")
    refused = page.choose("Choose one", "Bo Birch").press("Check it", 422)
    assert "in a sentence or two" in refused.errors[0]
    page = refused.fill("What is wrong with that?", "I paid in cash at the stall in Birch.").press("Check it")
    assert "I paid in cash" in page.main and "Bo Birch" in page.main
    page = page.press("Cast my challenged ballot")
    assert page.title == "Your challenged ballot" and "waits" in page.main
    told = at(desk, app, "supporter", "")
    assert "You have cast a challenged ballot. It waits, sealed, for the decision." in told.main
    assert (
        "cast a challenged ballot" not in " ".join(told.links())
        and "Have a new link to vote sent to you" not in told.main
    )
    notices = browser_of(app, desk.cast.who["supporter"]).open("/notices")
    assert "You have cast a challenged ballot." in notices.main
    assert "challenged ballot" not in browser_of(app, desk.cast.who["member"]).open("/notices").main
    at(desk, app, "member", "challenge", 403)
    clock.set(AFTER)
    desk.close()
    desk.reconcile()
    assert "not decided yet" in at(desk, app, "returning_officer", "envelopes").main
    at(desk, app, "member", "challenges", 403)
    page = at(desk, app, "committee_1", "desk").click("Decide challenged ballots")
    left = page.press("Decide them all", 422)
    assert "Admit or refuse the ballot of Sorrel Bright." in left.errors
    page = left.fill(
        "Reason: the person reads it, and members find it in the audit log: Sorrel Bright", "The receipt was seen."
    )
    page = page.choose("Sorrel Bright, Birch", "Admit: Sorrel Bright").press("Decide them all")
    assert "1 admitted, 0 refused." in page.notices[0]
    assert "It was admitted" in at(desk, app, "supporter", "challenge").main
    desk.open_envelopes()
    assert "Admit" not in at(desk, app, "committee_1", "challenges").buttons()


def test_whoever_came_to_the_roll_meanwhile_is_told_what_becomes_of_the_challenged_ballot(
    app: Flask, desk: Desk, clock: Clock
) -> None:
    page = at(desk, app, "supporter", "challenge").fill("What is wrong with that?", "I paid in February.")
    page.choose("Choose one", "Bo Birch").press("Check it").press("Cast my challenged ballot")
    assert "by now" not in at(desk, app, "supporter", "").main
    number = desk.cast.who["supporter"].number
    roll_changes.add(
        desk.roll,
        [number],
        "Paid, and was recorded wrongly.",
        token=secrets.token_hex,
        by=desk.cast.actor("roll_officer"),
    )
    page = at(desk, app, "supporter", "")
    assert "You are on the roll by now: once you vote in the ordinary way that is your vote" in page.main
    assert "by now" not in at(desk, app, "member", "").main


def test_whoever_voted_and_was_taken_off_the_roll_is_told_that_the_vote_stands(
    app: Flask, desk: Desk, clock: Clock
) -> None:
    who, by = desk.cast.who["member"], desk.cast.actor("roll_officer")
    removals.remove(desk.roll, who.number, "Had left before the cut-off.", token=secrets.token_hex, by=by)
    page = at(desk, app, "member", "")
    assert "It stands." in page.main and "cast a challenged ballot" not in page.main
    assert page.click("Appeal against the removal").address.startswith("/rolls/removals/")
    refused = at(desk, app, "member", "challenge", 403)
    assert "taken before you were taken off its roll. It stands." in refused.main


def test_a_complaint_and_a_recount_stand_before_the_certificate(app: Flask, desk: Desk, clock: Clock) -> None:
    clock.set(AFTER)
    desk.close()
    desk.count()
    page = at(desk, app, "member", "").click("Complain about this ballot")
    assert page.press("Send the complaint", 422).errors
    page = page.choose("What is it about?", "The count or the provisional result")
    page = page.fill("What happened?", "The count was there too soon to be right.").press("Send the complaint")
    assert "Complaint 1" in page.links()
    assert "Complaint 1" not in at(desk, app, "mover", "complaints").links()
    at(desk, app, "mover", "complaints/1", 403)
    page = at(desk, app, "scrutineer", "recount").fill("Why?", "To see that it can be done.").press("Ask for a recount")
    assert "asked for" in page.notices[0]
    clock.set(AFTER + 25 * HOUR)
    officer = at(desk, app, "returning_officer", "desk")
    assert "Draw up the certificate now" not in officer.buttons()
    assert "1 complaint waits for the complaints panel." in officer.main
    officer.press("Open and count once more")
    assert "Put the decision on the record" not in at(desk, app, "returning_officer", "complaints/1").buttons()
    panel = browser_of(app, desk.cast.who["panel"]).open("/committee").click("Policy committee").click("Complaint 1")
    panel = panel.choose("What does the panel decide?", "Dismissed").fill("Reasons", "A recount came to the same.")
    panel = panel.fill("Votes that the panel finds affected", 0).press("Put the decision on the record")
    assert "A recount came to the same." in at(desk, app, "member", "complaints/1").main
    page = at(desk, app, "returning_officer", "desk").press("Draw up the certificate now")
    assert "The committee can sign it now." in page.notices[0]
    assert "Could it have mattered?" in page.main


def test_the_scrutineer_sees_everything_and_presses_nothing(app: Flask, desk: Desk, clock: Clock) -> None:
    assert "not yet" in at(desk, app, "scrutineer", "scrutiny").main
    clock.set(AFTER)
    desk.close()
    desk.count()
    page = at(desk, app, "scrutineer", "desk").click("Scrutineer’s report")
    assert set(page.buttons()) <= {"Sign out", "Search everything"}
    for words in ("The two openings", "How telling the papers are", "Could it have mattered?", "A ballot was counted"):
        assert words in page.main
    browser = browser_of(app, desk.cast.who["scrutineer"])
    assert b"consult-papers/1" in browser.fetch(f"/ballots/{desk.ballot.id}/scrutiny/papers/q1.json").data
    assert "consult recount" in at(desk, app, "scrutineer", "scrutiny/recount").main
    for name in ("member", "committee_1", "returning_officer"):
        at(desk, app, name, "scrutiny", 403)
        at(desk, app, name, "scrutiny/papers/q1.json", 403)


def test_two_officers_extend_a_close(app: Flask, desk: Desk) -> None:
    page = at(desk, app, "returning_officer", "desk").click("Extend the close")
    assert page.press("Propose the later close", 422).errors
    at(desk, app, "member", "extend", 403)
    assert "Agree to this close" not in page.buttons()


def test_an_annulled_ballot_is_put_again(app: Flask, desk: Desk, clock: Clock) -> None:
    clock.set(AFTER)
    desk.close()
    by_two(desk.cast, desk.ballot, "A branch had no letters at all.", at=AFTER)
    assert at(desk, app, "committee_1", "desk").click("Put it again").title == "Put it again"
    assert "are kept until" in at(desk, app, "committee_1", "destruction").main
    at(desk, app, "member", "again", 403)
