"""Proposals of officers as they are found: those that stand, who could be the second, and what overtook one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from consult.domain import officer_proposals as domain
from consult.domain.errors import NotFound
from consult.domain.roles import Role, Status
from consult.model.attestations import Suspension
from consult.model.members import Member, RoleHolding
from consult.model.officer_proposals import OfficerProposal
from consult.model.store import db
from consult.model.units import Unit

_NAMES = (
    joinedload(OfficerProposal.concerns),
    joinedload(OfficerProposal.proposed_by),
    joinedload(OfficerProposal.agreed_by),
)


def get(proposal_id: int) -> OfficerProposal:
    """A proposal with the people in it.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(OfficerProposal).where(OfficerProposal.id == proposal_id).options(*_NAMES)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


def listed(limit: int = 200) -> list[OfficerProposal]:
    """Proposals, those that have not ended first, then the newest."""
    order = (OfficerProposal.ended.is_not(None), OfficerProposal.id.desc())
    return list(db.session.scalars(select(OfficerProposal).options(*_NAMES).order_by(*order).limit(limit)))


def unended(what: str, subject_id: int, session: Session | None = None) -> list[OfficerProposal]:
    """The proposal about this that has not ended, though its time may be over: one at the most."""
    query = select(OfficerProposal).where(
        OfficerProposal.what == what, OfficerProposal.subject_id == subject_id, OfficerProposal.ended.is_(None)
    )
    return list((session or db.session()).scalars(query.options(*_NAMES)))


def standing(what: str, subject_id: int, at: datetime, session: Session | None = None) -> OfficerProposal | None:
    """The proposal about this that somebody can still agree to."""
    return next((row for row in unended(what, subject_id, session) if row.stands(at)), None)


def standing_about(what: str, subject_ids: list[int], at: datetime) -> dict[int, OfficerProposal]:
    """Subject → the proposal about it that stands, of many at once."""
    query = select(OfficerProposal).where(
        OfficerProposal.what == what, OfficerProposal.subject_id.in_(subject_ids), OfficerProposal.ended.is_(None)
    )
    return {row.subject_id: row for row in db.session.scalars(query) if row.stands(at)}


def done(what: str, subject_id: int) -> OfficerProposal | None:
    """The proposal that was carried out about this, with the people in it."""
    query = select(OfficerProposal).where(
        OfficerProposal.what == what,
        OfficerProposal.subject_id == subject_id,
        OfficerProposal.ended.in_((domain.DONE, domain.ALONE)),
    )
    return db.session.scalars(query.options(*_NAMES)).first()


def holders(session: Session, roles: tuple[Role, ...], path: str, at: datetime) -> list[RoleHolding]:
    """The present holders of roles who can use them, with their names: of unit officers those whose unit reaches `path`."""
    above = [int(part) for part in path.split("/") if part]
    here = or_(
        RoleHolding.role != Role.UNIT_OFFICER.value, RoleHolding.unit_id.is_(None), RoleHolding.unit_id.in_(above)
    )
    suspended = exists().where(
        Suspension.member_id == RoleHolding.member_id,
        Suspension.starts_at <= at,
        or_(Suspension.ends_at.is_(None), Suspension.ends_at > at),
    )
    query = (
        select(RoleHolding)
        .join(Member, Member.id == RoleHolding.member_id)
        .outerjoin(Unit, Unit.id == RoleHolding.unit_id)
        .options(contains_eager(RoleHolding.member))
        .where(
            RoleHolding.role.in_([role.value for role in roles]),
            RoleHolding.starts_at <= at,
            or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > at),
            Member.erased_at.is_(None),
            Member.status.in_((Status.MEMBER.value, Status.REPRESENTATIVE.value)),
            ~suspended,
            here,
        )
    )
    return list(session.scalars(query.order_by(RoleHolding.member_id)))


def overtake(session: Session, what: str, subject_id: int, at: datetime) -> None:
    """What it was about came to its end in another way: nobody can agree to the proposal any more. Only acts call it."""
    for row in unended(what, subject_id, session):
        row.ended, row.ended_at = domain.OVERTAKEN, at
