"""Ties: first the rule's own look at earlier stages, then the published permutation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from consult.counting.contest import Contest
from consult.counting.lots import LotNeeded, permutation
from consult.counting.result import Number, Tie

Look = Literal["latest", "earliest", "none"]


class Ties:
    """Breaks ties and keeps the record of them.

    `history` holds (stage number, votes) at every point the rule may look back to; the counter adds to it.
    """

    def __init__(self, contest: Contest, seed: str | None, look: Look = "latest") -> None:
        self.contest, self.seed, self.look = contest, seed, look
        self.history: list[tuple[int, Sequence[Number]]] = []
        self.records: list[Tie] = []
        self._order: tuple[int, ...] | None = None

    @property
    def permutation(self) -> tuple[int, ...] | None:
        """The permutation, where some lot was drawn."""
        return self.order() if any(tie.lot for tie in self.records) else None

    def order(self) -> tuple[int, ...]:
        """The permutation of all candidates; call only with a seed."""
        if self._order is None:
            keys = [candidate.key for candidate in self.contest.candidates]
            self._order = permutation(self.seed or "", self.contest.ballot_id, keys)
        return self._order

    def separate(self, tied: Iterable[int], *, lowest: bool) -> tuple[list[int], list[int]]:
        """Those of the tied whom no earlier stage separates from the lowest (or highest), and the stages that spoke."""
        left, looked = sorted(tied), []
        points = self.history if self.look == "earliest" else self.history[::-1] if self.look == "latest" else []
        for number, votes in points:
            if len(left) == 1:
                break
            most = (min if lowest else max)(votes[c] for c in left)
            kept = [c for c in left if votes[c] == most]
            if len(kept) < len(left):
                left = kept
                looked.append(number)
        return left, list(dict.fromkeys(looked))

    def pick(self, tied: Iterable[int], stage: int, purpose: str, *, lowest: bool) -> int:
        """The one of the tied on whom `purpose` falls; recorded.  Raises `LotNeeded` where only a lot can tell."""
        tied = tuple(sorted(tied))
        left, looked = self.separate(tied, lowest=lowest)
        chosen, lot = left[0], len(left) > 1
        if lot:
            chosen = self.draw(left, stage, purpose)[-1 if lowest else 0]
        self.records.append(Tie(stage, purpose, tied, (chosen,), tuple(looked), lot))
        return chosen

    def draw(self, tied: Sequence[int], stage: int, purpose: str) -> list[int]:
        """The tied in the order of the lot, luckiest first.  Raises `LotNeeded` without a seed."""
        if self.seed is None:
            raise LotNeeded([self.contest.labels[c] for c in tied], stage, PURPOSES[purpose])
        place = {c: at for at, c in enumerate(self.order())}
        return sorted(tied, key=place.__getitem__)

    def in_order(self, candidates: Iterable[int], votes: Sequence[Number]) -> list[tuple[int, ...]]:
        """Levels with most votes first, equal votes by the look at earlier stages; what stays equal is one level."""
        past = [points for _, points in self.history] if self.look != "none" else []
        if self.look == "latest":
            past.reverse()
        record = {c: (-votes[c], *(-points[c] for points in past)) for c in candidates}
        ordered = sorted(set(record.values()))
        return [tuple(sorted(c for c in record if record[c] == level)) for level in ordered]


#: How a purpose is said in the sentence that asks for a seed.
PURPOSES = {
    "exclusion": "for exclusion",
    "surplus": "for whose surplus moves first",
    "place": "for a place",
    "order": "for the order of places",
    "pair": "for which pair is locked first",
}
