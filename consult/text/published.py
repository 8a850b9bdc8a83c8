"""A replay as a result bundle holds it: the record without its base, and the hash of the text that it leads to."""

from __future__ import annotations

import json
from typing import Any

from consult.domain.errors import Invalid
from consult.text.canonical import canonical, parsed
from consult.text.replay import FORMAT, Record, run

_PARTS = ("amendments", "consequences", "decisions")


def decisions_of(record: Record) -> dict[str, Any]:
    """What stands under `decisions` in replay/<question>.json: amendments, decisions and consequences."""
    whole = json.loads(record.to_json())
    return {part: whole[part] for part in _PARTS}


def replayed_hash(base: bytes, decisions: Any) -> str:
    """The hash of the text to which `decisions` lead from the text whose canonical bytes are `base`.

    Raises `Invalid` for anything that is not a record.

    >>> from consult.text.clauses import Clause, Document, Kind
    >>> text = Document((Clause("c1", Kind.RESOLVES, "To plant forty trees."),))
    >>> replayed_hash(text.to_json().encode(), decisions_of(Record(text, (), ()))) == text.hash
    True
    """
    if not isinstance(decisions, dict) or set(decisions) != set(_PARTS):
        raise Invalid(f"The decisions are not an object of {', '.join(_PARTS)}.")
    record = {"format": FORMAT, "base": parsed(base, "The text"), **decisions}
    return run(Record.from_json(canonical(record))).document.hash
