"""The audit log as members read it: filtered, in pages, and without what concerns one person alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, not_, or_, select

from consult.domain.events import SENTENCES, Event
from consult.domain.roles import Actor
from consult.model.audit import AuditEvent
from consult.model.members import Member
from consult.model.store import db

PER_PAGE = 50

#: Beginnings of events that concern one person's account or entry, and drafts that nobody has been shown: others see that they
#: happened, which the chain needs, and not who or what.
_PRIVATE = ("account.",)
_PRIVATE_EVENTS = (
    Event.MEMBER_CHANGED,
    Event.MOTION_DRAFTED,
    Event.MOTION_SAVED,
    Event.AMENDMENT_DRAFTED,
    Event.AMENDMENT_SAVED,
    Event.COMMENT_REPORTED,
    Event.PARAGRAPH_COMMENT_REPORTED,
    Event.POST_WAITS,
    Event.POST_WITHDRAWN,
)


@dataclass(frozen=True)
class Line:
    """One event as a page shows it; `who`, `subject` and `data` are empty where they are not for this reader."""

    sequence: int
    at: Any
    event: str
    sentence: str
    who: str
    subject: str
    data: str
    hash: str


@dataclass(frozen=True)
class Lines:
    """One page of the log, newest first."""

    lines: list[Line]
    page: int
    last: int
    total: int


def read(reader: Actor, *, event: str = "", subject: str = "", page: int = 1) -> Lines:
    """A page of the events of a kind and about a subject, for one reader: three statements, however many there are."""
    query = _filtered(select(AuditEvent), reader, event, subject)
    total = db.session.scalar(_filtered(select(func.count()).select_from(AuditEvent), reader, event, subject)) or 0
    last = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), last)
    found = list(
        db.session.scalars(query.order_by(AuditEvent.sequence.desc()).offset((page - 1) * PER_PAGE).limit(PER_PAGE))
    )
    names = _names(found)
    return Lines([line(row, reader, names) for row in found], page, last, total)


def _private() -> Any:
    return or_(
        *(AuditEvent.event.startswith(beginning) for beginning in _PRIVATE),
        AuditEvent.event.in_([one.value for one in _PRIVATE_EVENTS]),
    )


def _filtered(query: Select[Any], reader: Actor, event: str, subject: str) -> Select[Any]:
    if event:
        query = query.where(AuditEvent.event == event)
    if subject:  # what is private is not found by its subject either, except by the one who did it
        query = query.where(
            and_(AuditEvent.subject == subject, or_(not_(_private()), AuditEvent.actor == reader.reference))
        )
    return query


def _is_private(row: AuditEvent) -> bool:
    return row.event.startswith(_PRIVATE) or row.event in _PRIVATE_EVENTS


def _names(rows: list[AuditEvent]) -> dict[str, str]:
    ids = {int(row.actor.removeprefix("member:")) for row in rows if row.actor.startswith("member:")}
    people = db.session.execute(select(Member.id, Member.name, Member.erased_at).where(Member.id.in_(ids))).all()
    return {f"member:{p.id}": "a former member" if p.erased_at else p.name for p in people}


_MACHINES = {"machine:sweep": "the timetable", "machine:console": "the operator's console", "visitor": "a visitor"}


def line(row: AuditEvent, reader: Actor, names: dict[str, str]) -> Line:
    own = row.actor == reader.reference
    hidden = _is_private(row) and not own
    who = _MACHINES.get(row.actor) or names.get(row.actor, "a former member")
    return Line(
        row.sequence,
        row.at,
        row.event,
        SENTENCES[Event(row.event)],
        "a member" if hidden and row.actor.startswith("member:") else who,
        "" if hidden else row.subject,
        "" if hidden or row.data == "{}" else row.data,
        row.hash,
    )
