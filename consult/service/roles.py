"""Roles: given and ended by officers, with a unit, a term and a reason that everybody can read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, not_, or_, select
from sqlalchemy.orm import Session

from consult.domain.bodies import months_later
from consult.domain.errors import Invalid, NotAllowed, NotFound
from consult.domain.events import Event
from consult.domain.officer_proposals import END_ROLE
from consult.domain.policy import Permission
from consult.domain.roles import OUTSIDE, SECOND_FACTOR_ROLES, Actor, Role, Status, clash_of, may_hold
from consult.model.attestations import Suspension
from consult.model.members import Member, RoleHolding
from consult.model.store import db
from consult.model.units import Representative, Unit
from consult.service import accounts, founding, officer_proposals
from consult.service.act import Act, act

#: Offices of one unit; the others are held for the whole organisation unless a unit is named.
OF_A_UNIT = frozenset({Role.DELEGATE, Role.UNIT_OFFICER})

#: The most years that a term with an end has: longer than a body elects anybody for, so that a wrong year is noticed. An
#: office that is held until it is ended says so by having no end.
MOST_YEARS = 10


def get(holding_id: int) -> RoleHolding:
    """A role held.

    Raises:
        NotFound: if there is none with the number.
    """
    found = db.session.get(RoleHolding, holding_id)
    if found is None:
        raise NotFound("There is no such role; it may have been ended already.")
    return found


def standing(session: Session, member_id: int, at: datetime) -> list[RoleHolding]:
    """The roles of a member whose term is not over."""
    query = select(RoleHolding).where(
        RoleHolding.member_id == member_id, or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > at)
    )
    return list(session.scalars(query.order_by(RoleHolding.id)))


def find_member(identifier: str) -> Member:
    """The one member with this number or address.

    Raises:
        Invalid: if there is none or more than one, with the sentence for the field "member".
    """
    found = accounts.people(identifier)
    if len(found) == 1:
        return found[0]
    sentence = (
        "More than one person has this address. Give the member number instead."
        if found
        else "Nobody in the register has this number or address."
    )
    raise Invalid(sentence, {"member": sentence})


@act(Permission.ROLE_GIVE, Event.ROLE_GIVEN)
def give(
    member: Member,
    role: Role,
    *,
    unit: Unit | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str,
    interim: bool = False,
    by: Actor,
    at: datetime,
    act: Act,
) -> RoleHolding:
    """Give a role for a term (from now, and with no end, unless told). An officer who has no password yet is invited.

    An interim one ends with the founding period of the unit, at the latest.

    Raises:
        NotAllowed: to give oneself a role.
        Invalid: naming the field: somebody who is no member, or suspended, no unit for a delegate, a term that ends
            before it begins or is longer than ten years, an office that does not go with one already held, the same
            role twice, no reason.
    """
    if by.member_id == member.id:
        raise NotAllowed("Nobody gives a role to themself. Ask another officer to do it.")
    if sentence := why_none(act.session, member, role, at):
        raise Invalid(sentence, {"member": sentence})
    starts_at = starts_at or at
    if interim:
        ends_at = founding.last_instant(act.session, unit, ends_at, at)
    held = standing(act.session, member.id, at)
    for wrong in _faults(role, unit, starts_at, ends_at, reason, held, at):
        raise wrong
    holding = RoleHolding(
        member_id=member.id,
        role=role.value,
        unit_id=unit.id if unit else None,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip(),
        given_by=by.reference,
        interim=interim,
    )
    act.session.add(holding)
    act.session.flush()
    act.note(role=role.value, member=member.id, unit=holding.unit_id)
    account = accounts.ensure(act.session, member.id, at)
    if account.password_hash is None and role in SECOND_FACTOR_ROLES:
        act.notify("invitation", member, once=f"invitation {member.id} role {holding.id}")
    return holding


def why_none(session: Session, member: Member, role: Role, at: datetime) -> str:
    """Why somebody is given no such office, in a sentence; "" for somebody who may have it."""
    if member.erased_at is not None or member.merged_into_id is not None:
        return "This entry was erased, or merged into another: nobody is given an office by it."
    if not may_hold(Status(member.status), role):
        known = f"{member.name} is recorded as {member.status}"
        if role in OUTSIDE:
            return f"{known}; a {role.value} is a member, or comes from outside and is recorded as representative."
        return f"{known}; the office of {role.value} is for members."
    speaks = select(Representative.id).where(
        Representative.member_id == member.id,
        or_(Representative.ends_at.is_(None), Representative.ends_at > at),
    )
    if member.status == Status.REPRESENTATIVE.value and session.scalar(speaks.limit(1)) is not None:
        return f"{member.name} speaks for an affiliated organisation, and so holds no office from outside."
    suspended = select(Suspension.id).where(
        Suspension.member_id == member.id,
        Suspension.starts_at <= at,
        or_(Suspension.ends_at.is_(None), Suspension.ends_at > at),
    )
    if session.scalar(suspended.limit(1)) is not None:
        return f"The membership of {member.name} is suspended; nobody is given an office meanwhile."
    return ""


def _faults(
    role: Role,
    unit: Unit | None,
    starts_at: datetime,
    ends_at: datetime | None,
    reason: str,
    held: list[RoleHolding],
    at: datetime,
) -> list[Invalid]:
    found: list[tuple[str, str]] = []
    if role in OF_A_UNIT and unit is None:
        found.append(("unit", f"Say which branch or unit the {role.value} is for."))
    if unit is not None and unit.closed_at is not None:
        found.append(("unit", f"{unit.name} is closed."))
    if ends_at is not None and ends_at <= max(starts_at, at):
        found.append(("ends_at", "The term must end after it begins, and in the future."))
    elif ends_at is not None and ends_at > months_later(starts_at, 12 * MOST_YEARS):
        sentence = f"A term has at most {MOST_YEARS} years. For an office that is held until it is ended, give no end."
        found.append(("ends_at", sentence))
    if not reason.strip():
        found.append(("reason", "Give the reason, such as the election or decision: everybody can read it."))
    if len(reason.strip()) > 800:
        found.append(("reason", "The reason must have at most 800 characters."))
    same = [h for h in held if h.role == role.value and h.unit_id == (unit.id if unit else None)]
    if any((h.ends_at is None or starts_at < h.ends_at) and (ends_at is None or h.starts_at < ends_at) for h in same):
        found.append(("role", f"This person is {role.value} there already. End that term first, or begin after it."))
    clash = clash_of({role, *(Role(h.role) for h in held)})
    if clash:
        found.append(("role", f"Nobody may be {clash} at once: who watches a ballot does not conduct it."))
    return [Invalid(sentence, {name: sentence}) for name, sentence in found]


@act(Permission.ACCOUNT_KEEP, Event.ROLE_ENDED)
def resign(holding: RoleHolding, reason: str, *, by: Actor, at: datetime, act: Act) -> RoleHolding:
    """Lay down a role of one's own.

    Raises:
        Invalid: if it has ended, no reason is given, or nobody would be left who can give roles.
    """
    if not reason.strip() or len(reason.strip()) > 180:
        sentence = "Give the reason in at most 180 characters: everybody can read it."
        raise Invalid(sentence, {"reason": sentence})
    require_endable(act, holding)
    return _end(act, holding, reason)


def require_endable(act: Act, holding: RoleHolding) -> None:
    """Nothing while a role can be ended.

    Raises:
        Invalid: if it has ended, or nobody would be left who can give roles.
    """
    if holding.ends_at is not None and holding.ends_at <= act.at:
        raise Invalid("This role has ended already.")
    require_others(act, holding)


def end(act: Act, holding: RoleHolding, reason: str) -> None:
    """End a role now, before its term is over. Only acts call it, once two people agree."""
    _end(act, holding, reason)
    act.record(Event.ROLE_ENDED, holding, role=holding.role, member=holding.member_id, unit=holding.unit_id)


def _end(act: Act, holding: RoleHolding, reason: str) -> RoleHolding:
    act.note(role=holding.role, member=holding.member_id, unit=holding.unit_id)
    officer_proposals.overtake(act.session, END_ROLE, holding.id, act.at)
    if holding.starts_at >= act.at:  # it had not begun: a term from now to now is none
        act.session.delete(holding)
    else:
        holding.ends_at = act.at
        holding.reason = f"{holding.reason}; ended: {reason.strip()}"[:1000]
    return holding


def require_others(act: Act, holding: RoleHolding) -> None:
    """Nothing unless nobody would be left who can give roles.

    Raises:
        Invalid: if it is the last place in the governance committee.
    """
    if holding.role == Role.GOVERNANCE.value and not _governed(act.session, act.at, {holding.member_id}):
        raise Invalid("This is the last member of the governance committee: give the role to somebody else first.")


def require_governed(session: Session, at: datetime, leaving: set[int], *, at_field: str = "") -> None:
    """Nothing if, once people have left their offices or these rest, somebody is still there who can give roles.

    Raises:
        Invalid: at the field, if the last of the governance committee are among them.
    """
    if leaves_nobody(session, at, leaving):
        sentence = (
            "Nobody would be left on the governance committee, and so nobody who can give roles: "
            "give the role to somebody else first."
        )
        raise Invalid(sentence, {at_field: sentence} if at_field else {})


def leaves_nobody(session: Session, at: datetime, leaving: set[int]) -> bool:
    """Whether the last who can give roles are among those who leave."""
    return _on_the_committee(session, at, RoleHolding.member_id.in_(leaving)) and not _governed(session, at, leaving)


def _governed(session: Session, at: datetime, without: set[int]) -> bool:
    """Whether somebody else sits on the governance committee now, and can use the office."""
    return _on_the_committee(session, at, RoleHolding.member_id.not_in(without))


def _on_the_committee(session: Session, at: datetime, who: ColumnElement[bool]) -> bool:
    suspended = exists().where(
        Suspension.member_id == RoleHolding.member_id,
        Suspension.starts_at <= at,
        or_(Suspension.ends_at.is_(None), Suspension.ends_at > at),
    )
    query = (
        select(RoleHolding.id)
        .join(Member, Member.id == RoleHolding.member_id)
        .where(
            who,
            RoleHolding.role == Role.GOVERNANCE.value,
            RoleHolding.starts_at <= at,
            or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > at),
            Member.status == Status.MEMBER.value,
            Member.erased_at.is_(None),
            not_(suspended),
        )
    )
    return session.scalar(query.limit(1)) is not None
