"""Passkeys (Web Authentication Level 3): made and named by members, used for signing in, doubted, and removed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import webauthn
from flask import current_app
from sqlalchemy import select
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.relying_party import RelyingParty
from consult.domain.roles import VISITOR, Actor
from consult.model.members import Account, SignInSession
from consult.model.signing_in import Passkey
from consult.model.store import db
from consult.service import accounts, attempts, organisation, sessions, sign_in_challenges
from consult.service.act import Act, act
from consult.service.attempts import Try

#: So many are enough for anybody's devices.
MOST = 12
LONGEST_NAME = 60
#: No honest answer of a browser is longer.
_LONGEST_ANSWER = 20_000

_NONE_HERE = "Passkeys cannot be used here. Sign in with your password, or with a link sent by e-mail."
_NOT_TAKEN = "Your device gave an answer that cannot be used. Try again, or sign in another way."
_NOT_KNOWN = "This passkey belongs to no account here, or was removed. Sign in another way, and make a new one."
_DOUBTED = (
    "This passkey may have been copied, so it signs in nobody any more. Sign in another way, remove it from your "
    "account's page, and make a new one."
)


def party() -> RelyingParty:
    """Whom passkeys are made for here.

    Raises:
        NotFound: where they are impossible.
    """
    found: RelyingParty | None = current_app.config["CONSULT_PASSKEYS"]
    if found is None:
        raise NotFound(_NONE_HERE)
    return found


def of_member(member_id: int) -> list[Passkey]:
    """Somebody's passkeys, oldest first."""
    return list(db.session.scalars(select(Passkey).where(Passkey.member_id == member_id).order_by(Passkey.id)))


def get(passkey_id: int, by: Actor) -> Passkey:
    """One's own passkey.

    Raises:
        NotFound: if it is not there or not one's own.
    """
    found = db.session.get(Passkey, passkey_id)
    if found is None or found.member_id != by.member_id:
        raise NotFound("There is no such passkey of yours.")
    return found


def sign_in_options(
    *, network: str, random: Callable[[int], bytes] = secrets.token_bytes, at: datetime | None = None
) -> tuple[dict[str, Any], str]:
    """What a browser needs to ask its device for any passkey of this place (5.5), and the challenge in base64url."""
    here, challenge = party(), random(32)
    sign_in_challenges.give(challenge, sign_in_challenges.SIGN_IN, network=network, at=at)
    made = webauthn.generate_authentication_options(
        rp_id=here.id, challenge=challenge, user_verification=UserVerificationRequirement.PREFERRED
    )
    return json.loads(webauthn.options_to_json(made)), bytes_to_base64url(challenge)


def registration_options(
    account: Account,
    *,
    session_hash: str,
    network: str,
    by: Actor,
    random: Callable[[int], bytes] = secrets.token_bytes,
    at: datetime | None = None,
) -> tuple[dict[str, Any], str]:
    """What a browser needs to have a new passkey made (5.4), and the challenge in base64url.

    Raises:
        NotAllowed: if this session is not fresh, or lacks the second factor. OutOfOrder: if there are enough passkeys.
    """
    here, challenge, kept = party(), random(32), of_member(account.member_id)
    _may_add(account, kept, session_hash, by, at)
    purpose = sign_in_challenges.REGISTRATION
    sign_in_challenges.give(challenge, purpose, account.member_id, network=network, at=at)
    made = webauthn.generate_registration_options(
        rp_id=here.id,
        rp_name=organisation.name(),
        user_id=base64url_to_bytes(kept[0].user_handle) if kept else random(64),
        user_name=account.member.email or account.member.number,
        user_display_name=account.member.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(k.credential_id)) for k in kept],
    )
    return json.loads(webauthn.options_to_json(made)), bytes_to_base64url(challenge)


def _may_add(account: Account, kept: list[Passkey], session_hash: str, by: Actor, at: datetime | None) -> None:
    accounts.require_second_factor(account, by)
    sessions.require_fresh(session_hash, account.member_id, at)
    if len(kept) >= MOST:
        raise OutOfOrder(f"You have {MOST} passkeys, and more are not kept. Remove one that you no longer use first.")


