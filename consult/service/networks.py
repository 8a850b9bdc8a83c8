"""Networks: members and supporters join and leave them by themselves, beside the one home branch for voting.

Which networks somebody is in can say much about a person, so neither act leaves a line in the log that members read.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import Member
from consult.model.store import db
from consult.model.units import NetworkMembership, Unit
from consult.service.act import Act, act


def listed() -> list[Unit]:
    """The networks that can be joined, by name."""
    query = select(Unit).where(Unit.kind == "network", Unit.closed_at.is_(None))
    return list(db.session.scalars(query.order_by(Unit.name)))


def of_member(member_id: int) -> list[Unit]:
    """The networks that somebody is in, by name."""
    query = select(Unit).join(NetworkMembership).where(NetworkMembership.member_id == member_id)
    return list(db.session.scalars(query.order_by(Unit.name)))


def is_in(unit: Unit, member_id: int | None) -> bool:
    """Whether somebody is in a network."""
    return member_id is not None and db.session.get(NetworkMembership, (unit.id, member_id)) is not None


def size(unit: Unit) -> int:
    """How many are in a network."""
    query = select(func.count()).select_from(NetworkMembership).join(Member, Member.id == NetworkMembership.member_id)
    return db.session.scalar(query.where(NetworkMembership.unit_id == unit.id, Member.erased_at.is_(None))) or 0


@act(Permission.NETWORK_JOIN, None)
def join(unit: Unit, *, by: Actor, at: datetime, act: Act) -> Unit:
    """Join a network; joining twice changes nothing.

    Raises:
        Invalid: if it is no network. OutOfOrder: if it is closed.
    """
    if unit.kind != "network":
        raise Invalid(f"{unit.name} is a {unit.kind}; one joins networks, and has a home branch beside them.")
    if unit.closed_at is not None:
        raise OutOfOrder(f"{unit.name} is closed.")
    if act.session.get(NetworkMembership, (unit.id, by.member_id)) is None:
        act.session.add(NetworkMembership(unit_id=unit.id, member_id=by.member_id, joined_at=at))
    return unit


@act(Permission.NETWORK_JOIN, None)
def leave(unit: Unit, *, by: Actor, at: datetime, act: Act) -> Unit:
    """Leave a network; leaving one that one is not in changes nothing."""
    found = act.session.get(NetworkMembership, (unit.id, by.member_id))
    if found is not None:
        act.session.delete(found)
    return unit
