"""Receipts and fingerprints: a hash as a person reads, types and compares it."""

from __future__ import annotations

from hashlib import sha256

from consult.domain.errors import Refused

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U to misread


def leaf(envelope: bytes) -> bytes:
    """The envelope's leaf on the board: its SHA-256, 32 bytes."""
    return sha256(envelope).digest()


def receipt(envelope: bytes) -> str:
    """The voter's receipt: the envelope's SHA-256 in groups of four letters that are hard to misread.

    >>> receipt(b"")
    'WERC-8GMR-ZGE1-96QV-YK49-JVXS-4GKT-WGF4-CJDS-6K54-JPCH-PY2J-Q1AG'
    """
    return readable(leaf(envelope))


def readable(digest: bytes) -> str:
    """Bytes as Crockford base 32 in groups of four."""
    bits = 5 * (-(-8 * len(digest) // 5))
    value = int.from_bytes(digest, "big") << (bits - 8 * len(digest))
    letters = "".join(_LETTERS[value >> shift & 31] for shift in range(bits - 5, -1, -5))
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def read_receipt(code: str) -> bytes:
    """The 32 bytes of a receipt typed by a person: small letters, spaces, O for 0, I or L for 1 are understood.

    >>> read_receipt(receipt(b"x").lower().replace("-", " ")) == leaf(b"x")
    True
    """
    letters = "".join(code.upper().replace("-", " ").split()).translate(str.maketrans("OIL", "011"))
    if len(letters) == 52 and all(letter in _LETTERS for letter in letters):
        value = 0
        for letter in letters:
            value = value << 5 | _LETTERS.index(letter)
        if value & 15 == 0:  # 52 letters are 260 bits: four to spare
            return (value >> 4).to_bytes(32, "big")
    raise Refused("A receipt is 52 letters and digits, usually in groups of four; please compare it with yours.")
