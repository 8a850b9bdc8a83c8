"""From loose text to clauses: which lines begin a section, an item or a heading, with every guess told to the mover."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from consult.domain.errors import Invalid, Refused
from consult.text import tokens
from consult.text.clauses import MOST_CLAUSES, Clause, Document, Kind, Mark
from consult.text.plain import cleaned, normalise

#: The longest text that is read, in characters.
LONGEST_TEXT = 1_000_000

#: A run of characters and its marks, each (kind, href).
Piece = tuple[str, frozenset[tuple[str, str]]]

MARKER = re.compile(
    r"\s*(?:(?P<number>\d{1,3})[.)]|(?P<deep>\d{1,3}(?:\.\d{1,3})+)\.?|\((?P<bracket>\d{1,3}|[a-z]{1,2}|[ivxlc]{1,6})\)"
    r"|(?P<letter>[a-z]|[ivxlc]{1,6})[.)]|(?P<capital>[A-Z])\)|(?P<bullet>[•·▪●○◦‣⁃\uf0b7*–-]))(?:\s+|$)"
)
_VERBS = {
    "not": Kind.NOTES, "recognis": Kind.NOTES, "believ": Kind.BELIEVES, "consider": Kind.BELIEVES,
    "resolv": Kind.RESOLVES, "call": Kind.RESOLVES, "instruct": Kind.RESOLVES, "agre": Kind.RESOLVES,
    "mandat": Kind.RESOLVES, "demand": Kind.RESOLVES,
}  # fmt: skip
_BODY = r"(?:(?:this|the|our)\s+)?(?:[\w’'&-]+\s+){0,4}?(?:(?:further|also|therefore|hereby|additionally)\s+){0,2}"
_VERB = (
    r"(?:(?P<verb>not|recognis|believ|resolv|agre|mandat)(?:es?|s|ing)"
    r"|(?P<plain>call|instruct|demand|consider)(?:s|ing)?)"
)
_SECTION = re.compile(
    rf"{_BODY}{_VERB}(?:\s+(?:that|to|on|for|upon|the|following|with|concern|alarm|regret|therefore|further)){{0,4}}"
    r"\s*[:;,.…–—-]*\Z",
    re.IGNORECASE,
)
_RUNNING = re.compile(
    r"(?:this|the|our|conference|congress|council)\s+(?:[\w’'&-]+\s+){0,3}?(?:(?:further|also|therefore)\s+)?"
    r"(?P<verb>not|believ|resolv)(?:s|es)\s",
    re.IGNORECASE,
)
#: What an organisation asks somebody for by name: "Congress calls on the executive to:" is a clause, not a section's name.
_ASKING = re.compile(
    r"(?:this\s+(?:[\w’'&-]+\s+){1,2}?|(?:the\s+)?(?:conference|congress|council|assembly|meeting|branch|party|union)\s+|we\s+)"
    r"(?:(?:further|also|therefore|hereby|additionally)\s+){0,2}"
    r"(?:calls?\s+(?:up)?on|instructs?|mandates?|demands?)\s",
    re.IGNORECASE,
)
_NAMED = {
    "rationale": Kind.RATIONALE, "explanatory note": Kind.RATIONALE, "explanatory notes": Kind.RATIONALE,
    "supporting statement": Kind.RATIONALE, "background": Kind.RATIONALE, "reasons": Kind.RATIONALE,
    "preamble": Kind.PREAMBLE, "paragraphs": Kind.PARAGRAPH, "text": Kind.PARAGRAPH,
}  # fmt: skip
_TITLE = re.compile(r"(?:title|heading|subject|motion(?:\s+\d+)?)\s*:\s*(?P<rest>.+)", re.IGNORECASE)
_PEOPLE = re.compile(r"(?:moved|mover|proposed|proposer|seconded|seconder|submitted)(?:\s+by)?\s*:\s*\S", re.IGNORECASE)
_STOPPED = re.compile(r"[.;:!?][”’\"')]*\Z")


@dataclass(frozen=True)
class Draft:
    """A clause without an id yet."""

    kind: Kind
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What was read, for the mover to correct: nothing of it is kept until they agree.

    `issues` are sentences about what could not be kept (each says what to do); `guesses` about what was assumed.
    """

    drafts: tuple[Draft, ...]
    issues: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()

    def document(self, new_id: Callable[[int], str] = lambda number: f"c{number}") -> Document:
        """The drafts as a document; `new_id` makes the id of the n-th clause, counted from 1."""
        return Document(
            tuple(
                Clause(new_id(number), draft.kind, draft.text, draft.marks)
                for number, draft in enumerate(self.drafts, start=1)
            )
        )


