"""Requisitions: members begin and sign them; once enough have signed, the committee must call the meeting in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.domain import requisitions as domain
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.domain.timetable import written
from consult.model.hall import Sitting
from consult.model.members import Member, RoleHolding
from consult.model.requisitions import Requisition, RequisitionSignature
from consult.model.store import db
from consult.model.units import Unit
from consult.service import hall_minutes, rulebooks
from consult.service.act import Act, act

SHORTEST, LONGEST = 20, 5_000


@dataclass(frozen=True)
class Spec:
    """What is demanded: its kind, a title, the purpose, and the office where somebody is to be recalled."""

    kind: str
    title: str
    purpose: str
    holding_id: int | None = None


def listed() -> list[Requisition]:
    """Every requisition, newest first."""
    query = select(Requisition).options(joinedload(Requisition.unit), selectinload(Requisition.signatures))
    return list(db.session.scalars(query.order_by(Requisition.id.desc())))


def get(requisition_id: int) -> Requisition:
    """One requisition with its signatures.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Requisition).where(Requisition.id == requisition_id)
    query = query.options(
        joinedload(Requisition.unit),
        joinedload(Requisition.holding).joinedload(RoleHolding.member),
        selectinload(Requisition.signatures).joinedload(RequisitionSignature.member),
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no requisition of this number.")
    return found


def members_of(session: Session, unit: Unit) -> int:
    """How many members a unit has, those of the units below it included."""
    query = select(func.count()).select_from(Member).join(Unit, Unit.id == Member.unit_id)
    query = query.where(Unit.path.startswith(unit.path, autoescape=True), Member.status == Status.MEMBER.value)
    return session.scalar(query.where(Member.erased_at.is_(None))) or 0


def offices_of(unit: Unit, at: datetime) -> list[RoleHolding]:
    """The offices of a unit that are held now: those from which somebody can be recalled."""
    query = select(RoleHolding).where(
        (RoleHolding.unit_id == unit.id) | (RoleHolding.unit_id.is_(None) if unit.parent_id is None else False),
        RoleHolding.starts_at <= at,
        (RoleHolding.ends_at.is_(None)) | (RoleHolding.ends_at > at),
    )
    return list(db.session.scalars(query.options(joinedload(RoleHolding.member)).order_by(RoleHolding.role)))


def terms_of(session: Session, unit: Unit, kind: str) -> domain.Terms:
    """What a unit's rules ask of a requisition: those it adopted last, else those of the unit above that adopted some."""
    rules = rulebooks.adopted_by(session, unit)
    return rules.terms(kind) if rules is not None else domain.TERMS[kind]


@act(Permission.REQUISITION_SIGN, Event.REQUISITION_BEGUN)
def begin(unit: Unit, spec: Spec, *, by: Actor, at: datetime, act: Act) -> Requisition:
    """Begin a requisition and sign it; the number needed is fixed now.

    Raises:
        Invalid: naming what is missing, or an office that is not held in this unit.
    """
    problems = {}
    if spec.kind not in domain.KINDS:
        problems["kind"] = "Choose what is demanded."
    if not 1 <= len(spec.title.strip()) <= 200:
        problems["title"] = "Give it a title, in at most 200 characters."
    if not SHORTEST <= len(spec.purpose.strip()) <= LONGEST:
        problems["purpose"] = f"Say in a sentence or more what it is for ({SHORTEST} to {LONGEST:,} characters)."
    recall = spec.kind == domain.RECALL
    if recall and spec.holding_id not in {held.id for held in offices_of(unit, at)}:
        problems["holding"] = "Choose the office from which somebody is to be recalled."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    terms, members = terms_of(act.session, unit, spec.kind), members_of(act.session, unit)
    made = Requisition(
        unit_id=unit.id, kind=spec.kind, title=spec.title.strip(), purpose=spec.purpose.strip(),
        holding_id=spec.holding_id if recall else None, needed=terms.needed(members), members=members,
        started_by_id=by.member_id, started_at=at, closes_at=at + timedelta(days=terms.days_to_sign),
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    _sign(act, made)
    return made


@act(Permission.REQUISITION_SIGN, Event.REQUISITION_SIGNED)
def sign(requisition: Requisition, *, by: Actor, at: datetime, act: Act) -> Requisition:
    """Sign a requisition, once.

    Raises:
        OutOfOrder: if it is closed, or one has signed it.
    """
    _require_open(requisition, at)
    if act.session.get(RequisitionSignature, (requisition.id, by.member_id)) is not None:
        raise OutOfOrder("You have signed this requisition already.")
    _sign(act, requisition)
    return requisition


@act(Permission.REQUISITION_SIGN, Event.REQUISITION_SIGNED)
def unsign(requisition: Requisition, *, by: Actor, at: datetime, act: Act) -> Requisition:
    """Take one's signature back, while it is still being signed."""
    _require_open(requisition, at)
    mine = act.session.get(RequisitionSignature, (requisition.id, by.member_id))
    if mine is None:
        raise OutOfOrder("You have not signed this requisition.")
    act.session.delete(mine)
    return requisition


def _require_open(requisition: Requisition, at: datetime) -> None:
    state = domain.state_at(requisition.state, requisition.closes_at, at)
    if state != "open":
        raise OutOfOrder(f"This requisition is {state}, so nobody signs it any more.")


def _sign(act: Act, requisition: Requisition) -> None:
    act.session.add(RequisitionSignature(requisition_id=requisition.id, member_id=act.by.member_id, at=act.at))
    act.session.flush()
    mine = RequisitionSignature.requisition_id == requisition.id
    count = act.session.scalar(select(func.count()).select_from(RequisitionSignature).where(mine)) or 0
    act.note(signatures=count, needed=requisition.needed)
    if count >= requisition.needed:
        requisition.state, requisition.met_at = "met", act.at
        terms = terms_of(act.session, requisition.unit, requisition.kind)
        requisition.hold_by = terms.hold_by(act.at)


@act(Permission.SITTING_KEEP, Event.REQUISITION_CALLED)
def call(requisition: Requisition, sitting: Sitting, *, by: Actor, at: datetime, act: Act) -> Requisition:
    """Name the sitting that takes a requisition which enough have signed.

    Raises:
        OutOfOrder: if too few have signed, or the sitting begins too late or is not planned.
    """
    if requisition.state != "met" or requisition.hold_by is None:
        raise OutOfOrder(f"This requisition is {domain.state_at(requisition.state, requisition.closes_at, at)}.")
    if sitting.state != "planned" or sitting.starts_at > requisition.hold_by:
        raise OutOfOrder(f"It must be taken at a sitting that begins by {written(requisition.hold_by)}.")
    requisition.state, requisition.sitting_id = "called", sitting.id
    hall_minutes.write(act, sitting, f"This sitting takes the requisition “{requisition.title}”.")
    return requisition


def at_sitting(session: Session, sitting: Sitting) -> Requisition | None:
    """The requisition that a sitting takes, if it was called by one."""
    return session.scalars(select(Requisition).where(Requisition.sitting_id == sitting.id)).one_or_none()


def decide(act: Act, sitting: Sitting) -> str:
    """Inside the act of declaring: somebody was recalled. Returns what followed.

    Raises:
        OutOfOrder: if the sitting takes no recall, or it is decided.
    """
    found = at_sitting(act.session, sitting)
    if found is None or found.holding is None or found.state != "called":
        raise OutOfOrder("This sitting takes no requisition for a recall.")
    held = found.holding
    found.state = "decided"
    if held.ends_at is None or held.ends_at > act.at:
        held.ends_at = act.at
        held.reason = f"{held.reason}; recalled by the meeting"[:1000]
        act.record(Event.ROLE_ENDED, held, role=held.role, member=held.member_id, unit=held.unit_id)
    return f"The office of {held.role} ends now."
