"""Schulze's rule with winning votes: M. Schulze, Social Choice and Welfare 36 (2011) 267-303, section 2.

A *path* from x to y is a chain of wins; it is as strong as its weakest win, and a win is as strong as the number of
papers for it.  x ranks above y when the strongest path from x to y is stronger than the strongest from y to x.
"""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.methods import METHODS
from consult.counting.plain.ballots import sort_papers
from consult.counting.plain.chance import Lot
from consult.counting.plain.pairs import Table, as_matrix, compare, fill_places, levels_by
from consult.counting.plain.places import written_down
from consult.counting.result import Count, Stage


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where a place is tied and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> count(Contest("b", abc), [(0, 1, 2)] * 4 + [(1, 2, 0)] * 3 + [(2, 0, 1)] * 2).winners
    (0,)
    """
    box = sort_papers(contest, papers, equal_places=True)
    lot = Lot(contest, seed)
    standing = contest.standing
    table = compare(contest, box.ballots)
    paths = strongest_paths(standing, table)

    def above(x: int, y: int) -> bool:
        return paths[x, y] > paths[y, x]

    levels = levels_by(above, standing)
    rest = METHODS["schulze"].setting(contest, "ron") == "rest"
    elected, ranking = fill_places(rest, contest, levels, lot) if box.valid else ([], tuple(levels))
    stage = Stage(
        number=1,
        action="beatpaths",
        votes=tuple(
            sum(above(i, j) for j in standing if j != i) if i in standing else None
            for i in range(len(contest.candidates))
        ),
        elected=tuple(elected),
    )
    name = contest.labels
    shown = {name[x]: {name[y]: paths[x, y] for y in standing if y != x} for x in standing}
    return written_down(
        "schulze",
        contest,
        box,
        elected,
        [stage],
        lot,
        ranking=ranking,
        pairwise=as_matrix(contest, table),
        tallies={"paths": shown},
    )


def strongest_paths(standing: tuple[int, ...], table: Table) -> Table:
    """How strong the strongest path is between every two candidates: paths grow until none improves."""
    paths = {(x, y): votes if votes > table[y, x] else 0 for (x, y), votes in table.items()}
    grown = True
    while grown:
        grown = False
        for x, y in paths:
            for z in standing:
                if z not in (x, y):
                    through = min(paths[x, z], paths[z, y])
                    if through > paths[x, y]:
                        paths[x, y] = through
                        grown = True
    return paths
