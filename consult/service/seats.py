"""Seats of bodies: filled for a term with the role that goes with it, left, and the terms that somebody holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain import bodies as domain
from consult.domain import policy
from consult.domain.decisions import OFFICER
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.nominations import CO_OPTION, Rules
from consult.domain.officer_proposals import END_ROLE, VACATE
from consult.domain.policy import Permission
from consult.domain.roles import SECOND_FACTOR_ROLES, Actor, Role, Status, clash_of
from consult.domain.timetable import written
from consult.model.bodies import Body, SeatHolding
from consult.model.members import Member, RoleHolding
from consult.model.nominations import Call, Nomination
from consult.model.store import db
from consult.service import accounts, bodies, clock, founding, officer_proposals, registering, roles, seating
from consult.service.act import Act, act

#: How an officer can fill a seat by hand; who is elected comes to the seat from the result.
BY_HAND = (domain.APPOINTED, domain.CO_OPTED, domain.INTERIM, domain.ELECTED)


@dataclass(frozen=True)
class Term:
    """How and for how long a seat is filled: `until` None means to the end of the term that the seat has."""

    way: str
    reason: str
    starts_at: datetime | None = None
    until: datetime | None = None
    group: str = ""


def get(holding_id: int) -> SeatHolding:
    """One term in a seat, with its body.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(SeatHolding).where(SeatHolding.id == holding_id)
    query = query.options(joinedload(SeatHolding.body).joinedload(Body.unit), joinedload(SeatHolding.member))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such seat.")
    return found


def of_member(member_id: int, at: datetime) -> list[SeatHolding]:
    """The seats that somebody holds, or will."""
    query = select(SeatHolding).where(SeatHolding.member_id == member_id, SeatHolding.ends_at > at)
    query = query.options(joinedload(SeatHolding.body).joinedload(Body.unit))
    return list(db.session.scalars(query.order_by(SeatHolding.starts_at)))


@act(Permission.SEAT_FILL, Event.SEAT_FILLED)
def fill(body: Body, member: Member, term: Term, *, by: Actor, at: datetime, act: Act) -> SeatHolding:
    """Fill the first seat that is free, for a term.

    Raises:
        NotAllowed: to seat oneself, or where a role goes with the seat and one may not give roles.
        Invalid: naming the field: no free seat, a term that cannot be or is longer than a full one, a place that is reserved for
            others, a seat that a call which is not settled is for, a co-option or an appointment to a seat whose
            election declared another rule for casual vacancies.
        OutOfOrder: if the body is dissolved.
    """
    if by.member_id == member.id:
        raise NotAllowed("Nobody seats themself. Ask another officer to do it.")
    if term.way not in BY_HAND:
        raise Invalid("Choose how the person came to the seat.", {"way": "Choose how the person came to the seat."})
    if body.confers:
        policy.require(Permission.ROLE_GIVE, by, at=at)
    _require_room(body, term, at)
    last = domain.longest_term(term.starts_at or at, body.term_months)
    if term.until is not None and term.until > last:
        sentence = f"A full term of {body.name} has {body.term_months} months; this one may end on {clock.day(last)} at the latest."
        raise Invalid(sentence, {"ends_on": sentence})
    if term.way in (domain.CO_OPTED, domain.APPOINTED):
        _require_rule(act.session, body, term, at)
    _require_uncalled(act.session, body, term, at)
    made = put(act, body, member, term)
    if term.way == domain.CO_OPTED:
        title = f"{body.name}: {member.name} co-opted"
        registering.enter(act, body.unit_id, OFFICER, title, title, reason=made.reason, place=f"/bodies/{body.id}")
    return made


def _require_uncalled(session: Session, body: Body, term: Term, at: datetime) -> None:
    """Nothing if a seat is left beside those that calls for nominations are for: an election is not overtaken by hand."""
    starts_at = term.starts_at or at
    _seat, until = _free(body, term, starts_at)
    held = {row.seat for row in seating.held(session, body, starts_at, until)}
    calls = seating.calls(session, body, starts_at, until)
    if not calls or body.seats - len(held) - sum(map(seating.claimed, calls)) >= 1:
        return
    named = "; ".join(f"“{call.title}” (call {call.id}), which is {call.state}" for call in calls)
    sentence = (
        f"Every seat that is free then is called for by {named}. Let the election fill it, or end the call first."
    )
    raise Invalid(sentence, {"member": sentence})


