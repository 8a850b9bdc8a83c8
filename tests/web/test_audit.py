"""The audit log in the browser: for members, without what concerns one person alone, and checked on demand."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from consult.domain.roles import Role
from consult.service import audit, roles, sessions, units
from consult.web.audit import presenters
from tests.factories import Cast
from tests.web.pages import Browser
from tests.web.signing_in import browser_of
from tests.web.test_protection import read_file


@pytest.fixture
def logged(cast: Cast) -> Cast:
    """A unit made, a role given and somebody's sessions ended."""
    by = cast.actor("committee_1")
    units.make_unit(cast.units["Northmoor"], "Rowan", "branch", "resolved", by=by)
    roles.give(cast.who["mover"], Role.MODERATOR, reason="elected", by=by)
    sessions.end_others(cast.who["member"], "", by=cast.actor("member"))
    return cast


@pytest.mark.parametrize("who", ["member", "supporter", "delegate", "chair", "scrutineer", "committee_1"])
def test_everybody_signed_in_reads_it(app: Flask, logged: Cast, who: str) -> None:
    page = browser_of(app, logged.who[who]).open("/audit")
    rows = page.rows("3 entries, newest first")
    assert [row[2] for row in rows[1:]] == ["A session was ended", "A role was given", "A unit was set up"]
    assert rows[2][3] == "Amina Grove"


def test_visitors_do_not(app: Flask, logged: Cast, browser: Browser) -> None:
    assert browser.open("/audit").title == "Sign in"
    assert browser.open("/audit/check").title == "Sign in"


def test_what_concerns_one_person_is_shown_to_that_person_alone(app: Flask, logged: Cast) -> None:
    member = logged.who["member"]
    other = browser_of(app, logged.who["mover"]).open("/audit")
    assert other.rows("3 entries, newest first")[1][3:5] == ["a member", "not shown"]
    assert "Mabel Thorn" not in other.html
    own = browser_of(app, member).open("/audit")
    assert own.rows("3 entries, newest first")[1][3:5] == ["Mabel Thorn", f"member, record {member.id}"]
    searched = browser_of(app, logged.who["mover"]).open(f"/audit?about=member:{member.id}")
    assert "There are no such entries." in searched.main


def test_filters_and_pages(app: Flask, logged: Cast) -> None:
    for number in range(60):
        units.make_unit(
            logged.units["Southfen"], f"Branch {number}", "branch", "resolved", by=logged.actor("committee_1")
        )
    browser = browser_of(app, logged.who["member"])
    page = browser.open("/audit?event=unit.made")
    assert len(page.rows("61 entries, newest first")) == 51
    assert len(page.click("Older entries").rows("61 entries, newest first")) == 12
    page = browser.open("/audit").choose("What happened", "A role was given").press("Show them")
    assert len(page.rows("1 entries, newest first")) == 2
    for odd in ("?page=0", "?page=99999", "?page=x", "?event=nonsense", "?about=" + "x" * 3000):
        browser.open("/audit" + odd)


def test_checking_the_log(app: Flask, logged: Cast) -> None:
    browser = browser_of(app, logged.who["member"])
    head = audit.head()
    page = browser.open("/audit/check").press("Check the whole log")
    assert "All 3 entries hold." in page.main
    assert str(head) in page.main
    field = "A line from a mail of yours (if you have one)"
    assert "All 3 entries hold." in page.fill(field, str(head)).press("Check the whole log").main
    wrong = page.fill(field, "9:" + "a" * 64).press("Check the whole log")
    assert "The tail was cut off" in wrong.main
    assert page.fill(field, "not a head").press("Check the whole log", 422).errors


def test_the_page_does_not_fail_for_an_erased_person(app: Flask, logged: Cast) -> None:
    from consult.model.members import Member
    from consult.model.store import writing
    from consult.service import clock

    with writing() as session:
        session.get_one(Member, logged.who["committee_1"].id).erased_at = clock.now(session)
    page = browser_of(app, logged.who["member"]).open("/audit")
    assert "a former member" in page.main and "Amina Grove" not in page.html


