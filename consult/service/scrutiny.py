"""What is on the record of a ballot, step by step with who and when; and the scrutineer's report made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from consult.domain.events import SENTENCES, Event
from consult.ledger.definition import COPIES
from consult.model.audit import AuditEvent
from consult.model.ballots import Ballot, OpenedPaper
from consult.model.members import Member
from consult.model.store import db


@dataclass(frozen=True)
class Entry:
    """One event of a ballot on the audit log."""

    sequence: int
    event: str
    words: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Patterns:
    """How telling the papers of a question would be if they were published."""

    key: str
    papers: int
    patterns: int
    unique: int
    rarest: int

    @property
    def safe(self) -> bool:
        """Whether every pattern stands on at least ten papers."""
        return self.rarest >= COPIES


def record_of(ballot: Ballot) -> list[Entry]:
    """Every event about the ballot or what is certified of it, in order, with the name of whoever acted; two statements."""
    whole = [f"{name}:{ballot.id}" for name in ("ballot", "publication", "annulment", "destruction")]
    parts = [
        AuditEvent.subject.startswith(f"{name}:{ballot.id}:") for name in ("signature", "signed_recount", "seed_share")
    ]
    query = select(AuditEvent).where(or_(AuditEvent.subject.in_(whole), *parts)).order_by(AuditEvent.sequence)
    events = list(db.session.scalars(query))
    ids = {int(each.actor.partition(":")[2]) for each in events if each.actor.startswith("member:")}
    named = db.session.execute(select(Member.id, Member.name).where(Member.id.in_(ids))).all()
    names = {f"member:{id_}": name for id_, name in named}
    machines = {"machine:sweep": "the timetable", "machine:console": "the operator's console"}
    return [
        Entry(
            each.sequence,
            each.event,
            SENTENCES[Event(each.event)],
            each.at,
            names.get(each.actor) or machines.get(each.actor, each.actor),
        )
        for each in events
    ]


def last(record: list[Entry], event: Event) -> Entry | None:
    """The newest entry of one event."""
    return next((each for each in reversed(record) if each.event == event.value), None)


def patterns_of(ballot: Ballot) -> list[Patterns]:
    """For each question of an opened ballot how many patterns stand on one paper alone; one statement."""
    query = select(OpenedPaper.question_id, OpenedPaper.copies)
    ids = [question.id for question in ballot.questions]
    copies: dict[int, list[int]] = {id_: [] for id_ in ids}
    for question_id, number in db.session.execute(query.where(OpenedPaper.question_id.in_(ids))):
        copies[question_id].append(number)
    return [
        Patterns(
            question.key,
            sum(copies[question.id]),
            len(copies[question.id]),
            sum(number == 1 for number in copies[question.id]),
            min(copies[question.id], default=0),
        )
        for question in ballot.questions
    ]
