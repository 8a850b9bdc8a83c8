"""What the rule of a roll comes to: its conditions as SQL, whom they let in, and what each of them does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select, true
from sqlalchemy.orm import Session

from consult.domain.eligibility import Class, RollRule
from consult.domain.roles import Role
from consult.model.attestations import Attested, Suspension
from consult.model.members import Member, RoleHolding
from consult.model.store import db
from consult.model.units import NetworkMembership, Unit
from consult.service import clock

#: Entries that stand for somebody: neither erased nor merged into another.
LIVING = (Member.erased_at.is_(None), Member.merged_into_id.is_(None))

Named = Sequence[tuple[str, ColumnElement[bool]]]


@dataclass(frozen=True)
class Effect:
    """What one condition does: how many of the register it lets in and keeps out taken alone, how many it is the first
    to keep out when all are asked in order, and how many would be on the roll but for it."""

    name: str
    lets_in: int
    keeps_out: int
    first: int
    only: int


@dataclass(frozen=True)
class Preview:
    """What a rule comes to: how many it lets in, and how many each condition keeps out (the first that fails)."""

    size: int
    kept_out: dict[str, int]
    effects: tuple[Effect, ...] = field(default=(), compare=False)


def conditions(rule: RollRule, at: datetime) -> Named:
    """The rule's conditions as SQL, in the same order as `consult.domain.eligibility.explain` names them."""
    made: list[tuple[str, ColumnElement[bool]]] = [("status", Member.status.in_([s.value for s in rule.statuses]))]
    if rule.joined_by is not None:
        made.append(("joined by", Member.joined_at <= rule.joined_by))
    if rule.paid_at is not None:
        made.append(("paid up", and_(Member.paid_until.is_not(None), Member.paid_until > rule.paid_at)))
    if rule.unit_paths:
        made.append(("unit", Member.unit_id.in_(select(Unit.id).where(_units(rule)))))
    if rule.networks:
        inside = select(NetworkMembership.member_id).where(NetworkMembership.unit_id.in_(rule.networks))
        made.append(("network", Member.id.in_(inside)))
    if rule.attestations:
        made.append(("attested", and_(*(Member.id.in_(attested(number, at)) for number in rule.attestations))))
    if rule.delegates_at is not None:
        made.append(("delegates", Member.id.in_(in_office(rule.delegates_at, Role.DELEGATE))))
    made += [(each.value, Member.id.not_in(of_class(each, at))) for each in rule.without]
    if rule.excluded:
        made.append(("excluded", Member.id.not_in(list(dict(rule.excluded)))))
    return made


def _units(rule: RollRule) -> ColumnElement[bool]:
    if rule.home_only:
        return Unit.path.in_(rule.unit_paths)
    return or_(*(Unit.path.startswith(path, autoescape=True) for path in rule.unit_paths))


def in_office(instant: datetime, *roles: Role) -> Select[int]:
    """Those who hold one of these offices at an instant; the last instant of a term is not in it."""
    return select(RoleHolding.member_id).where(
        RoleHolding.role.in_([role.value for role in roles]),
        RoleHolding.starts_at <= instant,
        or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > instant),
    )


def attested(attestation_id: int, at: datetime) -> Select[int]:
    """Those who had confirmed a text and stood by it at an instant."""
    return select(Attested.member_id).where(
        Attested.attestation_id == attestation_id,
        Attested.made_at <= at,
        or_(Attested.ended_at.is_(None), Attested.ended_at > at),
    )


def of_class(each: Class, at: datetime) -> Select[int]:
    """Those who are in a class at an instant."""
    if each is Class.CONDUCTING:
        return in_office(at, Role.RETURNING_OFFICER, Role.SCRUTINEER)
    return select(Suspension.member_id).where(
        Suspension.starts_at <= at, or_(Suspension.ends_at.is_(None), Suspension.ends_at > at)
    )


def entitled(named: Named) -> ColumnElement[bool]:
    """The condition that all of them hold."""
    return and_(true(), *LIVING, *(condition for _, condition in named))


def preview(rule: RollRule, session: Session | None = None, at: datetime | None = None) -> Preview:
    """Count whom a rule lets in and keeps out, and what each condition does alone and among the others: one statement."""
    session = session or db.session()
    named = conditions(rule, at or clock.now(session))
    holds = [condition for _, condition in named]
    columns = [_sum(and_(true(), *holds)), *first_failing(named), *map(_sum, holds)]
    columns += [_sum(and_(not_(one), *(other for other in holds if other is not one))) for one in holds]
    total, size, *rest = map(int, session.execute(select(func.count(), *columns).where(*LIVING)).one())
    count = len(named)
    first, alone, only = rest[:count], rest[count : 2 * count], rest[2 * count :]
    effects = tuple(
        Effect(name, alone[place], total - alone[place], first[place], only[place])
        for place, (name, _) in enumerate(named)
    )
    return Preview(size, {effect.name: effect.first for effect in effects if effect.first}, effects)


def kept_out(session: Session, named: Named) -> tuple[int, dict[str, int]]:
    """How many the conditions let in, and how many each is the first to keep out, from one reading of the register."""
    query = select(func.count(), *first_failing(named)).where(*LIVING)
    total, *out = map(int, session.execute(query).one())
    return total - sum(out), {name: n for (name, _), n in zip(named, out, strict=True) if n}


def first_failing(named: Named) -> list[ColumnElement[int]]:
    """Per condition how many there are for whom it is the first that fails."""
    made: list[ColumnElement[int]] = []
    before: list[ColumnElement[bool]] = []
    for _, condition in named:
        made.append(_sum(and_(*before, not_(condition))))
        before.append(condition)
    return made


def _sum(condition: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
