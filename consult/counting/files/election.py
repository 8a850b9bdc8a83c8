"""What any election file says once it is read, whatever its format: the contest's parts and the papers, grouped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from consult.counting.contest import Candidate, Contest, Level, Paper, Ranking, Reserve, as_paper
from consult.domain.errors import Invalid

__all__ = ["ElectionFile", "Level", "PaperKey", "Ranking", "Tally", "plain_rankings"]

PaperKey = Ranking | bytes | Paper


@dataclass(frozen=True)
class ElectionFile:
    """An election as a file gives it.

    `papers` maps each different paper (packed to bytes where the ranking has no equal or skipped places) to its exact
    weight, in the order of first appearance. A skipped place is an empty level, ``(0, (), 1)``. `seats` is None where
    the file does not say. `sha256` is of the file's bytes: the ballot id of the lot.
    """

    format: str
    names: tuple[str, ...]
    papers: dict[PaperKey, int]
    title: str = ""
    seats: int | None = None
    withdrawn: tuple[int, ...] = ()
    #: Groups of each candidate, in candidate order; empty where the file names none at all.
    groups: tuple[tuple[str, ...], ...] = ()
    reserves: tuple[Reserve, ...] = ()
    ron: int | None = None
    roll: int | None = None
    units: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: Sentences about how it was read that somebody should know.
    notes: tuple[str, ...] = ()
    sha256: str = ""

    @property
    def weight(self) -> int:
        """All papers together, blank ones included, each by its weight."""
        return sum(self.papers.values())

    def contest(self, seats: int | None = None) -> Contest:
        """The contest to be counted; `seats` overrides the file's, and one seat is meant where neither says."""
        groups = self.groups or ((),) * len(self.names)
        return Contest(
            ballot_id=self.sha256,
            candidates=tuple(Candidate(str(i + 1), name, groups[i]) for i, name in enumerate(self.names)),
            seats=seats if seats is not None else (self.seats if self.seats is not None else 1),
            withdrawn=frozenset(self.withdrawn),
            reserves=self.reserves,
            ron=self.ron,
            roll=self.roll,
            units=dict(self.units),
            settings=dict(self.settings),
        )


class Tally:
    """Papers counted as they are read: one entry for each different paper.

    >>> tally = Tally(3)
    >>> tally.add((0, 1), 2); tally.add((0, 1), 1); tally.add(((0, 2), ()), 1)
    >>> tally.papers
    {b'\\x00\\x01': 3, ((0, 2),): 1}
    """

    def __init__(self, candidates: int) -> None:
        self.papers: dict[PaperKey, int] = {}
        #: Whether an index fits into a byte.
        self.packs = candidates <= 256

    def add(self, ranking: Ranking, weight: int, verdicts: str = "", unit: str = "") -> None:
        """Count one paper; skipped places after the last preference say nothing and are dropped."""
        end = len(ranking)
        while end and ranking[end - 1] == ():
            end -= 1
        if end < len(ranking):
            ranking = ranking[:end]
        key: PaperKey = ranking
        if verdicts or unit:
            key = Paper(ranking, verdicts, unit)
        elif self.packs:
            try:
                key = bytes(ranking)  # type: ignore[arg-type]
            except TypeError:  # an equal or skipped place
                key = ranking
        self.papers[key] = self.papers.get(key, 0) + weight


def plain_rankings(file: ElectionFile, format_name: str) -> Iterator[tuple[Ranking, int]]:
    """The papers as rankings for a format that holds nothing else; refused where a paper has verdicts or a unit."""
    for key, weight in file.papers.items():
        paper = as_paper(key)
        if paper.verdicts or paper.unit:
            raise Invalid(f"{format_name} holds rankings only; write JSON, which keeps verdicts and units too.")
        yield paper.ranking, weight
