"""Documents: ids, labels, counts, canonical serialisation and hash."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given

from consult.domain.errors import Invalid
from consult.text.clauses import Clause, Document, Kind, Mark, labels, search_text, word_count
from tests.text.motions import documents, motion


def test_labels_follow_the_kinds_and_the_order() -> None:
    text = motion(
        ("heading", "Pay"), ("preamble", "So"), ("notes", "One"), ("resolves", "Two"), ("item", "a"), ("item", "b"),
        ("resolves", "Three"), ("item", "c"), ("rationale", "Why"),
    )  # fmt: skip
    assert list(labels(text).values()) == [
        "Heading", "Preamble", "Notes 1", "Resolves 1", "Resolves 1(a)", "Resolves 1(b)", "Resolves 2",
        "Resolves 2(a)", "Rationale",
    ]  # fmt: skip


def test_the_27th_item_is_aa() -> None:
    text = motion("To:", *[("item", f"item {number}") for number in range(28)])
    assert labels(text)["c28"] == "Resolves 1(aa)"


def test_word_count_leaves_out_heading_rationale_and_the_items_under_it() -> None:
    text = motion(("heading", "Fair pay"), "To pay £12.50 – now.", ("rationale", "Because it is"), ("item", "right"))
    assert word_count(text) == 4
    assert word_count(text, heading=True) == 6
    assert word_count(text, rationale=True) == 8


def test_search_text_folds_case_accents_and_stops() -> None:
    assert search_text(motion("CAFÉS (£12.50)!", "Straße")) == "cafes £12.50 strasse"


def test_the_hash_is_of_the_canonical_serialisation() -> None:
    text = motion("To pay £12.")
    assert (
        text.to_json() == '{"clauses":[{"id":"c1","kind":"resolves","text":"To pay £12."}],"format":"consult-text-1"}'
    )
    assert text.hash == hashlib.sha256(text.to_json().encode()).hexdigest()
    assert motion("To pay £15.").hash != text.hash


def test_the_same_words_written_differently_have_one_hash() -> None:
    assert motion("The cafe\u0301\n of  workers").hash == motion("The café of workers").hash


@given(documents())
def test_json_there_and_back(text: Document) -> None:
    again = Document.from_json(text.to_json())
    assert again == text
    assert again.hash == text.hash


def test_marks_are_kept_apart_from_the_words() -> None:
    marked = Document((Clause("c1", Kind.RESOLVES, "To pay £12.", (Mark("link", 1, 3, "https://example.org/"),)),))
    assert Document.from_json(marked.to_json()) == marked
    assert marked.clauses[0].words == motion("To pay £12.").clauses[0].words
    assert marked.hash != motion("To pay £12.").hash


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        (("bold", 0, 1), "no mark"),
        (("strong", 1, 1), "at least one word"),
        (("link", 0, 1), "address"),
        (("link", 0, 1, "javascript:x"), "address"),
        (("strong", 0, 9), "past its"),
    ],
)
def test_bad_marks(mark: tuple[str, int, int], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        Clause("c1", Kind.RESOLVES, "To pay", (Mark(*mark),))


@pytest.mark.parametrize("bad", ["", "-a", "a b", "x" * 65, "é", "c1\n"])
def test_bad_ids(bad: str) -> None:
    with pytest.raises(Invalid, match="cannot name a clause"):
        Clause(bad, Kind.RESOLVES, "To pay")


def test_two_clauses_may_not_share_an_id() -> None:
    with pytest.raises(Invalid, match="Two clauses"):
        Document((Clause("a", Kind.NOTES, "One"), Clause("a", Kind.NOTES, "Two")))


@pytest.mark.parametrize("before", [(), (Clause("h", Kind.HEADING, "Pay"),)])
def test_an_item_needs_a_clause_to_stand_under(before: tuple[Clause, ...]) -> None:
    with pytest.raises(Invalid, match="no clause for it to stand under"):
        Document((*before, Clause("i", Kind.ITEM, "item")))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": "consult-text-2"}, "in the format"),
        ({"extra": 1}, "unknown part ‘extra’"),
        ({"clauses": {}}, "must be a list"),
        ({"clauses": [{"id": "c1", "kind": "resolves"}]}, "lacks ‘text’"),
        ({"clauses": [{"id": "c1", "kind": "wishes", "text": "x"}]}, "no kind of clause"),
        ({"clauses": [{"id": 1, "kind": "notes", "text": "x"}]}, "must be text"),
    ],
)
def test_from_json_is_strict(change: dict[str, object], says: str) -> None:
    data = json.loads(motion("To pay.").to_json()) | change
    with pytest.raises(Invalid, match=says):
        Document.from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", '{"format":"a","format":"a","clauses":[]}', "[" * 100_000])
def test_broken_json(text: str) -> None:
    with pytest.raises(Invalid, match="not valid JSON"):
        Document.from_json(text)
