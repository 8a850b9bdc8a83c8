"""What an amendment touches: ranges of words, whole clauses, and places between clauses; and whether two meet there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from consult.text.clauses import Clause, Document, Kind
from consult.text.operations import (
    Delete,
    Insert,
    Move,
    Operation,
    Replace,
    ReplaceAll,
    Retitle,
    inserted,
)


class Spot(NamedTuple):
    """One thing touched.

    `kind` is "words" (the words [start, end) of the clause, a place between words when they are equal), "clause" (the
    whole of it), "position" (where it stands), "gap" (the place after it and its items) or "items" (the place directly
    after it, among the items of `parent`). `body` is whether delete-all would delete what is there.
    """

    kind: str
    clause: str
    start: int = 0
    end: int = 0
    parent: str = ""
    body: bool = True


@dataclass(frozen=True)
class Footprint:
    """All the spots of an amendment, and its effect: equal effects are the same amendment under another key.

    `digest` is the effect's hash in this process, to tell most effects apart without comparing them; never stored."""

    spots: tuple[Spot, ...]
    effect: tuple[object, ...]
    digest: int
    inserts: frozenset[str]
    needs: frozenset[str]
    whole: bool = False
    #: (clause, words it leaves, words there are) where it deletes words and adds none
    thinned: tuple[tuple[str, int, int], ...] = ()


def footprint(base: Document, operations: Sequence[Operation]) -> Footprint:
    """The footprint of operations on their base."""
    new = {clause.id: number for number, clause in enumerate(inserted(operations))}
    needs = frozenset(
        operation.after
        for operation in operations
        if isinstance(operation, Insert | Move) and operation.after and operation.after not in base
    )
    effect = tuple(_effect(operation, new) for operation in operations)
    return Footprint(
        tuple(spot for operation in operations for spot in _spots(base, operation)),
        effect,
        hash(effect),
        frozenset(new),
        needs - frozenset(new),
        any(isinstance(operation, ReplaceAll) for operation in operations),
        _thinned(base, operations),
    )


#: Stands for the whole body in `clauses_met`.
WHOLE = "*"


def clauses_met(own: Footprint) -> frozenset[str]:
    """Everything at which this footprint can meet another: ids of clauses, "" the beginning of the text, "*" all of it.

    Two amendments neither of which has "*" and that have none of these in common are independent.
    """
    found = {spot.clause for spot in own.spots} | {spot.parent for spot in own.spots if spot.parent}
    found |= own.inserts | own.needs | {clause for clause, _, _ in own.thinned}
    return frozenset(found | {WHOLE} if own.whole else found)


def _spots(base: Document, operation: Operation) -> Iterator[Spot]:
    if isinstance(operation, Replace):
        yield Spot("words", operation.clause, operation.start, operation.end, body=_in_body(base, operation.clause))
    elif isinstance(operation, Retitle):
        yield Spot("words", operation.clause, 0, len(base.clause(operation.clause).words), body=False)
    elif isinstance(operation, Delete):
        yield Spot("clause", operation.clause, body=_in_body(base, operation.clause))
    elif isinstance(operation, Insert):
        yield _arrival(base, operation.after, operation.clauses[0].kind, operation.clauses)
    elif isinstance(operation, Move):
        yield Spot("position", operation.clause, body=_in_body(base, operation.clause))
        kind = operation.kind or (base.clause(operation.clause).kind if operation.clause in base else Kind.PARAGRAPH)
        yield _arrival(base, operation.after, kind, ())
    else:
        for clause_id, _ in operation.old:
            yield Spot("clause", clause_id)
        place = base.index.get(operation.old[0][0], 0)
        yield Spot("gap", base.clauses[place - 1].id if place else "")


def _arrival(base: Document, after: str, kind: Kind, clauses: Sequence[Clause]) -> Spot:
    if kind is Kind.ITEM and after:
        parent = base.parents.get(after, after) if after in base else ""
        return Spot("items", after, parent=parent, body=not after or after not in base or _in_body(base, after))
    aside = (Kind.HEADING, Kind.RATIONALE)
    return Spot("gap", after, body=kind not in aside or any(clause.kind not in aside for clause in clauses))


