"""Meek's method by the reference rule of the Proportional Representation Foundation; steps are cited as A, B.1 … C."""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.fast.sharing import MeekCounting
from consult.counting.result import Count

#: Step A: omega, 0.000001, in billionths.
OMEGA = 1_000


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts; ties (step T) are broken by lot."""
    counting = Reference(contest, papers, seed)
    counting.run()
    return counting.result()


class Reference(MeekCounting):
    """A count by the reference rule, in billionths."""

    method = "meek-prf"
    up = True  # B.2.a: to nine decimals, rounded up

    def quota_now(self, active: int) -> int:
        return active // (self.contest.seats + 1) + 1  # B.2.b: truncated, plus 0.000000001

    def run(self) -> None:
        """Rounds until the count is complete (B.1)."""
        if not self.valid:
            self.record("first-preferences")
            return
        excluded = self._first_pass("first-preferences", ())
        while not self.places.done:
            excluded = self._first_pass("exclusion", excluded)

    def _first_pass(self, action: str, excluded: tuple[int, ...]) -> tuple[int, ...]:
        """A stage for the pass that begins the count or follows a defeat, then distributions; returns who is next."""
        surplus = self._iterate(action, excluded)
        while not self.places.done and not self.places.doomed and surplus is None:
            surplus = self._iterate("distribution", ())
        if self.places.done:
            return ()
        doomed = bool(self.places.doomed)
        loser = self.exclude(0 if doomed else surplus or 0)  # B.3
        if not doomed and len(self.places.continuing) <= self.places.left:  # B.1, and the votes as they then lie
            self.distribute()
            self._close("exclusion", (loser,), [])
        return (loser,)

    def _iterate(self, action: str, excluded: tuple[int, ...]) -> int | None:
        """B.2, one round: the total surplus, or None where somebody was elected."""
        before: int | None = None
        while True:
            self.distribute()
            winners = self.elect(self.reached())  # B.2.c
            surplus = max(sum(self.votes[c] - self.quota for c in self.places.elected), 0)  # B.2.d
            finished = surplus < OMEGA or (before is not None and surplus >= before)  # B.2.e
            if winners or finished or action != "distribution":
                self._close(action, excluded, winners)
                action, excluded = "distribution", ()
            if winners or self.places.done:
                return None
            if finished or self.places.doomed:
                return surplus
            before = surplus
            for c in self.places.elected:  # B.2.f: multiplied, rounded up, then divided, rounded up
                product = -(-self.keep[c] * self.quota // self.one)
                self.keep[c] = -(-product * self.one // self.votes[c]) if self.votes[c] else self.one

    def _close(self, action: str, excluded: tuple[int, ...], winners: list[int]) -> None:
        moving = tuple(sorted(set(self.places.elected) - set(winners))) if action == "distribution" else ()
        self.record(action, winners, self.fill(), excluded, moving)
