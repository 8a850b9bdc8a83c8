"""Scottish STV, counted paper by paper as the Scottish Local Government Elections Order 2011 says.

SSI 2011/399, Schedule 1, rules 46 to 53 (rules 45 to 52 of the Order of 2007, SSI 2007/42, in the same words).  Votes
are whole numbers of hundred-thousandths, since a transfer value is calculated "to five decimal places (any remainder
being ignored)" (rule 49(3)).
"""

from __future__ import annotations

from fractions import Fraction

from consult.counting.contest import Contest, Papers
from consult.counting.methods import METHODS
from consult.counting.plain.ballots import Ballot, sort_papers
from consult.counting.plain.chance import Extreme, Lot
from consult.counting.plain.places import must_balance
from consult.counting.plain.reserved import doomed, guarded, order_of_level
from consult.counting.result import Ballots, Count, Stage, Transfer

#: One vote, in hundred-thousandths.
ONE = 100_000


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where rule 50(3) or 52(2)(b) says lots and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> count(Contest("b", abc, 2), [(0, 1)] * 4 + [(2,)]).winners
    (0, 1)
    """
    box = sort_papers(contest, papers, consecutive=True)
    running = _Count(contest, box.ballots, box.valid, seed)
    if box.valid:
        running.run()
    else:
        running.finish_stage("first-preferences")
    winners = [i for i in running.elected if i != contest.ron]
    return Count(
        method="scottish-stv",
        version=METHODS["scottish-stv"].version,
        seats=contest.seats,
        labels=contest.labels,
        ballots=Ballots(box.valid, box.blank, box.invalid),
        winners=tuple(winners),
        stages=tuple(running.stages),
        quota=running.quota // ONE,
        places=5,
        ties=tuple(running.lot.ties),
        withdrawn=tuple(sorted(contest.withdrawn)),
        ron=contest.ron,
        unfilled=contest.seats - len(winners),
        permutation=running.lot.drawn,
    )


class _Count:
    """The state of a count between its stages."""

    def __init__(self, contest: Contest, ballots: list[Ballot], valid: int, seed: str | None) -> None:
        self.contest = contest
        self.valid = valid * ONE
        self.lot = Lot(contest, seed)
        self.continuing = set(contest.standing)
        self.elected: list[int] = []
        self.closed = False  # Re-open nominations was elected: no place is left to fill
        self.parcels: dict[int, list[Ballot]] = {i: [] for i in contest.standing}
        self.votes = dict.fromkeys(contest.standing, 0)
        self.history: list[dict[int, int]] = []  # the votes at the end of every stage
        self.surplus_due: set[int] = set()
        self.non_transferable = 0
        self.loss = 0
        self.stages: list[Stage] = []
        # 47(1) and (2): valid papers ÷ (places + 1), ignoring any decimal places, increased by one.
        self.quota = (valid // (contest.seats + 1) + 1) * ONE
        for ballot in ballots:
            # 46(1) and (2): sort by first preference, and credit one vote for each paper.
            ballot.value = ONE
            (first,) = ballot.levels[0]
            self.parcels[first].append(ballot)
            self.votes[first] += ballot.value * ballot.weight

    @property
    def vacancies(self) -> int:
        return 0 if self.closed else self.contest.seats - len(self.elected)

    def run(self) -> None:
        self.finish_stage("first-preferences")
        while self.vacancies:
            unwanted = doomed(self.contest, self.elected, self.continuing)
            due = [i for i in self.surplus_due if self.votes[i] > self.quota]
            if unwanted:
                self.exclude(self.lowest(unwanted))
            elif due:
                self.transfer_surplus(self.highest_surplus(due))
            else:
                # 51(1): nothing left to transfer, so exclude the candidate with the then lowest number of votes.
                kept = guarded(self.contest, self.elected, self.continuing)
                self.exclude(self.lowest(self.continuing - kept))

    # -- stages ------------------------------------------------------------------------------------------------------

    def transfer_surplus(self, giver: int) -> None:
        """49: the papers are transferred at surplus × value when received ÷ votes, to five decimal places."""
        surplus, total = self.votes[giver] - self.quota, self.votes[giver]
        moved: list[Transfer] = []
        given = 0
        for ballot in self.parcels[giver]:
            ballot.value = surplus * ballot.value // total  # 49(3): A ÷ B, any remainder being ignored
            given += self.pass_on(ballot, giver, moved)
        self.parcels[giver] = []
        self.surplus_due.discard(giver)
        self.votes[giver] = self.quota
        self.loss += surplus - given
        self.finish_stage("surplus", (giver,), moved)

    def exclude(self, loser: int) -> None:
        """51(2) to (4): every paper moves on at the value at which the excluded candidate received it."""
        self.continuing.discard(loser)
        moved: list[Transfer] = []
        for ballot in self.parcels[loser]:
            self.pass_on(ballot, loser, moved)
        self.parcels[loser] = []
        self.votes[loser] = 0
        self.finish_stage("exclusion", (loser,), moved, excluded=(loser,))

    def pass_on(self, ballot: Ballot, source: int, moved: list[Transfer]) -> int:
        """Give one paper to its next available preference, or set it aside; returns the votes it carries."""
        carried = ballot.value * ballot.weight
        to = ballot.next_preference(self.continuing)
        if to is None:
            self.non_transferable += carried
        else:
            self.parcels[to].append(ballot)
            self.votes[to] += carried
        moved.append(Transfer(source, to, ballot.weight, Fraction(carried, ONE)))
        return carried

    def finish_stage(
        self,
        action: str,
        subjects: tuple[int, ...] = (),
        moved: list[Transfer] | None = None,
        excluded: tuple[int, ...] = (),
    ) -> None:
        """End a stage: 48 (whoever has the quota is deemed elected), then 53 (the last vacancies)."""
        self.history.append(dict(self.votes))
        before = len(self.elected)
        deemed: list[int] = []
        if self.valid:
            self.elect_on_quota()
            deemed = self.fill_last_vacancies()
        must_balance(sum(self.votes.values()) + self.non_transferable + self.loss, self.valid)
        self.stages.append(
            Stage(
                number=len(self.history),
                action=action,
                votes=tuple(
                    Fraction(self.votes[i], ONE) if i in self.votes else None
                    for i in range(len(self.contest.candidates))
                ),
                subjects=subjects,
                transfers=tuple(moved or ()),
                non_transferable=Fraction(self.non_transferable, ONE),
                loss=Fraction(self.loss, ONE),
                quota=self.quota // ONE,
                elected=tuple(self.elected[before:]),
                excluded=excluded,
                deemed=tuple(deemed),
            )
        )

    def elect_on_quota(self) -> None:
        """48(1): a candidate whose votes equal or exceed the quota is deemed to be elected; most votes first."""
        reached = [i for i in self.continuing if self.votes[i] >= self.quota]
        for candidate in self.in_order_of_election(reached):
            if not self.vacancies or candidate in doomed(self.contest, self.elected, self.continuing):
                continue
            self.elect(candidate)

    def fill_last_vacancies(self) -> list[int]:
        """53(1): as many continuing candidates as vacancies are deemed elected."""
        deemed: list[int] = []
        if self.vacancies and len(self.continuing) == self.vacancies:
            for candidate in self.in_order_of_election(self.continuing):
                if self.vacancies:
                    self.elect(candidate)
                    deemed.append(candidate)
        return deemed

    def elect(self, candidate: int) -> None:
        self.continuing.discard(candidate)
        self.elected.append(candidate)
        self.surplus_due.add(candidate)
        if candidate == self.contest.ron:
            self.closed = METHODS["scottish-stv"].setting(self.contest, "ron") == "rest"

    # -- ties --------------------------------------------------------------------------------------------------------

    def highest_surplus(self, due: list[int]) -> int:
        """50: the highest surplus first; equal ones by the most recent stage at which they were unequal, or lot."""
        most = max(self.votes[i] for i in due)
        tied = {i for i in due if self.votes[i] == most}
        return self.choose(tied, max, "surplus", luckiest=True)

    def lowest(self, among: set[int]) -> int:
        """51(1) and 52: the lowest number of votes; equal ones by the most recent unequal stage, or lot."""
        least = min(self.votes[i] for i in among)
        tied = {i for i in among if self.votes[i] == least}
        return self.choose(tied, min, "exclusion", luckiest=False)

    def choose(self, tied: set[int], extreme: Extreme, purpose: str, luckiest: bool) -> int:
        if len(tied) == 1:
            return next(iter(tied))
        left, looked = self.look_back(tied, extreme)
        number = len(self.history) + 1
        drawn = len(left) > 1
        if drawn:
            order = self.lot.draw(left, number, purpose)
            left = {order[0] if luckiest else order[-1]}
        (chosen,) = left
        self.lot.record(number, purpose, tied, (chosen,), looked, drawn)
        return chosen

    def look_back(self, tied: set[int], extreme: Extreme) -> tuple[set[int], list[int]]:
        """50(2), 52(2)(a): the most recently preceding stage at which they had an unequal number of votes."""
        looked: list[int] = []
        for stage in range(len(self.history) - 1, 0, -1):
            then = self.history[stage - 1]
            if len({then[i] for i in tied}) > 1:
                looked.append(stage)
                best = extreme(then[i] for i in tied)
                tied = {i for i in tied if then[i] == best}
        return tied, looked

    def in_order_of_election(self, candidates: list[int] | set[int]) -> list[int]:
        """Most votes first; equal votes by the most recent unequal stage, then as `order_of_level` says."""
        pasts = {i: tuple(-stage[i] for stage in reversed(self.history)) for i in candidates}
        order: list[int] = []
        for past in sorted(set(pasts.values())):
            alike = [i for i in sorted(pasts) if pasts[i] == past]
            order += order_of_level(
                self.contest, self.lot, alike, [*self.elected, *order], self.continuing, len(self.history)
            )
        return order
