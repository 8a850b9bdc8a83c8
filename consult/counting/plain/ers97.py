"""ERS97: Newland and Britton, How to Conduct an Election by the Single Transferable Vote, 3rd ed. 1997, section 5.

Votes are whole hundredths: the quota is taken to two decimal places (5.1.6), a transfer value too (5.3.7).  A *batch*
is what a candidate receives at one time at one value; the count has a *point* after every batch (5.2.3), so a tie is
looked up at the earliest point, which may lie inside a stage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from consult.counting.contest import Contest, Papers
from consult.counting.methods import METHODS
from consult.counting.plain.ballots import Ballot, sort_papers
from consult.counting.plain.chance import Extreme, Lot
from consult.counting.plain.places import must_balance
from consult.counting.plain.reserved import doomed, guarded, order_of_level
from consult.counting.result import Ballots, Count, Stage, Transfer

#: One vote, in hundredths.
ONE = 100


@dataclass
class Batch:
    """Papers received together, each worth `value` hundredths of a vote."""

    value: int
    ballots: list[Ballot]


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where 5.2.3 or 5.2.5 says lot and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> count(Contest("b", abc, 2), [(0, 1)] * 4 + [(2,)]).winners
    (0, 1)
    """
    box = sort_papers(contest, papers, consecutive=True)
    running = _Count(contest, box.ballots, box.valid, seed)
    running.run()
    winners = tuple(i for i in running.elected if i != contest.ron)
    return Count(
        method="ers97",
        version=METHODS["ers97"].version,
        seats=contest.seats,
        labels=contest.labels,
        ballots=Ballots(box.valid, box.blank, box.invalid),
        winners=winners,
        stages=tuple(running.stages),
        quota=Fraction(running.quota, ONE),
        places=2,
        ties=tuple(running.lot.ties),
        withdrawn=tuple(sorted(contest.withdrawn)),
        ron=contest.ron,
        unfilled=contest.seats - len(winners),
        permutation=running.lot.drawn,
    )


