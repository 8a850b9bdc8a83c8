"""How a value becomes the one sequence of bytes that is hashed and signed: canonical JSON.

The form is a subset of RFC 8785 (JSON Canonicalization Scheme) with one difference:

* UTF-8, no spaces, object members sorted by the **code points** of their names. RFC 8785 section 3.2.3 sorts by UTF-16
  code units; the two differ only where one name has a character beyond U+FFFF and another one from U+E000 to U+FFFF.
  Code points are what `json.dumps(…, sort_keys=True)` sorts by, here and in the counters, so that a stranger checks
  any of our hashes with a line of Python;
* strings escaped as little as JSON allows (section 3.2.2.2), lone surrogates refused;
* **no fractions**: numbers are whole and within ±(2⁵³ − 1) (section 3.2.2.3 would print anything else as a
  double). Exact decimals travel as strings;
* **no Unicode normalisation** (section 3.1): what is hashed is what was stored. Text is normalised where it enters
  the house, never while it is being hashed, or two different documents would share one hash.

Reading is as strict as writing: `loads` accepts exactly the bytes that `dumps` would have written, so that a document
has one spelling and a changed byte is always a changed document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NoReturn

from consult.domain.errors import Refused

#: The largest whole number every JSON reader holds exactly (RFC 8785 section 3.2.2.3, RFC 7493 section 2.2).
LARGEST = 2**53 - 1

#: No honest document is nested deeper; Python's own reader would give up at about a thousand.
DEEPEST = 64


class NotCanonical(Refused):
    """These bytes, or this value, are not canonical JSON; the sentence says where and why."""


def dumps(value: Any) -> bytes:
    """Return the canonical bytes of `value`: None, bool, int, str, list or tuple, dict with text keys.

    >>> dumps({"b": [1, "é"], "a": None})
    b'{"a":null,"b":[1,"\\xc3\\xa9"]}'
    >>> dumps(0.5)
    Traceback (most recent call last):
    consult.ledger.canonical.NotCanonical: The value is a float, which canonical JSON does not allow here.
    """
    text = _written(value if _plain(value, 0) else _ordered(value, "The value", 0))
    return text.encode("utf-8")


def loads(data: bytes, what: str = "The document") -> Any:
    """Read canonical JSON; `what` names it in the sentence of a refusal.

    Raises `NotCanonical` for anything that `dumps` would not have written: other spacing or order, a doubled name, a
    fraction, a number out of range, bad UTF-8, deep nesting.

    >>> loads(b'{"a":1}')
    {'a': 1}
    >>> loads(b'{"a": 1}', "manifest.json")
    Traceback (most recent call last):
    consult.ledger.canonical.NotCanonical: manifest.json is JSON, but not spelt canonically: byte 5 should be '1'.
    """
    quick = _read_quickly(data)
    if quick is not _UNREAD:
        return quick
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=lambda pairs: _no_doubles(pairs, what),
            parse_int=lambda digits: _whole(digits, what),
            parse_float=lambda digits: _fraction(digits, what),
            parse_constant=lambda name: _fraction(name, what),
        )
        again = dumps(value)
    except NotCanonical:
        raise
    except UnicodeDecodeError as error:
        raise NotCanonical(f"{what} is not UTF-8 text: byte {error.start} cannot be read.") from None
    except RecursionError:
        raise NotCanonical(f"{what} is nested too deeply to be read.") from None
    except json.JSONDecodeError as error:
        raise NotCanonical(f"{what} is not JSON: {error.msg} at character {error.pos}.") from None
    if again != data:
        place = next((i for i, (a, b) in enumerate(zip(again, data, strict=False)) if a != b), len(again))
        wanted = repr(chr(again[place])) if place < len(again) else "the end"
        raise NotCanonical(f"{what} is JSON, but not spelt canonically: byte {place} should be {wanted}.")
    return value


def sha256(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits, the form in which hashes are written everywhere.

    >>> sha256(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()


def hash_of(value: Any) -> str:
    """SHA-256 of the canonical bytes of `value`.

    >>> hash_of({"a": 1}) == sha256(b'{"a":1}')
    True
    """
    return sha256(dumps(value))


#: Members in the order of their names' code points; what is nested deeper than `DEEPEST` has been refused before.
_written = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), sort_keys=True).encode

_UNREAD = object()


def _read_quickly(data: bytes) -> Any:
    """The value of bytes that are spelt canonically, or `_UNREAD`: then `loads` reads again and says why not.

    Python's own reader forgives much, but what it forgave is not in what it read, and so not in the bytes written anew.
    """
    try:
        value = json.loads(data.decode("utf-8"))
        return value if _plain(value, 0) and _written(value).encode("utf-8") == data else _UNREAD
    except (ValueError, RecursionError):
        return _UNREAD


def _plain(value: Any, depth: int) -> bool:
    """Whether Python's own writer, sorting names, writes this value canonically: the exact types of JSON, whole numbers
    within the bounds, no lone surrogates. Where not, `_ordered` puts it in order or says what is wrong."""
    kind = type(value)
    if kind is int:
        return bool(-LARGEST <= value <= LARGEST)
    if kind is str:
        return value.isascii() or _encodes(value)
    if kind is list or kind is tuple:
        if depth >= DEEPEST:
            return False
        for item in value:
            if type(item) is int:
                if not -LARGEST <= item <= LARGEST:
                    return False
            elif not _plain(item, depth + 1):
                return False
        return True
    if kind is dict:
        if depth >= DEEPEST:
            return False
        for name, item in value.items():
            if type(name) is not str or not (name.isascii() or _encodes(name)) or not _plain(item, depth + 1):
                return False
        return True
    return value is None or kind is bool


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _ordered(value: Any, where: str, depth: int) -> Any:
    """The same value with every object's members in canonical order; refuses what has no canonical form."""
    if depth > DEEPEST:
        raise NotCanonical(f"{where} is nested more than {DEEPEST} deep.")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical(f"{where} is a number beyond ±(2^53 − 1); write it as text.")
        return int(value)
    if isinstance(value, str):
        return _scalar_text(value, where)
    if isinstance(value, (list, tuple)):
        return [_ordered(item, where, depth + 1) for item in value]
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise NotCanonical(f"{where} has an object whose member names are not all text.")
        names = sorted(_scalar_text(name, where) for name in value)
        return {name: _ordered(value[name], where, depth + 1) for name in names}
    raise NotCanonical(f"{where} is a {type(value).__name__}, which canonical JSON does not allow here.")


def _scalar_text(text: str, where: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical(f"{where} has text with half of a surrogate pair.") from None
    return str(text)


def _no_doubles(pairs: list[tuple[str, Any]], what: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical(f"{what} has an object with the same member name twice.")
    return found


def _whole(digits: str, what: str) -> int:
    # Checked as text first: Python refuses, slowly, to read numbers of thousands of digits.
    if len(digits) > 17 or abs(int(digits)) > LARGEST:
        raise NotCanonical(f"{what} has a number beyond ±(2^53 − 1).")
    return int(digits)


def _fraction(digits: str, what: str) -> NoReturn:
    raise NotCanonical(f"{what} has the number {digits[:20]}; only whole numbers are allowed.")