def _require_rule(session: Session, body: Body, term: Term, at: datetime) -> None:
    """Nothing unless the seat was left by somebody elected under rules by which nobody comes to it in this way."""
    seat, _until = _free(body, term, term.starts_at or at)
    left = max(
        (row for row in body.holdings if row.seat == seat and row.ends_at <= at),
        key=lambda row: row.ends_at,
        default=None,
    )
    if left is None or left.ends_at == left.term_until:
        return
    query = select(Call).join(Nomination).where(
        Call.body_id == body.id, Call.state.in_(("declared", "filled")), Nomination.nominee_id == left.member_id,
        Nomination.state == "standing", Call.term_starts_at <= left.starts_at,
    )  # fmt: skip
    call = session.scalars(query.order_by(Call.term_starts_at.desc()).limit(1)).first()
    rule = Rules.from_json(call.rules).casual if call is not None else ""
    if call is not None and (rule != CO_OPTION or term.way != domain.CO_OPTED):
        sentence = (
            f"{left.member.name} was elected by “{call.title}”, whose rules fill a seat that is left by a {rule}: "
            f"nobody is {term.way} to it."
        )
        raise Invalid(sentence, {"way": sentence})


def put(act: Act, body: Body, member: Member, term: Term) -> SeatHolding:
    """Seat somebody, with the role that goes with it. Only acts call it, inside their transaction.

    Raises:
        Invalid, OutOfOrder: as `fill`.
    """
    bodies.require_standing(body)
    starts_at = term.starts_at or act.at
    seat, until = _free(body, term, starts_at)
    if term.way == domain.INTERIM:
        until = founding.last_instant(act.session, body.unit, term.until, act.at)
    _check(act, body, member, term, starts_at, until)
    holding = SeatHolding(
        body_id=body.id, seat=seat, member_id=member.id, group=term.group, way=term.way, starts_at=starts_at,
        ends_at=until, term_until=until, reason=term.reason.strip(), filled_by=act.by.reference,
    )  # fmt: skip
    if body.confers:
        role = _confer(act, body, member, term, starts_at, until)
        holding.role_id = role.id
    act.session.add(holding)
    act.session.flush()
    act.session.refresh(body, ["holdings"])
    act.note(body=body.id, member=member.id, seat=seat, way=term.way)
    return holding


def _free(body: Body, term: Term, starts_at: datetime) -> tuple[int, datetime]:
    """The seat to be filled and the end of its term: first a seat that somebody left, then the lowest number."""
    found = bodies.vacancies(body, starts_at)
    coming = sorted((row for row in body.holdings if row.starts_at > starts_at), key=lambda row: row.starts_at)
    later = {row.seat: row.starts_at for row in reversed(coming)}
    order = sorted(found, key=lambda one: (not one.casual, _too_short(one, term), one.group != term.group, one.seat))
    for vacancy in order:
        until = term.until or vacancy.until or domain.months_later(starts_at, body.term_months)
        if vacancy.seat not in later or later[vacancy.seat] >= until:
            return vacancy.seat, until
    sentence = f"All {body.seats} seats are held in that time."
    if order:
        seat, until = max(((one.seat, later[one.seat]) for one in order), key=lambda one: one[1])
        sentence = (
            f"No seat is free for so long: seat {seat} is until {written(until)}, when another term in it begins."
        )
    raise Invalid(sentence, {"member": sentence})


def _too_short(vacancy: domain.Vacancy, term: Term) -> bool:
    return vacancy.until is not None and term.until is not None and vacancy.until < term.until


