"""Scottish STV (weighted inclusive Gregory): Scottish Local Government Elections Order, SSI 2011/399, Schedule 1."""

from __future__ import annotations

from fractions import Fraction

from consult.counting.contest import Contest, Papers
from consult.counting.fast.irv import lowest
from consult.counting.fast.papers import Box, Pile
from consult.counting.fast.places import Places
from consult.counting.fast.ties import Ties
from consult.counting.methods import METHODS
from consult.counting.result import Count, Stage, Transfer

#: Votes are whole numbers of hundred-thousandths: five decimal places (rule 49(3)).
UNIT = 100_000


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts; ties go by the latest stage at which the tied differed (rules 50, 52), then by lot."""
    counting = Counting(contest, papers, Ties(contest, seed))
    counting.run()
    return Count(
        "scottish-stv", METHODS["scottish-stv"].version, contest.seats, contest.labels, counting.ballots,
        counting.places.winners, tuple(counting.stages), counting.quota // UNIT, 5, tuple(counting.ties.records),
        withdrawn=tuple(sorted(contest.withdrawn)), ron=contest.ron, unfilled=counting.places.unfilled,
        permutation=counting.ties.permutation,
    )  # fmt: skip


class Counting:
    """One count in progress.  `part` and `number` continue the numbering where a rule counts several times."""

    def __init__(self, contest: Contest, papers: Papers, ties: Ties, part: int = 1, number: int = 1) -> None:
        self.contest, self.ties, self.part = contest, ties, part
        self.box = Box(contest, papers, gap_ends=True)
        self.ballots = self.box.ballots()
        self.places = Places(contest, ties)
        self.votes = [first * UNIT for first in self.box.firsts()]
        #: Papers received since the first stage: candidate → value → papers.
        self.moved: dict[int, dict[int, Pile]] = {}
        # Rule 47: valid papers divided by one more than the places, fractions ignored, plus one.
        self.quota = (self.ballots.valid // (contest.seats + 1) + 1) * UNIT
        self.stages: list[Stage] = []
        self.number = number
        self.spent = self.loss = 0

    def run(self) -> None:
        """All stages, to the end."""
        self._close("first-preferences", (), [])
        while self.ballots.valid and not self.places.done and self.places.continuing:
            over = [c for c in self.places.elected if self.votes[c] > self.quota]
            if self.places.doomed:
                self._exclude(lowest(self.places.doomed, self.votes, self.ties, self.number))
            elif over:
                self._surplus(self._largest(over))
            else:
                able = self.places.continuing - self.places.guarded
                self._exclude(lowest(able, self.votes, self.ties, self.number))

    def _largest(self, over: list[int]) -> int:
        # Rule 50: the highest surplus first; equal ones by the most recent stage at which they were unequal; by lot.
        most = max(self.votes[c] for c in over)
        tied = [c for c in over if self.votes[c] == most]
        return tied[0] if len(tied) == 1 else self.ties.pick(tied, self.number, "surplus", lowest=False)

    def _surplus(self, source: int) -> None:
        total = self.votes[source]
        surplus = total - self.quota
        moved = 0
        transfers: list[Transfer] = []
        for received, piles in self._papers(source).items():
            # Rule 49(3): surplus × the paper's value when received ÷ the candidate's votes, to five decimal places.
            value = surplus * received // total
            for pile in piles:
                moved += self._hand_over(source, pile, value, transfers)
        self.votes[source] = self.quota
        self.loss += surplus - moved
        self._close("surplus", (source,), transfers)

    def _exclude(self, loser: int) -> None:
        self.places.exclude([loser])
        transfers: list[Transfer] = []
        for received, piles in self._papers(loser).items():
            for pile in piles:
                self._hand_over(loser, pile, received, transfers)  # rule 51(4): at the value at which it was received
        self.votes[loser] = 0
        self._close("exclusion", (loser,), transfers, excluded=(loser,))

    def _papers(self, source: int) -> dict[int, list[Pile]]:
        """The candidate's papers by the value at which they were received."""
        papers = {value: [pile] for value, pile in self.moved.pop(source, {}).items()}
        papers.setdefault(UNIT, []).append(self.box.take(source))
        return papers

    def _hand_over(self, source: int, pile: Pile, value: int, transfers: list[Transfer]) -> int:
        """Hands papers on at `value` each; returns the votes that left the candidate."""
        continuing = self.places.continuing
        piles = {c: self.moved.setdefault(c, {}).setdefault(value, Pile(self.box)) for c in continuing}
        weights = pile.deal(piles)
        for target, weight in weights.items():
            if target is None:
                self.spent += weight * value
            else:
                self.votes[target] += weight * value
            transfers.append(Transfer(source, target, weight, Fraction(weight * value, UNIT)))
        return sum(weights.values()) * value

    def _close(
        self, action: str, subjects: tuple[int, ...], transfers: list[Transfer], excluded: tuple[int, ...] = ()
    ) -> None:
        """Ends a stage: who reaches the quota (rule 48), and who fills the last places (rule 53)."""
        places, votes, elected, deemed = self.places, self.votes, [], []
        if self.ballots.valid:
            reached = [c for c in sorted(places.continuing) if votes[c] >= self.quota]
            elected = places.elect(reached, votes, self.number)
            if places.remaining():
                deemed = places.elect(places.remaining(), votes, self.number)
        self.ties.history.append((self.number, tuple(votes)))
        self.stages.append(
            Stage(
                self.number, action,
                tuple(None if c in self.contest.withdrawn else Fraction(v, UNIT) for c, v in enumerate(votes)),
                subjects, tuple(transfers), Fraction(self.spent, UNIT), Fraction(self.loss, UNIT),
                self.quota // UNIT, (*elected, *deemed), excluded, tuple(deemed), part=self.part,
            )
        )  # fmt: skip
        self.number += 1
