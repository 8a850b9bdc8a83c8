"""The pages for developing: there while developing only, and codes for the demonstration only."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.job import outgoing
from consult.model.store import writing
from consult.model.units import Organisation
from consult.service import accounts
from tests.factories import Cast
from tests.web.pages import Browser
from tests.web.signing_in import code, give_authenticator, give_password

PATHS = ["/development", "/development/mail", "/development/mail/1", "/development/codes"]


def demonstration() -> None:
    with writing() as session:
        session.get_one(Organisation, 1).demonstration = True


def test_kept_mail_is_read_and_its_links_followed(app: Flask, cast: Cast, browser: Browser) -> None:
    assert "None yet." in browser.open("/development/mail").main
    accounts.ask_for_link("member@members.example", network="")
    accounts.ask_for_link("mover@members.example", network="")
    outgoing.send_due()
    page = browser.open("/development/mail")
    assert len(page.rows("Messages")) == 3
    page = page.fill("To", "Member@members.example").press("Search")
    assert len(page.rows("Messages")) == 2
    page = page.click("Your link to sign in")
    assert "Dear Mabel Thorn," in page.main
    link = next(words for words in page.links() if "/link/" in words)
    assert browser.open(link.removeprefix("http://127.0.0.1:8000")).title == "Sign in as Mabel Thorn"
    assert browser.open("/development/mail/999", 404).status == 404


def test_codes_are_the_demonstrations_only(app: Flask, cast: Cast, browser: Browser) -> None:
    give_authenticator(cast.who["chair"])
    assert "not a demonstration" in browser.open("/development/codes", 404).text
    demonstration()
    page = browser.open("/development").click("Codes")
    name, shown, email, roles = page.rows("Codes")[1]
    assert (name, email, roles) == ("Petra Lowe", "chair@members.example", "standing orders committee")
    assert shown in (code(), code(later=-1))


def test_how_to_sign_in_is_told_in_a_demonstration(app: Flask, cast: Cast, browser: Browser) -> None:
    give_password(cast.who["delegate"])
    assert "How to sign in" not in browser.open("/development").main
    demonstration()
    assert browser.open("/development").rows("How to sign in to the demonstration")[1][:2] == [
        "Delegate",
        "Delia Marsh",
    ]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_it_is_there_in_production(app: Flask, cast: Cast, browser: Browser, path: str) -> None:
    demonstration()
    app.config["CONSULT_DEVELOPMENT"] = False
    assert "while developing only" in browser.open(path, 403).text
    assert "Development" not in browser.open("/sign-in").links()
