"""Opening a box off line: the file of envelopes without names, the opened papers, and the transcript of an opening.

The file of envelopes is one line of canonical JSON (who holds shares, the ballot definition, how many envelopes, their
root) followed by records of one length: two bytes for the voter's unit where the rule counts by unit (else 0), and the
envelope. Records stand in the order of the envelopes' SHA-256, which has nothing to do with who or when, and is the
same in every copy; a vote that came on paper is a record like any other, and only their number is in the first line.
The root is the Merkle tree head (RFC 9162) over those hashes in that order, so that whoever opens
knows that nothing was left out or put in since the root was taken.

The opened papers are canonical JSON, sorted, with identical papers together and each question by itself: two openings
of one box give the same bytes, and so one hash, whoever opens it and in whatever order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeAlias

from consult.ledger import canonical, envelopes, papers, shape, transcripts
from consult.ledger import ceremony as ceremonies
from consult.ledger import definition as definitions
from consult.ledger.ceremony import Ceremony
from consult.ledger.definition import Definition
from consult.ledger.papers import Group, Papers, Pattern
from consult.ledger.transcripts import BoxRefused as BoxRefused
from consult.ledger.transcripts import Transcript as Transcript
from consult.ledger.transcripts import root as root

BOX, OPENED = "consult-envelopes/1", "consult-opened/1"

#: Bytes of the unit's number before each envelope: its place, from 1, in the header's list.
UNIT = 2

#: Added to that number for a challenged ballot that was admitted: opened like every other, accounted for by itself.
CHALLENGED = 1 << 15

#: The longest header: a definition of 200 questions with 1,000 options each is far shorter.
_LONGEST_HEADER = 64 << 20

#: Question → pattern → papers.
Tally: TypeAlias = dict[str, Counter[Pattern]]


@dataclass(frozen=True)
class Header:
    """The first line of a file of envelopes, `challenged` of which are challenged ballots that were admitted.

    `on_paper` of them are votes that came on paper and were sealed when they were entered. `units` are names of units where
    a rule counts by them.
    """

    key: Ceremony
    definition: Definition
    envelopes: int
    root: str
    units: tuple[str, ...] = ()
    challenged: int = 0
    on_paper: int = 0

    def dumps(self) -> bytes:
        """The line, with its end; `on_paper` stands in it only where there are any."""
        value = {
            "format": BOX,
            "key": self.key.as_json(),
            "definition": self.definition.as_json(),
            "envelopes": self.envelopes,
            "root": self.root,
            "units": self.units,
            "challenged": self.challenged,
            **transcripts.said_on_paper(self.on_paper),
        }
        return canonical.dumps(value) + b"\n"

    @property
    def record(self) -> int:
        """Bytes of one record."""
        return UNIT + envelopes.envelope_length(self.definition)


@dataclass(frozen=True)
class Opened:
    """What came out of a box: the papers of each question, and how many envelopes were refused, by kind.

    The kind of a challenged ballot that was refused begins with "challenged: ".
    """

    ballot: str
    definition: str
    root: str
    envelopes: int
    challenged: int
    papers: int
    refused: dict[str, int] = field(default_factory=dict)
    questions: tuple[Papers, ...] = ()
    on_paper: int = 0

    def dumps(self) -> bytes:
        """The bytes of the file of opened papers; their SHA-256 is what two openings compare."""
        value = {name: item for name, item in self.__dict__.items() if name not in ("questions", "on_paper")}
        read = [papers.as_json(each) for each in self.questions]
        beside = transcripts.said_on_paper(self.on_paper)
        return canonical.dumps({"format": OPENED, **value, **beside, "questions": read})


# -- the box ---------------------------------------------------------------------------------------------------------


def write(header: Header, records: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
    """The file piece by piece: `records` are (number of the unit or 0, envelope), in the order of the root."""
    yield header.dumps()
    for unit, envelope in records:  # with `CHALLENGED` added to the number where it is a challenged ballot
        yield unit.to_bytes(UNIT, "big") + envelope


def read_header(file: BinaryIO, what: str = "The file of envelopes") -> Header:
    """Read the first line; the file then stands at the first record."""
    line = file.readline(_LONGEST_HEADER)
    if not line.endswith(b"\n"):
        raise BoxRefused(f"{what} is not a file of envelopes: its first line has no end.")
    value = shape.known_format(canonical.loads(line[:-1], what), what, BOX)
    found = shape.fields(
        value,
        what,
        format=shape.one_of([BOX]),
        key=shape.anything,
        definition=shape.anything,
        envelopes=shape.number(),
        root=shape.digest,
        units=shape.listing(shape.text(200, 1), CHALLENGED - 1),
        challenged=shape.number(),
        **transcripts.read_on_paper(value),
    )
    key = ceremonies.loads(canonical.dumps(found["key"]), f"{what}, key")
    made = definitions.loads(canonical.dumps(found["definition"]), f"{what}, definition")
    if key.ballot != made.id or key.public_key != made.public_key:
        raise BoxRefused(f"In {what}: the key is not the one that this ballot's papers are sealed to.")
    beside = found["challenged"], found.get("on_paper", 0)
    if sum(beside) > found["envelopes"]:
        raise BoxRefused(f"In {what}: there are more challenged ballots and votes on paper than envelopes.")
    return Header(key, made, found["envelopes"], found["root"], found["units"], *beside)


def chunks(file: BinaryIO, header: Header, records: int = 1_000) -> Iterator[bytes]:
    """The records after the header, so many at a time; refuses a file that is too short or goes on too long."""
    left = header.envelopes
    while left:
        size = min(left, records) * header.record
        piece = file.read(size)
        if len(piece) != size:
            raise BoxRefused("The file of envelopes ends too early: it was cut off on the way.")
        left -= min(left, records)
        yield piece
    if file.read(1):
        raise BoxRefused("The file of envelopes goes on after its last envelope.")


def split(header: Header, chunk: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a chunk: the number of the unit and the envelope."""
    record = header.record
    for start in range(0, len(chunk), record):
        yield int.from_bytes(chunk[start : start + UNIT], "big"), chunk[start + UNIT : start + record]


