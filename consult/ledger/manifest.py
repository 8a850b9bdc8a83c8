"""The manifest: the one page that the committee signs, with the hash of everything that the result rests on.

It binds the ballot definition, the texts decided, the roll and how many were marked on it, the board of envelopes, the
papers, each question's result, the lot, the software, and every other file of the bundle. What it says in words
(titles, outcomes) is what `consult sign` shows before signing. Field by field: docs/bundle.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from consult.ledger import canonical, electorate, levels, merkle, shape
from consult.ledger import definition as definitions
from consult.ledger.definition import LEVELS

#: What this software writes, and the older formats.
FORMAT, SECOND, FIRST = "consult-result/3", "consult-result/2", "consult-result/1"

#: What it can verify; an older format is added here only together with its own rules. Anything else is refused.
KNOWN_FORMATS = (FIRST, SECOND, FORMAT)

#: Which format of a ballot has which format of a result: a newer ballot with an older result was downgraded.
OF_BALLOT = {definitions.FIRST: FIRST, definitions.SECOND: SECOND, definitions.FORMAT: FORMAT}

#: Members that the first format did not have.
_SINCE_2 = ("challenged", "desk", "rerun_of", "level")


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
class Challenged:
    """Challenged ballots: cast = admitted + refused; of those admitted some could not be read as a paper.

    `root` is the Merkle root over the receipts of those admitted; `rolls` are the hashes of the supplementary rolls that
    admitted them, in order.
    """

    cast: int = 0
    admitted: int = 0
    refused: int = 0
    unreadable: int = 0
    root: str = merkle.EMPTY.hex()
    rolls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What stood between the count and the certificate: complaints, recounts, extensions, people turned away.

    `affected` is how many votes the complaints panel found affected. A certificate with an undecided complaint, or with
    a recount that was asked for and not made, cannot be.
    """

    complaints: int = 0
    upheld: int = 0
    undecided: int = 0
    affected: int = 0
    recounts_asked: int = 0
    recounts_made: int = 0
    turned_away: int = 0
    extended: tuple[str, ...] = ()
    provisional: str | None = None


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
    challenged: Challenged = field(default_factory=Challenged)
    desk: Desk = field(default_factory=Desk)
    rerun_of: str | None = None
    level: str = "operator"
    #: What was added to the frozen roll and taken from it, in order; it stands in the document only where there was any.
    changes: tuple[electorate.Change, ...] = ()
    format: str = FORMAT

    def __post_init__(self) -> None:
        _read(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """The document as plain data."""
        value = asdict(self)
        if not self.changes:
            del value["changes"]
        return {name: item for name, item in value.items() if self.format != FIRST or name not in _SINCE_2}

    @property
    def electorate(self) -> int:
        """How many were on the roll with what was added to it and taken from it."""
        return self.roll_size + sum(change.effect for change in self.changes)

    def dumps(self) -> bytes:
        """The canonical bytes: exactly these are signed."""
        return canonical.dumps(self.as_json())


def loads(data: bytes, what: str = "manifest.json") -> Manifest:
    """Read a manifest from its canonical bytes; raises `shape.UnknownFormat`, `NotCanonical` or `Malformed`."""
    value = _read(canonical.loads(data, what), what)
    if "desk" in value:
        value["challenged"], value["desk"] = Challenged(**value["challenged"]), Desk(**value["desk"])
    value["papers"] = Papers(**value["papers"])
    value["board"] = Board(**value["board"]) if value["board"] is not None else None
    value["questions"] = tuple(QuestionResult(**each) for each in value["questions"])
    value["lot"] = LotDrawn(**value["lot"])
    value["changes"] = tuple(electorate.Change(**each) for each in value.get("changes", ()))
    return Manifest(**value)


def in_words(manifest: Manifest, names: Mapping[str, Mapping[str, str]] | None = None) -> list[str]:
    """What a signature under this manifest says, in sentences: the title, the figures, the outcome of each question.

    Names of voters and votes are nowhere in a manifest, so this may be shown to anybody.
    """
    papers, lines = manifest.papers, [manifest.title]
    lines += [levels.sentence(manifest.level), ""] if manifest.format != FIRST else [""]
    lines.append(
        f"{manifest.electorate:,} on the roll, {manifest.marked:,} marked as having voted, "
        f"{papers.counted:,} papers counted" + (f", {papers.votes:,} votes." if papers.votes != papers.counted else ".")
    )
    if manifest.changes:
        people = {kind: sum(c.people for c in manifest.changes if c.kind == kind) for kind in electorate.KINDS}
        lines.append(
            f"The roll was frozen with {manifest.roll_size:,}; afterwards {people['addition']:,} were added, "
            f"{people['removal']:,} removed and {people['restoration']:,} restored."
        )
    if papers.sealed_by_server:
        rest = "the rest of those cast online" if papers.on_paper else "the rest"
        lines.append(f"{papers.sealed_by_server:,} of the papers were sealed by the server, {rest} by the voters.")
    if papers.on_paper:
        lines.append(f"{papers.on_paper:,} of the papers came on paper.")
    if manifest.board and (manifest.board.superseded or manifest.board.refused):
        lines.append(
            f"{manifest.board.superseded:,} envelopes were replaced or set aside before the close, "
            f"{manifest.board.refused:,} were refused."
        )
    if manifest.lot.silent:
        lines.append(
            f"{len(manifest.lot.silent)} of the {len(manifest.lot.commitments)} who committed to the lot did not reveal "
            f"(member {', '.join(manifest.lot.silent)}), so the public value alone made its seed."
        )
    lines += _desk_in_words(manifest)
    for question in manifest.questions:
        lines += ["", f"{question.title} ({question.method}, version {question.version})", f"  {question.outcome}"]
        if question.winners:
            lines.append(f"  Named by the count: {', '.join(question.winners)}.")
        if question.spoiled:
            lines.append(f"  {question.spoiled:,} papers could not be read.")
        if question.withdrawn:
            called = (names or {}).get(question.key, {})
            gone = ", ".join(called.get(key, f"option {key} of the definition") for key in question.withdrawn)
            lines.append(f"  Withdrew or died during the poll: {gone}.")
    return lines


def _desk_in_words(manifest: Manifest) -> list[str]:
    challenged, desk, lines = manifest.challenged, manifest.desk, []
    if challenged.cast:
        lines.append(
            f"{challenged.cast:,} challenged ballots: {challenged.admitted:,} admitted before the opening, "
            f"{challenged.refused:,} refused."
        )
    if desk.extended:
        lines.append(f"The close was extended to {desk.extended[-1]}.")
    if desk.turned_away:
        lines.append(f"{desk.turned_away:,} people tried to vote and could not.")
    if desk.complaints:
        lines.append(f"{desk.complaints:,} complaints, {desk.upheld:,} upheld, about {desk.affected:,} votes.")
    if desk.recounts_made:
        lines.append(f"{desk.recounts_made:,} recounts were asked for and made, with the same result.")
    if manifest.rerun_of:
        lines.append(f"This ballot puts ballot {manifest.rerun_of} again, which was annulled.")
    return lines


def _read(value: Any, what: str = "the manifest") -> dict[str, Any]:
    shape.known_format(value, what, *KNOWN_FORMATS)
    later: dict[str, shape.Check] = {
        "challenged": _read_challenged,
        "desk": _read_desk,
        "rerun_of": shape.optional(shape.key),
        "level": shape.one_of(LEVELS),
    }
    more: dict[str, shape.Check] = {}
    if isinstance(value, Mapping) and value.get("format") == FORMAT and "changes" in value:
        more["changes"] = _read_changes
    found = shape.fields(
        value,
        what,
        **({} if isinstance(value, Mapping) and value.get("format") == FIRST else later),
        **more,
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


def _read_changes(value: Any, where: str) -> tuple[dict[str, Any], ...]:
    found = electorate.read(value, where)
    if not found:
        raise shape.Malformed(f"In {where}: what says nothing is left out.")
    return found


def _read_papers(value: Any, where: str) -> dict[str, Any]:
    whole = shape.number()
    return shape.fields(value, where, counted=whole, votes=whole, sealed_by_server=whole, on_paper=whole)


def _read_board(value: Any, where: str) -> dict[str, Any]:
    whole = shape.number()
    return shape.fields(value, where, root=shape.digest, leaves=whole, opened=whole, superseded=whole, refused=whole)


def _read_challenged(value: Any, where: str) -> dict[str, Any]:
    whole, rolls = shape.number(), shape.listing(shape.digest, 1_000)
    counted = {"cast": whole, "admitted": whole, "refused": whole, "unreadable": whole}
    return shape.fields(value, where, **counted, root=shape.digest, rolls=rolls)


def _read_desk(value: Any, where: str) -> dict[str, Any]:
    names = ["complaints", "upheld", "undecided", "affected", "recounts_asked", "recounts_made", "turned_away"]
    later = shape.listing(shape.instant, 100)
    figures = {name: shape.number() for name in names}
    return shape.fields(value, where, **figures, extended=later, provisional=shape.optional(shape.instant))


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