class _Count:
    """The state of a count between its batches."""

    def __init__(self, contest: Contest, ballots: list[Ballot], valid: int, seed: str | None) -> None:
        self.contest = contest
        self.valid = valid * ONE
        self.lot = Lot(contest, seed)
        self.continuing = set(contest.standing)
        self.elected: list[int] = []
        self.closed = False
        self.votes = dict.fromkeys(contest.standing, 0)
        self.bundles: dict[int, list[Batch]] = {i: [] for i in contest.standing}
        self.non_transferable = 0
        self.loss = 0
        self.points: list[tuple[int, dict[int, int]]] = []  # (stage number, everybody's votes) after each batch
        self.stages: list[Stage] = []
        self.newly: list[int] = []  # elected since the last stage ended
        self.quota = 0
        # 5.1.2 to 5.1.5: sorted by first preference, one vote each.
        sorted_papers: dict[int, list[Ballot]] = {}
        for ballot in ballots:
            (first,) = ballot.levels[0]
            sorted_papers.setdefault(first, []).append(ballot)
        for candidate, parcel in sorted_papers.items():
            self.receive(candidate, Batch(ONE, parcel))

    @property
    def vacancies(self) -> int:
        return 0 if self.closed else self.contest.seats - len(self.elected)

    @property
    def number(self) -> int:
        """The number of the stage now being counted."""
        return len(self.stages) + 1

    def run(self) -> None:
        self.points.append((1, dict(self.votes)))
        if not self.valid:
            return self.finish_stage("first-preferences")
        self.set_quota()
        self.deem_elected()
        self.finish_stage("first-preferences")
        if len(self.continuing) == self.vacancies:  # 4.3
            self.deem_the_rest(set())
        while self.vacancies:
            unwanted = doomed(self.contest, self.elected, self.continuing)
            surpluses = [i for i in self.elected if self.votes[i] > self.quota]
            total = sum(self.votes[i] - self.quota for i in surpluses)
            if not unwanted and surpluses and not self.may_defer(total):
                self.transfer_surplus(self.largest_surplus(surpluses))  # 5.2.2
                continue
            group = {self.lowest(unwanted)} if unwanted else self.group_to_exclude(total)  # 5.2.5
            if len(self.continuing) - len(group) <= self.vacancies:
                self.deem_the_rest(group)  # 5.5.1
            else:
                self.exclude(group)
        return None

    # -- quota and election ------------------------------------------------------------------------------------------

    def set_quota(self) -> None:
        """5.1.6, 5.4.8: votes ÷ (places + 1) to two decimals; if exact that is the quota, otherwise add 0.01."""
        self.quota = -(-(self.valid - self.non_transferable) // (self.contest.seats + 1))

    @property
    def active(self) -> int:
        """5.6.1: the total valid vote less the quotas (or votes if less) of those elected and the non-transferable."""
        held = sum(min(self.votes[i], self.quota) for i in self.elected)
        return self.valid - held - self.non_transferable - self.loss

    def deem_elected(self) -> None:
        """5.1.7, 5.3.13, 5.4.9: (a) the quota, or (b) the total active vote ÷ (places not yet filled + 1)."""
        before = len(self.elected)
        while self.vacancies:
            able = self.continuing - doomed(self.contest, self.elected, self.continuing)
            reached = [
                i for i in able if self.votes[i] >= self.quota or self.votes[i] * (self.vacancies + 1) >= self.active
            ]
            if not reached:
                break
            most = max(self.votes[i] for i in reached)
            level = [i for i in reached if self.votes[i] == most]
            chosen = self.when_too_many(level) if len(level) > self.vacancies else self.in_order(level)
            if not chosen:
                break
            for candidate in chosen:
                if self.vacancies and candidate not in doomed(self.contest, self.elected, self.continuing):
                    self.elect(candidate)
        self.newly += self.elected[before:]

    def elect(self, candidate: int) -> None:
        self.continuing.discard(candidate)
        self.elected.append(candidate)
        if candidate == self.contest.ron:
            self.closed = METHODS["ers97"].setting(self.contest, "ron") == "rest"

    def when_too_many(self, level: list[int]) -> list[int]:
        """5.6.2: by votes at the earliest point where they were unequal; level at all points: none of them."""
        chosen: list[int] = []
        undecided = set(level)
        looked: list[int] = []
        for stage, votes in self.points:
            then = sorted({votes[i] for i in undecided}, reverse=True)
            if len(then) > 1:
                looked.append(stage)
                for amount in then:
                    here = {i for i in undecided if votes[i] == amount}
                    if len(chosen) + len(here) > self.vacancies:
                        undecided = here if len(chosen) < self.vacancies else set()
                        break
                    chosen += self.in_order(here)
        if chosen:
            self.lot.record(self.number, "place", level, chosen, unique(looked), False)
        return chosen

    def deem_the_rest(self, group: set[int]) -> None:
        """4.3, 5.5.1: all who would be left are deemed elected, and nothing more is transferred (5.5.2)."""
        before = len(self.elected)
        rest = self.continuing - group
        for votes in sorted({self.votes[i] for i in rest}, reverse=True):
            for candidate in self.in_order([i for i in rest if self.votes[i] == votes]):
                if self.vacancies:
                    self.elect(candidate)
        deemed = tuple(self.elected[before:])
        last = self.stages[-1]
        self.stages[-1] = replace(last, elected=last.elected + deemed, deemed=deemed)

    # -- stages ------------------------------------------------------------------------------------------------------

    def transfer_surplus(self, giver: int) -> None:
        """5.3: only the last batch received, which gave rise to the surplus."""
        surplus = self.votes[giver] - self.quota
        batch = self.bundles[giver].pop()
        parcels, left = self.sort(batch.ballots)  # 5.3.3
        papers = sum(ballot.weight for parcel in parcels.values() for ballot in parcel)
        if papers * batch.value > surplus:  # 5.3.7
            value = surplus // papers
            self.loss += surplus - value * papers  # 5.3.9: the non-transferable difference
            stay: list[Transfer] = []
        else:
            value = batch.value
            difference = surplus - value * papers
            self.non_transferable += difference
            weight = sum(ballot.weight for ballot in left)
            stay = [Transfer(giver, None, weight, Fraction(difference, ONE))] if difference else []
        moved = self.give(giver, parcels, value)
        self.votes[giver] = self.quota
        self.points.append((self.number, dict(self.votes)))
        self.deem_elected()
        self.finish_stage("surplus", (giver,), moved + stay)

    def exclude(self, group: set[int]) -> None:
        """5.4: batch by batch in descending order of transfer value, electing after each (5.4.9)."""
        self.continuing -= group
        moved: list[Transfer] = []
        for value in sorted({b.value for i in group for b in self.bundles[i]}, reverse=True):
            if not self.vacancies:
                break  # 5.5.2: no further transfers of papers are made
            together: dict[int, dict[int, list[Ballot]]] = {}
            for loser in sorted(group):
                mine = [b for batch in self.bundles[loser] if batch.value == value for b in batch.ballots]
                self.bundles[loser] = [batch for batch in self.bundles[loser] if batch.value != value]
                parcels, left = self.sort(mine)
                together[loser] = parcels
                lost = sum(ballot.weight for ballot in left)
                self.non_transferable += lost * value
                self.votes[loser] -= value * sum(ballot.weight for ballot in mine)
                moved.append(Transfer(loser, None, lost, Fraction(lost * value, ONE)))
            moved += self.give_together(together, value)
            self.points.append((self.number, dict(self.votes)))
            if not self.elected:
                self.set_quota()  # 5.4.8
            self.deem_elected()
        self.finish_stage("exclusion", tuple(sorted(group)), moved, tuple(sorted(group)))

    def sort(self, ballots: list[Ballot]) -> tuple[dict[int, list[Ballot]], list[Ballot]]:
        """5.3.3, 5.4.2: by next available preference for continuing candidates; the rest are non-transferable."""
        parcels: dict[int, list[Ballot]] = {}
        left = []
        for ballot in ballots:
            to = ballot.next_preference(self.continuing)
            if to is None:
                left.append(ballot)
            else:
                parcels.setdefault(to, []).append(ballot)
        return parcels, left

    def give(self, source: int, parcels: dict[int, list[Ballot]], value: int) -> list[Transfer]:
        return self.give_together({source: parcels}, value)

    def give_together(self, sources: dict[int, dict[int, list[Ballot]]], value: int) -> list[Transfer]:
        """Hand over parcels at `value`; what one candidate gets from several excluded together is one batch."""
        moved = []
        batches: dict[int, Batch] = {}
        for source, parcels in sources.items():
            for to, parcel in parcels.items():
                batches.setdefault(to, Batch(value, [])).ballots.extend(parcel)
                weight = sum(ballot.weight for ballot in parcel)
                moved.append(Transfer(source, to, weight, Fraction(weight * value, ONE)))
        for to, batch in batches.items():
            self.receive(to, batch)
        return moved

    def receive(self, candidate: int, batch: Batch) -> None:
        self.bundles[candidate].append(batch)
        self.votes[candidate] += batch.value * sum(ballot.weight for ballot in batch.ballots)

    def finish_stage(
        self,
        action: str,
        subjects: tuple[int, ...] = (),
        moved: Iterable[Transfer] = (),
        excluded: tuple[int, ...] = (),
    ) -> None:
        must_balance(sum(self.votes.values()) + self.non_transferable + self.loss, self.valid)  # 5.3.11, 5.4.15
        self.stages.append(
            Stage(
                number=self.number,
                action=action,
                votes=tuple(
                    Fraction(self.votes[i], ONE) if i in self.votes else None
                    for i in range(len(self.contest.candidates))
                ),
                subjects=subjects,
                transfers=tuple(moved),
                non_transferable=Fraction(self.non_transferable, ONE),
                loss=Fraction(self.loss, ONE),
                quota=Fraction(self.quota, ONE),
                elected=tuple(self.newly),
                excluded=excluded,
            )
        )
        self.newly = []

    # -- which surplus, whom to exclude ------------------------------------------------------------------------------

    def may_defer(self, total: int) -> bool:
        """5.2.2: the surpluses together exceed neither (a) nor, where several could go together, (b)."""
        if self.contest.reserves:
            return False
        amounts = sorted(self.votes[i] for i in self.continuing)
        if total <= amounts[1] - amounts[0]:
            return True
        return len(self.several_together(total)) >= 2

    def several_together(self, deferred: int) -> set[int]:
        """5.2.5: the most candidates who may go together, or nobody where that is fewer than two.

        (a) enough remain to fill the places; (b) their votes and any deferred surpluses do not exceed the vote of the
        candidate next above, who must have more than any of them: equal votes are never parted here.
        """
        order = sorted(self.continuing, key=lambda i: self.votes[i])
        for size in range(len(order) - self.vacancies, 1, -1):
            group, above = order[:size], self.votes[order[size]]
            together = sum(self.votes[i] for i in group) + deferred
            if together <= above and self.votes[group[-1]] < above:
                return set(group)
        return set()

    def group_to_exclude(self, deferred: int) -> set[int]:
        if self.contest.reserves:
            kept = guarded(self.contest, self.elected, self.continuing)
            return {self.lowest(self.continuing - kept)}
        return self.several_together(deferred) or {self.lowest(self.continuing)}

    def lowest(self, among: set[int]) -> int:
        """5.2.5: fewest votes; equal ones by the earliest point at which they were unequal, or lot."""
        least = min(self.votes[i] for i in among)
        return self.choose({i for i in among if self.votes[i] == least}, min, "exclusion")

    def largest_surplus(self, surpluses: list[int]) -> int:
        """5.2.3: the largest; equal ones by the earliest point at which they were unequal, or lot."""
        most = max(self.votes[i] for i in surpluses)
        return self.choose({i for i in surpluses if self.votes[i] == most}, max, "surplus")

    def choose(self, tied: set[int], extreme: Extreme, purpose: str) -> int:
        if len(tied) == 1:
            return next(iter(tied))
        left = set(tied)
        looked: list[int] = []
        for stage, votes in self.points:
            if len({votes[i] for i in left}) > 1:
                looked.append(stage)
                best = extreme(votes[i] for i in left)
                left = {i for i in left if votes[i] == best}
        drawn = len(left) > 1
        if drawn:
            order = self.lot.draw(left, self.number, purpose)
            left = {order[0] if purpose == "surplus" else order[-1]}
        (chosen,) = left
        self.lot.record(self.number, purpose, tied, (chosen,), unique(looked), drawn)
        return chosen

    def in_order(self, level: Iterable[int]) -> list[int]:
        """Candidates of equal votes in order of election: by the earliest unequal point, then ballot order."""
        pasts = {i: tuple(-votes[i] for _, votes in self.points) for i in level}
        order: list[int] = []
        for past in sorted(set(pasts.values())):
            alike = [i for i in sorted(pasts) if pasts[i] == past]
            ahead = [*self.elected, *order]
            order += order_of_level(self.contest, self.lot, alike, ahead, self.continuing, self.number)
        return order


def unique(stages: list[int]) -> list[int]:
    """Stages in order, each once: two points of one stage are one look at it."""
    return list(dict.fromkeys(stages))
