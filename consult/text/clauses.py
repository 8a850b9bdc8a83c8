"""A document: an ordered list of clauses with permanent ids, its labels, its word count and its hash."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from consult.domain.errors import Invalid
from consult.text import tokens
from consult.text.canonical import canonical, fields, fingerprint, parsed
from consult.text.plain import normalise

#: Named in every serialisation, so that a later format can never be taken for this one.
FORMAT = "consult-text-1"
#: The most clauses and characters in one document: a long rule book.
MOST_CLAUSES = 2_000
MOST_CHARACTERS = 1_000_000

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_ADDRESS = re.compile(r"(https?://|mailto:)[^\s<>\"]{3,2000}\Z")


class Kind(StrEnum):
    """What a clause is; its label begins with the word."""

    HEADING = "heading"
    PREAMBLE = "preamble"
    NOTES = "notes"
    BELIEVES = "believes"
    RESOLVES = "resolves"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    RATIONALE = "rationale"


#: Kinds numbered even when there is only one.
NUMBERED = frozenset({Kind.NOTES, Kind.BELIEVES, Kind.RESOLVES, Kind.PARAGRAPH})
MARKS = ("emphasis", "strong", "link")


@dataclass(frozen=True, slots=True)
class Mark:
    """Emphasis or a link over the words [start, end) of a clause; held outside the words, so comparing ignores it."""

    kind: str
    start: int
    end: int
    href: str = ""

    def __post_init__(self) -> None:
        if self.kind not in MARKS:
            raise Invalid(f"There is no mark ‘{self.kind}’; the marks are {', '.join(MARKS)}.")
        if not 0 <= self.start < self.end:
            raise Invalid(f"A mark must cover at least one word; this one runs from {self.start} to {self.end}.")
        if (self.kind == "link") != bool(self.href) or (self.href and not _ADDRESS.match(self.href)):
            raise Invalid("A link needs an address that begins with https://, http:// or mailto:.")

    def to_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"kind": self.kind, "start": self.start, "end": self.end}
        return data | {"href": self.href} if self.href else data


@dataclass(frozen=True)
class Clause:
    """One clause: a permanent id, a kind, its text (NFC, single spaces) and its marks.

    >>> Clause("c5", Kind.RESOLVES, "Pay  £12.50 an hour.").text
    'Pay £12.50 an hour.'

    Raises `consult.domain.errors.Invalid` for a bad id, an empty or over-long text, or a hidden character.
    """

    id: str
    kind: Kind
    text: str
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if not _ID.match(self.id):
            raise Invalid(f"‘{self.id}’ cannot name a clause: use letters, figures, dots and hyphens, at most 64.")
        try:
            object.__setattr__(self, "kind", Kind(self.kind))
        except ValueError:
            raise Invalid(f"There is no kind of clause called ‘{self.kind}’.") from None
        object.__setattr__(self, "text", normalise(self.text))
        object.__setattr__(self, "marks", tuple(self.marks))
        if self.marks and max(mark.end for mark in self.marks) > len(self.words):
            raise Invalid(f"A mark in clause {self.id} runs past its {len(self.words)} words.")

    @property
    def words(self) -> tuple[str, ...]:
        """Its words, as `consult.text.tokens.words` makes them."""
        return tokens.words(self.text)

    def to_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"id": self.id, "kind": self.kind.value, "text": self.text}
        return data | {"marks": [mark.to_data() for mark in self.marks]} if self.marks else data

    @classmethod
    def from_data(cls, data: Any) -> Clause:
        found = fields(data, "A clause", {"id": str, "kind": str, "text": str}, {"marks": list})
        marks = tuple(_mark(mark) for mark in found.get("marks", ()))
        return cls(found["id"], found["kind"], found["text"], marks)


def _mark(data: Any) -> Mark:
    return Mark(**fields(data, "A mark", {"kind": str, "start": int, "end": int}, {"href": str}))


@dataclass(frozen=True)
class Document:
    """A version of a text: clauses in order, immutable, named by its hash.

    >>> motion = Document((Clause("c1", Kind.HEADING, "Fair pay"), Clause("c2", Kind.RESOLVES, "Pay £12.50.")))
    >>> motion.hash == Document.from_json(motion.to_json()).hash
    True

    Raises `consult.domain.errors.Invalid` when two clauses have one id or an item stands under no clause.
    """

    clauses: tuple[Clause, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "clauses", tuple(self.clauses))
        if len(self.clauses) > MOST_CLAUSES:
            raise Invalid(f"The text has {len(self.clauses):,} clauses; the most is {MOST_CLAUSES:,}.")
        if sum(len(clause.text) for clause in self.clauses) > MOST_CHARACTERS:
            raise Invalid(f"The text is longer than {MOST_CHARACTERS:,} characters.")
        seen: set[str] = set()
        for clause in self.clauses:
            if clause.id in seen:
                raise Invalid(f"Two clauses have the id ‘{clause.id}’.")
            seen.add(clause.id)
        parent = Kind.HEADING
        for clause in self.clauses:
            if clause.kind is not Kind.ITEM:
                parent = clause.kind
            elif parent is Kind.HEADING:
                raise Invalid(f"‘{clause.text[:40]}’ is an item but there is no clause for it to stand under.")

    def __len__(self) -> int:
        return len(self.clauses)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the clauses, in order."""
        return tuple(clause.id for clause in self.clauses)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Where each clause stands, by id."""
        return MappingProxyType({clause.id: place for place, clause in enumerate(self.clauses)})

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What people call each clause, by id; see `labels`."""
        return MappingProxyType(labelled([(clause.id, clause.kind) for clause in self.clauses]))

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """The id of the clause each item stands under, by the item's id."""
        found: dict[str, str] = {}
        parent = ""
        for clause in self.clauses:
            if clause.kind is Kind.ITEM:
                found[clause.id] = parent
            else:
                parent = clause.id
        return MappingProxyType(found)

    def __contains__(self, clause_id: object) -> bool:
        return clause_id in self.index

    def clause(self, clause_id: str) -> Clause:
        """The clause with this id, or a refusal."""
        if clause_id not in self.index:
            raise Invalid(f"The text has no clause ‘{clause_id}’.")
        return self.clauses[self.index[clause_id]]

    def kind_of(self, clause_id: str) -> Kind:
        """The clause's kind; an item's is that of the clause it stands under."""
        return self.clause(self.parents.get(clause_id, clause_id)).kind

    def to_data(self) -> dict[str, Any]:
        return {"format": FORMAT, "clauses": [clause.to_data() for clause in self.clauses]}

    def to_json(self) -> str:
        """Canonical JSON: what is stored and hashed."""
        return self.canonical.decode()

    @cached_property
    def canonical(self) -> bytes:
        """The canonical serialisation."""
        return canonical(self.to_data())

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical serialisation, 64 hexadecimal digits."""
        return fingerprint(self.to_data())

    @classmethod
    def from_data(cls, data: Any) -> Document:
        found = fields(data, "A document", {"format": str, "clauses": list})
        if found["format"] != FORMAT:
            raise Invalid(f"This text is in the format ‘{found['format']}’; this program reads ‘{FORMAT}’.")
        return cls(tuple(Clause.from_data(clause) for clause in found["clauses"]))

    @classmethod
    def from_json(cls, text: str | bytes) -> Document:
        """The document of a JSON text, strictly: unknown, missing or repeated parts are refused."""
        return cls.from_data(parsed(text, "The document"))


def labels(document: Document) -> dict[str, str]:
    """What people call each clause, by id.

    >>> labels(Document((Clause("a", Kind.HEADING, "Pay"), Clause("b", Kind.NOTES, "To"), Clause("c", Kind.ITEM, "x"))))
    {'a': 'Heading', 'b': 'Notes 1', 'c': 'Notes 1(a)'}
    """
    return dict(document.labels)


def labelled(order: Sequence[tuple[str, Kind]]) -> dict[str, str]:
    """The labels of clauses given as (id, kind), in order.

    >>> labelled([("a", Kind.NOTES), ("b", Kind.ITEM)])
    {'a': 'Notes 1', 'b': 'Notes 1(a)'}
    """
    totals = Counter(kind for _, kind in order)
    found: dict[str, str] = {}
    numbers: dict[Kind, int] = {}
    parent, item = "", 0
    for clause_id, kind in order:
        if kind is Kind.ITEM:
            item += 1
            found[clause_id] = f"{parent}({letters(item)})"
            continue
        numbers[kind] = number = numbers.get(kind, 0) + 1
        parent, item = kind.value.capitalize(), 0
        if kind in NUMBERED or totals[kind] > 1:
            parent = f"{parent} {number}"
        found[clause_id] = parent
    return found


def letters(number: int) -> str:
    """1 → a, 26 → z, 27 → aa.

    >>> letters(3), letters(28)
    ('c', 'ab')
    """
    found = ""
    while number:
        number, place = divmod(number - 1, 26)
        found = chr(97 + place) + found
    return found


def word_count(document: Document, *, rationale: bool = False, heading: bool = False) -> int:
    """How many words count towards a limit; the rationale and the heading only when asked.

    >>> word_count(Document((Clause("a", Kind.HEADING, "Pay"), Clause("b", Kind.RESOLVES, "To pay £12.50."))))
    3
    """
    total = 0
    for clause in document.clauses:
        kind = document.kind_of(clause.id)
        if (kind is Kind.RATIONALE and not rationale) or (kind is Kind.HEADING and not heading):
            continue
        total += tokens.word_total(clause.words)
    return total


def search_text(document: Document) -> str:
    """The words as a search index wants them: folded case, no accents, no stops, one space between.

    >>> search_text(Document((Clause("a", Kind.RESOLVES, "Cafés: £12.50!"),)))
    'cafes £12.50'
    """
    return folded(tokens.bare(word) for clause in document.clauses for word in clause.words if tokens.counts(word))


def folded(parts: Iterable[str]) -> str:
    """Words joined by spaces with case and accents folded away."""
    text = unicodedata.normalize("NFKD", " ".join(parts).casefold())
    return "".join(character for character in text if not unicodedata.combining(character))
