"""Meek's method as Hill, Wichmann and Woodall published it: Algorithm 123, Computer Journal 30(3), 1987, 277-281.

The published program works in real numbers.  So that two counters come to the same digits this version works with
twelve decimals: a share kept is cut off there and the remainder passes on with the paper, so that nothing is lost; a
keep value and the quota are rounded up there.  Everything else is the program's: a keep value is multiplied by
quota ÷ votes; the passes have settled when quota ÷ votes lies from 0.99999 to 1.00001 for everyone elected, or after
500 of them; the lowest is excluded, and among equally low candidates chance decides.
"""

from __future__ import annotations

from collections.abc import Iterable

from consult.counting.contest import Contest, Papers
from consult.counting.plain.keeping import MeekCount
from consult.counting.plain.reserved import doomed
from consult.counting.result import Count

MOST_PASSES = 500


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where the lowest are level and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> count(Contest("b", abc, 2), [(0, 1)] * 4 + [(2,)]).winners
    (0, 1)
    """
    running = _Meek(contest, papers, seed)
    running.run()
    return running.result()


class _Meek(MeekCount):
    method = "meek"
    decimals = 12

    def share(self, value: int, keep: int) -> int:
        return value * keep // self.one

    def quota_now(self, active: int) -> int:
        """(total - excess) ÷ (places + 1), rounded up here; never under 0.0001 (the program's safeguard)."""
        return max(-(-active // (self.contest.seats + 1)), self.one // 10_000)

    def run(self) -> None:
        self.distribute()
        if not self.box.valid:
            self.quota = 0
            self.record("first-preferences")
            return
        self.end_stage("first-preferences")
        while self.vacancies:
            if doomed(self.contest, self.elected, self.hopeful):
                self.exclude()
            elif self.stages[-1].elected or (self.stages[-1].action != "distribution" and not self.settled()):
                self.transfer_surpluses()
            else:
                self.exclude()

    def transfer_surpluses(self) -> None:
        """Procedure `compute`: pass after pass, adjusting the keep values, until they have settled."""
        moved = tuple(sorted(self.elected))
        for _ in range(MOST_PASSES):
            self.distribute()
            settled = self.settled()
            for i in self.elected:
                # weight := weight × (quota ÷ votes), never above 1
                # (whom no vote reaches any more keeps whatever might still come)
                product = self.keep[i] * self.quota
                self.keep[i] = min(-(-product // self.votes[i]), self.one) if self.votes[i] else self.one
            if settled:
                break
        self.end_stage("distribution", subjects=moved)

    def settled(self) -> bool:
        """0.99999 ≤ quota ÷ votes ≤ 1.00001 for everybody elected."""
        return all(
            99_999 * self.votes[i] <= 100_000 * self.quota <= 100_001 * self.votes[i]
            for i in self.elected
            if self.votes[i]
        )

    def exclude(self) -> None:
        """The lowest loses all weight; the papers are passed once, and surpluses settle at the next stage."""
        loser = self.to_exclude()
        self.hopeful.discard(loser)
        self.keep[loser] = 0
        self.distribute()
        self.end_stage("exclusion", excluded=(loser,))

    def end_stage(self, action: str, excluded: tuple[int, ...] = (), subjects: tuple[int, ...] = ()) -> None:
        """Elect every hopeful who has the quota, then whoever is left when that is as many as the places left."""
        elected = self.elect_in_turn(self.fit(i for i in self.hopeful if self.votes[i] >= self.quota))
        deemed = self.fill_last_places()
        if self.vacancies:
            for i in elected:
                self.keep[i] = min(-(-self.one * self.quota // self.votes[i]), self.one)  # weight := quota ÷ votes
        self.record(action, [*elected, *deemed], deemed, excluded, subjects)

    def fit(self, having_quota: Iterable[int]) -> list[int]:
        """Those who have the quota, most votes first; too many at once can only be level, and chance decides."""
        reached = list(having_quota)
        if len(reached) <= self.vacancies or self.contest.reserves:
            return self.in_order_of_election(reached)
        reached.sort(key=lambda i: (-self.votes[i], i))
        last = self.votes[reached[self.vacancies - 1]]
        level = [i for i in reached if self.votes[i] == last]
        above = [i for i in reached if self.votes[i] > last]
        number = len(self.stages) + 1
        drawn = self.lot.draw(level, number, "place")[: self.vacancies - len(above)]
        self.lot.record(number, "place", level, drawn, (), True)
        return self.in_order_of_election(above + drawn)
