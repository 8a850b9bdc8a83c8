"""Marked-up clauses: runs of words kept, deleted, inserted or moved, for a page to render; and "so that it reads"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from consult.text import tokens
from consult.text.clauses import Document, Kind
from consult.text.operations import Operation
from consult.text.weave import Weave


class Run(NamedTuple):
    """Characters with one fate: "keep", "insert", "delete" or "move", and the amendment's key ("" when kept).

    The texts of a clause's runs, put one after another, read with the right spaces.
    """

    state: str
    text: str
    key: str


@dataclass(frozen=True)
class MarkedClause:
    """A clause as marked up.

    `state` is "kept", "changed", "inserted", "deleted", "moved from" (the place it left) or "moved to". `label` is its
    label in the base ("" when inserted), `new_label` its label in the result ("" when it is not there).
    """

    id: str
    kind: Kind
    state: str
    label: str
    new_label: str
    runs: tuple[Run, ...]


class Reading(NamedTuple):
    """A clause "so that it reads": its id, its label in the result, its text."""

    id: str
    label: str
    text: str


def marked(base: Document, operations: Sequence[Operation], key: str = "amendment") -> tuple[MarkedClause, ...]:
    """Every clause of the base, in order, with what the operations do to it; raises `DoesNotApply`.

    >>> from consult.text.clauses import Clause
    >>> from consult.text.operations import Replace
    >>> base = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> [run[:2] for run in marked(base, [Replace("c1", 2, 3, ("£12",), ("£15",))])[0].runs]
    [('keep', 'To pay'), ('delete', ' £12'), ('insert', ' £15'), ('keep', ' an hour.')]
    """
    weave = Weave(base)
    weave.apply(key, operations)
    return marked_weave(weave)


def marked_weave(weave: Weave) -> tuple[MarkedClause, ...]:
    """The same for all that was applied to a weave: several amendments at once, each run with its key."""
    old, new = weave.base.labels, weave.labels()
    return tuple(_clause(weave, clause_id, left, old, new) for clause_id, left in weave.places())


def _clause(weave: Weave, clause_id: str, left: bool, old: Mapping[str, str], new: Mapping[str, str]) -> MarkedClause:
    label, new_label = old.get(clause_id, ""), new.get(clause_id, "")
    if not weave.touched(clause_id):
        clause = weave.base.clause(clause_id)
        return MarkedClause(clause_id, clause.kind, "kept", label, new_label, (Run("keep", clause.text, ""),))
    thread = weave.thread(clause_id)
    kind = thread.clause.kind if left else thread.kind or thread.clause.kind
    if left:
        runs: tuple[Run, ...] = (Run("move", thread.clause.text, thread.moved_by),)
        return MarkedClause(clause_id, kind, "moved from", label, new_label, runs)
    if not thread.alive:
        state = "deleted"
    elif thread.moved_by:
        state = "moved to"
    else:
        state = "inserted" if thread.inserted_by else "changed"
    return MarkedClause(clause_id, kind, state, label, new_label, tuple(_runs(weave, clause_id)))


def _runs(weave: Weave, clause_id: str) -> Iterator[Run]:
    """Neighbouring words of one fate and one amendment are one run."""
    state = key = after = ""
    text: list[str] = []
    for piece in weave.thread(clause_id).pieces():
        if (piece.state, piece.key) != (state, key) and text:
            yield Run(state, "".join(text), key)
            text = []
        state, key = piece.state, piece.key
        text.append(tokens.joined(piece.words, after))
        after = piece.words[-1]
    if text:
        yield Run(state, "".join(text), key)


def so_that_it_reads(base: Document, operations: Sequence[Operation]) -> tuple[Reading, ...]:
    """Each clause that the operations change, insert or move, as it then reads; raises `DoesNotApply`.

    >>> from consult.text.clauses import Clause
    >>> from consult.text.operations import Replace
    >>> base = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> so_that_it_reads(base, [Replace("c1", 2, 3, ("£12",), ("£15",))])
    (Reading(id='c1', label='Resolves 1', text='To pay £15 an hour.'),)
    """
    weave = Weave(base)
    weave.apply("amendment", operations)
    result = weave.document()
    names = result.labels
    return tuple(
        Reading(clause.id, names[clause.id], clause.text) for clause in result.clauses if weave.touched(clause.id)
    )
