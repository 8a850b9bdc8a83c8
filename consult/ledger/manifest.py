"""The manifest: the one page that the committee signs, with the hash of everything that the result rests on.

It binds the ballot definition, the texts decided, the roll and how many were marked on it, the board of envelopes, the
papers, each question's result, the lot, the software, and every other file of the bundle. What it says in words
(titles, outcomes) is what `consult sign` shows before signing. Field by field: docs/bundle.md.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from consult.ledger import canonical, shape
from consult.ledger.definition import Definition

#: What this software writes.
FORMAT = "consult-result/1"

#: What it can verify; an older format is added here only together with its own rules. Anything else is refused.
KNOWN_FORMATS = (FORMAT,)


@dataclass(frozen=True)
class Papers:
    """How many papers were counted, how they came, and the votes on them (more than papers only if weighted).

    `sealed_by_server` of them were sealed by the server for voters without scripts, `on_paper` were entered by hand.
    """

    counted: int
    votes: int
    sealed_by_server: int = 0
    on_paper: int = 0


@dataclass(frozen=True)
class Board:
    """The board of envelopes at the close: its Merkle root and leaves = opened + superseded + refused."""

    root: str
    leaves: int
    opened: int
    superseded: int = 0
    refused: int = 0


@dataclass(frozen=True)
class LotDrawn:
    """The seed of the lot and where it comes from: the public value, members' commitments and what they revealed.

    `commitments` maps a member to the published hash, `reveals` a member to {"value", "salt"}.
    """

    seed: str | None = None
    value: str | None = None
    commitments: dict[str, str] = field(default_factory=dict)
    reveals: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def silent(self) -> tuple[str, ...]:
        """Members who committed and did not reveal, so that the public value alone made the seed."""
        return tuple(sorted(self.commitments.keys() - self.reveals.keys()))


@dataclass(frozen=True)
class QuestionResult:
    """One question's result: `papers` is the hash of its papers' file, published or not; `result` that of its count.

    `winners` are names as the count gives them, `spoiled` the papers that could not be read at all, `outcome` the
    sentence that is announced, `withdrawn` the keys of options that withdrew during the poll.
    """

    key: str
    title: str
    method: str
    version: str
    papers: str
    result: str
    winners: tuple[str, ...]
    outcome: str
    spoiled: int = 0
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What is signed. `files` maps every member of the bundle but manifest and signatures to its SHA-256."""

    ballot: str
    title: str
    definition: str
    texts: tuple[str, ...]
    roll: str
    roll_size: int
    marked: int
    closed: str
    papers: Papers
    board: Board | None
    questions: tuple[QuestionResult, ...]
    lot: LotDrawn
    files: dict[str, str]
    software: str

    def __post_init__(self) -> None:
        _read(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """The document as plain data."""
        return {"format": FORMAT, **asdict(self)}

    def dumps(self) -> bytes:
        """The canonical bytes: exactly these are signed."""
        return canonical.dumps(self.as_json())


def loads(data: bytes, what: str = "manifest.json") -> Manifest:
    """Read a manifest from its canonical bytes; raises `shape.UnknownFormat`, `NotCanonical` or `Malformed`."""
    value = _read(canonical.loads(data, what), what)
    value.pop("format")
    value["papers"] = Papers(**value["papers"])
    value["board"] = Board(**value["board"]) if value["board"] is not None else None
    value["questions"] = tuple(QuestionResult(**each) for each in value["questions"])
    value["lot"] = LotDrawn(**value["lot"])
    return Manifest(**value)


def in_words(manifest: Manifest) -> list[str]:
    """What a signature under this manifest says, in sentences: the title, the figures, the outcome of each question.

    Names of voters and votes are nowhere in a manifest, so this may be shown to anybody.
    """
    papers, lines = manifest.papers, [manifest.title, ""]
    lines.append(
        f"{manifest.roll_size:,} on the roll, {manifest.marked:,} marked as having voted, "
        f"{papers.counted:,} papers counted" + (f", {papers.votes:,} votes." if papers.votes != papers.counted else ".")
    )
    if papers.sealed_by_server:
        lines.append(f"{papers.sealed_by_server:,} of the papers were sealed by the server, the rest by the voters.")
    if papers.on_paper:
        lines.append(f"{papers.on_paper:,} of the papers came on paper.")
    if manifest.board and (manifest.board.superseded or manifest.board.refused):
        lines.append(
            f"{manifest.board.superseded:,} envelopes were replaced by their voters before the close, "
            f"{manifest.board.refused:,} were refused."
        )
    if manifest.lot.silent:
        lines.append(
            f"{len(manifest.lot.silent)} of the {len(manifest.lot.commitments)} who committed to the lot did not reveal "
            f"(member {', '.join(manifest.lot.silent)}), so the public value alone made its seed."
        )
    for question in manifest.questions:
        lines += ["", f"{question.title} ({question.method}, version {question.version})", f"  {question.outcome}"]
        if question.winners:
            lines.append(f"  Named by the count: {', '.join(question.winners)}.")
        if question.spoiled:
            lines.append(f"  {question.spoiled:,} papers could not be read.")
        if question.withdrawn:
            lines.append(f"  Withdrawn during the poll: {', '.join(question.withdrawn)}.")
    return lines


def disagreements(manifest: Manifest, definition: Definition) -> list[tuple[str, str]]:
    """Where a manifest says something else than the definition of its ballot, or its own figures cannot be.

    Gives (name of the failure, sentence); the names are those of `verify`.
    """
    found: list[tuple[str, str]] = []

    def expect(true: bool, name: str, words: str) -> None:
        if not true:
            found.append((name, words))

    expect(manifest.definition == definition.hash, "definition", "The definition is not the one that was signed.")
    expect(manifest.ballot == definition.id, "definition", "The manifest names another ballot.")
    expect(manifest.title == definition.title, "definition", "The manifest gives the ballot another title.")
    asked = [(q.key, q.title, q.method, q.version) for q in definition.questions]
    answered = [(q.key, q.title, q.method, q.version) for q in manifest.questions]
    expect(asked == answered, "questions", "The questions or their methods are not those that were put to the vote.")
    texts = sorted({q.text for q in definition.questions if q.text})
    expect(list(manifest.texts) == texts, "text", "The texts are not those that were put to the vote.")
    roll = (definition.roll.hash, definition.roll.size)
    expect((manifest.roll, manifest.roll_size) == roll, "roll", "The roll is not the one that was frozen.")
    expect(manifest.closed >= definition.closes, "time", "The ballot was closed before its time.")
    for question in definition.questions:
        options = {option.key for option in question.options}
        gone = {key for q in manifest.questions if q.key == question.key for key in q.withdrawn}
        expect(gone <= options, "options", f"“{question.title}” has a withdrawn option that it never had.")
    found += _impossible(manifest, definition)
    found += _wrong_lot(manifest, definition)
    return found


def _impossible(manifest: Manifest, definition: Definition) -> list[tuple[str, str]]:
    papers, board, found = manifest.papers, manifest.board, []
    counted, marked, size = papers.counted, manifest.marked, manifest.roll_size
    if not counted <= marked <= size:
        words = f"{counted:,} papers, {marked:,} marked, {size:,} on the roll: each may not exceed the next."
        found.append(("turnout", words))
    if papers.votes != counted and definition.level != "recorded":
        found.append(("turnout", "A secret ballot has one vote for each paper."))
    if papers.votes < counted or papers.sealed_by_server + papers.on_paper > counted:
        found.append(("turnout", "The papers by the way in which they came are more than the papers counted."))
    if (board is None) != (definition.level == "recorded"):
        found.append(("board", "A secret ballot has a board of envelopes, and a recorded vote has none."))
    if board and board.leaves != board.opened + board.superseded + board.refused:
        found.append(("board", "Not every envelope on the board is counted, superseded or refused."))
    if board and board.opened + papers.on_paper != counted:
        words = f"{board.opened:,} envelopes and {papers.on_paper:,} on paper are not {counted:,} papers."
        found.append(("board", words))
    return found


def _wrong_lot(manifest: Manifest, definition: Definition) -> list[tuple[str, str]]:
    lot, rule, found = manifest.lot, definition.lot, []
    if rule.value is not None and lot.value != rule.value:
        found.append(("lot", "The public value of the lot is not the one named before opening."))
    if rule.rule == "named" and (lot.commitments or lot.reveals):
        found.append(("lot", "The lot was to be drawn from the public value alone."))
    if not set(lot.reveals) <= set(lot.commitments):
        found.append(("lot", "A value was revealed to which nobody had committed."))
    return found


def _read(value: Any, what: str = "the manifest") -> dict[str, Any]:
    shape.known_format(value, what, *KNOWN_FORMATS)
    found = shape.fields(
        value,
        what,
        format=shape.one_of(KNOWN_FORMATS),
        ballot=shape.key,
        title=shape.text(500, 1),
        definition=shape.digest,
        texts=shape.listing(shape.digest, 200),
        roll=shape.digest,
        roll_size=shape.number(),
        marked=shape.number(),
        closed=shape.instant,
        papers=_read_papers,
        board=shape.optional(_read_board),
        questions=shape.listing(_read_result, 200, 1),
        lot=_read_lot,
        files=shape.mapping(shape.digest, shape.text(200, 1), 5_000),
        software=shape.text(100, 1),
    )
    shape.distinct([each["key"] for each in found["questions"]], f"{what}, questions")
    return found


def _read_papers(value: Any, where: str) -> dict[str, Any]:
    whole = shape.number()
    return shape.fields(value, where, counted=whole, votes=whole, sealed_by_server=whole, on_paper=whole)


def _read_board(value: Any, where: str) -> dict[str, Any]:
    whole = shape.number()
    return shape.fields(value, where, root=shape.digest, leaves=whole, opened=whole, superseded=whole, refused=whole)


def _read_result(value: Any, where: str) -> dict[str, Any]:
    return shape.fields(
        value,
        where,
        key=shape.key,
        title=shape.text(500, 1),
        method=shape.key,
        version=shape.text(40, 1),
        papers=shape.digest,
        result=shape.digest,
        winners=shape.listing(shape.text(600, 1), 1_000),
        outcome=shape.text(2_000, 1),
        spoiled=shape.number(),
        withdrawn=shape.listing(shape.key, 1_000),
    )


def _read_lot(value: Any, where: str) -> dict[str, Any]:
    def revealed(each: Any, there: str) -> dict[str, Any]:
        return shape.fields(each, there, value=shape.text(1_000), salt=shape.text(1_000))

    member = shape.text(100, 1)
    return shape.fields(
        value,
        where,
        seed=shape.optional(shape.text(1_000)),
        value=shape.optional(shape.text(1_000)),
        commitments=shape.mapping(shape.digest, member, 200),
        reveals=shape.mapping(revealed, member, 200),
    )
