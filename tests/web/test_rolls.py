"""The pages of electoral rolls, as each role that may see them and refused to those who may not."""

from __future__ import annotations

import secrets

from flask import Flask

from consult.domain.eligibility import RollRule
from consult.model.rolls import Roll
from consult.model.store import db, writing
from consult.service import rolls
from tests.factories import Cast, make_member
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def frozen(cast: Cast, rule: RollRule | None = None) -> Roll:
    by = cast.actor("returning_officer")
    return rolls.freeze(None, "Spring roll", rule or RollRule(), token=secrets.token_hex, by=by)  # type: ignore[no-any-return]


def listed() -> list[Roll]:
    db.session.rollback()
    return rolls.listed()


def test_visitors_sign_in_first(app: Flask, cast: Cast, browser: Browser) -> None:
    roll = frozen(cast)
    for address in ("/rolls", f"/rolls/{roll.id}", f"/rolls/{roll.id}/me", "/rolls/new"):
        assert browser.open(address).title == "Sign in"


def test_members_see_rolls_and_not_the_figures_of_branches(app: Flask, cast: Cast) -> None:
    roll = frozen(cast)
    page = browser_of(app, cast.who["member"]).open("/rolls")
    assert page.title == "Electoral rolls"
    assert "Freeze a roll" not in page.main
    page = page.click("Spring roll")
    assert "Yes, you are on this roll." in page.main
    assert "Everybody recorded as member." in page.main
    assert "by home branch" not in page.main
    officer = browser_of(app, cast.who["scrutineer"]).open(f"/rolls/{roll.id}")
    assert officer.rows("On the roll, by home branch")[1] == ["Alder", str(roll.size - 3)]
    assert len(officer.rows("On the roll, by home branch")) == 5


def test_am_i_on_it_and_why_not(app: Flask, cast: Cast) -> None:
    roll = frozen(cast)
    page = browser_of(app, cast.who["supporter"]).open("/rolls").click("Am I on it? – Spring roll")
    assert page.title == "Am I on this roll?"
    assert "No, you are not on this roll." in page.main
    assert "Not met The roll is for those recorded as member, and you were recorded as supporter." in page.main
    assert "Who is who" in page.main
    asked = page.click("Ask to have something put right")
    assert asked.address.endswith("/data/ask/rectification")
    assert "Yes, you are" in browser_of(app, cast.who["member"]).open(f"/rolls/{roll.id}/me").main


def test_the_empty_list_teaches(app: Flask, cast: Cast) -> None:
    assert "No roll has been frozen yet" in browser_of(app, cast.who["member"]).open("/rolls").main
    page = browser_of(app, cast.who["returning_officer"]).open("/rolls").click("Freeze a roll")
    assert page.title == "Freeze an electoral roll"


def test_a_roll_is_looked_at_and_then_frozen(app: Flask, cast: Cast) -> None:
    number = cast.who["member"].number
    page = browser_of(app, cast.who["returning_officer"]).open("/rolls/new")
    page.fill("Title", "Northern members").tick("Northmoor (region)")
    page.fill("Left out by a decision", f"{number}, Suspended until May")
    page.fill_all(**{"joined_by-day": 1, "joined_by-month": 3, "joined_by-year": 2026, "joined_by-time": "noon"})
    page = page.press("See what it comes to")
    assert page.title == "Is this the roll?"
    assert "who joined by Sunday 1 March 2026, 12 noon (UK time)" in page.main
    kept = dict(page.rows("Kept out")[1:])
    assert kept == {
        "have another status": "1",
        "have their home branch elsewhere": "2",
        "were left out by a decision": "1",
    }
    assert listed() == []
    page = page.press("Freeze the roll")
    assert page.title == "Northern members"
    (roll,) = listed()
    assert page.notices == [f"The roll is frozen, with {roll.size} people on it."]
    assert not rolls.is_on(roll.id, cast.who["member"].id)


def test_going_back_keeps_what_was_typed(app: Flask, cast: Cast) -> None:
    page = browser_of(app, cast.who["returning_officer"]).open("/rolls/new")
    page = page.fill("Title", "Northern members").tick("Northmoor (region)").press("See what it comes to")
    page = page.press("Change the rule")
    assert page.find(name="title").get("value") == "Northern members"
    assert page.find(name="units", value=cast.units["Northmoor"].path).get("checked") is not None
    assert page.errors == []


def test_two_tabs_freeze_one_roll(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["returning_officer"])
    tabs = [browser.open("/rolls/new").fill("Title", "Twice").press("See what it comes to") for _ in range(2)]
    tabs[0].press("Freeze the roll")
    page = tabs[1].press("Freeze the roll", 422)
    assert page.errors == [
        "There is a roll called “Twice” already. If you did not just freeze it, choose another title."
    ]
    assert len(listed()) == 1


def test_a_register_that_changed_meanwhile_is_told(app: Flask, cast: Cast) -> None:
    page = browser_of(app, cast.who["returning_officer"]).open("/rolls/new")
    page = page.fill("Title", "Members").press("See what it comes to")
    with writing():
        make_member(cast.units["Alder"])
    page = page.press("Freeze the roll", 409)
    assert "The register has changed since you looked" in page.errors[0]
    assert listed() == []


def test_wrong_and_huge_and_forged_input(app: Flask, cast: Cast) -> None:
    page = browser_of(app, cast.who["returning_officer"]).open("/rolls/new")
    page = page.tick("Member", on=False).fill("Left out by a decision", "x" * 50_000).press("See what it comes to", 422)
    assert page.errors == ["Give the roll a title, such as “Members on 1 March 2026”.", "Choose at least one status."]
    page = page.fill("Title", "t").tick("Member").press("See what it comes to", 422)
    assert "Line 1: after the number write a comma" in page.errors[0]
    page = page.fill("Left out by a decision", "").press("See what it comes to")
    for seen in page.tree.iter("input"):
        if seen.get("name") == "seen":
            seen.set("value", "[]")
    page = page.press("Freeze the roll", 422)
    assert page.errors == ["Look at what the rule comes to before you freeze it."]
    assert listed() == []


def test_only_the_returning_officer_freezes(app: Flask, cast: Cast) -> None:
    for name in ("member", "committee_1", "roll_officer", "scrutineer"):
        assert "freeze an electoral roll" in browser_of(app, cast.who[name]).open("/rolls/new", 403).main
    browser_of(app, cast.who["member"]).open("/rolls/999", 404)


def test_whoever_may_read_why_people_were_left_out_reads_it_on_the_roll(app: Flask, cast: Cast) -> None:
    rule = RollRule(excluded={cast.who["mover"].id: "A finding of the disputes panel of 3 May"})
    roll = frozen(cast, rule)
    told = (
        "Why, as the officer who froze it put it down: Left out by name (1): A finding of the disputes panel of 3 May"
    )
    for reader in ("roll_officer", "scrutineer"):
        assert told in browser_of(app, cast.who[reader]).open(f"/rolls/{roll.id}").main
    assert "disputes panel" not in browser_of(app, cast.who["member"]).open(f"/rolls/{roll.id}").main


def test_a_roll_that_was_frozen_without_a_reason_gives_none(app: Flask, cast: Cast) -> None:
    assert "Why, as" not in browser_of(app, cast.who["scrutineer"]).open(f"/rolls/{frozen(cast).id}").main
