"""The pages of data protection: a person's own data, the officer's desk, exports by two, retention and the two papers."""

from __future__ import annotations

import contextvars
import json

import pytest
from flask import Flask

from consult.domain.roles import Role
from consult.model.members import Member
from consult.model.store import db, writing
from tests.factories import Cast, give_role, make_member
from tests.web.pages import Browser, Page
from tests.web.signing_in import browser_of

WORDS = "Because the person asked for it, and nothing stands against it."


@pytest.fixture
def officer(app: Flask, cast: Cast) -> Browser:
    """The data protection officer's browser."""
    with writing():
        who = make_member(cast.units["Cedar"], "Daphne Rook", email="dpo@members.example")
        give_role(who, Role.DATA_PROTECTION)
    return browser_of(app, who)


def press_for_file(page: Page, action: str) -> tuple[int, str]:
    """What the button of a form that gives a file answers."""
    token = page.find_all("input", name="csrf_token")[0].get("value")
    return read_file(page.browser, action, token)


def read_file(browser: Browser, action: str, token: str | None) -> tuple[int, str]:
    """Status and whole text of a file that is sent piece by piece, read where the request began."""

    def read() -> tuple[int, str]:
        with browser.client.open(
            action, method="POST", data={"csrf_token": token}, headers=browser.headers, buffered=True
        ) as answer:
            return answer.status_code, answer.get_data(as_text=True)

    return contextvars.Context().run(read)


def test_a_member_reads_what_is_held_and_who_looked(app: Flask, cast: Cast, officer: Browser) -> None:
    member = cast.who["member"]
    own = browser_of(app, member)
    assert "No officer has opened" in own.open("/data").main
    browser_of(app, cast.who["roll_officer"]).open(f"/members/{member.id}")
    browser_of(app, cast.who["roll_officer"]).open("/members?q=Mabel")
    page = own.open("/data")
    rows = page.rows("Officers who saw your entry in the last two years, newest first")
    assert sorted(row[1:] for row in rows[1:]) == [
        ["Rolf Ames", "opened your entry in the register"],
        ["Rolf Ames", "saw you in a search of the register"],
    ]
    assert browser_of(app, cast.who["mover"]).open("/data").main.count("Rolf Ames") == 0
    copy = page.click("Read it")
    assert "Mabel Thorn" in copy.main and "member@members.example" in copy.main and "Osric Vale" not in copy.main
    status, text = press_for_file(page, "/data/copy.json")
    assert status == 200 and json.loads(text)["controller"] == "The Test Movement"


def test_a_request_is_asked_answered_and_read(app: Flask, cast: Cast, officer: Browser) -> None:
    own = browser_of(app, cast.who["member"])
    page = own.open("/data/ask/rectification")
    assert page.fill("What is it about?", "My branch").press("Send it", 422).errors
    page = (
        page.fill("What is it about?", "My branch is wrong there.")
        .fill("What should it say?", "Birch")
        .press("Send it")
    )
    assert "Due by" in page.main
    case = officer.open("/protection").click("Request to put something right")
    case = (
        case.choose("What was done?", "Acknowledged to the person")
        .fill("In words", "We have it and look.")
        .press("Put it down")
    )
    done = case.choose("How does it end?", "Done as asked").fill("Reason", WORDS).press("Decide it")
    assert "Closed in time." in done.main
    assert WORDS in own.open("/data/requests/1").main
    browser_of(app, cast.who["mover"]).open("/data/requests/1", 404)
    for who in ("roll_officer", "committee_1", "scrutineer", "member"):
        browser_of(app, cast.who[who]).open("/protection/cases/1", 403)


def test_somebody_is_erased(app: Flask, cast: Cast, officer: Browser) -> None:
    member = cast.who["member"]
    browser_of(app, member).open("/data/ask/erasure").fill("What is it about?", "Please take me out.").press("Send it")
    officer.open("/language/cy?next=/")
    page = officer.open("/protection/cases/1")
    assert "drafftiau na ddangoswyd i neb arall" in page.text and "the way of signing in" not in page.text
    assert "yn aros, gyda “cyn-aelod”" in page.text and "stays, with" not in page.text
    officer.open("/language/en?next=/")
    page = officer.open("/protection/cases/1")
    assert page.fill("Reason for the erasure", "no").press("Erase this person now", 422).errors
    page.fill("Reason for the erasure", WORDS).press("Erase this person now")
    db.session.rollback()
    erased = db.session.get_one(Member, member.id)
    assert erased.name == "a former member"
    entry = browser_of(app, cast.who["roll_officer"]).open(f"/members/{member.id}").main
    assert (
        f"Joined {erased.joined_at.year}" in " ".join(entry.split()) and f"1 Jan {erased.joined_at.year}" not in entry
    )


def test_an_export_is_asked_agreed_and_taken(app: Flask, cast: Cast, officer: Browser) -> None:
    roll_officer = browser_of(app, cast.who["roll_officer"])
    page = roll_officer.open("/protection/exports/ask").choose("What is it for?", "post letters or papers to members")
    page = (
        page.tick("name")
        .tick("postal address")
        .tick("e-mail")
        .fill("Reason", "The printer posts the papers, then deletes it.")
    )
    refused = page.press("Ask for it", 422)
    assert any("does not need: e-mail" in error for error in refused.errors)
    page = refused.tick("e-mail", on=False).press("Ask for it")
    assert "waits for a second person" in page.text and "Agree to this export" not in page.buttons()
    officer.open("/protection/exports/1").press("Agree to this export")
    page = roll_officer.open("/protection/exports/1")
    status, text = press_for_file(page, "/protection/exports/1/members.csv")
    assert status == 200 and text.startswith("\ufeffname,postal address")
    status, text = press_for_file(page, "/protection/exports/1/members.csv")
    assert status == 409 and "it can be taken once" in text
    browser_of(app, cast.who["member"]).open("/protection/exports", 403)


def test_the_papers_are_read_by_members_written_and_signed(app: Flask, cast: Cast, officer: Browser) -> None:
    reader = browser_of(app, cast.who["member"])
    for kind in ("record", "assessment"):
        assert "To be written." in reader.open(f"/data/papers/{kind}").main
        assert reader.fetch(f"/data/papers/{kind}.md").status_code == 200
    reader.open("/data/papers/nothing", 404)
    reader.open("/data/papers/record/write", 403)
    page = officer.open("/data/papers/record/write")
    from consult.domain.assessment import QUESTIONS

    for ask in QUESTIONS["record"]:
        page.fill(ask.words, "As it is.")
    page = page.press("Keep this version")
    assert "is not signed" in page.main and "Sign version 1" not in page.buttons()
    signed = browser_of(app, cast.who["committee_1"]).open("/data/papers/record").press("Sign version 1")
    assert "signed by Amina Grove" in signed.main


def test_breaches_and_retention(app: Flask, cast: Cast, officer: Browser) -> None:
    page = browser_of(app, cast.who["moderator"]).open("/protection/breach")
    page.fill("What happened?", "A list was left on a train.").fill("Day", 1).fill("Month", 1).fill("Year", 2026).fill(
        "Time", "10:00"
    ).press("Report it")
    assert "Overdue" in officer.open("/protection").main
    told = officer.open("/protection/retention").main
    assert "What people need to take part in an event" in told and "access_needs" not in told
    browser_of(app, cast.who["member"]).open("/protection/breach", 403)
    browser_of(app, cast.who["member"]).open("/protection", 403)
