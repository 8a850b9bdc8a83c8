"""The one serialisation of a document or an amendment, and the hash that names it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from consult.domain.errors import Invalid


def canonical(data: Any) -> bytes:
    """Canonical JSON in UTF-8: keys in order, no white space, no floats (RFC 8785 for strings, integers and lists).

    >>> canonical({"b": 1, "a": ["é"]})
    b'{"a":["\\xc3\\xa9"],"b":1}'
    """
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def fingerprint(data: Any) -> str:
    """SHA-256 of the canonical JSON, in 64 lower-case hexadecimal digits.

    >>> fingerprint([])[:12]
    '4f53cda18c2b'
    """
    return hashlib.sha256(canonical(data)).hexdigest()


def parsed(text: str | bytes, what: str) -> Any:
    """The data of a JSON text, or a refusal naming what could not be read."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as problem:
        raise Invalid(f"{what} is not valid JSON: {problem}") from problem


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def fields(data: Any, what: str, required: dict[str, type], optional: dict[str, type] | None = None) -> dict[str, Any]:
    """The data as a mapping with exactly these keys and types, or a refusal naming the first that is wrong."""
    if not isinstance(data, dict):
        raise Invalid(f"{what} must be an object, not {type(data).__name__}.")
    allowed = required | (optional or {})
    for key in data:
        if key not in allowed:
            raise Invalid(f"{what} has an unknown part ‘{key}’.")
    for key, kind in allowed.items():
        if key not in data:
            if key in required:
                raise Invalid(f"{what} lacks ‘{key}’.")
        elif not isinstance(data[key], kind) or (kind is int and isinstance(data[key], bool)):
            raise Invalid(f"‘{key}’ of {what} must be {_NAMES.get(kind, kind.__name__)}.")
    return data


_NAMES = {str: "text", int: "a whole number", list: "a list", dict: "an object"}
