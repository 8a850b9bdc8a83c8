"""Resets: a lost authenticator or passkey taken away by two different officers, with a reason, and the person told."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import Member, ResetRequest
from consult.model.store import db
from consult.service import accounts, second_factor, sessions
from consult.service.act import Act, act

#: A request that nobody agreed to for this long lapses.
LIFE = timedelta(days=7)


def get(request_id: int) -> ResetRequest:
    """A request.

    Raises:
        NotFound: if there is none with the number.
    """
    found = db.session.get(ResetRequest, request_id)
    if found is None:
        raise NotFound("There is no such request.")
    return found


def waiting(at: datetime) -> list[ResetRequest]:
    """Requests that wait for a second officer, newest first, with the people in them."""
    query = (
        select(ResetRequest)
        .where(ResetRequest.agreed_at.is_(None), ResetRequest.asked_at > at - LIFE)
        .options(joinedload(ResetRequest.member), joinedload(ResetRequest.asked_by))
        .order_by(ResetRequest.asked_at.desc())
    )
    return list(db.session.scalars(query))


@act(Permission.ACCOUNT_RESET, Event.RESET_ASKED)
def ask(member: Member, reason: str, *, by: Actor, at: datetime, act: Act) -> ResetRequest:
    """Ask that somebody's authenticator and passkeys be taken away; a second officer must agree. The person is told at once.

    Raises:
        Invalid: with no reason, or if nothing is there to take away. OutOfOrder: if such a request waits already.
    """
    if not reason.strip() or len(reason) > 1000:
        sentence = "Say how you know that it is this person who asks, in at most 1,000 characters."
        raise Invalid(sentence, {"reason": sentence})
    account = member.account
    if account is None or (account.totp_confirmed_at is None and not accounts.has_passkey(member.id)):
        sentence = f"{member.name} has no authenticator and no passkey, so there is nothing to reset."
        raise Invalid(sentence, {"member": sentence})
    if not member.email:
        sentence = f"{member.name} has no e-mail address, to which the link for a new authenticator could go."
        raise Invalid(sentence, {"member": sentence})
    if any(request.member_id == member.id for request in waiting(at)):
        raise OutOfOrder("A request for this person waits for a second officer already.")
    request = ResetRequest(member_id=member.id, reason=reason.strip(), asked_by_id=by.member_id or 0, asked_at=at)
    act.session.add(request)
    act.session.flush()
    act.notify(
        "account-changed",
        member,
        change="An officer asked that your authenticator be reset because you lost it. A second officer must agree.",
    )
    return request


@act(Permission.ACCOUNT_RESET, Event.RESET_AGREED)
def agree(request: ResetRequest, *, by: Actor, at: datetime, act: Act) -> ResetRequest:
    """Agree as the second officer: authenticator, recovery codes and passkeys go, every session ends, and a link is mailed.

    The password stays as it is.

    Raises:
        NotAllowed: to the officer who asked. OutOfOrder: if it is done or too old.
    """
    if request.asked_by_id == by.member_id:
        raise NotAllowed("You asked for this reset, so another officer must agree to it.")
    if request.agreed_at is not None:
        raise OutOfOrder("This reset has been done already.")
    if request.asked_at + LIFE <= at:
        raise OutOfOrder("This request is more than seven days old. Ask for the reset again.")
    request.agreed_by_id, request.agreed_at = by.member_id, at
    second_factor.take_away(act, accounts.get(request.member_id))
    sessions.end_all(act, request.member_id)
    act.notify("second-factor-reset", request.member, once=f"reset {request.id}")
    act.note(member=request.member_id)
    return request
