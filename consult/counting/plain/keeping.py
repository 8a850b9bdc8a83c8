"""What both Meek rules share: papers divided by keep values, pass by pass over all papers, and the record of stages."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from consult.counting.contest import Contest, Papers
from consult.counting.methods import METHODS
from consult.counting.plain.ballots import sort_papers
from consult.counting.plain.chance import Lot
from consult.counting.plain.places import must_balance
from consult.counting.plain.reserved import doomed, guarded, order_of_level
from consult.counting.result import Ballots, Count, Stage


class MeekCount:
    """A count by keep values; a rule says how a share and the quota are rounded, and when passes have settled.

    `one` is one vote in the rule's smallest unit.  `keep` is what share of a vote a candidate keeps, `votes` and
    `excess` what the last pass gave to each and what ran off the end of the papers.
    """

    method = ""
    decimals = 0

    def __init__(self, contest: Contest, papers: Papers, seed: str | None) -> None:
        self.contest = contest
        self.one: int = 10**self.decimals
        self.box = sort_papers(contest, papers)
        self.lot = Lot(contest, seed)
        self.keep = dict.fromkeys(contest.standing, self.one)
        self.votes = dict.fromkeys(contest.standing, 0)
        self.excess = 0
        self.quota = 0
        self.hopeful = set(contest.standing)
        self.elected: list[int] = []
        self.closed = False
        self.stages: list[Stage] = []

    # -- what a rule says --------------------------------------------------------------------------------------------

    def share(self, value: int, keep: int) -> int:
        """What a candidate keeps of the value that reaches them."""
        raise NotImplementedError

    def quota_now(self, active: int) -> int:
        """The quota when `active` votes have not run off the end."""
        raise NotImplementedError

    # -- one pass ----------------------------------------------------------------------------------------------------

    def distribute(self) -> None:
        """Each paper passes down its preferences; everybody keeps their share, and the rest goes on to the next."""
        self.votes = dict.fromkeys(self.votes, 0)
        self.excess = 0
        for ballot in self.box.ballots:
            value = self.one
            for (candidate,) in ballot.levels:
                kept = self.share(value, self.keep[candidate])
                self.votes[candidate] += kept * ballot.weight
                value -= kept
                if value == 0:
                    break
            self.excess += value * ballot.weight
        self.quota = self.quota_now(self.box.valid * self.one - self.excess)

    # -- electing and excluding --------------------------------------------------------------------------------------

    @property
    def vacancies(self) -> int:
        return 0 if self.closed else self.contest.seats - len(self.elected)

    def elect_in_turn(self, candidates: Iterable[int]) -> list[int]:
        """Deem elected in the order given while there are places; a doomed candidate is passed over."""
        new = []
        for candidate in candidates:
            if self.vacancies and candidate not in doomed(self.contest, self.elected, self.hopeful):
                self.hopeful.discard(candidate)
                self.elected.append(candidate)
                new.append(candidate)
                if candidate == self.contest.ron:
                    self.closed = METHODS[self.method].setting(self.contest, "ron") == "rest"
        return new

    def in_order_of_election(self, candidates: Iterable[int]) -> list[int]:
        """Most votes first; equal votes as `order_of_level` says."""
        candidates = set(candidates)
        order: list[int] = []
        for votes in sorted({self.votes[i] for i in candidates}, reverse=True):
            level = sorted(i for i in candidates if self.votes[i] == votes)
            order += order_of_level(
                self.contest, self.lot, level, [*self.elected, *order], self.hopeful, len(self.stages) + 1
            )
        return order

    def fill_last_places(self) -> list[int]:
        """When as many hopefuls are left as places, they are elected."""
        if self.vacancies and len(self.hopeful) <= self.vacancies:
            return self.elect_in_turn(self.in_order_of_election(self.hopeful))
        return []

    def to_exclude(self, surplus: int = 0) -> int:
        """The hopeful with the fewest votes; a doomed one first, never a guarded one; ties by lot.

        Whoever is within `surplus` of the lowest counts as tied (the reference rule's step B.3).
        """
        among = doomed(self.contest, self.elected, self.hopeful)
        among = among or self.hopeful - guarded(self.contest, self.elected, self.hopeful)
        least = min(self.votes[i] for i in among)
        tied = {i for i in among if self.votes[i] <= least + surplus}
        if len(tied) == 1:
            return tied.pop()
        number = len(self.stages) + 1
        chosen = self.lot.draw(tied, number, "exclusion")[-1]
        self.lot.record(number, "exclusion", tied, (chosen,), (), True)
        return chosen

    # -- the record --------------------------------------------------------------------------------------------------

    def record(
        self,
        action: str,
        elected: Iterable[int] = (),
        deemed: Iterable[int] = (),
        excluded: tuple[int, ...] = (),
        subjects: tuple[int, ...] = (),
    ) -> None:
        must_balance(sum(self.votes.values()) + self.excess, self.box.valid * self.one)
        everyone = range(len(self.contest.candidates))
        self.stages.append(
            Stage(
                number=len(self.stages) + 1,
                action=action,
                votes=tuple(Fraction(self.votes[i], self.one) if i in self.votes else None for i in everyone),
                subjects=subjects or excluded,
                non_transferable=Fraction(self.excess, self.one),
                quota=Fraction(self.quota, self.one),
                elected=tuple(elected),
                excluded=excluded,
                deemed=tuple(deemed),
                keep=tuple(Fraction(self.keep[i], self.one) if i in self.keep else None for i in everyone),
            )
        )

    def result(self) -> Count:
        winners = tuple(i for i in self.elected if i != self.contest.ron)
        return Count(
            method=self.method,
            version=METHODS[self.method].version,
            seats=self.contest.seats,
            labels=self.contest.labels,
            ballots=Ballots(self.box.valid, self.box.blank, self.box.invalid),
            winners=winners,
            stages=tuple(self.stages),
            quota=Fraction(self.quota, self.one),
            places=self.decimals,
            ties=tuple(self.lot.ties),
            withdrawn=tuple(sorted(self.contest.withdrawn)),
            ron=self.contest.ron,
            unfilled=self.contest.seats - len(winners),
            permutation=self.lot.drawn,
        )
