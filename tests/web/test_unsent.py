"""Forms that arrive when their sender is signed out: nothing is done, what was typed is shown, and one comes back."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from consult.model.motions import Motion
from consult.model.store import db
from tests.factories import Cast, make_consultation
from tests.web.pages import Browser, Page
from tests.web.signing_in import PASSWORD, browser_of, give_password

BODY = "This branch believes that a text which was typed for an evening ought not to be lost <b>ever</b>."


def signed_out(browser: Browser, *, cookie_too: bool) -> None:
    """End the session elsewhere; or by this browser's own button in another tab, which empties the cookie as well."""
    with browser.client.session_transaction() as cookie:
        if cookie_too:
            cookie.clear()
        else:
            cookie["token"] = "ended"


def back_in(page: Page) -> Page:
    door = page.click("Sign in and go on")
    door = door.fill("E-mail address or member number", "member@members.example").fill("Password", PASSWORD)
    return door.press("Sign in")


@pytest.mark.parametrize("cookie_too", [False, True])
def test_what_was_typed_is_shown_and_one_comes_back_to_the_form(app: Flask, cast: Cast, cookie_too: bool) -> None:
    consultation = make_consultation(cast)
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
    consultation = make_consultation(cast)
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
