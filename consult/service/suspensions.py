"""Suspensions: a membership suspended for a time by a decision, so that the rule of a roll can leave those people out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.model.attestations import Suspension
from consult.model.members import Member
from consult.model.store import db
from consult.service import roles
from consult.service.act import Act, act


def of_member(member_id: int) -> list[Suspension]:
    """Every suspension of somebody, the newest first."""
    query = select(Suspension).where(Suspension.member_id == member_id).order_by(Suspension.id.desc())
    return list(db.session.scalars(query))


def standing(member_id: int, at: datetime, session: Session | None = None) -> Suspension | None:
    """The suspension that holds somebody at an instant."""
    query = select(Suspension).where(
        Suspension.member_id == member_id,
        Suspension.starts_at <= at,
        or_(Suspension.ends_at.is_(None), Suspension.ends_at > at),
    )
    return (session or db.session()).scalars(query.order_by(Suspension.id.desc()).limit(1)).first()


@act(Permission.MEMBER_KEEP, Event.MEMBER_SUSPENDED)
def suspend(member: Member, until: datetime | None, reason: str, *, by: Actor, at: datetime, act: Act) -> Member:
    """Suspend somebody's membership from now, until an instant or until it is lifted; the person is told with the reason.

    Offices rest meanwhile. Rolls that are frozen stay as they are: to keep somebody from a ballot that is announced, take
    them off its roll.

    Raises:
        Invalid: without a reason, if the end is not to come, or if nobody would be left who can give roles.
        OutOfOrder: if it is suspended already.
    """
    problems = {}
    if not 10 <= len(reason.strip()) <= 1_000:
        problems["reason"] = "Say by which decision and why, in a sentence: the person reads it."
    if until is not None and until <= at:
        problems["until"] = "The end of a suspension lies ahead."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)
    if standing(member.id, at, act.session) is not None:
        raise OutOfOrder(f"The membership of {member.name} is suspended already.")
    roles.require_governed(act.session, at, {member.id})
    row = Suspension(member_id=member.id, starts_at=at, ends_at=until, reason=reason.strip(), suspended_by=by.reference)
    act.session.add(row)
    act.session.flush()
    act.note(suspension=row.id)
    ends = written(until) if until else ""
    once = f"member-suspended:{row.id}"
    act.notify("member-suspended", member, once=once, starts=written(at), ends=ends, reason=row.reason)
    return member


@act(Permission.MEMBER_KEEP, Event.SUSPENSION_LIFTED)
def lift(member: Member, reason: str, *, by: Actor, at: datetime, act: Act) -> Member:
    """Lift the suspension that holds somebody, with a reason."""
    row = standing(member.id, at, act.session)
    if row is None:
        raise OutOfOrder(f"The membership of {member.name} is not suspended.")
    if not 10 <= len(reason.strip()) <= 1_000:
        raise Invalid("Say why it is lifted.", {"reason": "Say by which decision and why it is lifted, in a sentence."})
    row.ends_at, row.lifted_by, row.lifted_because = at, by.reference, reason.strip()
    act.note(suspension=row.id)
    return member
