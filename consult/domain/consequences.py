"""Consequences among motions and amendments: what falls or is carried with what, and which sets of them make no sense."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from consult.domain.errors import Invalid


class Kind(StrEnum):
    """How the fate of one thing follows from another's; the value is stored and printed."""

    IF_CARRIED = "falls if carried"
    IF_LOST = "falls if lost"
    WITH = "consequential on"


class Edge(NamedTuple):
    """`effect` follows from `cause`; both are keys such as "motion:7" or "amendment:12"."""

    cause: str
    kind: Kind
    effect: str


class Follows(NamedTuple):
    """What follows for `key`: whether it falls or is carried, and from which edge."""

    key: str
    falls: bool
    edge: Edge


#: The sentence of each kind, with the names of cause and effect.
SENTENCES: dict[Kind, str] = {
    Kind.IF_CARRIED: "If {cause} is carried, {effect} falls.",
    Kind.IF_LOST: "If {cause} is lost, {effect} falls.",
    Kind.WITH: "{effect} is consequential on {cause}: it is not voted on, and is carried or falls with it.",
}


def sentence(kind: Kind, cause: str, effect: str) -> str:
    """A consequence for people.

    >>> sentence(Kind.IF_CARRIED, "Amendment 1", "Amendment 2")
    'If Amendment 1 is carried, Amendment 2 falls.'
    """
    said = SENTENCES[kind].format(cause=cause, effect=effect)
    return said[0].upper() + said[1:]


def require_sense(edges: Iterable[Edge], new: Edge, names: Mapping[str, str]) -> None:
    """Nothing if `new` can stand beside the consequences that are confirmed already.

    >>> made = [Edge("amendment:1", Kind.IF_CARRIED, "amendment:2")]
    >>> require_sense(made, Edge("amendment:2", Kind.IF_LOST, "amendment:1"), {})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    consult.domain.errors.Invalid: This would go round in a circle: amendment:2 follows from amendment:1, and ...

    Raises:
        Invalid: for a thing that follows from itself, what is recorded already, two consequences that contradict each
        other, one that cannot be voted on and decides nothing, and a circle; the sentence says which.
    """
    made = list(edges)
    cause, effect = (names.get(key, key) for key in (new.cause, new.effect))
    if new.cause == new.effect:
        raise Invalid(f"{cause} cannot be a consequence of itself.")
    for edge in made:
        if (edge.cause, edge.effect) == (new.cause, new.effect):
            raise Invalid(_twice(edge, new, cause, effect))
    other = next((edge for edge in made if edge.effect == new.effect and Kind.WITH in (edge.kind, new.kind)), None)
    if other is not None:
        raise Invalid(
            f"{effect} already follows from {names.get(other.cause, other.cause)}. What is consequential is carried or "
            "falls with one thing alone: end the other consequence first."
        )
    if way := _way(made, new.effect, new.cause):
        steps = ", ".join(
            f"{names.get(edge.effect, edge.effect)} follows from {names.get(edge.cause, edge.cause)}" for edge in way
        )
        raise Invalid(
            f"This would go round in a circle: {steps}, and {effect} would follow from {cause}. "
            "Keep the one whose cause is put to the vote first."
        )


def _twice(edge: Edge, new: Edge, cause: str, effect: str) -> str:
    if edge.kind is new.kind:
        return f"This is recorded already: {sentence(edge.kind, cause, effect)}"
    if Kind.WITH in (edge.kind, new.kind):
        return (
            f"This contradicts what is recorded: {sentence(edge.kind, cause, effect)} What is carried with {cause} "
            "cannot fall by it."
        )
    return (
        f"Then {effect} would fall whatever becomes of {cause}. What cannot be voted on in any case is ruled out or "
        "withdrawn; it is no consequence."
    )


def _way(edges: list[Edge], start: str, end: str) -> list[Edge]:
    """The edges that lead from one key to another, or none; each key is looked at once."""
    out: dict[str, list[Edge]] = {}
    for edge in edges:
        out.setdefault(edge.cause, []).append(edge)
    came: dict[str, Edge] = {}
    waiting, seen = [start], {start}
    while waiting:
        for edge in out.get(waiting.pop(), ()):
            if edge.effect not in seen:
                seen.add(edge.effect)
                came[edge.effect] = edge
                waiting.append(edge.effect)
    way: list[Edge] = []
    while end in came and (not way or end != start):
        way.insert(0, came[end])
        end = came[end].cause
    return way


def follow(edges: Iterable[Edge], carried: Mapping[str, bool]) -> dict[str, Follows]:
    """What follows from what is decided (key → whether it was carried); the first edge that speaks decides.

    >>> follow([Edge("motion:4", Kind.IF_CARRIED, "motion:9")], {"motion:4": True})["motion:9"].falls
    True
    >>> follow([Edge("motion:4", Kind.IF_CARRIED, "motion:9")], {"motion:4": False})
    {}
    """
    found: dict[str, Follows] = {}
    for edge in edges:
        if edge.cause not in carried or edge.effect in found:
            continue
        happened = carried[edge.cause]
        if edge.kind is Kind.WITH:
            found[edge.effect] = Follows(edge.effect, not happened, edge)
        elif happened == (edge.kind is Kind.IF_CARRIED):
            found[edge.effect] = Follows(edge.effect, True, edge)
    return found


def in_order(keys: Iterable[str], edges: Iterable[Edge]) -> list[str]:
    """The keys with every cause before its effects, otherwise in the order given; the edges have no circle.

    >>> in_order(["a", "b", "c"], [Edge("c", Kind.IF_CARRIED, "a")])
    ['c', 'a', 'b']
    """
    wanted = list(keys)
    there = set(wanted)
    causes: dict[str, list[str]] = {}
    for edge in edges:
        if edge.cause in there and edge.effect in there:
            causes.setdefault(edge.effect, []).append(edge.cause)
    placed: dict[str, None] = {}

    def place(key: str) -> None:
        for cause in sorted(causes.get(key, ()), key=wanted.index):
            if cause not in placed:
                place(cause)
        placed.setdefault(key)

    for key in wanted:
        place(key)
    return list(placed)
