"""Approval: mark everyone you approve of (at most `most`, where the ballot says so); those with most marks win.

The setting `most` makes a paper with more marks invalid.
"""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.methods import METHODS
from consult.counting.plain.marks import all_marked, count_marks
from consult.counting.result import Count


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where the last place is tied and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> ab = (Candidate("1", "Ann"), Candidate("2", "Bo"))
    >>> count(Contest("b", ab), [((0, 1),), ((1,),)]).winners
    (1,)
    """
    most = METHODS["approval"].setting(contest, "most")

    def marks(levels: tuple[tuple[int, ...], ...]) -> tuple[int, ...] | None:
        marked = all_marked(levels)
        return marked if most is None or len(marked) <= most else None

    return count_marks("approval", contest, papers, seed, marks)
