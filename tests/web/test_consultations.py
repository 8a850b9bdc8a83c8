"""The pages of consultations, and the committee's forms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from consult.service import clock
from tests.factories import Cast
from tests.motions import Stage, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A consultation, and the clock of its tests on every page."""
    made = stage(cast)
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    yield made


def test_everybody_reads_the_paper_the_timetable_and_the_rules(app: Flask, scene: Stage, browser: Browser) -> None:
    page = browser.open("/consultations").click("The spring conference")
    assert "Because." in page.click("Paper").text
    for words in ("Drafting", "900 words", "2 seconders", "SO 9", "Thursday 12 March 2026"):
        assert words in page.text
    browser.open("/consultations/9", 404)


def test_one_that_only_asks_needs_no_rulebook(app: Flask, scene: Stage) -> None:
    officer = browser_of(app, scene.cast.who["committee_1"])
    page = officer.open("/consultations/new").fill("Title", "What should we ask of buses?")
    assert [page.words(one) for one in page.find_all("option") if "selected" in one.attrib] == [
        "Testland"
    ]  # the whole organisation, unless another is chosen
    page = page.press("Set it up")
    assert page.title == "Set the timetable" and "Drafting" not in page.main and "Consulting" in page.main
    opens, closes = ({"day": 1, "month": month, "year": 2026, "time": "noon"} for month in (3, 4))
    page = page.fill_all(**{f"consulting_opens-{part}": value for part, value in opens.items()})
    page = page.fill_all(**{f"consulting_closes-{part}": value for part, value in closes.items()})
    page = page.press("Set the timetable")
    assert page.title == "How people take part" and "Now say how" in page.notices[0]
    page = page.click("Back")
    assert "It informs those who decide" in page.main and "Nobody can take part yet" in page.main
    assert page.click("Say how people take part").title == "How people take part"
    assert page.title == "What should we ask of buses?"
    for words in ("The rules:", "Draft a motion", "No motions yet"):
        assert words not in page.main
    member = browser_of(app, scene.cast.who["mover"])
    for way in ("new", "import"):
        assert "takes no motions" in member.open(f"{page.address.rstrip('/')}/motions/{way}", 409).text


def test_one_is_shown_to_others_once_it_has_a_timetable(app: Flask, scene: Stage, browser: Browser) -> None:
    officer = browser_of(app, scene.cast.who["committee_1"])
    page = officer.open("/consultations/new").fill("Title", "What of trams?").choose("Of", "Testland")
    page = page.fill("The paper", "Trams are slow.").press("Set it up")
    address = page.address.removesuffix("/timetable")
    number = address.rpartition("/")[2]
    seen = ["/consultations", "/feeds/consultations.atom", "/search?q=trams", "/api/v1/consultations", "/motions"]
    assert [each for each in seen if b"What of trams?" in browser.fetch(each).data] == []
    assert "that is being set up" in browser.open(address).title and "Trams" not in browser.open(address).text
    browser.open(f"{address}/paper", 404)
    browser.open(f"/api/v1/consultations/{number}", 404)
    assert "What of trams?" in officer.open("/consultations").text
    steps = officer.open(address).links()
    assert steps["How people take part"] == f"{address}/taking-part" and steps["Questions"] == f"{address}/questions"
    for edge, day in (("opens", 1), ("closes", 30)):
        values = {"day": day, "month": 9, "year": 2026, "time": "noon"}
        page = page.fill_all(**{f"consulting_{edge}-{part}": value for part, value in values.items()})
    page = page.press("Set the timetable")
    assert page.title == "How people take part" and "Now say how people take part" in page.text
    assert [each for each in seen[:4] if b"What of trams?" not in browser.fetch(each).data] == []


def test_nobody_loses_what_another_saved_of_the_paper(app: Flask, scene: Stage) -> None:
    officer = browser_of(app, scene.cast.who["committee_1"])
    address = f"/consultations/{scene.consultation.id}/edit"
    older = officer.open(address)
    officer.open(address).fill("The paper", "The first tab.").fill("Why", "It was short.").press("Save")
    page = older.fill("The paper", "The second tab.").fill("Why", "It was long.").press("Save", 409)
    assert "saved in another tab" in page.text and "The first tab." in page.main
    page = page.press("Save")
    assert "The second tab." in page.click("Paper").main
    page = officer.open(address).fill("The paper", "").fill("Why", "Away with it.").press("Save", 422)
    assert any("left empty" in error for error in page.errors)


def test_the_committee_sets_one_up_with_its_timetable(app: Flask, scene: Stage) -> None:
    browser_of(app, scene.cast.who["member"]).open("/consultations/new", 403)
    officer = browser_of(app, scene.cast.who["committee_1"])
    page = officer.open("/consultations").click("Set up a consultation")
    page = page.press("Set it up", 422)
    page = page.fill("Title", "The autumn round").choose("Of", "Testland").choose("Rulebook", "Policy conference")
    page = page.fill("The paper", "# What\n\nA paper.").press("Set it up")
    assert page.title == "Set the timetable"
    page = page.fill_all(**{"drafting_opens-day": 1, "drafting_opens-month": 9, "drafting_opens-year": 2026})
    page = page.fill_all(**{"drafting_opens-time": "9am"}).press("Set the timetable", 422)
    assert any("both instants" in error for error in page.errors)
    closes = {"day": 1, "month": 8, "year": 2026, "time": "noon"}
    page = page.fill_all(**{f"drafting_closes-{part}": value for part, value in closes.items()})
    page = page.press("Set the timetable", 422)
    assert any("must close after it opens" in error for error in page.errors)
    page = page.fill_all(**{"drafting_closes-month": 10}).press("Set the timetable")
    assert page.title == "The autumn round" and "Thursday 1 October 2026, 12 noon" in page.text
    page = (
        page.click("Change the paper").fill("The paper", "Two\n\nparagraphs.").fill("Why", "So resolved.").press("Save")
    )
    page = page.click("Paper")
    assert "2paragraphs." in page.text.replace(" ", "") and "Version 2" in page.text


def test_a_close_is_moved_with_a_reason_on_the_page(app: Flask, scene: Stage, browser: Browser) -> None:
    officer = browser_of(app, scene.cast.who["committee_1"])
    page = officer.open(f"/consultations/{scene.consultation.id}/timetable").fill_all(**{"debating_closes-day": 15})
    page = page.press("Set the timetable", 422)
    assert any("Give the reason" in error for error in page.errors)
    page.fill("Why it is moved", "The hall is taken.").press("Set the timetable")
    text = browser.open(f"/consultations/{scene.consultation.id}").text
    assert "The close of “Debating” was moved from" in text and "because: The hall is taken." in text
