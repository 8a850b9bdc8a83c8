"""Bodies of units: set up with remit, seats, reserved places and terms; changed and dissolved on the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.domain import bodies as domain
from consult.domain import policy
from consult.domain.bodies import Held, Vacancy
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.model.bodies import Body, BodyChange, SeatHolding
from consult.model.store import db
from consult.model.units import Unit
from consult.service import clock
from consult.service.act import Act, act, require_revision
from consult.service.units import require_reason

LONGEST_REMIT, MOST_SEATS, LONGEST_TERM = 5_000, 500, 240


@dataclass(frozen=True)
class Spec:
    """A body as its form gives it; `confers` is the value of a role or ""."""

    name: str
    remit: str
    seats: int
    term_months: int = 12
    reserves: tuple[dict[str, Any], ...] = ()
    confers: str = ""


def get(body_id: int) -> Body:
    """A body with its unit and everybody who held a seat in it.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Body).where(Body.id == body_id)
    query = query.options(
        joinedload(Body.unit), selectinload(Body.holdings).joinedload(SeatHolding.member)
    )  # fmt: skip
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no body of this number.")
    return found


def of_unit(unit: Unit) -> list[Body]:
    """The bodies of a unit that stand, by name, with their seats."""
    query = select(Body).where(Body.unit_id == unit.id, Body.dissolved_at.is_(None))
    query = query.options(joinedload(Body.unit), selectinload(Body.holdings).joinedload(SeatHolding.member))
    return list(db.session.scalars(query.order_by(Body.name)))


def sitting(body: Body, at: datetime) -> list[SeatHolding]:
    """Who holds a seat at an instant, by seat."""
    return sorted((row for row in body.holdings if row.held(at)), key=lambda row: row.seat)


def vacancies(body: Body, at: datetime) -> list[Vacancy]:
    """The seats that nobody holds at an instant."""
    held = [
        Held(row.seat, row.starts_at, row.ends_at, row.term_until, row.group, row.member.name) for row in body.holdings
    ]
    return domain.vacancies(body.seats, held, at)


def free(body: Body, starts_at: datetime, until: datetime) -> list[int]:
    """The seats that nobody holds at any instant of a term."""
    held = [Held(row.seat, row.starts_at, row.ends_at, row.term_until) for row in body.holdings]
    return domain.free(body.seats, held, starts_at, until)


def changes(body: Body) -> list[BodyChange]:
    """What was done to a body, each with its reason, the newest first."""
    query = select(BodyChange).where(BodyChange.body_id == body.id).order_by(BodyChange.id.desc())
    return list(db.session.scalars(query))


@act(Permission.BODY_KEEP, Event.BODY_MADE)
def make(unit: Unit, spec: Spec, reason: str, *, by: Actor, at: datetime, act: Act) -> Body:
    """Set up a body of a unit, with the reason, such as the decision.

    Raises:
        Invalid: naming the field. OutOfOrder: if the unit is closed.
        NotAllowed: if a role goes with its seats and the person may not give roles.
    """
    if unit.closed_at is not None:
        raise OutOfOrder(f"{unit.name} is closed.")
    if spec.confers:
        if spec.confers not in {role.value for role in Role}:
            raise Invalid("There is no such role.", {"confers": "There is no such role."})
        policy.require(Permission.ROLE_GIVE, by, at=at)
    _check(act.session, unit.id, spec, reason)
    body = Body(unit_id=unit.id, created_at=at, confers=spec.confers, **_columns(spec))
    act.session.add(body)
    act.session.flush()
    keep(act, body, "set up", reason)
    act.note(unit=unit.id, seats=spec.seats, confers=spec.confers)
    return body


