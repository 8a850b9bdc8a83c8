"""Turning a member into the actor that the policy is asked about, with the roles held now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, null, select
from sqlalchemy.orm import Session

from consult.domain.roles import VISITOR, Actor, Holding, Role, Status, may_hold
from consult.model.attestations import Suspension
from consult.model.members import Member, RoleHolding
from consult.model.store import db
from consult.model.units import Unit


def _last_suspension(column: ColumnElement[Any] | Any) -> Any:
    whose = select(column).where(Suspension.member_id == RoleHolding.member_id)
    return whose.order_by(Suspension.id.desc()).limit(1).scalar_subquery()


_SUSPENDED = (
    _last_suspension(Suspension.starts_at).label("suspended_from"),
    _last_suspension(Suspension.ends_at).label("suspended_until"),
)


def actor_of(member_id: int, *, second_factor: bool = False, session: Session | None = None) -> Actor:
    """The actor for a member, read afresh: two statements, whatever the member holds. Unknown or erased: a visitor.

    Offices that somebody of this status may not hold are none, and those of a suspended member rest.
    """
    return actor_and(member_id, null(), second_factor=second_factor, session=session)[0]


def actor_and(
    member_id: int, more: ColumnElement[Any], *, second_factor: bool = False, session: Session | None = None
) -> tuple[Actor, Any]:
    """The same, and one more value that the statement which reads the member brings along."""
    session = session or db.session()
    row = session.execute(
        select(Member.name, Member.status, Member.erased_at, Unit.id, Unit.path, more.label("more"))
        .join(Unit, Unit.id == Member.unit_id)
        .where(Member.id == member_id)
    ).one_or_none()
    if row is None or row.erased_at is not None:
        return VISITOR, None
    held = session.execute(
        select(RoleHolding.role, Unit.path, RoleHolding.starts_at, RoleHolding.ends_at, *_SUSPENDED)
        .outerjoin(Unit, Unit.id == RoleHolding.unit_id)
        .where(RoleHolding.member_id == member_id)
        .order_by(RoleHolding.id)
    ).all()
    status = Status(row.status)
    holdings = tuple(
        Holding(Role(h.role), h.path or "", h.starts_at, h.ends_at, h.suspended_from, h.suspended_until)
        for h in held
        if may_hold(status, Role(h.role))
    )
    found = Actor(
        member_id,
        row.name,
        status,
        home_path=row.path,
        home_unit_id=row.id,
        holdings=holdings,
        second_factor=second_factor,
    )
    return found, row.more


def refreshed(actor: Actor, session: Session) -> Actor:
    """The same actor as the database knows it at this moment: a role may have ended while a page was open."""
    if actor.member_id is None:
        return actor
    return actor_of(actor.member_id, second_factor=actor.second_factor, session=session)
