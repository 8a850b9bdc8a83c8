"""The typed operations of an amendment, the amendment that holds them, and their strict serialisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from consult.domain.errors import Invalid, OutOfOrder
from consult.text import tokens
from consult.text.canonical import canonical, fields, fingerprint, parsed
from consult.text.clauses import Clause, Document, Kind
from consult.text.plain import normalise

#: Named in every serialised amendment.
FORMAT = "consult-amendment-1"
MOST_OPERATIONS = 4_000


class DoesNotApply(OutOfOrder):
    """An amendment's words are no longer in the text; the sentence names the clause and the words.

    `clause` is the clause's id ("" when it is the whole text) and `words` the words looked for.
    """

    def __init__(self, sentence: str, clause: str = "", words: str = "") -> None:
        super().__init__(sentence)
        self.clause = clause
        self.words = words


@dataclass(frozen=True, slots=True)
class Replace:
    """Words [start, end) of a clause, which are `old`, become `new`; either may be empty, not both.

    >>> Replace("c5", 1, 2, ("£12",), ("£15",)).to_data()
    {'op': 'replace', 'clause': 'c5', 'start': 1, 'end': 2, 'old': ['£12'], 'new': ['£15']}
    """

    clause: str
    start: int
    end: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    op: ClassVar[str] = "replace"

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end or len(self.old) != self.end - self.start:
            raise Invalid(f"Words {self.start} to {self.end} of clause {self.clause} are not {len(self.old)} words.")
        if self.old == self.new:
            raise Invalid(f"An operation on clause {self.clause} changes nothing.")

    def to_data(self) -> dict[str, Any]:
        return {
            "op": self.op, "clause": self.clause, "start": self.start, "end": self.end,
            "old": list(self.old), "new": list(self.new),
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Any) -> Replace:
        shape: dict[str, type] = {"op": str, "clause": str, "start": int, "end": int, "old": list, "new": list}
        found = fields(data, "A replacement", shape)
        return cls(found["clause"], found["start"], found["end"], _words(found["old"]), _words(found["new"]))


@dataclass(frozen=True, slots=True)
class Insert:
    """New clauses after the clause `after`, or at the very beginning when it is empty."""

    after: str
    clauses: tuple[Clause, ...]
    op: ClassVar[str] = "insert"

    def __post_init__(self) -> None:
        if not self.clauses:
            raise Invalid("An insertion holds no clauses.")

    def to_data(self) -> dict[str, Any]:
        return {"op": self.op, "after": self.after, "clauses": [clause.to_data() for clause in self.clauses]}

    @classmethod
    def from_data(cls, data: Any) -> Insert:
        found = fields(data, "An insertion", {"op": str, "after": str, "clauses": list})
        return cls(found["after"], tuple(Clause.from_data(clause) for clause in found["clauses"]))


@dataclass(frozen=True, slots=True)
class Delete:
    """A whole clause, whose text is `old`, goes."""

    clause: str
    old: str
    op: ClassVar[str] = "delete"

    def to_data(self) -> dict[str, Any]:
        return {"op": self.op, "clause": self.clause, "old": self.old}

    @classmethod
    def from_data(cls, data: Any) -> Delete:
        found = fields(data, "A deletion", {"op": str, "clause": str, "old": str})
        return cls(found["clause"], normalise(found["old"]))


@dataclass(frozen=True, slots=True)
class Move:
    """A clause goes, words unchanged, to after the clause `after` (empty: the beginning), as `kind` if that changes."""

    clause: str
    after: str
    kind: Kind | None = None
    op: ClassVar[str] = "move"

    def __post_init__(self) -> None:
        if self.clause == self.after:
            raise Invalid(f"Clause {self.clause} cannot be moved to after itself.")

    def to_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"op": self.op, "clause": self.clause, "after": self.after}
        return data | {"kind": self.kind.value} if self.kind else data

    @classmethod
    def from_data(cls, data: Any) -> Move:
        found = fields(data, "A move", {"op": str, "clause": str, "after": str}, {"kind": str})
        kind = found.get("kind")
        if kind is not None and kind not in set(Kind):
            raise Invalid(f"There is no kind of clause called ‘{kind}’.")
        return cls(found["clause"], found["after"], Kind(kind) if kind else None)


@dataclass(frozen=True, slots=True)
class Retitle:
    """A heading, which is `old`, becomes `new`."""

    clause: str
    old: str
    new: str
    op: ClassVar[str] = "retitle"

    def __post_init__(self) -> None:
        if self.old == self.new:
            raise Invalid("A new heading is the same as the old one.")

    def to_data(self) -> dict[str, Any]:
        return {"op": self.op, "clause": self.clause, "old": self.old, "new": self.new}

    @classmethod
    def from_data(cls, data: Any) -> Retitle:
        found = fields(data, "A new heading", {"op": str, "clause": str, "old": str, "new": str})
        return cls(found["clause"], normalise(found["old"]), normalise(found["new"]))


@dataclass(frozen=True, slots=True)
class ReplaceAll:
    """Delete all and insert: every clause but headings and rationale, which are `old`, gives way to `clauses`.

    `old` holds (id, text) of each clause that goes, in order: no word is deleted without being named.
    """

    old: tuple[tuple[str, str], ...]
    clauses: tuple[Clause, ...]
    op: ClassVar[str] = "replace all"

    def __post_init__(self) -> None:
        if not self.clauses:
            raise Invalid("Delete-all-and-insert must insert something: to delete everything is to oppose the motion.")
        if not self.old:
            raise Invalid("Delete-all-and-insert must name the words it deletes.")

    def to_data(self) -> dict[str, Any]:
        gone = [{"id": key, "text": text} for key, text in self.old]
        return {"op": self.op, "old": gone, "clauses": [clause.to_data() for clause in self.clauses]}

    @classmethod
    def from_data(cls, data: Any) -> ReplaceAll:
        found = fields(data, "Delete-all-and-insert", {"op": str, "old": list, "clauses": list})
        gone = [fields(entry, "A deleted clause", {"id": str, "text": str}) for entry in found["old"]]
        old = tuple((entry["id"], normalise(entry["text"])) for entry in gone)
        return cls(old, tuple(Clause.from_data(clause) for clause in found["clauses"]))


Operation = Replace | Insert | Delete | Move | Retitle | ReplaceAll
_TYPES: dict[str, type[Operation]] = {kind.op: kind for kind in (Replace, Insert, Delete, Move, Retitle, ReplaceAll)}


@dataclass(frozen=True)
class Amendment:
    """Operations against one base version, under a permanent key.

    `base` is the SHA-256 of the text the operations were made on. `parent` is the key of the amendment that this one
    amends (one level only), whose text as carried is then the base. `name` is what sentences call it.
    """

    key: str
    base: str
    operations: tuple[Operation, ...]
    parent: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", tuple(self.operations))
        if not self.key or self.key == self.parent:
            raise Invalid("An amendment needs a key of its own.")
        if len(self.operations) > MOST_OPERATIONS:
            raise Invalid(f"The amendment has {len(self.operations):,} operations; the most is {MOST_OPERATIONS:,}.")

    @property
    def called(self) -> str:
        """The name used in sentences."""
        return self.name or f"amendment {self.key}"

    def to_data(self) -> dict[str, Any]:
        return {
            "format": FORMAT, "key": self.key, "base": self.base, "parent": self.parent, "name": self.name,
            "operations": [operation.to_data() for operation in self.operations],
        }  # fmt: skip

    def to_json(self) -> str:
        """Canonical JSON: what is stored and hashed."""
        return canonical(self.to_data()).decode()

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical serialisation."""
        return fingerprint(self.to_data())

    @classmethod
    def from_data(cls, data: Any) -> Amendment:
        shape: dict[str, type] = {"format": str, "key": str, "base": str, "operations": list}
        found = fields(data, "An amendment", shape | {"parent": str, "name": str})
        if found["format"] != FORMAT:
            raise Invalid(f"This amendment is in the format ‘{found['format']}’; this program reads ‘{FORMAT}’.")
        made = operations_from_data(found["operations"])
        return cls(found["key"], found["base"], made, found["parent"], found["name"])

    @classmethod
    def from_json(cls, text: str | bytes) -> Amendment:
        """The amendment of a JSON text, strictly."""
        return cls.from_data(parsed(text, "The amendment"))


