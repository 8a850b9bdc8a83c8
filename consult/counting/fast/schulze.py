"""Schulze's rule with winning votes: M. Schulze, Social Choice and Welfare 36 (2011) 267–303, section 2."""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.fast.pairwise import Table, compare, levels_of_relation
from consult.counting.fast.places import allot
from consult.counting.fast.plurality import one_stage
from consult.counting.fast.ties import Ties
from consult.counting.result import Count


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts; a candidate goes before another whose strongest path back is weaker; equals for the last place by lot."""
    table, ballots = compare(contest, papers)
    standing = contest.standing
    paths = strongest_paths(table, standing)
    beats: list[set[int]] = [set() for _ in table]
    for i in standing:
        beats[i] = {j for j in standing if paths[i][j] > paths[j][i]}
    levels = levels_of_relation(standing, beats)
    ties = Ties(contest, seed)
    elected, levels = allot(contest, levels, ties, 1) if ballots.valid else ([], levels)
    names = contest.labels
    tallies = {"paths": {names[i]: {names[j]: paths[i][j] for j in standing if j != i} for i in standing}}
    wins = [len(b) for b in beats]
    return one_stage(
        "schulze", contest, "beatpaths", wins, ballots, ties, elected, levels, pairwise=table, tallies=tallies
    )


def strongest_paths(table: Table, standing: tuple[int, ...]) -> list[list[int]]:
    """Strength of the strongest path between every two: the votes of its weakest win, 0 where there is none."""
    strength = [[0] * len(table) for _ in table]
    for i in standing:
        for j in standing:
            if table[i][j] > table[j][i]:
                strength[i][j] = table[i][j]
    for k in standing:
        through = strength[k]
        for i in standing:
            reach, row = strength[i][k], strength[i]
            if i != k and reach:
                for j in standing:
                    if j not in (i, k) and row[j] < through[j] and row[j] < reach:
                        row[j] = min(reach, through[j])
    return strength
