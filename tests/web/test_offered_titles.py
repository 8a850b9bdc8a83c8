"""Translated titles where texts are listed and named, for who reads in that language, at the same number of statements."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event

from consult.model.store import db
from consult.service import clock, following, translations
from tests.factories import Cast
from tests.motions import stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of
from tests.web.test_translations import WELSH, approved


def statements(browser: Browser, address: str) -> int:
    """How many statements a page takes, the second time that it is asked for."""
    browser.fetch(address)
    made: list[str] = []

    def count(*args: object) -> None:
        made.append(str(args[2]))

    event.listen(db.engine, "before_cursor_execute", count)
    browser.fetch(address)
    event.remove(db.engine, "before_cursor_execute", count)
    return len(made)


def test_a_motion_is_named_in_the_language_of_the_page_wherever_it_is_named(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = stage(cast)
    motion = scene.published()
    amendment = scene.amended(motion, ("10pm", "9pm"), ruled=True)
    monkeypatch.setattr(clock, "source", lambda session: scene.at)
    following.follow(motion, True, by=cast.actor("member"), at=scene.at)
    member = browser_of(app, cast.who["member"])
    pages = ("/", f"/motions/{motion.id}/debate", f"/amendments/{amendment.id}")
    member.fetch(WELSH)
    for address in pages:
        page = member.fetch(address).text
        assert f'<span lang="en">{motion.title}</span>' in page and "Cymraeg Heading" not in page
    approved(motion, cast)
    for address in pages:
        page = member.fetch(address).text
        assert "Cymraeg Heading" in page and f'<span lang="en">{motion.title}</span>' not in page
        assert f"/motions/{motion.id}" in page
    before = statements(member, "/")
    other = scene.published()
    following.follow(other, True, by=cast.actor("member"), at=scene.at)
    approved(other, cast)
    assert statements(member, "/") == before
    member.fetch("/language/en?next=/")
    for address in pages:
        assert motion.title in member.fetch(address).text and "Cymraeg Heading" not in member.fetch(address).text


def test_words_that_were_changed_since_have_no_translation(app: Flask, cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    approved(motion, cast)
    said = translations.words("motion", [motion.id], "cy")[motion.id]
    assert said[motion.title] == "Cymraeg Heading" and "Another title" not in said
    assert translations.words("motion", [motion.id], "en") == {} == translations.words("ballot", [1], "cy")


def test_titles_that_were_found_are_marked_with_their_language(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = stage(cast)
    motion = scene.published()
    monkeypatch.setattr(clock, "source", lambda session: scene.at)
    member = browser_of(app, cast.who["member"])
    member.fetch(WELSH)
    page = member.fetch("/search?q=buses").text
    assert f'Cynnig {motion.number}: <span lang="en"><mark>Buses</mark> that run on Sundays</span>' in page
    member.fetch("/language/en?next=/")
    assert f"Motion {motion.number}: <mark>Buses</mark> that run on Sundays" in member.fetch("/search?q=buses").text
