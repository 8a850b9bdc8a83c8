"""Ed25519 signing keys: made, kept in PEM files as OpenSSL writes them (PKCS #8, encrypted or not), and used to sign.

What is signed and how it is checked stands in `signing`, and is named here as well. A public key travels as its 32 raw
bytes in base64url, which is what browsers' WebCrypto imports as "raw" and what a JSON Web Key calls "x" (RFC 8037).
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consult.domain.errors import Refused
from consult.ledger import shape
from consult.ledger.definition import SIGNING_KEY
from consult.ledger.signing import FORMAT as FORMAT
from consult.ledger.signing import SIGNATURE as SIGNATURE
from consult.ledger.signing import Fault as Fault
from consult.ledger.signing import Signature as Signature
from consult.ledger.signing import fingerprint as fingerprint
from consult.ledger.signing import fingerprint_or_text as fingerprint_or_text
from consult.ledger.signing import holds as holds
from consult.ledger.signing import read as read
from consult.ledger.signing import verify as verify
from consult.ledger.signing import write as write


class KeyRefused(Refused):
    """A key file cannot be used; the sentence says why."""


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


def sign(manifest: bytes, key: Ed25519PrivateKey) -> Signature:
    """Sign the exact bytes of a manifest."""
    return Signature(public_part(key), shape.encode(key.sign(manifest)))
