"""Confirming: somebody who is signed in shows again that it is still they who sit there, before changing how they sign in."""

from __future__ import annotations

from datetime import datetime

from consult.domain.errors import Invalid
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import Account, SignInSession
from consult.service import accounts, attempts, passwords, sessions
from consult.service.act import Act, act
from consult.service.attempts import Try


def confirm(
    account: Account,
    password: str,
    *,
    token: str,
    old_hash: str,
    device: str,
    by: Actor,
    at: datetime | None = None,
) -> SignInSession:
    """Show by the password that it is still oneself; the session goes on, fresh, under a new token.

    Raises:
        Invalid: if it is not the password. TooOften.
    """
    one = Try(attempts.PASSWORD, f"member:{account.member_id}")
    kept, member_id = account.password_hash, account.member_id
    attempts.spend(one, at=at)
    if kept is None or not passwords.matches(kept, password):
        sentence = "This is not your password. If you have forgotten it, have a link sent to you instead."
        raise Invalid(sentence, {"password": sentence})
    begun: SignInSession = _confirm(
        accounts.get(member_id), kept, one, token=token, old_hash=old_hash, device=device, by=by, at=at
    )
    return begun


@act(Permission.ACCOUNT_KEEP, None)
def _confirm(
    account: Account,
    kept: str,
    one: Try,
    *,
    token: str,
    old_hash: str,
    device: str,
    by: Actor,
    at: datetime,
    act: Act,
) -> SignInSession:
    if account.password_hash != kept:
        raise Invalid("Your password was changed elsewhere at this moment. Sign in again.")
    attempts.forget(act.session, one)
    shown = by.second_factor
    return sessions.replace(act, account.member_id, old_hash, token, second_factor=shown, device=device)
