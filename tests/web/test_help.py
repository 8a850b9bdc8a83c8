"""The guides: in every language, with the words of the pages, and one click away from each page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask

from consult import paths
from consult.domain.languages import FIRST, LANGUAGES
from consult.web.help import guides
from tests.factories import Cast
from tests.web.pages import Browser

OTHERS = [tag for tag in LANGUAGES if tag != FIRST]
_LABEL = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")


def _catalogue(language: str) -> Catalog:
    place = Path(__file__).resolve().parents[2] / "consult" / "translations" / language / "LC_MESSAGES" / "messages.po"
    with place.open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_guide_is_there_and_no_other(language: str) -> None:
    assert {path.stem for path in (paths.templates() / "help" / language).iterdir()} == set(guides.SLUGS)
    for slug in guides.SLUGS:
        found = guides.guide(slug, language)
        assert found.title and found.lede and found.body


@pytest.mark.parametrize("slug", guides.SLUGS)
def test_a_guide_calls_what_is_on_the_pages_as_the_pages_do(slug: str) -> None:
    catalogue = _catalogue(OTHERS[0])
    labels = _LABEL.findall(guides.guide(slug).body)
    assert [label for label in labels if catalogue.get(label) is None] == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("slug", guides.SLUGS)
def test_a_translated_guide_has_the_same_parts_and_the_translated_names(slug: str, language: str) -> None:
    first, other = guides.guide(slug), guides.guide(slug, language)
    kinds = r"^(?:## |- |\d+\. )"
    assert re.findall(kinds, first.body, re.M) == re.findall(kinds, other.body, re.M)
    catalogue = _catalogue(language)

    def named(label: str) -> str:
        message = catalogue.get(label)
        return str(message.string).replace("'", "’") if message else ""

    assert [named(label) for label in _LABEL.findall(first.body)] == _LABEL.findall(other.body)


def test_every_guide_can_be_read_by_anybody(browser: Browser, cast: Cast) -> None:
    page = browser.open("/help")
    for slug in guides.SLUGS:
        title = guides.guide(slug).title
        assert page.links()[title] == f"/help/{slug}"
        assert browser.open(f"/help/{slug}").title == title
    browser.open("/help/nothing", expect=404)


def test_the_pages_that_a_guide_helps_with_exist(app: Flask) -> None:
    assert set(guides.HELPS) <= set(app.blueprints)
    assert set(guides.HELPS.values()) <= set(guides.SLUGS)
    assert set(guides.HELPS_ON) <= set(app.view_functions)
    assert set(guides.HELPS_ON.values()) <= set(guides.SLUGS)


def test_a_page_leads_to_the_guide_that_helps_with_it(browser: Browser, cast: Cast) -> None:
    assert "/help/checking" in browser.open("/results").links().values()
    browser.open("/language/cy")
    page = browser.open("/results").click(f"Cymorth: {guides.guide('checking', 'cy').title}")
    assert page.title == guides.guide("checking", "cy").title
