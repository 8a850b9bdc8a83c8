"""Consequences: what follows, and the sets of them that make no sense."""

from __future__ import annotations

import doctest

import pytest

from consult.domain import consequences
from consult.domain.consequences import Edge, Kind, follow, in_order, require_sense
from consult.domain.errors import Invalid

NAMES = {f"amendment:{number}": f"Amendment {number}" for number in range(1, 6)} | {"motion:9": "Motion 9"}
ONE, TWO, THREE, FOUR = (f"amendment:{number}" for number in range(1, 5))


def test_the_examples() -> None:
    assert doctest.testmod(consequences).failed == 0


@pytest.mark.parametrize(
    ("made", "new", "words"),
    [
        ([], Edge(ONE, Kind.IF_CARRIED, ONE), "a consequence of itself"),
        ([Edge(ONE, Kind.IF_CARRIED, TWO)], Edge(ONE, Kind.IF_CARRIED, TWO), "recorded already: If Amendment 1 is carried"),
        ([Edge(ONE, Kind.IF_CARRIED, TWO)], Edge(ONE, Kind.IF_LOST, TWO), "would fall whatever becomes of Amendment 1"),
        ([Edge(ONE, Kind.WITH, TWO)], Edge(ONE, Kind.IF_CARRIED, TWO), "cannot fall by it"),
        ([Edge(ONE, Kind.WITH, TWO)], Edge(THREE, Kind.IF_LOST, TWO), "end the other consequence first"),
        ([Edge(ONE, Kind.IF_LOST, TWO)], Edge("motion:9", Kind.WITH, TWO), "already follows from Amendment 1"),
        ([Edge(ONE, Kind.IF_CARRIED, TWO)], Edge(TWO, Kind.IF_CARRIED, ONE), "round in a circle"),
        (
            [Edge(ONE, Kind.IF_CARRIED, TWO), Edge(TWO, Kind.IF_LOST, THREE), Edge(THREE, Kind.WITH, FOUR)],
            Edge(FOUR, Kind.IF_CARRIED, ONE),
            "Amendment 2 follows from Amendment 1, Amendment 3 follows from Amendment 2, Amendment 4 follows from",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_sentence(made: list[Edge], new: Edge, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        require_sense(made, new, NAMES)


def test_several_causes_and_several_effects_are_no_contradiction() -> None:
    made = [Edge(ONE, Kind.IF_CARRIED, TWO), Edge(ONE, Kind.IF_CARRIED, THREE), Edge(TWO, Kind.IF_CARRIED, THREE)]
    require_sense(made, Edge("motion:9", Kind.IF_LOST, THREE), NAMES)
    require_sense(made, Edge(ONE, Kind.IF_CARRIED, FOUR), NAMES)


def test_what_follows() -> None:
    edges = [Edge(ONE, Kind.IF_CARRIED, TWO), Edge(ONE, Kind.IF_LOST, THREE), Edge(ONE, Kind.WITH, FOUR)]
    assert {key: follows.falls for key, follows in follow(edges, {ONE: True}).items()} == {TWO: True, FOUR: False}
    assert {key: follows.falls for key, follows in follow(edges, {ONE: False}).items()} == {THREE: True, FOUR: True}
    assert follow(edges, {TWO: True}) == {}


def test_every_cause_comes_before_its_effects_and_the_rest_stays() -> None:
    edges = [Edge(FOUR, Kind.IF_CARRIED, TWO), Edge(THREE, Kind.IF_LOST, FOUR), Edge("motion:9", Kind.WITH, ONE)]
    assert in_order([ONE, TWO, THREE, FOUR], edges) == [ONE, THREE, FOUR, TWO]
