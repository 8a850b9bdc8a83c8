"""The page of search: from the head of every page, by anybody, with what was found marked and nothing in it taken for HTML."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event

from consult.model.store import db
from consult.service import debate
from tests.consulting import forum
from tests.domain.test_searching import ODD
from tests.factories import NOON, Cast
from tests.motions import Stage, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def scene(cast: Cast) -> Stage:
    return stage(cast)


def test_from_the_head_of_a_page_to_what_was_found(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published(heading="Trams & <b>trains</b>")
    page = browser.open("/motions")
    page = page.fill("Search everything", "trams").press("Search everything")
    assert "Motion 1: Trams & <b>trains</b>" in page.main
    assert [page.words(mark) for mark in page.find_all("mark")] == ["Trams"]
    assert page.click(f"Motion {motion.number}: Trams & <b>trains</b>").title == "Trams & <b>trains</b>"
    assert not page.find_all(cls="masthead__search")  # the page has a field of its own


def test_what_was_said_leads_to_its_place_in_the_debate(app: Flask, scene: Stage, browser: Browser) -> None:
    said = debate.write(scene.published(), "for", "My <script>aunt</script> walks.", by=scene.actor("member"), at=NOON)
    page = browser.open("/search?q=aunt+walks&kind=comment")
    assert [page.words(mark) for mark in page.find_all("mark")] == ["aunt", "walks"]
    assert "<script>aunt" not in page.html
    assert f"/comments/{said.id}" in page.links().values()


def test_filters_stay_and_can_be_taken_away(app: Flask, scene: Stage, browser: Browser) -> None:
    scene.published()
    page = browser.open("/search?q=sunday")
    page = page.choose("What kind of thing", "Amendments").press("Use these filters")
    assert "Nothing was found" in page.main
    page = page.click("Search for the same without filters")
    assert "Motion 1" in page.main
    page = page.choose("What kind of thing", "Motions").fill("From this day", "2026-03-01").press("Use these filters")
    assert "Motion 1" in page.main
    assert page.choose("How it stands", "lost").press("Use these filters").find(cls="empty") is not None
    page = page.fill("Up to this day", "2026-03-01").press("Use these filters")
    assert "Nothing was found" in page.main


@pytest.mark.parametrize(("asked", "sentence"), [
    ("since=yesterday", "“yesterday” is not a day. Write it like 2026-11-25."),
    ("since=2026-03-02&until=2026-03-01", "The last day is before the first. Give a later one."),
])  # fmt: skip
def test_a_day_that_cannot_be_read_is_told_at_its_field(
    app: Flask, scene: Stage, browser: Browser, asked: str, sentence: str
) -> None:
    page = browser.open(f"/search?q=sunday&{asked}")
    assert sentence in page.words(page.find(cls="govuk-error-message"))


def test_nothing_in_the_address_is_a_fault(app: Flask, scene: Stage, browser: Browser) -> None:
    scene.published()
    names = ("q", "kind", "unit", "consultation", "state", "since", "until", "order", "after")
    for odd in ODD[::2]:
        browser.open("/search", query_string=dict.fromkeys(names, odd[:200]))
    for name in names:
        browser.open("/search", query_string={"q": "sunday", name: "²~"})
    browser.open("/search?since=0001-01-01&until=9999-12-31&q=bus")


def test_before_anything_is_asked_the_page_teaches(app: Flask, scene: Stage, browser: Browser) -> None:
    page = browser.open("/search")
    assert "Words in quotation marks follow one another exactly." in page.main
    assert "Give at least one word" in browser.open("/search?q=***").main
    assert "once you are signed in" in browser.open("/search?q=zzzz").main


def test_drafts_are_found_by_their_movers_alone(app: Flask, scene: Stage, browser: Browser) -> None:
    scene.draft(heading="A secret garden")
    assert "A secret garden" in browser_of(app, scene.cast.who["mover"]).open("/search?q=secret").main
    for other in (browser, browser_of(app, scene.cast.who["second"]), browser_of(app, scene.cast.who["committee_1"])):
        assert "A secret garden" not in other.open("/search?q=secret").main


def test_the_page_asks_the_same_number_of_statements_whatever_it_shows(
    app: Flask, cast: Cast, browser: Browser
) -> None:
    scene = forum(cast, at_once=True)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))

    def statements(address: str) -> int:
        asked.clear()
        browser.open(address)
        return len(asked)

    few = statements("/search?q=viaduct")
    for name in ("member", "second", "supporter", "mover", "delegate"):
        scene.sent(name, text="Repair the viaduct.")
    assert statements("/search?q=viaduct") == few
    assert statements("/search?q=viaduct&kind=submission&unit=1&order=date") == few <= 6
