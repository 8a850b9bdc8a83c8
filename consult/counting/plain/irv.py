"""The preferential vote for one place (instant run-off, alternative vote), paper by paper.

1. Each paper counts for its highest continuing candidate; one that names none, or whose next place holds several
   (an overvote), is exhausted, from the first stage on where its first place does.
2. Whoever has more than half of the papers that still count for somebody is elected.
3. Otherwise the candidate with the fewest is excluded, one at a time, and step 1 is done again; of equals, the one who
   had fewer at the most recent stage where they differed, else the lot says who stays.
"""

from __future__ import annotations

from consult.counting.contest import Contest, Papers
from consult.counting.plain.ballots import BallotBox, sort_papers
from consult.counting.plain.chance import Lot
from consult.counting.plain.places import written_down
from consult.counting.result import Count, Stage, Transfer


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """The whole count.  Raises `LotNeeded` where the lowest have been level at every stage and there is no seed.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> count(Contest("b", abc), [(0,)] * 3 + [(1, 2)] * 2 + [(2, 1)] * 2, seed="s").winners != (0,)
    True
    """
    box = sort_papers(contest, papers)
    overvoted = box.invalid  # at the first place
    box = BallotBox(box.ballots, box.valid + overvoted, box.blank, 0)
    lot = Lot(contest, seed)
    continuing = set(contest.standing)
    stages: list[Stage] = []
    history: list[dict[int, int]] = []
    excluded: tuple[int, ...] = ()
    moved: list[Transfer] = []
    elected: list[int] = []
    while True:
        votes = dict.fromkeys(contest.standing, 0)
        exhausted = overvoted
        for ballot in box.ballots:  # 1
            choice = ballot.next_preference(continuing)
            if choice is None:
                exhausted += ballot.weight
            else:
                votes[choice] += ballot.weight
        history.append(votes)
        in_play = sum(votes[i] for i in continuing)
        elected = [i for i in continuing if 2 * votes[i] > in_play]  # 2
        stages.append(
            Stage(
                number=len(history),
                action="exclusion" if excluded else "first-preferences",
                votes=tuple(votes.get(i) for i in range(len(contest.candidates))),
                subjects=excluded,
                transfers=tuple(moved),
                non_transferable=exhausted,
                quota=in_play // 2 + 1,
                elected=tuple(elected),
                excluded=excluded,
            )
        )
        if elected or not in_play:
            break
        loser = lowest(continuing, history, lot)  # 3
        before = set(continuing)
        continuing.discard(loser)
        moved = [
            Transfer(loser, ballot.next_preference(continuing), ballot.weight, ballot.weight)
            for ballot in box.ballots
            if ballot.next_preference(before) == loser
        ]
        excluded = (loser,)
    return written_down("irv", contest, box, elected, stages, lot, quota=stages[-1].quota)


def lowest(continuing: set[int], history: list[dict[int, int]], lot: Lot) -> int:
    """The fewest votes now; of equals the fewest at the most recent stage where they differed; else the lot."""
    now = history[-1]
    least = min(now[i] for i in continuing)
    tied = {i for i in continuing if now[i] == least}
    if len(tied) == 1:
        return tied.pop()
    left, looked = tied, []
    for stage in range(len(history) - 1, 0, -1):
        then = history[stage - 1]
        fewest = min(then[i] for i in left)
        lower = {i for i in left if then[i] == fewest}
        if lower != left:
            looked.append(stage)
            left = lower
    number = len(history) + 1
    loser = next(iter(left)) if len(left) == 1 else lot.draw(left, number, "exclusion")[-1]
    lot.record(number, "exclusion", tied, (loser,), looked, len(left) > 1)
    return loser