def register(
    account: Account,
    answer: str,
    challenge: str,
    handle: str,
    name: str,
    *,
    token: str,
    session_hash: str,
    device: str,
    by: Actor,
    at: datetime | None = None,
) -> SignInSession:
    """Keep a new passkey; this browser's session goes on under a new token, with the second factor if the device
    verified who it was. `handle` is the user id that the browser was given.

    Raises:
        Invalid: if the answer or the name cannot be taken. OutOfOrder: if the challenge is spent. NotAllowed: as above.
    """
    purpose = sign_in_challenges.REGISTRATION
    sign_in_challenges.take(base64url_to_bytes(challenge), purpose, account.member_id, at=at)
    found = _registered(answer, challenge)
    _register(
        accounts.get(account.member_id),
        found,
        handle,
        _transports(answer),
        named(name),
        token=token,
        session_hash=session_hash,
        device=device,
        by=by,
        at=at,
    )
    return sessions.of_token(token)


@act(Permission.ACCOUNT_KEEP, Event.PASSKEY_ADDED)
def _register(
    account: Account,
    found: VerifiedRegistration,
    handle: str,
    transports: str,
    name: str,
    *,
    token: str,
    session_hash: str,
    device: str,
    by: Actor,
    at: datetime,
    act: Act,
) -> None:
    _may_add(account, of_member(account.member_id), session_hash, by, at)
    made = Passkey(
        member_id=account.member_id,
        credential_id=bytes_to_base64url(found.credential_id),
        user_handle=handle,
        public_key=bytes_to_base64url(found.credential_public_key),
        sign_count=found.sign_count,
        name=name,
        transports=transports,
        synced=found.credential_backed_up,
        made_at=at,
    )
    act.session.add(made)
    act.session.flush()
    act.note(passkey=made.id)
    act.notify("account-changed", account.member, change=f"A passkey called “{name}” was made for your account.")
    proved = by.second_factor or found.user_verified
    sessions.replace(act, account.member_id, session_hash, token, second_factor=proved, device=device)


def sign_in(
    answer: str,
    challenge: str,
    *,
    token: str,
    device: str,
    network: str,
    old_hash: str = "",
    at: datetime | None = None,
) -> SignInSession:
    """Sign in with whatever passkey the device chose. If the device verified who it was (by finger, face or code), that
    is the second factor too. A session of the same person in this browser (`old_hash`) ends.

    Raises:
        Invalid: if the answer is not that of a passkey here. OutOfOrder: if the challenge is spent. TooOften.
        NotAllowed: if the passkey counted backwards, now or before.
    """
    attempts.spend(Try(attempts.SPENT_NETWORK, attempts.network(network)), at=at)
    sign_in_challenges.take(base64url_to_bytes(challenge), sign_in_challenges.SIGN_IN, at=at)
    kept, handle = _known(answer)
    found = _verified(kept, answer, challenge)
    if handle != kept.user_handle:
        raise Invalid(_NOT_KNOWN)
    begun: SignInSession | None = _sign_in(
        kept, found, token=token, device=device, old_hash=old_hash, by=VISITOR, at=at
    )
    if begun is None:
        raise NotAllowed(_DOUBTED)
    return begun


