"""Most votes: each paper counts once, for the one candidate it puts first; those with most votes get the places."""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.plain.marks import count_marks
from consult.counting.result import Count


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where the last place is tied and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> ab = (Candidate("1", "Ann"), Candidate("2", "Bo"))
    >>> count(Contest("b", ab), [(0,), (1,), (1,)]).winners
    (1,)
    """

    def first(levels: tuple[tuple[int, ...], ...]) -> tuple[int, ...] | None:
        return levels[0] if levels and len(levels[0]) == 1 else None  # two marked first: nobody can say which

    return count_marks("plurality", contest, papers, seed, first)
