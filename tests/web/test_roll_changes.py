"""The pages about what comes to a frozen roll: batches, removals and appeals, inspections, and what members confirm."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from consult.domain.roles import Role
from consult.model.members import Member, RoleHolding
from consult.model.roll_changes import InspectionView, RollChange, RollRemoval
from consult.model.rolls import Roll
from consult.model.store import db, writing
from consult.service import clock, rolls
from tests.desk import Desk
from tests.factories import NOON, Cast, make_member
from tests.web.signing_in import browser_of

WHY = "The branch had not sent the form of this person in."


@pytest.fixture
def roll(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Roll:
    """The roll of a ballot that is open."""
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    monkeypatch.setattr(clock, "source", lambda session: desk.during)
    return desk.roll


def newcomer(cast: Cast) -> Member:
    with writing():
        return make_member(cast.units["Alder"], "Nia New", joined_at=NOON + timedelta(minutes=1))


def test_a_batch_is_looked_at_and_then_added(app: Flask, cast: Cast, roll: Roll) -> None:
    late = newcomer(cast)
    page = browser_of(app, cast.who["roll_officer"]).open(f"/rolls/{roll.id}/add")
    page = page.fill("Member numbers", "X1").fill("Reason", WHY).press("See whom it adds", 422)
    assert page.errors == ["There is no member with the number “X1”."]
    page = page.fill("Member numbers", late.number).press("See whom it adds")
    assert page.title == "Are these the people?"
    assert "By the register of today the rule of the roll would not let them in:" in page.main
    assert re.search(r"Joined on \d+ \w+ \d{4}, too late for this roll", page.main) and "<time" not in page.main
    back = page.press("Change the batch")
    assert back.find(name="numbers").text.strip() == late.number
    page = page.press("Add them")
    assert page.notices == ["1 person is added to the roll."]
    assert "Batch 1: 1 added" in page.main and f"Nia New ({late.number}): {WHY}" in page.main
    assert "came to this roll with supplementary batch 1" in browser_of(app, late).open(f"/rolls/{roll.id}/me").main
    told = browser_of(app, cast.who["member"]).open(f"/rolls/{roll.id}").main
    assert "Batch 1: 1 added" in told and "Nia New" not in told


def test_a_removal_is_told_appealed_and_decided_by_the_panel(app: Flask, cast: Cast, roll: Roll) -> None:
    who = cast.who["member"]
    page = browser_of(app, cast.who["roll_officer"]).open(f"/rolls/{roll.id}/remove")
    page = page.fill("Member number", who.number).fill("Reason", "Expelled by the congress.")
    page = page.press("Take off the roll", 422)
    page = page.tick("I know that the person is told at once and casts no vote on this roll from now on")
    page = page.press("Take off the roll")
    assert page.notices == ["Mabel Thorn is off the roll, and is told."]
    db.session.rollback()
    change = db.session.scalars(select(RollRemoval)).one().change_id
    mine = browser_of(app, who).open(f"/rolls/{roll.id}/me")
    assert "You were taken off this roll" in mine.main and "Expelled by the congress." in mine.main
    mine = browser_of(app, who).open(f"/rolls/removals/{change}")
    mine = mine.press("Send the appeal", 422)
    mine = mine.fill("Why you should be on the roll", "I was never heard by anybody.").press("Send the appeal")
    assert mine.notices == ["Your appeal is with the complaints panel."]
    browser_of(app, cast.who["mover"]).open(f"/rolls/removals/{change}", 403)
    assert "Decision" not in browser_of(app, cast.who["roll_officer"]).open(f"/rolls/removals/{change}").main
    panel = browser_of(app, cast.who["panel"])
    assert "Mabel Thorn" in panel.open("/rolls").main
    page = panel.open(f"/rolls/removals/{change}").tick("Put the person back on the roll")
    late = (
        panel.open(f"/rolls/removals/{change}").tick("The removal stands").fill("Reason", "It was a lawful congress.")
    )
    page = page.fill("Reason", "The congress had no such power.").press("Decide")
    assert page.notices == ["The appeal is decided, and the person is told."]
    late = late.press("Decide", 409)
    assert late.errors == ["There is no appeal here that waits for a decision."] and "no such power" in late.main
    db.session.rollback()
    assert rolls.is_on(roll.id, who.id)
    assert "Yes, you are on this roll." in browser_of(app, who).open(f"/rolls/{roll.id}/me").main


def test_an_inspection_is_asked_granted_shown_and_ended(app: Flask, cast: Cast, roll: Roll) -> None:
    member, officer = browser_of(app, cast.who["member"]), browser_of(app, cast.who["roll_officer"])
    page = member.open(f"/rolls/{roll.id}/inspections")
    page = page.fill("What you want to find out, and why", "Too short").press("Send the request", 422)
    page = page.fill("What you want to find out, and why", "Whether those who died are on it still.")
    page = page.press("Send the request")
    place = page.address
    assert page.notices == ["Your request is with the roll officers. You are told what they decide."]
    browser_of(app, cast.who["mover"]).open(place, 403)
    member.open(f"/rolls/{roll.id}/inspections")
    decided = officer.open(place).tick("Granted").fill("For how many hours", "30").fill("Reason", "A fair question.")
    decided = decided.press("Decide", 422)
    decided = decided.fill("For how many hours", "2").press("Decide")
    assert decided.notices == ["It is decided, and the member is told."]
    shown = member.open(place).press("Look into the roll")
    rows = shown.rows("Page 1 of 1")
    assert [cast.who["chair"].number, "Petra Lowe", "Alder"] in rows
    assert "members.example" not in shown.main
    assert member.open(place).main.count("page 1,") == 1
    db.session.rollback()
    assert db.session.scalars(select(InspectionView.page)).all() == [1]
    ended = officer.open(place).click("End the inspection").press("End the inspection", 422)
    assert ended.errors == ["Say why, in a few words: it stands in the audit log, where members can read it."]
    ended.fill("Why", "It was asked for the wrong roll.").press("End the inspection")
    assert "Look into the roll" not in member.open(place).main


def test_what_a_member_confirms_can_be_asked_by_a_roll(app: Flask, cast: Cast) -> None:
    page = browser_of(app, cast.who["roll_officer"]).open("/attestations/declared")
    page = page.fill("Short title", "No other party")
    page = page.fill("What the member confirms", "I confirm that I am not a member of another party.")
    assert page.press("Declare it").notices == [
        "The text is declared: members can confirm it, and rolls can ask for it."
    ]
    mine = browser_of(app, cast.who["member"]).open("/attestations").press("I confirm this: No other party")
    assert mine.notices == ["You have confirmed it."]
    browser_of(app, cast.who["member"]).open("/attestations/declared", 403)
    page = browser_of(app, cast.who["returning_officer"]).open("/rolls/new").fill("Title", "Those who confirmed")
    page = page.tick("No other party").press("Count")
    assert page.rows("What each condition does")[2][0] == "Has confirmed"
    assert page.rows("What each condition does")[2][1:] == ["1", page.rows("What each condition does")[2][2], "17"]
    page = page.press("See what it comes to").press("Freeze the roll")
    assert page.notices == ["The roll is frozen, with 1 people on it."]
    assert "who has confirmed “No other party”" in page.main
    other = browser_of(app, cast.who["mover"]).open(f"{page.address}/me").main
    assert "You must have confirmed “No other party”, and you had not when the roll was frozen." in other


def test_counting_keeps_what_was_typed_and_asks_for_no_title(app: Flask, cast: Cast) -> None:
    page = browser_of(app, cast.who["returning_officer"]).open("/rolls/new").tick("Northmoor (region)").press("Count")
    assert page.errors == []
    assert page.find(name="units", value=cast.units["Northmoor"].path).get("checked") is not None
    names = [row[0] for row in page.rows("What each condition does")[1:]]
    assert names == ["Recorded as", "Home branch"]


def test_a_term_that_ends_while_the_page_is_open(app: Flask, cast: Cast, roll: Roll) -> None:
    """The act is refused with the reason, nothing is written, and what was typed is shown to be copied."""
    late = newcomer(cast)
    page = browser_of(app, cast.who["roll_officer"]).open(f"/rolls/{roll.id}/add")
    page = page.fill("Member numbers", late.number).fill("Reason", WHY).press("See whom it adds")
    with writing() as session:
        holding = session.scalars(select(RoleHolding).where(RoleHolding.role == Role.ROLL_OFFICER.value)).one()
        holding.ends_at = clock.now(session) - timedelta(seconds=1)
    page = page.press("Add them", 403)
    assert "Your term as roll officer does not include this moment" in page.main
    db.session.rollback()
    assert db.session.scalars(select(RollChange)).all() == []
    assert WHY in page.main


def test_the_changes_of_a_roll_are_a_file_without_people(app: Flask, cast: Cast, roll: Roll) -> None:
    late = newcomer(cast)
    page = browser_of(app, cast.who["roll_officer"]).open(f"/rolls/{roll.id}/add")
    page.fill("Member numbers", late.number).fill("Reason", WHY).press("See whom it adds").press("Add them")
    ballot = rolls.used_by(roll)[0]
    answer = browser_of(app, cast.who["member"]).fetch(f"/ballots/{ballot.id}/roll-changes.json")
    assert answer.get_json()[0]["kind"] == "addition"
    assert late.number not in answer.text and "Nia" not in answer.text


def test_a_membership_is_suspended_and_the_suspension_lifted(app: Flask, cast: Cast) -> None:
    officer, who = browser_of(app, cast.who["roll_officer"]), cast.who["member"]
    page = officer.open(f"/members/{who.id}/suspension").fill("By which decision, and why", "no")
    page = page.press("Save the correction", 422)
    page = page.fill("By which decision, and why", "Suspended by the congress.").press("Save the correction")
    assert page.notices == ["The membership is suspended, and the person is told."]
    assert "suspended until it is lifted" in page.main
    page = officer.open(f"/members/{who.id}/suspension").fill("By which decision, and why", "The appeal was allowed.")
    page = page.press("Save the correction")
    assert page.notices == ["The suspension is lifted."]
    assert "Lifted: The appeal was allowed." in page.main
    browser_of(app, cast.who["member"]).open(f"/members/{cast.who['mover'].id}/suspension", 403)
