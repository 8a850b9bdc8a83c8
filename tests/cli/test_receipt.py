"""`consult check-receipt`: what a voter sees, and the three ways it ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner, Result

from consult.cli.receipt import check_receipt
from tests.ledger.test_heads import CODE, HEAD, PROOF


def run(tmp_path: Path, data: bytes, *words: str) -> Result:
    path = tmp_path / "proof.json"
    path.write_bytes(data)
    return CliRunner().invoke(check_receipt, [CODE, str(path), *words])


def test_a_receipt_on_the_list(tmp_path: Path) -> None:
    result = run(tmp_path, PROOF.dumps(), "--head", f"{HEAD.size}:{HEAD.root}")
    assert result.exit_code == 0, result.output
    assert "number 5 of 10" in result.stdout and "very head" in result.stdout


def test_a_proof_that_shows_nothing(tmp_path: Path) -> None:
    result = run(tmp_path, replace(PROOF, index=0).dumps())
    assert (result.exit_code, result.stdout[:9]) == (1, "NOT SHOWN")


def test_a_file_that_is_no_proof(tmp_path: Path) -> None:
    result = run(tmp_path, b"{}")
    assert result.exit_code == 2 and "consult check-receipt:" in result.stderr
