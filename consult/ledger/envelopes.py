"""Sealed papers: one paper becomes bytes of one length, an envelope that only the ballot's key opens, and a receipt.

A paper is the canonical JSON list of its answers, one per question in the order of the ballot definition:

    [{"question": "q1", "ranking": [2, 0, [1, 3]], "verdicts": ""}, …]

followed by spaces up to one length for all papers of the ballot, so that no envelope is longer than another. The seal
is HPKE in base mode (RFC 9180 section 6.1, single shot) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM,
the hash of the ballot definition as `info` and no associated data. An envelope is the 65 bytes of the encapsulated key
followed by the ciphertext and its tag. Any implementation of RFC 9180 can seal and open; browsers do.

Randomness: making a key and sealing draw on the operating system's generator inside the cryptographic library, as the
RFC requires; nothing else here is random.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from consult.domain.errors import Refused
from consult.ledger import shape
from consult.ledger.definition import PUBLIC_KEY, Definition
from consult.ledger.rankings import Level as Level
from consult.ledger.rankings import check_ranking, check_verdicts
from consult.ledger.receipts import leaf as leaf
from consult.ledger.receipts import read_receipt as read_receipt
from consult.ledger.receipts import readable as readable
from consult.ledger.receipts import receipt as receipt

#: KEM 0x0010, KDF 0x0001, AEAD 0x0002 (RFC 9180 section 7).
SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)

#: Bytes by which an envelope is longer than the paper in it: the encapsulated key and the tag of AES-GCM.
OVERHEAD = PUBLIC_KEY + 16

#: Bytes of a serialised private key (RFC 9180 section 7.1.2).
PRIVATE_KEY = 32

_INFO = b"consult envelope 1 "
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SEC 2 section 2.4.2)


class EnvelopeRefused(Refused):
    """An envelope cannot be admitted. `kind`: "length", "sealed otherwise", "not a paper" or "replayed"."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class Answer(NamedTuple):
    """The answer to one question: positions of options from 0, the most preferred first, a tuple where ranked equal.

    `verdicts` is "" or one of "+", "-" and "0" for each option. () with "" is a blank answer.
    """

    question: str
    ranking: tuple[Level, ...] = ()
    verdicts: str = ""


Paper: TypeAlias = tuple[Answer, ...]


class Keys(NamedTuple):
    """One ballot's key pair: 32 and 65 bytes (RFC 9180 section 7.1.1); the private part belongs off the server."""

    private: bytes
    public: bytes


@dataclass(frozen=True)
class Opened:
    """What came out of a box of envelopes: the papers (in the order given), and the refused by position with why."""

    papers: tuple[Paper, ...]
    refused: tuple[tuple[int, EnvelopeRefused], ...]


def generate_keys() -> Keys:
    """A new key pair for one ballot.

    >>> [len(part) for part in generate_keys()]
    [32, 65]
    """
    private = ec.generate_private_key(ec.SECP256R1())
    return keys_of(private.private_numbers().private_value.to_bytes(PRIVATE_KEY, "big"))


def keys_of(private: bytes) -> Keys:
    """The pair that belongs to a private key, for instance to one put together again from its shares."""
    public = read_private(private).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Keys(private, public)


def paper_length(definition: Definition) -> int:
    """The length in bytes of every paper of this ballot: the longest any voter could fill in.

    For each question that is its key and one of each option's position, in brackets of its own, a comma and a verdict;
    a browser computes the same sum.
    """
    return 2 + sum(_answer_length(question.key, len(question.options)) for question in definition.questions)


def envelope_length(definition: Definition) -> int:
    """The length in bytes of every envelope of this ballot."""
    return paper_length(definition) + OVERHEAD


def info(definition: Definition) -> bytes:
    """What binds an envelope to its ballot: a label and the definition's hash in hexadecimal, as ASCII bytes."""
    return _INFO + definition.hash.encode("ascii")


def write_paper(definition: Definition, answers: Iterable[Answer]) -> bytes:
    """The padded bytes of a paper; `EnvelopeRefused` where it does not answer this ballot's questions."""
    data = spelt(answers).ljust(paper_length(definition))
    read_paper(definition, data)
    return data


def read_paper(definition: Definition, data: bytes) -> Paper:
    """The reverse of `write_paper`: exactly one length, one spelling, one answer to each question in order.

    Only the shape is judged here. Whether a rule admits equal ranks, or two marks, is for the rule to say: such papers
    are counted as it says, or as invalid, and are never lost.
    """
    return reader(definition)(data)


def reader(definition: Definition) -> Callable[[bytes], Paper]:
    """`read_paper` for many papers of one ballot."""
    length = paper_length(definition)
    asked = [(question.key, len(question.options)) for question in definition.questions]

    def read(data: bytes) -> Paper:
        if len(data) != length:
            raise EnvelopeRefused("length", f"A paper of this ballot has {length} bytes; this one has {len(data)}.")
        text = data.rstrip(b" ")
        try:
            values = json.loads(text.decode("utf-8"))
            paper = _paper(values, asked)
        except shape.Malformed as error:
            raise EnvelopeRefused("not a paper", str(error)) from None
        except (ValueError, RecursionError):
            raise EnvelopeRefused("not a paper", "The paper is not JSON in UTF-8.") from None
        if spelt(paper) != text:  # other order, spacing, a doubled name: whatever JSON forgives
            raise EnvelopeRefused("not a paper", "The paper is not spelt canonically.")
        return paper

    return read


