"""The lot in the plain counters: drawn only when a rule leaves a tie to it, and remembered when it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from consult.counting.contest import Contest
from consult.counting.lots import LotNeeded, permutation
from consult.counting.result import Tie

#: max or min: which end of the votes a rule looks for.
Extreme: TypeAlias = Callable[[Iterable[int]], int]

#: What the tied are tied for, in the words of the refusal when there is no seed.
FOR = {
    "exclusion": "for exclusion",
    "surplus": "for whose surplus moves first",
    "place": "for a place",
    "order": "for the order of places",
    "pair": "for which pair is locked first",
}


class Lot:
    """The permutation of all candidates, hidden until somebody must draw; `ties` collects every tie that was broken."""

    def __init__(self, contest: Contest, seed: str | None) -> None:
        self.contest = contest
        self.seed = seed
        self.ties: list[Tie] = []
        self.drawn: tuple[int, ...] | None = None

    def draw(self, tied: Iterable[int], stage: int, purpose: str) -> list[int]:
        """The tied in the order of the lot, luckiest first.  Raises `LotNeeded` where there is no seed."""
        tied = sorted(tied)
        if self.seed is None:
            raise LotNeeded([self.contest.labels[i] for i in tied], stage, FOR[purpose])
        self.drawn = permutation(self.seed, self.contest.ballot_id, [c.key for c in self.contest.candidates])
        return sorted(tied, key=self.drawn.index)

    def record(
        self, stage: int, purpose: str, tied: Iterable[int], chosen: Iterable[int], looked: Iterable[int], lot: bool
    ) -> None:
        """Note a tie that had to be broken."""
        self.ties.append(Tie(stage, purpose, tuple(sorted(tied)), tuple(chosen), tuple(looked), lot))
