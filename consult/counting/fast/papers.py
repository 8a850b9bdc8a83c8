"""Papers sorted by first preference without looking further, and reduced to what is left of them when they move.

A paper that never moves is never read beyond its first preference.  When it moves, everybody who is out of the running
is struck off it at once (`bytes.translate`, one call per paper in C); papers alike from then on are counted together,
so that bundles grow fewer as candidates leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from consult.counting.contest import Contest, Group, Paper, Papers
from consult.counting.result import Ballots
from consult.domain.errors import Refused

#: How many papers tell whether many are alike.
SAMPLE = 256
FIRST = 20_000


def strict(contest: Contest, ranking: Any, gap_ends: bool) -> tuple[int, ...]:
    """The preferences on a paper under a rule without equal places; see `contest` for how a paper is read.

    >>> from consult.counting.contest import Candidate
    >>> abcd = tuple(Candidate(n, n) for n in "abcd")
    >>> strict(Contest("b", abcd, withdrawn=frozenset({0})), (3, 0, 3, (0, 1), (0, 2), (), 1), True)
    (3, 1, 2)
    """
    read: list[int] = []
    for level in ranking:
        live = [level] if type(level) is int else list(dict.fromkeys(level))
        if not live and gap_ends:
            break
        live = [c for c in live if standing(contest, c) and c not in read]
        if len(live) > 1:
            break
        read += live
    return tuple(read)


def levels(contest: Contest, ranking: Any) -> tuple[tuple[int, ...], ...]:
    """The places on a paper under a rule with equal places; skipped places are passed over.

    >>> from consult.counting.contest import Candidate
    >>> levels(Contest("b", tuple(Candidate(n, n) for n in "abc"), withdrawn=frozenset({0})), ((2, 0), (), 0, 2, 1))
    ((2,), (1,))
    """
    read: set[int] = set()
    places: list[tuple[int, ...]] = []
    for level in ranking:
        live = {c for c in ((level,) if type(level) is int else level) if standing(contest, c) and c not in read}
        if live:
            places.append(tuple(sorted(live)))
            read |= live
    return tuple(places)


def standing(contest: Contest, candidate: int) -> bool:
    """Whether a candidate written on a paper stands.  Raises `Refused` where there is no such candidate."""
    if not 0 <= candidate < len(contest.candidates):
        raise Refused(f"A paper names candidate {candidate + 1}, but there are {len(contest.candidates)}.")
    return candidate not in contest.withdrawn


def alike(papers: list[Any]) -> bool:
    """Whether a good part of the papers are alike, judged by the first of them: then it pays to bundle before sorting."""
    sample = papers[:FIRST]
    try:
        return len(sample) == FIRST and 5 * len(set(sample)) < 3 * FIRST
    except TypeError:  # not hashable, so not papers; sorting says so
        return False


class Box:
    """The papers of a contest by first preference: `loose` one by one, `bundled` with weights."""

    def __init__(self, contest: Contest, papers: Papers, *, gap_ends: bool) -> None:
        self.contest, self.gap_ends = contest, gap_ends
        self.loose: list[list[Any]] = [[] for _ in contest.candidates]
        self.bundled: list[dict[Any, int]] = [{} for _ in contest.candidates]
        self.blank = self.invalid = 0
        if isinstance(papers, Mapping):
            self._sort_groups(papers)
        elif alike(papers := papers if isinstance(papers, list) else list(papers)):
            self._sort_groups(Counter(papers))
        else:
            self._sort(papers)

    def _sort(self, papers: Iterable[Any]) -> None:
        lay = {i: self.loose[i].append for i in self.contest.standing}
        rest, paper = iter(papers), None
        while True:
            try:
                for paper in rest:
                    lay[paper[0]](paper)
                return
            except (KeyError, IndexError, TypeError):  # anything but a bare ranking with a plain first preference
                self._add(paper, 1)

    def _sort_groups(self, papers: Mapping[Any, int]) -> None:
        lay = {i: self.bundled[i] for i in self.contest.standing}
        for paper, weight in papers.items():
            try:
                if type(weight) is not int or weight <= 0:
                    raise TypeError
                pile = lay[paper[0]]
                pile[paper] = pile.get(paper, 0) + weight
            except (KeyError, IndexError, TypeError):
                self._add(paper, weight)

    def _add(self, paper: Any, weight: int) -> None:
        if type(weight) is not int or weight < 0:
            raise Refused(f"The weight of a paper must be a whole number, not {weight!r} (paper {paper!r}).")
        if type(paper) is Group:
            self._add(paper.paper, weight * paper.weight if type(paper.weight) is int else paper.weight)
            return
        ranking = paper.ranking if type(paper) is Paper else paper
        try:
            plain = ranking if type(ranking) is bytes and not self.contest.withdrawn else None
            plain = plain or strict(self.contest, ranking, self.gap_ends)
        except TypeError:
            raise Refused(f"This is not a paper: {paper!r}.") from None
        if plain and weight:
            standing(self.contest, plain[0])
            pile = self.bundled[plain[0]]
            pile[plain] = pile.get(plain, 0) + weight
        elif not weight:
            return
        elif levels(self.contest, ranking):
            self.invalid += weight
        else:
            self.blank += weight

    def firsts(self) -> list[int]:
        """First preferences of each candidate."""
        return [len(a) + sum(b.values()) for a, b in zip(self.loose, self.bundled, strict=True)]

    def ballots(self) -> Ballots:
        """Valid, blank and invalid papers."""
        return Ballots(sum(self.firsts()), self.blank, self.invalid)

    def take(self, candidate: int, gone: Iterable[int]) -> Pile:
        """The candidate's papers with everybody in `gone` struck off.  They leave the box."""
        loose, self.loose[candidate] = self.loose[candidate], []
        bundled, self.bundled[candidate] = self.bundled[candidate], {}
        gone = frozenset(gone) | self.contest.withdrawn
        pile, struck = Pile(), bytes(gone)
        try:
            if loose and type(loose[0]) is bytes:
                pile.add_loose([paper.translate(None, struck) for paper in loose])
            else:
                pile.add_loose([bytes(paper).translate(None, struck) for paper in loose])
            loose = []
        except (AttributeError, TypeError, ValueError):  # papers of several forms, or an equal or skipped place
            pass
        together, get = pile.bundled, pile.bundled.get
        for papers in (bundled.items(), ((paper, 1) for paper in loose)):
            for paper, weight in papers:
                try:
                    left = bytes(paper).translate(None, struck)
                except (TypeError, ValueError):
                    left = bytes(c for c in strict(self.contest, paper, self.gap_ends) if c not in gone)
                together[left] = get(left, 0) + weight
        return pile


