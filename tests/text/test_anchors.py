"""Comments stay on the words they quote, or are shown as on earlier wording."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.domain.errors import Invalid
from consult.text.anchors import Anchor, anchor, carried
from consult.text.clauses import Document
from tests.text.motions import documents, edited, edits, motion

BASE = motion("To pay every worker £12 an hour, in cash.", "To march.")


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_carried_anchor_is_on_the_same_words(data: st.DataObject) -> None:
    base = data.draw(documents())
    new: Document = data.draw(edits(base, "n"))
    clause = data.draw(st.sampled_from(base.clauses))
    start = data.draw(st.integers(0, len(clause.words) - 1))
    end = data.draw(st.integers(start + 1, len(clause.words)))
    found = carried(Anchor(clause.id, start, end, "quote"), base, new)
    if found is not None:
        assert new.clause(clause.id).words[found.start : found.end] == clause.words[start:end]
    elif clause.id in new:
        assert new.clause(clause.id).text != clause.text


def test_words_that_change_leave_the_comment_on_earlier_wording() -> None:
    quoted = anchor(BASE, "c1", "£12 an hour")
    assert carried(quoted, BASE, edited(BASE, c1="To pay every worker £12.50 an hour, in cash.")) is None
    assert carried(quoted, BASE, edited(BASE, c1="")) is None
    moved = carried(quoted, BASE, edited(BASE, c1="To pay every single worker £12 an hour, in cash."))
    assert moved == Anchor("c1", 5, 8, "£12 an hour")


def test_words_put_into_the_quotation_change_it() -> None:
    quoted = anchor(BASE, "c1", "£12 an hour")
    assert carried(quoted, BASE, edited(BASE, c1="To pay every worker £12 for an hour, in cash.")) is None


def test_a_comment_on_the_clause_stays_while_the_clause_does() -> None:
    whole = anchor(BASE, "c2")
    assert carried(whole, BASE, edited(BASE, c2="To sing and dance.")) == whole
    assert carried(whole, BASE, edited(BASE, c2="")) is None


@pytest.mark.parametrize("quote", ["£1", "pay no worker", "hour in"])
def test_only_whole_words_as_they_stand_are_quoted(quote: str) -> None:
    with pytest.raises(Invalid, match="does not have the words"):
        anchor(BASE, "c1", quote)
