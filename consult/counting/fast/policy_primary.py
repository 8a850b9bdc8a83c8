"""Policy primary: for or against each, then rank; those with a majority for are adopted in ranked order."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

from consult.counting.contest import Contest, Paper, Papers, as_paper, group_papers
from consult.counting.fast.papers import levels
from consult.counting.fast.places import allot
from consult.counting.fast.ties import Ties
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
        rankings[paper.ranking] = rankings.get(paper.ranking, 0) + weight
        if said or levels(contest, paper.ranking):
            valid += weight
        else:
            blank += weight
    carried = {c for c in contest.standing if rows[c]["for"] > rows[c]["against"]}
    lost = tuple(c for c in contest.standing if c not in carried)
    fors = tuple(None if c in contest.withdrawn else row["for"] for c, row in enumerate(rows))
    ties = Ties(contest, seed)
    order = put_in_order(contest, carried, rankings, seed) if carried else None
    stages = [Stage(1, "tally", fors, excluded=lost)]
    elected: list[int] = []
    if order is not None:
        stages += [replace(stage, number=stage.number + 1, part=stage.part + 1) for stage in order.stages]
        ties.records += [replace(tie, stage=tie.stage + 1) for tie in order.ties]
        elected = allot(contest, order.ranking or (), ties, len(stages))
    names = contest.labels
    return Count(
        "policy-primary", METHODS["policy-primary"].version, contest.seats, names, Ballots(valid, blank, 0),
        tuple(elected), tuple(stages), places=order.places if order else 0, ties=tuple(ties.records),
        ranking=order.ranking if order else (), pairwise=order.pairwise if order else None,
        tallies={"verdicts": {names[c]: rows[c] for c in contest.standing},
                 "order": METHODS["policy-primary"].setting(contest, "order")},
        withdrawn=tuple(sorted(contest.withdrawn)), unfilled=contest.seats - len(elected),
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


def put_in_order(contest: Contest, carried: set[int], rankings: dict[Any, int], seed: str | None) -> Count:
    """The carried in order, by the rule the contest names; nobody's ranking leaves them all equal."""
    rule = METHODS["policy-primary"].setting(contest, "order")
    absent = frozenset(range(len(contest.candidates))) - carried
    among = replace(contest, seats=len(carried), withdrawn=absent, ron=None, settings={})
    module = import_module(f"consult.counting.fast.{rule.replace('-', '_')}")
    order: Count = module.count(among, rankings, seed)
    return order if order.ballots.valid else replace(order, ranking=(tuple(sorted(carried)),))
