"""Ed25519 signatures over a manifest: making keys, signing, and deciding whether k distinct signers have signed.

Keys are PEM files as OpenSSL writes them (PKCS #8, encrypted or not). A public key travels as its 32 raw bytes in
base64url, which is what browsers' WebCrypto imports as "raw" and what a JSON Web Key calls "x" (RFC 8037). The
signature is pure Ed25519 (RFC 8032 section 5.1.6) over the exact bytes of the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consult.domain.errors import Refused
from consult.ledger import canonical, envelopes, shape
from consult.ledger.definition import SIGNING_KEY, Signer

SIGNATURE = 64

FORMAT = "consult-signatures/1"


class KeyRefused(Refused):
    """A key file cannot be used; the sentence says why."""


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


def generate_key() -> Ed25519PrivateKey:
    """A new signing key, from the operating system's randomness."""
    return Ed25519PrivateKey.generate()


def write_key(key: Ed25519PrivateKey, passphrase: str = "") -> bytes:
    """The key as a PEM file, encrypted unless the passphrase is empty."""
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        lock = serialization.BestAvailableEncryption(passphrase.encode("utf-8"))
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


def is_encrypted(pem: bytes) -> bool:
    """Whether a passphrase is needed to read this key file."""
    return b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in pem


def read_key(pem: bytes, passphrase: str = "") -> Ed25519PrivateKey:
    """Read a PEM file made by `write_key` or by `openssl genpkey -algorithm ed25519`."""
    try:
        key = serialization.load_pem_private_key(pem, passphrase.encode("utf-8") or None)
    except TypeError:
        needed = "This key file needs its passphrase." if is_encrypted(pem) else "This key file has no passphrase."
        raise KeyRefused(needed) from None
    except (ValueError, UnsupportedAlgorithm):
        wrong = "The passphrase is wrong." if is_encrypted(pem) else "This file is not a private key in PEM form."
        raise KeyRefused(wrong) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused("This is not an Ed25519 key, the only kind used to certify.")
    return key


def public_part(key: Ed25519PrivateKey) -> str:
    """The public key as base64url of its 32 raw bytes."""
    return shape.encode(key.public_key().public_bytes_raw())


def read_public(data: bytes) -> str:
    """A public key from a file: PEM, or the 43 letters of base64url; gives base64url."""
    try:
        if b"-----BEGIN" in data:
            key = serialization.load_pem_public_key(data)
            if isinstance(key, Ed25519PublicKey):
                return shape.encode(key.public_bytes_raw())
        else:
            words = data.decode("ascii").strip()
            return shape.encode(shape.decode(words, SIGNING_KEY, "the public key"))
    except (ValueError, UnsupportedAlgorithm, shape.Malformed):
        pass
    raise KeyRefused("This file is not an Ed25519 public key: neither PEM nor 43 letters of base64url.")


def fingerprint(key: str) -> str:
    """The first 160 bits of SHA-256 of a raw public key, in eight groups of four: to be read out and compared.

    >>> fingerprint(shape.encode(bytes(32)))
    'CSM7-NBFR-CAYQ-EV4F-R65R-X7WE-4049-E545'
    """
    return envelopes.readable(envelopes.leaf(shape.decode(key, SIGNING_KEY, "the public key"))[:20])


def sign(manifest: bytes, key: Ed25519PrivateKey) -> Signature:
    """Sign the exact bytes of a manifest."""
    return Signature(public_part(key), shape.encode(key.sign(manifest)))


def holds(manifest: bytes, signature: Signature) -> bool:
    """Whether this one signature is of these bytes by the key that it names."""
    try:
        key = Ed25519PublicKey.from_public_bytes(shape.decode(signature.key, SIGNING_KEY, "key"))
        key.verify(shape.decode(signature.signature, SIGNATURE, "signature"), manifest)
    except (InvalidSignature, ValueError, shape.Malformed, UnsupportedAlgorithm):
        return False
    return True


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
