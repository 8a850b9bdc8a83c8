"""Block vote: as many marks as places, those with most marks win."""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.fast.approval import count_marks
from consult.counting.result import Count


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts marks; a paper with more marks than places is invalid."""
    return count_marks("block", contest, papers, seed, contest.seats)
