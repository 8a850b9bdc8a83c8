"""The ballot definition: everything that is settled before the first vote, as one document with one hash.

Every envelope is sealed to this hash and every certificate names it, so that neither a question, an option, a rule, a
signer nor what will be published can change once voting is open. Field by field it is described in docs/bundle.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from consult.ledger import canonical, declared
from consult.ledger.declared import COPIES as COPIES
from consult.ledger.declared import FIRST as FIRST
from consult.ledger.declared import FORMAT as FORMAT
from consult.ledger.declared import KNOWN_FORMATS as KNOWN_FORMATS
from consult.ledger.declared import LEVELS as LEVELS
from consult.ledger.declared import LONGEST_WINDOW as LONGEST_WINDOW
from consult.ledger.declared import LOTS as LOTS
from consult.ledger.declared import ORDERS as ORDERS
from consult.ledger.declared import PAPER_RULES as PAPER_RULES
from consult.ledger.declared import PUBLIC_KEY as PUBLIC_KEY
from consult.ledger.declared import PUBLICATION as PUBLICATION
from consult.ledger.declared import SECOND as SECOND
from consult.ledger.declared import SIGNING_KEY as SIGNING_KEY
from consult.ledger.declared import WEIGHTING as WEIGHTING
from consult.ledger.shape import Malformed


@dataclass(frozen=True)
class Option:
    """A candidate or an answer. `key` enters the lot and never changes; `groups` are for reserved places.

    `statement` is the SHA-256 of what the option says for itself (UTF-8), `photograph` that of the picture (JPEG) as it is
    shown beside it; None where there is none.
    """

    key: str
    name: str
    groups: tuple[str, ...] = ()
    statement: str | None = None
    photograph: str | None = None

    def as_counted(self) -> dict[str, Any]:
        """What a counter is told of it."""
        return {"key": self.key, "name": self.name, "groups": self.groups}


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
    whether a vote may be replaced before the close, how papers are taken, and whether the vote of somebody who is taken
    off the roll afterwards counts or is set aside.

    The seed alone gives nobody's order: the voter and a key that only the server has go into it too, because whoever
    ranks straight down the page could else be found out from published papers.
    """

    order: str = "fixed"
    seed: str = ""
    replacing: bool = False
    papers: str = "none"
    removed: str = "counts"


@dataclass(frozen=True)
class Translation:
    """The paper in another language, made of the one in `authoritative`, which alone binds (BCP 47 tags).

    `words` are by key: "title" and "explanation" of the ballot, "q1" and "q1.explanation" of a question, "q1.for" and
    "q1.for.statement" of an option.
    """

    language: str
    authoritative: str
    words: dict[str, str]


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
    translations: tuple[Translation, ...] = ()

    def __post_init__(self) -> None:
        declared.read(self.as_json())  # built in code or read from a file, it passes the same checks

    @property
    def n(self) -> int:
        """How many may sign; `k` of them must."""
        return len(self.signers)

    def as_json(self) -> dict[str, Any]:
        """The document as plain data; `casting` and `translations` stand in it only where they say something."""
        value = asdict(self)
        if not self.translations:
            del value["translations"]
        if self.casting == Casting():
            del value["casting"]
        elif self.casting.removed == declared.REMOVED[0]:
            del value["casting"]["removed"]
        if self.format != FORMAT:
            for option in (option for question in value["questions"] for option in question["options"]):
                for name in declared.SINCE_3:
                    del option[name]
        return {name: item for name, item in value.items() if self.format != FIRST or name not in declared.SINCE_2}

    @cached_property
    def bytes(self) -> bytes:
        """The canonical bytes."""
        return canonical.dumps(self.as_json())

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical bytes: the name of this ballot to envelopes and certificates."""
        return canonical.sha256(self.bytes)

    def in_language(self, tag: str) -> Translation | None:
        """The paper in this language, if it was translated; None for the authoritative one."""
        return next((each for each in self.translations if each.language == tag), None)

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
    value = declared.read(canonical.loads(data, what), what)
    later = {name: value[name] for name in declared.SINCE_2 if name in value}
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
        translations=tuple(Translation(**each) for each in value.get("translations", ())),
    )


def contest_of(
    definition: Definition, question: Question, withdrawn: Iterable[str] = (), roll: Roll | None = None
) -> dict[str, Any]:
    """What a counter is told of one question, as plain data in the words of the counting rules.

    `roll` is the electorate where the frozen roll was added to or taken from (`consult.ledger.electorate.amended`).

    `ballot_id` is "ballot/question", so that a lot falls differently for each question; `withdrawn` are keys of
    options that withdrew or died during the poll, `ron` and `withdrawn` in the result are positions from 0.
    """
    keys = [option.key for option in question.options]
    gone, roll = set(withdrawn), roll or definition.roll
    if not gone <= set(keys):
        raise Malformed(f"“{min(gone - set(keys))}” is withdrawn, but is no option of “{question.title}”.")
    return {
        "ballot_id": f"{definition.id}/{question.key}",
        "candidates": [option.as_counted() for option in question.options],
        "seats": question.seats,
        "withdrawn": [place for place, key in enumerate(keys) if key in gone],
        "reserves": [asdict(reserve) for reserve in question.reserves],
        "ron": keys.index(question.ron) if question.ron is not None else None,
        "roll": roll.size,
        "units": dict(roll.units),
        "settings": dict(question.settings),
    }


def _question(value: Mapping[str, Any]) -> Question:
    parts = {
        "options": tuple(Option(**each) for each in value["options"]),
        "reserves": tuple(Reserve(**each) for each in value["reserves"]),
    }
    return Question(**{**value, **parts})
