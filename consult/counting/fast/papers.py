"""Papers sorted by first preference without looking further, and read on only when they move.

A paper that never moves is never read beyond its first preference.  Where many papers are alike they are counted
together from the start, and everybody who is out of the running is struck off a bundle at once (`bytes.translate`), so
that bundles grow fewer as candidates leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from consult.counting.contest import Contest, Group, Paper, Papers
from consult.counting.result import Ballots
from consult.domain.errors import Refused

#: How many papers tell whether many are alike.
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
    """Whether many of the papers are alike, judged by the first of them: then it pays to bundle before sorting."""
    sample = papers[:FIRST]
    try:
        return len(sample) == FIRST and 10 * len(set(sample)) < 3 * FIRST
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
            bare = type(ranking) is bytes and not self.contest.withdrawn
            plain: Any = (bare and ranking) or strict(self.contest, ranking, self.gap_ends)
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

    def take(self, candidate: int) -> Pile:
        """The candidate's papers as they are.  They leave the box."""
        pile = Pile(self)
        pile.loose, self.loose[candidate] = self.loose[candidate], []
        for paper, weight in self.bundled[candidate].items():
            read = self.packed(paper)
            pile.bundled[read] = pile.bundled.get(read, 0) + weight
        self.bundled[candidate] = {}
        return pile

    def bundle(self, candidate: int, gone: Iterable[int] = ()) -> dict[bytes, int]:
        """The candidate's papers with everybody in `gone` struck off, alike ones together.  They leave the box."""
        gone = frozenset(gone) | self.contest.withdrawn
        pile = self.take(candidate)
        try:
            read = [bytes(paper) for paper in pile.loose]
        except (TypeError, ValueError):  # an equal or skipped place somewhere
            read = [self.packed(paper) for paper in pile.loose]
        struck = bytes(gone)
        return strike(pile.bundled, gone, Counter([paper.translate(None, struck) for paper in read]))

    def packed(self, paper: Any) -> bytes:
        """A paper's preferences, one byte each."""
        try:
            return bytes(paper)
        except (TypeError, ValueError):
            return bytes(strict(self.contest, paper, self.gap_ends))


class Pile:
    """Papers with one candidate: `loose` as they came and of weight one, `bundled` packed, struck and with weights."""

    __slots__ = ("box", "bundled", "loose")

    def __init__(self, box: Box) -> None:
        self.box = box
        self.loose: list[Any] = []
        self.bundled: dict[bytes, int] = {}

    def __bool__(self) -> bool:
        return bool(self.loose or self.bundled)

    def deal(self, piles: Mapping[int, Pile]) -> dict[int | None, int]:
        """Puts each paper on the pile of its first candidate among `piles`; the weights that went to each of them, and
        to None where a paper names none of them.

        A loose paper is read only up to there and moved as it is, so that it costs little to move and nothing to make.
        """
        size = len(self.box.contest.candidates)
        struck = bytes(set(range(size)) - piles.keys())
        before = {c: len(pile.loose) for c, pile in piles.items()}
        lay = [piles[c].loose.append if c in piles else None for c in range(size)]
        spent, rest, paper = 0, iter(self.loose), None
        while True:
            try:
                for paper in rest:
                    for candidate in paper:
                        put = lay[candidate]
                        if put is not None:
                            put(paper)
                            break
                    else:
                        spent += 1
                break
            except (TypeError, IndexError):  # an equal or skipped place, or no such candidate
                top = next((c for c in strict(self.box.contest, paper, self.box.gap_ends) if c in piles), None)
                spent += top is None
                if top is not None:
                    piles[top].loose.append(paper)
        weights: dict[int | None, int] = {c: len(pile.loose) - before[c] for c, pile in piles.items()}
        weights[None] = spent
        self._deal_bundles(piles, weights, struck)
        return {c: weight for c, weight in weights.items() if weight}

    def _deal_bundles(self, piles: Mapping[int, Pile], weights: dict[int | None, int], struck: bytes) -> None:
        for paper, weight in self.bundled.items():
            left = paper.translate(None, struck)
            if not left:
                weights[None] += weight
                continue
            top = left[0]
            if top not in piles:
                standing(self.box.contest, top)
            weights[top] += weight
            bundled = piles[top].bundled
            bundled[left] = bundled.get(left, 0) + weight


def strike(bundles: Mapping[bytes, int], gone: Iterable[int], into: dict[bytes, int] | None = None) -> dict[bytes, int]:
    """Bundles with everybody in `gone` struck off and alike ones together, added to `into`."""
    together: dict[bytes, int] = {} if into is None else into
    struck = bytes(gone)
    for paper, weight in bundles.items():
        left = paper.translate(None, struck)
        together[left] = together.get(left, 0) + weight
    return together
