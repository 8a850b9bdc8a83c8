"""What stands beside the choices on a paper: explanations, candidates' statements, and the text each question decides."""

from __future__ import annotations

from dataclasses import dataclass

from consult.model.ballots import Ballot


@dataclass(frozen=True)
class Beside:
    """For one question: its explanation, the statement of each option by key, and what of the text it decides."""

    explanation: str
    statements: dict[str, str]
    motion_id: int | None
    #: What an amendment would do, one sentence an operation.
    rubric: list[str]


def of(ballot: Ballot) -> dict[str, Beside]:
    """What stands beside each question, by its key."""
    return {
        question.key: Beside(
            question.explanation,
            {option.key: option.statement for option in question.options if option.statement},
            question.motion_id,
            list(question.amendment.rubric) if question.amendment is not None else [],
        )
        for question in ballot.questions
    }
