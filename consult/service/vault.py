"""The vault: what is sealed in the database with the operator's key, and keyed hashes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from consult.domain.errors import Unavailable

_VERSION = "v1."
_SALT, _NONCE, _TAG = 16, 12, 16

_CANNOT = (
    "Something that was sealed with the operator's key cannot be opened. Either CONSULT_OPERATOR_KEY is not the key "
    "that this database was made with, or the database was changed. The operator must restore the right key."
)


def _key(context: str, salt: bytes, purpose: bytes) -> bytes:
    """A key of 256 bits for one context (HKDF-SHA256, RFC 5869) from the operator's key."""
    info = b"consult vault 1 " + purpose + b"\n" + context.encode()
    secret = current_app.config["CONSULT_OPERATOR_KEY"].encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(secret)


def seal(context: str, data: bytes, *, random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Seal `data` for one context ("totp:12"): AES-256-GCM (NIST SP 800-38D) under a key of its own, as short text.

    The text is "v1." and base64url of salt (16 bytes), nonce (12), ciphertext and tag (16).
    A sealing opens only under the same context, so that it cannot be moved to another row.
    """
    salt, nonce = random(_SALT), random(_NONCE)
    closed = AESGCM(_key(context, salt, b"seal")).encrypt(nonce, data, context.encode())
    return _VERSION + base64.urlsafe_b64encode(salt + nonce + closed).decode()


def open(context: str, sealed: str) -> bytes:
    """What was sealed under this context.

    Raises:
        Unavailable: if it was sealed with another key, for another context, or was changed.
    """
    try:
        whole = base64.b64decode(sealed.removeprefix(_VERSION).encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Unavailable(_CANNOT) from None
    if sealed != _VERSION + base64.urlsafe_b64encode(whole).decode() or len(whole) < _SALT + _NONCE + _TAG:
        raise Unavailable(_CANNOT)
    salt, nonce, closed = whole[:_SALT], whole[_SALT : _SALT + _NONCE], whole[_SALT + _NONCE :]
    try:
        return AESGCM(_key(context, salt, b"seal")).decrypt(nonce, closed, context.encode())
    except InvalidTag:
        raise Unavailable(_CANNOT) from None


def mark(context: str, value: str) -> str:
    """A keyed hash (HMAC-SHA256, 64 hexadecimal digits): equal values give equal marks, and nobody without the key can
    try values against it."""
    return hmac.new(_key(context, b"", b"mark"), value.encode(), hashlib.sha256).hexdigest()


def fingerprint() -> str:
    """A short name of the operator's key, to tell whether it is the one that a database was made with."""
    return mark("fingerprint", "")[:16]
