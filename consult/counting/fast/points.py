"""Points for each place on a paper: Borda's by default, or a list."""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.fast.papers import Box
from consult.counting.fast.places import order_levels
from consult.counting.fast.plurality import allot_voted, one_stage
from consult.counting.fast.ties import Ties
from consult.counting.methods import METHODS
from consult.counting.result import Count


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts points: by default, with n standing, n for the first preference, n - 1 for the second, … 1 for the nth."""
    box = Box(contest, papers, gap_ends=False)
    ballots = box.ballots()
    standing = len(contest.standing)
    scheme = METHODS["points"].setting(contest, "points") or range(standing, 0, -1)
    at = [[0] * len(contest.candidates) for _ in range(standing)]
    for candidate in contest.standing:
        for paper, weight in box.bundle(candidate).items():
            for tally, preference in zip(at, dict.fromkeys(paper), strict=False):
                tally[preference] += weight
    points = [0] * len(contest.candidates)
    for worth, tally in zip(scheme, at, strict=False):
        for candidate, times in enumerate(tally):
            points[candidate] += worth * times
    ties = Ties(contest, seed)
    levels = order_levels({c: points[c] for c in contest.standing})
    elected, levels = allot_voted(contest, levels, points, ties)
    return one_stage("points", contest, "tally", points, ballots, ties, elected, levels)
