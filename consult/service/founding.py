"""Founding periods: the time in which a new unit has interim officers, whose powers end with it by themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.bodies import months_later
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.officer_proposals import END_ROLE, VACATE
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.bodies import Body, SeatHolding
from consult.model.members import RoleHolding
from consult.model.store import db
from consult.model.units import FoundingPeriod, Unit
from consult.service import clock, officer_proposals
from consult.service.act import Act, act
from consult.service.units import keep

#: In months: long enough for a first general meeting and one more.
LONGEST = 24


def of_unit(unit_id: int) -> FoundingPeriod | None:
    """The founding period of a unit, running or over; None if it has had none."""
    return db.session.get(FoundingPeriod, unit_id)


def running(at: datetime) -> list[FoundingPeriod]:
    """The founding periods that are not over, the first to end first."""
    query = select(FoundingPeriod).where(FoundingPeriod.ends_at > at).options(joinedload(FoundingPeriod.unit))
    return list(db.session.scalars(query.order_by(FoundingPeriod.ends_at)))


def last_instant(session: Session, unit: Unit | None, wanted: datetime | None, at: datetime) -> datetime:
    """The end of an interim term: the end of the founding period of the unit (None: of the whole), or sooner if wanted.

    Raises:
        Invalid: if no founding period is running there, or the term wanted would outlast it.
    """
    top = select(Unit.id).where(Unit.kind == "nation", Unit.parent_id.is_(None)).order_by(Unit.id).limit(1)
    unit_id = unit.id if unit is not None else session.scalar(top)
    period = session.get(FoundingPeriod, unit_id) if unit_id is not None else None
    if period is None or period.ends_at <= at:
        sentence = "An interim officer needs a founding period, and none is running there."
        raise Invalid(sentence, {"interim": sentence})
    if wanted is not None and wanted > period.ends_at:
        sentence = f"The founding period ends on {clock.day(period.ends_at)}, and no interim term outlasts it."
        raise Invalid(sentence, {"ends_at": sentence, "ends_on": sentence})
    return wanted or period.ends_at


@act(Permission.ROLE_GIVE, Event.FOUNDING_BEGUN)
def begin(unit: Unit, ends_at: datetime, reason: str, *, by: Actor, at: datetime, act: Act) -> Unit:
    """Begin the one founding period that a unit can have.

    Raises:
        OutOfOrder: if it has had one, or is closed. Invalid: if the end is not in the future or no reason is given.
    """
    if unit.closed_at is not None:
        raise OutOfOrder(f"{unit.name} is closed.")
    before = act.session.get(FoundingPeriod, unit.id)
    if before is not None:
        raise OutOfOrder(
            f"{unit.name} has had its founding period, until {clock.day(before.ends_at)}; there is no second one."
        )
    problems = {}
    if ends_at <= at:
        problems["ends_on"] = "The founding period must end in the future."
    elif ends_at > months_later(at, LONGEST):
        problems["ends_on"] = (
            f"A founding period has at most {LONGEST} months: interim officers are to be elected within it."
        )
    if not reason.strip() or len(reason.strip()) > 1000:
        problems["reason"] = "Give the reason in at most 1,000 characters: everybody can read it."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    act.session.add(FoundingPeriod(unit_id=unit.id, starts_at=at, ends_at=ends_at, reason=reason.strip()))
    keep(act, unit, "founding", reason)
    act.note(until=ends_at.isoformat())
    return unit


def require_endable(act: Act, unit: Unit) -> None:
    """Nothing while a founding period is running whose end would leave somebody who can give roles.

    Raises:
        OutOfOrder: if none is running, or only interim officers could give roles: elect or appoint others first.
    """
    period = act.session.get(FoundingPeriod, unit.id)
    if period is None or period.ends_at <= act.at:
        raise OutOfOrder(f"No founding period of {unit.name} is running.")
    if _whole(unit) and not _somebody_stays(act, _interim(act, unit)):
        raise OutOfOrder("Nobody but interim officers could give roles then. Fill those offices first.")


def _whole(unit: Unit) -> bool:
    return unit.kind == "nation" and unit.parent_id is None


def _interim(act: Act, unit: Unit) -> list[RoleHolding]:
    here = RoleHolding.unit_id == unit.id
    query = select(RoleHolding).where(
        here | RoleHolding.unit_id.is_(None) if _whole(unit) else here,
        RoleHolding.interim,
        RoleHolding.ends_at > act.at,
    )
    return list(act.session.scalars(query))


def end(act: Act, unit: Unit, reason: str) -> None:
    """End a founding period now, and with it every interim term of the unit. Only acts call it, once two people agree."""
    seats = select(SeatHolding).join(Body).where(
        Body.unit_id == unit.id, SeatHolding.way == "interim", SeatHolding.starts_at < act.at,
        SeatHolding.ends_at > act.at,
    )  # fmt: skip
    for seat in act.session.scalars(seats):
        officer_proposals.overtake(act.session, VACATE, seat.id, act.at)
        seat.ends_at, seat.left_because = act.at, "the founding period was ended"
    for holding in _interim(act, unit):
        if holding.starts_at < act.at:
            officer_proposals.overtake(act.session, END_ROLE, holding.id, act.at)
            holding.ends_at = act.at
            act.record(Event.ROLE_ENDED, holding, role=holding.role, member=holding.member_id, unit=holding.unit_id)
    act.session.get_one(FoundingPeriod, unit.id).ends_at = act.at
    keep(act, unit, "founding ended", reason)
    act.record(Event.FOUNDING_ENDED, unit)


def _somebody_stays(act: Act, ending: list[RoleHolding]) -> bool:
    gone = {holding.id for holding in ending}
    query = select(RoleHolding.id).where(
        RoleHolding.role == "governance committee",
        RoleHolding.starts_at <= act.at,
        RoleHolding.ends_at.is_(None) | (RoleHolding.ends_at > act.at),
    )
    return any(found not in gone for found in act.session.scalars(query))
