"""Points: each place on a paper earns points (Borda: as many for the first as candidates stand, then one less each).

A candidate not ranked earns nothing.  A list of points replaces Borda's; places beyond its end earn nothing.
"""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.methods import METHODS
from consult.counting.plain.ballots import sort_papers
from consult.counting.plain.chance import Lot
from consult.counting.plain.marks import most_votes, ranked
from consult.counting.plain.places import written_down
from consult.counting.result import Count, Stage


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where the last place is tied and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> count(Contest("b", abc), [(0, 1), (1, 2)]).stages[0].votes
    (3, 5, 2)
    """
    box = sort_papers(contest, papers)
    lot = Lot(contest, seed)
    standing = contest.standing
    given = METHODS["points"].setting(contest, "points")
    scale = list(range(len(standing), 0, -1)) if given is None else list(given)
    points = dict.fromkeys(standing, 0)
    for ballot in box.ballots:
        for (candidate,), worth in zip(ballot.levels, scale, strict=False):
            points[candidate] += worth * ballot.weight
    elected = most_votes("points", contest, points, lot)
    stage = Stage(
        number=1,
        action="tally",
        votes=tuple(points.get(i) for i in range(len(contest.candidates))),
        elected=tuple(elected),
    )
    return written_down("points", contest, box, elected, [stage], lot, ranking=ranked(points, lot))
