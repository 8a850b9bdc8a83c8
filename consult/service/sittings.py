"""Sittings: planning one, its order of business with minutes, and who presides and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.domain import hall
from consult.domain.agenda import Timed, timings
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.agenda import Issue
from consult.model.consultations import Consultation
from consult.model.hall import BusinessItem, Sitting, SittingOffice
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import hall_minutes
from consult.service.act import Act, act, require_revision

#: The most minutes of one item: a day.
LONGEST_ITEM = 24 * 60


@dataclass(frozen=True)
class Spec:
    """When and where a sitting is held, and how many with a vote must be there."""

    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    quorum: int = 0


@dataclass(frozen=True)
class Business:
    """One item of business: a motion, a report to be adopted, or something in words; with its minutes."""

    minutes: int
    title: str = ""
    motion_id: int | None = None
    issue_id: int | None = None


# -- reading ---------------------------------------------------------------------------------------------------------


def get(sitting_id: int) -> Sitting:
    """One sitting with its business and officers.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Sitting).where(Sitting.id == sitting_id)
    query = query.options(
        joinedload(Sitting.consultation).joinedload(Consultation.unit),
        joinedload(Sitting.presiding),
        selectinload(Sitting.items).joinedload(BusinessItem.motion).joinedload(Motion.unit),
        selectinload(Sitting.offices).joinedload(SittingOffice.member),
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no sitting of this number.")
    return found


def of_consultation(consultation_id: int) -> list[Sitting]:
    """The sittings of a consultation, in the order of their times."""
    query = select(Sitting).where(Sitting.consultation_id == consultation_id)
    return list(db.session.scalars(query.order_by(Sitting.starts_at, Sitting.id)))


def planned() -> list[Sitting]:
    """Every sitting that is to come, the next first."""
    return list(db.session.scalars(select(Sitting).where(Sitting.state == hall.PLANNED).order_by(Sitting.starts_at)))


def timed(sitting: Sitting) -> list[tuple[BusinessItem, Timed]]:
    """Each item with when it begins, by the minutes given to those before it."""
    items = list(sitting.items)
    return list(zip(items, timings([i.minutes for i in items], sitting.starts_at, sitting.ends_at), strict=True))


def order(session: Session, consultation_id: int) -> list[dict[str, Any]]:
    """The order of business of every sitting that is not closed as an order paper keeps it; what would outlast a sitting is marked."""
    query = select(Sitting).where(Sitting.consultation_id == consultation_id, Sitting.state != hall.CLOSED)
    query = query.options(selectinload(Sitting.items)).order_by(Sitting.starts_at, Sitting.id)
    return [
        {
            "title": sitting.title,
            "place": sitting.place,
            "begins": sitting.starts_at.isoformat(),
            "ends": sitting.ends_at.isoformat(),
            "items": [
                {
                    "title": item.title,
                    "motion": item.motion_id,
                    "minutes": item.minutes,
                    "begins": when.begins.isoformat(),
                    "over": when.over,
                }
                for item, when in timed(sitting)
            ],
        }
        for sitting in session.scalars(query)
    ]


# -- planning --------------------------------------------------------------------------------------------------------


@act(Permission.SITTING_KEEP, Event.SITTING_PLANNED)
def plan(consultation: Consultation, spec: Spec, *, by: Actor, at: datetime, act: Act) -> Sitting:
    """Plan a sitting."""
    last = act.session.scalar(select(func.max(Sitting.number)).where(Sitting.consultation_id == consultation.id))
    made = Sitting(consultation_id=consultation.id, number=(last or 0) + 1, **_columns(spec))
    act.session.add(made)
    act.session.flush()
    return made


@act(Permission.SITTING_KEEP, Event.SITTING_CHANGED)
def change(
    sitting: Sitting, spec: Spec, reason: str, *, revision: int | None = None, by: Actor, at: datetime, act: Act
) -> Sitting:
    """Change when and where a planned sitting is held, with the reason."""
    act.because(reason)
    _require_planned(sitting)
    require_revision(sitting, revision)
    for name, value in _columns(spec).items():
        setattr(sitting, name, value)
    sitting.revision += 1
    return sitting


def _columns(spec: Spec) -> dict[str, Any]:
    problems = {}
    if not 1 <= len(spec.title.strip()) <= 200:
        problems["title"] = "Give the sitting a title, in at most 200 characters."
    if spec.ends_at <= spec.starts_at:
        problems["ends_at"] = "The sitting must end after it begins."
    if spec.quorum < 0:
        problems["quorum"] = "The quorum is a number from 0."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    return {
        "title": spec.title.strip(),
        "place": spec.place.strip()[:200],
        "starts_at": spec.starts_at,
        "ends_at": spec.ends_at,
        "quorum": spec.quorum,
    }


def _require_planned(sitting: Sitting) -> None:
    if sitting.state != hall.PLANNED:
        raise OutOfOrder(f"{sitting.title} is {sitting.state}; it can be changed only while it is planned.")


@act(Permission.SITTING_KEEP, Event.SITTING_CHANGED)
def set_business(
    sitting: Sitting,
    business: Sequence[Business],
    reason: str = "",
    *,
    revision: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Sitting:
    """Set the order of business of a planned sitting, from the first item to the last; another order has its reason.

    Raises:
        Invalid: for an item without a title, without minutes, twice the same motion, or a motion of another consultation.
        OutOfOrder: once it has opened. Stale: if somebody set it since the page was opened.
    """
    act.because(reason, needed=bool(sitting.items))
    _require_planned(sitting)
    require_revision(sitting, revision)
    motions = [one.motion_id for one in business if one.motion_id is not None]
    if len(set(motions)) != len(motions):
        raise Invalid("A motion can stand on the order of business once.")
    made = [_item(act.session, sitting, place, one) for place, one in enumerate(business, start=1)]
    for item in list(sitting.items):
        act.session.delete(item)
    act.session.flush()
    act.session.add_all(made)
    act.session.flush()
    act.session.expire(sitting, ["items"])
    sitting.revision += 1
    act.note(motions=motions, items=len(made))
    return sitting


def _item(session: Session, sitting: Sitting, place: int, one: Business) -> BusinessItem:
    if not 1 <= one.minutes <= LONGEST_ITEM:
        raise Invalid(f"Item {place} needs its minutes: a number from 1 to {LONGEST_ITEM:,}.")
    kind, title = "other", one.title.strip()
    if one.motion_id is not None:
        motion = session.get(Motion, one.motion_id)
        if motion is None or motion.consultation_id != sitting.consultation_id or motion.number is None:
            raise Invalid(f"Item {place} is a motion that is not before this conference.")
        kind, title = "motion", f"{motion.label}: {motion.title}"
    elif one.issue_id is not None:
        issue = session.get(Issue, one.issue_id)
        if issue is None or issue.consultation_id != sitting.consultation_id:
            raise Invalid(f"Item {place} is a report that is not before this conference.")
        kind, title = "report", issue.title
    if not title:
        raise Invalid(f"Item {place} needs a title.")
    return BusinessItem(
        sitting_id=sitting.id, position=place, kind=kind, title=title[:300], minutes=one.minutes,
        motion_id=one.motion_id, issue_id=one.issue_id,
    )  # fmt: skip


@act(Permission.SITTING_KEEP, Event.SITTING_CHANGED)
def appoint(sitting: Sitting, member: Member, office: str, *, by: Actor, at: datetime, act: Act) -> Sitting:
    """Appoint a chair or a teller of a sitting.

    Raises:
        Invalid: for an office that there is not, or somebody who would preside and count. OutOfOrder: once it is closed.
    """
    if office not in hall.OFFICES:
        raise Invalid("Choose chair or teller.", {"office": "Choose chair or teller."})
    if sitting.state == hall.CLOSED:
        raise OutOfOrder(f"{sitting.title} is closed.")
    other = hall.TELLER if office == hall.CHAIR else hall.CHAIR
    if member.id in sitting.holders(other):
        raise Invalid(f"{member.name} is a {other} of this sitting; nobody presides and counts.")
    if member.id not in sitting.holders(office):
        act.session.add(SittingOffice(sitting_id=sitting.id, member_id=member.id, office=office))
        act.session.flush()
        act.session.expire(sitting, ["offices"])
        hall_minutes.write(act, sitting, f"A {office} was appointed.")
    act.note(office=office, member=member.id)
    return sitting
