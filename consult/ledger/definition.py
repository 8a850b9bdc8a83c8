"""The ballot definition: everything that is settled before the first vote, as one document with one hash.

Every envelope is sealed to this hash and every certificate names it, so that neither a question, an option, a rule, a
signer nor what will be published can change once voting is open. Field by field it is described in docs/bundle.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from consult.ledger import canonical, shape
from consult.ledger.shape import Malformed

#: What this software writes, and the older format that it still reads by the rules of its time.
FORMAT, FIRST = "consult-ballot/2", "consult-ballot/1"

#: Members that the first format did not have.
_SINCE_2 = ("complaint_hours", "recounts", "scrutineers", "rerun_of", "shares", "board_key", "weighting")

#: The longest window for complaints, in hours: sixty days.
LONGEST_WINDOW = 1_440

#: Who could find out how somebody voted. sealed: k members of the committee who put their shares of a key together.
#: operator: whoever runs the server, which keeps the key. recorded: everybody, for votes are open.
LEVELS = ("sealed", "operator", "recorded")

#: What is published of the papers: all of them; those of a question only if every pattern on it was cast ten times;
#: none, only tables.
PUBLICATION = ("all-papers", "ten-copies", "tables-only")

#: The fewest identical papers that may be published under "ten-copies".
COPIES = 10

#: named: the public value alone is the seed. commit-and-reveal: members' revealed values are, if all reveal.
LOTS = ("named", "commit-and-reveal")

#: fixed: options as listed. random: the candidates of a question in an order of each voter's own, drawn from the seed.
ORDERS = ("fixed", "random")

#: none: votes are cast online only. first: of a vote online and one on paper, the first recorded counts. paper: the paper.
PAPER_RULES = ("none", "first", "paper")

#: one: each voter has one vote. members: a card counts for the members of the voter's branch (recorded votes only).
WEIGHTING = ("one", "members")

#: An uncompressed point of P-256 (RFC 9180 section 7.1.1) and an Ed25519 public key (RFC 8032 section 5.1.5), in bytes.
PUBLIC_KEY, SIGNING_KEY = 65, 32


@dataclass(frozen=True)
class Option:
    """A candidate or an answer. `key` enters the lot and never changes; `groups` are for reserved places."""

    key: str
    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reserve:
    """At least `minimum` and at most `maximum` (None: no limit) of the places for options of `group`."""

    group: str
    minimum: int
    maximum: int | None


@dataclass(frozen=True)
class Question:
    """One question: how it is counted (`method`, `version`, `settings`), between what, for how many places.

    `text` is the hash of the version of the text that it decides, or None for an election of people. `ron` is the key
    of the option "re-open nominations", or None.
    """

    key: str
    title: str
    method: str
    version: str
    settings: dict[str, Any]
    options: tuple[Option, ...]
    seats: int = 1
    reserves: tuple[Reserve, ...] = ()
    ron: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Roll:
    """The frozen roll: its hash, how many are on it, and how many per unit where a double majority needs it."""

    hash: str
    size: int
    units: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Lot:
    """How a tie would be broken: `words` name the public value; `value` is it, if it was already known."""

    rule: str
    words: str
    value: str | None = None


@dataclass(frozen=True)
class Signer:
    """One who may certify: `name` as members know them, `key` their raw Ed25519 public key as base64url."""

    name: str
    key: str


@dataclass(frozen=True)
class Casting:
    """How votes are cast: the order of candidates on a paper and the seed it is drawn from ("" where it is fixed),
    whether a vote may be replaced before the close, and how papers are taken.

    The seed alone gives nobody's order: the voter and a key that only the server has go into it too, because whoever
    ranks straight down the page could else be found out from published papers.
    """

    order: str = "fixed"
    seed: str = ""
    replacing: bool = False
    papers: str = "none"


@dataclass(frozen=True)
class KeyShares:
    """Whose shares open a sealed ballot: `k` of `holders`, by name; `ceremony` is the hash of the public part's document."""

    k: int
    holders: tuple[str, ...]
    ceremony: str


