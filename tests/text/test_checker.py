"""What a delegate is told before the deadline."""

from __future__ import annotations

import pytest

from consult.text.checker import Code, check, direct_negative
from consult.text.clauses import Clause, Document, Kind
from consult.text.derive import derive
from tests.text.motions import amendment, edited, motion, with_clause

BASE = motion(("heading", "Fair pay"), ("notes", "Rents rose."), "To support the strike.", ("rationale", "It is fair."))


def codes(result: Document, most_added: int | None = None, most_words: int | None = None) -> list[Code]:
    """What is found about the amendment that leads to the result."""
    return [finding.code for finding in check(BASE, derive(BASE, result), most_added=most_added, most_words=most_words)]


def test_an_amendment_in_order() -> None:
    assert codes(edited(BASE, c3="To support and fund the strike."), most_added=2, most_words=8) == []


def test_it_does_nothing() -> None:
    (finding,) = check(BASE, derive(BASE, BASE))
    assert (finding.code, finding.bars) == (Code.NOTHING, True)


def test_it_changes_the_rationale_only() -> None:
    assert codes(edited(BASE, c4="It is only fair.")) == [Code.RATIONALE]
    assert codes(with_clause(BASE, "c4", Clause("n1", Kind.ITEM, "very"))) == [Code.RATIONALE]
    assert codes(edited(BASE, c4="It is only fair.", c2="Rents rose again.")) == []


def test_it_is_over_the_limit() -> None:
    result = edited(BASE, c3="To support, fund and join the strike.")
    (finding,) = check(BASE, derive(BASE, result), most_added=2)
    assert (finding.code, finding.sentence) == (Code.OVER_LIMIT, "It adds 3 words and the limit is 2: take out 1.")
    (finding,) = check(BASE, derive(BASE, result), most_words=8)
    assert finding.sentence == "The text would have 9 words and the limit is 8: take out 1."


def test_it_makes_the_same_change_as_another() -> None:
    result = with_clause(BASE, "c3", Clause("n1", Kind.RESOLVES, "To sing."))
    other = amendment("4", BASE, with_clause(BASE, "c3", Clause("m1", Kind.RESOLVES, "To sing.")))
    (finding,) = check(BASE, derive(BASE, result), others=[other])
    assert (finding.code, finding.other, finding.bars) == (Code.SAME, "4", False)
    assert finding.sentence == "It makes the same change as amendment 4."


def test_it_changes_punctuation_or_capitals_only() -> None:
    assert codes(edited(BASE, c2="Rents rose!", c3="To support the Strike.")) == [Code.SPELLING]
    assert codes(edited(BASE, c1="Fair Pay")) == [Code.SPELLING]


@pytest.mark.parametrize(
    ("text", "negative"),
    [
        ("To oppose the strike.", True),
        ("To not support the strike.", True),
        ("Not to support the strike.", True),
        ("", True),
        ("To support no strike.", False),
        ("To support the strike and the march.", False),
        ("To not oppose the strike.", False),
    ],
)
def test_direct_negatives(text: str, negative: bool) -> None:
    assert direct_negative(BASE, derive(BASE, edited(BASE, c3=text))) is negative


@pytest.mark.parametrize(
    ("text", "negative"),
    [
        ("Conference does not call for a strike.", True),
        ("Conference never calls for a strike.", True),
        ("Conference does call for a strike.", False),
        ("Conference does not call for a march.", False),
    ],
)
def test_a_denial_may_change_the_form_of_the_verb(text: str, negative: bool) -> None:
    base = motion("Conference calls for a strike.")
    assert direct_negative(base, derive(base, edited(base, c1=text))) is negative


def test_what_changes_only_one_of_two_decisions_is_no_direct_negative() -> None:
    base = motion("To support the strike.", "To join the march.")
    assert not direct_negative(base, derive(base, edited(base, c1="To oppose the strike.")))
    assert direct_negative(base, derive(base, edited(base, c1="To oppose the strike.", c2="")))
    assert not direct_negative(base, derive(base, edited(base, c1="To oppose the strike.", c2="To join a march.")))