@act(Permission.BODY_KEEP, Event.BODY_CHANGED)
def change(
    body: Body, spec: Spec, reason: str, *, revision: int | None = None, by: Actor, at: datetime, act: Act
) -> Body:
    """Change a body's name, remit, seats, reserved places or length of term. The role that goes with it stays as it is.

    Raises:
        Invalid: naming the field, such as fewer seats than are held. Stale: if it was changed meanwhile.
        OutOfOrder: if it is dissolved.
    """
    require_standing(body)
    require_revision(body, revision)
    _check(act.session, body.unit_id, spec, reason, body)
    last = act.session.scalar(
        select(func.max(SeatHolding.seat)).where(SeatHolding.body_id == body.id, SeatHolding.ends_at > at)
    )
    if (last or 0) > spec.seats:
        sentence = f"Seat {last} is held. End that term first, or keep at least {last} seats."
        raise Invalid(sentence, {"seats": sentence})
    act.note(seats=spec.seats, was=body.seats)
    for name, value in _columns(spec).items():
        setattr(body, name, value)
    body.revision += 1
    keep(act, body, "changed", reason)
    return body


@act(Permission.BODY_KEEP, Event.BODY_DISSOLVED)
def dissolve(body: Body, reason: str, *, by: Actor, at: datetime, act: Act) -> Body:
    """Dissolve a body in which nobody holds a seat, with the reason.

    Raises:
        OutOfOrder: if seats are held, or it is dissolved already. Invalid: without a reason.
    """
    require_standing(body)
    require_reason(reason)
    held = select(SeatHolding.id).where(SeatHolding.body_id == body.id, SeatHolding.ends_at > at)
    if act.session.scalar(held.limit(1)):
        raise OutOfOrder("Somebody holds a seat in it. End those terms first, each with its reason.")
    body.dissolved_at = at
    keep(act, body, "dissolved", reason)
    return body


def keep(act: Act, body: Body, what: str, reason: str) -> None:
    """Put on the record why something is done to a body. Only acts call it, inside their transaction."""
    act.session.add(
        BodyChange(body_id=body.id, what=what, reason=reason.strip(), at=act.at, changed_by=act.by.reference)
    )


def _problem(reason: str) -> str:
    """The sentence that says what is wrong with a reason, or ""."""
    try:
        require_reason(reason)
    except Invalid as refusal:
        return str(refusal)
    return ""


def require_standing(body: Body) -> None:
    """Nothing unless the body is dissolved.

    Raises:
        OutOfOrder: if it is.
    """
    if body.dissolved_at is not None:
        raise OutOfOrder(f"This body was dissolved on {clock.day(body.dissolved_at)}.")


def _columns(spec: Spec) -> dict[str, Any]:
    return {
        "name": " ".join(spec.name.split()),
        "remit": spec.remit.strip(),
        "seats": spec.seats,
        "term_months": spec.term_months,
        "reserves": [dict(row) for row in spec.reserves],
    }


def _check(session: Session, unit_id: int, spec: Spec, reason: str, own: Body | None = None) -> None:
    problems: dict[str, str] = {}
    name = " ".join(spec.name.split())
    taken = session.scalar(select(Body.id).where(Body.unit_id == unit_id, Body.name == name))
    if not name or len(name) > 200:
        problems["name"] = "Give the body a name of at most 200 characters."
    elif taken is not None and (own is None or taken != own.id):
        problems["name"] = f"This unit has a body called “{name}” already."
    if not spec.remit.strip() or len(spec.remit.strip()) > LONGEST_REMIT:
        problems["remit"] = f"Say what it is there for, in at most {LONGEST_REMIT:,} characters."
    if not 1 <= spec.seats <= MOST_SEATS:
        problems["seats"] = f"A body has between 1 and {MOST_SEATS} seats."
    if not 1 <= spec.term_months <= LONGEST_TERM:
        problems["term_months"] = f"A term has between 1 and {LONGEST_TERM} months."
    if problem := _problem(reason):
        problems["reason"] = problem
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    domain.check_reserves(_plain(spec.reserves), spec.seats)


def _plain(reserves: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"minimum": 0, "maximum": None} | dict(row) for row in reserves]
