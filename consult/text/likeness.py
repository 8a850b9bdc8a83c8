"""Motions that decide nearly the same: the likest pair of deciding clauses of one text and each of many others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rapidfuzz.distance import Indel

from consult.text import tokens
from consult.text.clauses import Clause, Document, Kind
from consult.text.weave import quoted

#: The share of words in common from which two deciding clauses are taken to decide the same thing.
ALIKE = 0.7


class Alike(NamedTuple):
    """The likest deciding clauses of a text and another: their labels and words, and whether the words are the same."""

    other: str
    label: str
    other_label: str
    words: str
    other_words: str
    same: bool


def alike(own: Document, others: Mapping[str, Document]) -> tuple[Alike, ...]:
    """The others of which a Resolves is like one of ours, the likest pair of each, in the order given.

    >>> one = Document((Clause("c1", Kind.RESOLVES, "To ask the council for a single fare of £2."),))
    >>> two = Document((Clause("d1", Kind.RESOLVES, "To ask the council for a single fare of £1.50."),))
    >>> three = Document((Clause("e1", Kind.RESOLVES, "To march."),))
    >>> [(found.other, found.other_words) for found in alike(one, {"2": two, "3": three})]
    [('2', 'To ask the council for a single fare of £1.50.')]
    """
    mine = list(_deciding(own))
    return tuple(found for key, other in others.items() if (found := _likest(own, mine, key, other)) is not None)


def _deciding(document: Document) -> Iterator[tuple[Clause, tuple[str, ...]]]:
    for clause in document.clauses:
        if clause.kind is Kind.RESOLVES:
            yield clause, tuple(word.lower() for word in clause.words if tokens.counts(word))


def _likest(own: Document, mine: list[tuple[Clause, tuple[str, ...]]], key: str, other: Document) -> Alike | None:
    best: tuple[float, Clause, Clause] | None = None
    for theirs, their_words in _deciding(other):
        for clause, words in mine:
            score = Indel.normalized_similarity(words, their_words, score_cutoff=ALIKE)
            if score >= ALIKE and (best is None or score > best[0]):
                best = (score, clause, theirs)
    if best is None:
        return None
    _score, clause, theirs = best
    return Alike(
        key, own.labels[clause.id], other.labels[theirs.id], quoted(clause.text), quoted(theirs.text),
        clause.text == theirs.text,
    )  # fmt: skip
