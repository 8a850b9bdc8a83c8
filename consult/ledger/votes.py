"""Recorded votes: who voted how, by name and with the votes on each card, as they are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from consult.ledger import canonical, papers, rankings, shape
from consult.ledger.definition import Definition
from consult.ledger.papers import Group, Papers, Pattern

FORMAT = "consult-votes/1"


class Said(NamedTuple):
    """One answer of an open vote, as `envelopes.Answer` has it."""

    question: str
    ranking: tuple[Any, ...]
    verdicts: str


@dataclass(frozen=True)
class Vote:
    """One voter's open vote: the name and branch as they stood on the roll, the votes on the card, the paper."""

    voter: str
    unit: str
    votes: int
    paper: tuple[Any, ...]


def dumps(definition: Definition, votes: Sequence[Vote]) -> bytes:
    """The bytes of votes.json, in the order of names."""
    listed = sorted(votes, key=lambda vote: (vote.voter, vote.unit, vote.votes, canonical.dumps(vote.paper)))
    values = [
        {
            "voter": vote.voter,
            "unit": vote.unit,
            "votes": vote.votes,
            "paper": [{"question": a.question, "ranking": a.ranking, "verdicts": a.verdicts} for a in vote.paper],
        }
        for vote in listed
    ]
    return canonical.dumps({"format": FORMAT, "ballot": definition.id, "votes": values})


def loads(data: bytes, definition: Definition, what: str = "votes.json") -> tuple[Vote, ...]:
    """Read votes.json of this ballot."""

    def vote(value: Any, where: str) -> Vote:
        found = shape.fields(
            value,
            where,
            voter=shape.text(200, 1),
            unit=shape.text(200),
            votes=shape.number(1),
            paper=shape.listing(shape.anything, 200),
        )
        return Vote(**{**found, "paper": _paper(found["paper"], definition, where)})

    found = shape.fields(
        shape.known_format(canonical.loads(data, what), what, FORMAT),
        what,
        format=shape.one_of([FORMAT]),
        ballot=shape.one_of([definition.id]),
        votes=shape.listing(vote),
    )
    votes: tuple[Vote, ...] = found["votes"]
    return votes


def _paper(values: Sequence[Any], definition: Definition, where: str) -> tuple[Said, ...]:
    if len(values) != len(definition.questions):
        raise shape.Malformed(f"In {where}: the paper does not answer each of {len(definition.questions)} questions.")
    answers = []
    for value, question in zip(values, definition.questions, strict=True):
        options, place = len(question.options), f"{where}, {question.key}"
        found = shape.fields(
            value,
            place,
            question=shape.one_of([question.key]),
            ranking=shape.listing(shape.anything, options),
            verdicts=shape.text(options),
        )
        rankings.check_verdicts(found["verdicts"], options, place)
        ranking = rankings.check_ranking(found["ranking"], options, place)
        answers.append(Said(question.key, ranking, found["verdicts"]))
    return tuple(answers)


def papers_of(definition: Definition, votes: Sequence[Vote]) -> tuple[Papers, ...]:
    """The papers of each question that these votes make, for the count and for its file.

    The branch goes with an answer where the declared rule counts by branch.
    """
    made = []
    for place, question in enumerate(definition.questions):
        by_unit = bool(question.settings.get("by_unit"))
        groups = [
            Group(Pattern(v.paper[place].ranking, v.paper[place].verdicts, v.unit if by_unit else ""), 1, v.votes)
            for v in votes
        ]
        made.append(papers.gather(definition.id, question.key, groups))
    return tuple(made)