class Pile:
    """Papers that have moved: what is left of each.

    `loose` papers weigh one each; `bundled` are alike ones counted together.  Bundling is worth its time only where
    many are alike, so papers stay loose until a sample says so.
    """

    __slots__ = ("bundled", "loose")

    def __init__(self) -> None:
        self.loose: list[bytes] = []
        self.bundled: dict[bytes, int] = {}

    def __bool__(self) -> bool:
        return bool(self.loose or self.bundled)

    def add_loose(self, papers: list[bytes]) -> None:
        """Adds papers of weight one, bundled where many are alike."""
        sample = papers[:: max(1, len(papers) // SAMPLE)]
        if 2 * len(set(sample)) > len(sample):
            self.loose = self.loose + papers if self.loose else papers
            return
        for paper, weight in Counter(papers).items():
            self.bundled[paper] = self.bundled.get(paper, 0) + weight

    def add(self, other: Pile) -> None:
        """Takes the other's papers in."""
        if other.loose:
            self.loose = self.loose + other.loose if self.loose else other.loose
        for paper, weight in other.bundled.items():
            self.bundled[paper] = self.bundled.get(paper, 0) + weight

    def strike(self, gone: Iterable[int]) -> Pile:
        """What is left of the papers without those in `gone`; they were on top of, or further down, these papers."""
        left = Pile()
        struck = bytes(gone)
        left.add_loose([paper.translate(None, struck) for paper in self.loose])
        get = left.bundled.get
        for paper, weight in self.bundled.items():
            kept = paper.translate(None, struck)
            left.bundled[kept] = get(kept, 0) + weight
        return left

    def deal(self, size: int) -> dict[int | None, tuple[Pile, int]]:
        """The papers by the candidate now on top, with their weight; None for those on which nobody is left."""
        dealt = [Pile() for _ in range(size)]
        lay = [pile.loose.append for pile in dealt]
        weights = [0] * size
        spent = self.bundled.get(b"", 0) + len(self.loose)
        try:
            for paper in filter(None, self.loose):
                lay[paper[0]](paper)
            for paper, weight in self.bundled.items():
                if paper:
                    weights[paper[0]] += weight
                    dealt[paper[0]].bundled[paper] = weight
        except IndexError:
            raise Refused(f"A paper names candidate {paper[0] + 1}, but there are {size}.") from None
        for candidate, pile in enumerate(dealt):
            weights[candidate] += len(pile.loose)
            spent -= len(pile.loose)
        found: dict[int | None, tuple[Pile, int]] = {c: (dealt[c], w) for c, w in enumerate(weights) if w}
        return {**found, None: (Pile(), spent)} if spent else found

    def merged(self) -> dict[bytes, int]:
        """All papers bundled."""
        together: dict[bytes, int] = Counter(self.loose)
        for paper, weight in self.bundled.items():
            together[paper] = together.get(paper, 0) + weight
        return together


def strike(bundles: Mapping[bytes, int], gone: Iterable[int]) -> dict[bytes, int]:
    """Bundles with everybody in `gone` struck off and alike ones together."""
    pile = Pile()
    pile.bundled = dict(bundles)
    return pile.strike(gone).bundled
