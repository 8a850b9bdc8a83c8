"""Meek's method by the reference rule of the Proportional Representation Foundation (prfound.org), step by step.

Steps are cited as A, B.1 to B.4 and C.  All arithmetic is in whole billionths, rounded as the rule says.
The tie-breaking procedure T, which the rule leaves to whoever uses it, is the published lot.
"""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.plain.keeping import MeekCount
from consult.counting.plain.reserved import doomed
from consult.counting.result import Count

#: A: omega is 0.000001, in billionths.
OMEGA = 1_000


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where step B.3 finds a tie and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> count(Contest("b", abc, 2), [(0, 1)] * 4 + [(2,)]).winners
    (0, 1)
    """
    running = _Reference(contest, papers, seed)
    running.run()
    return running.result()


class _Reference(MeekCount):
    method = "meek-prf"
    decimals = 9

    def share(self, value: int, keep: int) -> int:
        """B.2.a: the ballot's weight multiplied by the keep factor, to nine decimals, rounded up."""
        return -(-value * keep // self.one)

    def quota_now(self, active: int) -> int:
        """B.2.b: the sum of the votes ÷ (places + 1), truncated to nine decimals, plus 0.000000001."""
        return active // (self.contest.seats + 1) + 1

    def run(self) -> None:
        """B: rounds until the count is complete (B.1), then C."""
        if not self.box.valid:
            self.record("first-preferences")
            return
        action = "first-preferences"
        excluded: tuple[int, ...] = ()
        while True:
            if doomed(self.contest, self.elected, self.hopeful):
                if action != "distribution":  # the first pass comes first, so that votes are known
                    self.distribute()
                    self.end_stage(action, excluded, self.winners())
                    action, excluded = "distribution", ()
                elif self.vacancies:  # a doomed candidate is defeated before anything else
                    excluded = (self.to_exclude(),)
                    self.defeat(excluded[0])
                    action = "exclusion"
                if not self.vacancies:
                    return
                continue
            surplus = self.round(action, excluded)
            if not self.vacancies:
                return
            if surplus is None:  # B.2.e: a candidate was elected, so the next round begins
                action, excluded = "distribution", ()
                continue
            loser = self.to_exclude(surplus)
            action, excluded = "exclusion", (loser,)
            self.defeat(loser)
            if len(self.hopeful) <= self.vacancies:  # B.1: complete, so C.1: elect all hopeful candidates
                self.distribute()
                self.end_stage(action, excluded, [])
                return

    def round(self, action: str, excluded: tuple[int, ...]) -> int | None:
        """B.2: iterate.  The total surplus when the iteration is finished, or None when somebody was elected.

        A first pass over the papers (of the first round, or after a defeat) is a stage of its own; the passes that
        then distribute surpluses are another.
        """
        before = None
        while True:
            self.distribute()  # B.2.a and b
            winners = self.winners()  # B.2.c
            surplus = max(sum(self.votes[i] - self.quota for i in self.elected), 0)  # B.2.d
            finished = surplus < OMEGA or (before is not None and surplus >= before)  # B.2.e
            if winners or finished or action != "distribution":
                self.end_stage(action, excluded, winners)
                action, excluded = "distribution", ()
            if winners or not self.vacancies:
                return None
            if finished:
                return surplus
            before = surplus
            for i in self.elected:  # B.2.f: multiplied by the quota, rounded up, divided by the vote, rounded up
                multiplied = -(-self.keep[i] * self.quota // self.one)
                self.keep[i] = -(-multiplied * self.one // self.votes[i]) if self.votes[i] else self.one

    def winners(self) -> list[int]:
        """B.2.c: elect each hopeful candidate with a vote greater than or equal to the quota."""
        reached = [i for i in self.hopeful if self.votes[i] >= self.quota]
        return self.elect_in_turn(self.in_order_of_election(reached))

    def defeat(self, loser: int) -> None:
        """B.3: defeated, with a keep factor of 0."""
        self.hopeful.discard(loser)
        self.keep[loser] = 0

    def end_stage(self, action: str, excluded: tuple[int, ...], winners: list[int]) -> None:
        """Record the stage; B.1 and C.1: as many hopeful candidates as places left are elected."""
        moved = tuple(sorted(set(self.elected) - set(winners))) if action == "distribution" else ()
        deemed = self.fill_last_places()
        self.record(action, [*winners, *deemed], deemed, excluded, moved)
