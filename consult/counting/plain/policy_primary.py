"""The policy primary: for or against each, then rank; those with a majority for are adopted in ranked order.

1. On every paper each proposal is voted for (+), against (-) or neither.  A proposal is adopted when more papers are
   for it than against it.
2. The adopted are put in order by the rankings, with everything else struck off the papers, by the rule of the setting
   `order` (Schulze, points, or repeated STV).
3. The first in that order, up to the number of places, win.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from types import ModuleType

from consult.counting.contest import Contest, Group, Papers
from consult.counting.lots import LotNeeded
from consult.counting.methods import METHODS
from consult.counting.plain.ballots import BallotBox, levels_of, one_by_one
from consult.counting.plain.chance import Lot
from consult.counting.plain.pairs import fill_places
from consult.counting.plain.places import written_down
from consult.counting.result import Count, Stage


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where the order needs a lot and there is no seed.

    >>> from consult.counting.contest import Candidate, Paper
    >>> ab = (Candidate("1", "Ann"), Candidate("2", "Bo"))
    >>> count(Contest("b", ab), [Paper((0, 1), "-+"), Paper((1,), "0+")]).winners
    (1,)
    """
    box = BallotBox([], 0, 0, 0)
    verdicts = {i: {"for": 0, "against": 0, "abstain": 0} for i in contest.standing}
    rankings: list[Group] = []
    for paper, weight in one_by_one(papers):
        levels = levels_of(contest, paper)
        said = {i: paper.verdicts[i] if i < len(paper.verdicts) else "" for i in contest.standing}
        for i, mark in said.items():
            if mark:
                verdicts[i][{"+": "for", "-": "against"}.get(mark, "abstain")] += weight
        if not levels and not any(mark in ("+", "-") for mark in said.values()):
            box.blank += weight
            continue
        box.valid += weight
        rankings.append(Group(levels, weight))
    adopted = [i for i in contest.standing if verdicts[i]["for"] > verdicts[i]["against"]]
    refused = tuple(i for i in contest.standing if i not in adopted)
    first = Stage(
        number=1,
        action="tally",
        votes=tuple(verdicts[i]["for"] if i in verdicts else None for i in range(len(contest.candidates))),
        excluded=refused,
    )
    lot = Lot(contest, seed)
    rule = METHODS["policy-primary"].setting(contest, "order")
    tallies = {"verdicts": {contest.labels[i]: verdicts[i] for i in contest.standing}, "order": rule}
    if not adopted:
        return written_down("policy-primary", contest, box, [], [first], lot, tallies=tallies, ranking=())
    places = min(contest.seats, len(adopted))
    part = put_in_order(rule, contest, adopted, places, rankings, seed)
    lot.ties += [replace(tie, stage=tie.stage + 1, looked=tuple(at + 1 for at in tie.looked)) for tie in part.ties]
    lot.drawn = part.permutation
    stages = [replace(stage, number=stage.number + 1, part=stage.part + 1) for stage in part.stages]
    if rule == "repeated-stv" and part.ranking:
        elected, ranking = list(part.winners), part.ranking
    else:
        # Being adopted takes no ranking: those whom nobody ranked come last, and level, among the adopted.
        levels = part.ranking or (tuple(adopted),)
        elected, ranking = fill_places(False, replace(contest, seats=places), levels, lot, stage=2)
        # The stage says whom its own rule elects: nobody without a point, nobody where nothing was ranked.
        stages[-1] = replace(stages[-1], elected=tuple(i for i in elected if i in part.winners))
    return written_down(
        "policy-primary",
        contest,
        box,
        elected,
        [first, *stages],
        lot,
        tallies=tallies,
        ranking=ranking,
        pairwise=part.pairwise,
        places=part.places,
    )


def put_in_order(
    rule: str, contest: Contest, adopted: list[int], places: int, rankings: list[Group], seed: str | None
) -> Count:
    """The adopted in order, as a count of their own; the order of Schulze and of points is of all of them."""
    counter: ModuleType = import_module(f"consult.counting.plain.{rule.replace('-', '_')}")
    others = frozenset(range(len(contest.candidates))) - set(adopted)
    seats = places if rule == "repeated-stv" else len(adopted)
    question = replace(contest, seats=seats, withdrawn=others, ron=None, settings={})
    try:
        ordered: Count = counter.count(question, rankings, seed)
    except LotNeeded as needed:
        raise LotNeeded(needed.tied, needed.stage + 1, needed.purpose) from None
    return ordered
