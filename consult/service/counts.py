"""Counting every question of an opened ballot: two exact counts that must agree, and pyrankvote where it applies."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from consult.counting.contest import Contest, Group
from consult.counting.count import agree, count, recount
from consult.counting.data import contest_from, papers_from
from consult.counting.result import Count
from consult.counting.second import compare
from consult.counting.words import outcome_words
from consult.domain.errors import OutOfOrder
from consult.ledger import papers
from consult.ledger.definition import Definition, Roll, contest_of
from consult.ledger.definition import Question as DefinedQuestion
from consult.model.ballots import Ballot, Question
from consult.service import ballots, electorate, unsealing


@dataclass(frozen=True)
class Counted:
    """One question counted: the definition's question, the papers, the count, its picture and what was said of it."""

    question: Question
    defined: DefinedQuestion
    papers: papers.Papers
    count: Count
    outcome: str
    verdict: str


def count_all(session: Session, ballot: Ballot) -> list[Counted]:
    """Every question counted twice from the opened papers, in the order of the paper."""
    made = ballots.definition_of(ballot)
    roll = electorate.roll_of(ballot, made, session)
    return [_count(session, question, made, roll, ballot.seed) for question in ballot.questions]


def _count(session: Session, question: Question, made: Definition, roll: Roll, seed: str | None) -> Counted:
    defined = made.question(question.key)
    contest = contest_from(contest_of(made, defined, withdrawn_of(question), roll))
    return count_papers(session, question, made, contest, seed)


def count_papers(session: Session, question: Question, made: Definition, contest: Contest, seed: str | None) -> Counted:
    """The opened papers of a question counted twice by a contest: that of its ballot, or of a countback.

    Raises:
        OutOfOrder: if the counts differ.
    """
    defined = made.question(question.key)
    gathered = papers.gather(made.id, question.key, unsealing.groups_of(session, question))
    votes = papers_from((tuple(group.pattern), group.votes) for group in gathered.groups)  # type: ignore[misc]
    first = count(question.method, contest, votes, seed)
    second = recount(question.method, contest, votes, seed)
    if differences := agree(first, second):
        raise OutOfOrder(
            f"The two counts of “{question.title}” differ, so nothing can be certified. Keep everything as it is and "
            f"report it: {' '.join(differences[:3])}"
        )
    verdict = _package_verdict(contest, votes, first)
    return Counted(question, defined, gathered, first, outcome_words(first), verdict)


def _package_verdict(contest: Contest, votes: list[Group], first: Count) -> str:
    """What the independent package says of an IRV count; where it applies it must agree."""
    said = compare(contest, votes, first)
    if said.stands_in_the_way:
        raise OutOfOrder(
            f"The independent package disagrees with our count, so nothing can be certified. {said.sentence}"
        )
    return said.sentence


def withdrawn_of(question: Question) -> list[str]:
    """The keys of options that withdrew during the poll."""
    return [option.key for option in question.options if option.withdrawn]
