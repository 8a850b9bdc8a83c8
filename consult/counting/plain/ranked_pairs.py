"""Ranked pairs with winning votes: N. Tideman, Social Choice and Welfare 4 (1987) 185-206.

1. Every win of one candidate over another is put in order: more papers for it first, then fewer against it.
2. In that order each win is locked in, unless it would close a circle of wins already locked.
3. Whoever no locked win beats comes first, and so on down.
Wins alike in both numbers that cannot all be locked together are taken in the order of the lot: those of the luckiest
winner first, and of those the one over the unluckiest loser.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from consult.counting.contest import Contest, Papers
from consult.counting.methods import METHODS
from consult.counting.plain.ballots import sort_papers
from consult.counting.plain.chance import Lot
from consult.counting.plain.pairs import Table, as_matrix, compare, fill_places, levels_by
from consult.counting.plain.places import written_down
from consult.counting.result import Count, Stage

Pair = tuple[int, int]


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where a lot decides and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> count(Contest("b", abc), [(0, 1, 2)] * 4 + [(1, 2, 0)] * 3 + [(2, 0, 1)] * 2).winners
    (0,)
    """
    box = sort_papers(contest, papers, equal_places=True)
    lot = Lot(contest, seed)
    standing = contest.standing
    table = compare(contest, box.ballots)
    locked, skipped = lock(table, lot)
    settled = set(locked)
    levels = levels_by(lambda x, y: (x, y) in settled, standing)
    rest = METHODS["ranked-pairs"].setting(contest, "ron") == "rest"
    elected, ranking = fill_places(rest, contest, levels, lot) if box.valid else ([], tuple(levels))
    reach = {i: len(reached_from(beaten_by(locked), i)) for i in standing}
    stage = Stage(
        number=1,
        action="locking",
        votes=tuple(reach.get(i) for i in range(len(contest.candidates))),
        elected=tuple(elected),
    )
    name = contest.labels

    def shown(pairs: list[Pair]) -> list[tuple[str, str, int, int]]:
        return [(name[x], name[y], table[x, y], table[y, x]) for x, y in pairs]

    return written_down(
        "ranked-pairs",
        contest,
        box,
        elected,
        [stage],
        lot,
        ranking=ranking,
        pairwise=as_matrix(contest, table),
        tallies={"locked": shown(locked), "skipped": shown(skipped)},
    )


def lock(table: Table, lot: Lot) -> tuple[list[Pair], list[Pair]]:
    """The wins locked in and those left out, in the order in which they were taken."""
    wins = [pair for pair, votes in table.items() if votes > table[pair[1], pair[0]]]

    def strength(pair: Pair) -> tuple[int, int]:
        return -table[pair], table[pair[1], pair[0]]

    locked: list[Pair] = []
    skipped: list[Pair] = []
    beaten: dict[int, set[int]] = {}
    for _, alike in groupby(sorted(wins, key=lambda pair: (strength(pair), pair)), key=strength):
        group = list(alike)
        free = {(x, y) for x, y in group if x not in reached_from(beaten, y)}
        with_all = beaten_by([*locked, *free])
        if any(x in reached_from(with_all, y) for x, y in free):
            tied = sorted({i for pair in free for i in pair})
            lot.draw(tied, 1, "pair")
            drawn = lot.drawn or ()
            ordered = sorted(free, key=lambda pair: (drawn.index(pair[0]), -drawn.index(pair[1])))
            lot.record(1, "pair", tied, (ordered[0][0],), (), True)
            group = [pair for pair in group if pair not in free] + ordered
        for x, y in group:
            if x in reached_from(beaten, y):
                skipped.append((x, y))  # it would close a circle
            else:
                locked.append((x, y))
                beaten.setdefault(x, set()).add(y)
    return locked, skipped


def leads(locked: Iterable[Pair], start: int, end: int) -> bool:
    """Whether locked wins lead from `start` to `end`.

    >>> leads([(0, 1), (1, 2)], 0, 2), leads([(0, 1), (1, 2)], 2, 0)
    (True, False)
    """
    return end in reached_from(beaten_by(locked), start)


def beaten_by(locked: Iterable[Pair]) -> dict[int, set[int]]:
    """Whom each candidate beats by a locked win."""
    beaten: dict[int, set[int]] = {}
    for x, y in locked:
        beaten.setdefault(x, set()).add(y)
    return beaten


def reached_from(beaten: dict[int, set[int]], start: int) -> set[int]:
    """Everybody to whom wins lead from `start`, in one step or more."""
    reached: set[int] = set()
    edge = [start]
    while edge:
        new = beaten.get(edge.pop(), set()) - reached
        reached |= new
        edge += new
    return reached
