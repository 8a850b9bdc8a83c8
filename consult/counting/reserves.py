"""Places kept for groups: which candidates are guarded (must be elected) and which doomed (no longer can be).

Guarded and doomed candidates are Hill's ("STV with constraints", Voting matters 9, 1998): a candidate is doomed when
no way of filling the remaining places that satisfies every minimum and maximum includes them, guarded when every such
way does.  Candidates of the same groups are alike, so it is enough to search over kinds of candidate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from consult.counting.contest import Contest, Reserve


def possible(contest: Contest) -> bool:
    """Whether any filling of the places satisfies the reserves.

    >>> from consult.counting.contest import Candidate
    >>> slate = (Candidate("1", "Ann", ("women",)), Candidate("2", "Bo"), Candidate("3", "Cy"))
    >>> [possible(Contest("b", slate, 2, reserves=(Reserve("women", n),))) for n in (1, 2)]
    [True, False]
    """
    return fillable(contest, (), contest.standing)


def fillable(contest: Contest, elected: Iterable[int], continuing: Iterable[int]) -> bool:
    """Whether the elected and some of the continuing can fill every place within the reserves."""
    has, may = (Counter(contest.groups_of(i) for i in some) for some in (elected, continuing))
    kinds = list(has | may)
    return _fill(kinds, [has[k] for k in kinds], [has[k] + may[k] for k in kinds], contest.seats, contest.reserves)


def guarded_and_doomed(
    contest: Contest, elected: Iterable[int], continuing: Iterable[int]
) -> tuple[frozenset[int], frozenset[int]]:
    """The continuing candidates that must be elected, and those that no longer can be; never re-open nominations.

    Where no filling is possible any more (only re-opened nominations can bring that about) nobody is either.
    """
    elected, continuing = tuple(elected), tuple(continuing)
    if not contest.reserves or not fillable(contest, elected, continuing):
        return frozenset(), frozenset()
    guarded: set[int] = set()
    doomed: set[int] = set()
    for kind in {contest.groups_of(i) for i in continuing}:
        alike = [i for i in continuing if contest.groups_of(i) == kind]
        without = [i for i in continuing if i != alike[0]]
        if not fillable(contest, (*elected, alike[0]), without):
            doomed.update(alike)
        elif not fillable(contest, elected, without):
            guarded.update(alike)
    return frozenset(guarded - {contest.ron}), frozenset(doomed - {contest.ron})


def _fill(
    kinds: Sequence[tuple[str, ...]], low: Sequence[int], high: Sequence[int], seats: int, reserves: Sequence[Reserve]
) -> bool:
    """Whether numbers between `low` and `high` of each kind add up to `seats` within every reserve."""
    if any(a > b for a, b in zip(low, high, strict=True)):
        return False

    seen: set[tuple[int, int, tuple[int, ...]]] = set()

    def search(at: int, left: int, counts: tuple[int, ...]) -> bool:
        if left < sum(low[at:]) or left > sum(high[at:]) or (at, left, counts) in seen:
            return False
        seen.add((at, left, counts))
        if any(r.maximum is not None and c > r.maximum for r, c in zip(reserves, counts, strict=True)):
            return False
        if at == len(kinds):
            return all(c >= r.minimum for r, c in zip(reserves, counts, strict=True))
        for number in range(min(high[at], left), low[at] - 1, -1):
            added = tuple(c + number * (r.group in kinds[at]) for r, c in zip(reserves, counts, strict=True))
            if search(at + 1, left - number, added):
                return True
        return False

    return search(0, seats, (0,) * len(reserves))
