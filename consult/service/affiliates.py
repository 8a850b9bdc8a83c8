"""Affiliated organisations: who speaks for them, by name and for a term. Representatives are never counted as people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.model.members import Member
from consult.model.store import db
from consult.model.units import Representative, Unit
from consult.service import accounts
from consult.service.act import Act, act


@dataclass(frozen=True)
class Named:
    """Who is named: somebody in the register by number or address, or else a name and an address to enter."""

    who: str = ""
    name: str = ""
    email: str = ""


def get(representative_id: int) -> Representative:
    """A representative.

    Raises:
        NotFound: if there is none with the number.
    """
    found = db.session.get(Representative, representative_id)
    if found is None:
        raise NotFound("There is no such representative.")
    return found


def of(unit: Unit, at: datetime) -> list[Representative]:
    """Who speaks for an organisation, or will, by name."""
    query = select(Representative).join(Representative.member).options(joinedload(Representative.member))
    standing = or_(Representative.ends_at.is_(None), Representative.ends_at > at)
    return list(db.session.scalars(query.where(Representative.unit_id == unit.id, standing).order_by(Member.name)))


def represented_by(member_id: int, at: datetime) -> list[Unit]:
    """The organisations for which somebody speaks at an instant."""
    query = select(Unit).join(Representative, Representative.unit_id == Unit.id)
    query = query.where(Representative.member_id == member_id, Representative.starts_at <= at)
    query = query.where(or_(Representative.ends_at.is_(None), Representative.ends_at > at))
    return list(db.session.scalars(query.order_by(Unit.name)))


@act(Permission.REPRESENTATIVE_NAME, Event.REPRESENTATIVE_NAMED)
def name(
    unit: Unit, named: Named, ends_at: datetime | None, reason: str, *, by: Actor, at: datetime, act: Act
) -> Representative:
    """Name somebody to speak for an affiliated organisation, entering in the register whoever is not in it.

    Raises:
        Invalid: if it is no affiliated organisation, nobody or two people are found, or no reason is given.
        OutOfOrder: if it is closed.
    """
    if unit.kind != "organisation":
        raise Invalid(f"{unit.name} is a {unit.kind}; representatives speak for affiliated organisations.")
    if unit.closed_at is not None:
        raise OutOfOrder(f"{unit.name} is closed.")
    problems = {}
    if ends_at is not None and ends_at <= at:
        problems["ends_on"] = "The term must end in the future."
    if not reason.strip() or len(reason.strip()) > 1000:
        problems["reason"] = "Say by which decision, in at most 1,000 characters: everybody can read it."
    if named.who.strip() and (named.name.strip() or named.email.strip()):
        problems["who"] = "Give either somebody’s number or address in the register, or a name and an address to enter."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    member = _found(named) if named.who.strip() else _entered(act, unit, named)
    if any(row.member_id == member.id for row in of(unit, at)):
        sentence = f"{member.name} speaks for {unit.name} already."
        raise Invalid(sentence, {"who": sentence})
    row = Representative(
        unit_id=unit.id, member_id=member.id, starts_at=at, ends_at=ends_at, reason=reason.strip(),
        named_by=by.reference,
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    act.note(unit=unit.id, member=member.id)
    return row


def _found(named: Named) -> Member:
    people = accounts.people(named.who)
    if len(people) == 1:
        return people[0]
    sentence = (
        "More than one person has this address. Give the number instead."
        if people
        else "Nobody in the register has this number or address. Leave it empty and give a name and an address."
    )
    raise Invalid(sentence, {"who": sentence})


def _entered(act: Act, unit: Unit, named: Named) -> Member:
    name, email = " ".join(named.name.split()), named.email.strip()
    problems = {}
    if not name or len(name) > 200:
        problems["name"] = "Give the name, in at most 200 characters, or say above who it is in the register."
    if "@" not in email or len(email) > 254:
        problems["email"] = "Give an e-mail address, so that the person can sign in."
    elif accounts.people(email):
        problems["email"] = "Somebody in the register has this address: give it above instead."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    last = act.session.scalar(select(func.count()).select_from(Representative)) or 0
    number = f"R{unit.id}-{last + 1}"
    member = Member(
        number=number, name=name, email=email, email_key=email.lower(), status=Status.REPRESENTATIVE.value,
        joined_at=act.at, unit_id=unit.id, created_at=act.at,
    )  # fmt: skip
    act.session.add(member)
    act.session.flush()
    accounts.ensure(act.session, member.id, act.at)
    act.notify("invitation", member, once=f"invitation {member.id} representative")
    return member


@act(Permission.REPRESENTATIVE_NAME, Event.REPRESENTATIVE_ENDED)
def end(row: Representative, reason: str, *, by: Actor, at: datetime, act: Act) -> Representative:
    """End somebody's speaking for an organisation, now.

    Raises:
        OutOfOrder: if it has ended. Invalid: if no reason is given.
    """
    if row.ends_at is not None and row.ends_at <= at:
        raise OutOfOrder("This has ended already.")
    if not reason.strip() or len(reason.strip()) > 400:
        sentence = "Give the reason in at most 400 characters: everybody can read it."
        raise Invalid(sentence, {"reason": sentence})
    row.ends_at, row.reason = at, f"{row.reason}; ended: {reason.strip()}"[:1000]
    act.note(unit=row.unit_id, member=row.member_id)
    return row