@dataclass(frozen=True)
class Block:
    """A line or paragraph as an importer found it: its pieces, its depth in a list, its rank as a heading (0: none)."""

    pieces: tuple[Piece, ...]
    depth: int = 0
    listed: bool = False
    heading: int = 0
    literal: bool = False

    @property
    def text(self) -> str:
        """The characters without their marks."""
        return "".join(text for text, _ in self.pieces)


@dataclass
class Reading:
    """What is being read: the drafts so far, the section, and what to tell the mover."""

    section: Kind | None = None
    #: the depth of the section's first clause; None before it
    base: int | None = None
    #: how the last clause that ended with a colon was marked ("plain", "number" …); "" when the last did not
    lead: str = ""
    drafts: list[Draft] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)

    def issue(self, sentence: str) -> None:
        """Tell once."""
        if sentence not in self.issues:
            self.issues.append(sentence)

    def guess(self, sentence: str) -> None:
        """Tell once."""
        if sentence not in self.guesses:
            self.guesses.append(sentence)

    def preview(self) -> Preview:
        """The finished preview, refused when nothing was read."""
        return Preview(tuple(self.drafts), tuple(self.issues), tuple(self.guesses))


def from_text(text: str) -> Preview:
    """A preview of a pasted motion.

    >>> found = from_text("Fair pay\\n\\nThis branch resolves:\\n1. To act:\\n (a) now")
    >>> [(draft.kind.value, draft.text) for draft in found.drafts]
    [('heading', 'Fair pay'), ('resolves', 'To act:'), ('item', 'now')]

    Raises `consult.domain.errors.Invalid` when there are no words, or far too many.
    """
    return from_blocks(blocks(text))


