"""A proportional order by repeated Scottish STV: C. Rosenstiel, Voting matters 9 (1998), last place first."""

from __future__ import annotations

from dataclasses import replace

from consult.counting.contest import Contest, Papers, group_papers
from consult.counting.fast.scottish_stv import UNIT, Counting
from consult.counting.fast.ties import Ties
from consult.counting.methods import METHODS
from consult.counting.result import Count, Stage


def count(contest: Contest, papers: Papers, seed: str | None = None) -> Count:
    """Elects as many as there are places, then one fewer among those, and so on: who drops out takes the last place.

    Each count is a part of its own: ties look back only within it.  Re-open nominations stands like anybody else, and
    closes the places from its own on.
    """
    groups = group_papers(papers)
    plain = replace(contest, ron=None, settings={})
    ties = Ties(plain, seed)
    stages: list[Stage] = []
    parts: list[Counting] = []

    def elect(seats: int, among: set[int]) -> set[int]:
        ties.history.clear()
        absent = frozenset(range(len(contest.candidates))) - among
        part = Counting(replace(plain, seats=seats, withdrawn=absent), groups, ties, len(parts) + 1, len(stages) + 1)
        part.run()
        parts.append(part)
        stages.extend(part.stages)
        return set(part.places.elected)

    remaining = set(contest.standing)
    if contest.seats < len(remaining) or len(remaining) == 1:
        remaining = elect(contest.seats, remaining)
    order: list[int] = []
    while len(remaining) > 1:
        kept = elect(len(remaining) - 1, remaining)
        if not kept:  # no paper ranks any of them
            remaining = set()
            break
        order += remaining - kept
        remaining = kept
    order += remaining
    order.reverse()
    closing = contest.ron in order and contest.settings.get("ron", "rest") == "rest"
    winners = [c for c in (order[: order.index(contest.ron)] if closing else order) if c != contest.ron]  # type: ignore[arg-type]
    return Count(
        "repeated-stv", METHODS["repeated-stv"].version, contest.seats, contest.labels, parts[0].ballots,
        tuple(winners), tuple(stages), parts[0].quota // UNIT, 5, tuple(ties.records),
        ranking=tuple((c,) for c in order), withdrawn=tuple(sorted(contest.withdrawn)), ron=contest.ron,
        unfilled=contest.seats - len(winners), permutation=ties.permutation,
    )  # fmt: skip
