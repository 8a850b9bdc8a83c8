"""The verifier in one file: it runs where nothing is installed, and judges as `consult verify` does."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from consult.counting import lots
from consult.counting.methods import METHODS
from consult.ledger import packing
from consult.verifier import standalone
from tests.ledger import examples
from tests.ledger.examples import MOTION, WARDEN

SEED, _ = lots.combine({}, {}, "whereas")


@cache
def bundle() -> bytes:
    """The example counted by the real counters, with the verifier in it."""
    method = "scottish-stv"
    rules = (
        replace(MOTION, version=METHODS["majority"].version),
        replace(WARDEN, method=method, version=METHODS[method].version),
    )
    made = examples.made(True, standalone.counters()["grouped"], SEED, standalone.margins_of, questions=rules)
    made.files["verify.py"] = standalone.source()
    return made.data()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a stranger has: the bundle, and verify.py taken out of it."""
    (tmp_path / "result.zip").write_bytes(bundle())
    (tmp_path / "verify.py").write_bytes(packing.unpack(bundle())["verify.py"])
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """With no package at all (-S), no environment and no folder of ours to import from (-I)."""
    program = [sys.executable, "-I", "-S", "verify.py", *words]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, timeout=120)


def test_an_honest_result_verifies_without_any_package(folder: Path) -> None:
    done = run(folder, "result.zip", "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    report = json.loads(done.stdout)
    assert report["ok"] and not report["arithmetic_only"]
    assert {"signatures", "count", "board"} <= {check["name"] for check in report["checks"] if check["held"]}


def test_a_wrong_signature_and_a_changed_byte_are_named_without_any_package(folder: Path) -> None:
    files = packing.unpack(bundle())
    signed = json.loads(files["signatures.json"])
    one, two, *rest = signed["signatures"]
    signed["signatures"] = [{**one, "signature": two["signature"]}, two, *rest]
    forged = json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()
    (folder / "forged.zip").write_bytes(packing.pack({**files, "signatures.json": forged}))
    done = run(folder, "forged.zip")
    assert done.returncode == 1 and "bad signature" in done.stdout
    (folder / "other.zip").write_bytes(bundle()[:-1])
    assert run(folder, "other.zip").returncode in (1, 2)
    assert run(folder, "verify.py").returncode == 2


def test_it_is_made_of_the_very_sources(folder: Path) -> None:
    text = standalone.source().decode()
    assert text == standalone.source().decode()
    _, _, part = text.partition("#= consult.ledger.verify module\n")
    body = part.partition("\n#= ")[0] + "\n"
    lines = [line[2:].removeprefix(" ") for line in body.splitlines()]
    assert "\n".join(lines) + "\n" == Path(standalone.__file__).parents[1].joinpath("ledger", "verify.py").read_text()
    for word in ("flask", "sqlalchemy", "consult.model", "consult.service"):
        assert f"import {word}" not in text and f"from {word}" not in text
