"""Single-use links: made when the mail is sent, kept only as hashes, looked at by GET and spent by POST."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from consult.domain.errors import NotAllowed, OutOfOrder
from consult.model.members import LoginToken
from consult.model.store import db
from consult.service import clock
from consult.service.act import Act
from consult.service.sessions import token_hash

SIGN_IN = "sign in"
INVITE = "invite"
RESET_PASSWORD = "reset password"  # noqa: S105 (a purpose)
RESET_SECOND_FACTOR = "reset second factor"

#: How long a link of each purpose is good.
LIVES: dict[str, timedelta] = {
    SIGN_IN: timedelta(minutes=10),
    INVITE: timedelta(days=14),
    RESET_PASSWORD: timedelta(hours=1),
    RESET_SECOND_FACTOR: timedelta(days=3),
}

_LIFE_WORDS = {SIGN_IN: "ten minutes", INVITE: "14 days", RESET_PASSWORD: "one hour", RESET_SECOND_FACTOR: "3 days"}


def life_words(purpose: str) -> str:
    """How long such a link is good, in words for the mail."""
    return _LIFE_WORDS.get(purpose, "")


def new_token() -> str:
    """A token of 256 random bits, for a link or a session."""
    return secrets.token_urlsafe(32)


def mint(session: Session, member_id: int, purpose: str, at: datetime, token: str) -> str:
    """Write down a link's hash inside a transaction of the caller's, and return the link's whole address."""
    session.add(
        LoginToken(
            token_hash=token_hash(token),
            member_id=member_id,
            purpose=purpose,
            created_at=at,
            expires_at=at + LIVES[purpose],
        )
    )
    return f"{current_app.config['CONSULT_URL'].rstrip('/')}/link/{token}"


def look(token: str, at: datetime | None = None) -> LoginToken:
    """The link's row while the link is good; looking does not spend it.

    Raises:
        NotAllowed: if nobody made such a link.
        OutOfOrder: if it was used or is too old; the sentence says what to do.
    """
    return _good(db.session.get(LoginToken, token_hash(token)), at or clock.now())


def spend(act: Act, token: str, purpose: str) -> LoginToken:
    """Use a link up inside an act. Of two at once, one is refused.

    Raises:
        NotAllowed, OutOfOrder: as `look`.
    """
    found = act.session.get(LoginToken, token_hash(token), with_for_update=True, populate_existing=True)
    found = _good(found, act.at)
    if found.purpose != purpose:
        raise NotAllowed("This link is for something else. Open it again from your mail.")
    found.used_at = act.at
    return found


def _good(found: LoginToken | None, at: datetime) -> LoginToken:
    if found is None:
        raise NotAllowed("There is no such link. Copy the whole of it from your mail, or ask for a new one.")
    if found.used_at is not None:
        raise OutOfOrder("This link has been used, and works once only. Ask for a new one.")
    if found.expires_at <= at:
        raise OutOfOrder(f"This link is older than {_LIFE_WORDS[found.purpose]} and works no more. Ask for a new one.")
    return found
