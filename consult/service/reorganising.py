"""Reorganising: a unit put under another, merged into another, or closed, with its people, offices and bodies, on the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.lifecycle import CALL
from consult.domain.officer_proposals import CLOSE, END_FOUNDING, MERGE
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.bodies import Body, SeatHolding
from consult.model.members import Member, MemberChange, RoleHolding
from consult.model.nominations import Call
from consult.model.units import NetworkMembership, Representative, Unit
from consult.service import office_ends, officer_proposals
from consult.service.act import Act, act
from consult.service.units import keep, require_open, require_place, require_reason


@act(Permission.UNIT_KEEP, Event.UNIT_MOVED)
def move(unit: Unit, parent: Unit | None, reason: str, *, by: Actor, at: datetime, act: Act) -> Unit:
    """Put a unit, with all below it, under another one. Frozen rolls are not touched.

    Raises:
        Invalid: if it cannot stand there, stands there already, or no reason is given. OutOfOrder: if it is closed.
    """
    require_open(unit)
    require_reason(reason)
    require_place(unit.kind, parent)
    if unit.parent_id == (parent.id if parent else None):
        sentence = "It stands there already."
        raise Invalid(sentence, {"parent": sentence})
    old = act.session.get(Unit, unit.parent_id) if unit.parent_id is not None else None
    keep(act, unit, "moved", reason, old=old.name if old else "", new=parent.name if parent else "", other=parent)
    _put_under(act, [unit], parent)
    act.note(under=parent.id if parent else None)
    return unit


@dataclass(frozen=True)
class Office:
    """An office or a seat that ends with a unit: whose it is, and what it is called."""

    member_id: int
    name: str
    title: str


def offices(session: Session, unit: Unit, at: datetime) -> list[Office]:
    """The offices and seats that end when a unit is merged or closed, by the name of who holds them."""
    seated = session.scalars(
        select(SeatHolding)
        .join(Body)
        .where(Body.unit_id == unit.id, SeatHolding.ends_at > at)
        .options(joinedload(SeatHolding.member), joinedload(SeatHolding.body))
    ).all()
    with_seats = {row.role_id for row in seated}
    held = session.scalars(
        select(RoleHolding)
        .where(RoleHolding.unit_id == unit.id, or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > at))
        .options(joinedload(RoleHolding.member))
    )
    found = [Office(row.member_id, row.member.name, row.body.name) for row in seated]
    found += [Office(row.member_id, row.member.name, row.role) for row in held if row.id not in with_seats]
    return sorted(found, key=lambda one: (one.name, one.title))


def _require_nobody_else(act: Act, unit: Unit) -> None:
    """Nothing unless offices of others would end by it, which takes two people."""
    others = [one for one in offices(act.session, unit, act.at) if one.member_id != act.by.member_id]
    if others and not act.by.machine:
        names = ", ".join(f"{one.name} ({one.title})" for one in others[:5])
        raise OutOfOrder(
            f"Offices of others would end with it: {names}. That takes two members of the governance committee: "
            "one proposes it on this page, another agrees."
        )


@act(Permission.UNIT_KEEP, Event.UNIT_MERGED)
def merge(unit: Unit, into: Unit, reason: str, *, by: Actor, at: datetime, act: Act) -> Unit:
    """Merge a unit in which nobody else holds an office into another of its kind; otherwise it takes two (`agreeing`).

    Its people, networks' members, representatives and the units below go there. Its offices and bodies end now; what it
    decided stays in its own register, and its page says where it went.

    Raises:
        Invalid: if the two cannot be merged or no reason is given.
        OutOfOrder: if one of them is closed, or others hold an office in it.
    """
    require_reason(reason)
    require_mergeable(act, unit, into=into.id)
    _require_nobody_else(act, unit)
    act.note(**_merge(act, unit, into, reason))
    return unit


def require_mergeable(act: Act, unit: Unit, *, into: int) -> None:
    """Nothing while a unit can be merged into another.

    Raises:
        Invalid: if the two cannot be merged. OutOfOrder: if one of them is closed.
    """
    require_open(unit)
    other = act.session.get_one(Unit, into)
    require_open(other)
    if other.id == unit.id or other.kind != unit.kind:
        sentence = f"A {unit.kind} is merged into another {unit.kind}."
        raise Invalid(sentence, {"into": sentence})


def merge_into(act: Act, unit: Unit, reason: str, *, into: int) -> None:
    """Merge a unit into another. Only acts call it, once two people agree."""
    act.record(Event.UNIT_MERGED, unit, **_merge(act, unit, act.session.get_one(Unit, into), reason))


def _merge(act: Act, unit: Unit, into: Unit, reason: str) -> dict[str, int]:
    moved = _move_people(act, unit, into, reason)
    below = list(act.session.scalars(select(Unit).where(Unit.parent_id == unit.id, Unit.closed_at.is_(None))))
    for one in below:
        keep(act, one, "moved", reason, old=unit.name, new=into.name, other=into)
    _put_under(act, below, into)
    here = Representative.unit_id == unit.id
    act.session.execute(update(Representative).where(here).values(unit_id=into.id))
    _end_everything(act, unit, f"{unit.name} was merged into {into.name}")
    unit.closed_at = act.at
    keep(act, unit, "merged", reason, old=unit.name, new=into.name, other=into)
    keep(act, into, "took in", reason, old=unit.name, new=into.name, other=unit)
    return {"into": into.id, "members": moved, "units": len(below)}


@act(Permission.UNIT_KEEP, Event.UNIT_CLOSED)
def close(unit: Unit, reason: str, *, by: Actor, at: datetime, act: Act) -> Unit:
    """Close a unit in which nobody has a home and nobody else an office; otherwise it takes two (`agreeing`).

    Its offices, bodies and network memberships end now.

    Raises:
        OutOfOrder: if people have their home in it, units stand below it, it is closed, or others hold an office in it.
        Invalid: if no reason is given, or it is the one at the top.
    """
    require_reason(reason)
    require_closable(act, unit)
    _require_nobody_else(act, unit)
    _close(act, unit, reason)
    return unit


def require_closable(act: Act, unit: Unit) -> None:
    """Nothing while a unit can be closed.

    Raises:
        OutOfOrder: if people have their home in it, units stand below it, or it is closed.
        Invalid: if it is the one at the top.
    """
    require_open(unit)
    if unit.kind == "nation":
        raise Invalid("The nation is the whole movement; it is not closed here.")
    people = act.session.scalar(
        select(func.count()).select_from(Member).where(Member.unit_id == unit.id, Member.erased_at.is_(None))
    )
    if people and unit.kind != "organisation":
        raise OutOfOrder(
            f"{people:,} people have their home in {unit.name}. Merge it into another branch, and they go with it."
        )
    if act.session.scalar(select(Unit.id).where(Unit.parent_id == unit.id, Unit.closed_at.is_(None)).limit(1)):
        raise OutOfOrder(f"Units stand below {unit.name}. Put them under another one first, or merge it.")


def close_now(act: Act, unit: Unit, reason: str) -> None:
    """Close a unit. Only acts call it, once two people agree."""
    _close(act, unit, reason)
    act.record(Event.UNIT_CLOSED, unit)


def _close(act: Act, unit: Unit, reason: str) -> None:
    act.session.execute(delete(NetworkMembership).where(NetworkMembership.unit_id == unit.id))
    speaks = or_(Representative.ends_at.is_(None), Representative.ends_at > act.at)
    ending = update(Representative).where(Representative.unit_id == unit.id, Representative.starts_at < act.at, speaks)
    act.session.execute(ending.values(ends_at=act.at))
    _end_everything(act, unit, f"{unit.name} was closed")
    unit.closed_at = act.at
    keep(act, unit, "closed", reason, old=unit.name)


def _put_under(act: Act, moving: Iterable[Unit], parent: Unit | None) -> None:
    """Write the new paths of units and of all below them: one statement each, whatever stands below."""
    for unit in moving:
        old, new = unit.path, f"{parent.path if parent else ''}{unit.id}/"
        act.session.flush()
        rest = func.substr(Unit.path, len(old) + 1)
        act.session.execute(
            update(Unit)
            .where(Unit.path.startswith(old, autoescape=True))
            .values(path=literal(new) + rest)
            .execution_options(synchronize_session=False)
        )
        act.session.refresh(unit)
        unit.parent_id = parent.id if parent else None
    act.session.flush()


def _move_people(act: Act, unit: Unit, into: Unit, reason: str) -> int:
    """Everybody whose home it is, with a line in each one's history, and the members of a network; how many had a home."""
    words = f"{unit.name} was merged into {into.name}: {reason.strip()}"[:1000]
    rows = select(
        Member.id, literal(act.at, type_=MemberChange.at.type), literal(act.by.reference), literal("branch"),
        literal(unit.name), literal(into.name), literal(words),
    ).where(Member.unit_id == unit.id)  # fmt: skip
    columns = ["member_id", "at", "changed_by", "what", "old", "new", "reason"]
    act.session.execute(insert(MemberChange).from_select(columns, rows))
    moving = update(Member).where(Member.unit_id == unit.id).values(unit_id=into.id)
    moved = act.session.execute(moving.execution_options(synchronize_session=False))
    there = select(NetworkMembership.member_id).where(NetworkMembership.unit_id == into.id)
    here = NetworkMembership.unit_id == unit.id
    act.session.execute(delete(NetworkMembership).where(here, NetworkMembership.member_id.in_(there)))
    act.session.execute(update(NetworkMembership).where(here).values(unit_id=into.id))
    return int(moved.rowcount)  # type: ignore[attr-defined]


def _end_everything(act: Act, unit: Unit, because: str) -> None:
    """The offices and bodies of the unit end at this instant, each with its event; what was proposed of them is overtaken."""
    for what in (MERGE, CLOSE, END_FOUNDING):
        officer_proposals.overtake(act.session, what, unit.id, act.at)
    for body in act.session.scalars(select(Body).where(Body.unit_id == unit.id, Body.dissolved_at.is_(None))):
        body.dissolved_at = act.at
        act.record(Event.BODY_DISSOLVED, body)
    calls = select(Call).join(Body).where(Body.unit_id == unit.id, Call.state == "announced")
    for call in act.session.scalars(calls):
        call.state, call.outcome = CALL.step("cancel", call.state).target, because
        act.record(Event.NOMINATIONS_CANCELLED, call)
    seats = select(SeatHolding).join(Body).where(Body.unit_id == unit.id, SeatHolding.ends_at > act.at)
    held = select(RoleHolding).where(
        RoleHolding.unit_id == unit.id, or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > act.at)
    )
    office_ends.end_terms(act, act.session.scalars(seats).all(), act.session.scalars(held).all(), because)
