"""Where quoted words of one version stand in the next: a comment's anchor carried along, or left on earlier wording."""

from __future__ import annotations

from typing import NamedTuple

from consult.domain.errors import Invalid
from consult.text import tokens
from consult.text.clauses import Document
from consult.text.opcodes import changes


class Anchor(NamedTuple):
    """The words [start, end) of a clause and how they read; the whole clause when the range is empty."""

    clause: str
    start: int
    end: int
    quote: str


def anchor(document: Document, clause_id: str, quote: str = "") -> Anchor:
    """The first place of the quoted words in a clause; without a quote, the clause as a whole.

    >>> from consult.text.clauses import Clause, Kind
    >>> motion = Document((Clause("c1", Kind.RESOLVES, "To pay £12.50 an hour."),))
    >>> anchor(motion, "c1", "£12.50  an")
    Anchor(clause='c1', start=2, end=4, quote='£12.50 an')

    Raises `consult.domain.errors.Invalid` when the clause has no such whole words.
    """
    own = document.clause(clause_id).words
    if not quote.strip():
        return Anchor(clause_id, 0, 0, "")
    wanted = [tokens.bare(word) for word in tokens.words(" ".join(quote.split()))]
    bare = [tokens.bare(word) for word in own]
    for start in range(len(own) - len(wanted) + 1):
        if bare[start : start + len(wanted)] == wanted:
            return Anchor(clause_id, start, start + len(wanted), tokens.joined(own[start : start + len(wanted)]))
    raise Invalid(f"{document.labels[clause_id]} does not have the words ‘{quote}’: quote whole words as they stand.")


def carried(found: Anchor, old: Document, new: Document) -> Anchor | None:
    """The anchor in the next version, or None when its words were changed or its clause is gone ("earlier wording").

    >>> from consult.text.clauses import Clause, Kind
    >>> old = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> new = Document((Clause("c1", Kind.RESOLVES, "Now to pay £12.50 an hour."),))
    >>> carried(anchor(old, "c1", "an hour"), old, new), carried(anchor(old, "c1", "£12"), old, new)
    (Anchor(clause='c1', start=4, end=6, quote='an hour'), None)
    """
    if found.clause not in new:
        return None
    if found.start == found.end:
        return found
    shift = 0
    for start, end, new_start, new_end in changes(old.clause(found.clause).words, new.clause(found.clause).words):
        if start >= found.end:
            break
        if end > found.start:
            return None
        shift += (new_end - new_start) - (end - start)
    return found._replace(start=found.start + shift, end=found.end + shift)
