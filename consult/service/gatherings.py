"""Meetings and events: planned, answered with a waiting list, changed or cancelled with a notice, and remembered in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain import gatherings as domain
from consult.domain import policy
from consult.domain.errors import Again, Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.gatherings import COMING, NOT_COMING, WAITING
from consult.domain.policy import Permission
from consult.domain.roles import SWEEP, Actor, Status
from consult.domain.timetable import written
from consult.model.consultations import Consultation
from consult.model.gatherings import EventAnswer, EventAttendance, Gathering, VoteTaken
from consult.model.members import Member
from consult.model.store import db
from consult.model.units import Unit
from consult.service.act import Act, act
from consult.service.actors import actor_of
from consult.service.threads import checked_reason

#: The most characters of what somebody needs to take part.
LONGEST_NEEDS = 500

_COLUMNS = (
    "kind",
    "title",
    "about",
    "place",
    "access",
    "link",
    "starts_at",
    "ends_at",
    "open_to",
    "capacity",
    "quorum",
)


@dataclass(frozen=True)
class Spec:
    """An event as its form gives it (instants in UTC)."""

    title: str
    starts_at: datetime
    ends_at: datetime
    kind: str = "meeting"
    about: str = ""
    place: str = ""
    access: str = ""
    link: str = ""
    open_to: str = "its members"
    capacity: int | None = None
    quorum: int | None = None


# -- reading ---------------------------------------------------------------------------------------------------------


def get(gathering_id: int) -> Gathering:
    """An event with its unit and consultation.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Gathering).where(Gathering.id == gathering_id)
    query = query.options(
        joinedload(Gathering.unit), joinedload(Gathering.consultation), joinedload(Gathering.organiser)
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no event of this number.")
    return found


def listed(
    at: datetime, *, unit_id: int | None = None, consultation_id: int | None = None, past: bool = False, most: int = 200
) -> list[Gathering]:
    """Events to come, the next first; or those that are over, the last first. For everything, a unit or a consultation."""
    query = select(Gathering).options(joinedload(Gathering.unit), joinedload(Gathering.consultation))
    if unit_id is not None:
        query = query.where(Gathering.unit_id == unit_id)
    if consultation_id is not None:
        query = query.where(Gathering.consultation_id == consultation_id)
    if past:
        query = query.where(Gathering.ends_at <= at).order_by(Gathering.starts_at.desc(), Gathering.id)
    else:
        query = query.where(Gathering.ends_at > at).order_by(Gathering.starts_at, Gathering.id)
    return list(db.session.scalars(query.limit(most)))


def answers_of(gathering_id: int, session: Session | None = None) -> list[EventAnswer]:
    """Every answer to an event, in the order in which they came."""
    query = select(EventAnswer).where(EventAnswer.gathering_id == gathering_id).options(joinedload(EventAnswer.member))
    return list((session or db.session()).scalars(query.order_by(EventAnswer.at, EventAnswer.member_id)))


def answer_of(gathering_id: int, by: Actor) -> EventAnswer | None:
    """One's own answer."""
    return db.session.get(EventAnswer, (gathering_id, by.member_id)) if by.member_id is not None else None


def place_in_line(own: EventAnswer | None) -> int:
    """One's place on the waiting list, 1 for the first; 0 for whoever does not wait."""
    if own is None or own.answer != WAITING:
        return 0
    before = (EventAnswer.at < own.at) | ((EventAnswer.at == own.at) & (EventAnswer.member_id < own.member_id))
    query = select(func.count()).where(
        EventAnswer.gathering_id == own.gathering_id, EventAnswer.answer == WAITING, before
    )
    return (db.session.scalar(query) or 0) + 1


def counts(gathering_id: int) -> dict[str, int]:
    """How many come, wait and do not come."""
    query = select(EventAnswer.answer, func.count()).where(EventAnswer.gathering_id == gathering_id)
    return {answer: count for answer, count in db.session.execute(query.group_by(EventAnswer.answer))}  # noqa: C416


def may_come(gathering: Gathering, by: Actor) -> bool:
    """Whether an event is open to this person."""
    if gathering.open_to == "members and supporters":
        return by.status in (Status.MEMBER, Status.SUPPORTER, Status.REPRESENTATIVE)
    if by.status is not Status.MEMBER:
        return False
    if gathering.open_to == "members" or gathering.unit.kind == "network":
        return True
    return (by.home_path or "").startswith(gathering.unit.path)


# -- planning --------------------------------------------------------------------------------------------------------


@act(Permission.EVENT_KEEP, Event.EVENT_PLANNED)
def plan(
    unit: Unit, spec: Spec, consultation: Consultation | None = None, *, by: Actor, at: datetime, act: Act
) -> Gathering:
    """Plan an event of a unit, perhaps about a consultation.

    Raises:
        Invalid: naming what is wrong. OutOfOrder: for one that is planned already.
    """
    _check(spec)
    if spec.starts_at <= at:
        sentence = "An event is planned before it begins."
        raise Invalid(sentence, {"starts_at": sentence})
    same = select(Gathering.id).where(
        Gathering.unit_id == unit.id, Gathering.title == spec.title, Gathering.starts_at == spec.starts_at,
        Gathering.state == "planned",
    )  # fmt: skip
    if (stands := act.session.scalar(same.limit(1))) is not None:
        raise Again(
            f"“{spec.title}” is planned for that time already: open it and change it there.", f"/events/{stands}"
        )
    made = Gathering(
        unit_id=unit.id, consultation_id=consultation.id if consultation else None, organiser_id=by.member_id,
        created_at=at, changed_at=at, **{name: getattr(spec, name) for name in _COLUMNS},
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    act.tell_followers(
        "an event is planned", made.title, f"/events/{made.id}", consultation_id=made.consultation_id, unit_id=unit.id
    )
    return made


@act(Permission.EVENT_KEEP, Event.EVENT_CHANGED)
def change(
    gathering: Gathering, spec: Spec, reason: str, *, revision: int | None, by: Actor, at: datetime, act: Act
) -> Gathering:
    """Change an event, with the reason; who comes is told where the time, the place or the address to join at is another.

    More room takes in who waits. Where its organiser's office has ended, whoever changes it organises it from then on.

    Raises:
        Stale: if somebody else changed it. OutOfOrder: if it is over. Invalid: naming what is wrong, fewer places than
        people who come among it, or a beginning still to come where it is recorded who was there.
    """
    act.because(reason)
    if revision is not None and revision != gathering.revision:
        raise Stale("Somebody else changed this event since you opened the page. What you typed is below.")
    _require_planned(gathering)
    _check(spec)
    coming = counts(gathering.id).get(COMING, 0)
    if spec.capacity is not None and spec.capacity < coming:
        sentence = f"{coming} people come already, so there cannot be fewer places than that."
        raise Invalid(sentence, {"capacity": sentence})
    if spec.starts_at > at and _recorded(gathering, act.session):
        sentence = "It is recorded who was there, so it has begun: what is still to be discussed goes to a new meeting."
        raise Invalid(sentence, {"starts_at": sentence})
    moved = any(getattr(gathering, name) != getattr(spec, name) for name in ("starts_at", "ends_at", "place", "link"))
    if spec.starts_at != gathering.starts_at and spec.starts_at > at + timedelta(hours=domain.REMINDER_HOURS):
        gathering.reminded_at = None  # whoever was reminded of the old day is reminded of the new one
    for name in _COLUMNS:
        setattr(gathering, name, getattr(spec, name))
    if by.member_id is not None and not is_organised(gathering, at, act.session):
        gathering.organiser_id = by.member_id
        act.note(organiser=by.member_id)
    gathering.revision += 1
    gathering.changed_at = at
    if moved:
        _tell(act, gathering, "event-changed", cancelled=False, reason="")
    _move_up(act, gathering)
    return gathering


@act(Permission.EVENT_KEEP, Event.EVENT_CANCELLED)
def cancel(gathering: Gathering, reason: str, *, by: Actor, at: datetime, act: Act) -> Gathering:
    """Cancel an event, with a reason that everybody who comes or waits is told.

    Raises:
        OutOfOrder: once it is over or cancelled, or once it is recorded who was there or how a vote went.
    """
    words = checked_reason(reason)
    if sentence := why_not_cancelled(gathering, act.session):
        raise OutOfOrder(sentence)
    gathering.cancelled_because = words
    act.step(gathering, "cancel")
    gathering.revision += 1
    gathering.changed_at = at
    _tell(act, gathering, "event-changed", cancelled=True, reason=words)
    return gathering


def why_not_cancelled(gathering: Gathering, session: Session | None = None) -> str:
    """Why an event is not cancelled any more; "" where it can be."""
    session = session or db.session()
    if gathering.state == "cancelled":
        return "This event is cancelled already."
    if gathering.state == "held":
        return "This event was held and has minutes, so it is not cancelled."
    if session.scalar(select(VoteTaken.id).where(VoteTaken.gathering_id == gathering.id).limit(1)):
        return (
            "A vote was taken at this meeting, so it was held and is not cancelled. Publish its minutes, and say in them what "
            "was left undone; what is still to be discussed goes to a new meeting."
        )
    if _recorded(gathering, session):
        return (
            "It is recorded who was there, so it was held and is not cancelled. Publish its minutes, and say in them what was left "
            "undone; if the attendance stands here by mistake, record that nobody was there, and cancel it then."
        )
    return ""


def _recorded(gathering: Gathering, session: Session) -> bool:
    """Whether it is recorded that somebody was there; no vote is, without that."""
    there = select(EventAttendance.member_id).where(EventAttendance.gathering_id == gathering.id)
    return session.scalar(there.limit(1)) is not None


def _check(spec: Spec) -> None:
    problems = {}
    if not 3 <= len(spec.title.strip()) <= 200:
        problems["title"] = "Give the event a title of 3 to 200 characters."
    if spec.kind not in domain.KINDS:
        problems["kind"] = "Choose what kind of event it is."
    if spec.open_to not in domain.OPEN_TO:
        problems["open_to"] = "Choose whom it is for."
    if spec.ends_at <= spec.starts_at:
        problems["ends_at"] = "It ends after it begins."
    if spec.ends_at - spec.starts_at > timedelta(days=14):
        problems["ends_at"] = "An event lasts at most fourteen days."
    if not spec.place.strip() and not spec.link.strip():
        problems["place"] = "Say where it is, or give the address at which people join from afar."
    if spec.link and urlsplit(spec.link).scheme not in ("http", "https"):
        problems["link"] = "The address at which people join begins with https://."
    for name, what in (("capacity", "places"), ("quorum", "members for a quorum")):
        value = getattr(spec, name)
        if value is not None and not 1 <= value <= 100_000:
            problems[name] = f"The number of {what} is from 1 to 100,000."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _require_planned(gathering: Gathering) -> None:
    if gathering.state != "planned":
        raise OutOfOrder(f"“{gathering.title}” is {gathering.state}, so it is not changed any more.")


# -- who comes -------------------------------------------------------------------------------------------------------


# no event of its own with a name in it: the log, which is kept for good, says only that somebody answered
@act(Permission.EVENT_ANSWER, Event.EVENT_ANSWERED)
def answer(
    gathering: Gathering, coming: bool, access_needs: str = "", *, by: Actor, at: datetime, act: Act
) -> Gathering:
    """Say that one comes, or not. Where every place is taken one waits in line; a place given back goes to the first.

    Whoever comes or waits already keeps the place, and changes what they need.

    Raises:
        Invalid: for needs that are too long. OutOfOrder: once it has begun or is cancelled. NotAllowed: for somebody
        whom it is not open to.
    """
    _require_planned(gathering)
    if at >= gathering.starts_at:
        raise OutOfOrder(f"It has begun ({written(gathering.starts_at)}), so answers are not taken any more.")
    if not may_come(gathering, by):
        raise NotAllowed(f"This event is for {domain.OPEN_TO[gathering.open_to]}.")
    needs = access_needs.strip()
    if len(needs) > LONGEST_NEEDS:
        sentence = f"Say what you need in {LONGEST_NEEDS:,} characters at most; these are {len(needs):,}."
        raise Invalid(sentence, {"access_needs": sentence})
    kept = act.session.get(EventAnswer, (gathering.id, by.member_id))
    if kept is None:
        kept = EventAnswer(gathering_id=gathering.id, member_id=by.member_id, answer=NOT_COMING, at=at)
        kept.status = by.status.value if by.status else ""
        act.session.add(kept)
    if not coming:
        kept.answer, kept.access_needs, kept.at = NOT_COMING, None, at
        act.session.flush()
        _move_up(act, gathering)
        return gathering
    kept.access_needs = needs or None
    if kept.answer == NOT_COMING:
        full = gathering.capacity is not None and counts(gathering.id).get(COMING, 0) >= gathering.capacity
        kept.answer, kept.at = WAITING if full else COMING, at
        member = act.session.get_one(Member, by.member_id)
        act.notify("event-waiting" if full else "event-answered", member, waiting=full, **_about(gathering))
    return gathering


def _about(gathering: Gathering) -> dict[str, Any]:
    return {
        "event": gathering.id, "title": gathering.title, "place": gathering.place,
        "starts": gathering.starts_at.isoformat(),
    }  # fmt: skip


def _move_up(act: Act, gathering: Gathering) -> None:
    """Whoever has waited longest takes each free place, and is told."""
    act.session.flush()
    rows = answers_of(gathering.id, act.session)
    coming = sum(row.answer == COMING for row in rows)
    for row in rows:
        if row.answer != WAITING or (gathering.capacity is not None and coming >= gathering.capacity):
            continue
        row.answer = COMING
        coming += 1
        act.notify("event-place-free", row.member, **_about(gathering))


def _tell(act: Act, gathering: Gathering, kind: str, **more: Any) -> None:
    for row in answers_of(gathering.id, act.session):
        if row.answer in (COMING, WAITING):
            act.notify(kind, row.member, **_about(gathering), **more)


def is_organised(gathering: Gathering, at: datetime, session: Session | None = None) -> bool:
    """Whether its organiser still keeps it: offices end, and what those who come need is to be read all the same."""
    organiser = actor_of(gathering.organiser_id, second_factor=True, session=session)
    return policy.may(Permission.EVENT_KEEP, organiser, gathering, at=at)


def needs_of(gathering: Gathering, by: Actor, at: datetime) -> list[EventAnswer]:
    """The access needs of those who come: for the organiser alone.

    Raises:
        NotAllowed: for everybody else.
    """
    if by.member_id != gathering.organiser_id or not policy.may(Permission.EVENT_KEEP, by, gathering, at=at):
        raise NotAllowed("Access needs are read by the organiser of the event, and by nobody else.")
    return [row for row in answers_of(gathering.id) if row.access_needs and row.answer != NOT_COMING]


# -- the worker ------------------------------------------------------------------------------------------------------


@act(Permission.EVENT_REMIND, Event.EVENT_REMINDED)
def remind(gathering: Gathering, *, by: Actor, at: datetime, act: Act) -> Gathering:
    """Remind those who come, once for each event, beginning and person."""
    rows = [row for row in answers_of(gathering.id, act.session) if row.answer == COMING]
    for row in rows:
        once = f"event-reminder {gathering.id} {gathering.starts_at.isoformat()} {row.member_id}"
        act.notify("event-reminder", row.member, once=once, **_about(gathering))
    gathering.reminded_at = at
    act.note(people=len(rows))
    return gathering


def remind_due(at: datetime) -> int:
    """For the worker: remind those who come to what begins within two days; how many events that were."""
    query = select(Gathering.id).where(
        Gathering.state == "planned", Gathering.reminded_at.is_(None), Gathering.starts_at > at,
        Gathering.starts_at <= at + timedelta(hours=domain.REMINDER_HOURS),
    )  # fmt: skip
    found = list(db.session.scalars(query))
    for gathering_id in found:
        remind(get(gathering_id), by=SWEEP, at=at)
    return len(found)
