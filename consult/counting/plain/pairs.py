"""Pairwise comparison, paper by paper: how many papers prefer one candidate to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from consult.counting.contest import Contest
from consult.counting.plain.ballots import Ballot
from consult.counting.plain.chance import Lot

Table = dict[tuple[int, int], int]


def compare(contest: Contest, ballots: Iterable[Ballot]) -> Table:
    """`table[x, y]` papers prefer x to y: x is ranked and y is ranked lower or not at all."""
    standing = contest.standing
    table = {(x, y): 0 for x in standing for y in standing if x != y}
    for ballot in ballots:
        last = len(ballot.levels)
        place = {i: at for at, level in enumerate(ballot.levels) for i in level}
        for x, y in table:
            if place.get(x, last) < place.get(y, last):
                table[x, y] += ballot.weight
    return table


def as_matrix(contest: Contest, table: Table) -> tuple[tuple[int, ...], ...]:
    """The table as rows over all candidates in ballot order; the withdrawn and the diagonal have 0."""
    everyone = range(len(contest.candidates))
    return tuple(tuple(table.get((x, y), 0) for y in everyone) for x in everyone)


def levels_by(beats: Callable[[int, int], bool], candidates: Iterable[int]) -> list[tuple[int, ...]]:
    """Levels from the first: each holds those whom nobody left beats.

    >>> levels_by(lambda x, y: (x, y) in {(2, 0), (2, 1)}, [0, 1, 2])
    [(2,), (0, 1)]
    """
    left = set(candidates)
    levels = []
    while left:
        unbeaten = tuple(sorted(x for x in left if not any(beats(y, x) for y in left if y != x)))
        levels.append(unbeaten)
        left -= set(unbeaten)
    return levels


def fill_places(
    rest: bool, contest: Contest, levels: Iterable[tuple[int, ...]], lot: Lot, stage: int = 1
) -> tuple[list[int], tuple[tuple[int, ...], ...]]:
    """The places from the first level down, and the ranking with every level that the lot had to part taken apart.

    `rest` says that nobody comes after re-open nominations.
    """
    elected: list[int] = []
    ranking: list[tuple[int, ...]] = []
    closed = False
    for level in levels:
        left = 0 if closed else contest.seats - len(elected)
        drawn: list[int] = []
        if left and len(level) > left:
            drawn = lot.draw(level, stage, "place")[:left]
            lot.record(stage, "place", level, drawn, (), True)
        elif left and rest and contest.ron in level and len(level) > 1:
            drawn = lot.draw(level, stage, "order")
            lot.record(stage, "order", level, drawn, (), True)
        for candidate in (drawn or level)[:left]:
            if not closed:
                elected.append(candidate)
                closed = rest and candidate == contest.ron
        ranking += [(i,) for i in drawn]
        others = tuple(i for i in level if i not in drawn)
        ranking += [others] if others else []
    return elected, tuple(ranking)
