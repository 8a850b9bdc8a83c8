"""HPKE written a second time, straight from RFC 9180, for the tests: base mode, P-256, HKDF-SHA256, AES-256-GCM."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEM_SUITE = b"KEM" + (0x0010).to_bytes(2, "big")
HPKE_SUITE = b"HPKE" + b"".join(part.to_bytes(2, "big") for part in (0x0010, 0x0001, 0x0002))


def extract(salt: bytes, ikm: bytes) -> bytes:  # RFC 5869 section 2.2
    return hmac.digest(salt or bytes(32), ikm, "sha256")


def expand(prk: bytes, info: bytes, length: int) -> bytes:  # RFC 5869 section 2.3
    block, out, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.digest(prk, block + info + bytes([counter]), "sha256")
        out, counter = out + block, counter + 1
    return out[:length]


def labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:  # section 4
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:  # section 4
    return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def private(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def shared_secret(mine: bytes, theirs: bytes, enc: bytes, recipient: bytes) -> bytes:  # section 4.1
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    dh = private(mine).exchange(ec.ECDH(), public)
    prk = labeled_extract(KEM_SUITE, b"", b"eae_prk", dh)
    return labeled_expand(KEM_SUITE, prk, b"shared_secret", enc + recipient, 32)


@dataclass
class Context:
    """The key schedule of section 5.1 in mode_base."""

    key: bytes
    base_nonce: bytes

    def nonce(self, sequence: int) -> bytes:  # section 5.2
        return bytes(a ^ b for a, b in zip(self.base_nonce, sequence.to_bytes(12, "big"), strict=True))

    def seal(self, plaintext: bytes, aad: bytes = b"", sequence: int = 0) -> bytes:
        return AESGCM(self.key).encrypt(self.nonce(sequence), plaintext, aad)

    def open(self, ciphertext: bytes, aad: bytes = b"", sequence: int = 0) -> bytes:
        return AESGCM(self.key).decrypt(self.nonce(sequence), ciphertext, aad)


def key_schedule(secret: bytes, info: bytes) -> Context:
    psk_id_hash = labeled_extract(HPKE_SUITE, b"", b"psk_id_hash", b"")
    info_hash = labeled_extract(HPKE_SUITE, b"", b"info_hash", info)
    context = b"\x00" + psk_id_hash + info_hash
    prk = labeled_extract(HPKE_SUITE, secret, b"secret", b"")
    key = labeled_expand(HPKE_SUITE, prk, b"key", context, 32)
    return Context(key, labeled_expand(HPKE_SUITE, prk, b"base_nonce", context, 12))


def setup_sender(recipient: bytes, ephemeral: bytes, info: bytes) -> tuple[bytes, Context]:
    enc = point(private(ephemeral))
    return enc, key_schedule(shared_secret(ephemeral, recipient, enc, recipient), info)


def setup_receiver(enc: bytes, recipient: bytes, info: bytes) -> Context:
    return key_schedule(shared_secret(recipient, enc, enc, point(private(recipient))), info)
