"""What a paper is made of: headings, paragraphs, lists, tables, and texts whose lines bear their stored numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from consult.text.clauses import Kind, labelled

#: The deepest level of a heading.
DEEPEST = 4


class Written(str):
    """Words that people wrote, wherever a paper has words, with what the paper itself says before them.

    >>> name = Written("Our buses", "Cynnig 3: ")
    >>> str(name), name.before, name.own
    ('Cynnig 3: Our buses', 'Cynnig 3: ', 'Our buses')
    """

    before: str
    own: str

    def __new__(cls, own: str, before: str = "") -> Written:
        made = super().__new__(cls, before + own)
        made.before, made.own = before, own
        return made


def runs(words: str, written: bool = False) -> list[tuple[str, bool]]:
    """Words in pieces, each with whether people wrote it; `written` says that all of them are people's own.

    >>> runs(Written("Our buses", "Cynnig 3: ")), runs("Testun")
    ([('Cynnig 3: ', False), ('Our buses', True)], [('Testun', False)])
    """
    if isinstance(words, Written) and words.before:
        return [(words.before, False), (words.own, True)]
    return [(words, written or isinstance(words, Written))]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the paper's title: level 1 to 4."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain words; `strong` ones are set apart (a decision, a warning), `written` ones are people's own."""

    text: str
    strong: bool = False
    written: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences without order; `written` ones are people's own, as the words of a text are."""

    items: tuple[str, ...]
    written: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one row of headers; the first cell of each row heads it.

    An `even` one sets what two sides wrote beside one another: its columns are equally wide, and no cell heads the others.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    even: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause as printed: the section it is in ("Resolves"), its own number in it ("3." or "(b)"), its numbered lines.

    `section` is "" for the heading of the motion.
    """

    section: str
    number: str
    lines: tuple[tuple[int, str], ...]

    @property
    def item(self) -> bool:
        """Whether it is a part of the clause before it."""
        return self.number.startswith("(")


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a motion, each line with the number stored for it: no writer breaks or numbers lines of its own."""

    clauses: tuple[Clause, ...]


Block: TypeAlias = Heading | Paragraph | Items | Table | Text


@dataclass(frozen=True)
class Tongue:
    """How a paper is worded: its language, and how what it says is said in it.

    `original` is the language of the texts, which people wrote; `binds` says that it is the authoritative one, where the
    paper around them is in another.
    """

    tag: str = "en"
    said: Callable[[str], str] = str
    original: str = "en"
    binds: str = ""

    def opening(self) -> Iterator[Block]:
        """What stands before everything else."""
        if self.binds:
            yield Paragraph(self.binds)


#: English, as the storeys below speak.
PLAIN = Tongue()


@dataclass(frozen=True)
class Paper:
    """A paper: its title, what stands below it (pairs of a name and a value), and its parts, made when they are asked for.

    `parts` gives the parts in their order, each a sequence of blocks; `count` says how many, for showing progress.
    """

    title: str
    organisation: str
    facts: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    count: int = 0
    parts: Callable[[], Iterable[Sequence[Block]]] = field(default=tuple)
    #: The language of the texts, where it is another.
    original: str = ""

    @property
    def tongue(self) -> str:
        """What words of people are marked with: their language, or "" where the paper is in it."""
        return self.original if self.original != self.language else ""

    def told(self, progress: Callable[[int, int], None] | None) -> Iterator[list[tuple[Block, int]]]:
        """The parts, each block with the level of a heading directly below the last one; the progress is told after each.

        No level is ever skipped, as PDF/UA and good HTML want it.
        """
        below = 1
        for number, part in enumerate(self.parts(), start=1):
            placed = []
            for block in part:
                placed.append((block, below))
                if isinstance(block, Heading):
                    below = min(block.level + 1, DEEPEST)
            yield placed
            if progress is not None:
                progress(number, max(self.count, number))


def sides(summaries: Mapping[str, str], said: Callable[[str], str] = str) -> Iterator[Block]:
    """What both sides of a debate say in short, side by side at equal width; nothing unless both have said it.

    >>> next(sides({"for": "It works.", "against": "It costs."})).rows
    (('It works.', 'It costs.'),)
    >>> list(sides({"for": "It works."}))
    []
    """
    if summaries.get("for") and summaries.get("against"):
        words = "The two sides in short, each as its own speakers approved it"
        yield Table(said(words), (said("For"), said("Against")), ((summaries["for"], summaries["against"]),), even=True)


def text_of(document: Mapping[str, Any], lines: Mapping[str, Any], said: Callable[[str], str] = str) -> Text:
    """A stored version (`document` and `lines` as the tables keep them) as a block; `said` gives the names of sections.

    >>> text_of(
    ...     {"clauses": [{"id": "a", "kind": "heading", "text": "Buses"}, {"id": "b", "kind": "resolves", "text": "To go."}]},
    ...     {"lines": [{"number": 1, "clause": "a", "text": "Buses"}, {"number": 2, "clause": "b", "text": "To go."}]},
    ... ).clauses[1]
    Clause(section='Resolves', number='1.', lines=((2, 'To go.'),))
    """
    labels = labelled([(clause["id"], Kind(clause["kind"])) for clause in document["clauses"]])
    own: dict[str, list[tuple[int, str]]] = {}
    for line in lines["lines"]:
        own.setdefault(line["clause"], []).append((line["number"], line["text"]))
    return Text(
        tuple(_clause(clause, labels[clause["id"]], own.get(clause["id"], []), said) for clause in document["clauses"])
    )


def _clause(clause: Mapping[str, Any], label: str, lines: list[tuple[int, str]], said: Callable[[str], str]) -> Clause:
    if clause["kind"] == Kind.HEADING.value:
        return Clause("", "", tuple(lines))
    section, _space, number = label.partition(" ")
    shown = number[number.index("(") :] if "(" in number else f"{number}." if number else ""
    return Clause(said(section), shown, tuple(lines))


def sections(text: Text) -> Iterator[tuple[str, Clause]]:
    """Each clause with the heading that goes above it: the section's name where a section begins, else ""."""
    now = ""
    for clause in text.clauses:
        begins = clause.section if clause.section != now else ""
        now = clause.section or now
        yield begins, clause
