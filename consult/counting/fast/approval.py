"""Several marks each: those marked on most papers win."""

from __future__ import annotations

from consult.counting.contest import Contest, Papers, as_paper, group_papers
from consult.counting.fast.papers import levels
from consult.counting.fast.plurality import most_marks
from consult.counting.methods import METHODS
from consult.counting.result import Ballots, Count


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts marks; a paper with more than `most` marks (where that is set) is invalid."""
    return count_marks("approval", contest, papers, seed, METHODS["approval"].setting(contest, "most"))


def count_marks(method_id: str, contest: Contest, papers: Papers, seed: str | None, most: int | None) -> Count:
    """Counts every candidate marked anywhere on a paper once."""
    votes = [0] * len(contest.candidates)
    valid = blank = invalid = 0
    for paper, weight in group_papers(papers).items():
        marked = [c for level in levels(contest, as_paper(paper).ranking) for c in level]
        if not marked:
            blank += weight
        elif most is not None and len(marked) > most:
            invalid += weight
        else:
            valid += weight
            for candidate in marked:
                votes[candidate] += weight
    return most_marks(method_id, contest, votes, Ballots(valid, blank, invalid), seed)
