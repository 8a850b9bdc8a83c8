"""The audit hash chain: each entry's hash covers the entry and the hash before it, so that history cannot be edited.

An entry is a mapping with exactly the members of `FIELDS`; `data` is any canonical value. A row, as stored, is an entry
with two more members: `previous` (the hash of the row before it) and `hash`. The chain holds opaque ids and salted
commitments, never personal text, so that a person's data can be erased and the chain still verifies.

Where an act had a reason, its entry's data holds a commitment to the words under `WHY`; a row may bring the words and
the salt beside it, as `reason` and `salt`, and is then held to them.

What a chain cannot show by itself is that its tail was cut off, or that all of it was written anew: therefore its heads
are mailed out, and `verify` takes them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from consult.domain.errors import Refused
from consult.ledger import canonical

FIELDS = ("sequence", "at", "event", "actor", "subject", "data")

#: The member of an entry's data that commits to the reason of the act.
WHY = "why"

#: What the first entry is chained to.
START = "0" * 64

#: Beyond this many faulty rows nobody asks which of them changed places.
_PAIRED_AT_MOST = 500

_ENTRY = b"consult audit entry 1\n"
_COMMITMENT = b"consult commitment 1\n"
_SALT_BYTES = 32


class Head(NamedTuple):
    """The newest row of a chain at some moment, as it was mailed out."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a chain: `kind` for programs, `sequence` the row, `words` for people."""

    kind: str
    sequence: int
    words: str

    def __str__(self) -> str:
        return self.words


def link(entry: Mapping[str, Any], previous: str = START) -> str:
    """The hash of `entry` chained to `previous`: SHA-256(label ‖ previous ‖ "\\n" ‖ canonical entry).

    >>> entry = {"sequence": 1, "at": "2026-05-01T12:00:00Z", "event": "ballot opened", "actor": "m-1",
    ...          "subject": "b-1", "data": {}}
    >>> link(entry)[:16]
    'f40da91a1cfeac87'
    >>> link(entry) == link(entry | {"actor": "m-2"})
    False
    """
    body = canonical.dumps({name: entry[name] for name in FIELDS})
    return canonical.sha256(_ENTRY + previous.encode("ascii") + b"\n" + body)


def append(entry: Mapping[str, Any], previous: Head | None) -> dict[str, Any]:
    """The row to store for `entry` after `previous` (None for the first), whose sequence must be the next.

    >>> row = append({"sequence": 1, "at": "", "event": "", "actor": "", "subject": "", "data": None}, None)
    >>> verify([row])
    []
    """
    expected = previous.sequence + 1 if previous else 1
    if entry["sequence"] != expected:
        raise Refused(f"The next entry of the audit chain is number {expected}, not {entry['sequence']}.")
    before = previous.hash if previous else START
    return {name: entry[name] for name in FIELDS} | {"previous": before, "hash": link(entry, before)}


def parse_head(words: str) -> Head:
    """Read a head as it stands in a mail: the number, a colon, the hash.

    >>> parse_head("7:" + "a" * 64).sequence
    7
    """
    found = re.fullmatch(r"\s*(\d{1,15}):([0-9a-f]{64})\s*", words, re.ASCII)
    if not found:
        raise Refused(
            "A head is written as a number, a colon and 64 hexadecimal digits, as in the mail that brought it."
        )
    return Head(int(found[1]), found[2])


def verify(rows: Iterable[Mapping[str, Any]], heads: Iterable[Head] = ()) -> list[Fault]:
    """Walk the rows in the order in which they are stored and name every fault; none means the chain holds.

    `kind` is one of: edited (a row's contents no longer give its hash), replaced (a row gives its own hash but the
    next was chained to another), missing (numbers skipped), doubled, re-ordered, cut off (a head mailed out is newer
    than the last row), rewritten (a row exists under a mailed number but is not the row that was mailed) or reason (the
    reason that stands beside a row is not the one that was given, or is gone).
    """
    mailed: dict[int, set[str]] = {}
    for head in heads:
        mailed.setdefault(head.sequence, set()).add(head.hash)
    faults: list[Fault] = []
    edited: list[Mapping[str, Any]] = []
    before, number, newest = START, 0, 0
    for row in rows:
        sequence = row["sequence"]
        faults += _misplaced(sequence, number, newest)
        if not _holds(row):
            edited.append(row)
            faults.append(Fault("edited", sequence, f"Entry {sequence} was edited: its contents do not give its hash."))
        elif sequence == number + 1 and row["previous"] != before:
            faults.append(_replaced(sequence, number))
        faults += _reason(row)
        for wanted in mailed.pop(sequence, set()) - {row["hash"]}:
            faults.append(_rewritten(sequence, wanted))
        before, number, newest = row["hash"], sequence, max(newest, sequence)
    faults += [_gone(sequence, newest) for sequence in sorted(mailed)]
    return _name_swaps(faults, edited)


