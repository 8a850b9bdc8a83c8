"""How outside documents are read strictly: small checks that name the place and say what was expected.

A check is a function of (value, where) that returns the value or raises `Malformed`. `fields` joins checks into an
object with exactly those members: a missing or an unknown member is refused, so that nothing unread is ever signed.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from consult.domain.errors import Refused
from consult.ledger import canonical

Check = Callable[[Any, str], Any]

#: Names that also serve as parts of file names in a bundle: no dots, no slashes, not empty.
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Malformed(Refused):
    """A document does not have the shape it should; the sentence names the place and what was expected."""


class UnknownFormat(Malformed):
    """A document is of a format, or a version of one, that this software does not know, newer or older."""


def known_format(value: Any, where: str, *formats: str) -> Any:
    """Refuse a document whose member `format` is not one of these, before anything else in it is read.

    >>> known_format({"format": "consult-ballot/9"}, "definition.json", "consult-ballot/1")
    Traceback (most recent call last):
    consult.ledger.shape.UnknownFormat: definition.json is of the format “consult-ballot/9”; this software knows \
consult-ballot/1.
    """
    if isinstance(value, Mapping) and value.get("format") not in formats:
        given = _brief(value.get("format"))
        raise UnknownFormat(f"{where} is of the format “{given}”; this software knows {', '.join(formats)}.")
    return value


def fields(value: Any, where: str, /, **checks: Check) -> dict[str, Any]:
    """Check that `value` is an object with exactly the named members, each passing its check.

    >>> fields({"k": 3}, "signers", k=number(1))
    {'k': 3}
    >>> fields({"k": 3, "x": 1}, "signers", k=number(1))
    Traceback (most recent call last):
    consult.ledger.shape.Malformed: In signers: the member “x” is not known.
    """
    if not isinstance(value, Mapping):
        raise Malformed(f"In {where}: expected an object, found {_kind(value)}.")
    for name in value:
        if name not in checks:
            raise Malformed(f"In {where}: the member “{_brief(name)}” is not known.")
    for name in checks:
        if name not in value:
            raise Malformed(f"In {where}: the member “{name}” is missing.")
    return {name: check(value[name], f"{where}, {name}") for name, check in checks.items()}


def text(most: int = 10_000, least: int = 0) -> Check:
    """Text of `least` to `most` characters."""

    def check(value: Any, where: str) -> str:
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise Malformed(f"In {where}: expected text of {least} to {most} characters, found {_kind(value)}.")
        return value

    return check


def number(least: int = 0, most: int = canonical.LARGEST) -> Check:
    """A whole number from `least` to `most`, both included."""

    def check(value: Any, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Malformed(f"In {where}: expected a whole number from {least} to {most}, found {_kind(value)}.")
        return value

    return check


def one_of(choices: Collection[str]) -> Check:
    """One of the given words."""

    def check(value: Any, where: str) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Malformed(f"In {where}: expected one of {', '.join(sorted(choices))}, found {_kind(value)}.")
        return value

    return check


def listing(item: Check, most: int = 10_000_000, least: int = 0) -> Check:
    """A list of `least` to `most` items, each passing `item`; gives a tuple."""

    def check(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)) or not least <= len(value) <= most:
            raise Malformed(f"In {where}: expected a list of {least} to {most} items, found {_kind(value)}.")
        return tuple(item(each, f"{where} {position}") for position, each in enumerate(value, 1))

    return check


def mapping(item: Check, name: Check | None = None, most: int = 10_000) -> Check:
    """An object of at most `most` members of any name (or of names passing `name`), each passing `item`."""

    def check(value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, Mapping) or len(value) > most:
            raise Malformed(f"In {where}: expected an object of at most {most} members, found {_kind(value)}.")
        for each in value:
            (name or text())(each, f"{where}, the name of a member")
        return {each: item(value[each], f"{where}, {_brief(each)}") for each in value}

    return check


def optional(check: Check) -> Check:
    """What `check` accepts, or null."""
    return lambda value, where: None if value is None else check(value, where)


def anything(value: Any, where: str) -> Any:
    """Any value at all that has a canonical form."""
    canonical.dumps(value)
    return value


def flag(value: Any, where: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Malformed(f"In {where}: expected true or false, not {_brief(value)}.")
    return value


def key(value: Any, where: str) -> str:
    """A short name fit for a file name: letters, digits, hyphen and underscore, at most 64."""
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise Malformed(f"In {where}: expected 1 to 64 letters, digits, hyphens or underscores, found {_kind(value)}.")
    return value


def digest(value: Any, where: str) -> str:
    """A SHA-256 hash as 64 lower-case hexadecimal digits."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
        raise Malformed(f"In {where}: expected a SHA-256 hash of 64 hexadecimal digits, found {_kind(value)}.")
    return value


def instant(value: Any, where: str) -> str:
    """A moment in UTC to the second, written like 2026-05-01T12:00:00Z and in no other way."""
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value, re.ASCII):
            datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            return value
    except ValueError:
        pass
    raise Malformed(f"In {where}: expected an instant such as 2026-05-01T12:00:00Z, found {_kind(value)}.")


def key_bytes(length: int) -> Check:
    """`length` bytes as base64url without padding (RFC 4648 section 5), in its one canonical spelling."""

    def check(value: Any, where: str) -> str:
        decode(value, length, where)
        return str(value)

    return check


def encode(data: bytes) -> str:
    """Bytes as base64url without padding.

    >>> encode(b"\\xff\\xfe")
    '__4'
    """
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(value: Any, length: int, where: str) -> bytes:
    """The reverse of `encode`, refusing any other spelling of the same bytes and any other length."""
    try:
        if isinstance(value, str) and len(value) <= 4 * (length + 3):
            data = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
            if len(data) == length and encode(data) == value:  # the last letter has spare bits, which must be nought
                return data
    except (binascii.Error, ValueError):
        pass
    raise Malformed(f"In {where}: expected {length} bytes as base64url without padding, found {_kind(value)}.")


def distinct(values: Collection[str], where: str) -> None:
    """Refuse the same name twice, capitals or not, because names become file names."""
    seen: set[str] = set()
    for value in values:
        if value.casefold() in seen:
            raise Malformed(f"In {where}: “{_brief(value)}” stands there twice.")
        seen.add(value.casefold())


def printable(words: str) -> str:
    """Words safe for a terminal: control characters, which could paint over what is read, become U+FFFD.

    >>> printable("Carried\x1b[2K")
    'Carried�[2K'
    """
    return "".join(" " if each.isspace() else each if each.isprintable() else "\ufffd" for each in words)


def _brief(value: Any) -> str:
    words = str(value)
    return words if len(words) <= 40 else words[:39] + "…"


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"“{_brief(value)}”"
    if isinstance(value, (bool, int)):
        return _brief(str(value).lower())
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    return "an object" if isinstance(value, Mapping) else f"a {type(value).__name__}"