def blocks(text: str, *, typed: bool = False) -> list[Block]:
    """The lines of a plain text, with lines that were only wrapped joined again (in a typed one, if in lower case)."""
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"The text is longer than {LONGEST_TEXT:,} characters: paste the motion alone.")
    rows = [row.rstrip() for row in text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")]
    widest = 1_000 if typed else max((len(row) for row in rows), default=0)
    found: list[Block] = []
    last = ""
    for row in rows:
        if not row.strip():
            last = ""
            continue
        if last and found and not found[-1].heading and _continues(last, row, widest):
            found[-1] = replace(found[-1], pieces=(*found[-1].pieces, (" " + row.strip(), frozenset())))
        else:
            found.append(_line(row))
        last = row
    return found


def _line(row: str) -> Block:
    bare = row.strip()
    indent = len(row) - len(row.lstrip())
    if bare.startswith("\\"):
        return Block(((bare[1:], frozenset()),), literal=True)
    ranks = len(bare) - len(bare.lstrip("#"))
    if 0 < ranks <= 6 and bare[ranks : ranks + 1] == " ":
        title = bare[ranks:].strip()
        return Block(((title.removeprefix("\\"), frozenset()),), heading=ranks, literal=title.startswith("\\"))
    return Block(((bare, frozenset()),), depth=1 if indent >= 2 and MARKER.match(bare) else 0)


def _continues(last: str, row: str, widest: int) -> bool:
    """Whether a line only carries on the one before: no marker, no stop before it, and wrapped or in lower case."""
    bare = row.strip()
    if MARKER.match(row) or _STOPPED.search(last) or bare.startswith(("\\", "#")) or section_of(bare):
        return False
    if _hangs(last, row):
        return True
    if len(last) < 45:
        return False
    return bare[0].islower() or (widest <= 100 and len(last) + len(bare.split(" ")[0]) >= widest)


def _hangs(last: str, row: str) -> bool:
    """Whether a line in lower case is indented to the words after the number or bullet of the line before it, or beyond."""
    marker = MARKER.match(last)
    indent = len(row) - len(row.lstrip())
    return marker is not None and indent >= 2 and indent >= marker.end() - 1 and row.strip()[0].islower()


def section_of(line: str) -> Kind | None:
    """The section that a line begins, if it says nothing else.

    >>> section_of("This branch further notes that:"), section_of("Rationale"), section_of("Conference notes rents.")
    (<Kind.NOTES: 'notes'>, <Kind.RATIONALE: 'rationale'>, None)
    """
    plain = " ".join(line.split())
    named = _NAMED.get(plain.rstrip(" :.").casefold())
    if named and (plain[0].isupper() or plain.endswith(":")):
        return named
    found = _SECTION.match(plain) if len(plain) <= 100 else None
    if found and (plain[-1] in ":;,–—-…" or len(plain.split()) <= 4 or plain.endswith(("that", "following"))):
        return _VERBS[(found["verb"] or found["plain"]).casefold()]
    return None


def ambiguous(line: str) -> bool:
    """Whether a line would be read as anything but the words of a clause, so that it must be escaped.

    >>> ambiguous("(a) fair pay"), ambiguous("Fair pay")
    (True, False)
    """
    return bool(
        line[0] in "\\#"
        or MARKER.match(line)
        or section_of(line)
        or any(pattern.match(line) for pattern in (_RUNNING, _ASKING, _PEOPLE, _TITLE))
    )


def from_blocks(found: Iterable[Block], reading: Reading | None = None, *, titled: bool = True) -> Preview:
    """A preview of blocks: the part that every importer shares; `titled` when the first may be the heading."""
    reading = reading or Reading()
    first = titled
    for block in found:
        text = " ".join(cleaned(block.text)[0].split())
        if text:
            _read(reading, block, text, first)
            first = False
        if len(reading.drafts) > MOST_CLAUSES:
            raise Invalid(f"The text has more than {MOST_CLAUSES:,} clauses: import it in parts.")
    if not reading.drafts:
        why = " ".join(reading.issues) or "Paste or choose the text of the motion."
        raise Invalid(f"There are no words to read. {why}")
    return reading.preview()


def _read(reading: Reading, block: Block, text: str, first: bool) -> None:
    marker = None if block.literal or block.heading else MARKER.match(text)
    section = None if block.literal or marker or block.listed else section_of(text)
    if section:
        reading.section, reading.base = section, None
        reading.guess(f"‘{text}’ was read as the beginning of the {_plural(section)}.")
    elif not block.literal and not marker and _PEOPLE.match(text):
        reading.issue(f"‘{text}’ names people and was left out: put them in the form’s own fields.")
    elif block.heading or (first and _titled(block, text, marker)):
        title = None if block.heading else _TITLE.match(text)
        reading.base = None
        draft(reading, Kind.HEADING, block, len(text) - len(title["rest"]) if title else 0)
        if not block.heading:
            reading.guess(f"‘{text}’ was read as the heading.")
    else:
        _clause(reading, block, text, marker)


def _titled(block: Block, text: str, marker: re.Match[str] | None) -> bool:
    if _TITLE.match(text):
        return True
    short = len(text.split()) <= 20 and text[-1] not in ".;:,"
    return short and marker is None and not block.listed and not block.literal


def _clause(reading: Reading, block: Block, text: str, marker: re.Match[str] | None) -> None:
    depth = block.depth
    if marker:
        deep = marker["deep"].count(".") if marker["deep"] else 0
        depth = max(depth, deep, 1 if marker["bracket"] or marker["letter"] else 0)
        if not text[marker.end() :].strip():
            reading.issue(f"‘{text}’ is a number without words and was left out.")
            return
    running = None if marker or block.listed or block.literal else _running(text)
    if running and depth == 0:
        reading.section, reading.base = running, None
        reading.guess(f"‘{_short(text)}’ was read as one of the {_plural(reading.section)}, in full.")
    style = _style(block, marker)
    if reading.base is None:
        reading.base, reading.lead = depth, ""
    leads = reading.lead == "plain" if style == "number" else reading.lead not in ("", style)
    if depth == reading.base and style != "plain" and leads:
        depth += 1
        reading.guess(f"‘{_short(text)}’ was read as an item of the clause before it, which ends with a colon.")
    elif depth == reading.base:
        reading.lead = style if text.endswith(":") else ""
    under = depth > reading.base and bool(reading.drafts)
    if depth - reading.base > 1:
        reading.issue(f"‘{_short(text)}’ is at a third level, which a motion does not have: it was made an item.")
    kind = Kind.ITEM if under else (reading.section or Kind.PARAGRAPH)
    draft(reading, kind, block, marker.end() if marker else 0)


def _running(text: str) -> Kind | None:
    """The section of a clause that names it in its first words."""
    found = _RUNNING.match(text)
    if found:
        return _VERBS[found["verb"].casefold()]
    return Kind.RESOLVES if _ASKING.match(text) else None


def _style(block: Block, marker: re.Match[str] | None) -> str:
    if marker:
        return "bullet" if marker["bullet"] else "number"
    return "listed" if block.listed else "plain"


def draft(reading: Reading, kind: Kind, block: Block, skip: int = 0) -> None:
    """Add a clause, without the first `skip` characters (its number), or an issue where it cannot be one."""
    pieces, dropped = _without_start(block.pieces, skip)
    if dropped:
        reading.issue(f"{dropped} hidden character{'s' * (dropped > 1)} such as soft hyphens were taken out.")
    try:
        text = normalise("".join(text for text, _ in pieces))
    except Refused as refusal:
        reading.issue(f"{refusal} (‘{_short(block.text)}’ was left out.)")
        return
    reading.drafts.append(Draft(kind, text, _marks(pieces, text)))


def _without_start(pieces: Sequence[Piece], skip: int) -> tuple[list[Piece], int]:
    """The pieces with hidden characters and the first `skip` characters of the tidied text taken out."""
    dropped, found, started = 0, [], False
    for raw, marks in pieces:
        text, count = cleaned(raw)
        dropped += count
        text = re.sub(r"\s+", " ", text)
        if not started:
            text = text.lstrip()
            started = bool(text)
        cut = min(skip, len(text))
        skip -= cut
        found.append((text[cut:], marks))
    return found, dropped


def _marks(pieces: Sequence[Piece], text: str) -> tuple[Mark, ...]:
    """The marks over words: a word of which any part is marked is marked."""
    if not any(marks for _, marks in pieces):
        return ()
    places = tokens.spans(text)
    ranges: dict[tuple[str, str], list[tuple[int, int]]] = {}
    raw = ""
    for piece, marks in pieces:
        start = len(" ".join(raw.split()))
        raw += piece
        end = len(" ".join(raw.split()))
        covered = [number for number, (low, high) in enumerate(places) if low < end and high > start]
        for mark in marks if covered and piece.strip() else ():
            own = ranges.setdefault(mark, [])
            if own and own[-1][1] >= covered[0]:
                own[-1] = (own[-1][0], covered[-1] + 1)
            else:
                own.append((covered[0], covered[-1] + 1))
    return tuple(
        sorted(
            (_mark(kind, href, low, high) for (kind, href), own in ranges.items() for low, high in own),
            key=lambda mark: (mark.start, mark.end, mark.kind, mark.href),
        )
    )


def _mark(kind: str, href: str, start: int, end: int) -> Mark:
    return Mark(kind, start, end, href)


def _plural(kind: Kind) -> str:
    return {Kind.PARAGRAPH: "paragraphs", Kind.PREAMBLE: "preamble"}.get(kind, kind.value)


def _short(text: str) -> str:
    parts = text.split()
    return " ".join(parts[:8]) + (" …" if len(parts) > 8 else "")
