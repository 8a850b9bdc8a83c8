"""Whom a passkey is made for: the domain (relying party id) that it is bound to, and the origins where it may be used."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True)
class RelyingParty:
    """`id` is a domain ("consult.example"), `origins` are as a browser writes them ("https://vote.consult.example")."""

    id: str
    origins: tuple[str, ...]


def relying_party(url: str, given_id: str = "", given_origins: str = "") -> RelyingParty | None:
    """The relying party of an installation at a public address, or None where passkeys are impossible: it is reached by
    a number, or without encryption, and nothing else was given.

    The id is the host of the address and the one origin is the address's own, unless others are given. Browsers take an
    origin whose host is the id or ends with it, and which is encrypted or on this machine (Web Authentication 5.1.3, 7).

    >>> relying_party("https://vote.consult.example/")
    RelyingParty(id='vote.consult.example', origins=('https://vote.consult.example',))
    >>> relying_party("http://127.0.0.1:8000") is None
    True

    Raises:
        ValueError: saying what does not fit together, and what to give.
    """
    origins = tuple(_origin(each.strip()) for each in given_origins.split(",") if each.strip())
    if not (given_id or origins) and not _possible(url):
        return None
    origins = origins or (_origin(url),)
    domain = given_id.strip().lower() or _host(origins[0])
    if (
        not domain
        or ("." not in domain and domain != "localhost")
        or _is_number(domain)
        or any(c in domain for c in "/: ")
    ):
        raise ValueError(f"expected a domain such as consult.example, not “{domain}”")
    for origin in origins:
        host = _host(origin)
        if host != domain and not host.endswith("." + domain):
            raise ValueError(
                f"no browser takes a passkey of {domain} at {origin}: its host must be {domain} or end with it"
            )
        if not _possible(origin):
            raise ValueError(
                f"no browser takes passkeys at {origin}: it must begin with https:// (or be http://localhost)"
            )
    return RelyingParty(domain, origins)


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").lower()


def _origin(address: str) -> str:
    """Scheme, host and port, as a browser writes them: without the port that the scheme has anyway."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ValueError(f"“{address}” is no origin; one is written https://consult.example") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"“{address}” is no origin; one is written https://consult.example")
    usual = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname.lower()}" + ("" if usual else f":{port}")


def _possible(address: str) -> bool:
    host = _host(address)
    secure = urlsplit(address).scheme == "https" or host == "localhost" or host.endswith(".localhost")
    return secure and bool(host) and not _is_number(host)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
