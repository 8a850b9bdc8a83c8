"""Who wrote each word of a text: the motion, or the amendment that put it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from consult.domain.errors import Invalid
from consult.text import tokens
from consult.text.clauses import Document
from consult.text.derive import derive
from consult.text.weave import Weave

#: clause id → who wrote each word; "" is the text that the amendments were moved to
Authors = Mapping[str, tuple[str, ...]]


class Written(NamedTuple):
    """Words of a clause by one author, as they read; put one after another they make the clause."""

    author: str
    text: str


def provenance(document: Document, authors: Authors) -> dict[str, tuple[Written, ...]]:
    """The runs of each clause by author.

    >>> from consult.text.clauses import Clause, Kind
    >>> policy = Document((Clause("c1", Kind.RESOLVES, "To pay £15."),))
    >>> provenance(policy, {"c1": ("", "", "3", "")})["c1"]
    (Written(author='', text='To pay'), Written(author='3', text=' £15'), Written(author='', text='.'))

    Raises `consult.domain.errors.Invalid` when the authors are not those of this document.
    """
    found: dict[str, tuple[Written, ...]] = {}
    for clause in document.clauses:
        own = authors.get(clause.id, ())
        if len(own) != len(clause.words):
            raise Invalid(f"Clause {clause.id} has {len(clause.words)} words but {len(own)} authors.")
        found[clause.id] = tuple(_runs(clause.words, own))
    return found


def _runs(words: Sequence[str], own: Sequence[str]) -> list[Written]:
    runs: list[Written] = []
    place = 0
    for author, group in groupby(own):
        end = place + len(list(group))
        runs.append(Written(author, tokens.joined(words[place:end], words[place - 1] if place else "")))
        place = end
    return runs


def original(document: Document, author: str = "") -> dict[str, tuple[str, ...]]:
    """One author for every word: how a text's provenance begins."""
    return {clause.id: (author,) * len(clause.words) for clause in document.clauses}


def carried(old: Document, authors: Authors, new: Document, author: str) -> dict[str, tuple[str, ...]]:
    """The authors of a new version: words kept keep theirs, the others are by `author`.

    >>> from consult.text.clauses import Clause, Kind
    >>> old = Document((Clause("c1", Kind.RESOLVES, "To pay £12."),))
    >>> new = Document((Clause("c1", Kind.RESOLVES, "To pay £15."),))
    >>> carried(old, original(old, "motion"), new, "3")
    {'c1': ('motion', 'motion', '3', 'motion')}
    """
    weave = Weave(old, authors={clause: tuple(own) for clause, own in authors.items()})
    weave.apply(author, derive(old, new))
    return weave.authors()


def to_data(authors: Authors) -> dict[str, Any]:
    """Plain data for storing: for each clause, runs of [author, how many words]."""
    return {clause: [[author, len(list(group))] for author, group in groupby(own)] for clause, own in authors.items()}


def from_data(data: Any) -> dict[str, tuple[str, ...]]:
    """The authors of stored data.

    >>> from_data(to_data({"c1": ("", "", "3")}))
    {'c1': ('', '', '3')}
    """
    try:
        return {
            clause: tuple(str(author) for author, total in runs for _ in range(int(total)))
            for clause, runs in data.items()
        }
    except (AttributeError, TypeError, ValueError) as problem:
        raise Invalid(f"This record of who wrote the words cannot be read: {problem}") from problem
