"""Tokens for programs: made by a member, shown once, kept as a hash; what they read is never more than the member does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.interfaces import MOST_TOKENS, SCOPES, TOKEN_DAYS
from consult.domain.policy import Permission
from consult.domain.roles import VISITOR, Actor, Status
from consult.model.interfaces import AccessToken
from consult.model.members import Member
from consult.model.store import db, writing
from consult.service import actors
from consult.service.act import Act, act
from consult.service.sessions import token_hash

#: How every token begins, so that one that lies about is known for what it is.
PREFIX = "consult_"


def of_member(member_id: int) -> list[AccessToken]:
    """A member's tokens, the newest first, those that are over among them."""
    query = select(AccessToken).where(AccessToken.member_id == member_id)
    return list(db.session.scalars(query.order_by(AccessToken.id.desc())))


def standing(at: datetime) -> list[AccessToken]:
    """Every token that is good at an instant, with its member, the newest first: for officers."""
    query = select(AccessToken).where(AccessToken.revoked_at.is_(None), AccessToken.expires_at > at)
    return list(db.session.scalars(query.options(joinedload(AccessToken.member)).order_by(AccessToken.id.desc())))


def get(token_id: int) -> AccessToken:
    """A token.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(AccessToken, token_id)
    if found is None:
        raise NotFound("There is no such token.")
    return found


def is_good(token: AccessToken, at: datetime) -> bool:
    """Whether it lets anybody read at an instant."""
    return token.revoked_at is None and at < token.expires_at


@act(Permission.ACCOUNT_KEEP, Event.TOKEN_MADE)
def make(
    member: Member, name: str, scopes: Collection[str], days: int, token: str, *, by: Actor, at: datetime, act: Act
) -> AccessToken:
    """Make a token for one program; `token` is PREFIX and 256 random bits, which only the program keeps.

    Raises:
        Invalid: without a name or a scope. OutOfOrder: for more tokens than anybody needs.
    """
    problems = {}
    words = " ".join(name.split())
    if not words or len(words) > 80:
        problems["name"] = "Say in at most 80 characters which program it is for."
    if not scopes or not set(scopes) <= set(SCOPES):
        problems["scopes"] = "Choose what it may read."
    if days not in TOKEN_DAYS:
        problems["days"] = "Choose how long it is good."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    if _count(act.session, member.id, at) >= MOST_TOKENS:
        raise OutOfOrder(f"You have {MOST_TOKENS} tokens. Revoke one that is not in use before you make another.")
    made = AccessToken(
        member_id=member.id, name=words, token_hash=token_hash(token), scopes=sorted(set(scopes)), made_at=at,
        expires_at=at + timedelta(days=days),
    )  # fmt: skip
    act.session.add(made)
    act.note(scopes=made.scopes, days=days)
    act.session.flush()  # so that it knows its member
    _tell(act, "token-made", made, as_member="read:member" in made.scopes, until=made.expires_at.isoformat())
    return made


def _tell(act: Act, kind: str, token: AccessToken, **more: Any) -> None:
    act.notify(kind, token.member, title=token.name, path="/account/tokens", **more)


def _count(session: Session, member_id: int, at: datetime) -> int:
    query = select(func.count()).select_from(AccessToken)
    query = query.where(AccessToken.member_id == member_id, AccessToken.revoked_at.is_(None))
    return session.scalar(query.where(AccessToken.expires_at > at)) or 0


@act(Permission.ACCOUNT_KEEP, Event.TOKEN_REVOKED)
def revoke(token: AccessToken, *, by: Actor, at: datetime, act: Act) -> AccessToken:
    """Revoke a token of one's own: it reads nothing from now on."""
    return _revoke(token, act)


@act(Permission.TOKENS_KEEP, Event.TOKEN_REVOKED)
def revoke_for(token: AccessToken, reason: str, *, by: Actor, at: datetime, act: Act) -> AccessToken:
    """Revoke somebody else's token, as an officer, with the reason; its member is told both."""
    act.because(reason)
    done = _revoke(token, act)
    _tell(act, "token-revoked", done, reason=act.reason)
    return done


def _revoke(token: AccessToken, act: Act) -> AccessToken:
    if token.revoked_at is not None:
        raise OutOfOrder("This token is revoked already.")
    token.revoked_at, token.revoked_by = act.at, act.by.reference
    return token


def reader(token: str, at: datetime) -> tuple[AccessToken, Actor]:
    """The token and whom it reads as: with `read:member` its member without any office, else a visitor.

    Raises:
        NotFound: if it is unknown, over or revoked, or its member has left.
    """
    found = db.session.scalars(select(AccessToken).where(AccessToken.token_hash == token_hash(token))).one_or_none()
    if found is None or not is_good(found, at):
        raise NotFound("This token is unknown, has expired or was revoked. Make another on your account page.")
    person = actors.actor_of(found.member_id)
    if person.member_id is None or person.status in (Status.FORMER, Status.LAPSED):
        raise NotFound("This token belonged to somebody who has left.")
    return found, _without_offices(person) if "read:member" in found.scopes else VISITOR


def _without_offices(person: Actor) -> Actor:
    return Actor(person.member_id, person.name, person.status, person.home_path, person.home_unit_id)


def used(token: AccessToken, at: datetime) -> None:
    """Write down the day on which a token is used; at most once a day."""
    if token.last_used_on is None or token.last_used_on < at.date():
        number, day = token.id, at.date()
        with writing() as session:
            session.execute(update(AccessToken).where(AccessToken.id == number).values(last_used_on=day))
