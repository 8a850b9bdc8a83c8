"""Ranked pairs with winning votes: N. Tideman, Social Choice and Welfare 4 (1987) 185–206; ties as Zavist’s and his."""

from __future__ import annotations

from itertools import groupby

from consult.counting.contest import Contest, Papers
from consult.counting.fast.pairwise import Table, compare, levels_of_relation
from consult.counting.fast.places import allot
from consult.counting.fast.plurality import one_stage
from consult.counting.fast.ties import Ties
from consult.counting.result import Count, Tie

Pair = tuple[int, int]


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts; wins are locked strongest first (most votes for, then fewest against) unless they would close a circle.

    Equally strong wins are locked together where that closes no circle; only else does a lot order them.
    """
    table, ballots = compare(contest, papers)
    ties = Ties(contest, seed)
    locking = Locking(table, contest, ties)
    levels = levels_of_relation(contest.standing, locking.below)
    elected, levels = allot(contest, levels, ties, 1) if ballots.valid else ([], levels)
    names = contest.labels
    tallies = {
        what: [[names[i], names[j], table[i][j], table[j][i]] for i, j in pairs]
        for what, pairs in (("locked", locking.locked), ("skipped", locking.skipped))
    }
    wins = [len(b) for b in locking.below]
    return one_stage(
        "ranked-pairs", contest, "locking", wins, ballots, ties, elected, levels, pairwise=table, tallies=tallies
    )


class Locking:
    """Wins locked so far.  `below[i]` is everybody reached from i by locked wins."""

    def __init__(self, table: Table, contest: Contest, ties: Ties) -> None:
        self.below: list[set[int]] = [set() for _ in table]
        self.locked: list[Pair] = []
        self.skipped: list[Pair] = []
        self.ties = ties
        standing = contest.standing
        wins = [(i, j) for i in standing for j in standing if table[i][j] > table[j][i]]

        def strength(pair: Pair) -> tuple[int, int]:
            return -table[pair[0]][pair[1]], table[pair[1]][pair[0]]

        for _, equal in groupby(sorted(wins, key=lambda pair: (strength(pair), pair)), key=strength):
            self._lock(list(equal))

    def _lock(self, equal: list[Pair]) -> None:
        possible = [(i, j) for i, j in equal if i not in self.below[j]]
        self.skipped += [pair for pair in equal if pair not in possible]
        if self._circle(possible):
            possible = self._by_lot(possible)
        for i, j in possible:
            if i in self.below[j]:
                self.skipped.append((i, j))
            else:
                self.locked.append((i, j))
                self._add(self.below, i, j)

    def _circle(self, pairs: list[Pair]) -> bool:
        trial = [set(reached) for reached in self.below]
        for i, j in pairs:
            if i in trial[j]:
                return True
            self._add(trial, i, j)
        return False

    @staticmethod
    def _add(below: list[set[int]], i: int, j: int) -> None:
        new = below[j] | {j}
        for c, reached in enumerate(below):
            if c == i or i in reached:
                reached |= new

    def _by_lot(self, pairs: list[Pair]) -> list[Pair]:
        """The pair whose winner is luckier first; of one winner's, that whose loser is unluckier."""
        tied = sorted({c for pair in pairs for c in pair})
        place = {c: at for at, c in enumerate(self.ties.draw(tied, 1, "pair"))}
        ordered = sorted(pairs, key=lambda pair: (place[pair[0]], -place[pair[1]]))
        self.ties.records.append(Tie(1, "pair", tuple(tied), (ordered[0][0],), (), True))
        return ordered
