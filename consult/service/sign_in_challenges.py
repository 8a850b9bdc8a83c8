"""Challenges: random bytes that a browser is given to have signed by a passkey, each taken back once and soon."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from consult.domain.errors import OutOfOrder
from consult.model.signing_in import SignInChallenge
from consult.model.store import writing
from consult.service import attempts, clock
from consult.service.attempts import Try

SIGN_IN = "passkey sign-in"
REGISTRATION = "passkey registration"

#: How long a browser may take; Web Authentication advises five to ten minutes where somebody is asked to verify (15.1).
LIFE = timedelta(minutes=5)

_GONE = "This page waited too long, or its answer was sent before. Try again."


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()


def give(
    challenge: bytes, purpose: str, member_id: int | None = None, *, network: str, at: datetime | None = None
) -> None:
    """Write a challenge of 256 random bits down before it is given to a browser.

    Raises:
        TooOften: if very many are asked for from one network.
    """
    attempts.spend(Try(attempts.CHALLENGE_NETWORK, attempts.network(network)), at=at)
    with writing() as session:
        moment = at or clock.now(session)
        session.add(
            SignInChallenge(
                challenge_hash=_hash(challenge), purpose=purpose, member_id=member_id, expires_at=moment + LIFE
            )
        )


def take(challenge: bytes, purpose: str, member_id: int | None = None, *, at: datetime | None = None) -> None:
    """Take a challenge back, for good, before anything that was sent with it is looked at: of two answers one is refused.

    Raises:
        OutOfOrder: if it was not given for this, was answered before, or is too old.
    """
    with writing() as session:
        moment = at or clock.now(session)
        mine = SignInChallenge.member_id == member_id if member_id else SignInChallenge.member_id.is_(None)
        statement = delete(SignInChallenge).where(
            SignInChallenge.challenge_hash == _hash(challenge),
            SignInChallenge.purpose == purpose,
            SignInChallenge.expires_at > moment,
            mine,
        )
        done: Any = session.execute(statement)
        if done.rowcount != 1:
            raise OutOfOrder(_GONE)
