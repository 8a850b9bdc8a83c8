"""Policy primary: for or against each, then rank; those with a majority for are adopted in ranked order."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

from consult.counting.contest import Contest, Paper, Papers, as_paper, group_papers
from consult.counting.fast.papers import levels
from consult.counting.fast.places import allot
from consult.counting.fast.ties import Ties
from consult.counting.lots import LotNeeded
from consult.counting.methods import METHODS
from consult.counting.result import Ballots, Count, Stage
from consult.domain.errors import Refused


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Adopts, of those with more votes for than against, the first in the order of the rule `order`.

    The order is counted on the same papers with everybody else withdrawn.  A paper is blank when it ranks nobody and
    is neither for nor against anything.
    """
    rows = [dict.fromkeys(("for", "against", "abstain"), 0) for _ in contest.candidates]
    rankings: dict[Any, int] = {}
    valid = blank = 0
    for given, weight in group_papers(papers).items():
        paper = as_paper(given)
        said = tally_verdicts(contest, paper, weight, rows)
        places = levels(contest, paper.ranking)
        ranking = tuple(level[0] if len(level) == 1 else level for level in places)
        rankings[ranking] = rankings.get(ranking, 0) + weight
        if said or places:
            valid += weight
        else:
            blank += weight
    carried = {c for c in contest.standing if rows[c]["for"] > rows[c]["against"]}
    lost = tuple(c for c in contest.standing if c not in carried)
    fors = tuple(None if c in contest.withdrawn else row["for"] for c, row in enumerate(rows))
    names = contest.labels
    finished = Count(
        "policy-primary", METHODS["policy-primary"].version, contest.seats, names, Ballots(valid, blank, 0), (),
        (Stage(1, "tally", fors, excluded=lost),), ranking=(), withdrawn=tuple(sorted(contest.withdrawn)),
        tallies={"verdicts": {names[c]: rows[c] for c in contest.standing},
                 "order": METHODS["policy-primary"].setting(contest, "order")},
        unfilled=contest.seats,
    )  # fmt: skip
    return adopt(contest, finished, carried, rankings, seed) if carried else finished


def adopt(contest: Contest, verdicts: Count, carried: set[int], rankings: dict[Any, int], seed: str | None) -> Count:
    """The count with the carried put in order and the first of them adopted.

    Being adopted takes no ranking: whom nobody ranked comes last, but is adopted where there is room.
    """
    places = min(contest.seats, len(carried))
    order = put_in_order(contest, carried, places, rankings, seed)
    ties = Ties(contest, seed)
    ties.records = [replace(t, stage=t.stage + 1, looked=tuple(n + 1 for n in t.looked)) for t in order.ties]
    stages = [*verdicts.stages, *(replace(s, number=s.number + 1, part=s.part + 1) for s in order.stages)]
    winners, ranking = list(order.winners), list(order.ranking or ())
    if order.method != "repeated-stv" or not ranking:
        levels = ranking or [tuple(sorted(carried))]
        winners, ranking = allot(replace(contest, seats=places, settings={}, ron=None), levels, ties, 2)
        stages[-1] = replace(stages[-1], elected=tuple(c for c in winners if c in order.winners))
    return replace(
        verdicts, winners=tuple(winners), stages=tuple(stages), places=order.places, ties=tuple(ties.records),
        ranking=tuple(ranking), pairwise=order.pairwise, unfilled=contest.seats - len(winners),
        permutation=ties.permutation,
    )  # fmt: skip


def tally_verdicts(contest: Contest, paper: Paper, weight: int, rows: list[dict[str, int]]) -> bool:
    """Adds a paper's verdicts to the rows; returns whether it is for or against anything."""
    if paper.verdicts and len(paper.verdicts) != len(contest.candidates):
        raise Refused(f"A paper has {len(paper.verdicts)} verdicts for {len(contest.candidates)} motions.")
    said = False
    for candidate, verdict in enumerate(paper.verdicts):
        if verdict not in "+-0":
            raise Refused(f"A verdict is +, - or 0, not {verdict!r}.")
        if candidate not in contest.withdrawn:
            rows[candidate][{"+": "for", "-": "against", "0": "abstain"}[verdict]] += weight
            said |= verdict != "0"
    return said


def put_in_order(contest: Contest, carried: set[int], places: int, rankings: dict[Any, int], seed: str | None) -> Count:
    """The carried in order by the rule that the contest names: all of them, or (repeated STV) the first `places`."""
    rule = METHODS["policy-primary"].setting(contest, "order")
    absent = frozenset(range(len(contest.candidates))) - carried
    seats = places if rule == "repeated-stv" else len(carried)
    among = replace(contest, seats=seats, withdrawn=absent, ron=None, settings={})
    module = import_module(f"consult.counting.fast.{rule.replace('-', '_')}")
    try:
        order: Count = module.count(among, rankings, seed)
    except LotNeeded as needed:
        raise LotNeeded(needed.tied, needed.stage + 1, needed.purpose) from None
    return order
