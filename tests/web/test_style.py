"""The style page through the linting browser: components, fields, buttons, and the browser's own manners."""

from __future__ import annotations

import pytest
from flask import Flask, get_template_attribute

from tests.web.pages import Browser


def test_every_component_passes_the_linter(browser: Browser) -> None:
    page = browser.open("/style")
    assert page.title == "Every component in use"
    assert page.rows("Votes by region")[1] == ["North", "412", "120", "31"]
    assert "[taken out: ten end]" in page.text and "[put in: twelve end]" in page.text
    assert page.links()["Change: Majority"] == "/style?see=majority"
    assert "20 Nov 2026, 9:30am" in page.text


def test_what_is_wrong_is_said_twice_in_the_same_words_and_nothing_typed_is_lost(browser: Browser) -> None:
    page = browser.open("/style").fill("Title of the motion", "  ").fill("Text", "\nkept\nas typed <b>")
    page = (
        page.fill("Day", "30", "Voting closes")
        .fill("Month", "feb", "Voting closes")
        .fill("Year", "2027", "Voting closes")
    )
    page = (
        page.fill("Time", "noon", "Voting closes")
        .fill("Seats to fill", "a few")
        .press("Save draft", 422, form="/style")
    )
    assert page.errors == [
        "Fill in “Title of the motion”.",
        "Write a whole number, like 12. “a few” is not one.",
        "Choose an answer to “How votes are counted”.",
        "There is no such day in that month. Check the day.",
        "Tick the box “I have checked the text” to go on.",
    ]
    for sentence in page.errors:
        assert page.text.count(sentence) == 2
    assert page.find("a", text="There is no such day in that month. Check the day.").get("href") == "#closes-day"
    assert page.find(id="closes-time").get("value") == "noon"
    assert page.find(id="seats").get("value") == "a few"
    assert page.find("textarea").text == "\nkept\nas typed <b>"


def test_a_right_form_is_answered_with_a_redirect_and_a_notice(browser: Browser) -> None:
    page = browser.open("/style").fill("Title of the motion", "Buses").choose("How votes are counted", "stv")
    page = page.tick("I have checked the text").attach("Roll as CSV", "roll.csv", b"name\n")
    for part, typed in {"Day": "27", "Month": "11", "Year": "2027", "Time": "17.30"}.items():
        page = page.fill(part, typed, "Voting closes")
    page = page.press("Save draft", form="/style")
    assert "The sample form was filled in right." in page.notices


def test_a_form_sent_without_its_token_is_refused(browser: Browser) -> None:
    page = browser.send("/style/nothing", expect=400)
    assert "nothing was changed" in page.text


def test_an_empty_summary_and_unknown_buttons_are_noticed(browser: Browser) -> None:
    page = browser.open("/style")
    assert page.errors == []
    with pytest.raises(AssertionError, match="has 0 buttons"):
        page.press("No such button")
    with pytest.raises(AssertionError, match="has 0 fields"):
        page.fill("No such label", "x")
    with pytest.raises(AssertionError, match="has no link"):
        page.click("No such link")


def test_the_values_of_a_list_without_links_have_all_its_width(app: Flask) -> None:
    with app.test_request_context():
        made = get_template_attribute("components/lists.html", "summary")
        assert "no-actions" not in made([("Name", "Ada"), ("Number", "7")])
        assert made([("Name", "Ada", "Change", "/x"), ("Number", "7")]).count("no-actions") == 1


def test_search_is_sent_in_the_address(browser: Browser) -> None:
    assert browser.open("/style").fill("Search", "homes & buses").press("Search").address == "/style"


def test_pages_that_are_not_there_say_so_and_pass_the_linter(browser: Browser) -> None:
    assert browser.open("/no/such/page", 404).title == "Page not found"


def test_one_request_knows_nothing_of_another(app: Flask, browser: Browser) -> None:
    """The look keeps the organisation and the instant per request in `g`, which a shared context would carry over."""
    look = app.extensions["consult-look"]
    before = look.organisation
    browser.open("/style")
    look.organisation = lambda: type(before())(name="Another Movement")
    assert "Another Movement" in browser.open("/style").text
