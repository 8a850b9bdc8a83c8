"""`consult sign` and `consult signing-key`: what is shown before signing, and keys that stay private."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consult.cli.sign import sign, signing_key
from consult.ledger import canonical, packing, signatures
from consult.ledger.verify import verify
from tests.ledger.examples import COUNTERS, SIGNING, ballot, made

PASSPHRASE = "four unrelated little words"


def run_sign(*words: object, answers: str = "y\n") -> Result:
    return CliRunner().invoke(sign, [str(word) for word in words], input=answers)


def run_key(*words: object, answers: str = f"{PASSPHRASE}\n{PASSPHRASE}\n") -> Result:
    return CliRunner().invoke(signing_key, [str(word) for word in words], input=answers)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    path.write_bytes(made().again().dumps())
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(signatures.write_key(SIGNING[0], PASSPHRASE))
    return path


def test_a_new_key_is_private_locked_and_shown_by_its_public_part(tmp_path: Path) -> None:
    path = tmp_path / "mine.pem"
    result = run_key(path)
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    public = signatures.public_part(signatures.read_key(path.read_bytes(), PASSPHRASE))
    assert f"Public key:   {public}" in result.stdout
    assert f"Fingerprint:  {signatures.fingerprint(public)}" in result.stdout
    assert PASSPHRASE not in result.output
    assert signatures.is_encrypted(path.read_bytes())


def test_a_key_is_never_overwritten_and_needs_a_real_passphrase(tmp_path: Path, key: Path) -> None:
    before = key.read_bytes()
    result = run_key(key)
    assert (result.exit_code, key.read_bytes()) == (2, before)
    assert "never overwritten" in result.stderr
    result = run_key(tmp_path / "new.pem", answers="short\nshort\n")
    assert result.exit_code == 2
    assert "at least 12 characters" in result.stderr
    assert not (tmp_path / "new.pem").exists()
    assert run_key(tmp_path / "no" / "such" / "folder.pem").exit_code == 2


def test_a_key_may_be_left_unlocked_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "open.pem"
    assert run_key(path, "--no-passphrase", answers="").exit_code == 0
    assert not signatures.is_encrypted(path.read_bytes())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_signed_is_shown_first(manifest: Path, key: Path, tmp_path: Path) -> None:
    out = tmp_path / "signature.json"
    result = run_sign(manifest, "--key", key, "--out", out, answers=f"y\n{PASSPHRASE}\n")
    assert result.exit_code == 0, result.output
    shown = result.stderr[: result.stderr.index("Do you certify this?")]
    for part in (
        "The orchard society's summer ballot",
        "60 on the roll, 40 marked as having voted, 35 papers counted.",
        "Forty trees (majority, version 1)",
        "For it is.",
        "Sam Example it is.",
        canonical.sha256(manifest.read_bytes()),
    ):
        assert part in shown
    signed, given = signatures.read(out.read_bytes())
    assert signed == canonical.sha256(manifest.read_bytes())
    assert given == (signatures.sign(manifest.read_bytes(), SIGNING[0]),)


def test_three_signatures_so_made_certify_a_bundle(manifest: Path, tmp_path: Path) -> None:
    parts = made()
    given: list[signatures.Signature] = []
    for number, each in enumerate(SIGNING[:3]):
        file = tmp_path / f"{number}.pem"
        file.write_bytes(signatures.write_key(each))
        result = run_sign(manifest, "--key", file)
        assert result.exit_code == 0, result.output
        given += signatures.read(result.stdout.strip().encode())[1]
    parts.again()
    files = {**parts.files, "manifest.json": manifest.read_bytes()}
    files["signatures.json"] = signatures.write(manifest.read_bytes(), given)
    assert verify(packing.pack(files), COUNTERS).ok


def test_whoever_says_no_signs_nothing(manifest: Path, key: Path, tmp_path: Path) -> None:
    out = tmp_path / "signature.json"
    result = run_sign(manifest, "--key", key, "--out", out, answers="n\n")
    assert result.exit_code == 1
    assert "Nothing was signed." in result.stderr
    assert not out.exists()


def test_what_cannot_be_signed_exits_2(manifest: Path, key: Path, tmp_path: Path) -> None:
    assert run_sign(manifest, "--key", key, answers="y\nwrong passphrase\n").exit_code == 2
    other = tmp_path / "other.json"
    for data in (b"{}", b"hello", manifest.read_bytes() + b"\n", b"\xff"):
        other.write_bytes(data)
        result = run_sign(other, "--key", key, answers=f"y\n{PASSPHRASE}\n")
        assert result.exit_code == 2, result.output
        assert "consult sign:" in result.stderr
    assert run_sign(manifest, "--key", manifest).exit_code == 2
    existing = run_sign(manifest, "--key", key, "--out", key, answers=f"y\n{PASSPHRASE}\n")
    assert existing.exit_code == 2
    assert key.read_bytes().startswith(b"-----BEGIN ENCRYPTED")


def test_a_title_cannot_paint_over_what_the_signer_reads(key: Path, tmp_path: Path) -> None:
    value = json.loads(made().again().dumps())
    value["questions"][0]["outcome"] = "Lost\r\x1b[2KCarried"
    path = tmp_path / "manifest.json"
    path.write_bytes(canonical.dumps(value))
    result = run_sign(path, "--key", key, answers="n\n")
    assert "\x1b" not in result.output
    assert "\r" not in result.output
    assert "Lost" in result.stderr


def test_signing_imports_neither_flask_nor_a_database(manifest: Path, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(signatures.write_key(SIGNING[0]))
    code = f"""
import sys
from consult.cli import main
try:
    main(["sign", {str(manifest)!r}, "--key", {str(file)!r}, "--yes"])
except SystemExit as end:
    assert not end.code, end.code
assert not {{"flask", "sqlalchemy", "wtforms", "huey", "sqlite3"}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert signatures.read(done.stdout.strip().encode())[1]


def test_who_withdrew_is_named_by_the_words_of_the_paper(key: Path, tmp_path: Path) -> None:
    parts = made().question(withdrawn=("2",))
    file = tmp_path / "manifest.json"
    file.write_bytes(parts.result.dumps())
    alone = run_sign(file, "--key", key, answers="n\n").stderr
    assert "option 2 of the definition" in alone and "Lay the ballot's definition.json beside" in alone
    paper = tmp_path / "definition.json"
    paper.write_bytes(parts.files["definition.json"])
    (name,) = [option.name for question in ballot().questions for option in question.options if option.key == "2"][:1]
    named = run_sign(file, "--key", key, answers="n\n").stderr
    assert f"Withdrew or died during the poll: {name}." in named and "of the definition" not in named
    paper.write_bytes(ballot(title="Another ballot").bytes)
    other = run_sign(file, "--key", key)
    assert other.exit_code == 2 and "is not the definition of this ballot" in other.stderr
