"""What both Meek rules share: papers grouped by the part of them that shares votes.

A vote passes down a paper through the elected, who keep a share each, to the first hopeful, who keeps what arrives.
Papers alike up to that hopeful share alike whatever follows, so a pass over all papers is a pass over those *paths*.
Only when a candidate is elected or excluded do the papers that end with them move on, and only those.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from consult.counting.contest import Contest, Papers
from consult.counting.fast.papers import Box, Pile
from consult.counting.fast.places import Places
from consult.counting.fast.ties import Ties
from consult.counting.methods import METHODS
from consult.counting.result import Count, Stage

Path = tuple[int, ...]


class Paths:
    """Papers by path.  `weights[path]` are the papers whose vote passes along it; the last of it is the hopeful, or
    an elected candidate where the paper ends there."""

    def __init__(self, contest: Contest, papers: Papers) -> None:
        self.box = Box(contest, papers, gap_ends=False)
        self.ballots = self.box.ballots()
        self.hopeful = set(contest.standing)
        self.excluded: set[int] = set(contest.withdrawn)
        self.weights: dict[Path, int] = {(c,): n for c, n in enumerate(self.box.firsts()) if n}
        #: For each hopeful: path that ends with them → the papers.
        self.piles: list[dict[Path, Pile]] = [{} for _ in contest.candidates]

    def leave(self, candidates: Iterable[int], *, elected: bool) -> None:
        """These are hopeful no longer: their papers' paths go on, through the elected, past the excluded."""
        candidates = tuple(candidates)
        self.hopeful.difference_update(candidates)
        if not elected:
            self.excluded.update(candidates)
        for candidate in candidates:
            waiting = [*self.piles[candidate].items(), ((candidate,), self.box.take(candidate))]
            self.piles[candidate] = {}
            for path, _ in waiting:
                self.weights.pop(path, None)
            for path, pile in waiting:
                self._go_on(path if elected else path[:-1], pile)

    def _go_on(self, path: Path, papers: Pile) -> None:
        """Lets the papers on this path pass on to their next candidate, and from an elected one to the next again."""
        if not papers:
            return
        ahead = set(range(len(self.piles))) - self.excluded - set(path)
        piles = {c: self.piles[c].get((*path, c)) or Pile(self.box) for c in ahead}
        for candidate, weight in papers.deal(piles).items():
            on = path if candidate is None else (*path, candidate)
            if candidate is not None and candidate not in self.hopeful:
                self._go_on(on, piles[candidate])
                continue
            self.weights[on] = self.weights.get(on, 0) + weight
            if candidate is not None:
                self.piles[candidate][on] = piles[candidate]


class MeekCounting:
    """A Meek count in progress; a rule adds how shares and quota round and when passes have settled.

    `keep`, `votes`, `excess` and `quota` are whole numbers of the rule's smallest unit.
    """

    method = ""
    decimals = 9
    #: Whether a kept share is rounded up (else cut off).
    up = False

    def __init__(self, contest: Contest, papers: Papers, seed: str | None) -> None:
        self.contest = contest
        self.one = 10**self.decimals
        self.paths = Paths(contest, papers)
        self.valid = self.paths.ballots.valid
        self.ties = Ties(contest, seed, "none")
        self.places = Places(contest, self.ties)
        self.keep = [0 if c in contest.withdrawn else self.one for c in range(len(contest.candidates))]
        self.votes = [0] * len(contest.candidates)
        self.excess = self.quota = 0
        self.stages: list[Stage] = []

    @property
    def number(self) -> int:
        """The number of the stage in progress."""
        return len(self.stages) + 1

    def quota_now(self, active: int) -> int:
        """The quota while `active` votes have not run off the end of the papers."""
        raise NotImplementedError

    def distribute(self) -> None:
        """One pass: every vote down its path."""
        one, keep, up = self.one, self.keep, self.one - 1 if self.up else 0
        votes = [0] * len(keep)
        excess = 0
        for path, weight in self.paths.weights.items():
            value = one
            for candidate in path:
                kept = (value * keep[candidate] + up) // one
                votes[candidate] += kept * weight
                value -= kept
                if not value:
                    break
            else:
                excess += value * weight
        self.votes, self.excess = votes, excess
        self.quota = self.quota_now(self.valid * one - excess)

    def elect(self, candidates: Iterable[int]) -> list[int]:
        """Elects of these as many as there are places for; their papers' votes pass on through them."""
        elected = self.places.elect(candidates, self.votes, self.number)
        self.paths.leave(elected, elected=True)
        return elected

    def reached(self) -> list[int]:
        """The continuing candidates who have the quota."""
        return [c for c in sorted(self.places.continuing) if self.votes[c] >= self.quota]

    def fill(self) -> list[int]:
        """Elects everybody left where they are no more than the places left."""
        return self.elect(self.places.remaining())

    def exclude(self, surplus: int = 0) -> int:
        """Excludes the lowest (a doomed candidate first, never a guarded one); `surplus` widens what counts as tied."""
        among = self.places.doomed or self.places.continuing - self.places.guarded
        least = min(self.votes[c] for c in among)
        tied = [c for c in among if self.votes[c] <= least + surplus]
        loser = tied[0] if len(tied) == 1 else self.ties.pick(tied, self.number, "exclusion", lowest=True)
        self.places.exclude([loser])
        self.keep[loser] = 0
        self.paths.leave([loser], elected=False)
        return loser

    def record(
        self,
        action: str,
        elected: Iterable[int] = (),
        deemed: Iterable[int] = (),
        excluded: tuple[int, ...] = (),
        subjects: Iterable[int] = (),
    ) -> None:
        """Ends a stage."""
        absent = self.contest.withdrawn
        votes, keep = (
            tuple(None if c in absent else Fraction(n, self.one) for c, n in enumerate(numbers))
            for numbers in (self.votes, self.keep)
        )
        self.stages.append(
            Stage(
                self.number, action, votes, tuple(subjects) or excluded, (), Fraction(self.excess, self.one), 0,
                Fraction(self.quota, self.one), (*elected, *deemed), excluded, tuple(deemed), keep,
            )
        )  # fmt: skip

    def result(self) -> Count:
        """The finished count."""
        places = self.places
        return Count(
            self.method, METHODS[self.method].version, self.contest.seats, self.contest.labels, self.paths.ballots,
            places.winners, tuple(self.stages), Fraction(self.quota, self.one), self.decimals,
            tuple(self.ties.records), withdrawn=tuple(sorted(self.contest.withdrawn)), ron=self.contest.ron,
            unfilled=places.unfilled, permutation=self.ties.permutation,
        )  # fmt: skip
