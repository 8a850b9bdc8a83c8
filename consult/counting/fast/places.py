"""Who is elected, who continues, who is guarded or doomed, and what re-open nominations closes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from consult.counting.contest import Contest
from consult.counting.fast.ties import Ties
from consult.counting.reserves import fillable, guarded_and_doomed
from consult.counting.result import Number, Tie


class Places:
    """The places of a count by stages being filled one after another."""

    def __init__(self, contest: Contest, ties: Ties) -> None:
        self.contest, self.ties = contest, ties
        self.elected: list[int] = []
        self.continuing: set[int] = set(contest.standing)
        self.closed = False
        self._guarded: frozenset[int] = frozenset()
        self._doomed: frozenset[int] = frozenset()
        self._weigh()

    @property
    def left(self) -> int:
        """Places not yet filled."""
        return self.contest.seats - len(self.elected)

    @property
    def done(self) -> bool:
        """Whether the count is over: every place filled, or closed by re-open nominations."""
        return self.closed or self.left == 0

    @property
    def guarded(self) -> frozenset[int]:
        """Continuing candidates who must not be excluded."""
        return self._guarded

    @property
    def doomed(self) -> frozenset[int]:
        """Continuing candidates who can no longer be elected."""
        return self._doomed

    @property
    def gone(self) -> set[int]:
        """Candidates who receive no more papers, under rules where the elected receive none."""
        return set(range(len(self.contest.candidates))) - self.continuing

    @property
    def winners(self) -> tuple[int, ...]:
        """The elected in order, without re-open nominations."""
        return tuple(c for c in self.elected if c != self.contest.ron)

    @property
    def unfilled(self) -> int:
        """Places that stay open."""
        return self.contest.seats - len(self.winners)

    def elect(self, candidates: Iterable[int], votes: Sequence[Number], stage: int) -> list[int]:
        """Elects of these as many as there are places for, most votes first; returns them in order."""
        chosen: list[int] = []
        listed: list[int] = []
        for level in self.ties.in_order(candidates, votes):
            listed += self._order(level, listed, stage)
        for candidate in listed:
            if self.done or candidate in self._doomed:
                continue
            chosen.append(candidate)
            self.elected.append(candidate)
            self.continuing.remove(candidate)
            if candidate == self.contest.ron and self.contest.settings.get("ron", "rest") == "rest":
                self.closed = True
            self._weigh()
        return chosen

    def _order(self, level: Sequence[int], before: Sequence[int], stage: int) -> list[int]:
        """Equals in order: ballot order, or the lot where the order decides something.

        It does where re-open nominations would close the places behind it, and where the reserves have no room for all.
        """
        if len(level) < 2:
            return list(level)
        closing = self.contest.ron in level and self.contest.settings.get("ron", "rest") == "rest"
        if not closing and not self._crowded(level, before):
            return sorted(level)
        drawn = self.ties.draw(sorted(level), stage, "order")
        self.ties.records.append(Tie(stage, "order", tuple(sorted(level)), tuple(drawn), (), True))
        return drawn

    def _crowded(self, level: Sequence[int], before: Sequence[int]) -> bool:
        if not self.contest.reserves:
            return False
        taken = [*self.elected, *before]
        rest = self.continuing - set(before)
        _, doomed = guarded_and_doomed(self.contest, taken, sorted(rest))
        able = [c for c in level if c not in doomed]
        return len(able) > 1 and not fillable(self.contest, [*taken, *able], sorted(rest - set(level)))

    def exclude(self, candidates: Sequence[int]) -> None:
        """Takes these out of the running."""
        self.continuing.difference_update(candidates)
        self._weigh()

    def remaining(self) -> list[int]:
        """Everybody still continuing, where they are just as many as the places left; else nobody."""
        return sorted(self.continuing) if not self.done and len(self.continuing) <= self.left else []

    def _weigh(self) -> None:
        if self.contest.reserves:
            self._guarded, self._doomed = guarded_and_doomed(self.contest, self.elected, sorted(self.continuing))


def allot(
    contest: Contest, levels: Iterable[Sequence[int]], ties: Ties, stage: int
) -> tuple[list[int], list[tuple[int, ...]]]:
    """Fills the places from levels of equals, best first: the elected in order, and the levels as the lot left them.

    A level too large for the places left, or in which re-open nominations would close those behind it, is put in order
    by lot.
    """
    elected: list[int] = []
    ranking: list[tuple[int, ...]] = []
    closed = False
    rest = contest.settings.get("ron", "rest") == "rest"
    for level in levels:
        left = 0 if closed else contest.seats - len(elected)
        given = sorted(level)
        closing = rest and contest.ron in level
        if left and len(level) > 1 and (len(level) > left or closing):
            purpose = "place" if len(level) > left else "order"
            given = ties.draw(given, stage, purpose)[:left]
            ties.records.append(Tie(stage, purpose, tuple(sorted(level)), tuple(given), (), True))
            ranking += [(c,) for c in given]
            ranking += [behind for behind in [tuple(sorted(set(level) - set(given)))] if behind]
        else:
            ranking.append(tuple(given))
        given = given[:left]
        if closing and contest.ron in given:
            given = given[: given.index(contest.ron) + 1]
            closed = True
        elected += given
    return elected, ranking


def order_levels(scores: dict[int, Number]) -> list[tuple[int, ...]]:
    """Candidates in levels of equal score, highest first.

    >>> order_levels({0: 3, 1: 5, 2: 3})
    [(1,), (0, 2)]
    """
    found = sorted(set(scores.values()), reverse=True)
    return [tuple(sorted(c for c, score in scores.items() if score == level)) for level in found]
