"""Where quoted words of one version stand in the next: a comment's anchor carried along, or left on earlier wording."""

from __future__ import annotations

from enum import StrEnum
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


#: The fewest words that are looked for in other clauses: fewer could be anybody's.
FEWEST = 3


class Fate(StrEnum):
    """What became of the words that a comment is about."""

    STANDS = "stands"
    #: The same words, under another label or in another clause.
    MOVED = "moved"
    #: The clause is there and its words, or those quoted, are others now.
    CHANGED = "changed"
    #: Neither the clause nor the words are there.
    GONE = "gone"


class Followed(NamedTuple):
    """Where words are in a later version: their clause and its label there ("" where they are gone), and how they read."""

    fate: Fate
    clause: str
    label: str
    #: The label that the clause had.
    before: str
    #: How the place reads now, where it was changed; "" where nothing is left of it.
    now: str


def has(text: str, quote: str) -> bool:
    """Whether a text has these whole words one after another.

    >>> has("To pay £12.50 an hour.", "£12.50 an"), has("To pay £12.50 an hour.", "£12")
    (True, False)
    """
    return _place(tokens.words(text), quote) is not None


def _place(own: tuple[str, ...], quote: str) -> int | None:
    wanted = [tokens.bare(word) for word in tokens.words(" ".join(quote.split()))]
    bare = [tokens.bare(word) for word in own]
    return next((at for at in range(len(own) - len(wanted) + 1) if bare[at : at + len(wanted)] == wanted), None)


def followed(clause_id: str, quote: str, old: Document, new: Document) -> Followed:
    """What became of a clause, or of words quoted from it, between two versions. Nothing is guessed: words that are not
    where they were are looked for elsewhere only if there are at least three, and found only if one clause alone has them.

    >>> from consult.text.clauses import Clause, Kind
    >>> old = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."), Clause("c2", Kind.RESOLVES, "To ask again.")))
    >>> new = Document((Clause("c2", Kind.RESOLVES, "To ask again."), Clause("c1", Kind.RESOLVES, "To pay £15 an hour.")))
    >>> followed("c1", "£12 an hour", old, new)
    Followed(fate=<Fate.CHANGED: 'changed'>, clause='c1', label='Resolves 2', before='Resolves 1', now='£15 an hour')
    >>> followed("c2", "ask again", old, new)
    Followed(fate=<Fate.MOVED: 'moved'>, clause='c2', label='Resolves 1', before='Resolves 2', now='')
    """
    before = old.labels[clause_id] if clause_id in old else ""
    if clause_id not in old:
        return Followed(Fate.GONE, "", "", before, "")
    own = old.clause(clause_id).words
    start = _place(own, quote) if quote else 0
    length = len(tokens.words(quote)) if quote else len(own)
    found = Anchor(clause_id, start or 0, (start or 0) + length, quote)
    whole = bool(quote) or (clause_id in new and new.clause(clause_id).text == old.clause(clause_id).text)
    if clause_id in new and start is not None and whole and carried(found, old, new) is not None:
        label = new.labels[clause_id]
        return Followed(Fate.STANDS if label == before else Fate.MOVED, clause_id, label, before, "")
    words = quote or old.clause(clause_id).text
    others = [clause.id for clause in new.clauses if len(words.split()) >= FEWEST and has(clause.text, words)]
    if len(others) == 1:
        label = new.labels[others[0]]
        here = others[0] == clause_id and label == before
        return Followed(Fate.STANDS if here else Fate.MOVED, others[0], label, before, "")
    if clause_id in new:
        return Followed(Fate.CHANGED, clause_id, new.labels[clause_id], before, _now(found, old, new))
    return Followed(Fate.GONE, "", "", before, "")


def _now(found: Anchor, old: Document, new: Document) -> str:
    """How the words at an anchor's place read in the new version."""
    words = new.clause(found.clause).words
    start, end = found.start, found.end
    shift_start = shift_end = 0
    for old_start, old_end, new_start, new_end in changes(old.clause(found.clause).words, words):
        grown = (new_end - new_start) - (old_end - old_start)
        if old_end <= found.start:
            shift_start += grown
        elif old_start < found.start:
            start = old_start  # the change reaches over the beginning
        if old_start < found.end:
            shift_end += grown
            end = max(end, old_end)
    return tokens.joined(words[start + shift_start : end + shift_end])
