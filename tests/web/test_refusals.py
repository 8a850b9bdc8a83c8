"""Pages that refuse: what is too large, the wrong method, and the right that is wanted, each with its sentence."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from consult import cli, config
from consult.domain.errors import Stale
from consult.domain.policy import POLICY
from consult.service import ballots
from consult.web import problems
from tests.factories import Cast
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

MEGABYTE = 1024 * 1024


WORDS = b"x" * (config.FORM_MB * MEGABYTE + 1)
PART = b'--b\r\nContent-Disposition: form-data; name="identifier"\r\n\r\n' + WORDS + b"\r\n--b--\r\n"
KINDS = {
    "words": ("application/x-www-form-urlencoded", b"identifier=" + WORDS),
    "words and files": ("multipart/form-data; boundary=b", PART),
    "no form": ("application/json", WORDS),
}


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in/link", "/no/such/page"])
@pytest.mark.parametrize("kind", KINDS)
def test_more_than_a_form_takes_is_refused_with_its_size(browser: Browser, address: str, kind: str) -> None:
    media, body = KINDS[kind]
    page = browser.open(address, 413, method="POST", data=body, content_type=media)
    assert "4 MB at the most" in page.main and "64 MB" in page.main and "Shorten the text" in page.main


def test_a_form_just_within_its_size_is_read(browser: Browser) -> None:
    page = browser.send("/sign-in", {"identifier": "x" * (config.FORM_MB * MEGABYTE - 1000)}, 400)
    assert "4 MB" not in page.main


def test_a_wrong_method_is_refused_with_those_that_are_right(browser: Browser) -> None:
    answer = browser.send("/policy", {}, 405).answer
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    asked = browser.open("/sign-out", 405)
    assert asked.answer.headers["Allow"] == "OPTIONS, POST" and "Change what" not in asked.main


def test_a_visitor_who_is_refused_can_sign_in_and_choose_a_language(app: Flask, cast: Cast, browser: Browser) -> None:
    address = f"/units/{cast.units['Alder'].id}/decisions"
    page = browser.open(address, 403)
    assert any(f"next={address}" in node.get("href", "") for node in page.find_all("a", text="Sign in"))
    assert "Cymraeg" in browser.open("/nope", 404).text


def test_what_was_changed_meanwhile_is_told_as_such(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(*_asked: object) -> None:
        raise Stale("The timetable was changed since you opened this page.")

    monkeypatch.setattr(ballots, "listed", meanwhile)
    page = browser.open("/ballots", 409)
    assert page.title == "Something changed in the meantime" and "The timetable was changed" in page.main


def test_a_program_that_asks_for_figures_is_refused_as_one(browser: Browser) -> None:
    answer = browser.fetch("/results/99/figures.json")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_one_link_says_where_one_is(browser: Browser) -> None:
    for address, here in (("/", ["Home"]), ("/promises", ["What is promised"]), ("/motions", ["Motions"])):
        page = browser.open(address)
        marked = page.find_all("a", aria_current="page")
        assert list(dict.fromkeys(page.words(node) for node in marked)) == here


def test_the_right_that_is_wanted_is_named_in_good_english(app: Flask, cast: Cast) -> None:
    member = browser_of(app, cast.who["member"])
    for address in ("/rulings/queue", "/committee"):
        assert "To see what waits for the officers, and whether mail" in member.open(address, 403).main
    assert not [rule.who for rule in POLICY.values() if re.search(r"\b(?:an u|a [aeio])", rule.who)]


def test_programs_and_the_console_are_told_instants_on_the_clock_of_pages(app: Flask) -> None:
    sentence, told = "It closed on 24 October 2026, 00:00 UTC.", "Saturday 24 October 2026, 1am (UK time)"
    with app.test_request_context("/api/v1/motions"):
        body = json.loads(problems.answer(409, sentence, faults=[("at", sentence)]).data)
    assert told in body["detail"] and told in body["errors"][0]["detail"]
    assert cli.on_clock(sentence, None) == sentence
    assert told in cli.on_clock(sentence, app)
