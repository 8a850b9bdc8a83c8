"""Deciding whether an Ed25519 signature holds (RFC 8032 section 5.1.7): by `cryptography`, or in plain Python without it.

The plain way is for the verifier that travels inside a bundle, so that it runs where nothing is installed. It takes some
milliseconds a signature, and it handles nothing secret: keys, signatures and messages are all public here.
"""

from __future__ import annotations

from hashlib import sha512
from typing import TypeAlias

#: The field's prime, the order of the base point, and d of the curve (RFC 8032 section 5.1).
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

#: Extended homogeneous coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z (RFC 8032 section 5.1.4).
Point: TypeAlias = tuple[int, int, int, int]


def holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) is of `message` by the key `public` (32 bytes)."""
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return plain(public, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


def plain(public: bytes, message: bytes, signature: bytes) -> bool:
    """The same without any package.

    >>> public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")  # section 7.1, test 1
    >>> signature = bytes.fromhex(
    ...     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    ...     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")
    >>> plain(public, b"", signature), plain(public, b"x", signature)
    (True, False)
    """
    if len(public) != 32 or len(signature) != 64:
        return False
    a = _decode(public)
    s = int.from_bytes(signature[32:], "little")
    if a is None or s >= ORDER:
        return False
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    return _encode(_add(_times(s, _BASE), _times(k, minus_a))) == signature[:32]


def _add(p: Point, q: Point) -> Point:
    """Addition by the formulas of RFC 8032 section 5.1.4."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def _x_of(y: int, sign: int) -> int | None:
    """The x of a point from its y and the sign of x (RFC 8032 section 5.1.3), or None if there is none."""
    squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(squared, (P + 3) // 8, P)
    if (x * x - squared) % P:
        x = x * _ROOT_OF_MINUS_ONE % P
    if (x * x - squared) % P or (x == 0 and sign):
        return None
    return x if x & 1 == sign else P - x


def _decode(data: bytes) -> Point | None:
    value = int.from_bytes(data, "little")
    y, sign = value & (2**255 - 1), value >> 255
    x = _x_of(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def _encode(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _base() -> Point:
    """The base point: y = 4/5, x even (RFC 8032 section 5.1)."""
    y = 4 * pow(5, P - 2, P) % P
    x = _x_of(y, 0)
    if x is None:
        raise ArithmeticError("the curve has no base point")
    return x, y, 1, x * y % P


_BASE = _base()