def _in_body(base: Document, clause_id: str) -> bool:
    return clause_id not in base or base.kind_of(clause_id) not in (Kind.HEADING, Kind.RATIONALE)


def _effect(operation: Operation, new: dict[str, int]) -> tuple[object, ...]:
    """The operation with the ids of new clauses as their numbers."""
    if isinstance(operation, Insert):
        return ("insert", _anchor(operation.after, new), _contents(operation.clauses))
    if isinstance(operation, Move):
        return ("move", operation.clause, _anchor(operation.after, new), operation.kind)
    if isinstance(operation, ReplaceAll):
        return ("replace all", _contents(operation.clauses))
    return (operation,)


def _anchor(after: str, new: dict[str, int]) -> object:
    return new.get(after, after)


def _contents(clauses: Sequence[Clause]) -> tuple[tuple[Kind, str], ...]:
    return tuple((clause.kind, clause.text) for clause in clauses)


def _thinned(base: Document, operations: Sequence[Operation]) -> tuple[tuple[str, int, int], ...]:
    left: dict[str, int] = {}
    fed: set[str] = set()
    for operation in operations:
        if isinstance(operation, Replace) and operation.clause in base:
            total = left.get(operation.clause, len(base.clause(operation.clause).words))
            left[operation.clause] = total - len(operation.old)
            if operation.new:
                fed.add(operation.clause)
    return tuple((clause, kept, len(base.clause(clause).words)) for clause, kept in left.items() if clause not in fed)


class Meeting(NamedTuple):
    """Where two spots meet: "same point" or "overlap", and whether each covers the other."""

    kind: str
    first_covers: bool
    second_covers: bool


def meet(one: Spot, two: Spot) -> Meeting | None:
    """Whether two spots meet, so that the order of the two amendments matters.

    >>> meet(Spot("words", "c1", 2, 4), Spot("words", "c1", 3, 4))
    Meeting(kind='overlap', first_covers=True, second_covers=False)
    >>> meet(Spot("words", "c1", 2, 4), Spot("words", "c1", 4, 4)) is None
    True
    """
    if one.kind == two.kind == "words":
        return _words_meet(one, two) if one.clause == two.clause else None
    if one.kind > two.kind:  # "clause" < "gap" < "items" < "position" < "words"
        found = meet(two, one)
        return found and Meeting(found.kind, found.second_covers, found.first_covers)
    if one.kind == "clause":
        return _clause_meets(one, two)
    if one.kind == two.kind:
        if one.clause != two.clause:
            return None
        same = one.kind == "position"
        return Meeting("overlap" if same else "same point", same, same)
    if two.kind == "position" and two.clause and two.clause in (one.clause, one.parent):
        return Meeting("same point", False, False)
    return None


def _clause_meets(one: Spot, two: Spot) -> Meeting | None:
    """A deleted clause against anything: its words and its position go with it, and the place among its items."""
    if two.kind == "items":
        return Meeting("overlap", True, False) if two.parent == one.clause else None
    if two.kind == "gap" or one.clause != two.clause:
        return None
    return Meeting("overlap", True, two.kind == "clause")


def _words_meet(one: Spot, two: Spot) -> Meeting | None:
    if one.start == one.end and two.start == two.end:
        return Meeting("same point", False, False) if one.start == two.start else None
    if one.start == one.end:
        return Meeting("overlap", False, True) if two.start < one.start < two.end else None
    if two.start == two.end:
        return Meeting("overlap", True, False) if one.start < two.start < one.end else None
    if max(one.start, two.start) >= min(one.end, two.end):
        return None
    return Meeting(
        "overlap", one.start <= two.start and two.end <= one.end, two.start <= one.start and one.end <= two.end
    )
