"""Preferential vote for one place: the lowest is excluded until one has a majority of the papers still in play."""

from __future__ import annotations

from collections.abc import Set

from consult.counting.contest import Contest, Papers
from consult.counting.fast.papers import Box, Pile
from consult.counting.fast.places import Places
from consult.counting.fast.ties import Ties
from consult.counting.methods import METHODS
from consult.counting.result import Ballots, Count, Stage, Transfer


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts; ties for exclusion go by the latest stage at which the tied differed, then by lot.

    An overvote exhausts a paper, at the first place too: such a paper is valid and exhausted from the first stage on.
    """
    box = Box(contest, papers, gap_ends=False)
    ballots = box.ballots()
    spent = ballots.invalid
    ballots = Ballots(ballots.valid + spent, ballots.blank)
    ties = Ties(contest, seed)
    places = Places(contest, ties)
    votes = box.firsts()
    moved = {c: Pile(box) for c in contest.standing}
    stages: list[Stage] = []
    transfers: list[Transfer] = []
    excluded: tuple[int, ...] = ()
    while True:
        number = len(stages) + 1
        in_play = sum(votes)
        majority = in_play // 2 + 1
        elected = places.elect([c for c in places.continuing if votes[c] >= majority], votes, number)
        ties.history.append((number, tuple(votes)))
        stages.append(
            Stage(
                number, "exclusion" if excluded else "first-preferences", shown(contest, votes), excluded,
                tuple(transfers), spent, 0, majority, tuple(elected), excluded,
            )
        )  # fmt: skip
        if elected or not in_play:
            break
        low = lowest(places.continuing, votes, ties, number + 1)
        places.exclude([low])
        excluded, votes[low], transfers = (low,), 0, []
        # Only the continuing have a pile to be dealt to.
        for pile in (box.take(low), moved.pop(low)):
            for target, weight in pile.deal(moved).items():
                transfers.append(Transfer(low, target, weight, weight))
                if target is None:
                    spent += weight
                else:
                    votes[target] += weight
    return Count(
        "irv", METHODS["irv"].version, 1, contest.labels, ballots, places.winners, tuple(stages), stages[-1].quota, 0,
        tuple(ties.records), withdrawn=tuple(sorted(contest.withdrawn)), ron=contest.ron, unfilled=places.unfilled,
        permutation=ties.permutation,
    )  # fmt: skip


def lowest(continuing: Set[int], votes: list[int], ties: Ties, stage: int) -> int:
    """The continuing candidate with fewest votes, ties broken."""
    fewest = min(votes[c] for c in continuing)
    tied = [c for c in continuing if votes[c] == fewest]
    return tied[0] if len(tied) == 1 else ties.pick(tied, stage, "exclusion", lowest=True)


def shown(contest: Contest, votes: list[int]) -> tuple[int | None, ...]:
    """Votes as a stage shows them: None for a withdrawn candidate."""
    return tuple(None if c in contest.withdrawn else v for c, v in enumerate(votes))
