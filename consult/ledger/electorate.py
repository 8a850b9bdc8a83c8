"""The electorate of a ballot: a frozen roll, and what was added to it and taken from it afterwards, as one chain.

A frozen roll is never changed. Supplementary batches, removals and restorations stand beside it, each with a hash of
whom it is about and with the head of the chain so far, which begins with the roll's own hash. How a removal counts is
declared with the ballot: a vote cast before it "counts", or it is "set aside" unopened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from consult.ledger import canonical, shape
from consult.ledger.declared import REMOVED
from consult.ledger.definition import Definition, Roll

ADDITION, REMOVAL, RESTORATION = KINDS = ("addition", "removal", "restoration")


@dataclass(frozen=True)
class Change:
    """One change beside a frozen roll: `people` at the instant `at`; `hash` is the salted hash of their ids.

    `head` is the chain up to here. A restoration undoes the removal with the place `of` in the chain, from 1. `effect`
    is by how many the electorate grew, and `units` the same by unit where the definition counts by unit.
    """

    at: str
    kind: str
    people: int
    hash: str
    head: str
    effect: int
    of: int | None = None
    units: dict[str, int] = field(default_factory=dict)


def head(before: str, kind: str, at: str, people: int, hash_: str, of: int | None = None) -> str:
    """The head of the chain after one more change; `before` is the roll's hash for the first.

    >>> head("00" * 32, "addition", "2026-03-01T12:00:00Z", 2, "11" * 32)[:16]
    '63c68e27fad5eae2'
    """
    return canonical.sha256(canonical.dumps([before, kind, at, people, hash_, of]))


def effect(kind: str, people: int, at: str, opens: str, removed: str, undone: int | None = None) -> int:
    """By how many a change lets the electorate grow.

    A removal takes one away if it comes before the opening, or where votes cast before it are set aside. Otherwise the
    person stays in the figures, for a vote of theirs may be in the box and the figures may not tell whether it is.
    `undone` is the effect of the removal that a restoration undoes.

    >>> effect("removal", 1, "2026-03-02T12:00:00Z", "2026-03-02T09:00:00Z", "counts")
    0
    >>> effect("removal", 1, "2026-03-01T12:00:00Z", "2026-03-02T09:00:00Z", "counts")
    -1
    """
    if kind == ADDITION:
        return people
    if kind == RESTORATION:
        return -(undone or 0)
    return -people if at < opens or removed == REMOVED[1] else 0


def amended(roll: Roll, changes: Sequence[Change]) -> Roll:
    """The roll as the count has it: the frozen one with the effect of every change, by unit as well."""
    units = dict(roll.units)
    for change in changes:
        for unit, number in change.units.items():
            units[unit] = units.get(unit, 0) + number
    return Roll(roll.hash, roll.size + sum(change.effect for change in changes), units)


def faults(changes: Sequence[Change], asked: Definition, closed: str) -> list[str]:
    """What cannot be in a chain of changes to the roll of a ballot that closed at this instant, as sentences."""
    found, before, undone, last = [], asked.roll.hash, set[int](), ""
    for place, change in enumerate(changes, 1):
        undoes = changes[change.of - 1] if change.of is not None and change.of < place else None
        if head(before, change.kind, change.at, change.people, change.hash, change.of) != change.head:
            found.append(f"Change {place} of the roll does not continue the chain.")
        if change.at < last or change.at > closed:
            found.append(f"Change {place} of the roll is out of order, or came after the close.")
        if (change.kind == RESTORATION) != (undoes is not None and undoes.kind == REMOVAL) or change.of in undone:
            found.append(f"Change {place} of the roll restores somebody who was not removed.")
        said = effect(
            change.kind, change.people, change.at, asked.opens, asked.casting.removed, undoes.effect if undoes else None
        )
        by_unit = bool(asked.roll.units)
        if change.effect != said or (sum(change.units.values()) != said if by_unit else bool(change.units)):
            found.append(f"Change {place} of the roll is said to alter the electorate by {change.effect}, not {said}.")
        undone |= {change.of} if change.of is not None else set()
        before, last = change.head, change.at
    return found


def as_json(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Changes as plain data."""
    return [asdict(change) for change in changes]


def dumps(changes: Sequence[Change]) -> bytes:
    """The canonical bytes of a list of changes, as a scrutineer's recount takes it."""
    return canonical.dumps(as_json(changes))


def loads(data: bytes, what: str = "the changes of the roll") -> tuple[Change, ...]:
    """Read a list of changes from its canonical bytes; raises `NotCanonical` or `Malformed`."""
    return tuple(Change(**each) for each in read(canonical.loads(data, what), what))


def read(value: Any, where: str) -> tuple[dict[str, Any], ...]:
    """Check plain data for a list of changes."""
    return shape.listing(_read_change, 10_000)(value, where)  # type: ignore[no-any-return]


def _read_change(value: Any, where: str) -> dict[str, Any]:
    some = shape.number(-1_000_000)
    return shape.fields(
        value,
        where,
        at=shape.instant,
        kind=shape.one_of(KINDS),
        people=shape.number(1, 1_000_000),
        hash=shape.digest,
        head=shape.digest,
        effect=some,
        of=shape.optional(shape.number(1)),
        units=shape.mapping(some, shape.text(200, 1), 100_000),
    )
