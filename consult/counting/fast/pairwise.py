"""The pairwise table: how many papers prefer one candidate to another, equal ranks allowed."""

from __future__ import annotations

from consult.counting.contest import Contest, Papers, as_paper, group_papers
from consult.counting.fast.papers import levels
from consult.counting.result import Ballots

Table = tuple[tuple[int, ...], ...]


def compare(contest: Contest, papers: Papers) -> tuple[Table, Ballots]:
    """`table[i][j]` papers prefer i to j; whoever is not ranked comes after everybody who is, equal among themselves.

    A row is one big whole number with a lane for every candidate, so that a paper adds once per preference instead of
    once per pair.
    """
    groups = group_papers(papers)
    size = len(contest.candidates)
    lane = (sum(groups.values()) + 1).bit_length()
    ones = [1 << lane * c for c in range(size)]
    everybody = sum(ones[c] for c in contest.standing)
    rows = [0] * size
    blank = valid = 0
    for paper, weight in groups.items():
        places = levels(contest, as_paper(paper).ranking)
        if not places:
            blank += weight
            continue
        valid += weight
        below = everybody
        for place in places:
            for candidate in place:
                below -= ones[candidate]
            behind = below * weight
            for candidate in place:
                rows[candidate] += behind
    mask = (1 << lane) - 1
    table = tuple(tuple(row >> lane * c & mask for c in range(size)) for row in rows)
    return table, Ballots(valid, blank, 0)


def levels_of_relation(standing: tuple[int, ...], beats: list[set[int]]) -> list[tuple[int, ...]]:
    """Levels of a relation without circles: first whoever nobody beats, then whoever only those beat, and so on.

    `beats[i]` holds those whom i beats.

    >>> levels_of_relation((0, 1, 2), [{1, 2}, set(), set()])
    [(0,), (1, 2)]
    """
    left = set(standing)
    found: list[tuple[int, ...]] = []
    while left:
        beaten = set().union(*(beats[c] for c in left))
        level = left - beaten
        found.append(tuple(sorted(level)))
        left -= level
    return found
