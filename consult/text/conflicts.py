"""What a draft has in common with texts that are in force: the clauses that decide on the same thing, by the words they share.

Words that occur in few clauses of the book weigh most (the logarithm of how rare they are); a clause is compared only with
those that share a weighty word with it, so that a book of hundreds costs no more than the clauses concerned.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Indel

from consult.text import tokens
from consult.text.clauses import Clause, Document, Kind, folded

#: The share of a clause's weight that must be shared, and the fewest words.
SHARED, FEWEST = 0.5, 3
#: The share of words in common, in order, from which two clauses say nearly the same.
NEARLY = 0.7
#: How many clauses that share a weighty word are compared with one clause of the draft.
_MOST = 40
_LITTLE_WORDS = (
    "a an and any are as at be been but by can do each every for from has have he her his if in into is it its more most "
    "must no nor not of on one or other our over she should so such than that the their them then there these they this "
    "those to until up us was we were what when where which who whose will with without would you your call calls ask asks "
    "campaign conference believes notes resolves support member members all also only own new year years"
)
_DENYING_WORDS = "no not never nor oppose opposes against end ends abolish abolishes stop without"
_LITTLE, _DENIALS = (frozenset(line.split()) for line in (_LITTLE_WORDS, _DENYING_WORDS))


class Overlap(NamedTuple):
    """A clause of the draft and one of a text in force: labels, words, the words shared, and what is different."""

    other: str
    clause: str
    label: str
    other_label: str
    other_words: str
    #: In the order of the draft's clause, as it writes them.
    shared: tuple[str, ...]
    #: Figures and denials that only one of the two has: (ours, theirs).
    differs: tuple[tuple[str, ...], tuple[str, ...]]
    #: Nearly the same words in the same order.
    same: bool
    weight: float


@dataclass(frozen=True)
class _Entry:
    other: str
    label: str
    text: str
    words: frozenset[str]


class Book:
    """The deciding clauses of the texts in force, found by their words.

    >>> two = Document((Clause("d1", Kind.RESOLVES, "To demand a single bus fare of £2 in every county."),))
    >>> book = Book({"9": two})
    >>> own = Document((Clause("c1", Kind.RESOLVES, "That the single bus fare be £1.50 in each county."),))
    >>> [(found.other, found.shared, found.differs) for found in book.overlaps(own)]
    [('9', ('single', 'bus', 'fare', 'county'), (('£1.50',), ('£2',)))]
    """

    def __init__(self, texts: Mapping[str, Document]) -> None:
        self.entries = [
            _Entry(key, document.labels[clause.id], clause.text, weighty(clause.text))
            for key, document in texts.items()
            for clause in deciding(document)
        ]
        counted = Counter(word for entry in self.entries for word in entry.words)
        self._rarity = {word: math.log(1 + len(self.entries) / many) for word, many in counted.items()}
        self._unknown = math.log(2 + len(self.entries))
        self._at: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(self.entries):
            for word in entry.words:
                self._at[word].append(place)

    def overlaps(self, own: Document, *, most: int = 10) -> list[Overlap]:
        """The likest clauses of the book, at most one for each text in force and clause of the draft, the weightiest first."""
        best: dict[tuple[str, str], Overlap] = {}
        for clause in deciding(own):
            for found in self._of(own, clause):
                key = (found.other, clause.id)
                if key not in best or best[key].weight < found.weight:
                    best[key] = found
        return sorted(best.values(), key=lambda found: (-found.weight, found.other, found.clause))[:most]

    def _of(self, own: Document, clause: Clause) -> Iterator[Overlap]:
        words = weighty(clause.text)
        whole = sum(self._rarity.get(word, self._unknown) for word in words)
        gathered: dict[int, float] = defaultdict(float)
        for word in words:
            for place in self._at.get(word, ()):
                gathered[place] += self._rarity[word]
        nearest = sorted(gathered.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]
        for place, weight in nearest:
            entry = self.entries[place]
            shared = words & entry.words
            theirs = sum(self._rarity[word] for word in entry.words)
            share = weight / max(1e-9, min(whole, theirs))
            if len(shared) >= FEWEST and share >= SHARED:
                yield Overlap(
                    entry.other, clause.id, own.labels[clause.id], entry.label, entry.text, _in_order(clause.text, shared),
                    _differing(clause.text, entry.text), _nearly(clause.text, entry.text), weight,
                )  # fmt: skip


def deciding(document: Document) -> Iterator[Clause]:
    """The clauses that decide something: what is resolved, and the items under it."""
    for clause in document.clauses:
        parent = document.parents.get(clause.id)
        if clause.kind is Kind.RESOLVES or (parent is not None and document.kind_of(parent) is Kind.RESOLVES):
            yield clause


@lru_cache(maxsize=8192)
def weighty(text: str) -> frozenset[str]:
    """The words of a clause that say what it is about: no figures, no little words, plurals as one with the singular.

    >>> sorted(weighty("To ask the county for 12 buses and a bus."))
    ['bus', 'county']
    """
    return frozenset(filter(None, map(_stem, tokens.words(text))))


def _stem(word: str) -> str:
    plain = folded((word,)).strip()
    if len(plain) < 3 or plain in _LITTLE or not plain.isalpha():
        return ""
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    if plain.endswith(("uses", "sses")):
        return plain[:-2]
    return plain[:-1] if plain.endswith("s") and not plain.endswith(("ss", "us", "is")) else plain


def _in_order(text: str, shared: Iterable[str]) -> tuple[str, ...]:
    left = set(shared)
    found = []
    for word in tokens.words(text):
        stem = _stem(word)
        if stem in left:
            left.discard(stem)
            found.append(word)
    return tuple(found)


def _differing(own: str, other: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    mine, theirs = _pointed(own), _pointed(other)
    return tuple(word for word in mine if word not in theirs), tuple(word for word in theirs if word not in mine)


def _pointed(text: str) -> tuple[str, ...]:
    """Figures and denials, each once."""
    return tuple(
        dict.fromkeys(word for word in tokens.words(text) if any(c.isdigit() for c in word) or word.lower() in _DENIALS)
    )


def _nearly(own: str, other: str) -> bool:
    mine, theirs = (tuple(word.lower() for word in tokens.words(text)) for text in (own, other))
    return Indel.normalized_similarity(mine, theirs, score_cutoff=NEARLY) >= NEARLY
