"""A contest and its papers from plain data: the form in which a ballot definition hands them to the counters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from consult.counting.contest import Candidate, Contest, Group, Paper, Reserve


def contest_from(data: Mapping[str, Any]) -> Contest:
    """The contest of plain data with the names of `Contest`'s fields; lists stand for tuples.

    >>> contest_from({"ballot_id": "b/q", "candidates": [{"key": "1", "name": "Ann", "groups": []}], "seats": 1,
    ...               "withdrawn": [], "reserves": [], "ron": None, "roll": 9, "units": {}, "settings": {}}).labels
    ('Ann',)
    """
    return Contest(
        ballot_id=data["ballot_id"],
        candidates=tuple(Candidate(c["key"], c["name"], tuple(c["groups"])) for c in data["candidates"]),
        seats=data["seats"],
        withdrawn=frozenset(data["withdrawn"]),
        reserves=tuple(Reserve(r["group"], r["minimum"], r["maximum"]) for r in data["reserves"]),
        ron=data["ron"],
        roll=data["roll"],
        units=dict(data["units"]),
        settings=dict(data["settings"]),
    )


def papers_from(groups: Iterable[tuple[tuple[Any, str, str], int]]) -> list[Group]:
    """Groups of papers from ((ranking, verdicts, unit), votes); a paper with a bare ranking is given as that.

    >>> papers_from([(((0, (1, 2)), "", ""), 3)])
    [Group(paper=(0, (1, 2)), weight=3)]
    """
    return [
        Group(Paper(ranking, verdicts, unit) if verdicts or unit else ranking, votes)
        for (ranking, verdicts, unit), votes in groups
    ]
