"""OpenID providers at which members may sign in, as the operator declares them: who they are and what their claims mean."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from consult.domain.roles import Status

#: What happens when a claim says something else than the register.
RULES = ("propose", "apply")
_KEYS = {"name", "label", "issuer", "client_id", "client_secret", "scopes", "second_factor", "claims", "status"}
_CLAIMS = {"number", "status", "unit", "rule"}


@dataclass(frozen=True)
class Provider:
    """One provider (OpenID Connect Core 1.0). `name` stands in addresses, `label` on pages."""

    name: str
    label: str
    issuer: str
    client_id: str
    client_secret: str
    #: Scopes asked for beside "openid".
    scopes: tuple[str, ...] = ("profile",)
    #: Values of `acr` or `amr` that mean that a second factor was shown there.
    second_factor: frozenset[str] = frozenset()
    #: The claim that holds the register's own member number, by which somebody is known at the first sign-in; or "".
    number: str = ""
    #: The claims that say somebody's status and home branch; or "".
    status: str = ""
    unit: str = ""
    #: propose (an officer agrees) | apply (at once).
    rule: str = "propose"
    #: What the status claim says → the status it means here.
    statuses: Mapping[str, Status] = field(default_factory=dict)


def read(text: str) -> tuple[Provider, ...]:
    """The providers in a TOML text; none in an empty one.

    Raises:
        ValueError: saying which provider is wrong and what is expected.
    """
    try:
        sent = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"expected TOML with a [[provider]] for each provider: {fault}") from None
    listed = sent.pop("provider", [])
    if sent or not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise ValueError("expected nothing but [[provider]] tables")
    found = tuple(_provider(each) for each in listed)
    for what in ("name", "issuer"):
        if len({getattr(each, what) for each in found}) != len(found):
            raise ValueError(f"two providers have the same {what}")
    return found


def _provider(given: dict[str, Any]) -> Provider:
    name = given.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        raise ValueError(f"a provider's name is small letters, figures and hyphens, not “{name}”")
    claims, statuses = given.get("claims", {}), given.get("status", {})
    wrong = (set(given) - _KEYS) | (set(claims) - _CLAIMS)
    if wrong:
        raise ValueError(f"provider “{name}”: {sorted(wrong)[0]} is not known")
    for key in ("label", "issuer", "client_id", "client_secret"):
        if not isinstance(given.get(key), str) or not given[key].strip():
            raise ValueError(f"provider “{name}”: {key} must be given")
    for key in ("scopes", "second_factor"):
        if not isinstance(given.get(key, []), list) or not all(isinstance(each, str) for each in given.get(key, [])):
            raise ValueError(f"provider “{name}”: {key} must be a list of words")
    rule = claims.get("rule", "propose")
    if rule not in RULES:
        raise ValueError(f"provider “{name}”: the rule of claims is propose or apply, not “{rule}”")
    if bool(claims.get("status")) != bool(statuses):
        raise ValueError(f"provider “{name}”: a status claim and a table of its values belong together")
    try:
        meant = {str(said): Status(means) for said, means in statuses.items()}
    except ValueError:
        raise ValueError(f"provider “{name}”: a status is one of {', '.join(Status)}") from None
    return Provider(
        name,
        given["label"].strip(),
        _issuer(name, given["issuer"]),
        given["client_id"],
        given["client_secret"],
        tuple(given.get("scopes", ("profile",))),
        frozenset(given.get("second_factor", ())),
        number=str(claims.get("number", "")),
        status=str(claims.get("status", "")),
        unit=str(claims.get("unit", "")),
        rule=rule,
        statuses=meant,
    )


def _issuer(name: str, issuer: str) -> str:
    """The issuer as given: it is compared letter by letter (OpenID Connect Discovery 1.0, 4.3)."""
    parts = urlsplit(issuer)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and here)) or parts.query:
        raise ValueError(f"provider “{name}”: the issuer must begin with https://, not “{issuer}”")
    return issuer
