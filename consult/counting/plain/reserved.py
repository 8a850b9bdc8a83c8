"""Reserved places, plainly: try every way of filling the places that are left.

I. D. Hill, "STV with constraints", Voting matters 9 (1998): a continuing candidate is *doomed* when no permitted way of
filling the places includes them, and *guarded* when every permitted way does.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from consult.counting.contest import Contest
from consult.counting.plain.chance import Lot


def permitted(contest: Contest, elected: Iterable[int], free: Iterable[int]) -> bool:
    """Whether the places can be filled by the elected and some of the free so that every reserve is kept.

    >>> from consult.counting.contest import Candidate, Reserve
    >>> slate = (Candidate("1", "Ann", ("women",)), Candidate("2", "Bo"), Candidate("3", "Cy"))
    >>> one_woman = Contest("b", slate, 2, reserves=(Reserve("women", 1),))
    >>> permitted(one_woman, [1], [0, 2]), permitted(one_woman, [1, 2], [0])
    (True, False)
    """
    belongs = [frozenset(contest.groups_of(i)) for i in range(len(contest.candidates))]
    order = sorted(free, key=lambda i: sorted(belongs[i]))

    @cache
    def fill(at: int, left: int, held: tuple[int, ...]) -> bool:
        if left == 0:
            return all(reserve.minimum <= n for reserve, n in zip(contest.reserves, held, strict=True))
        if at == len(order):
            return False
        taking = tuple(n + (r.group in belongs[order[at]]) for r, n in zip(contest.reserves, held, strict=True))
        room = all(r.maximum is None or n <= r.maximum for r, n in zip(contest.reserves, taking, strict=True))
        return (room and fill(at + 1, left - 1, taking)) or fill(at + 1, left, held)

    elected = tuple(elected)
    held = tuple(sum(r.group in belongs[i] for i in elected) for r in contest.reserves)
    if any(r.maximum is not None and n > r.maximum for r, n in zip(contest.reserves, held, strict=True)):
        return False
    return len(elected) <= contest.seats and fill(0, contest.seats - len(elected), held)


def doomed(contest: Contest, elected: Iterable[int], continuing: Iterable[int]) -> set[int]:
    """Continuing candidates whose election would leave no permitted way of filling the places (never RON)."""
    elected, continuing = list(elected), set(continuing)
    if not contest.reserves or not permitted(contest, elected, continuing):
        return set()
    return {i for i in continuing if i != contest.ron and not permitted(contest, [*elected, i], continuing - {i})}


def guarded(contest: Contest, elected: Iterable[int], continuing: Iterable[int]) -> set[int]:
    """Continuing candidates whose exclusion would leave no permitted way of filling the places (never RON)."""
    elected, continuing = list(elected), set(continuing)
    if not contest.reserves or not permitted(contest, elected, continuing):
        return set()
    return {i for i in continuing if i != contest.ron and not permitted(contest, elected, continuing - {i})}


def order_of_level(
    contest: Contest, lot: Lot, level: list[int], elected: Iterable[int], continuing: Iterable[int], stage: int
) -> list[int]:
    """Candidates alike in votes, now and before, in the order in which they are deemed elected: ballot order.

    Where that order decides something the lot is drawn instead: when re-opening nominations is among them (whoever
    comes after it is not elected), or when reserved places have no room for them all.
    """
    if len(level) < 2:
        return list(level)
    closes = contest.ron in level and contest.settings.get("ron", "rest") == "rest"
    elected, others = list(elected), set(continuing) - set(level)
    able = [i for i in level if i not in doomed(contest, elected, set(continuing) - set(elected))]
    crowded = bool(contest.reserves) and not permitted(contest, [*elected, *able], others - set(elected))
    if not closes and not (crowded and len(able) > 1):
        return sorted(level)
    drawn = lot.draw(level, stage, "order")
    lot.record(stage, "order", level, drawn, (), True)
    return drawn
