"""The protocol with an OpenID provider (OpenID Connect Core 1.0, authorisation code with PKCE): asked over HTTP, believed only
after every check. Nothing here touches the database."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core import CodeIDToken
from flask import current_app
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from consult.domain.errors import Invalid, NotFound, Unavailable
from consult.domain.providers import Provider

#: Seconds to reach a provider and to wait for its answer.
_PATIENCE = (3.05, 5)
#: Seconds for which what a provider says of itself is believed, and the least between two looks at its keys.
_LIFE, _LEAST = 3600.0, 10.0
#: Seconds since it last answered for which somebody is sent there; after them it is asked whether it is there at all.
FRESH = 60.0
#: Seconds by which its clock may differ from ours.
LEEWAY = 60
_LONGEST = 1_000_000
#: Signatures that only the provider can make; a secret shared with us, or none, would not do.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]

_DOWN = "{label} does not answer at the moment. Sign in another way, or try again in a few minutes."
_NOT_BELIEVED = "What {label} sent could not be verified, so nobody was signed in. Try again, or sign in another way."


@dataclass(frozen=True)
class Said:
    """What a provider said of somebody who signed in there, verified."""

    subject: str
    claims: dict[str, Any]
    second_factor: bool
    sid: str | None = None


class _Kept:
    """What providers said of themselves, for an hour, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, tuple[float, dict[str, Any]]] = {}

    def get(self, address: str, fetch: Callable[[], dict[str, Any]], life: float) -> dict[str, Any]:
        with self._lock:
            found = self._found.get(address)
        if found is None or time.monotonic() - found[0] > life:
            found = (time.monotonic(), fetch())
            with self._lock:
                self._found[address] = found
        return found[1]


_kept = _Kept()


def all_providers() -> tuple[Provider, ...]:
    """The providers of this installation."""
    found: tuple[Provider, ...] = current_app.config["CONSULT_OPENID"] or ()
    return found


def provider(name: str) -> Provider:
    """The provider of a name.

    Raises:
        NotFound: if there is none.
    """
    for each in all_providers():
        if each.name == name:
            return each
    raise NotFound("There is no such way to sign in here.")


def _fetch(of: Provider, address: str, **more: Any) -> dict[str, Any]:
    try:
        with requests.get(address, timeout=_PATIENCE, allow_redirects=False, stream=True, **more) as answer:
            body = answer.raw.read(_LONGEST, decode_content=True) if answer.status_code == 200 else b""
            found = json.loads(body)
    except (requests.RequestException, ValueError, OSError) as fault:
        current_app.logger.warning("provider %s: %s: %s", of.name, address, type(fault).__name__)
        raise Unavailable(_DOWN.format(label=of.label)) from fault
    if not isinstance(found, dict):
        raise Unavailable(_DOWN.format(label=of.label))
    return found


