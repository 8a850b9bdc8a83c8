"""Nominations in the browser: called, nominated, accepted, declared and drafted, as each who may and some who may not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from consult.domain.nominations import Rules
from consult.model.store import db
from consult.service import bodies, nominations, seats, settling
from consult.service.bodies import Spec
from tests.factories import NOON, Cast, by_two, make_consultation
from tests.nominations import BEGINS, CLOSES, DAY, OPENS, WITHDRAW, Calling
from tests.service.test_nominations import ANYBODY, contested
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

WHO = "Member number or e-mail address"


def test_nominating_accepting_and_withdrawing(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Calling(cast, Rules(needed=2, most=9))
    clock = Clock(monkeypatch, OPENS)
    place = f"/nominations/{made.call_id}"
    for name in ("chair", "moderator"):
        page = browser_of(app, cast.who[name]).open(place).click("Nominate somebody")
        assert "Nobody in the register" in page.fill(WHO, "nobody@nowhere.example").press("Nominate", 422).errors[0]
        page = page.fill(WHO, "member@members.example").press("Nominate")
        assert page.notices == ["Your nomination is recorded."]
    assert "The person has not accepted yet." in page.main and "Nominations open" in page.main
    assert "Announced" not in page.main + Browser(app).open("/nominations").main
    browser_of(app, cast.who["mover"]).open("/nominations/of/1", 403)
    mine = browser_of(app, cast.who["member"])
    page = mine.open("/nominations").click("Election of the policy committee")
    page = page.fill("Statement", "I shall listen.").press("Accept and save")
    assert page.notices == ["Saved. You stand as a candidate."]
    seen = Browser(app).open(place)
    assert "1 person is nominated" in seen.main and "Mabel Thorn" not in seen.html
    assert "I shall listen." in browser_of(app, cast.who["mover"]).open(f"{place}/candidates").main
    clock.set(WITHDRAW - DAY)
    page = mine.open("/nominations/of/1").press("Withdraw as a candidate")
    assert page.notices == ["You have withdrawn."]


def test_officers_call_declare_and_rule_out(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, NOON)
    spec = Spec("Arrangements", "It prepares the conference.", 2)
    body = bodies.make(cast.units["Testland"], spec, "resolved", by=cast.actor("committee_1"), at=NOON)
    browser_of(app, cast.who["member"]).open(f"/bodies/{body.id}/nominations/new", 403)
    page = browser_of(app, cast.who["returning_officer"]).open(f"/bodies/{body.id}").click("Call for nominations")
    assert len(page.press("Save", 422).errors) >= 6
    made = Calling(cast, Rules(needed=2, most=9))
    made.stand("member")
    made.stand("mover")
    place = f"/nominations/{made.call_id}"
    officer = browser_of(app, cast.who["returning_officer"])
    changed = officer.open(f"{place}/edit").fill("Title", "The committee").fill("Why", "So resolved.").press("Save")
    assert changed.title == "The committee"
    clock.set(CLOSES)
    page = officer.open(place).click("Rule out: Osric Vale").fill("Reason", "Rule 4: not paid up.").press("Record it")
    assert page.notices == ["It is ruled out."] and "Rule 4: not paid up." in page.main
    clock.set(WITHDRAW)
    page = officer.open(place)
    assert "There are no more candidates than seats" in page.main
    page = page.press("Declare it")
    assert page.notices == ["It is declared and on the record."]
    assert "Mabel Thorn" in officer.open(f"/bodies/{made.body_id}").main


def test_a_contested_call_ends_in_a_drafted_ballot(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, NOON)
    make_consultation(cast, consulting=(NOON - DAY, NOON + 60 * DAY))
    made = Calling(cast, Rules(needed=2, most=9), seats=1)
    made.stand("member")
    made.stand("mover")
    clock.set(WITHDRAW)
    officer = browser_of(app, cast.who["returning_officer"])
    page = officer.open(f"/nominations/{made.call_id}").click("Draft the ballot")
    for label, day in (("The poll opens", 20), ("The poll closes", 24)):
        for part, typed in (("Day", day), ("Month", 3), ("Year", 2026), ("Time", "12:00")):
            page.fill(part, typed, within=label)
    page = page.choose("Belongs to", "Annual conference").press("Draft the ballot")
    assert page.notices == ["The ballot is drafted; go on with it here."]
    assert "Mabel Thorn" in page.main and "2 candidates stand for 1 seat" in page.main
    page = officer.open(f"/nominations/{made.call_id}").click("Stands no more: Osric Vale")
    assert page.main.index("What happened?") < page.main.index("Reason") < page.main.index("Record it")
    page = page.choose("What happened?", "The candidate died").fill("Reason", "On Monday").press("Record it")
    assert "is on the paper and stands no more" in page.main and "Counting method Scottish STV" in page.main
    assert "Osric Vale (died)" in officer.open("/ballots/1").main


def test_a_seat_is_filled_by_counting_again(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made, desk, _ballot = contested(cast, replace(ANYBODY, casual="countback"))
    desk.schedule()
    for voter in ("delegate", "panel", "chair"):
        desk.vote(voter, 2, 0)
    desk.vote("moderator", 1)
    desk.publish()
    settling.seat_winners(made.call, by=made.officer, at=desk.after)
    [first] = made.body.holdings
    Clock(monkeypatch, BEGINS + 30 * DAY)
    by_two(cast, seats.get(first.id), "moved away", at=BEGINS + 30 * DAY)
    page = browser_of(app, cast.who["returning_officer"]).open(f"/seats/{first.id}/countback")
    assert "That elects " in page.main
    page = page.press("Seat this person for the rest of the term")
    assert page.notices == ["The seat is filled by the countback."]
    page = browser_of(app, cast.who["chair"]).open(f"/bodies/{made.body_id}").click("How it was counted")
    assert "Counted without: " in page.main and "by a countback" in page.main and "by lot" not in page.main
    assert Browser(app).fetch(f"/seats/{first.id}/counted").status_code in (302, 403)
    browser_of(app, cast.who["chair"]).open(f"/seats/{first.id}/counted", expect=404)


def test_a_lot_in_a_countback_is_told_and_acknowledged_before_anybody_is_seated(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, desk, _ballot = contested(cast, replace(ANYBODY, casual="countback"))
    desk.schedule()
    desk.vote("delegate", 2, 0)
    desk.vote("panel", 2, 1)
    desk.vote("chair", 2)
    desk.publish()
    settling.seat_winners(made.call, by=made.officer, at=desk.after)
    [first] = made.body.holdings
    Clock(monkeypatch, BEGINS + 30 * DAY)
    by_two(cast, seats.get(first.id), "moved away", at=BEGINS + 30 * DAY)
    page = browser_of(app, cast.who["returning_officer"]).open(f"/seats/{first.id}/countback")
    assert "A tie in this count was broken by lot" in page.main
    page = page.press("Seat this person for the rest of the term", expect=422)
    assert "A lot broke a tie in this count" in page.main
    page = page.tick("I know that a lot decided a tie here").press("Seat this person for the rest of the term")
    assert page.notices == ["The seat is filled by the countback."]
    page = browser_of(app, cast.who["chair"]).open(f"/bodies/{made.body_id}").click("How it was counted")
    assert "A tie in this count was broken by lot" in page.main


def test_a_by_election_says_what_it_fills(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Calling(cast, Rules(needed=2, most=9), seats=1)
    made.stand("member")
    settling.declare(made.call, by=made.officer, at=WITHDRAW)
    at = BEGINS + 30 * DAY
    seats.resign(seats.get(made.body.holdings[0].id), "moved away", by=cast.actor("member"), at=at)
    Clock(monkeypatch, at)
    officer = browser_of(app, cast.who["returning_officer"])
    page = officer.open(f"/bodies/{made.body_id}/nominations/new")
    assert page.html.count('name="casual" type="checkbox" value="y" checked') == 1
    again = nominations.call(
        made.body,
        made.spec(casual=True, opens_at=at + DAY, closes_at=at + 5 * DAY, consent_by=at + 6 * DAY,
                  withdraw_by=at + 7 * DAY, term_starts_at=at + 20 * DAY),
        by=made.officer, at=at,
    )  # fmt: skip
    page = officer.open(f"/nominations/{again.id}")
    assert "This is a by-election." in page.main and "seat 1, which Mabel Thorn left" in page.main
    shown = Browser(app).open(f"/nominations/{again.id}")
    assert "The seat: seat 1." in shown.main and "Mabel Thorn" not in shown.html


def test_from_a_death_to_the_new_call(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made, desk, ballot = contested(cast, replace(ANYBODY, leaving="poll again"))
    desk.schedule()
    clock = Clock(monkeypatch, desk.during)
    place = f"/nominations/{made.call_id}"
    page = browser_of(app, cast.who["returning_officer"]).open(place).click("Stands no more: Mabel Thorn")
    page = page.choose("What happened?", "The candidate died").fill("Reason", "On Monday").press("Record it")
    assert "3 candidates were put on the paper. 1 of them stands no more." in page.main
    assert "so there is a poll" not in page.main and "next step is with the governance committee" in page.main
    paper = browser_of(app, cast.who["delegate"]).open(f"/ballots/{ballot.id}/vote")
    assert "Mabel Thorn is on this paper and stands no more: died." in paper.main
    assert "this poll is ended without a result" in paper.main
    first, second = (browser_of(app, cast.who[name]) for name in ("committee_1", "committee_2"))
    page = first.open(f"/ballots/{ballot.id}").click("Poll again")
    assert page.press("Propose to poll again", 422).errors
    page = page.fill("Reason", "A candidate died on the second day of the poll.").press("Propose to poll again")
    assert "Nominations open" in page.main and "Waits for a second person" in page.main
    assert "It is proposed to end this ballot" in Browser(app).open(f"/ballots/{ballot.id}").main
    first.open(f"{place}/again", 409)
    page = second.open(place).click("The proposal").press("Agree, so that it takes effect")
    assert page.notices[0].startswith("The ballot is annulled and nominations are called again")
    page = second.open(f"/ballots/{ballot.id}")
    assert "Two members of the committee decided it" in page.main and "held again" in page.main
    page = page.click("The call for nominations").click("Nominations are called again here")
    assert "This call follows one whose poll ended without a result" in page.main
    db.session.rollback()  # reads anew what the pages wrote
    new = nominations.listed()[0]
    row = next(one for one in nominations.get(new.id).nominations if one.nominee_id == cast.who["mover"].id)
    mine = browser_of(app, cast.who["mover"])
    assert "as soon as nominations are open" in mine.open(f"/nominations/of/{row.id}").main
    clock.set(new.opens_at)
    page = mine.open(f"/nominations/of/{row.id}").press("Accept and save")
    assert page.notices == ["Saved. You stand as a candidate."]


def test_the_desk_offers_no_count_where_the_poll_has_to_be_held_again(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, desk, ballot = contested(cast, replace(ANYBODY, leaving="poll again"))
    desk.schedule()
    desk.vote("moderator", 1)
    desk.close()
    desk.reconcile()
    Clock(monkeypatch, desk.after)
    officer = browser_of(app, cast.who["returning_officer"])
    assert "Open the envelopes, twice" in officer.open(f"/ballots/{ballot.id}/desk").links()
    row = next(one for one in made.call.nominations if one.nominee_id == cast.who["member"].id)
    settling.leave(row, True, "On Monday.", by=made.officer, at=desk.after)
    page = officer.open(f"/ballots/{ballot.id}/desk")
    assert "the declared rule is to poll again" in page.main and "Open the envelopes, twice" not in page.links()
    page = page.click("What follows: the call for nominations")
    assert "next step is with the governance committee" in page.main
    page = officer.open(f"/ballots/{ballot.id}/envelopes")
    assert "the declared rule is to poll again" in page.main and "public value" not in page.main
