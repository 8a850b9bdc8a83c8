"""A scrutineer's recount: what it came to for each question, signed by the scrutineer's own key, for the bundle.

Where the papers of a ballot are not public, scrutineers hold them and count them again away from the server. Each signs
the hash of the papers they counted and of the count they came to; the bundle carries those signatures, and whoever
verifies it sees that k people whom the ballot named beforehand have done what the public cannot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from consult.ledger import canonical, shape, signing
from consult.ledger.definition import SIGNING_KEY

if TYPE_CHECKING:  # verifying needs no package, and so does not import one
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: One signed recount, and the file of all of them in a bundle.
FORMAT, FILE = "consult-recount/1", "consult-recounts/1"

_LARGEST = 1 << 20


class Question(NamedTuple):
    """One question recounted: the SHA-256 of the file of papers, and the hash of the count."""

    key: str
    papers: str
    result: str


@dataclass(frozen=True)
class Recounted:
    """What was recounted, by whom and with which software."""

    ballot: str
    definition: str
    by: str
    software: str
    questions: tuple[Question, ...]

    def dumps(self) -> bytes:
        """The canonical bytes: exactly these are signed."""
        return canonical.dumps({"format": FORMAT, **asdict(self), "questions": [q._asdict() for q in self.questions]})


@dataclass(frozen=True)
class Signed:
    """A recount with its signature."""

    recounted: Recounted
    key: str
    signature: str

    @property
    def content(self) -> bytes:
        """The bytes that were signed."""
        return self.recounted.dumps()

    @property
    def holds(self) -> bool:
        """Whether the signature is of these bytes by this key."""
        return signing.holds(self.content, signing.Signature(self.key, self.signature))

    def as_json(self) -> dict[str, Any]:
        """As it stands in a file."""
        return {"recount": canonical.loads(self.content), "key": self.key, "signature": self.signature}


def sign(recounted: Recounted, key: Ed25519PrivateKey) -> Signed:
    """Sign the exact bytes of a recount."""
    content = recounted.dumps()
    public = key.public_key().public_bytes_raw()
    return Signed(recounted, shape.encode(public), shape.encode(key.sign(content)))


def write_one(signed: Signed) -> bytes:
    """The file that `consult recount` writes, and that a scrutineer hands in."""
    return canonical.dumps(signed.as_json())


def read(data: bytes, what: str = "The recount") -> Signed:
    """Read one signed recount; `Malformed` or `NotCanonical` says what is wrong. The signature is not checked here."""
    if len(data) > _LARGEST:
        raise shape.Malformed(f"{what} is larger than a recount can be.")
    return _signed(canonical.loads(data.strip(), what), what)


def signed_of(content: bytes, key: str, signature: str) -> Signed:
    """A recount from the bytes that were signed, the key and the signature."""
    return Signed(_recounted(canonical.loads(content), "The recount"), key, signature)


def write(recounts: Iterable[Signed]) -> bytes:
    """The file recounts.json of a bundle, in the order of the keys."""
    ordered = sorted(recounts, key=lambda each: each.key)
    return canonical.dumps({"format": FILE, "recounts": [each.as_json() for each in ordered]})


def read_all(data: bytes, what: str = "recounts.json") -> tuple[Signed, ...]:
    """Read recounts.json; the recounts must be in the order of their keys, each key once."""
    value = shape.known_format(canonical.loads(data, what), what, FILE)
    listed = shape.listing(_signed, 200)
    found: tuple[Signed, ...] = shape.fields(value, what, format=shape.one_of([FILE]), recounts=listed)["recounts"]
    keys = [each.key for each in found]
    if keys != sorted(set(keys)):
        raise shape.Malformed(f"In {what}: the recounts are not in the order of their keys, or one key is there twice.")
    return found


def _signed(value: Any, where: str) -> Signed:
    key, signature = shape.key_bytes(SIGNING_KEY), shape.key_bytes(signing.SIGNATURE)
    found = shape.fields(value, where, recount=_recounted, key=key, signature=signature)
    return Signed(found["recount"], found["key"], found["signature"])


def _recounted(value: Any, where: str) -> Recounted:
    found = shape.fields(
        shape.known_format(value, where, FORMAT),
        where,
        format=shape.one_of([FORMAT]),
        ballot=shape.key,
        definition=shape.digest,
        by=shape.text(200, 1),
        software=shape.text(100),
        questions=shape.listing(_question, 200, 1),
    )
    found.pop("format")
    return Recounted(**found)


def _question(value: Any, where: str) -> Question:
    return Question(**shape.fields(value, where, key=shape.key, papers=shape.digest, result=shape.digest))
