"""What a draft has in common with texts in force: found by weighty words, told apart by figures and denials."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.text.clauses import Clause, Document, Kind
from consult.text.conflicts import FEWEST, SHARED, Book, deciding, weighty
from tests.text.motions import motion

WORDS = ("bus", "fare", "county", "school", "meal", "rent", "harbour", "library", "tram", "warden", "orchard", "ferry")


def resolving(*texts: str) -> Document:
    return Document(tuple(Clause(f"c{place}", Kind.RESOLVES, text) for place, text in enumerate(texts)))


def clauses() -> st.SearchStrategy[str]:
    words = st.lists(st.sampled_from((*WORDS, "the", "of", "not", "£12", "2026")), min_size=1, max_size=12)
    return words.map(" ".join)


def texts() -> st.SearchStrategy[Document]:
    return st.lists(clauses(), min_size=1, max_size=4).map(lambda found: resolving(*found))


def test_another_figure_for_the_same_thing_is_found_and_named() -> None:
    book = Book(
        {"1": resolving("To charge a single bus fare of £2."), "2": resolving("To open every library on Sundays.")}
    )
    [found] = book.overlaps(resolving("That a single bus fare cost £1.50."))
    assert (found.other, found.label, found.other_label) == ("1", "Resolves 1", "Resolves 1")
    assert found.shared == ("single", "bus", "fare")
    assert found.differs == (("£1.50",), ("£2",)) and not found.same
    assert found.other_words == "To charge a single bus fare of £2."


def test_a_denial_is_named_and_nearly_the_same_words_are_told() -> None:
    book = Book(
        {"1": resolving("To build a harbour wall of granite at Penrose."), "2": resolving("To plant an orchard.")}
    )
    [same] = book.overlaps(resolving("To build a harbour wall of granite at Penrose!"))
    assert same.same and same.differs == ((), ())
    [denied] = book.overlaps(resolving("Not to build a harbour wall of granite at Penrose."))
    assert denied.differs == (("Not",), ())


def test_only_what_decides_is_compared() -> None:
    words = "a ferry to the island harbour"
    aside = Document(
        (Clause("n", Kind.NOTES, f"Members paid for {words}."), Clause("r", Kind.RATIONALE, f"We love {words}."))
    )
    assert list(deciding(aside)) == []
    assert Book({"1": aside}).overlaps(resolving(f"To run {words}.")) == []
    assert Book({"1": resolving(f"To run {words}.")}).overlaps(aside) == []
    listed = motion(
        "To run:", ("item", "a ferry to the island harbour"), ("rationale", "A ferry to the island harbour is ours.")
    )
    assert [clause.text for clause in deciding(listed)] == ["To run:", "a ferry to the island harbour"]


def test_words_that_every_policy_has_do_not_make_an_overlap() -> None:
    common = "the council of the county shall publish"
    book = Book({str(place): resolving(f"That {common} {word} figures.") for place, word in enumerate(WORDS)})
    found = book.overlaps(resolving(f"That {common} tram figures."))
    assert found[0].other == str(WORDS.index("tram"))
    assert book.overlaps(resolving("That conference believes members should all be heard.")) == []


@pytest.mark.parametrize("text", ["", "the of and", "12 2026 £4.50", "👩‍👩‍👧 ½"])
def test_a_clause_without_weighty_words_is_compared_with_nothing(text: str) -> None:
    own = resolving(text or "…")
    assert Book({"1": resolving("To charge a single bus fare of £2.")}).overlaps(own) == []
    assert Book({"1": own}).overlaps(resolving("To charge a single bus fare of £2.")) == []
    assert Book({}).overlaps(own) == []


def test_one_text_in_force_is_told_once_for_a_clause_and_no_more_than_asked_for() -> None:
    book = Book(
        {
            str(n): resolving("To charge one bus fare in the county.", "One bus fare of £2 in the county.")
            for n in range(9)
        }
    )
    own = resolving("One bus fare in the county of £3.", "The county keeps one bus fare.")
    found = book.overlaps(own, most=12)
    keys = [(each.other, each.clause) for each in found]
    assert len(found) == 12 and len(set(keys)) == 12
    assert book.overlaps(own, most=1) == found[:1]


@given(st.lists(texts(), min_size=1, max_size=5), texts())
@settings(max_examples=60, deadline=None)
def test_what_is_found_is_there(kept: list[Document], own: Document) -> None:
    texts_in_force = {str(place): document for place, document in enumerate(kept)}
    found = Book(texts_in_force).overlaps(own)
    assert found == Book(texts_in_force).overlaps(own)
    weights = [each.weight for each in found]
    assert weights == sorted(weights, reverse=True)
    for each in found:
        mine = own.clause(each.clause).text
        assert each.other_words in [clause.text for clause in deciding(texts_in_force[each.other])]
        both = weighty(mine) & weighty(each.other_words)
        assert set(map(str.lower, each.shared)) == both and len(both) >= FEWEST
        assert not set(each.differs[0]) & set(each.differs[1])
        assert all(word in mine.split() for word in each.differs[0])
        assert all(word in each.other_words.split() for word in each.differs[1])


@given(st.lists(texts(), max_size=4), clauses())
@settings(max_examples=60, deadline=None)
def test_the_same_clause_is_always_found(kept: list[Document], text: str) -> None:
    """A clause of enough weighty words bears wholly on itself, whatever else is in the book, in either direction."""
    assert SHARED <= 1
    texts_in_force = {str(place): document for place, document in enumerate(kept)} | {"own": resolving(text)}
    found = [each for each in Book(texts_in_force).overlaps(resolving(text), most=50) if each.other == "own"]
    if len(weighty(text)) >= FEWEST:
        assert found and found[0].same and found[0].differs == ((), ())
    else:
        assert not found