def _paper(values: Any, asked: Sequence[tuple[str, int]]) -> Paper:
    if not isinstance(values, list) or len(values) != len(asked):
        raise shape.Malformed(f"The paper is not a list of {len(asked)} answers.")
    return tuple(_answer(value, *of) for value, of in zip(values, asked, strict=True))


def answers_of(definition: Definition, values: Any) -> Paper:
    """A paper from plain data, as `read_paper` reads it from bytes; `Malformed` says what is wrong and where."""
    return _paper(values, [(question.key, len(question.options)) for question in definition.questions])


def seal(definition: Definition, answers: Iterable[Answer]) -> bytes:
    """A sealed envelope with this paper in it, for this ballot and no other."""
    if definition.public_key is None:
        raise Refused("This ballot is a recorded vote: its papers are not sealed.")
    return SUITE.encrypt(write_paper(definition, answers), _sealing_key(definition.public_key), info(definition))


@lru_cache(maxsize=64)
def _sealing_key(text: str) -> ec.EllipticCurvePublicKey:
    return public_key(shape.decode(text, PUBLIC_KEY, "public_key"))


def opener(definition: Definition, private: bytes) -> Callable[[bytes], Paper]:
    """A function that opens one envelope of this ballot, or raises `EnvelopeRefused`; the key is read only once."""
    key, bound, length, read = read_private(private), info(definition), envelope_length(definition), reader(definition)
    if definition.public_key != shape.encode(keys_of(private).public):
        raise Refused("This is not the key of this ballot.")

    def open_envelope(envelope: bytes) -> Paper:
        check_length(definition, envelope, length)
        try:
            data = SUITE.decrypt(envelope, key, bound)
        except (InvalidTag, ValueError):
            words = "This envelope was sealed for another ballot or with another key, or it was altered."
            raise EnvelopeRefused("sealed otherwise", words) from None
        return read(data)

    return open_envelope


def check_length(definition: Definition, envelope: bytes, length: int | None = None) -> None:
    """Refuse an envelope that is truncated or padded: all of one ballot have one length. Needs no key."""
    wanted = envelope_length(definition) if length is None else length
    if len(envelope) != wanted:
        words = f"An envelope of this ballot has {wanted} bytes; this one has {len(envelope)}."
        raise EnvelopeRefused("length", words)


def open_all(definition: Definition, private: bytes, envelopes: Iterable[bytes]) -> Opened:
    """Open a whole box. An envelope seen before is refused as replayed; a refused one never stops the others."""
    open_envelope = opener(definition, private)
    seen: set[bytes] = set()
    papers: list[Paper] = []
    refused: list[tuple[int, EnvelopeRefused]] = []
    for place, envelope in enumerate(envelopes):
        mark = sha256(envelope).digest()
        try:
            if mark in seen:
                raise EnvelopeRefused("replayed", "This envelope is in the box a second time.")
            seen.add(mark)
            papers.append(open_envelope(envelope))
        except EnvelopeRefused as error:
            refused.append((place, error))
    return Opened(tuple(papers), tuple(refused))


def public_key(data: bytes) -> ec.EllipticCurvePublicKey:
    """Read a serialised public key, refusing what is not a point of P-256 (RFC 9180 section 7.1.4)."""
    try:
        if len(data) == PUBLIC_KEY:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except ValueError:
        pass
    raise Refused("The ballot's public key is not a point of the curve P-256.")


def read_private(data: bytes) -> ec.EllipticCurvePrivateKey:
    """Read a serialised private key, refusing what is not one of P-256."""
    value = int.from_bytes(data, "big")
    if len(data) != PRIVATE_KEY or not 0 < value < _ORDER:
        raise Refused("This is not a private key of the curve P-256.")
    return ec.derive_private_key(value, ec.SECP256R1())


@lru_cache(maxsize=1_000)
def _answer_length(key: str, options: int) -> int:
    names = len(json.dumps({"question": key, "ranking": [], "verdicts": ""}, separators=(",", ":")))
    return names + 1 + sum(len(f"[{place}],+") for place in range(options))


_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def spelt(answers: Iterable[Answer]) -> bytes:
    """The canonical bytes of a paper, not padded. Names are in order and ASCII, so plain JSON is canonical here."""
    values = [{"question": a.question, "ranking": a.ranking, "verdicts": a.verdicts} for a in answers]
    return _written(values).encode("utf-8", "surrogatepass")


def _answer(value: Any, key: str, options: int) -> Answer:
    where = f"the answer to “{key}”"
    if not isinstance(value, dict) or value.keys() != {"question", "ranking", "verdicts"} or value["question"] != key:
        raise shape.Malformed(f"In {where}: expected its question, ranking and verdicts.")
    ranking, verdicts = value["ranking"], value["verdicts"]
    if not isinstance(ranking, list) or not isinstance(verdicts, str):
        raise shape.Malformed(f"In {where}: the ranking is a list and the verdicts are text.")
    check_verdicts(verdicts, options, where)
    return Answer(key, check_ranking(ranking, options, where), verdicts)
