"""The second factor: an authenticator's codes (RFC 6238), set up, asked for and replaced, and recovery codes."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import Account, RecoveryCode, SignInSession
from consult.model.signing_in import Passkey
from consult.model.store import db
from consult.service import accounts, attempts, clock, organisation, sessions, vault
from consult.service.act import Act, act
from consult.service.attempts import Try

#: Seconds of one step, and how many steps the clocks of phone and server may be apart (RFC 6238, 5.2).
STEP, DRIFT = 30, 1

RECOVERY_CODES = 10
#: Without letters that look alike (Crockford's base 32, without its check symbols).
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_WRONG = "This code is not the one your authenticator shows now. Wait for the next one and type its six figures."


def _context(account: Account) -> str:
    return f"totp:{account.member_id}"


@act(Permission.ACCOUNT_KEEP, None)
def begin(account: Account, secret: str, *, by: Actor, at: datetime, act: Act) -> None:
    """Keep the secret of a new authenticator (base 32, 160 bits) until a code from it is entered; the old one holds on.

    Raises:
        NotAllowed: if there is an authenticator and its code was not given in this session.
    """
    accounts.require_second_factor(account, by)
    account.totp_new_sealed = vault.seal(_context(account), secret.encode())


def new_secret(account: Account) -> str | None:
    """The secret that is being set up, or None."""
    if account.totp_new_sealed is None:
        return None
    return vault.open(_context(account), account.totp_new_sealed).decode()


def address_of(account: Account, secret: str) -> str:
    """The otpauth:// address that an authenticator reads from a picture (Key URI format)."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.member.number, issuer_name=organisation.name())


def code_at(secret: str, at: datetime) -> str:
    """The code an authenticator with this secret shows at an instant."""
    return pyotp.TOTP(secret, interval=STEP).at(at)


def present_code(account: Account) -> str | None:
    """The code that an account's authenticator shows now; for the demonstration's page alone."""
    if account.totp_sealed is None:
        return None
    return code_at(vault.open(_context(account), account.totp_sealed).decode(), clock.now())


def _step_of(secret: str, code: str, at: datetime, after: int | None) -> int | None:
    """The time step whose code this is, within the drift and later than the last one used; or None."""
    typed = "".join(unicodedata.normalize("NFKC", code).split())
    now = int(at.timestamp()) // STEP
    for step in range(now - DRIFT, now + DRIFT + 1):
        right = pyotp.TOTP(secret, interval=STEP).generate_otp(step)
        if secrets.compare_digest(right.encode(), typed.encode()) and (after is None or step > after):
            return step
    return None