def described(of: Provider, life: float = _LIFE) -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery 1.0, 4), asked again where that is `life` seconds old.

    Raises:
        Unavailable: if it does not answer, or says that it is somebody else.
    """
    address = of.issuer.rstrip("/") + "/.well-known/openid-configuration"
    found = _kept.get(address, lambda: _fetch(of, address), life)
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != of.issuer or not all(isinstance(found.get(key), str) for key in needed):
        current_app.logger.warning("provider %s: its own description is of %s", of.name, found.get("issuer"))
        raise Unavailable(_DOWN.format(label=of.label))
    return found


def begin(
    of: Provider, back: str, *, random: Callable[[int], str] = secrets.token_urlsafe
) -> tuple[str, dict[str, str]]:
    """Where the browser goes to sign in, and what it must bring back: state, nonce and the PKCE verifier (RFC 7636).

    Raises:
        Unavailable: if the provider does not answer.
    """
    about = described(of, FRESH)
    asked = {"state": random(32), "nonce": random(32), "verifier": random(48)}
    with _client(of, about, back) as client:
        address, _state = client.create_authorization_url(
            about["authorization_endpoint"],
            state=asked["state"],
            nonce=asked["nonce"],
            code_verifier=asked["verifier"],
            **({"acr_values": " ".join(sorted(of.second_factor))} if of.second_factor else {}),
        )
    return address, asked


def _client(of: Provider, about: dict[str, Any], back: str) -> OAuth2Session:
    ways = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return OAuth2Session(
        of.client_id,
        of.client_secret,
        scope=" ".join(("openid", *of.scopes)),
        redirect_uri=back,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if "client_secret_basic" in ways else "client_secret_post",
        default_timeout=_PATIENCE,
    )


def finish(of: Provider, asked: dict[str, str], sent: dict[str, str], back: str, *, at: datetime) -> Said:
    """What the provider says of whoever comes back with `sent`, the query of the address that they came back to.

    Raises:
        Invalid: if the state is another, the provider refused, or anything that it sent fails a check.
        Unavailable: if it does not answer.
    """
    # RFC 9207: a provider that names itself in its answer must be the one that was asked.
    if not secrets.compare_digest(sent.get("state", "").encode(), asked["state"].encode()) or sent.get(
        "iss", of.issuer
    ) not in (of.issuer,):
        raise Invalid("This answer does not belong to a sign-in that this browser began. Begin again.")
    if "error" in sent or not sent.get("code"):
        raise Invalid(f"{of.label} did not sign you in. Try again, or sign in another way.")
    about = described(of)
    try:
        with _client(of, about, back) as client:
            token = client.fetch_token(about["token_endpoint"], code=sent["code"], code_verifier=asked["verifier"])
    except requests.RequestException as fault:
        raise Unavailable(_DOWN.format(label=of.label)) from fault
    except (AuthlibBaseError, ValueError) as fault:
        raise _not_believed(of, fault) from fault
    claims = _verified(of, str(token.get("id_token", "")), CodeIDToken, at, nonce=asked["nonce"], token=token)
    claims |= _more(of, about, token, claims)
    proved = {str(claims.get("acr", ""))} | {str(each) for each in claims.get("amr") or []}
    sid = claims.get("sid")
    return Said(str(claims["sub"])[:255], claims, bool(proved & of.second_factor), str(sid)[:255] if sid else None)


def _more(of: Provider, about: dict[str, Any], token: Any, claims: dict[str, Any]) -> dict[str, Any]:
    """The claims that are wanted and were not in the ID token, from the UserInfo endpoint (Core, 5.3)."""
    wanted = {claim for claim in (of.number, of.status, of.unit) if claim} - set(claims)
    if not wanted or not about.get("userinfo_endpoint"):
        return {}
    bearer = {"Authorization": f"Bearer {token.get('access_token', '')}"}
    found = _fetch(of, about["userinfo_endpoint"], headers=bearer)
    if found.get("sub") != claims["sub"]:  # Core, 5.3.2: else it may be about somebody else
        raise _not_believed(of, ValueError("UserInfo is of another subject"))
    return {claim: found[claim] for claim in wanted & set(found)}


def logged_out(of: Provider, token: str, *, at: datetime) -> tuple[str | None, str | None]:
    """The subject and the session that a logout token says have ended (OpenID Connect Back-Channel Logout 1.0, 2.6).

    Raises:
        Invalid: if any check fails.
    """
    claims = _verified(of, token, JWTClaims, at)
    event = "http://schemas.openid.net/event/backchannel-logout"
    events = claims.get("events")
    if "nonce" in claims or not isinstance(events, dict) or not isinstance(events.get(event), dict):
        raise _not_believed(of, ValueError("not a logout token"))
    if not (claims.get("sub") or claims.get("sid")) or not claims.get("jti"):
        raise _not_believed(of, ValueError("a logout token of nobody"))
    return claims.get("sub"), claims.get("sid")


def sign_out_address(of: Provider, back: str) -> str | None:
    """Where somebody signs out of the provider itself (RP-Initiated Logout 1.0), or None where it has no such page."""
    found = described(of).get("end_session_endpoint")
    asked = urlencode({"client_id": of.client_id, "post_logout_redirect_uri": back})
    return f"{found}{'&' if '?' in found else '?'}{asked}" if isinstance(found, str) else None


def _verified(
    of: Provider, text: str, kind: type[JWTClaims], at: datetime, *, nonce: str = "", token: Any = None
) -> dict[str, Any]:
    """The claims of a token signed by the provider, for us, in time (Core, 3.1.3.7)."""
    try:
        try:
            found = jwt.decode(text, _keys(of, _LIFE), algorithms=_ALGORITHMS)
        except (InvalidKeyIdError, JoseError):  # it may have changed its keys since they were looked at
            found = jwt.decode(text, _keys(of, _LEAST), algorithms=_ALGORITHMS)
        options: Any = {
            "iss": {"essential": True, "value": of.issuer},
            "aud": {"essential": True, "value": of.client_id},
            "iat": {"essential": True},
            "exp": {"essential": True},
        }
        params = {"nonce": nonce, "client_id": of.client_id, "access_token": (token or {}).get("access_token")}
        claims = kind(found.claims, found.header, options, params)
        claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError) as fault:
        raise _not_believed(of, fault) from fault
    return dict(claims)


def _keys(of: Provider, life: float) -> KeySet:
    address = described(of)["jwks_uri"]
    found: Any = _kept.get(address, lambda: _fetch(of, address), life)
    return KeySet.import_key_set(found)


def _not_believed(of: Provider, fault: Exception) -> Invalid:
    current_app.logger.warning("provider %s: not verified: %s: %s", of.name, type(fault).__name__, fault)
    return Invalid(_NOT_BELIEVED.format(label=of.label))
