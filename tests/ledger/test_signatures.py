"""Signatures: OpenSSL's and RFC 8032's own, k of n distinct signers, and every wrong set by its name."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from consult.domain.errors import Refused
from consult.ledger import shape, signatures
from consult.ledger.signatures import KeyRefused, Signature
from tests.ledger.examples import SIGNING, STRANGER, ballot

MANIFEST = b'{"the":"manifest"}'
SIGNERS = ballot().signers


def signed(*keys: Ed25519PrivateKey, data: bytes = MANIFEST) -> list[Signature]:
    return [signatures.sign(data, key) for key in keys]


def kinds(given_signatures: list[Signature], k: int = 3) -> list[str]:
    return [fault.kind for fault in signatures.verify(MANIFEST, given_signatures, SIGNERS, k)]


def test_rfc_8032_section_7_1_test_3() -> None:
    key = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
    )
    made = signatures.sign(bytes.fromhex("af82"), key)
    assert shape.decode(made.key, 32, "").hex() == "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
    assert shape.decode(made.signature, 64, "").hex() == (
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )


def test_k_distinct_signers_are_enough() -> None:
    assert kinds(signed(*SIGNING[:3])) == []
    assert kinds(signed(*SIGNING)) == []


def test_every_wrong_set_has_its_name() -> None:
    a, b, c = SIGNING[:3]
    assert kinds([]) == ["too few signatures"]
    assert kinds(signed(a, b)) == ["too few signatures"]
    assert kinds(signed(a, b, b)) == ["signed twice", "too few signatures"]
    assert kinds(signed(a, b, STRANGER)) == ["unknown signer", "too few signatures"]
    assert kinds(signed(a, b, c, STRANGER)) == ["unknown signer"]
    assert kinds([*signed(a, b), *signed(c, data=MANIFEST + b" ")]) == ["bad signature", "too few signatures"]
    assert kinds([*signed(a, b, c), *signed(SIGNING[3], data=b"")]) == ["bad signature"]
    stolen = Signature(signatures.public_part(c), signed(STRANGER)[0].signature)
    assert kinds([*signed(a, b), stolen]) == ["bad signature", "too few signatures"]


def test_the_file_of_signatures_is_read_as_it_was_written() -> None:
    made = signed(*SIGNING[:3])
    data = signatures.write(MANIFEST, made)
    assert signatures.read(data)[1] == tuple(sorted(made))
    assert data == signatures.write(MANIFEST, reversed(made))


@pytest.mark.parametrize("change", [(b'"key"', b'"kee"'), (b"signatures/1", b"signatures/2"), (b"[{", b"[[{")])
def test_other_files_of_signatures_are_refused(change: tuple[bytes, bytes]) -> None:
    data = signatures.write(MANIFEST, signed(*SIGNING[:2]))
    with pytest.raises(Refused):
        signatures.read(data.replace(*change, 1))


def test_a_second_spelling_of_the_same_bytes_is_refused() -> None:
    made = signed(SIGNING[0])[0]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters[letters.index(made.key[-1]) + 1]  # the last letter has two bits to spare
    with pytest.raises(shape.Malformed):
        shape.decode(made.key[:-1] + last, 32, "key")
    for other in (made.key + "=", made.key + "\n", " " + made.key, made.key.replace("-", "+") + "+"):
        with pytest.raises(shape.Malformed):
            shape.decode(other, 32, "key")


@pytest.mark.parametrize("passphrase", ["", "correct horse battery staple", "pässphräse mit Umlaut"])
def test_a_key_file_is_read_with_its_passphrase_alone(passphrase: str) -> None:
    pem = signatures.write_key(SIGNING[0], passphrase)
    assert signatures.is_encrypted(pem) == bool(passphrase)
    assert signatures.public_part(signatures.read_key(pem, passphrase)) == signatures.public_part(SIGNING[0])
    with pytest.raises(KeyRefused, match="passphrase"):
        signatures.read_key(pem, passphrase + "x")
    if passphrase:
        with pytest.raises(KeyRefused, match="needs its passphrase"):
            signatures.read_key(pem)


def test_other_keys_and_files_are_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    pem = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(KeyRefused, match="not an Ed25519 key"):
        signatures.read_key(pem)
    with pytest.raises(KeyRefused, match="not a private key"):
        signatures.read_key(b"hello")
    public = curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for data in (public, pem, b"hello", b"", b"\xff"):
        with pytest.raises(KeyRefused, match="not an Ed25519 public key"):
            signatures.read_public(data)


def test_a_public_key_is_read_from_pem_and_from_its_letters() -> None:
    key = SIGNING[0]
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert signatures.read_public(pem) == signatures.public_part(key)
    assert signatures.read_public(signatures.public_part(key).encode() + b"\n") == signatures.public_part(key)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_readers_of_keys_stumble(data: bytes) -> None:
    for pem in (data, b"-----BEGIN PRIVATE KEY-----\n" + data + b"\n-----END PRIVATE KEY-----\n"):
        with pytest.raises(KeyRefused):
            signatures.read_key(pem)
        with pytest.raises(KeyRefused):
            signatures.read_public(pem + b"!")


def test_a_fingerprint_is_short_enough_to_read_out() -> None:
    assert len(signatures.fingerprint(signatures.public_part(SIGNING[0]))) == 39
    assert signatures.fingerprint_or_text("nonsense") == "“nonsense”"


def test_openssl_reads_our_key_and_we_verify_what_it_signs(tmp_path: Path) -> None:
    key, data, signature = tmp_path / "key.pem", tmp_path / "manifest.json", tmp_path / "signature"
    key.write_bytes(signatures.write_key(SIGNING[0], "correct horse battery staple"))
    data.write_bytes(MANIFEST)
    try:
        subprocess.run(
            [
                "openssl",
                "pkeyutl",
                "-sign",
                "-rawin",
                "-inkey",
                key,
                "-passin",
                "pass:correct horse battery staple",
                "-in",
                data,
                "-out",
                signature,
            ],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("LEFT OUT: there is no openssl command to compare with")
    made = Signature(signatures.public_part(SIGNING[0]), shape.encode(signature.read_bytes()))
    assert made == signed(SIGNING[0])[0]  # Ed25519 is deterministic
    assert signatures.holds(MANIFEST, made)
