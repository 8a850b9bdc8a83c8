"""The page of search: from the head of every page, by anybody, with what was found marked and nothing in it taken for HTML."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event

from consult.model.store import db, writing
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


def test_a_topic_that_was_looked_for_is_in_sight(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published(heading="Repairs within a week")
    with writing() as session:
        session.get_one(type(motion), motion.id).topic = "Housing & homes"
    page = browser.open("/search?q=housing")
    assert [page.words(mark) for mark in page.find_all("mark")] == ["Housing"]
    assert "Motion · Housing & homes · Alder" in page.main
    assert "Housing & homes" in browser.open("/search?q=repairs").main


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


@pytest.mark.parametrize(("asked", "label", "sentence"), [
    ("since=yesterday", "From this day", "“yesterday” is not a day, so it was left out. Write it like 2026-11-25."),
    ("until=0001-01-01", "Up to this day", "The year 1 is too far away, so it was left out. Give one from 1900 to 2999."),
    ("since=2026-03-02&until=2026-03-01", "Up to this day",
     "The last day is before the first, so neither was used. Give a later one."),
    ("kind=bogus", "What kind of thing", "“bogus” is no kind of thing that can be found, so it was left out. Choose one."),
    ("kind=motion&state=bogus", "How it stands",
     "“bogus” does not go with what kind of thing is chosen, so it was left out. Choose again."),
    ("state=lost", "How it stands",
     "“lost” does not go with what kind of thing is chosen, so it was left out. Choose again."),
    ("unit=99999", "Branch or other unit, with those below it", "There is no unit “99999”, so it was left out. Choose one."),
    ("unit=Alder", "Branch or other unit, with those below it", "There is no unit “Alder”, so it was left out. Choose one."),
    ("consultation=99999", "Consultation or conference",
     "There is no consultation “99999”, so it was left out. Choose one."),
    ("order=best", "Order", "“best” is no order, so the best match stands first. Choose one."),
])  # fmt: skip
def test_a_filter_that_makes_no_sense_is_told_at_its_field_and_stays_as_it_was_typed(
    app: Flask, scene: Stage, browser: Browser, asked: str, label: str, sentence: str
) -> None:
    scene.published()
    page = browser.open(f"/search?q=sunday&{asked}")
    assert page.errors == [sentence]
    assert sentence in page.words(page.find(cls="govuk-error-message"))
    name, value = asked.rsplit("&", 1)[-1].split("=")
    field = page.find(name=name)
    chosen = [one for one in field.iter("option") if one.get("selected") is not None] or [field]
    assert [one.get("value") for one in chosen] == [value] and page.find("label", text=label).get("for") == field.get(
        "id"
    )
    assert field.get("aria-describedby") == page.find(cls="govuk-error-message").get("id")
    assert "Motion 1" in page.main  # searched without it


def test_a_unit_that_was_closed_is_still_one(app: Flask, scene: Stage, browser: Browser) -> None:
    with writing() as session:
        alder = session.merge(scene.cast.units["Alder"])
        alder.closed_at = NOON
    assert not browser.open(f"/search?q=sunday&unit={alder.id}").errors


def test_what_is_too_long_is_cut_with_a_sentence(app: Flask, scene: Stage, browser: Browser) -> None:
    scene.published()
    typed = "sunday " * 700
    page = browser.open("/search", query_string={"q": typed})
    assert page.errors == ["That is 4900 characters, and only the first 300 were used. Give fewer words."]
    assert page.find(name="q", id="search-words").get("value") == typed
    assert "Motion 1" in page.main
    page = browser.open("/search", query_string={"q": "sunday " * 13})
    assert page.errors == ["Only the first 12 words were used. Give fewer."]


def test_what_is_called_by_its_number_stands_first(app: Flask, scene: Stage, browser: Browser) -> None:
    scene.published()
    two = scene.published(heading="Trams for all")
    debate.write(two, "for", "Motion 2, motion 2, motion 2!", by=scene.actor("member"), at=NOON)
    for typed in ("motion 2", "MOTION 2", "cynnig 2", "2", "#2"):
        page = browser.open("/search", query_string={"q": typed})
        assert page.words(page.find_all(cls="entry__title")[0]).endswith(": Trams for all"), typed


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
