"""Every kind of notice has its words in every language, and there are no words for a kind that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import meta

from consult import paths
from consult.domain.languages import FIRST, LANGUAGES
from consult.domain.notices import KINDS
from consult.service.notice_list import place_of

OTHERS = sorted(set(LANGUAGES) - {FIRST})


def written(folder: Path) -> set[str]:
    return {place.stem for place in folder.glob("*.txt")} - {"frame"}


def test_every_kind_has_words() -> None:
    assert written(paths.templates() / "mail") == set(KINDS)


@pytest.mark.parametrize("language", OTHERS)
def test_every_kind_has_words_in_every_language(language: str) -> None:
    """Letters are made of the words and of nothing else: what has them has both its text and its page."""
    assert written(paths.templates() / "mail" / language) == set(KINDS)


@pytest.mark.parametrize("language", OTHERS)
def test_a_letter_says_the_same_in_every_language(app: Flask, language: str) -> None:
    """Whatever the first language tells – names, days, addresses – the others tell too, in their own frame."""
    told = app.jinja_env.parse
    for kind in ("frame", *sorted(KINDS)):
        first = (paths.templates() / "mail" / f"{kind}.txt").read_text()
        other = (paths.templates() / "mail" / language / f"{kind}.txt").read_text()
        wanted = meta.find_undeclared_variables(told(first))
        assert meta.find_undeclared_variables(told(other)) == wanted, kind
        if kind != "frame":
            assert other.startswith(f'{{% extends "mail/{language}/frame.txt" %}}'), kind


#: Where a letter leads that is about no page, or about one of several.
ELSEWHERE = {"account-changed", "consultation-reported"}


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - ELSEWHERE))
def test_a_notice_on_the_pages_leads_where_its_letter_does(kind: str) -> None:
    if kind == "digest" or (KINDS[kind].link and not KINDS[kind].ballot):
        return  # on no page: it signs in, or says again what is there
    letter = (paths.templates() / "mail" / f"{kind}.txt").read_text()
    pages = re.findall(r"\{\{ site \}\}(/(?:\{\{[^}]*\}\}|[^\s{#])*)", letter)
    context = dict.fromkeys(re.findall(r"\{\{ (\w+) \}\}", " ".join(pages)), 7)
    found = place_of(kind, context)[1]
    assert not pages or found in [re.sub(r"\{\{ \w+ \}\}", "7", page) for page in pages]
