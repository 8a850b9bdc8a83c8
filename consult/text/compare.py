"""Comparing any two versions of a text, clause by clause and word by word."""

from __future__ import annotations

from dataclasses import dataclass

from consult.text.clauses import Document
from consult.text.derive import added, deleted, derive
from consult.text.marked import MarkedClause, marked
from consult.text.operations import Operation


@dataclass(frozen=True)
class Comparison:
    """What became of a version: its marked-up clauses, the operations that lead to the other, and words by count."""

    clauses: tuple[MarkedClause, ...]
    operations: tuple[Operation, ...]
    added: int
    deleted: int

    @property
    def changed(self) -> tuple[MarkedClause, ...]:
        """Only the clauses that are not the same."""
        return tuple(clause for clause in self.clauses if clause.state != "kept")


def compare(old: Document, new: Document) -> Comparison:
    """The comparison of two versions whose clauses have permanent ids; linear in the text, word by word in a clause.

    >>> from consult.text.clauses import Clause, Kind
    >>> old = Document((Clause("c1", Kind.RESOLVES, "To pay £12."), Clause("c2", Kind.RESOLVES, "To act.")))
    >>> new = Document((Clause("c1", Kind.RESOLVES, "To pay £12.50."), Clause("c2", Kind.RESOLVES, "To act.")))
    >>> found = compare(old, new)
    >>> found.added, found.deleted, [run.text for run in found.changed[0].runs]
    (1, 1, ['To pay', ' £12', ' £12.50', '.'])
    """
    operations = derive(old, new)
    return Comparison(marked(old, operations, "new"), operations, added(operations), deleted(operations))