@dataclass(frozen=True)
class Definition:
    """A ballot as it was opened. `public_key` (base64url) is what envelopes are sealed to; None for recorded votes.

    `shares` are there at the sealed level alone. `board_key` signs the heads of the board; None for recorded votes.
    `grace` is in seconds: how long after `closes` a form issued before it may still arrive. `complaint_hours` is the
    window for complaints after the provisional result; where the papers are not public, `recounts` of the `scrutineers`
    must sign a recount of their own. `rerun_of` is the id of the annulled ballot that this one puts again.
    """

    id: str
    title: str
    level: str
    questions: tuple[Question, ...]
    opens: str
    closes: str
    grace: int
    roll: Roll
    public_key: str | None
    publication: str
    lot: Lot
    k: int
    signers: tuple[Signer, ...]
    complaint_hours: int = 0
    recounts: int = 0
    scrutineers: tuple[Signer, ...] = ()
    rerun_of: str | None = None
    shares: KeyShares | None = None
    board_key: str | None = None
    weighting: str = "one"
    format: str = FORMAT
    casting: Casting = Casting()

    def __post_init__(self) -> None:
        _read(self.as_json())  # built in code or read from a file, it passes the same checks

    @property
    def n(self) -> int:
        """How many may sign; `k` of them must."""
        return len(self.signers)

    def as_json(self) -> dict[str, Any]:
        """The document as plain data; `casting` stands in it only where it says something."""
        value = asdict(self)
        if self.casting == Casting():
            del value["casting"]
        return {name: item for name, item in value.items() if self.format != FIRST or name not in _SINCE_2}

    @cached_property
    def bytes(self) -> bytes:
        """The canonical bytes."""
        return canonical.dumps(self.as_json())

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical bytes: the name of this ballot to envelopes and certificates."""
        return canonical.sha256(self.bytes)

    def question(self, key: str) -> Question:
        """The question of this key; `Malformed` if there is none."""
        for question in self.questions:
            if question.key == key:
                return question
        raise Malformed(f"This ballot has no question “{key}”.")


@lru_cache(maxsize=64)  # every vote cast reads its ballot's definition: the same bytes are read and checked once
def loads(data: bytes, what: str = "definition.json") -> Definition:
    """Read a definition from its canonical bytes; `NotCanonical` or `Malformed` says what is wrong and where.

    The same bytes may give the same object again; nobody changes a definition, its settings included.
    """
    value = _read(canonical.loads(data, what), what)
    later = {name: value[name] for name in _SINCE_2 if name in value}
    if "scrutineers" in later:
        later["scrutineers"] = tuple(Signer(**each) for each in later["scrutineers"])
    if later.get("shares") is not None:
        later["shares"] = KeyShares(**later["shares"])
    return Definition(
        format=value["format"],
        id=value["id"],
        title=value["title"],
        level=value["level"],
        questions=tuple(_question(each) for each in value["questions"]),
        opens=value["opens"],
        closes=value["closes"],
        grace=value["grace"],
        roll=Roll(**value["roll"]),
        public_key=value["public_key"],
        publication=value["publication"],
        lot=Lot(**value["lot"]),
        k=value["k"],
        signers=tuple(Signer(**each) for each in value["signers"]),
        **later,
        casting=Casting(**value.get("casting", {})),
    )


def contest_of(definition: Definition, question: Question, withdrawn: Iterable[str] = ()) -> dict[str, Any]:
    """What a counter is told of one question, as plain data in the words of the counting rules.

    `ballot_id` is "ballot/question", so that a lot falls differently for each question; `withdrawn` are keys of
    options that withdrew or died during the poll, `ron` and `withdrawn` in the result are positions from 0.
    """
    keys = [option.key for option in question.options]
    gone = set(withdrawn)
    if not gone <= set(keys):
        raise Malformed(f"“{min(gone - set(keys))}” is withdrawn, but is no option of “{question.title}”.")
    return {
        "ballot_id": f"{definition.id}/{question.key}",
        "candidates": [asdict(option) for option in question.options],
        "seats": question.seats,
        "withdrawn": [place for place, key in enumerate(keys) if key in gone],
        "reserves": [asdict(reserve) for reserve in question.reserves],
        "ron": keys.index(question.ron) if question.ron is not None else None,
        "roll": definition.roll.size,
        "units": dict(definition.roll.units),
        "settings": dict(question.settings),
    }


def _read(value: Any, what: str = "the ballot definition") -> dict[str, Any]:
    """Check every field of plain data, and what must hold between them; give the fields with lists as tuples."""
    shape.known_format(value, what, FIRST, FORMAT)
    later: dict[str, shape.Check] = {
        "complaint_hours": shape.number(0, LONGEST_WINDOW),
        "recounts": shape.number(0, 100),
        "scrutineers": shape.listing(_read_signer, 100),
        "rerun_of": shape.optional(shape.key),
        "shares": shape.optional(_read_shares),
        "board_key": shape.optional(shape.key_bytes(SIGNING_KEY)),
        "weighting": shape.one_of(WEIGHTING),
    }
    more: dict[str, shape.Check] = {}
    if isinstance(value, Mapping) and "casting" in value:
        more["casting"] = _read_casting
    found = shape.fields(
        value,
        what,
        **({} if isinstance(value, Mapping) and value.get("format") == FIRST else later),
        format=shape.one_of([FIRST, FORMAT]),
        id=shape.key,
        title=shape.text(500, 1),
        level=shape.one_of(LEVELS),
        questions=shape.listing(_read_question, 200, 1),
        opens=shape.instant,
        closes=shape.instant,
        grace=shape.number(0, 86_400),
        roll=_read_roll,
        public_key=shape.optional(shape.key_bytes(PUBLIC_KEY)),
        publication=shape.one_of(PUBLICATION),
        lot=_read_lot,
        k=shape.number(1, 100),
        signers=shape.listing(_read_signer, 100, 1),
        **more,
    )
    shape.distinct([each["key"] for each in found["questions"]], f"{what}, questions")
    if found["opens"] >= found["closes"]:
        raise Malformed(f"In {what}: the ballot closes before it opens.")
    if found["k"] > len(found["signers"]):
        raise Malformed(f"In {what}: {found['k']} must sign, but only {len(found['signers'])} may.")
    if len({each["key"] for each in found["signers"]}) != len(found["signers"]):
        raise Malformed(f"In {what}: two signers have the same key.")
    everybody = [each["key"] for each in (*found["signers"], *found.get("scrutineers", ()))]
    if len(set(everybody)) != len(everybody):
        raise Malformed(f"In {what}: a scrutineer has the key of somebody else.")
    if found.get("recounts", 0) > len(found.get("scrutineers", ())):
        raise Malformed(f"In {what}: more scrutineers must recount than are named.")
    if (found["level"] == "recorded") != (found["public_key"] is None):
        raise Malformed(f"In {what}: a secret ballot needs a public key, and a recorded vote has none.")
    if "shares" in found:
        _level_fits(found, what)
    return found


def _read_question(value: Any, where: str) -> dict[str, Any]:
    found = shape.fields(
        value,
        where,
        key=shape.key,
        title=shape.text(500, 1),
        method=shape.key,
        version=shape.text(40, 1),
        settings=shape.mapping(shape.anything, shape.text(100, 1), 100),
        options=shape.listing(_read_option, 1_000, 1),
        seats=shape.number(1, 1_000),
        reserves=shape.listing(_read_reserve, 100),
        ron=shape.optional(shape.key),
        text=shape.optional(shape.digest),
    )
    keys = [each["key"] for each in found["options"]]
    shape.distinct(keys, f"{where}, options")
    if found["ron"] is not None and found["ron"] not in keys:
        raise Malformed(f"In {where}, ron: “{found['ron']}” is no option.")
    return found


def _read_option(value: Any, where: str) -> dict[str, Any]:
    groups = shape.listing(shape.text(100, 1), 20)
    return shape.fields(value, where, key=shape.key, name=shape.text(500, 1), groups=groups)


def _read_reserve(value: Any, where: str) -> dict[str, Any]:
    most = shape.optional(shape.number(0, 1_000))
    return shape.fields(value, where, group=shape.text(100, 1), minimum=shape.number(0, 1_000), maximum=most)


def _read_roll(value: Any, where: str) -> dict[str, Any]:
    units = shape.mapping(shape.number(0), shape.text(100, 1), 100_000)
    return shape.fields(value, where, hash=shape.digest, size=shape.number(0), units=units)


def _read_lot(value: Any, where: str) -> dict[str, Any]:
    known = shape.optional(shape.text(1_000, 1))
    return shape.fields(value, where, rule=shape.one_of(LOTS), words=shape.text(2_000, 1), value=known)


def _read_casting(value: Any, where: str) -> dict[str, Any]:
    found = shape.fields(
        value,
        where,
        order=shape.one_of(ORDERS),
        seed=shape.text(64),
        replacing=shape.flag,
        papers=shape.one_of(PAPER_RULES),
    )
    if (found["order"] == "random") != bool(found["seed"]):
        raise Malformed(f"In {where}: a random order has a seed, and a fixed one has none.")
    if found == asdict(Casting()):
        raise Malformed(f"In {where}: what says nothing is left out.")
    return found


def _read_signer(value: Any, where: str) -> dict[str, Any]:
    return shape.fields(value, where, name=shape.text(200, 1), key=shape.key_bytes(SIGNING_KEY))


def _level_fits(found: Mapping[str, Any], what: str) -> None:
    """What must hold between the level and the members that the second format has for it."""
    if (found["level"] == "sealed") != (found["shares"] is not None):
        raise Malformed(f"In {what}: a sealed ballot names those who hold shares of its key, and no other has any.")
    if found["level"] != "recorded" and found["weighting"] != "one":
        raise Malformed(f"In {what}: only in a recorded vote may a card count for more than one vote.")
    if found["level"] == "recorded" and found["board_key"] is not None:
        raise Malformed(f"In {what}: a recorded vote has no list of sealed votes, so nothing signs one.")


def _read_shares(value: Any, where: str) -> dict[str, Any]:
    holders = shape.listing(shape.text(200, 1), 16, 2)
    found = shape.fields(value, where, k=shape.number(2, 16), holders=holders, ceremony=shape.digest)
    if found["k"] > len(found["holders"]):
        raise Malformed(f"In {where}: {found['k']} shares must come together, but there are fewer.")
    return found


def _question(value: Mapping[str, Any]) -> Question:
    parts = {
        "options": tuple(Option(**each) for each in value["options"]),
        "reserves": tuple(Reserve(**each) for each in value["reserves"]),
    }
    return Question(**{**value, **parts})