def commit(value: str, salt: bytes) -> str:
    """A salted commitment to personal data: it says nothing of `value` without the salt (32 random bytes).

    Destroying the salt destroys the link to the person, and the chain, which holds only the commitment, still verifies.

    >>> commit("Sam Example", bytes(32)) == commit("Sam Example", bytes([1]) * 32)
    False
    """
    if len(salt) != _SALT_BYTES:
        raise Refused(f"The salt of a commitment is {_SALT_BYTES} bytes, not {len(salt)}.")
    return hashlib.sha256(_COMMITMENT + salt + value.encode("utf-8")).hexdigest()


def opens(commitment: str, value: str, salt: bytes) -> bool:
    """Whether `commitment` was made to this value with this salt.

    >>> opens(commit("Sam Example", bytes(32)), "Sam Example", bytes(32))
    True
    """
    return hmac.compare_digest(commitment.encode(), commit(value, salt).encode())


def _holds(row: Mapping[str, Any]) -> bool:
    try:
        return bool(row["hash"] == link(row, row["previous"]))
    except (canonical.NotCanonical, UnicodeEncodeError):
        return False


def _reason(row: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the reason beside a row, if the row brings one along, be it None."""
    if "reason" not in row:
        return []
    sequence, data = row["sequence"], row["data"]
    commitment = data.get(WHY) if isinstance(data, Mapping) else None
    if commitment is None and row["reason"] is None:
        return []
    if commitment is None:
        return [Fault("reason", sequence, f"Entry {sequence} has a reason that was put beside it later.")]
    if row["reason"] is None:
        return [Fault("reason", sequence, f"The reason of entry {sequence} is gone.")]
    try:
        same = opens(commitment, row["reason"], bytes.fromhex(row["salt"]))
    except (ValueError, Refused, TypeError, AttributeError):
        same = False
    return [] if same else [Fault("reason", sequence, f"The reason of entry {sequence} was changed.")]


def _misplaced(sequence: int, number: int, newest: int) -> list[Fault]:
    if sequence == number:
        return [Fault("doubled", sequence, f"Entry {sequence} stands there twice.")]
    if sequence <= newest:
        return [Fault("re-ordered", sequence, f"Entry {sequence} stands after entry {number}.")]
    if sequence == newest + 2:
        return [Fault("missing", newest + 1, f"Entry {newest + 1} is missing.")]
    if sequence > newest + 2:
        return [Fault("missing", newest + 1, f"Entries {newest + 1} to {sequence - 1} are missing.")]
    return []


def _replaced(sequence: int, number: int) -> Fault:
    if number == 0:
        return Fault("replaced", sequence, f"Entry {sequence} does not begin the chain: something stood before it.")
    return Fault("replaced", number, f"Entry {number} was replaced: entry {sequence} was chained to another.")


def _rewritten(sequence: int, wanted: str) -> Fault:
    return Fault("rewritten", sequence, f"Entry {sequence} was rewritten: the head mailed out was {wanted[:16]}….")


def _gone(sequence: int, newest: int) -> Fault:
    if sequence > newest:
        words = f"The tail was cut off: a head was mailed out for entry {sequence}, and the last entry is {newest}."
        return Fault("cut off", sequence, words)
    return Fault("missing", sequence, f"Entry {sequence}, of which a head was mailed out, is missing.")


def _name_swaps(faults: list[Fault], edited: list[Mapping[str, Any]]) -> list[Fault]:
    """Rows whose numbers were exchanged look edited; where one gives its hash under another's number, say that."""
    if not 1 < len(edited) <= _PAIRED_AT_MOST:
        return faults
    places = [row["sequence"] for row in edited]
    moved: dict[int, int] = {}
    for row in edited:
        for place in places:
            if place != row["sequence"] and _holds({**row, "sequence": place}):
                moved[row["sequence"]] = place
    return [
        Fault("re-ordered", fault.sequence, f"Entry {fault.sequence} was moved: it was entry {moved[fault.sequence]}.")
        if fault.kind == "edited" and fault.sequence in moved
        else fault
        for fault in faults
    ]
