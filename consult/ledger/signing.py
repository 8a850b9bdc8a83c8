"""Signatures as a bundle holds them, and deciding whether k distinct declared signers have signed exactly these bytes.

A public key travels as its 32 raw bytes in base64url. The signature is pure Ed25519 (RFC 8032 section 5.1.6). Nothing
here needs a package: keys are made, and used to sign, in `signatures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from consult.ledger import canonical, ed25519, receipts, shape
from consult.ledger.definition import SIGNING_KEY, Signer

SIGNATURE = 64

FORMAT = "consult-signatures/1"


class Signature(NamedTuple):
    """One signature: the signer's public key and the signature, both base64url."""

    key: str
    signature: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with a set of signatures.

    `kind`: "wrong manifest", "unknown signer", "signed twice", "bad signature", "too few signatures".
    """

    kind: str
    words: str

    def __str__(self) -> str:
        return self.words


def fingerprint(key: str) -> str:
    """The first 160 bits of SHA-256 of a raw public key, in eight groups of four: to be read out and compared.

    >>> fingerprint(shape.encode(bytes(32)))
    'CSM7-NBFR-CAYQ-EV4F-R65R-X7WE-4049-E545'
    """
    return receipts.readable(receipts.leaf(shape.decode(key, SIGNING_KEY, "the public key"))[:20])


def holds(manifest: bytes, signature: Signature) -> bool:
    """Whether this one signature is of these bytes by the key that it names."""
    try:
        public = shape.decode(signature.key, SIGNING_KEY, "key")
        value = shape.decode(signature.signature, SIGNATURE, "signature")
    except shape.Malformed:
        return False
    return ed25519.holds(public, manifest, value)


def write(manifest: bytes, signatures: Iterable[Signature]) -> bytes:
    """The file signatures.json: the hash of the manifest, and the signatures in the order of their keys."""
    value = {
        "format": FORMAT,
        "manifest": canonical.sha256(manifest),
        "signatures": [{"key": each.key, "signature": each.signature} for each in sorted(signatures)],
    }
    return canonical.dumps(value)


def read(data: bytes, what: str = "signatures.json") -> tuple[str, tuple[Signature, ...]]:
    """The manifest's hash and the signatures in a file written by `write`."""
    found = shape.fields(
        shape.known_format(canonical.loads(data, what), what, FORMAT),
        what,
        format=shape.one_of([FORMAT]),
        manifest=shape.digest,
        signatures=shape.listing(_read_signature, 200),
    )
    signatures = tuple(Signature(**each) for each in found["signatures"])
    if list(signatures) != sorted(signatures):
        raise shape.Malformed(f"In {what}: the signatures are not in the order of their keys.")
    return found["manifest"], signatures


def verify(manifest: bytes, signatures: Sequence[Signature], signers: Sequence[Signer], k: int) -> list[Fault]:
    """Every reason why `signatures` do not certify `manifest` by `k` of `signers`; none means that they do.

    One bad signature spoils the set even where enough good ones remain: somebody put it there.
    """
    names = {signer.key: signer.name for signer in signers}
    faults: list[Fault] = []
    good: set[str] = set()
    for each in signatures:
        if each.key not in names:
            words = f"The key {fingerprint_or_text(each.key)} is not that of a declared signer."
            faults.append(Fault("unknown signer", words))
        elif each.key in good:
            faults.append(Fault("signed twice", f"{names[each.key]} signed twice; one person counts once."))
        elif not holds(manifest, each):
            words = f"The signature of {names[each.key]} is not of this manifest."
            faults.append(Fault("bad signature", words))
        else:
            good.add(each.key)
    if len(good) < k:
        words = f"{len(good)} of the {len(signers)} declared signers signed; {k} must."
        faults.append(Fault("too few signatures", words))
    return faults


def fingerprint_or_text(key: str) -> str:
    """The fingerprint, or the words themselves where they are not a key."""
    try:
        return fingerprint(key)
    except shape.Malformed:
        return f"“{key[:50]}”"


def _read_signature(value: Any, where: str) -> dict[str, Any]:
    return shape.fields(value, where, key=shape.key_bytes(SIGNING_KEY), signature=shape.key_bytes(SIGNATURE))
