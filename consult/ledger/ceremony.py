"""The key ceremony's documents: what is planned, the public part of the key, the trial envelope, and the rehearsal.

    plan        who holds a share and how many must come together        made on the server, carried to the ceremony
    public part the plan, the public key, the hash of each share         made off line, uploaded
    trial       a random value sealed to that key                        made on the server, carried to the rehearsal
    rehearsal   that value, opened from the shares, and whose they were  made off line, uploaded

The trial proves to the server that the holders' written words open what is sealed to this key, by the very steps of the
opening. Everything here is canonical JSON; nothing in the four is secret, and none holds a share. See docs/ceremony.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from itertools import chain
from typing import Any

from cryptography.exceptions import InvalidTag

from consult.domain.errors import Refused
from consult.ledger import canonical, envelopes, shape, shares
from consult.ledger.definition import PUBLIC_KEY

PLAN, PUBLIC = "consult-ceremony/1", "consult-ballot-key/1"
TRIAL, REHEARSAL = "consult-trial/1", "consult-rehearsal/1"

#: Bytes of the random value in a trial envelope.
NONCE = 32

_INFO = b"consult trial 1 "
_ENVELOPE = NONCE + envelopes.OVERHEAD


@dataclass(frozen=True)
class Holder:
    """One who holds a share: the membership number and the name as members know them; `check` once there is a share."""

    number: str
    name: str
    check: str = ""


@dataclass(frozen=True)
class Ceremony:
    """Who holds shares of the key of which ballot, and how many of them must come together.

    `public_key` (base64url) is empty in a plan. A holder's place, from 1, is the number on the sheet.
    """

    ballot: str
    title: str
    k: int
    holders: tuple[Holder, ...]
    public_key: str = ""

    def __post_init__(self) -> None:
        _read(self.as_json(), "the ceremony")

    @property
    def n(self) -> int:
        """How many shares there are."""
        return len(self.holders)

    def as_json(self) -> dict[str, Any]:
        """The document as plain data: a plan, or the public part once there is a key."""
        if self.public_key:
            return {"format": PUBLIC, **asdict(self)}
        holders = [{"number": holder.number, "name": holder.name} for holder in self.holders]
        return {"format": PLAN, "ballot": self.ballot, "title": self.title, "k": self.k, "holders": holders}

    def dumps(self) -> bytes:
        """The canonical bytes."""
        return canonical.dumps(self.as_json())

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical bytes."""
        return canonical.sha256(self.dumps())

    @property
    def fingerprint(self) -> str:
        """The first 160 bits of SHA-256 of the public key, in groups of four, to be read out and compared."""
        return envelopes.readable(envelopes.leaf(self._public)[:20])

    @property
    def _public(self) -> bytes:
        return shape.decode(self.public_key, PUBLIC_KEY, "public_key")

    def holder_of(self, words: str) -> int:
        """The place, from 1, of the holder whose share this is; `ShareRefused` if it is of another ceremony."""
        found = shares.check(words)
        for place, holder in enumerate(self.holders, 1):
            if holder.check == found:
                return place
        raise shares.ShareRefused("This word list is no share of this ballot's key. Is it the sheet of another ballot?")


def make(plan: Ceremony, keys: envelopes.Keys) -> tuple[Ceremony, tuple[str, ...]]:
    """The public part, and the word list of each holder in their order; the caller lets go of `keys` at once."""
    lists = shares.split(keys.private, plan.k, plan.n)
    holders = tuple(
        replace(holder, check=shares.check(words)) for holder, words in zip(plan.holders, lists, strict=True)
    )
    return replace(plan, holders=holders, public_key=shape.encode(keys.public)), lists


def private_key(public: Ceremony, lists: Sequence[str]) -> tuple[bytes, tuple[int, ...]]:
    """The key from holders' word lists, and their places in order.

    Every list that is given takes part: the key is put together from each run of k neighbours, and all must agree.

    Raises:
        ShareRefused: for a list of another ballot, the same list twice, too few of them, or lists that do not fit.
    """
    placed = {public.holder_of(words): words for words in lists}
    if len(placed) != len(lists):
        raise shares.ShareRefused("The same word list was given twice; each holder counts once.")
    if len(placed) < public.k:
        raise shares.ShareRefused(f"{public.k} holders must come together; {len(placed)} are here.")
    places = sorted(placed)
    runs = range(1 if len(places) == public.k else len(places))
    found = {
        shares.join([placed[place] for place in list(chain(places, places))[start : start + public.k]])
        for start in runs
    }
    private = found.pop()
    if found or shape.encode(envelopes.keys_of(private).public) != public.public_key:
        raise shares.ShareRefused("These word lists make another key than that of this ballot.")
    return private, tuple(places)


