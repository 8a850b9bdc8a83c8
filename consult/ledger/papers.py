"""The papers of one question as one file, without order and without anything that leads to a voter.

Identical papers are one group with a number, and groups are sorted, so that neither the order of casting nor of opening
can be read from the file. Each question has a file of its own: what one person answered to two questions is not
published together, because it would single people out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from consult.ledger import canonical, rankings, shape
from consult.ledger.definition import COPIES, Question
from consult.ledger.rankings import Level

FORMAT = "consult-papers/1"


class Pattern(NamedTuple):
    """What stands on a paper: the ranking, verdicts ("" or one per option), the voter's unit where units count."""

    ranking: tuple[Level, ...] = ()
    verdicts: str = ""
    unit: str = ""


class Group(NamedTuple):
    """`papers` identical papers, each of `weight` votes (1 except for delegates' recorded card votes)."""

    pattern: Pattern
    papers: int = 1
    weight: int = 1

    @property
    def votes(self) -> int:
        """Papers times weight."""
        return self.papers * self.weight


@dataclass(frozen=True)
class Papers:
    """All papers of one question: readable ones grouped, and how many could not be read at all."""

    ballot: str
    question: str
    groups: tuple[Group, ...]
    spoiled: int = 0

    @property
    def counted(self) -> int:
        """All papers, the spoiled included."""
        return sum(group.papers for group in self.groups) + self.spoiled

    @property
    def votes(self) -> int:
        """All votes on readable papers."""
        return sum(group.votes for group in self.groups)

    @property
    def rarest(self) -> int:
        """How many papers bear the rarest pattern; 0 if there are no papers."""
        return min((group.papers for group in self.groups), default=0)

    @property
    def unique(self) -> int:
        """How many patterns stand on one paper alone: the number to show before anything is published."""
        return sum(group.papers == 1 for group in self.groups)

    @property
    def safe(self) -> bool:
        """Whether every pattern stands on at least `COPIES` papers."""
        return not self.groups or self.rarest >= COPIES


def gather(ballot: str, question: str, groups: Iterable[Group], spoiled: int = 0) -> Papers:
    """Put identical papers together and sort.

    >>> gather("b", "q", [Group(Pattern((1,))), Group(Pattern((0,))), Group(Pattern((1,)))]).groups[1].papers
    2
    """
    numbers: dict[tuple[Pattern, int], int] = {}
    for group in groups:
        numbers[group.pattern, group.weight] = numbers.get((group.pattern, group.weight), 0) + group.papers
    merged = [Group(pattern, papers, weight) for (pattern, weight), papers in numbers.items() if papers]
    return Papers(ballot, question, tuple(sorted(merged, key=_order)), spoiled)


def dumps(papers: Papers) -> bytes:
    """The bytes of ballots/<question>.json; their SHA-256 stands in the manifest whether they are published or not."""
    return canonical.dumps(as_json(papers))


def as_json(papers: Papers) -> dict[str, Any]:
    """What `dumps` writes, as plain data."""
    return {
        "format": FORMAT,
        "ballot": papers.ballot,
        "question": papers.question,
        "spoiled": papers.spoiled,
        "groups": [
            {"ranking": ranking, "verdicts": verdicts, "unit": unit, "papers": number, "weight": weight}
            for (ranking, verdicts, unit), number, weight in papers.groups
        ],
    }


def loads(data: bytes, question: Question, what: str = "The file of papers") -> Papers:
    """Read the papers of `question`; `NotCanonical` or `Malformed` says what is wrong and where."""
    return read(canonical.loads(data, what), question, what)


def read(value: Any, question: Question, what: str = "The file of papers") -> Papers:
    """The papers of `question` from plain data that was canonical JSON."""
    found = shape.fields(
        shape.known_format(value, what, FORMAT),
        what,
        format=shape.one_of([FORMAT]),
        ballot=shape.key,
        question=shape.one_of([question.key]),
        spoiled=shape.number(),
        groups=shape.listing(lambda value, where: _group(value, where, question)),
    )
    papers = gather(found["ballot"], found["question"], found["groups"], found["spoiled"])
    if papers.groups != found["groups"]:
        raise shape.Malformed(f"In {what}: the groups are not sorted, or one stands there twice.")
    return papers


def _order(group: Group) -> bytes:
    return canonical.dumps([*group.pattern, group.weight])


def _level(value: Any, where: str) -> Any:
    return value  # the ranking is judged as a whole


def _group(value: Any, where: str, question: Question) -> Group:
    options = len(question.options)
    found = shape.fields(
        value,
        where,
        papers=shape.number(1),
        weight=shape.number(1),
        ranking=shape.listing(_level, options),
        verdicts=shape.text(options),
        unit=shape.text(100),
    )
    ranking = rankings.check_ranking(found["ranking"], options, where)
    rankings.check_verdicts(found["verdicts"], options, where)
    return Group(Pattern(ranking, found["verdicts"], found["unit"]), found["papers"], found["weight"])
