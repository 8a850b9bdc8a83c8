"""What people type is read without ever failing, and marked where it is found."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.domain.searching import (
    EXCERPT,
    LONGEST_WORD,
    MOST_TERMS,
    Term,
    excerpt,
    marked,
    parsed,
    words_of,
)

ODD = ("", " ", '"', '""', '"""', "*", "***", "-", '-"', "OR", "OR OR", "AND NOT", "NEAR(", "NEAR(a,b)", "a:b", "^a",
       "(", "))", "{col}: x", "'", "';--", "\\", "%_", "&|!", "<->", ":*", "a" * 5000, "a " * 5000,
       "🚌", "e\u0301", "\u202e", "½", "ŵy")  # fmt: skip


@pytest.mark.parametrize("typed", ODD)
def test_nothing_that_is_typed_is_refused(typed: str) -> None:
    query = parsed(typed)
    assert len(query.terms) + len(query.without) <= MOST_TERMS
    assert bool(query) == bool(query.fts5) == bool(query.terms) or query.without


@given(st.text())
def test_only_letters_and_figures_reach_the_database(typed: str) -> None:
    for term in parsed(typed).terms + parsed(typed).without:
        assert term.words and all(word.isalnum() and len(word) <= LONGEST_WORD for word in term.words)


@pytest.mark.parametrize(
    ("typed", "groups"),
    [
        ("Siân’s buses", [[Term(("sian", "s"))], [Term(("buses",), True)]]),
        ("“Sunday buses”", [[Term(("sunday", "buses"))]]),
        ("pay 7", [[Term(("pay",), True)], [Term(("7",))]]),
        ("i'r LAB-001", [[Term(("i", "r"))], [Term(("lab", "001"))]]),
        ("to*", [[Term(("to",), True)]]),
        ("bus OR tram fares", [[Term(("bus",), True), Term(("tram",), True)], [Term(("fares",), True)]]),
        ("bws NEU tram", [[Term(("bws",), True), Term(("tram",), True)]]),
        ("unfinished \"quote here", [[Term(("unfinished",), True)], [Term(("quote", "here"))]]),
    ],
)  # fmt: skip
def test_how_words_are_read(typed: str, groups: list[list[Term]]) -> None:
    assert [list(group) for group in parsed(typed).groups] == groups


@pytest.mark.parametrize("typed", ["fares -tram", "fares NOT tram", "fares −tram", 'fares -"tram"'])
def test_words_that_must_not_occur(typed: str) -> None:
    assert parsed(typed).without == (Term(("tram",)),)


@given(st.text(), st.text())
def test_marks_change_no_word(text: str, typed: str) -> None:
    """Taken together the runs are the text, but for how an accent is written."""
    import unicodedata

    assert "".join(words for words, _ in marked(text, parsed(typed))) == unicodedata.normalize("NFC", text)


def test_what_was_looked_for_is_marked_with_its_accents() -> None:
    runs = marked("Ŵyn a Siân: fair fares, fairly shared.", parsed("sian fair"))
    assert [words for words, found in runs if found] == ["Siân", "fair", "fairly"]
    assert [words for words, found in marked("Sunday buses on a Sunday", parsed('"a sunday"')) if found] == ["a Sunday"]


@given(st.lists(st.sampled_from(["bus", "fare", "ŵyn", "x" * 70, "."]), max_size=400), st.integers(0, 399))
def test_an_excerpt_is_short_and_shows_what_was_looked_for(words: list[str], place: int) -> None:
    text = " ".join([*words[:place], "needle", *words[place:]])
    runs = excerpt(text, parsed("needle"))
    assert ("needle", True) in runs
    assert sum(len(words) for words, _ in runs) <= EXCERPT + 4


def test_an_excerpt_shows_where_most_words_stand_together() -> None:
    text = "A bus. " + "Nothing here. " * 60 + "The fare of a bus on Sunday. " + "Nothing here. " * 60
    shown = "".join(words for words, _ in excerpt(text, parsed("bus fare sunday")))
    assert "fare of a bus on Sunday" in shown
    assert shown.startswith("… ") and shown.endswith(" …")
    assert "".join(words for words, _ in excerpt("Short.", parsed("bus"))) == "Short."


def test_words_are_kept_as_they_are_sought() -> None:
    assert words_of("Ŵyn’r LAB-001, Straße £12.50 H₂O") == ["wyn", "r", "lab", "001", "strasse", "12", "50", "h2o"]
    assert re.fullmatch(r"[a-z0-9 ]*", " ".join(words_of("ÅÉÎØÜ ß ﬁ")))