def test_what_is_looked_for_stays_while_one_turns_pages_and_takes_files(app: Flask, logged: Cast) -> None:
    for number in range(60):
        units.make_unit(
            logged.units["Southfen"], f"Branch {number}", "branch", "resolved", by=logged.actor("committee_1")
        )
    page = browser_of(app, logged.who["scrutineer"]).open("/audit")
    page = page.choose("In which unit, or below it", "Southfen").fill("By whom", "Amina Grove").press("Show them")
    older = page.click("Older entries")
    assert len(older.rows("60 entries, newest first")) == 11
    assert len(older.click("Newer entries").rows("60 entries, newest first")) == 51
    assert "elected" in browser_of(app, logged.who["member"]).open("/audit?words=ELECTED").main
    for odd in (
        "?unit=999999999999",
        "?unit=x",
        "?since-day=40&since-month=1&since-year=2026",
        "?before=-1",
        "?after=x",
    ):
        browser_of(app, logged.who["member"]).open("/audit" + odd)


def test_files_are_for_officers_and_the_chain_for_scrutineers(app: Flask, logged: Cast) -> None:
    browsers = {who: browser_of(app, logged.who[who]) for who in ("member", "committee_1", "scrutineer")}
    for who, form, status in (
        ("member", "csv", 403),
        ("committee_1", "jsonl", 200),
        ("committee_1", "chain", 403),
        ("scrutineer", "chain", 200),
        ("scrutineer", "xls", 404),
    ):
        browser = browsers[who]
        token = browser.open("/audit/check").find_all("input", name="csrf_token")[0].get("value")
        answered, text = read_file(browser, f"/audit/file/{form}", token)
        assert (answered, bool(text)) == (status, True), (who, form)


def test_what_cannot_be_read_is_said_to_be_so(app: Flask, logged: Cast) -> None:
    browser = browser_of(app, logged.who["member"])
    for odd in ("?since-day=31&since-month=2&since-year=2026", "?about=garbage", "?until-day=x"):
        page = browser.open("/audit" + odd)
        assert page.errors and "Nothing is shown" in page.main and "newest first" not in page.main, odd
    for fine in ("?about=unit:999", "?about=the+organisation", "?until-day=", "?about="):
        assert not browser.open("/audit" + fine).errors, fine


def test_details_are_put_into_words(app: Flask) -> None:
    data = {
        "step": "submit", "from": "draft", "kept_out": 3, "roll_hash": "a" * 64, "late": True, "until": None,
        "kinds": ["open", "closed"], "rules": {"needed": 2, "casual": False}, "why": "b" * 64,
        "closes": "2026-07-01T23:30:00Z",
    }  # fmt: skip
    with app.test_request_context():
        told = presenters.details(json.dumps(data))
    assert told == [
        ("step", "submit"), ("before", "draft"), ("kept out", "3"), ("roll hash", "aaaaaaaaaaaa…"), ("late", "yes"),
        ("until", "none"), ("kinds", "open, closed"), ("rules", "needed: 2; casual: no"),
        ("closes", "Thursday 2 July 2026, 12:30am (UK time)"),
    ]  # fmt: skip
    assert presenters.details("") == []


def test_what_an_entry_is_about_is_looked_for_as_the_page_has_it(app: Flask, logged: Cast) -> None:
    browser = browser_of(app, logged.who["mover"])
    page = browser.open("/audit?event=unit.made")
    shown = page.rows("1 entries, newest first")[1][4]
    unit = shown.rpartition(" ")[2]
    assert shown == f"unit, record {unit}"
    for typed in (shown, f"unit:{unit}", f"Unit {unit}"):
        found = browser.open("/audit").fill("About", typed).press("Show them")
        assert [row[4] for row in found.rows("1 entries, newest first")[1:]] == [shown]
    with app.test_request_context():
        assert presenters.looked_for("role, record 3") == "role_holding:3"
        assert presenters.looked_for("signature:1:3") == "signature:1:3"
