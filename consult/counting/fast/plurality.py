"""One mark each: whoever has most first preferences wins; with several places, those with most."""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.fast.papers import Box
from consult.counting.fast.places import allot, order_levels
from consult.counting.fast.ties import Ties
from consult.counting.methods import METHODS
from consult.counting.result import Ballots, Count, Number, Stage


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Counts first preferences; a paper that marks several first is invalid; ties for the last place go to the lot."""
    box = Box(contest, papers, gap_ends=False)
    return most_marks("plurality", contest, box.firsts(), box.ballots(), seed)


def most_marks(method_id: str, contest: Contest, votes: list[int], ballots: Ballots, seed: str | None) -> Count:
    """Those with most marks win; nobody wins without one."""
    ties = Ties(contest, seed)
    levels = order_levels({c: votes[c] for c in contest.standing})
    elected, levels = allot_voted(contest, levels, votes, ties)
    return one_stage(method_id, contest, "tally", votes, ballots, ties, elected, levels)


def allot_voted(
    contest: Contest, levels: list[tuple[int, ...]], votes: list[int], ties: Ties
) -> tuple[list[int], list[tuple[int, ...]]]:
    """Fills the places from the levels with any votes; those without keep their place behind."""
    elected, ranking = allot(contest, [level for level in levels if votes[level[0]]], ties, 1)
    return elected, ranking + [level for level in levels if not votes[level[0]]]


def one_stage(
    method_id: str,
    contest: Contest,
    action: str,
    votes: list[int],
    ballots: Ballots,
    ties: Ties,
    elected: list[int],
    levels: list[tuple[int, ...]],
    **more: object,
) -> Count:
    """A count of one stage, as the rules without rounds have."""
    shown: tuple[Number | None, ...] = tuple(None if c in contest.withdrawn else v for c, v in enumerate(votes))
    winners = tuple(c for c in elected if c != contest.ron)
    return Count(
        method_id, METHODS[method_id].version, contest.seats, contest.labels, ballots, winners,
        (Stage(1, action, shown, elected=tuple(elected)),), ties=tuple(ties.records), ranking=tuple(levels),
        withdrawn=tuple(sorted(contest.withdrawn)), ron=contest.ron, unfilled=contest.seats - len(winners),
        permutation=ties.permutation, **more,  # type: ignore[arg-type]
    )  # fmt: skip
