"""The materiality report: everybody who could not vote and everything complained of, against every margin of the result.

It answers one question: could all doubts together have changed the result? Each doubt is a number of votes; each margin
is the number that would have made a tie. Where the doubts are fewer than every margin, they did not matter. Where they
are not, it names the margins they reach, exclusions on the way included, and people decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.counting.margins import Margin, margins
from consult.counting.reading import read_count
from consult.counting.result import Count
from consult.domain.errors import OutOfOrder
from consult.domain.roles import SWEEP
from consult.ledger import materiality as ledger
from consult.ledger.materiality import Doubts
from consult.ledger.report import Margin as LedgerMargin
from consult.model.ballots import Ballot, Envelope, Question
from consult.model.desk import TURNED_AWAY, ChallengedBallot, TurnedAway
from consult.model.results import QuestionResult
from consult.model.store import db, writing
from consult.service import challenges, clock, complaints, opening, rolls


@dataclass(frozen=True)
class Measured:
    """One question: its margins, the narrowest first, and which of them the doubts reach."""

    key: str
    title: str
    margins: tuple[Margin, ...]
    reached: tuple[Margin, ...]


@dataclass(frozen=True)
class Report:
    """The doubts against the margins of every question."""

    doubts: Doubts
    questions: tuple[Measured, ...]

    @property
    def matters(self) -> bool:
        """Whether the doubts reach any margin at all."""
        return any(question.reached for question in self.questions)

    def dumps(self) -> bytes:
        """The bytes of materiality.json in the bundle."""
        listed = [(q.key, [LedgerMargin(m.words, m.votes, m.written) for m in q.margins]) for q in self.questions]
        return ledger.dumps(self.doubts, listed)


def of(ballot: Ballot, session: Session | None = None) -> Report:
    """The report of a counted ballot, from what is kept of its counts."""
    session = session or db.session()
    query = select(QuestionResult).join(Question).where(Question.ballot_id == ballot.id).order_by(Question.position)
    counts = {result.question_id: read_count(result.count) for result in session.scalars(query)}
    return measure(ballot, [(question, counts[question.id]) for question in ballot.questions], session)


def measure(ballot: Ballot, counted: Sequence[tuple[Question, Count]], session: Session) -> Report:
    """The report on these counts."""
    doubts = doubts_about(ballot, session)
    measured = []
    for question, count in counted:
        found = tuple(margins(count))
        reached = tuple(margin for margin in found if doubts.reach(margin.votes))
        measured.append(Measured(question.key, question.title, found, reached))
    return Report(doubts, tuple(measured))


def doubts_about(ballot: Ballot, session: Session | None = None) -> Doubts:
    """Everything that might have been otherwise."""
    session = session or db.session()
    challenged, complained = challenges.figures(ballot, session), complaints.figures(ballot, session)
    return Doubts(
        turned_away=turned_away(ballot, session),
        challenged_refused=challenged.refused,
        challenged_undecided=challenged.undecided,
        unreadable=ballot.refused or 0,
        complaints=complained.affected,
    )


# -- people who tried and could not ----------------------------------------------------------------------------------


def note_turned_away(ballot_id: int, member_id: int, why: str) -> None:
    """Note that somebody tried to vote and could not: once for each person, without the time."""
    with writing() as session:
        if session.get(TurnedAway, (ballot_id, member_id)) is None:
            session.add(TurnedAway(ballot_id=ballot_id, member_id=member_id, why=why))


def arrived_late(ballot: Ballot, member_id: int) -> None:
    """A paper came after the last instant: note who, and put the close on the record if the worker has not.

    Whoever was told that the ballot is closed was told the truth: once it is recorded, a clock that steps back opens
    nothing again.
    """
    at = clock.now()
    if ballot.phase(at) != "over" or ballot.roll_id is None:
        return
    if rolls.is_on(ballot.roll_id, member_id):
        note_turned_away(ballot.id, member_id, "too late")
    if ballot.state in ("scheduled", "open"):
        with suppress(OutOfOrder):  # the worker was quicker
            opening.close(ballot, by=SWEEP)


def turned_away(ballot: Ballot, session: Session | None = None) -> dict[str, int]:
    """How many people tried and could not, by the reason; without those who voted or cast a challenged ballot after all."""

    def theirs(table: Any) -> Any:
        same = (table.ballot_id == TurnedAway.ballot_id) & (table.member_id == TurnedAway.member_id)
        return select(table.member_id).where(same).exists()

    query = (
        select(TurnedAway.why, func.count())
        .where(TurnedAway.ballot_id == ballot.id, ~theirs(Envelope), ~theirs(ChallengedBallot))
        .group_by(TurnedAway.why)
    )
    found = {why: int(number) for why, number in (session or db.session()).execute(query)}
    return {why: found[why] for why in TURNED_AWAY if why in found}
