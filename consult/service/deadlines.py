"""Every date that people must know: phases, ballots and calls for nominations, as points in time with how often they moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.domain.events import Event
from consult.domain.roles import Actor
from consult.domain.timetable import PHASES, does
from consult.model.audit import AuditEvent
from consult.model.ballots import Ballot
from consult.model.consultations import Consultation, Phase
from consult.model.gatherings import EventAnswer, Gathering
from consult.model.nominations import Call
from consult.model.roll_changes import still_on
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.model.units import NetworkMembership

#: What is over for longer than this is in no calendar any more.
PAST = timedelta(days=60)

#: Acts that move a date.
_MOVING = (
    Event.TIMETABLE_SET, Event.BALLOT_EDITED, Event.BALLOT_SCHEDULED, Event.CLOSE_EXTENDED, Event.BALLOT_CANCELLED,
    Event.NOMINATIONS_CALLED, Event.NOMINATIONS_CALL_CHANGED, Event.NOMINATIONS_CANCELLED,
)  # fmt: skip


@dataclass(frozen=True)
class Deadline:
    """One date. `key` names it for good; `place` is its page within the site."""

    key: str
    title: str
    at: datetime
    about: str
    place: str
    #: "consultation:3": by whose changes it moves.
    subject: str
    cancelled: bool = False


@dataclass(frozen=True)
class Moved:
    """How often the dates of a subject were set, and when last."""

    times: int
    at: datetime


def public(at: datetime, consultation_id: int | None = None) -> list[Deadline]:
    """Every public date, of everything or of one consultation, the earliest first."""
    found = [*_phases(at, consultation_id), *_ballots(at, consultation_id)]
    if consultation_id is None:
        found += _calls(at)
    return sorted(found, key=lambda each: (each.at, each.key))


def _phases(at: datetime, consultation_id: int | None) -> Iterable[Deadline]:
    query = select(Phase).join(Consultation).options(joinedload(Phase.consultation))
    query = query.where(Phase.closes_at > at - PAST)
    if consultation_id is not None:
        query = query.where(Phase.consultation_id == consultation_id)
    for row in db.session.scalars(query.order_by(Phase.consultation_id, Phase.opens_at)):
        title, about = row.consultation.title, ". ".join(filter(None, (f"For {PHASES[row.kind]}", row.note)))
        key, subject = (
            f"phase-{row.consultation_id}-{row.kind.replace(' ', '-')}",
            f"consultation:{row.consultation_id}",
        )
        place = f"/consultations/{row.consultation_id}"
        yield Deadline(f"{key}-opens", f"{title}: {does(row.kind, 'opens')}", row.opens_at, about, place, subject)
        yield Deadline(f"{key}-closes", f"{title}: {does(row.kind, 'closes')}", row.closes_at, about, place, subject)


def _ballots(at: datetime, consultation_id: int | None) -> Iterable[Deadline]:
    query = select(Ballot).where(Ballot.state != "preparing", Ballot.closes_at > at - PAST)
    if consultation_id is not None:
        query = query.where(Ballot.consultation_id == consultation_id)
    for row in db.session.scalars(query.order_by(Ballot.id)):
        yield from _of_ballot(row, "")


def _of_ballot(row: Ballot, about: str) -> Iterable[Deadline]:
    key, place, subject = f"ballot-{row.id}", f"/ballots/{row.id}", f"ballot:{row.id}"
    gone = row.state == "cancelled"
    yield Deadline(f"{key}-opens", f"Ballot opens: {row.title}", row.opens_at, about, place, subject, gone)
    yield Deadline(f"{key}-closes", f"Ballot closes: {row.title}", row.closes_at, about, place, subject, gone)
    if row.complaints_until is not None and row.complaint_hours:
        words = f"Complaints about the ballot end: {row.title}"
        yield Deadline(f"{key}-complaints", words, row.complaints_until, about, place, subject, gone)


def _calls(at: datetime) -> Iterable[Deadline]:
    for row in db.session.scalars(select(Call).where(Call.withdraw_by > at - PAST).order_by(Call.id)):
        key, place, subject = f"nominations-{row.id}", f"/nominations/{row.id}", f"nomination_call:{row.id}"
        gone = row.state == "cancelled"
        for name, words, when in (
            ("open", "Nominations open", row.opens_at),
            ("close", "Nominations close", row.closes_at),
            ("consent", "Last day to accept a nomination", row.consent_by),
            ("withdraw", "Last day to withdraw", row.withdraw_by),
        ):
            yield Deadline(f"{key}-{name}", f"{words}: {row.title}", when, "", place, subject, gone)


def moved(deadlines: Iterable[Deadline]) -> dict[str, Moved]:
    """Subject → how often its dates were set and when last, in one statement; subjects that never moved are left out."""
    subjects = {each.subject for each in deadlines}
    query = (
        select(AuditEvent.subject, func.count(), func.max(AuditEvent.at))
        .where(AuditEvent.subject.in_(subjects), AuditEvent.event.in_([event.value for event in _MOVING]))
        .group_by(AuditEvent.subject)
    )
    return {subject: Moved(times, at) for subject, times, at in db.session.execute(query)}


# -- one member's own ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """What is in one member's own calendar: the ballots on whose roll they are, and events with their answer."""

    deadlines: list[Deadline]
    events: list[tuple[Gathering, str]]


def of_member(actor: Actor, at: datetime) -> Own:
    """One member's own dates. Nothing in it tells whether they voted: a ballot looks the same before and after."""
    on_roll = select(RollEntry.roll_id).where(RollEntry.member_id == actor.member_id, still_on())
    query = select(Ballot).where(Ballot.roll_id.in_(on_roll), Ballot.state != "preparing", Ballot.closes_at > at - PAST)
    told = "You are on the roll of this ballot."
    found = [each for row in db.session.scalars(query.order_by(Ballot.id)) for each in _of_ballot(row, told)]
    return Own(sorted(found, key=lambda each: (each.at, each.key)), _events(actor, at))


def _events(actor: Actor, at: datetime) -> list[tuple[Gathering, str]]:
    """Events of one's own units and networks, and those that one answered, each with the answer or ""."""
    units = [int(part) for part in (actor.home_path or "").split("/") if part]
    units += db.session.scalars(select(NetworkMembership.unit_id).where(NetworkMembership.member_id == actor.member_id))
    mine = (EventAnswer.gathering_id == Gathering.id) & (EventAnswer.member_id == actor.member_id)
    query = (
        select(Gathering, EventAnswer.answer)
        .outerjoin(EventAnswer, mine)
        .where(Gathering.ends_at > at - PAST, Gathering.unit_id.in_(units) | EventAnswer.answer.is_not(None))
        .options(joinedload(Gathering.unit))
        .order_by(Gathering.starts_at, Gathering.id)
    )
    return [(row, answer or "") for row, answer in db.session.execute(query)]
