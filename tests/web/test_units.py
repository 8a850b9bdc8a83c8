"""Who is who, units and roles, in the browser, as each who may and some who may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from consult.domain.roles import Role
from consult.model.store import db, writing
from consult.service import clock, founding, roles, units
from tests.factories import NOON, Cast, make_member, make_unit
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

DAY = timedelta(days=1)
OFFICERS = ["committee_1", "roll_officer"]


def test_visitors_see_offices_and_terms_and_no_names(app: Flask, cast: Cast, browser: Browser) -> None:
    page = browser.open("/units")
    assert page.title == "Who is who"
    assert "Governance committee, no end set" in page.main and "Alder" in page.main
    assert "Amina Grove" not in page.html and "Delia Marsh" not in page.html


@pytest.mark.parametrize("who", ["member", "delegate", "chair", "scrutineer", *OFFICERS])
def test_members_see_names_too(app: Flask, cast: Cast, who: str) -> None:
    page = browser_of(app, cast.who[who]).open("/units")
    assert "Governance committee: Amina Grove, no end set" in page.main
    assert "Delegate: Delia Marsh" in page.main
    assert ("Set up a unit" in page.links()) == (who in OFFICERS)


@pytest.mark.parametrize("who", OFFICERS)
def test_setting_up_and_renaming_a_unit(app: Flask, cast: Cast, who: str) -> None:
    browser = browser_of(app, cast.who[who])
    page = browser.open("/units").click("Set up a unit")
    assert page.press("Set it up", 422).errors == [
        "Give the unit a name.", "Choose what kind of unit it is.", "Give the reason: everybody can read it."
    ]  # fmt: skip
    page = page.fill("Name", "Rowan").choose("What kind of unit is it?", "Branch")
    page = page.fill("Reason", "the region asked for it")
    refused = page.press("Set it up", 422)
    assert "A branch stands under a nation or a region" in refused.errors[0]
    page = refused.choose("Which unit does it stand under?", "Northmoor (region)").press("Set it up")
    assert page.notices == ["Rowan is set up."]
    first = page.click("Rename: Rowan")
    second = browser.open(first.address)
    assert first.fill("Name", "Rowan Hill").fill("Reason", "the branch voted for it").press("Rename it").notices == [
        "The unit is now called Rowan Hill."
    ]
    stale = second.fill("Name", "Rowan Dale").fill("Reason", "it sounds better").press("Rename it", 409)
    assert "was renamed to “Rowan Hill”" in stale.errors[0]


@pytest.mark.parametrize("path", ["/units/new", "/roles", "/roles/give", "/roles/1/end", "/units/1/rename"])
def test_others_are_refused(app: Flask, cast: Cast, path: str, browser: Browser) -> None:
    assert "one must be" in browser_of(app, cast.who["member"]).open(path, 403).text
    weak = browser_of(app, cast.who["committee_1"], second_factor=False)
    assert "code from your authenticator" in weak.open(path, 403).text
    assert browser.open(path).title == "Sign in"


def test_giving_and_ending_a_role(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["committee_1"])
    page = browser.open("/roles").click("Give a role")
    assert len(page.press("Give the role", 422).errors) == 3
    page = page.fill("Member number or e-mail address", "member@members.example").choose("Role", "Delegate")
    page = page.fill("Reason", "elected at the annual meeting").press("Give the role", 422)
    assert page.errors == ["Say which branch or unit the delegate is for."]
    page = page.choose("For which unit?", "Birch (branch)")
    year = clock.now().year + 2
    for part, typed in (("Day", 31), ("Month", 3), ("Year", year)):
        page.fill(part, typed, within="Last day of the term")
    page = page.press("Give the role")
    assert page.notices == ["Mabel Thorn is now delegate."]
    row = next(row for row in page.rows("Roles that are held") if row[0] == "Mabel Thorn")
    assert (row[2], row[4]) == ("Birch", f"31 Mar {year}")
    ending = page.click("Propose to end: Mabel Thorn, Delegate")
    twice = browser.open(ending.address)
    assert ending.press("Propose it", 422).errors == ["Give the reason: everybody can read it."]
    asked = ending.fill("Reason", "moved away").press("Propose it")
    assert asked.notices == ["Proposed. The role ends when another member of the committee agrees."]
    assert "You proposed this already" in twice.fill("Reason", "moved away").press("Propose it", 409).errors[0]
    assert "Agree, so that it takes effect" not in asked.main
    second = browser_of(app, cast.who["committee_2"]).open(asked.address)
    assert second.press("Agree, so that it takes effect").notices == ["The role is ended, and its holder is told."]
    assert twice.fill("Reason", "moved away").press("Propose it", 422).errors == ["This role has ended already."]


def test_giving_oneself_a_role_is_refused_on_the_page(app: Flask, cast: Cast) -> None:
    page = browser_of(app, cast.who["committee_1"]).open("/roles/give")
    page = page.fill("Member number or e-mail address", "committee_1@members.example").choose("Role", "Moderator")
    assert "to themself" in page.fill("Reason", "why not").press("Give the role", 403).errors[0]


def test_an_unknown_number_in_an_address(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["committee_1"])
    assert browser.open("/roles/999999/end", 404).status == 404
    assert browser.open("/units/999999/rename", 404).status == 404


def test_the_page_asks_no_more_of_the_database_for_more_units(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["committee_1"])

    def statements() -> int:
        asked: list[str] = []

        def count(*arguments: object) -> None:
            asked.append(str(arguments[2]))

        event.listen(db.engine, "before_cursor_execute", count)
        browser.open("/units")
        event.remove(db.engine, "before_cursor_execute", count)
        return len(asked)

    few = statements()
    with writing():
        for number in range(12):
            unit = make_unit(f"Branch {number}", "branch", cast.units["Southfen"])
            make_member(unit)
    assert statements() == few


def test_an_office_that_ends_while_a_page_is_open_gives_no_power_any_more(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    alder = cast.units["Alder"]
    officer = cast.actor("committee_1")
    founding.begin(alder, NOON + DAY, "a new branch", by=officer, at=NOON)
    roles.give(cast.who["member"], Role.UNIT_OFFICER, unit=alder, reason="interim", interim=True, by=officer, at=NOON)
    clock = Clock(monkeypatch, NOON + DAY - timedelta(seconds=5))
    page = browser_of(app, cast.who["member"]).open(f"/units/{alder.id}/about")
    page = page.fill("About it", "We meet on Mondays.").choose("Who may read its register of decisions?", "everyone")
    clock.set(NOON + DAY)
    refused = page.press("Save", 403)
    assert "Your term as unit officer does not include this moment." in refused.main
    assert units.profile(alder).about == ""
    clock.set(NOON + DAY - timedelta(seconds=5))
    assert page.press("Save").notices == ["Saved."]


def test_a_founding_period_is_public(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, NOON)
    browser = browser_of(app, cast.who["committee_1"])
    page = browser.open(f"/units/{cast.units['Alder'].id}").click("Begin a founding period")
    assert len(page.press("Begin it", 422).errors) == 2
    for part, typed in (("Day", 1), ("Month", 4), ("Year", 2026)):
        page.fill(part, typed, within="Last day of the founding period")
    page = page.fill("Reason", "a new branch").press("Begin it")
    assert "Founding period It ends Thursday 2 April 2026, midnight at the start of the day" in page.main
    seen = Browser(app).open("/units").main
    assert "Alder: founding period with interim officers, until Thursday 2 April 2026" in seen
    clock.set(NOON + 60 * DAY)
    assert "founding period" not in Browser(app).open("/units").main
    assert "Its founding period ended on 2 Apr 2026" in Browser(app).open(f"/units/{cast.units['Alder'].id}").main


def test_a_unit_is_merged_on_a_page_that_says_what_will_happen(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["roll_officer"])
    page = browser.open(f"/units/{cast.units['Elder'].id}").click("Merge it")
    assert "Everybody whose home it is (1 people)" in page.main
    page = page.fill("Reason", "too few are left")
    assert len(page.press("Merge it", 422).errors) == 2, "nothing is chosen beforehand for an act for good"
    page = page.choose("Merge it into", "Cedar")
    assert len(page.press("Merge it", 422).errors) == 1
    page = page.tick("I have read what will happen").press("Merge it")
    assert page.notices == ["Elder is merged."] and "This unit is no more" in page.main
    assert "Closed and merged units Elder" in browser.open("/units").main
    for done in ("rename", "about", "move", "merge", "close", "founding"):
        officer = browser_of(app, cast.who["committee_1" if done == "founding" else "roll_officer"])
        assert "Elder was closed on" in officer.open(f"/units/{cast.units['Elder'].id}/{done}", 409).main
    assert "Took in: Elder. too few are left" in browser.open(f"/units/{cast.units['Cedar'].id}").main


def test_a_network_is_joined_and_left(app: Flask, cast: Cast) -> None:
    with writing():
        number = make_unit("Health", "network", cast.units["Testland"]).id
    page = browser_of(app, cast.who["member"]).open(f"/units/{number}").press("Join the network")
    assert page.notices == ["You are in Health now."]
    assert page.press("Leave the network").notices == ["You have left it."]


def test_somebody_is_named_to_speak_for_an_organisation(app: Flask, cast: Cast) -> None:
    with writing():
        number = make_unit("Bakers’ Union", "organisation", cast.units["Testland"]).id
    page = browser_of(app, cast.who["roll_officer"]).open(f"/units/{number}").click("Name a representative")
    page = page.fill("Name", "Ruth Oven").fill("E-mail address", "ruth@bakers.example")
    page = page.fill("Reason", "named by its executive").press("Name this person")
    assert page.notices == ["Ruth Oven speaks for Bakers’ Union now."] and "not counted as people" in page.main
    assert "Ruth Oven" not in Browser(app).open(f"/units/{number}").html
    page = page.click("End: Ruth Oven").fill("Reason", "retired").press("End it now")
    assert "Nobody has been named yet" in page.main


def test_a_register_that_may_not_be_read_is_not_linked(cast: Cast, app: Flask, browser: Browser) -> None:
    page = f"/units/{cast.units['Alder'].id}"
    assert f"{page}/decisions" not in browser.open(page).links().values()
    assert f"{page}/decisions" in browser_of(app, cast.who["member"]).open(page).links().values()


def test_a_unit_with_officers_is_merged_by_two(app: Flask, cast: Cast) -> None:
    birch, names = cast.units["Birch"], ("committee_1", "committee_2")
    first, second = (browser_of(app, cast.who[name]) for name in names)
    page = first.open(f"/units/{birch.id}/merge")
    assert "These offices end: Ewan Brook (delegate)." in page.main and "takes two members" in page.main
    page = page.choose("Merge it into", "Alder").fill("Reason", "Too few to hold meetings.")
    page = page.tick("I have read what will happen").press("Merge it")
    assert page.notices == ["Proposed. It takes effect when another member of the committee agrees."]
    assert "Merged into Alder" in page.main and "Offices that end Ewan Brook (delegate)" in page.main
    assert first.open(f"/units/{birch.id}").status == 200 and units.get(birch.id).closed_at is None
    page = second.open("/proposals").click("Merge Birch into another unit").press("Agree, so that it takes effect")
    assert page.notices == ["The unit is merged, and those whose offices ended are told."]
    assert "This unit is no more" in second.open(f"/units/{birch.id}").main
