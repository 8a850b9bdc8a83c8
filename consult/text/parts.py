"""A motion taken in parts: which clauses make each part, and the text that is left when some parts were lost."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from consult.domain.errors import Invalid
from consult.text.clauses import Clause, Document, Kind


def divisible(document: Document) -> tuple[Clause, ...]:
    """The clauses that can be put apart: all but headings, the rationale and items, which go with their clause.

    >>> text = Document((Clause("a", Kind.HEADING, "Pay"), Clause("b", Kind.RESOLVES, "To pay."), Clause("c", Kind.ITEM, "Now.")))
    >>> [clause.id for clause in divisible(text)]
    ['b']
    """
    apart = (Kind.HEADING, Kind.RATIONALE, Kind.ITEM)
    return tuple(clause for clause in document.clauses if clause.kind not in apart)


def require_parts(document: Document, parts: Sequence[Sequence[str]]) -> None:
    """Nothing if the parts hold every divisible clause once.

    Raises:
        Invalid: for fewer than two parts, an empty one, or a clause in two or in none.
    """
    if len(parts) < 2 or not all(parts):
        raise Invalid("A motion is taken in two parts or more: give at least one clause another part's number.")
    named = [clause for part in parts for clause in part]
    wanted = [clause.id for clause in divisible(document)]
    if sorted(named) != sorted(wanted):
        raise Invalid("Every clause belongs to exactly one part; look at the list again.")


def remaining(document: Document, lost: Collection[str]) -> Document:
    """The text without the clauses that were lost, and without their items.

    >>> text = Document((Clause("b", Kind.RESOLVES, "To pay."), Clause("c", Kind.ITEM, "Now."), Clause("d", Kind.RESOLVES, "To go.")))
    >>> [clause.id for clause in remaining(text, ["b"]).clauses]
    ['d']
    """
    gone = set(lost) | {item for item, parent in document.parents.items() if parent in set(lost)}
    return Document(tuple(clause for clause in document.clauses if clause.id not in gone))
