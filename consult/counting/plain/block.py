"""The block vote: as many marks as there are places, each worth one vote; a paper with more marks is invalid."""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.plain.marks import all_marked, count_marks
from consult.counting.result import Count


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where the last place is tied and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> count(Contest("b", abc, 2), [((0, 1),), ((1,),), ((0, 1, 2),), ((1, 2),)], seed="s").ballots.invalid
    1
    """

    def marks(levels: tuple[tuple[int, ...], ...]) -> tuple[int, ...] | None:
        marked = all_marked(levels)
        return marked if len(marked) <= contest.seats else None

    return count_marks("block", contest, papers, seed, marks)
