"""Whether two motions would do the same: how many of the words of what they resolve stand in both, in the same order."""

from __future__ import annotations

from rapidfuzz.distance import LCSseq

from consult.text import tokens
from consult.text.clauses import Document, Kind

#: From this share of a hundred on, two motions are substantially the same; a person may rule otherwise.
SUBSTANTIALLY = 75


def operative(document: Document) -> tuple[str, ...]:
    """The words of what a motion would do: its Resolves, or without any its whole body; folded, stops left out."""
    kinds = {document.kind_of(clause.id) for clause in document.clauses}
    wanted = {Kind.RESOLVES} if Kind.RESOLVES in kinds else kinds - {Kind.HEADING, Kind.RATIONALE}
    own = [clause for clause in document.clauses if document.kind_of(clause.id) in wanted]
    return tuple(tokens.bare(word).casefold() for clause in own for word in clause.words if tokens.counts(word))


def share(one: Document, two: Document) -> int:
    """Of a hundred words of the longer, how many stand in both in the same order, rounded down; 0 for an empty one.

    >>> from consult.text.clauses import Clause
    >>> old = Document((Clause("a", Kind.NOTES, "Buses."), Clause("b", Kind.RESOLVES, "To run a bus every hour.")))
    >>> new = Document((Clause("x", Kind.RESOLVES, "To run a bus every half hour."),))
    >>> share(old, old), share(old, new)
    (100, 85)
    """
    first, second = operative(one), operative(two)
    longer = max(len(first), len(second))
    if not first or not second:
        return 0
    return 100 * LCSseq.similarity(first, second) // longer
