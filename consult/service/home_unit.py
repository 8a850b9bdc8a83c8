"""What one's own branch is about, and what is new in the motions that one follows: two parts of the front page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.domain.events import SENTENCES, Event
from consult.domain.gatherings import COMING, WAITING
from consult.domain.roles import Actor
from consult.model.audit import AuditEvent
from consult.model.debate import Comment
from consult.model.gatherings import EventAnswer, Gathering
from consult.model.motions import Motion
from consult.model.store import db
from consult.model.units import Unit

MOTIONS = (
    "seeking support", "submitted", "queried", "in order", "published", "prioritised", "on the order paper",
    "put to the vote",
)  # fmt: skip


@dataclass(frozen=True)
class UnitPart:
    """One's home branch and its motions; the next meetings of it, of the units above it, and others that one goes to."""

    unit: Unit
    meetings: list[Gathering]
    motions: list[Motion]


@dataclass(frozen=True)
class News:
    """What became of a motion since somebody was last here: the last event in words, and how many spoke on it."""

    sentence: str = ""
    at: datetime | None = None
    comments: int = 0


def of(actor: Actor, at: datetime) -> UnitPart | None:
    """The part of one's own branch: three statements; None for somebody without one."""
    if actor.home_unit_id is None or not actor.home_path:
        return None
    unit = db.session.get(Unit, actor.home_unit_id)
    if unit is None:
        return None
    above = [int(number) for number in actor.home_path.split("/") if number]
    mine = select(EventAnswer.gathering_id).where(
        EventAnswer.member_id == actor.member_id, EventAnswer.answer.in_((COMING, WAITING))
    )
    meetings = (
        select(Gathering)
        .where(
            Gathering.unit_id.in_(above) | Gathering.id.in_(mine),
            Gathering.ends_at > at,
            Gathering.state != "cancelled",
        )
        .options(joinedload(Gathering.unit))
        .order_by(Gathering.starts_at, Gathering.id)
    )
    motions = select(Motion).where(Motion.unit_id == unit.id, Motion.state.in_(MOTIONS)).order_by(Motion.id.desc())
    return UnitPart(unit, list(db.session.scalars(meetings.limit(3))), list(db.session.scalars(motions.limit(5))))


def news(motions: Collection[int], since: datetime) -> dict[int, News]:
    """What happened to these motions after an instant: two statements, however many there are."""
    subjects = {f"motion:{number}": number for number in motions}
    last = (
        select(AuditEvent.subject, func.max(AuditEvent.sequence).label("sequence"))
        .where(AuditEvent.subject.in_(subjects), AuditEvent.at > since)
        .group_by(AuditEvent.subject)
        .subquery()
    )
    query = select(AuditEvent.subject, AuditEvent.event, AuditEvent.at)
    events = db.session.execute(query.join(last, last.c.sequence == AuditEvent.sequence)).all()
    spoken = (
        select(Comment.motion_id, func.count())
        .where(Comment.motion_id.in_(motions), Comment.at > since, Comment.hidden_at.is_(None))
        .group_by(Comment.motion_id)
    )
    counts = {number: many for number, many in db.session.execute(spoken)}  # noqa: C416
    told = {subjects[row.subject]: (SENTENCES[Event(row.event)], row.at) for row in events}
    return {
        number: News(*told.get(number, ("", None)), counts.get(number, 0))
        for number in motions
        if number in told or number in counts
    }
