"""Forms that arrive when their sender is signed out: nothing is done, what was typed is shown, and one comes back."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from consult.model.motions import Motion
from consult.model.store import db
from tests.factories import NOON, Cast, make_consultation
from tests.motions import DAY
from tests.web.pages import Browser, Page
from tests.web.signing_in import PASSWORD, browser_of, give_password

BODY = "This branch believes that a text which was typed for an evening ought not to be lost <b>ever</b>."

#: Open at any instant at which a test is run.
OPEN = (NOON - DAY, NOON + 36_500 * DAY)
#: What browsers say of a form that a page of ours sent.
HERE = {"Origin": "http://consult.test"}


def signed_out(browser: Browser, *, cookie_too: bool) -> None:
    """End the session elsewhere; or by this browser's own button in another tab, which empties the cookie as well."""
    with browser.client.session_transaction() as cookie:
        if cookie_too:
            cookie.clear()
        else:
            cookie["token"] = "ended"


def back_in(page: Page, way: str = "Sign in and go on") -> Page:
    door = page.click(way)
    door = door.fill("E-mail address or member number", "member@members.example").fill("Password", PASSWORD)
    return door.press("Sign in")


@pytest.mark.parametrize("cookie_too", [False, True])
def test_what_was_typed_is_shown_and_one_comes_back_to_the_form(app: Flask, cast: Cast, cookie_too: bool) -> None:
    consultation = make_consultation(cast, drafting=OPEN)
    give_password(cast.who["member"])
    browser = browser_of(app, cast.who["member"])
    address = f"/consultations/{consultation.id}/motions/new"
    page = browser.open(address).fill("Heading", "Evenings").fill("Rationale", BODY)
    signed_out(browser, cookie_too=cookie_too)
    told = page.press("Save draft", 400 if cookie_too else 401)
    assert told.title == "You are signed out"
    assert "nothing was done" in told.main and BODY in told.main
    assert db.session.scalars(select(Motion)).first() is None
    assert back_in(told).address == address


def test_a_form_that_is_too_old_shows_what_was_typed(app: Flask, cast: Cast) -> None:
    consultation = make_consultation(cast, drafting=OPEN)
    browser = browser_of(app, cast.who["member"])
    page = browser.open(f"/consultations/{consultation.id}/motions/new").fill("Rationale", BODY)
    with browser.client.session_transaction() as cookie:
        cookie["csrf_token"] = "another"
    told = page.press("Save draft", 400)
    assert "too old" in told.main and BODY in told.main
    assert told.click("Open the form again").find(name="rationale") is not None


def test_a_page_elsewhere_is_never_where_one_comes_back_to(app: Flask, cast: Cast) -> None:
    for referrer in ("https://evil.example/ballots", "nonsense", "http://localhost//evil.example/"):
        told = Browser(app, Referer=referrer).fetch("/account/sessions/end", method="POST")
        assert told.status_code == 400
        assert "next=" not in told.get_data(as_text=True).partition("<main")[2]


@pytest.mark.parametrize("cookie_too", [False, True])
def test_what_was_typed_is_sent_again_after_signing_in(app: Flask, cast: Cast, cookie_too: bool) -> None:
    consultation = make_consultation(cast, drafting=OPEN)
    give_password(cast.who["member"])
    browser = browser_of(app, cast.who["member"])
    browser.headers |= HERE
    address = f"/consultations/{consultation.id}/motions/new"
    page = browser.open(address).fill("Heading", "Evenings").fill("Rationale", BODY)
    signed_out(browser, cookie_too=cookie_too)
    told = page.press("Save draft", 400 if cookie_too else 401)
    still_out = told.press("I am signed in: go on with what I typed", 401)
    assert still_out.title == "You are signed out" and db.session.scalars(select(Motion)).first() is None
    back_in(told, "Sign in (opens in a new window)")
    asked = still_out.press("I am signed in: go on with what I typed", 400)
    assert db.session.scalars(select(Motion)).first() is None
    asked.press("Send it again")
    db.session.rollback()
    (made,) = db.session.scalars(select(Motion))
    assert made.title == "Evenings" and BODY in str(made.draft)


def test_what_a_page_elsewhere_sent_is_not_sent_again_and_no_secret_is_carried(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["member"])
    for origin, sent in (
        ("https://evil.example", {"body": BODY}),
        ("null", {"body": BODY}),
        ("http://consult.test", {"body": BODY, "password": "correct horse"}),
    ):
        browser.headers["Origin"] = origin
        page = browser.send("/events/new", sent, 400)
        assert page.buttons() == [] or "Send it again" not in page.buttons()
        assert "correct horse" not in page.html
    browser.headers |= HERE
    assert "Send it again" in browser.send("/events/new", {"body": BODY}, 400).buttons()
