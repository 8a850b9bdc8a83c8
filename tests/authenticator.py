"""A device that makes and uses passkeys, in software: what a browser and its authenticator send, byte by byte.

Web Authentication Level 3: authenticator data is 6.1, the attestation object 6.5.4 with the format "none" (8.7), the
client data 5.8.1.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def b64(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    """Its bytes."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """One authenticator with at most one passkey; its flags, count and origin can be spoiled by a test."""

    origin: str
    verifies: bool = True
    synced: bool = False
    count: int = 0
    step: int = 1
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    rp_id: str = ""
    handle: str = ""

    def make(self, options: dict[str, Any], **spoilt: Any) -> str:
        """Answer `navigator.credentials.create()` with these options."""
        self.rp_id, self.handle = options["rp"]["id"], options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }  # RFC 9053, 7.1
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(cose)
        data = self._data(AT) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"], **spoilt)
        return self._sent({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def use(self, options: dict[str, Any], **spoilt: Any) -> str:
        """Answer `navigator.credentials.get()` with these options."""
        self.count += self.step
        data, client = self._data(), self._client("webauthn.get", options["challenge"], **spoilt)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._sent(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(data),
                "signature": b64(signature),
                "userHandle": self.handle,
            }
        )

    def _data(self, more: int = 0) -> bytes:
        flags = UP | (UV if self.verifies else 0) | (BE | BS if self.synced else 0) | more
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, given: str, /, **spoilt: Any) -> bytes:
        said = {"type": kind, "challenge": given, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | spoilt).encode()

    def _sent(self, response: dict[str, Any]) -> str:
        name = b64(self.credential)
        whole = {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}}
        return json.dumps(whole | {"response": response | {"transports": ["internal"]}})