# -- the rehearsal ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """A trial envelope, with everything that the rehearsal off line needs."""

    public: Ceremony
    envelope: bytes

    def dumps(self) -> bytes:
        """The file that is carried to the rehearsal."""
        key = self.public.as_json()
        return canonical.dumps({"format": TRIAL, "key": key, "envelope": shape.encode(self.envelope)})


@dataclass(frozen=True)
class Rehearsal:
    """What came out: the value in the trial envelope (hexadecimal), and the places of those whose words were used."""

    ballot: str
    trial: str
    answer: str
    places: tuple[int, ...]

    def dumps(self) -> bytes:
        """The file that is uploaded."""
        return canonical.dumps({"format": REHEARSAL, **asdict(self)})


def make_trial(public: Ceremony, nonce: bytes) -> Trial:
    """Seal a random value of 32 bytes to the key (HPKE as for papers, with a label and the key's document as `info`)."""
    key = envelopes.public_key(public._public)
    return Trial(public, envelopes.SUITE.encrypt(nonce, key, _info(public)))


def read_trial(data: bytes, what: str = "The trial") -> Trial:
    """Read the file of a trial."""
    value = shape.known_format(canonical.loads(data, what), what, TRIAL)
    found = shape.fields(
        value, what, format=shape.one_of([TRIAL]), key=shape.anything, envelope=shape.key_bytes(_ENVELOPE)
    )
    return Trial(_ceremony(found["key"], what), shape.decode(found["envelope"], _ENVELOPE, what))


def rehearse(trial: Trial, lists: Sequence[str]) -> Rehearsal:
    """Open the trial envelope from the holders' words; refuses words that do not."""
    private, places = private_key(trial.public, lists)
    try:
        answer = envelopes.SUITE.decrypt(trial.envelope, envelopes.read_private(private), _info(trial.public))
    except (InvalidTag, ValueError):
        raise Refused(
            "The trial envelope does not open with this key: the file was altered, or is of another ballot."
        ) from None
    return Rehearsal(trial.public.ballot, envelopes.leaf(trial.envelope).hex(), answer.hex(), places)


def read_rehearsal(data: bytes, what: str = "The rehearsal") -> Rehearsal:
    """Read the file of a rehearsal."""
    value = shape.known_format(canonical.loads(data, what), what, REHEARSAL)
    found = shape.fields(
        value,
        what,
        format=shape.one_of([REHEARSAL]),
        ballot=shape.key,
        trial=shape.digest,
        answer=shape.digest,
        places=shape.listing(shape.number(1, shares.MOST), shares.MOST, 1),
    )
    found.pop("format")
    return Rehearsal(**found)


def answers(trial_envelope: bytes, nonce_hash: str, rehearsal: Rehearsal) -> bool:
    """Whether a rehearsal opened this very trial envelope; `nonce_hash` is what was kept of the random value."""
    opened = sha256(bytes.fromhex(rehearsal.answer)).hexdigest()
    return rehearsal.trial == envelopes.leaf(trial_envelope).hex() and opened == nonce_hash


# -- reading ---------------------------------------------------------------------------------------------------------


def loads(data: bytes, what: str = "The file") -> Ceremony:
    """Read a plan or a public part from its canonical bytes."""
    return _ceremony(canonical.loads(data, what), what)


def _ceremony(value: Any, what: str) -> Ceremony:
    found = _read(value, what)
    found.pop("format")
    found["holders"] = tuple(Holder(**holder) for holder in found["holders"])
    return Ceremony(**found)


def _read(value: Any, what: str) -> dict[str, Any]:
    shape.known_format(value, what, PLAN, PUBLIC)
    made = isinstance(value, Mapping) and value.get("format") == PUBLIC
    key = {"public_key": shape.key_bytes(PUBLIC_KEY)} if made else {}

    def holder(each: Any, where: str) -> dict[str, Any]:
        check = {"check": shape.digest} if made else {}
        return shape.fields(each, where, number=shape.text(40, 1), name=shape.text(200, 1), **check)

    found = shape.fields(
        value,
        what,
        format=shape.one_of([PLAN, PUBLIC]),
        ballot=shape.key,
        title=shape.text(500, 1),
        k=shape.number(shares.FEWEST, shares.MOST),
        holders=shape.listing(holder, shares.MOST, shares.FEWEST),
        **key,
    )
    _possible(found, what, _names(found["holders"], "number"), _names(found["holders"], "check") if made else ())
    return found


def _names(holders: Iterable[Mapping[str, Any]], field: str) -> tuple[str, ...]:
    return tuple(str(holder[field]) for holder in holders)


def _possible(found: dict[str, Any], what: str, *unique: tuple[str, ...]) -> None:
    if found["k"] > len(found["holders"]):
        raise shape.Malformed(f"In {what}: {found['k']} holders must come together, but there are fewer.")
    for names in unique:
        shape.distinct(names, f"{what}, holders")


def _info(public: Ceremony) -> bytes:
    return _INFO + public.hash.encode("ascii")
