"""What stands beside the choices on a paper: explanations, candidates' statements, and the text each question decides."""

from __future__ import annotations

from dataclasses import dataclass, field

from consult.ledger.definition import Definition
from consult.model.ballots import Ballot, Option, Question
from consult.service import ballots, candidates


@dataclass(frozen=True)
class Said:
    """One option's statement and the hash of its photograph, "" where there is none."""

    statement: str
    photograph: str
    #: Whether it is not what the ballot's definition binds: then neither is shown.
    altered: bool = False


@dataclass(frozen=True)
class Beside:
    """For one question: its explanation, what each option says for itself by key, and what of the text it decides."""

    explanation: str
    options: dict[str, Said]
    motion_id: int | None
    #: What an amendment would do, one sentence an operation.
    rubric: list[str]
    #: For whom places are reserved, one sentence a group.
    reserved: list[str] = field(default_factory=list)

    @property
    def faces(self) -> bool:
        """Whether any option has a photograph, so that all leave room for one."""
        return any(said.photograph for said in self.options.values())


def of(ballot: Ballot) -> dict[str, Beside]:
    """What stands beside each question, by its key."""
    made = ballots.definition_of(ballot) if ballot.definition is not None else None
    return {
        question.key: Beside(
            question.explanation,
            {option.key: _said(made, question, option) for option in question.options},
            question.motion_id,
            list(question.amendment.rubric) if question.amendment is not None else [],
            question.reserved,
        )
        for question in ballot.questions
    }


def _said(made: Definition | None, question: Question, option: Option) -> Said:
    if made is not None and candidates.altered(made, question, option):
        return Said("", "", altered=True)
    return Said(option.statement, option.photograph_hash or "")
