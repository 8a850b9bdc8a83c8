"""Signed-in browsers: begun, found, listed and ended."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from consult.domain.errors import NotAllowed, NotFound
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import Member, SignInSession
from consult.model.store import db, writing
from consult.service import clock
from consult.service.act import Act, act

#: How long after signing in somebody may change how they sign in without showing again who they are.
FRESH = timedelta(minutes=15)


def token_hash(token: str) -> str:
    """What the database keeps of a token: SHA-256 of 256 random bits needs no salt and no stretching."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str, at: datetime | None = None) -> SignInSession | None:
    """The standing session of a token: not ended, not older at that instant (now) than the organisation allows."""
    found = db.session.get(SignInSession, token_hash(token))
    if found is None or found.ended_at is not None:
        return None
    oldest = (at or clock.now()) - timedelta(days=current_app.config["CONSULT_SESSION_DAYS"])
    return found if found.created_at > oldest else None


def of_token(token: str) -> SignInSession:
    """The session that has just been begun with a token."""
    return db.session.get_one(SignInSession, token_hash(token))


def touch(found: SignInSession, at: datetime) -> None:
    """Write down, once an hour at most, that the session is in use: its owner can tell it from a forgotten one."""
    if at - found.seen_at >= timedelta(hours=1):
        with writing() as session:
            session.execute(
                update(SignInSession).where(SignInSession.token_hash == found.token_hash).values(seen_at=at)
            )


def begin(act: Act, member_id: int, token: str, *, second_factor: bool, device: str) -> SignInSession:
    """Begin a session inside the act of signing in; `token` is 256 random bits that only the browser keeps."""
    begun = SignInSession(
        token_hash=token_hash(token),
        member_id=member_id,
        second_factor=second_factor,
        device=device,
        created_at=act.at,
        seen_at=act.at,
    )
    act.session.add(begun)
    return begun


def replace(act: Act, member_id: int, old_hash: str, token: str, *, second_factor: bool, device: str) -> SignInSession:
    """End this browser's session and let it go on under a new token, so that nobody who had the old one gains by it."""
    old = act.session.get(SignInSession, old_hash)
    if old is not None and old.member_id == member_id and old.ended_at is None:
        old.ended_at = act.at
    return begin(act, member_id, token, second_factor=second_factor, device=device)


def fresh(session_hash: str, member_id: int, at: datetime) -> bool:
    """Whether this browser's session was begun so lately that its owner must be the one who sits there."""
    found = db.session.get(SignInSession, session_hash)
    return (
        found is not None and found.member_id == member_id and found.ended_at is None and at - found.created_at < FRESH
    )


def require_fresh(session_hash: str, member_id: int, at: datetime | None = None) -> None:
    """Nothing in a session that was begun lately.

    Raises:
        NotAllowed: saying what to do.
    """
    if not fresh(session_hash, member_id, at or clock.now()):
        raise NotAllowed("To change how you sign in, show again that it is you: confirm it on your account's page.")


def standing(member_id: int) -> list[SignInSession]:
    """A member's standing sessions, newest first."""
    oldest = clock.now() - timedelta(days=current_app.config["CONSULT_SESSION_DAYS"])
    query = select(SignInSession).where(
        SignInSession.member_id == member_id, SignInSession.ended_at.is_(None), SignInSession.created_at > oldest
    )
    return list(db.session.scalars(query.order_by(SignInSession.created_at.desc())))


@act(Permission.ACCOUNT_KEEP, Event.SESSION_ENDED)
def end(member: Member, session_hash: str, *, by: Actor, at: datetime, act: Act) -> None:
    """End one session of one's own.

    Raises:
        NotFound: if it is not there or not one's own.
    """
    found = act.session.get(SignInSession, session_hash)
    if found is None or found.member_id != by.member_id:
        raise NotFound("There is no such session of yours; it may have ended already.")
    found.ended_at = found.ended_at or at


@act(Permission.ACCOUNT_KEEP, Event.SESSION_ENDED)
def end_others(member: Member, keep_hash: str, *, by: Actor, at: datetime, act: Act) -> None:
    """End every session of one's own but the present one."""
    end_all(act, by.member_id, keep_hash)
    act.note(all=True)


def end_all(act: Act, member_id: int | None, keep_hash: str = "") -> None:
    """End a member's sessions inside another act (a new password, a reset)."""
    act.session.execute(
        update(SignInSession)
        .where(
            SignInSession.member_id == member_id,
            SignInSession.ended_at.is_(None),
            SignInSession.token_hash != keep_hash,
        )
        .values(ended_at=act.at)
    )