def operations_from_data(data: Any) -> tuple[Operation, ...]:
    """The operations of plain data, each checked part by part."""
    if not isinstance(data, list):
        raise Invalid("The operations must be a list.")
    return tuple(_operation(entry) for entry in data)


def _operation(data: Any) -> Operation:
    kind = data.get("op") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in _TYPES:
        raise Invalid(f"There is no operation ‘{kind}’; the operations are {', '.join(_TYPES)}.")
    return _TYPES[kind].from_data(data)


def to_json(operations: Sequence[Operation]) -> str:
    """Operations alone as canonical JSON.

    >>> from_json(to_json([Move("c3", "c5")]))
    (Move(clause='c3', after='c5', kind=None),)
    """
    return canonical([operation.to_data() for operation in operations]).decode()


def from_json(text: str | bytes) -> tuple[Operation, ...]:
    """Operations of a JSON text, strictly: anything unknown, missing or not made of whole words is refused."""
    return operations_from_data(parsed(text, "The list of operations"))


def _words(data: list[Any]) -> tuple[str, ...]:
    for word in data:
        if not isinstance(word, str) or not tokens.is_word(word):
            raise Invalid(f"‘{word}’ is not one word.")
        normal = normalise(tokens.bare(word), "A word")
        if normal != tokens.bare(word):
            raise Invalid(f"The word ‘{normal}’ is not in normal form (NFC).")
    return tuple(data)


def inserted(operations: Sequence[Operation]) -> tuple[Clause, ...]:
    """Every clause that the operations insert, in order."""
    return tuple(
        clause for operation in operations if isinstance(operation, Insert | ReplaceAll) for clause in operation.clauses
    )


def body(document: Document) -> tuple[Clause, ...]:
    """The clauses that delete-all-and-insert replaces: all but headings and rationale."""
    kept = (Kind.HEADING, Kind.RATIONALE)
    return tuple(clause for clause in document.clauses if document.kind_of(clause.id) not in kept)
