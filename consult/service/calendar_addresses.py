"""The secret address of one's own calendar: made, renewed and ended by oneself; only its hash is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from consult.domain.errors import NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.model.interfaces import CalendarAddress
from consult.model.members import Member
from consult.model.store import db
from consult.service import actors
from consult.service.act import Act, act
from consult.service.sessions import token_hash


def of_member(member_id: int) -> CalendarAddress | None:
    """When a member's address was made, if there is one."""
    return db.session.get(CalendarAddress, member_id)


@act(Permission.ACCOUNT_KEEP, Event.CALENDAR_ADDRESS_MADE)
def renew(member: Member, secret: str, *, by: Actor, at: datetime, act: Act) -> Member:
    """Make the address, or a new one in place of the old, which leads nowhere from now on; `secret` is 256 random bits."""
    row = act.session.get(CalendarAddress, member.id) or CalendarAddress(member_id=member.id)
    row.secret_hash, row.made_at = token_hash(secret), at
    act.session.add(row)
    return member


@act(Permission.ACCOUNT_KEEP, Event.CALENDAR_ADDRESS_ENDED)
def end(member: Member, *, by: Actor, at: datetime, act: Act) -> Member:
    """End the address.

    Raises:
        OutOfOrder: if there is none.
    """
    row = act.session.get(CalendarAddress, member.id)
    if row is None:
        raise OutOfOrder("Your calendar has no address.")
    act.session.delete(row)
    return member


def reader(secret: str) -> Actor:
    """Whose calendar it is.

    Raises:
        NotFound: if the address was never made, was renewed or ended, or its member has left.
    """
    query = select(CalendarAddress.member_id).where(CalendarAddress.secret_hash == token_hash(secret))
    found = db.session.scalars(query).one_or_none()
    person = actors.actor_of(found) if found is not None else None
    if person is None or person.member_id is None or person.status in (Status.FORMER, Status.LAPSED):
        raise NotFound("There is no calendar at this address. It may have been renewed: look on your account page.")
    return person
