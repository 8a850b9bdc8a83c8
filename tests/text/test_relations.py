"""Relations between amendments: what meets, what commutes, and what an added amendment costs."""

from __future__ import annotations

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from consult.domain.errors import Invalid
from consult.text.clauses import Clause, Document, Kind
from consult.text.derive import derive, same_words
from consult.text.footprints import WHOLE, clauses_met, footprint
from consult.text.operations import Amendment, DoesNotApply, Operation, Replace
from consult.text.relations import INDEPENDENT, Relating, RelationIndex, relations, sentence
from consult.text.weave import Weave, apply
from tests.text.motions import amendment, documents, edited, edits, motion, with_clause

BASE = motion(
    ("heading", "Fair pay"), "To pay every worker £12 an hour from May.", "To:", ("item", "march"), ("item", "sing"),
    "To write to the council.", ("rationale", "It is fair."),
)  # fmt: skip


def between(one: Document, two: Document, base: Document = BASE) -> str:
    """The relation of the amendments that lead to two results."""
    index = RelationIndex(base)
    index.add(amendment("1", base, one))
    index.add(amendment("2", base, two))
    assert index.between("1", "2") == index.between("2", "1")
    return index.between("1", "2")


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_independent_amendments_commute_and_overlapping_ones_do_not_both_apply(data: st.DataObject) -> None:
    base = data.draw(documents())
    one = derive(base, data.draw(edits(base, "m")))
    two = derive(base, data.draw(edits(base, "n")))
    found = relations(base, [Amendment("1", base.hash, one), Amendment("2", base.hash, two)])
    relation = found[0].kind if found else INDEPENDENT
    event(str(relation))
    if relation == INDEPENDENT:
        assert same_words(_both(base, one, two), _both(base, two, one))
    elif relation not in (Relating.SAME_POINT, Relating.IDENTICAL):
        assert not (_applies(base, one, two) and _applies(base, two, one))


def _both(base: Document, one: tuple[Operation, ...], two: tuple[Operation, ...]) -> Document:
    weave = Weave(base)
    weave.apply("first", one)
    weave.apply("second", two)
    return weave.document()


def _applies(base: Document, one: tuple[Operation, ...], two: tuple[Operation, ...]) -> bool:
    try:
        return bool(_both(base, one, two))
    except DoesNotApply:
        return False


def test_different_words_of_one_clause_on_one_line_are_independent() -> None:
    one = edited(BASE, c2="To pay every worker £15 an hour from May.")
    two = edited(BASE, c2="To pay every worker £12 an hour from June.")
    assert between(one, two) == INDEPENDENT
    beside = edited(BASE, c2="To pay every worker at least £12 an hour from May.")
    assert between(one, beside) == INDEPENDENT


def test_the_same_words_are_alternatives() -> None:
    one = edited(BASE, c2="To pay every worker £15 an hour from May.")
    two = edited(BASE, c2="To pay every worker £12.50 an hour from May.")
    assert between(one, two) == "overlap"


def test_identical_amendments_whatever_their_keys_and_new_ids() -> None:
    one = with_clause(BASE, "c6", Clause("a1", Kind.RESOLVES, "To strike."))
    two = with_clause(BASE, "c6", Clause("b1", Kind.RESOLVES, "To strike."))
    assert between(one, two) == "identical"
    three = with_clause(BASE, "c6", Clause("d1", Kind.RESOLVES, "To dance."))
    assert between(one, three) == "same point"


def test_two_insertions_between_the_same_words_are_at_the_same_point() -> None:
    one = edited(BASE, c2="To pay every worker £12 an hour plus tips from May.")
    two = edited(BASE, c2="To pay every worker £12 an hour in cash from May.")
    assert between(one, two) == "same point"


def test_a_deletion_contains_what_changes_the_words_it_deletes() -> None:
    clause = edited(BASE, c2="")
    words = edited(BASE, c2="To pay every worker £15 an hour from May.")
    index = RelationIndex(BASE)
    index.add(amendment("words", BASE, words))
    (found,) = index.add(amendment("clause", BASE, clause))
    assert (found.kind, found.first, found.second) == (Relating.CONTAINS, "clause", "words")
    assert sentence(found, BASE) == (
        "Amendment clause covers all that amendment words changes of Resolves 1 (‘£12’): "
        "if it is carried, amendment words falls."
    )
    phrase = edited(BASE, c2="To pay every worker.")
    assert between(phrase, edited(BASE, c2="To pay every worker £15 an hour from May.")) == "contains"


def test_delete_all_contains_the_body_but_not_the_heading_or_the_rationale() -> None:
    everything = Document((BASE.clauses[0], Clause("n1", Kind.RESOLVES, "To strike."), BASE.clauses[-1]))
    assert between(everything, edited(BASE, c2="To pay nobody.")) == "contains"
    assert between(everything, with_clause(BASE, "c6", Clause("a1", Kind.RESOLVES, "To sing."))) == "contains"
    assert between(everything, edited(BASE, c1="Fair pay now")) == INDEPENDENT
    assert between(everything, edited(BASE, c7="It is only fair.")) == INDEPENDENT
    other = Document((BASE.clauses[0], Clause("n1", Kind.RESOLVES, "To dance."), BASE.clauses[-1]))
    assert between(everything, other) == "overlap"