def confirm(
    account: Account,
    code: str,
    *,
    token: str,
    device: str,
    by: Actor,
    at: datetime | None = None,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> list[str]:
    """Put the new authenticator to use by a code from it, and return ten recovery codes, which are never shown again.

    This browser's session goes on under a new token with the second factor given; every other session ends.

    Raises:
        OutOfOrder: if none is being set up. Invalid: if the code is wrong. TooOften.
    """
    accounts.require_second_factor(account, by)
    attempts.spend(Try(attempts.CODE, f"member:{account.member_id}"), at=at)
    codes = [_recovery_code(random) for _ in range(RECOVERY_CODES)]
    _confirm(account, code, codes, token=token, device=device, by=by, at=at)
    return codes


@act(Permission.ACCOUNT_KEEP, Event.SECOND_FACTOR_SET)
def _confirm(
    account: Account, code: str, codes: list[str], *, token: str, device: str, by: Actor, at: datetime, act: Act
) -> None:
    accounts.require_second_factor(account, by)
    secret = new_secret(account)
    if secret is None:
        raise OutOfOrder("No authenticator is being set up. Begin again from your account's page.")
    step = _step_of(secret, code, at, None)
    if step is None:
        raise Invalid(_WRONG, {"code": _WRONG})
    account.totp_sealed, account.totp_new_sealed = account.totp_new_sealed, None
    account.totp_confirmed_at, account.totp_last_step = at, step
    _keep_codes(act.session, account, codes)
    attempts.forget(act.session, Try(attempts.CODE, f"member:{account.member_id}"))
    sessions.end_all(act, account.member_id)
    sessions.begin(act, account.member_id, token, second_factor=True, device=device)
    act.notify("account-changed", account.member, change="An authenticator was set up for your account.")


def enter(
    account: Account,
    code: str,
    *,
    token: str,
    old_hash: str,
    device: str,
    by: Actor,
    at: datetime | None = None,
) -> SignInSession:
    """Show a code from the authenticator; a code is good once. The session goes on under a new token.

    Raises:
        Invalid: if the code is wrong or was used. TooOften.
    """
    attempts.spend(Try(attempts.CODE, f"member:{account.member_id}"), at=at)
    begun: SignInSession = _enter(account, code, token=token, old_hash=old_hash, device=device, by=by, at=at)
    return begun


@act(Permission.ACCOUNT_KEEP, None)
def _enter(
    account: Account, code: str, *, token: str, old_hash: str, device: str, by: Actor, at: datetime, act: Act
) -> SignInSession:
    if account.totp_sealed is None or account.totp_confirmed_at is None:
        raise OutOfOrder("Your account has no authenticator yet. Set one up from your account's page.")
    secret = vault.open(_context(account), account.totp_sealed).decode()
    step = _step_of(secret, code, at, account.totp_last_step)
    if step is None:
        raise Invalid(_WRONG, {"code": _WRONG})
    account.totp_last_step = step
    return _raise_session(act, account, token, old_hash, device)


def use_recovery_code(
    account: Account,
    code: str,
    *,
    token: str,
    old_hash: str,
    device: str,
    by: Actor,
    at: datetime | None = None,
) -> SignInSession:
    """Use a recovery code in the authenticator's place; each is good once, and the person is told by mail.

    Raises:
        Invalid: if there is no such code left. TooOften.
    """
    attempts.spend(Try(attempts.CODE, f"member:{account.member_id}"), at=at)
    _use_recovery_code(account, code, token=token, old_hash=old_hash, device=device, by=by, at=at)
    return sessions.of_token(token)


@act(Permission.ACCOUNT_KEEP, Event.RECOVERY_CODE_USED)
def _use_recovery_code(
    account: Account, code: str, *, token: str, old_hash: str, device: str, by: Actor, at: datetime, act: Act
) -> None:
    wanted = select(RecoveryCode).where(
        RecoveryCode.member_id == account.member_id,
        RecoveryCode.code_hash == _code_hash(account, code),
        RecoveryCode.used_at.is_(None),
    )
    found = act.session.scalars(wanted.with_for_update()).first()
    if found is None:
        sentence = "This recovery code is not one of yours, or was used before. Try another from your list."
        raise Invalid(sentence, {"code": sentence})
    found.used_at = at
    act.session.flush()
    left = codes_left(account)
    act.notify("account-changed", account.member, change=f"A recovery code was used to sign in; {left} are left.")
    _raise_session(act, account, token, old_hash, device)


@act(Permission.ACCOUNT_KEEP, Event.RECOVERY_CODES_MADE)
def make_recovery_codes(
    account: Account,
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
    by: Actor,
    at: datetime,
    act: Act,
) -> list[str]:
    """Ten new recovery codes in place of all older ones; they are returned once and kept as keyed hashes only.

    Raises:
        NotAllowed: if the code from the authenticator was not given in this session. OutOfOrder: if there is none.
    """
    accounts.require_second_factor(account, by)
    if account.totp_confirmed_at is None:
        raise OutOfOrder("Recovery codes stand in for an authenticator. Set that up first.")
    codes = [_recovery_code(random) for _ in range(RECOVERY_CODES)]
    _keep_codes(act.session, account, codes)
    act.notify("account-changed", account.member, change="New recovery codes were made; the old ones no longer work.")
    return codes


def codes_left(account: Account) -> int:
    """How many recovery codes have not been used."""
    unused = select(func.count()).where(RecoveryCode.member_id == account.member_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def take_away(act: Act, account: Account) -> None:
    """Take authenticator, recovery codes and passkeys away inside another act (a reset by two officers)."""
    act.session.execute(delete(Passkey).where(Passkey.member_id == account.member_id))
    account.totp_sealed = account.totp_new_sealed = None
    account.totp_confirmed_at = account.totp_last_step = None
    act.session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == account.member_id))


def _raise_session(act: Act, account: Account, token: str, old_hash: str, device: str) -> SignInSession:
    attempts.forget(act.session, Try(attempts.CODE, f"member:{account.member_id}"))
    return sessions.replace(act, account.member_id, old_hash, token, second_factor=True, device=device)


def _keep_codes(session: Session, account: Account, codes: list[str]) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == account.member_id))
    session.add_all(RecoveryCode(member_id=account.member_id, code_hash=_code_hash(account, code)) for code in codes)


def _recovery_code(random: Callable[[int], bytes]) -> str:
    """Twelve letters in threes of four: 60 bits."""
    letters = "".join(_LETTERS[byte % 32] for byte in random(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def _code_hash(account: Account, code: str) -> str:
    """The keyed hash of a code as typed: spaces, hyphens and look-alike letters forgiven."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", code).upper() if c.isalnum())
    return vault.mark(f"recovery {account.member_id}", plain.translate(str.maketrans("OIL", "011")))
