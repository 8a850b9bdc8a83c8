"""What the plain counters share when they write a result down: who of the elected wins, and what stays open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from consult.counting.contest import Contest
from consult.counting.methods import METHODS
from consult.counting.plain.ballots import BallotBox
from consult.counting.plain.chance import Lot
from consult.counting.result import Ballots, Count, Stage


def up_to_ron(method_id: str, contest: Contest, order: Iterable[int]) -> list[int]:
    """Those given a place, in order: under 'rest' nobody comes after re-open nominations.

    >>> from consult.counting.contest import Candidate
    >>> abc = tuple(Candidate(str(n), name) for n, name in enumerate("ABC"))
    >>> up_to_ron("approval", Contest("b", abc, 3, ron=1), [0, 1, 2])
    [0, 1]
    """
    rest = METHODS[method_id].setting(contest, "ron") == "rest"
    placed = []
    for candidate in order:
        placed.append(candidate)
        if candidate == contest.ron and rest:
            break
    return placed


def written_down(
    method_id: str,
    contest: Contest,
    box: BallotBox,
    elected: Sequence[int],
    stages: Iterable[Stage],
    lot: Lot,
    **more: Any,
) -> Count:
    """The finished count of a method; re-open nominations wins nothing, and its place stays open."""
    winners = tuple(i for i in elected if i != contest.ron)
    return Count(
        method=method_id,
        version=METHODS[method_id].version,
        seats=contest.seats,
        labels=contest.labels,
        ballots=Ballots(box.valid, box.blank, box.invalid),
        winners=winners,
        stages=tuple(stages),
        ties=tuple(lot.ties),
        withdrawn=tuple(sorted(contest.withdrawn)),
        ron=contest.ron,
        unfilled=contest.seats - len(winners),
        permutation=lot.drawn,
        **more,
    )


def must_balance(total: int, valid: int) -> None:
    """No stage may gain or lose a vote: votes, non-transferable and loss add up to the valid papers.

    >>> must_balance(299, 300)
    Traceback (most recent call last):
        ...
    ArithmeticError: the stage adds up to 299 and not to 300
    """
    if total != valid:
        raise ArithmeticError(f"the stage adds up to {total} and not to {valid}")