def _check(act: Act, body: Body, member: Member, term: Term, starts_at: datetime, until: datetime) -> None:
    problems: dict[str, str] = {}
    if member.status != Status.MEMBER.value or member.erased_at is not None:
        problems["member"] = f"{member.name} is recorded as {member.status}; seats are for members."
    elif any(row.member_id == member.id and row.starts_at < until and row.ends_at > starts_at for row in body.holdings):
        problems["member"] = f"{member.name} holds a seat in it in that time already."
    if until <= max(starts_at, act.at):
        problems["ends_on"] = "The term must end after it begins, and in the future."
    if not term.reason.strip() or len(term.reason.strip()) > 1000:
        problems["reason"] = "Give the election or decision, in at most 1,000 characters: everybody can read it."
    if body.confers:
        held = roles.standing(act.session, member.id, starts_at)
        if clash := clash_of({Role(body.confers), *(Role(row.role) for row in held)}):
            problems["member"] = f"Nobody may be {clash} at once: who watches a ballot does not conduct it."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _require_room(body: Body, term: Term, at: datetime) -> None:
    """Nothing unless a seat given by hand would break the reserved places."""
    now = bodies.sitting(body, at)
    left = body.seats - len(now) - 1
    for row in body.reserves:
        count = sum(one.group == row["group"] for one in now) + (term.group == row["group"])
        if row.get("maximum") is not None and count > row["maximum"]:
            sentence = f"At most {row['maximum']} of the seats are for {row['group']}, and they are held."
            raise Invalid(sentence, {"group": sentence})
    missing = sum(
        max(0, row["minimum"] - sum(one.group == row["group"] for one in now) - (term.group == row["group"]))
        for row in body.reserves
    )
    if left >= 0 and missing > left:
        sentence = "The seats that are left are reserved. Say for which reserved place this person counts."
        raise Invalid(sentence, {"group": sentence})


def _confer(act: Act, body: Body, member: Member, term: Term, starts_at: datetime, until: datetime) -> RoleHolding:
    """The role that goes with a seat, over the body's unit (a body of the whole nation: over the whole)."""
    role = Role(body.confers)
    whole = body.unit.kind == "nation" and role not in roles.OF_A_UNIT
    holding = RoleHolding(
        member_id=member.id, role=role.value, unit_id=None if whole else body.unit_id, starts_at=starts_at,
        ends_at=until, reason=f"{body.name}: {term.reason.strip()}"[:1000], given_by=act.by.reference,
        interim=term.way == domain.INTERIM,
    )  # fmt: skip
    act.session.add(holding)
    act.session.flush()
    act.record(Event.ROLE_GIVEN, holding, role=role.value, member=member.id, unit=holding.unit_id)
    account = accounts.ensure(act.session, member.id, act.at)
    if account.password_hash is None and role in SECOND_FACTOR_ROLES:
        act.notify("invitation", member, once=f"invitation {member.id} role {holding.id}")
    return holding


def require_leavable(act: Act, holding: SeatHolding) -> None:
    """Nothing while a term in a seat is running.

    Raises:
        OutOfOrder: if it is not. Invalid: if nobody would be left who can give roles.
    """
    if not holding.held(act.at):
        raise OutOfOrder("This term is not running, so nobody leaves the seat.")
    if holding.role is not None and (holding.role.ends_at is None or holding.role.ends_at > act.at):
        roles.require_others(act, holding.role)


def vacate(act: Act, holding: SeatHolding, because: str) -> None:
    """End somebody's term: a casual vacancy from now on. Only acts call it, once two people agree."""
    leave(act, holding, because)
    act.record(Event.SEAT_VACATED, holding, body=holding.body_id, member=holding.member_id, seat=holding.seat)


@act(Permission.ACCOUNT_KEEP, Event.SEAT_VACATED)
def resign(holding: SeatHolding, because: str, *, by: Actor, at: datetime, act: Act) -> SeatHolding:
    """Lay down a seat of one's own.

    Raises:
        OutOfOrder: if the term is not running. Invalid: without a reason.
    """
    return leave(act, holding, because)


def leave(act: Act, holding: SeatHolding, because: str) -> SeatHolding:
    """End a term now, and the role with it. Only acts call it, inside their transaction."""
    require_leavable(act, holding)
    if not because.strip() or len(because.strip()) > 400:
        sentence = "Say why, in at most 400 characters: everybody can read it."
        raise Invalid(sentence, {"reason": sentence})
    if holding.starts_at >= act.at:
        raise OutOfOrder("This term begins at this very moment; try again.")
    role = holding.role
    if role is not None and (role.ends_at is None or role.ends_at > act.at):
        officer_proposals.overtake(act.session, END_ROLE, role.id, act.at)
        role.ends_at, role.reason = act.at, f"{role.reason}; ended: {because.strip()}"[:1000]
        act.record(Event.ROLE_ENDED, role, role=role.role, member=role.member_id, unit=role.unit_id)
    officer_proposals.overtake(act.session, VACATE, holding.id, act.at)
    holding.ends_at, holding.left_because = act.at, because.strip()
    act.note(body=holding.body_id, member=holding.member_id, seat=holding.seat)
    return holding