def chunk_opener(header: Header, private: bytes) -> Callable[[bytes], tuple[Tally, Counter[str]]]:
    """A function from a chunk of records to its papers by question, and the refused by kind; it stops for none."""
    open_one = envelopes.opener(header.definition, private)
    by_unit = {question.key for question in header.definition.questions if question.settings.get("by_unit")}

    def open_chunk(chunk: bytes) -> tuple[Tally, Counter[str]]:
        found: Tally = {question.key: Counter() for question in header.definition.questions}
        refused: Counter[str] = Counter()
        for unit, envelope in split(header, chunk):
            try:
                paper = open_one(envelope)
            except envelopes.EnvelopeRefused as fault:
                refused[f"challenged: {fault.kind}" if unit & CHALLENGED else fault.kind] += 1
                continue
            name = _unit(header, unit & ~CHALLENGED) if by_unit else ""
            for answer in paper:
                where = name if answer.question in by_unit else ""
                found[answer.question][Pattern(answer.ranking, answer.verdicts, where)] += 1
        return found, refused

    return open_chunk


def gather(header: Header, parts: Iterable[tuple[Tally, Counter[str]]]) -> Opened:
    """All chunks' papers as one, sorted."""
    tally: Tally = {question.key: Counter() for question in header.definition.questions}
    refused: Counter[str] = Counter()
    for found, kinds in parts:
        refused.update(kinds)
        for key, patterns in found.items():
            tally[key].update(patterns)
    made = header.definition
    return Opened(
        made.id,
        made.hash,
        header.root,
        header.envelopes,
        header.challenged,
        header.envelopes - refused.total(),
        dict(refused),
        tuple(papers.gather(made.id, key, (Group(*each) for each in found.items())) for key, found in tally.items()),
        header.on_paper,
    )


def open_box(file: BinaryIO, lists: Sequence[str]) -> Opened:
    """Open a whole file of envelopes on one core: the plain way, which every quicker one must agree with."""
    header = read_header(file)
    private, _ = ceremonies.private_key(header.key, lists)
    open_chunk = chunk_opener(header, private)
    receipts: list[bytes] = []
    parts = []
    for chunk in chunks(file, header):
        receipts += [envelopes.leaf(envelope) for _, envelope in split(header, chunk)]
        parts.append(open_chunk(chunk))
    check_root(header, root(receipts))
    return gather(header, parts)


def check_root(header: Header, found: str) -> None:
    """Refuse envelopes that do not make the root in the header."""
    if found != header.root:
        raise BoxRefused(
            "The envelopes in this file do not make the root that it names: one was changed, added or lost."
        )


def _unit(header: Header, number: int) -> str:
    if not 0 < number <= len(header.units):
        raise BoxRefused(f"An envelope names unit {number}, of which the file of envelopes says nothing.")
    return header.units[number - 1]


# -- reading what came out -------------------------------------------------------------------------------------------


def read_opened(data: bytes, definition: Definition, what: str = "The file of opened papers") -> Opened:
    """Read the opened papers of this ballot; every question must account for every paper."""
    value = shape.known_format(canonical.loads(data, what), what, OPENED)
    found = shape.fields(
        value,
        what,
        format=shape.one_of([OPENED]),
        ballot=shape.key,
        definition=shape.digest,
        root=shape.digest,
        envelopes=shape.number(),
        challenged=shape.number(),
        papers=shape.number(),
        refused=shape.mapping(shape.number(1), shape.text(40, 1), 20),
        questions=shape.listing(shape.anything, 200),
        **transcripts.read_on_paper(value),
    )
    found.pop("format")
    if (found["ballot"], found["definition"]) != (definition.id, definition.hash):
        raise BoxRefused(f"{what} is of another ballot, or of another version of this one.")
    if len(found["questions"]) != len(definition.questions):
        raise BoxRefused(f"In {what}: the ballot has {len(definition.questions)} questions; this has another number.")
    pairs = zip(definition.questions, found["questions"], strict=True)
    read = tuple(papers.read(value, question, f"{what}, {question.key}") for question, value in pairs)
    opened = Opened(**{**found, "questions": read})
    _adds_up(opened, what)
    return opened


def _adds_up(opened: Opened, what: str) -> None:
    if opened.papers + sum(opened.refused.values()) != opened.envelopes:
        raise BoxRefused(f"In {what}: papers and refused envelopes together are not all envelopes.")
    for each in opened.questions:
        plain = all(group.weight == 1 for group in each.groups)
        if each.ballot != opened.ballot or each.counted != opened.papers or each.spoiled or not plain:
            raise BoxRefused(f"In {what}: the answers to {each.question} are not those of {opened.papers:,} papers.")


def differences(transcript: Transcript, opened: Opened, opened_bytes: bytes) -> list[str]:
    """Where a transcript says something else than the opened papers beside it."""
    said: Mapping[str, Any] = transcript.__dict__
    facts = {**opened.__dict__, "opened": canonical.sha256(opened_bytes)}
    names = {
        "on_paper": "the number of votes on paper",
        "opened": "the hash of the opened papers",
        "envelopes": "the number of envelopes",
        "papers": "the papers",
    }
    same = ("ballot", "definition", "root", "envelopes", "challenged", "on_paper", "papers", "opened")
    return [
        f"The transcript gives {names.get(name, f'another {name}')} otherwise."
        for name in same
        if said[name] != facts[name]
    ]
