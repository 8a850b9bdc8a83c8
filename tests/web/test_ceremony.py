"""The key ceremony and the box in the browser: each step by the officers who take it, and every file that does not fit."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.ledger import ceremony, envelopes
from consult.model.store import db
from consult.service import ballots, boxes, ceremonies
from tests.desk import AFTER, Desk
from tests.factories import NOON, Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, NOON)


@pytest.fixture
def desk(cast: Cast, clock: Clock) -> Desk:
    made = Desk(cast, level="sealed", signers_needed=2)
    made.ask()
    return made


@pytest.fixture
def officer(app: Flask, cast: Cast, desk: Desk) -> Browser:
    return browser_of(app, cast.who["returning_officer"])


def test_the_four_steps_lead_from_the_holders_to_a_scheduled_ballot(officer: Browser, desk: Desk) -> None:
    page = officer.open(f"/ballots/{desk.ballot.id}")
    assert "Hold the key ceremony" in page.text
    page = page.click("Hold its key ceremony").click("Choose who holds a share")
    for name in ("Juno Ash", "Petra Lowe", "Silas Wren"):
        page = page.tick(name)
    page = page.fill("How many of them must come together to open the votes", 2).press("Choose these holders")
    assert page.title == "Key ceremony" and "Juno Ash" in page.main
    plan = ceremony.loads(officer.fetch(f"/ballots/{desk.ballot.id}/ceremony/plan.json").get_data())
    public, words = ceremony.make(plan, envelopes.generate_keys())
    page = page.click("Upload the public part")
    page = page.attach("The public part of the key", "public-key.json", public.dumps()).press("Upload it")
    assert public.fingerprint in page.main
    trial = ceremony.read_trial(officer.fetch(f"/ballots/{desk.ballot.id}/ceremony/trial.json").get_data())
    page = page.click("Rehearse the opening")
    answer = ceremony.rehearse(trial, words[:2]).dumps()
    page = page.attach("The answer of the rehearsal", "rehearsal.json", answer).press("Upload it")
    assert "took part in the rehearsal" in page.main and "this share is untested" in page.main
    db.session.rollback()
    desk.schedule()
    assert "cannot be changed any more" in officer.open(f"/ballots/{desk.ballot.id}/ceremony").main


def test_what_does_not_fit_is_said_at_the_field(officer: Browser, desk: Desk) -> None:
    address = f"/ballots/{desk.ballot.id}/ceremony"
    page = officer.open(f"{address}/holders").press("Choose these holders", 422)
    assert page.errors == ["Choose who holds a share."]
    page = page.tick("Juno Ash").press("Choose these holders", 422)
    assert page.errors == ["Choose 2 to 16 holders; you chose 1."]
    officer.open(f"{address}/plan.json", 409)
    desk.hold_ceremony()
    page = officer.open(f"{address}/key").press("Upload it", 422)
    assert page.errors == ["Choose the file that came back from the machine off line."]
    page = page.attach("The public part of the key", "x", b"\xff\x00").press("Upload it", 422)
    assert page.errors and "The public part" in page.errors[0]
    page = officer.open(f"{address}/rehearsal")
    page = page.attach("The answer of the rehearsal", "x", b"{}").press("Upload it", 422)
    assert page.errors and "The rehearsal" in page.errors[0]


def test_who_may_not_prepare_it_sees_or_does_nothing(app: Flask, cast: Cast, desk: Desk) -> None:
    address = f"/ballots/{desk.ballot.id}/ceremony"
    browser_of(app, cast.who["member"]).open(address, 403)
    scrutineer = browser_of(app, cast.who["scrutineer"])
    assert "take these steps" not in scrutineer.open(address).main
    for path in ("holders", "key", "rehearsal", "plan.json", "trial.json"):
        scrutineer.open(f"{address}/{path}", 403)


def test_a_ballot_of_another_level_has_no_ceremony(app: Flask, cast: Cast, clock: Clock) -> None:
    other = Desk(cast)
    browser_of(app, cast.who["returning_officer"]).open(f"/ballots/{other.ballot.id}/ceremony", 409)


def test_the_box_is_frozen_fetched_and_opened_twice(app: Flask, cast: Cast, desk: Desk, clock: Clock) -> None:
    desk.hold_ceremony()
    desk.schedule()
    for name, first in (("member", 0), ("mover", 1), ("second", 0)):
        desk.vote(name, first)
    desk.close()
    desk.reconcile()
    clock.set(AFTER)
    officer = browser_of(app, cast.who["returning_officer"])
    page = officer.open(f"/ballots/{desk.ballot.id}/desk").click("Open the sealed votes off line, twice")
    officer.open(f"/ballots/{desk.ballot.id}/box/envelopes", 409)
    page = page.fill("The public value, as it has come out", "3 17 20 41")
    page = page.tick("Nobody is still entitled to vote, and the box may be frozen now").press("Freeze the box")
    db.session.rollback()
    fetched = officer.fetch(f"/ballots/{desk.ballot.id}/box/envelopes")
    assert fetched.get_data() == b"".join(boxes.box(desk.ballot))
    assert "attachment" in fetched.headers["Content-Disposition"]
    for number, machine in enumerate("12", 1):
        papers, transcript = desk.open_off_line(machine)
        page = officer.open(f"/ballots/{desk.ballot.id}/box").click("Put two openings on the record")
        if number == 1:
            page = page.press("Put this opening on the record", 422)
            assert page.errors == ["Choose the file that came back from the machine off line."]
        page = page.attach("The opened papers", "opened.json", papers)
        page = page.attach("The transcript of the same opening", "transcript.json", transcript)
        page = page.press("Put this opening on the record")
        db.session.rollback()
    assert page.notices == ["Two openings came to the same papers. Now count."]
    record = officer.open(f"/ballots/{desk.ballot.id}/box").main
    assert "Opening 1" in record and "Opening 2" in record and "1. One, 2. Two" in record
    assert ballots.get(desk.ballot.id).state == "opened"


def test_the_holders_are_named_on_the_ballots_page(app: Flask, desk: Desk, browser: Browser) -> None:
    desk.hold_ceremony()
    desk.schedule()
    page = browser.open(f"/ballots/{desk.ballot.id}")
    assert "Opened by 2 of these together: Juno Ash, Petra Lowe, Silas Wren" in page.main
    assert ceremonies.public_part(desk.ballot) is not None
