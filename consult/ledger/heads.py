"""Signed heads of the board of sealed votes, and the proof that one receipt is on it, to be checked off line.

A head says how many receipts the board held at an instant and their root; it is signed with the server's board key, which
the ballot definition names (RFC 9162 section 4.10: a signed tree head). A proof holds a head and the path from one
receipt to its root (section 2.1.3), so that a voter can check it years later with nothing but the receipt and the file.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from consult.domain.errors import Refused
from consult.ledger import canonical, merkle, receipts, shape, signing
from consult.ledger.definition import SIGNING_KEY

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

STATEMENT, PROOF = "consult-head/1", "consult-proof/1"

#: Bytes of an Ed25519 signature (RFC 8032 section 5.1.6).
_SIGNATURE = signing.SIGNATURE


class ProofRefused(Refused):
    """A proof does not show what it should; the sentence says what is wrong."""


@dataclass(frozen=True)
class SignedHead:
    """The board of a ballot at an instant: how many receipts, their root, and the signature over `statement`."""

    ballot: str
    definition: str
    at: str
    size: int
    root: str
    signature: str

    def holds(self, key: str) -> bool:
        """Whether the signature is of this head by this key (base64url)."""
        said = statement(self.ballot, self.definition, self.at, self.size, self.root)
        return signing.holds(said, signing.Signature(key, self.signature))


def statement(ballot: str, definition: str, at: str, size: int, root: str) -> bytes:
    """The exact bytes that are signed."""
    parts = {"ballot": ballot, "definition": definition, "at": at, "size": size, "root": root}
    return canonical.dumps({"format": STATEMENT, **parts})


def sign(key: Ed25519PrivateKey, ballot: str, definition: str, at: str, size: int, root: str) -> SignedHead:
    """A head signed with the board key."""
    signature = key.sign(statement(ballot, definition, at, size, root))
    return SignedHead(ballot, definition, at, size, root, shape.encode(signature))


@dataclass(frozen=True)
class Proof:
    """That a receipt is number `index` (from 0) on the board of `head`; `key` signed it, `path` leads to the root."""

    title: str
    receipt: str
    index: int
    path: tuple[str, ...]
    head: SignedHead
    key: str

    def dumps(self) -> bytes:
        """The file that a voter keeps."""
        return canonical.dumps({"format": PROOF, **asdict(self)})


def prove(tree: merkle.Nodes, title: str, receipt: bytes, index: int, head: SignedHead, key: str) -> Proof:
    """The proof for the receipt that stands at `index`, under a head of the same board."""
    path = tuple(step.hex() for step in tree.inclusion(index, head.size))
    return Proof(title, receipt.hex(), index, path, head, key)


def read(data: bytes, what: str = "The proof") -> Proof:
    """Read the file of a proof."""
    found = shape.fields(
        shape.known_format(canonical.loads(data, what), what, PROOF),
        what,
        format=shape.one_of([PROOF]),
        title=shape.text(500, 1),
        receipt=shape.digest,
        index=shape.number(),
        path=shape.listing(shape.digest, 100),
        head=_head,
        key=shape.key_bytes(SIGNING_KEY),
    )
    found.pop("format")
    return Proof(**found)


def check(proof: Proof, receipt: str, known: str | None = None) -> list[str]:
    """What a proof shows for a voter's receipt, in sentences; `known` is a head that the caller holds as SIZE:HASH.

    Raises:
        ProofRefused: naming the first thing that does not hold.
    """
    leaf = receipts.read_receipt(receipt)
    if leaf.hex() != proof.receipt:
        raise ProofRefused("This proof is of another receipt than yours.")
    path, root = [bytes.fromhex(step) for step in proof.path], bytes.fromhex(proof.head.root)
    if not merkle.verify_inclusion(leaf, proof.index, proof.head.size, path, root):
        raise ProofRefused("The path in this proof does not lead from your receipt to the root of the head.")
    if not proof.head.holds(proof.key):
        raise ProofRefused("The head in this proof is not signed with the key that the proof names.")
    said = [
        f"Your receipt is number {proof.index + 1:,} of {proof.head.size:,} on the list of sealed votes of “{proof.title}”.",
        f"So it stood at {proof.head.at}, by the server's signature. Its key: {signing.fingerprint(proof.key)}",
        "Compare that key with the one in the ballot's definition.",
    ]
    if known is not None:
        if known.strip().lower() != f"{proof.head.size}:{proof.head.root}":
            raise ProofRefused("The head that you hold is not the one of this proof. Fetch a proof for that head.")
        said.append("It is the very head that you hold.")
    return said


def _head(value: Any, where: str) -> SignedHead:
    found = shape.fields(
        value,
        where,
        ballot=shape.key,
        definition=shape.digest,
        at=shape.instant,
        size=shape.number(1),
        root=shape.digest,
        signature=shape.key_bytes(_SIGNATURE),
    )
    return SignedHead(**found)
