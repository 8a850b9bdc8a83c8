"""Every route of the URL map says who may enter, and every one that changes anything asks for the form's token."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from consult.domain.policy import Permission
from consult.web import guards
from tests.factories import Cast
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

ENTRIES = {"public", "signed in", "voter", "development"}

#: Routes that change nothing and are public, though they take a POST without a session to protect: none so far.
WITHOUT_TOKEN = {"accounts.logged_out"}


def address(app: Flask, rule: Rule) -> str:
    """An address of a route, with something for each of its parts."""
    values: dict[str, object] = {}
    for name, converter in rule._converters.items():
        whole = isinstance(converter, IntegerConverter)
        values[name] = 1 if whole else next(iter(getattr(converter, "items", ())), "x")
    adapter = app.url_map.bind("consult.test")
    return adapter.build(rule.endpoint, values, method=sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"})[0])


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_too_large_for_any_row_is_a_page_not_found(app: Flask, cast: Cast, number: int) -> None:
    page = browser_of(app, cast.who["member"])
    for place in ("ballots", "motions", "amendments", "policy", "rolls"):
        assert page.open(f"/{place}/{number}", expect=404).title == "Page not found"


def test_every_route_says_who_may_enter(app: Flask) -> None:
    silent = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if not (
            guards.entry_of(app, rule.endpoint) in ENTRIES
            or isinstance(guards.entry_of(app, rule.endpoint), Permission)
        )
    ]
    assert silent == []


def test_a_route_that_says_nothing_is_refused(app: Flask) -> None:
    app.add_url_rule("/silent", "silent", lambda: "let in")
    assert Browser(app).fetch("/silent").status_code == 403


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_every_post_without_the_token_is_refused(app: Flask, cast: Cast, who: str) -> None:
    browser = Browser(app) if who == "visitor" else browser_of(app, cast.who["member"])
    tried = 0
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            if rule.endpoint in WITHOUT_TOKEN:
                continue
            answer = browser.fetch(address(app, rule), method=method)
            assert answer.status_code in (302, 400, 403), f"{method} {rule.rule} answered {answer.status_code}"
            if answer.status_code == 302:  # to the door, before anything else
                assert "/sign-in" in answer.headers["Location"], rule.rule
            tried += 1
    assert tried > 10


def test_the_token_is_asked_for_before_the_view(app: Flask) -> None:
    """The check is the application's, not left to each form."""
    assert app.config["WTF_CSRF_CHECK_DEFAULT"] is True
    assert "csrf" in app.extensions
    # what a provider, or a program that reads mail, says by itself: its signature alone is believed
    assert app.extensions["csrf"]._exempt_views == {
        "consult.web.accounts.identities.logged_out",
        "consult.web.notices.views.stop",
    }
    assert app.extensions["csrf"]._exempt_blueprints == set()


def test_no_get_of_a_visitor_is_a_fault(app: Flask, cast: Cast) -> None:
    browser = Browser(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and "GET" in (rule.methods or set()):
            assert browser.fetch(address(app, rule)).status_code < 500, rule.rule
