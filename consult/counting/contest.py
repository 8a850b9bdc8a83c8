"""What is put to the vote: the candidates, the places, the papers, and how a paper is written down.

Candidates are known by their index in ballot order (0 … n-1).  A *ranking* is a tuple, first preference first, whose
items are an index (one candidate) or a tuple of indexes (ranked equal): ``(2, 0, (1, 3))``.  ``()`` is a blank paper.
A ranking without equal places may also be given packed, one byte per preference (`pack`), which is how a million of
them are stored and counted without decoding.

Every counter reads a paper in the same way:

- a withdrawn candidate is taken off it as if never printed (an equal place shrinks, an emptied place disappears);
- a candidate written a second time is ignored the second time;
- a place skipped by the voter is an empty level, ``(0, (), 1)``: under Scottish STV, ERS97 and repeated STV, whose
  rules speak of consecutive preferences, the ranking ends there (and a paper that begins with one is *invalid*); under
  the other methods it is passed over;
- after that a paper on which no candidate is marked is *blank*;
- under a rule without equal places the ranking ends before the first equal place, and a paper that begins with one is
  *invalid* (under ``irv``, where an overvote exhausts a paper, it is valid and exhausted at once); under ``one`` and
  ``several`` each method note says how many marks make a paper invalid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from consult.domain.errors import Refused

Level: TypeAlias = int | tuple[int, ...]
Ranking: TypeAlias = tuple[Level, ...]


class Paper(NamedTuple):
    """One paper where a bare ranking does not say enough.

    `verdicts` has one character per candidate: ``+`` for, ``-`` against, ``0`` abstain (policy primary only).
    `unit` is the key of the voter's unit (double majority only).
    """

    ranking: Ranking
    verdicts: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """`weight` identical papers, or one paper of that weight (a delegate's card vote)."""

    paper: Ranking | bytes | Paper
    weight: int


#: What the counters take: papers one by one, groups, or a mapping paper → weight.
Papers: TypeAlias = Iterable[Ranking | bytes | Paper | Group] | Mapping[Any, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody or something to vote for.

    `key` is the identity that enters the lot and never shows; from a file it is the position, from "1".
    Two candidates may share a name, never a key.
    """

    key: str
    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reserve:
    """Of the places to fill, at least `minimum` and at most `maximum` (None: no limit) for candidates in `group`."""

    group: str
    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True)
class Contest:
    """One question with its candidates; everything a count needs besides the papers, the method and the seed."""

    ballot_id: str
    candidates: tuple[Candidate, ...]
    seats: int = 1
    withdrawn: frozenset[int] = frozenset()
    reserves: tuple[Reserve, ...] = ()
    #: Index of "re-open nominations", or None.
    ron: int | None = None
    #: Members on the frozen roll, where a base or a quorum needs it.
    roll: int | None = None
    #: Members on the roll per unit key, where a double majority needs it.
    units: Mapping[str, int] = field(default_factory=dict)
    #: The method's own settings; `methods.Method.settings` lists them with their defaults.
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def standing(self) -> tuple[int, ...]:
        """Indexes of the candidates who have not withdrawn.

        >>> Contest("b", (Candidate("1", "Ann"), Candidate("2", "Bo")), withdrawn=frozenset({0})).standing
        (1,)
        """
        return tuple(i for i in range(len(self.candidates)) if i not in self.withdrawn)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names made distinct: the second Sam in ballot order is "Sam #2".

        >>> Contest("b", (Candidate("1", "Sam"), Candidate("2", "Sam"), Candidate("3", "Bo"))).labels
        ('Sam', 'Sam #2', 'Bo')
        """
        names = {c.name for c in self.candidates}
        used: set[str] = set()
        labels: list[str] = []
        for candidate in self.candidates:
            label, number = candidate.name, 1
            while label in used or (number > 1 and label in names):
                number += 1
                label = f"{candidate.name} #{number}"
            used.add(label)
            labels.append(label)
        return tuple(labels)

    def groups_of(self, index: int) -> tuple[str, ...]:
        """The reserved groups the candidate belongs to, in the order of `reserves`."""
        mine = self.candidates[index].groups
        return tuple(reserve.group for reserve in self.reserves if reserve.group in mine)


def pack(ranking: Ranking) -> bytes:
    """A ranking without equal places as one byte per preference (at most 256 candidates).

    >>> pack((2, 0, 1))
    b'\\x02\\x00\\x01'
    """
    return bytes(ranking)  # type: ignore[arg-type]  # an equal place raises TypeError, which is the point


def as_paper(given: Ranking | bytes | Paper) -> Paper:
    """Any form of one paper as a `Paper`.

    >>> as_paper(b"\\x02\\x00")
    Paper(ranking=(2, 0), verdicts='', unit='')
    """
    if isinstance(given, Paper):
        return given
    return Paper(tuple(given))


def group_papers(papers: Papers) -> dict[Ranking | bytes | Paper, int]:
    """Identical papers counted together: paper → weight, exact.  Raises `Refused` on a weight not a whole number.

    >>> group_papers([(0, 1), (0, 1), Group((2,), 5)])
    {(0, 1): 2, (2,): 5}
    """
    if isinstance(papers, Mapping):
        for paper, weight in papers.items():
            _check_weight(paper, weight)
        return {paper: weight for paper, weight in papers.items() if weight}
    items: Iterable[Any] = papers
    counted: Counter[Any] = Counter(items)
    if not any(isinstance(paper, Group) for paper in counted):
        return counted
    grouped: dict[Ranking | bytes | Paper, int] = {}
    for given, times in counted.items():
        paper, weight = given, 1
        if isinstance(given, Group):
            _check_weight(given.paper, given.weight)
            paper, weight = given.paper, given.weight
        if times * weight:
            grouped[paper] = grouped.get(paper, 0) + times * weight
    return grouped


def _check_weight(paper: object, weight: object) -> None:
    if type(weight) is not int or weight < 0:
        raise Refused(f"The weight of a paper must be a whole number, not {weight!r} (paper {paper!r}).")
