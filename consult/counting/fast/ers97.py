"""ERS97: Newland and Britton, How to Conduct an Election by the Single Transferable Vote, 3rd ed., 1997, section 5."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from consult.counting.contest import Contest, Papers
from consult.counting.fast.irv import lowest
from consult.counting.fast.papers import Box, strike
from consult.counting.fast.places import Places
from consult.counting.fast.ties import Ties
from consult.counting.methods import METHODS
from consult.counting.result import Count, Stage, Tie, Transfer

#: Votes are whole hundredths (5.1.6, 5.3.7).
UNIT = 100

Bundles = dict[Any, int]


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts; ties go by the earliest point at which the tied differed (5.2.3, 5.2.5), then by lot."""
    counting = Counting(contest, papers, seed)
    counting.run()
    places = counting.places
    return Count(
        "ers97", METHODS["ers97"].version, contest.seats, contest.labels, counting.ballots, places.winners,
        tuple(counting.stages), Fraction(counting.quota, UNIT), 2, tuple(counting.ties.records),
        withdrawn=tuple(sorted(contest.withdrawn)), ron=contest.ron, unfilled=places.unfilled,
        permutation=counting.ties.permutation,
    )  # fmt: skip


class Counting:
    """One count in progress.  `ties.history` has a point after every batch."""

    def __init__(self, contest: Contest, papers: Papers, seed: str | None) -> None:
        self.contest = contest
        self.ties = Ties(contest, seed, "earliest")
        self.places = Places(contest, self.ties)
        self.box = Box(contest, papers, gap_ends=True)
        self.ballots = self.box.ballots()
        self.votes = [first * UNIT for first in self.box.firsts()]
        #: Batches received since the first stage, in order: (value, papers).
        self.batches: list[list[tuple[int, Bundles]]] = [[] for _ in self.votes]
        self.quota = self.spent = self.loss = 0
        self.stages: list[Stage] = []
        self.newly: list[int] = []

    @property
    def number(self) -> int:
        """The number of the stage in progress."""
        return len(self.stages) + 1

    def run(self) -> None:
        """All stages, to the end."""
        if not self.ballots.valid:
            self._close("first-preferences")
            return
        self._set_quota()
        self._point()
        self._close("first-preferences")
        if self.places.remaining():  # 4.3
            self._deem(())
        while not self.places.done:
            over = [c for c in self.places.elected if self.votes[c] > self.quota]
            surplus = sum(self.votes[c] - self.quota for c in over)
            if not self.places.doomed and over and not self._deferred(surplus):
                self._surplus(self._largest(over))
                continue
            out = self._next_out(surplus)
            if len(self.places.continuing) - len(out) <= self.places.left:  # 5.5.1
                self._deem(out)
            else:
                self._exclude(out)

    # -- quota and election ------------------------------------------------------------------------------------------

    def _set_quota(self) -> None:
        """5.1.6, 5.4.8: to two decimals; an exact quotient is the quota, otherwise add 0.01."""
        self.quota = -(-(self.ballots.valid * UNIT - self.spent) // (self.contest.seats + 1))

    def _point(self) -> None:
        """After a batch: remember the votes, then deem elected (5.1.7, 5.3.13, 5.4.9)."""
        self.ties.history.append((self.number, tuple(self.votes)))
        places, votes = self.places, self.votes
        while not places.done:
            # 5.6.1: the total active vote.
            held = sum(min(votes[c], self.quota) for c in places.elected)
            active = self.ballots.valid * UNIT - self.spent - self.loss - held
            able = places.continuing - places.doomed
            most = max((votes[c] for c in able), default=-1)
            if most < 0 or (most < self.quota and most * (places.left + 1) < active):
                return
            level = [c for c in able if votes[c] == most]
            fitting = level if len(level) <= places.left else self._separable(level)
            chosen = places.elect(fitting, votes, self.number)
            if not chosen:
                return
            self.newly += chosen

    def _separable(self, level: list[int]) -> list[int]:
        """5.6.2: of equals too many for the places, those whom some earlier point puts above the rest; or none."""
        room, left = self.places.left, set(level)
        chosen: list[int] = []
        looked: list[int] = []
        for stage, votes in self.ties.history:
            amounts = sorted({votes[c] for c in left}, reverse=True)
            if len(amounts) < 2:
                continue
            looked.append(stage)
            for amount in amounts:
                here = [c for c in left if votes[c] == amount]
                if len(chosen) + len(here) > room:
                    left = set(here) if len(chosen) < room else set()
                    break
                chosen += here
        if chosen:
            ordered = [c for same in self.ties.in_order(chosen, self.votes) for c in same]
            seen = tuple(dict.fromkeys(looked))
            self.ties.records.append(Tie(self.number, "place", tuple(sorted(level)), tuple(ordered), seen, False))
        return chosen

    def _deem(self, out: Iterable[int]) -> None:
        """4.3, 5.5.1: whoever would be left is elected, and no more papers move."""
        stage = self.stages[-1]
        deemed = tuple(self.places.elect(self.places.continuing - set(out), self.votes, self.number))
        self.places.closed = True
        self.stages[-1] = replace(stage, elected=stage.elected + deemed, deemed=deemed)

    # -- surpluses ---------------------------------------------------------------------------------------------------

    def _deferred(self, surplus: int) -> bool:
        """5.2.2: whether the surpluses together could change neither (a) who is lowest nor (b) who goes together."""
        if self.contest.reserves:
            return False
        first, second = sorted(self.votes[c] for c in self.places.continuing)[:2]
        return surplus <= second - first or bool(self._together(surplus))

    def _largest(self, over: list[int]) -> int:
        most = max(self.votes[c] for c in over)
        tied = [c for c in over if self.votes[c] == most]
        return tied[0] if len(tied) == 1 else self.ties.pick(tied, self.number, "surplus", lowest=False)

    def _surplus(self, source: int) -> None:
        """5.3: of the last batch only, at surplus ÷ transferable papers to two decimals, never above present value."""
        surplus = self.votes[source] - self.quota
        present, bundles = self._last_batch(source)
        none = bundles.pop(b"", 0) + bundles.pop((), 0)
        papers = sum(bundles.values())
        value = min(present, surplus // papers) if papers * present > surplus else present
        transfers = self._give({source: bundles}, value)
        difference = surplus - papers * value
        if papers * present > surplus:
            self.loss += difference  # 5.3.9: the neglected remainder
        else:
            self.spent += difference
            if difference:
                transfers.append(Transfer(source, None, none, Fraction(difference, UNIT)))
        self.votes[source] = self.quota
        self._point()
        self._close("surplus", (source,), transfers)

    def _last_batch(self, source: int) -> tuple[int, Bundles]:
        gone = self.places.gone
        if self.batches[source]:
            value, bundles = self.batches[source].pop()
            return value, strike(bundles, gone)
        return UNIT, self.box.bundle(source, gone)

    # -- exclusions --------------------------------------------------------------------------------------------------

    def _next_out(self, surplus: int) -> tuple[int, ...]:
        """5.2.5: a doomed candidate, or as many together as possible, or the lowest."""
        places = self.places
        if places.doomed:
            return (lowest(places.doomed, self.votes, self.ties, self.number),)
        together = () if self.contest.reserves else self._together(surplus)
        return together or (lowest(places.continuing - places.guarded, self.votes, self.ties, self.number),)

    def _together(self, surplus: int) -> tuple[int, ...]:
        """5.2.5: the most candidates, two or more, who may go together; equal votes are not parted."""
        order = sorted(self.places.continuing, key=lambda c: self.votes[c])
        best: tuple[int, ...] = ()
        total = surplus
        for size in range(1, len(order) - self.places.left + 1):
            total += self.votes[order[size - 1]]
            above = self.votes[order[size]]
            if size > 1 and total <= above and self.votes[order[size - 1]] < above:
                best = tuple(sorted(order[:size]))
        return best

    def _exclude(self, out: tuple[int, ...]) -> None:
        """5.4: batches in descending order of value, electing after each, until every place is filled (5.5.2)."""
        self.places.exclude(out)
        piles: dict[int, dict[int, list[Bundles]]] = {}
        for loser in out:
            piles.setdefault(UNIT, {})[loser] = [self.box.bundle(loser)]
            for value, bundles in self.batches[loser]:
                piles.setdefault(value, {}).setdefault(loser, []).append(bundles)
            self.batches[loser] = []
        transfers: list[Transfer] = []
        for value in sorted(piles, reverse=True):
            if not any(any(some) for some in piles[value].values()):
                continue
            if self.places.done:
                break
            transfers += self._batch(piles[value], value)
            if not self.places.elected:
                self._set_quota()  # 5.4.8
            self._point()
        self._close("exclusion", out, transfers, out)

    def _batch(self, piles: dict[int, list[Bundles]], value: int) -> list[Transfer]:
        gone, sources = self.places.gone, {}
        lost: list[Transfer] = []
        for loser, several in piles.items():
            mine: Bundles = {}
            for bundles in several:
                for paper, weight in strike(bundles, gone).items():
                    mine[paper] = mine.get(paper, 0) + weight
            self.votes[loser] -= sum(mine.values()) * value
            none = mine.pop(b"", 0) + mine.pop((), 0)
            self.spent += none * value
            lost.append(Transfer(loser, None, none, Fraction(none * value, UNIT)))
            sources[loser] = mine
        return self._give(sources, value) + lost

    def _give(self, sources: dict[int, Bundles], value: int) -> list[Transfer]:
        """Hands papers on at `value`; what a candidate receives here, from however many, is one batch."""
        transfers: list[Transfer] = []
        batches: dict[int, Bundles] = {}
        for source, bundles in sources.items():
            got: dict[int, int] = {}
            for paper, weight in bundles.items():
                target = paper[0]
                got[target] = got.get(target, 0) + weight
                batch = batches.setdefault(target, {})
                batch[paper] = batch.get(paper, 0) + weight
            for target, weight in got.items():
                self.votes[target] += weight * value
                transfers.append(Transfer(source, target, weight, Fraction(weight * value, UNIT)))
        for target, batch in batches.items():
            self.batches[target].append((value, batch))
        return transfers

    def _close(
        self,
        action: str,
        subjects: tuple[int, ...] = (),
        transfers: Iterable[Transfer] = (),
        excluded: tuple[int, ...] = (),
    ) -> None:
        shown = tuple(None if c in self.contest.withdrawn else Fraction(v, UNIT) for c, v in enumerate(self.votes))
        self.stages.append(
            Stage(
                self.number, action, shown, subjects, tuple(transfers), Fraction(self.spent, UNIT),
                Fraction(self.loss, UNIT), Fraction(self.quota, UNIT), tuple(self.newly), excluded,
            )
        )  # fmt: skip
        self.newly = []
