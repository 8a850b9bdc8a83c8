"""Rules of one step that count marks: read the marks, add them up, give the places to those with most."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from consult.counting.contest import Contest, Papers
from consult.counting.methods import METHODS
from consult.counting.plain.ballots import BallotBox, levels_of, one_by_one
from consult.counting.plain.chance import Lot
from consult.counting.plain.places import written_down
from consult.counting.result import Count, Stage


def add_up(
    contest: Contest, papers: Papers, marks_on: Callable[[tuple[tuple[int, ...], ...]], tuple[int, ...] | None]
) -> tuple[dict[int, int], BallotBox]:
    """Votes per candidate; `marks_on` gives the candidates a paper counts for, or None where it is invalid."""
    votes = dict.fromkeys(contest.standing, 0)
    box = BallotBox([], 0, 0, 0)
    for paper, weight in one_by_one(papers):
        levels = levels_of(contest, paper)
        marks = marks_on(levels)
        if not levels:
            box.blank += weight
        elif marks is None:
            box.invalid += weight
        else:
            box.valid += weight
            for candidate in marks:
                votes[candidate] += weight
    return votes, box


def count_marks(
    method_id: str,
    contest: Contest,
    papers: Papers,
    seed: str | None,
    marks_on: Callable[[tuple[tuple[int, ...], ...]], tuple[int, ...] | None],
) -> Count:
    """A whole count of one step."""
    votes, box = add_up(contest, papers, marks_on)
    lot = Lot(contest, seed)
    elected = most_votes(method_id, contest, votes, lot)
    stage = Stage(
        number=1,
        action="tally",
        votes=tuple(votes.get(i) for i in range(len(contest.candidates))),
        elected=tuple(elected),
    )
    return written_down(method_id, contest, box, elected, [stage], lot, ranking=ranked(votes, lot))


def most_votes(method_id: str, contest: Contest, votes: Mapping[int, int], lot: Lot, stage: int = 1) -> list[int]:
    """Those with most votes get the places, nobody without a vote does, and level candidates draw lots for the last.

    Under 'rest' nobody comes after re-open nominations, so whoever is level with it draws lots for the order as well.
    """
    rest = METHODS[method_id].setting(contest, "ron") == "rest"
    elected: list[int] = []
    for amount in sorted({v for v in votes.values() if v > 0}, reverse=True):
        level = sorted(i for i, v in votes.items() if v == amount)
        left = contest.seats - len(elected)
        if not left or (rest and contest.ron in elected):
            break
        if len(level) > left:
            drawn = lot.draw(level, stage, "place")[:left]
            lot.record(stage, "place", level, drawn, (), True)
            level = drawn
        elif rest and contest.ron in level and len(level) > 1:
            drawn = lot.draw(level, stage, "order")
            lot.record(stage, "order", level, drawn, (), True)
            level = drawn
        for candidate in level:
            elected.append(candidate)
            if rest and candidate == contest.ron:
                break
    return elected


def ranked(points: Mapping[int, int], lot: Lot) -> tuple[tuple[int, ...], ...]:
    """All candidates by votes; equal ones share a level unless the lot has parted them."""
    levels: list[tuple[int, ...]] = []
    for amount in sorted(set(points.values()), reverse=True):
        level = tuple(sorted(i for i, v in points.items() if v == amount))
        drawn = next((tie.chosen for tie in lot.ties if tie.lot and set(tie.tied) == set(level)), ())
        levels += [(i,) for i in drawn]
        rest = tuple(i for i in level if i not in drawn)
        levels += [rest] if rest else []
    return tuple(levels)


def all_marked(levels: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """Every candidate on the paper, whatever the order.

    >>> all_marked(((2,), (0, 1)))
    (2, 0, 1)
    """
    return tuple(candidate for level in levels for candidate in level)
