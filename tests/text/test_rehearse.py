"""The order of votes and the rehearsal of it: which pairs matter, and that nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.text.clauses import Clause, Kind
from consult.text.derive import derive
from consult.text.operations import Amendment
from consult.text.ordering import Matter, emptied_together, furthest_first, matter, place
from consult.text.rehearse import Fate, rehearse
from consult.text.relations import RelationIndex
from consult.text.replay import Consequence, Decision, Effect, Outcome, replay
from tests.text.motions import amendment, documents, edited, edits, motion, with_clause

BASE = motion(("heading", "Fair pay"), "To pay every worker £12 an hour from May.", "To march.", "To sing.")
PRICE = amendment("1", BASE, edited(BASE, c2="To pay every worker £15 an hour from May."))
AGAIN = amendment("2", BASE, edited(BASE, c2="To pay every worker £15 an hour from May."))
OTHER = amendment("3", BASE, edited(BASE, c2="To pay every worker £12.50 an hour from May."))
GONE = amendment("4", BASE, edited(BASE, c2=""))
DANCE = amendment("5", BASE, with_clause(BASE, "c3", Clause("d1", Kind.RESOLVES, "To dance.")))
LEAP = amendment("6", BASE, with_clause(BASE, "c3", Clause("e1", Kind.RESOLVES, "To leap.")))
SILENT = amendment("7", BASE, edited(BASE, c4="To hum."))


@pytest.mark.parametrize(
    ("one", "two", "found"),
    [
        (PRICE, AGAIN, Matter.SAME),
        (PRICE, OTHER, Matter.ONE_STANDS),
        (PRICE, GONE, Matter.ONE_STANDS),
        (DANCE, LEAP, Matter.WORDS),
        (PRICE, SILENT, Matter.NOTHING),
    ],
)
def test_what_the_order_of_two_decides(one: Amendment, two: Amendment, found: Matter) -> None:
    assert matter(BASE, one, two) is found
    assert matter(BASE, two, one) is found


def test_an_insertion_among_the_items_of_a_deleted_clause_must_be_put_first_or_falls() -> None:
    base = motion("To write about:", ("item", "the fares;"), "To march.")
    items = with_clause(base, "c2", Clause("n1", Kind.ITEM, "the stops."))
    more = amendment("1", base, items)
    gone = amendment("2", base, edited(base, c1="", c2=""))
    orders = {matter(base, more, gone), matter(base, gone, more)}
    assert orders == {Matter.ONE_STANDS} or orders == {Matter.FIRST_LEADS, Matter.SECOND_LEADS}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_two_orders_that_keep_every_related_pair_give_the_same_text(data: st.DataObject) -> None:
    base = data.draw(documents())
    own = [Amendment(key, base.hash, derive(base, data.draw(edits(base, key)))) for key in ("a", "b", "d", "e")]
    own = [entry for entry in own if entry.operations]
    index = RelationIndex(base)
    for entry in own:
        index.add(entry)
    related = {frozenset((r.first, r.second)) for r in index.all()}
    if emptied_together(base, own):
        return
    order = [entry.key for entry in own]
    carried = {key: data.draw(st.booleans()) for key in order}
    other = list(order)
    for _ in range(4):  # neighbours change places only where nothing relates them
        if len(other) > 1:
            at = data.draw(st.integers(0, len(other) - 2))
            if frozenset(other[at : at + 2]) not in related:
                other[at], other[at + 1] = other[at + 1], other[at]
    first, second = rehearse(base, own, order, carried), rehearse(base, own, other, carried)
    assert (first.document, first.fates) == (second.document, second.fates)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_rehearsal_gives_the_text_that_the_replay_gives(data: st.DataObject) -> None:
    base = data.draw(documents())
    own = [Amendment(key, base.hash, derive(base, data.draw(edits(base, key)))) for key in ("a", "b", "d")]
    own = [entry for entry in own if entry.operations]
    carried = {entry.key: data.draw(st.booleans()) for entry in own}
    done = rehearse(base, own, [entry.key for entry in own], carried)
    said = [Decision(entry.key, Outcome.CARRIED if carried[entry.key] else Outcome.LOST) for entry in own]
    played = replay(base, own, said)
    assert done.document == played.document
    for turn, step in zip(done.turns, played.steps, strict=True):
        assert (turn.fate is Fate.CARRIED) == (step.effect is Effect.APPLIED)


def test_what_falls_is_told_from_what_is_moot() -> None:
    follows = [Consequence("1", Outcome.CARRIED, "7", "Nobody hums at £15.")]
    every = [PRICE, AGAIN, OTHER, SILENT]
    done = rehearse(BASE, every, ["1", "2", "3", "7"], dict.fromkeys("1237", True), follows)
    assert [turn.fate.value for turn in done.turns] == ["carried", "moot", "moot", "falls"]
    assert "makes the same change as amendment 1" in done.turns[1].reason
    assert done.turns[3].reason == "amendment 1 was carried: Nobody hums at £15."
    lost = rehearse(BASE, every, ["1", "2", "3", "7"], {"3": True, "7": True}, follows)
    assert [turn.fate.value for turn in lost.turns] == ["lost", "lost", "carried", "carried"]
    barred = rehearse(BASE, every, ["1", "2", "3", "7"], {"1": True}, follows, {"1": "Motion 4 was carried."})
    assert (barred.turns[0].fate, barred.turns[0].reason) == (Fate.FALLS, "Motion 4 was carried.")
    assert barred.turns[3].fate is Fate.LOST and barred.document == BASE


def test_three_deletions_that_together_empty_a_clause_are_named() -> None:
    base = motion("one two three")
    own = [
        amendment(str(n), base, edited(base, c1=text)) for n, text in enumerate(("one two", "one three", "two three"))
    ]
    assert emptied_together(base, own) == (("0", "1", "2"),)
    assert emptied_together(base, own[:2]) == ()


def test_by_clause_and_furthest_first() -> None:
    rows = {"1": PRICE, "4": GONE, "5": DANCE, "7": SILENT}
    order = sorted(rows, key=lambda key: place(BASE, rows[key].operations))
    assert order[0] == "4" and order[-1] == "7"
    reach = {"1": 2, "4": 9, "5": 2, "7": 2}
    assert furthest_first(["1", "4", "5", "7"], [("1", "4")], reach) == ["4", "1", "5", "7"]