@act(Permission.SIGN_IN, None)
def _sign_in(
    passkey: Passkey,
    found: VerifiedAuthentication,
    *,
    token: str,
    device: str,
    old_hash: str,
    by: Actor,
    at: datetime,
    act: Act,
) -> SignInSession | None:
    if passkey.member.erased_at is not None:
        raise Invalid(_NOT_KNOWN)
    if passkey.doubted_at is not None:
        return None
    # A count that does not grow is the sign of a copy, unless the device does not count at all (6.1.1).
    if (found.new_sign_count or passkey.sign_count) and found.new_sign_count <= passkey.sign_count:
        passkey.doubted_at = at
        act.record(Event.PASSKEY_DOUBTED, accounts.get(passkey.member_id), passkey=passkey.id)
        change = (
            f"Your passkey “{passkey.name}” may have been copied and was put out of use. Remove it from your account."
        )
        act.notify("account-changed", passkey.member, change=change)
        return None
    passkey.sign_count, passkey.last_used_at, passkey.synced = found.new_sign_count, at, found.credential_backed_up
    attempts.forget(act.session, Try(attempts.PASSWORD, f"member:{passkey.member_id}"))
    shown = found.user_verified
    return sessions.replace(act, passkey.member_id, old_hash, token, second_factor=shown, device=device)


@act(Permission.ACCOUNT_KEEP, Event.PASSKEY_RENAMED)
def rename(passkey: Passkey, name: str, *, by: Actor, at: datetime, act: Act) -> Passkey:
    """Call a passkey something else.

    Raises:
        Invalid: with no name, or too long a one.
    """
    passkey.name = named(name)
    return passkey


@act(Permission.ACCOUNT_KEEP, Event.PASSKEY_REMOVED)
def remove(account: Account, passkey_id: int, *, session_hash: str, by: Actor, at: datetime, act: Act) -> None:
    """Forget a passkey: it signs in nobody any more. The device keeps its half until it is deleted there.

    Raises:
        NotAllowed: if this session is not fresh, or lacks the second factor. OutOfOrder: if it is the last way in.
    """
    accounts.require_second_factor(account, by)
    sessions.require_fresh(session_hash, account.member_id, at)
    found = get(passkey_id, by)
    if not accounts.ways_in(account, but_passkey=found.id):
        raise OutOfOrder("This passkey is your last way to sign in. Choose a password or make another passkey first.")
    act.note(passkey=found.id)
    act.notify("account-changed", account.member, change=f"The passkey called “{found.name}” was removed.")
    act.session.delete(found)


def named(name: str) -> str:
    """The name as it is kept.

    Raises:
        Invalid: with the sentence for the field "name".
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        sentence = f"Give the passkey a name of at most {LONGEST_NAME} characters, such as the device that it is on."
        raise Invalid(sentence, {"name": sentence})
    return name


def _read(answer: str) -> dict[str, Any]:
    try:
        sent = json.loads(answer) if len(answer) <= _LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict) or not isinstance(sent.get("response"), dict) or not isinstance(sent.get("id"), str):
        raise Invalid(_NOT_TAKEN)
    return sent


def _transports(answer: str) -> str:
    said = _read(answer)["response"].get("transports") or []
    known = ("ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb")
    return ",".join(way for way in known if isinstance(said, list) and way in said)


def _known(answer: str) -> tuple[Passkey, str]:
    sent = _read(answer)
    found = db.session.scalars(select(Passkey).where(Passkey.credential_id == sent["id"])).one_or_none()
    if found is None:
        raise Invalid(_NOT_KNOWN)
    return found, str(sent["response"].get("userHandle") or "")


def _registered(answer: str, challenge: str) -> VerifiedRegistration:
    here, sent = party(), _read(answer)
    try:
        return webauthn.verify_registration_response(
            credential=sent,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=here.id,
            expected_origin=list(here.origins),
        )
    except Exception as fault:  # bytes from anywhere are read here: whatever is wrong with them, they are not taken
        current_app.logger.info("a new passkey was refused: %s", type(fault).__name__)
        raise Invalid(_NOT_TAKEN) from fault


def _verified(kept: Passkey, answer: str, challenge: str) -> VerifiedAuthentication:
    here, sent = party(), _read(answer)
    try:
        return webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=here.id,
            expected_origin=list(here.origins),
            credential_public_key=base64url_to_bytes(kept.public_key),
            credential_current_sign_count=0,  # `_sign_in` looks at the count, under its lock
        )
    except Exception as fault:  # as above
        current_app.logger.info("a passkey was refused: %s", type(fault).__name__)
        raise Invalid(_NOT_TAKEN) from fault
