"""Meek's method after Hill, Wichmann and Woodall: Algorithm 123, The Computer Journal 30(3), 1987, 277–281.

The published program calculates in real numbers; this version in twelve decimals: a kept share is cut off, a keep value
and the quota are rounded up, so that every counter comes to the same digits.
"""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.fast.sharing import MeekCounting
from consult.counting.result import Count, Tie

#: Passes after which a distribution ends even where it has not settled.
MOST_PASSES = 500


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts; ties are broken by lot."""
    counting = Meek(contest, papers, seed)
    counting.run()
    return counting.result()


class Meek(MeekCounting):
    """A count by Algorithm 123."""

    method = "meek"
    decimals = 12

    def quota_now(self, active: int) -> int:
        least: int = self.one // 10_000
        return max(-(-active // (self.contest.seats + 1)), least)

    def run(self) -> None:
        """All stages, to the end."""
        self.distribute()
        if not self.valid:
            self.quota = 0
            self.record("first-preferences")
            return
        self._close("first-preferences")
        while not self.places.done:
            last = self.stages[-1]
            unsettled = last.action != "distribution" and not self._settled()
            if not self.places.doomed and (last.elected or unsettled):
                self._settle()
            else:
                loser = self.exclude()
                self.distribute()
                self._close("exclusion", (loser,))

    def _settled(self) -> bool:
        """Whether quota ÷ votes lies from 0.99999 to 1.00001 for all elected."""
        quota = 100_000 * self.quota
        reached = (self.votes[c] for c in self.places.elected if self.votes[c])
        return all(99_999 * votes <= quota <= 100_001 * votes for votes in reached)

    def _settle(self) -> None:
        moving = tuple(sorted(self.places.elected))
        for _ in range(MOST_PASSES):
            self.distribute()
            settled = self._settled()
            for c in moving:
                # Whom no vote reaches any more keeps whatever might still come.
                product = -self.keep[c] * self.quota
                self.keep[c] = min(-(product // self.votes[c]), self.one) if self.votes[c] else self.one
            if settled:
                break
        self._close("distribution", (), moving)

    def _close(self, action: str, excluded: tuple[int, ...] = (), subjects: tuple[int, ...] = ()) -> None:
        elected = self.elect(self._fitting(self.reached()))
        deemed = self.fill()
        if not self.places.done:
            for c in elected:
                self.keep[c] = min(-(-self.one * self.quota // self.votes[c]), self.one)
        self.record(action, elected, deemed, excluded, subjects)

    def _fitting(self, reached: list[int]) -> list[int]:
        """Those for whom there are places.  Too many can only be level with each other; then the lot decides."""
        left = self.places.left
        if len(reached) <= left or self.contest.reserves:
            return reached
        last = sorted((self.votes[c] for c in reached), reverse=True)[left - 1]
        above = [c for c in reached if self.votes[c] > last]
        level = [c for c in reached if self.votes[c] == last]
        drawn = self.ties.draw(level, self.number, "place")[: left - len(above)]
        self.ties.records.append(Tie(self.number, "place", tuple(level), tuple(drawn), (), True))
        return above + drawn