def test_items_of_a_deleted_clause_and_of_a_standing_one() -> None:
    gone = edited(BASE, c3="", c4="", c5="")
    item = with_clause(BASE, "c5", Clause("a1", Kind.ITEM, "dance"))
    after = with_clause(BASE, "c5", Clause("a1", Kind.RESOLVES, "To dance."))
    assert between(gone, item) == "contains"
    assert between(gone, after) == INDEPENDENT
    assert between(item, after) == INDEPENDENT


def test_two_halves_of_a_clause_deleted_by_two_amendments_are_not_independent() -> None:
    base = motion("To act now.", ("item", "soon"))
    one, two = edited(base, c1="To act"), edited(base, c1="now.")
    assert between(one, two, base) == "overlap"


def test_an_amendment_that_needs_a_clause_of_another_depends_on_it() -> None:
    index = RelationIndex(BASE)
    one = with_clause(BASE, "c6", Clause("a1", Kind.RESOLVES, "To strike:"))
    index.add(amendment("1", BASE, one))
    two = with_clause(one, "a1", Clause("b1", Kind.ITEM, "today"))
    own = Amendment("2", BASE.hash, derive(one, two))
    (found,) = index.add(own)
    assert (found.kind, found.first, found.second) == (Relating.DEPENDS, "2", "1")


def test_amendments_to_an_amendment_depend_on_it_and_relate_among_themselves() -> None:
    index = RelationIndex(BASE)
    parent = amendment("1", BASE, edited(BASE, c2="To pay every worker £15 an hour from May."))
    index.add(parent)
    as_amended = apply(BASE, parent.operations)
    for key, price in (("1a", "£16"), ("1b", "£17")):
        result = edited(as_amended, c2=f"To pay every worker {price} an hour from May.")
        found = index.add(amendment(key, as_amended, result, parent="1"))
    assert [(relation.kind.value, relation.first, relation.second) for relation in found] == [
        ("depends on", "1b", "1"),
        ("overlap", "1a", "1b"),
    ]
    assert index.between("1", "1a") == "depends on"
    with pytest.raises(Invalid, match="one level too many"):
        index.add(Amendment("1a1", as_amended.hash, (), "1a"))
    index.remove("1")
    assert list(index.all()) == []


def test_amendments_of_another_version_or_with_a_known_key_are_refused() -> None:
    index = RelationIndex(BASE)
    index.add(amendment("1", BASE, edited(BASE, c2="To act.")))
    with pytest.raises(Invalid, match="another version"):
        index.add(Amendment("2", "0" * 64, ()))
    with pytest.raises(Invalid, match="already"):
        index.add(Amendment("1", BASE.hash, ()))
    with pytest.raises(Invalid, match="not here"):
        index.add(Amendment("3", BASE.hash, (), "9"))


def test_removing_an_amendment_removes_its_relations() -> None:
    index = RelationIndex(BASE)
    for key in ("1", "2", "3"):
        index.add(amendment(key, BASE, edited(BASE, c2=f"To pay every worker £1{key} an hour from May.")))
    index.remove("2")
    assert {(relation.first, relation.second) for relation in index.all()} == {("1", "3")}
    assert index.of("1")[0].other("1") == "3"
    index.add(amendment("2", BASE, edited(BASE, c2="To pay every worker £12 an hour from June.")))
    assert index.of("2") == ()


def test_a_thousand_amendments_to_one_motion_and_the_neighbours_of_one_more() -> None:
    """Each of 40 clauses has 25 amendments, each to words of its own: none may be looked at for another."""
    base = motion(*[" ".join(f"w{clause}x{word}" for word in range(120)) for clause in range(40)])
    index = RelationIndex(base)
    for number in range(1000):
        clause, place = f"c{number % 40 + 1}", (number // 40) * 4
        words = base.clause(clause).words[place : place + 2]
        own = Amendment(str(number), base.hash, (Replace(clause, place, place + 2, words, ("new",)),))
        assert index.add(own) == ()
    one = base.clause("c1").words
    more = Amendment("more", base.hash, (Replace("c1", 1, 5, one[1:5], ("else",)),))
    looked_at = index._neighbours(footprint(base, more.operations))
    assert looked_at == ["0", "40"]
    assert [(relation.kind.value, relation.first) for relation in index.add(more)] == [
        ("overlap", "0"),
        ("overlap", "40"),
    ]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_amendments_that_meet_nowhere_are_independent(data: st.DataObject) -> None:
    base = data.draw(documents())
    one, two = (derive(base, data.draw(edits(base, prefix))) for prefix in ("m", "n"))
    met = [clauses_met(footprint(base, operations)) for operations in (one, two)]
    if WHOLE not in met[0] | met[1] and not met[0] & met[1]:
        assert relations(base, [Amendment("1", base.hash, one), Amendment("2", base.hash, two)]) == ()
