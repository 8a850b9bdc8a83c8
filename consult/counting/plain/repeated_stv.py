"""A proportional order by repeated Scottish STV: C. Rosenstiel on party lists, Voting matters 9 (1998).

1. Fill all the places by Scottish STV (or, where there are as many places as candidates, all but one of them).
2. Fill one place fewer from those elected in the count before, with everybody else struck off the papers.  Whoever is
   not elected again takes the last place still open.
3. Do that again until one place is filled: that is the first.
"""

from __future__ import annotations

from dataclasses import replace

from consult.counting.contest import Contest, Group, Papers
from consult.counting.lots import LotNeeded
from consult.counting.plain import scottish_stv
from consult.counting.plain.ballots import one_by_one, sort_papers
from consult.counting.plain.chance import Lot
from consult.counting.plain.places import up_to_ron, written_down
from consult.counting.result import Count, Stage


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where any of the counts needs a lot and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> count(Contest("b", abc, 2), [(0, 1)] * 4 + [(2,)]).winners
    (0, 1)
    """
    laid_out = [Group(paper, weight) for paper, weight in one_by_one(papers)]
    box = sort_papers(contest, laid_out, consecutive=True)
    lot = Lot(contest, seed)
    stages: list[Stage] = []
    order: list[int] = []
    quotas = []
    remaining = set(contest.standing)
    most = max(1, min(contest.seats, len(remaining) - 1))  # a count that elects everybody orders nobody
    for places in range(most, 0, -1):
        struck_off = frozenset(range(len(contest.candidates))) - remaining
        # Re-open nominations is ordered like anybody else; what its place means is looked at when the order is known.
        only = replace(contest, seats=places, withdrawn=struck_off, settings={"ron": "place"})
        try:
            part = scottish_stv.count(only, laid_out, seed)
        except LotNeeded as needed:
            raise LotNeeded(needed.tied, needed.stage + len(stages), needed.purpose) from None
        done = len(stages)
        for tie in part.ties:
            lot.ties.append(replace(tie, stage=tie.stage + done, looked=tuple(at + done for at in tie.looked)))
        lot.drawn = part.permutation or lot.drawn
        stages += [replace(stage, number=stage.number + done, part=most - places + 1) for stage in part.stages]
        quotas.append(part.quota)
        elected = {i for stage in part.stages for i in stage.elected}
        if places < most or most < contest.seats:
            order[:0] = remaining - elected
        remaining = elected
        if not box.valid:
            remaining, order = set(), []  # nobody said anything, so there is no order
            break
    order[:0] = remaining
    return written_down(
        "repeated-stv",
        contest,
        box,
        up_to_ron("repeated-stv", contest, order),
        stages,
        lot,
        quota=quotas[0],
        places=5,
        ranking=tuple((i,) for i in order),
    )
