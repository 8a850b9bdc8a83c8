"""Inspecting a roll: a member asks with a purpose, an officer grants it for a time or refuses, and every page shown is logged.

Shown are number, name and branch, to that person alone, a page at a time. There is no file to take away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.model.members import Member
from consult.model.roll_changes import GRANTED, REFUSED, InspectionView, RollInspection, still_on
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db
from consult.model.units import Unit
from consult.service import ballots
from consult.service.act import Act, act

#: The entries of a page, and the longest time in hours for which a roll is shown.
PER_PAGE, LONGEST_HOURS = 50, 24


@dataclass(frozen=True)
class Entry:
    """What is shown of one entry; the id of the member is for the note of who looked at whom."""

    member_id: int
    number: str
    name: str
    unit: str


@dataclass(frozen=True)
class Page:
    """A page of a roll under inspection, in the order of names."""

    entries: list[Entry]
    page: int
    last: int


def get(inspection_id: int) -> RollInspection:
    """One request.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(RollInspection).where(RollInspection.id == inspection_id).options(*_loaded())
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no request of this number.")
    return found


def of_roll(roll_id: int, member_id: int | None = None) -> list[RollInspection]:
    """The requests to inspect a roll, those that wait first; or those of one person."""
    query = select(RollInspection).where(RollInspection.roll_id == roll_id).options(*_loaded())
    if member_id is not None:
        query = query.where(RollInspection.member_id == member_id)
    return list(db.session.scalars(query.order_by(RollInspection.outcome.is_not(None), RollInspection.id.desc())))


def _loaded() -> tuple[Any, ...]:
    return (
        joinedload(RollInspection.member), joinedload(RollInspection.roll), joinedload(RollInspection.decided_by),
    )  # fmt: skip


def shown(inspection: RollInspection) -> list[InspectionView]:
    """Every page that was shown, the newest first."""
    query = select(InspectionView).where(InspectionView.inspection_id == inspection.id)
    return list(db.session.scalars(query.order_by(InspectionView.id.desc()).limit(500)))


def running(inspection: RollInspection, at: datetime) -> bool:
    """Whether the roll is shown at this instant."""
    return (
        inspection.starts_at is not None
        and inspection.ends_at is not None
        and inspection.starts_at <= at < inspection.ends_at
    )


@act(Permission.ROLL_INSPECT_ASK, Event.ROLL_INSPECTION_ASKED)
def ask(roll: Roll, purpose: str, *, by: Actor, at: datetime, act: Act) -> RollInspection:
    """Ask to look into a roll, with the purpose; the roll officers are told.

    Raises:
        Invalid: without a purpose. OutOfOrder: while a request of one's own waits or runs.
    """
    wanted = purpose.strip()
    if not 20 <= len(wanted) <= 2_000:
        sentence = "Say what you want to find out and why, in a sentence or two (20 to 2,000 characters)."
        raise Invalid(sentence, {"purpose": sentence})
    mine = select(RollInspection).where(RollInspection.roll_id == roll.id, RollInspection.member_id == by.member_id)
    for other in act.session.scalars(mine):
        if other.outcome is None or (other.ends_at is not None and other.ends_at > at):
            raise OutOfOrder("You have asked to inspect this roll already: that request waits, or is running.")
    made = RollInspection(roll_id=roll.id, member_id=by.member_id, purpose=wanted, asked_at=at)
    act.session.add(made)
    act.session.flush()
    for officer in ballots.holders(act.session, Role.ROLL_OFFICER, at):
        once = f"inspection-asked:{made.id}:{officer.id}"
        act.notify("inspection-asked", officer, once=once, inspection=made.id, title=roll.title)
    return made


@act(Permission.ROLL_INSPECT_DECIDE, Event.ROLL_INSPECTION_DECIDED)
def decide(
    inspection: RollInspection,
    granted: bool,
    reason: str,
    starts_at: datetime | None = None,
    hours: int = 1,
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> RollInspection:
    """Grant a request for a number of hours from an instant (now, where none is given), or refuse it, with a reason.

    Whoever grants it supervises: sees every page that is shown, and can end it at any moment.

    Raises:
        OutOfOrder: if it was decided. Invalid: without a reason, or for a time that is over or too long.
    """
    if inspection.outcome is not None:
        raise OutOfOrder(f"This request was {inspection.outcome} already.")
    problems = {}
    if not 10 <= len(reason.strip()) <= 2_000:
        problems["reason"] = "Give the reason in a sentence: the member reads it."
    begins = starts_at or at
    if granted and not 1 <= hours <= LONGEST_HOURS:
        problems["hours"] = f"A roll is shown for 1 to {LONGEST_HOURS} hours."
    elif granted and begins < at:
        problems["starts_at"] = "The inspection begins now or later."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)
    inspection.outcome, inspection.reason = GRANTED if granted else REFUSED, reason.strip()
    inspection.decided_by_id, inspection.decided_at = by.member_id, at
    if granted:
        inspection.starts_at, inspection.ends_at = begins, begins + timedelta(hours=hours)
    once = f"inspection-decided:{inspection.id}"
    act.notify(
        "inspection-decided", inspection.member, once=once, inspection=inspection.id, title=inspection.roll.title
    )
    act.note(outcome=inspection.outcome)
    return inspection


@act(Permission.ROLL_INSPECT_DECIDE, Event.ROLL_INSPECTION_ENDED)
def end(inspection: RollInspection, reason: str, *, by: Actor, at: datetime, act: Act) -> RollInspection:
    """End an inspection before its time, with the reason; nothing is shown from now on."""
    act.because(reason)
    if inspection.ends_at is None or inspection.starts_at is None or inspection.ends_at <= at:
        raise OutOfOrder("There is no inspection here that runs or is to come.")
    inspection.ends_at = max(at, inspection.starts_at)
    return inspection


@act(Permission.ROLL_INSPECT, Event.ROLL_INSPECTED)
def look(inspection: RollInspection, page: int = 1, *, by: Actor, at: datetime, act: Act) -> Page:
    """A page of the roll, for the person alone to whom it was granted, while the time runs; that it was shown is kept.

    Raises:
        NotAllowed: outside the time that was granted.
    """
    if not running(inspection, at):
        raise NotAllowed("This roll is shown to you only in the time that was granted; it is not running now.")
    query = (
        select(Member.id, Member.number, Member.name, Unit.name)
        .join(RollEntry, RollEntry.member_id == Member.id)
        .join(Unit, Unit.id == RollEntry.unit_id)
        .where(RollEntry.roll_id == inspection.roll_id, still_on())
    )
    total = act.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    last = max(1, -(-total // PER_PAGE))
    wanted = min(max(page, 1), last)
    rows = act.session.execute(
        query.order_by(Member.name, Member.number).offset((wanted - 1) * PER_PAGE).limit(PER_PAGE)
    )
    act.session.add(InspectionView(inspection_id=inspection.id, page=wanted, at=at))
    act.note(page=wanted)
    return Page([Entry(*row) for row in rows], wanted, last)
