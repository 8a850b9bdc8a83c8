"""Line numbers: a pure function, the same everywhere, and every word on one of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.domain.errors import Invalid
from consult.text.clauses import Document
from consult.text.lines import clause_at, from_json, line_range, lines, to_json
from tests.text.motions import documents, motion


@given(documents(), st.integers(20, 90))
def test_lines_hold_every_character_once_and_fit(text: Document, width: int) -> None:
    found = lines(text, width)
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    assert all(0 < len(line.text) <= width for line in found)
    for clause in text.clauses:
        own = [line for line in found if line.clause == clause.id]
        assert " ".join(line.text for line in own) == clause.text
        assert all(clause.text[line.start : line.end] == line.text for line in own)


@given(documents())
def test_the_stored_list_is_the_list(text: Document) -> None:
    found = lines(text)
    assert from_json(to_json(found)) == found == lines(Document.from_json(text.to_json()))


def test_the_same_lines_whatever_renders_them() -> None:
    text = motion(
        ("heading", "Fair pay"), "That the council shall pay every worker, agency workers too, £12.50 an hour."
    )
    assert [line.text for line in lines(text, 40)] == [
        "Fair pay",
        "That the council shall pay every worker,",
        "agency workers too, £12.50 an hour.",
    ]


def test_a_word_longer_than_the_line_is_cut_but_never_between_letter_and_accent() -> None:
    text = motion("See https://example.org/a/very/long/address " + "q\u0323\u0307" * 15)
    found = lines(text, 20)
    assert "".join(line.text for line in found).replace(" ", "") == text.clauses[0].text.replace(" ", "")
    assert all(line.text[0] not in "\u0323\u0307" for line in found)


def test_the_lines_of_words() -> None:
    text = motion("To pay every worker the real living wage.", "To act.")
    found = lines(text, 20)
    assert line_range(found, text, "c1", 0, 4) == (1, 1)
    assert line_range(found, text, "c1", 3, 6) == (1, 2)
    assert line_range(found, text, "c1", 4, 4) == (1, 1)  # a place is on the line of the word before it
    assert line_range(found, text, "c2", 0, 2) == (4, 4)
    assert clause_at(found, 4) == "c2"
    with pytest.raises(Invalid, match="ends at line 4"):
        clause_at(found, 5)
    with pytest.raises(Invalid, match="no words"):
        line_range(found, text, "c2", 0, 9)


@pytest.mark.parametrize(("width", "algorithm"), [(19, "greedy-1"), (201, "greedy-1"), (72, "greedy-2")])
def test_unknown_widths_and_algorithms_are_refused(width: int, algorithm: str) -> None:
    with pytest.raises(Invalid):
        lines(motion("To act."), width, algorithm)
