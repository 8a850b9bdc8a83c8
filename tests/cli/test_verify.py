"""`consult verify`: what it prints, how it exits, and that it needs neither the pages nor a database."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consult.cli import verify as command
from consult.counting import lots
from consult.counting.methods import METHODS
from consult.ledger import canonical, envelopes, signatures
from consult.text.clauses import Clause, Document, Kind
from consult.text.operations import Amendment, Replace
from consult.text.published import decisions_of
from consult.text.replay import Decision, Outcome, Record
from consult.verifier.standalone import counters, margins_of
from tests.ledger import examples
from tests.ledger.examples import MOTION, SIGNING, WARDEN, Made, ballot, box

SEED, _ = lots.combine({}, {}, "whereas")


def counted(method: str = "plurality", publish: bool = True, **changes: object) -> Made:
    """The example's bundle counted by the real counters under this rule."""
    version = METHODS[method].version
    asked = (replace(MOTION, version=METHODS["majority"].version), replace(WARDEN, method=method, version=version))
    return examples.made(publish, counters()["grouped"], SEED, margins_of, questions=asked, **changes)


@cache
def honest() -> bytes:
    return counted().data()


def run(*words: object) -> Result:
    return CliRunner().invoke(command.verify, [str(word) for word in words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "result-orchard-2026.zip"
    path.write_bytes(honest())
    return path


def test_an_honest_result_verifies_in_words(file: Path) -> None:
    result = run(file)
    assert result.exit_code == 0, result.output
    for part in (
        "The orchard society's summer ballot",
        "Warden of the orchard: Sam Example it is.",
        signatures.fingerprint(signatures.public_part(SIGNING[0])),
        "compare them with those you know",
        "—     pinned key: No key was given",
        "counted again (grouped, plain), with the same result",
        "ok      lot: The seed of the lot follows",
        "This result verifies: everything holds, and the count comes out the same again.",
    ):
        assert part in result.output


def test_a_changed_byte_is_named_and_exits_1(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[data.index(b"Sam Example")] ^= 1
    file.write_bytes(data)
    result = run(file)
    assert result.exit_code == 1
    assert "WRONG   packing: The file" in result.output
    assert "THIS RESULT DOES NOT VERIFY: packing." in result.output


def test_something_else_exits_2(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"hello")
    result = run(path)
    assert result.exit_code == 2
    assert "not a ZIP file" in result.output
    assert run(tmp_path / "nothing.zip").exit_code == 2


def test_as_json_it_says_the_same(file: Path) -> None:
    result = run(file, "--json")
    value = json.loads(result.output)
    assert (value["ok"], value["arithmetic_only"]) == (True, False)
    assert {check["name"] for check in value["checks"]} >= {"files", "signatures", "definition", "count", "board"}


def test_keys_are_pinned_from_files(file: Path, tmp_path: Path) -> None:
    known, other, nonsense = tmp_path / "known", tmp_path / "other", tmp_path / "nonsense"
    known.write_text(signatures.public_part(SIGNING[1]) + "\n")
    other.write_text(signatures.public_part(SIGNING[4]))
    nonsense.write_text("hello")
    assert run(file, "--key", known).exit_code == 0
    assert "pinned key" in run(file, "--key", known, "--key", other).output.splitlines()[-1]
    assert run(file, "--key", other).exit_code == 1
    assert run(file, "--key", nonsense).exit_code == 2


def test_receipts_are_looked_for(file: Path) -> None:
    assert run(file, "--receipt", envelopes.receipt(box()[0]).lower()).exit_code == 0
    assert run(file, "--receipt", envelopes.receipt(b"none")).exit_code == 1


def test_heads_from_a_mail_are_looked_for(file: Path) -> None:
    board = counted().result.board
    assert board is not None
    assert run(file, "--head", f"{board.leaves}:{board.root}").exit_code == 0
    assert run(file, "--head", f"{board.leaves - 1}:{board.root}").exit_code == 1
    assert run(file, "--head", "nonsense").exit_code == 2


def test_papers_that_are_not_public_are_counted_from_files(tmp_path: Path) -> None:
    parts = counted(publish=False, publication="tables-only")
    path, held = tmp_path / "r.zip", []
    path.write_bytes(parts.data())
    result = run(path)
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].startswith("This result verifies, by arithmetic only")
    for key in ("trees", "warden"):
        held += ["--ballots", tmp_path / key]
        (tmp_path / key).write_bytes(counted().files[f"ballots/{key}.json"])
    assert "the count comes out the same again" in run(path, *held).output
    (tmp_path / "trees").write_bytes(b"other")
    assert run(path, *held).exit_code == 1


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"majority"}))
def test_every_rule_is_counted_again_by_both_counters(method: str, tmp_path: Path) -> None:
    path = tmp_path / "r.zip"
    path.write_bytes(counted(method).data())
    result = run(path)
    assert result.exit_code == 0, result.output
    assert "Warden of the orchard: counted again (grouped, plain)" in result.output


def test_an_unknown_rule_or_a_wrong_setting_is_a_failure_and_not_a_crash(tmp_path: Path) -> None:
    for spoilt in (replace(WARDEN, method="dice"), replace(WARDEN, settings={"ron": []}), replace(WARDEN, seats=9)):
        parts = examples.made(questions=(MOTION, spoilt))
        path = tmp_path / "r.zip"
        path.write_bytes(parts.data())
        result = run(path)
        assert result.exit_code == 1, result.output
        assert "counter refuses" in result.output


def test_decisions_are_replayed_by_the_text_engine(tmp_path: Path) -> None:
    base = Document((Clause("r1", Kind.RESOLVES, "To plant forty trees."),))
    change = Amendment("1", base.hash, (Replace("r1", 2, 3, ("forty",), ("fifty",)),))
    decided = Record(base, (change,), (Decision("1", Outcome.CARRIED),))
    end = Document((Clause("r1", Kind.RESOLVES, "To plant fifty trees."),))
    lost = Record(base, (change,), (Decision("1", Outcome.LOST),))
    for record, status in ((decided, 0), (lost, 1)):
        parts = counted()
        value = {"base": base.hash, "decisions": decisions_of(record), "result": end.hash}
        parts.files["replay/trees.json"] = canonical.dumps(value)
        for text in (base, end):
            parts.files[f"text/{text.hash}.json"] = text.to_json().encode()
        path = tmp_path / "r.zip"
        path.write_bytes(parts.data())
        result = run(path)
        assert result.exit_code == status, result.output
        words = "another text" if status else "the text that they claim"
        assert f"replay/trees.json lead to {words}" in result.output
    value["decisions"] = ["nonsense"]
    parts.files["replay/trees.json"] = canonical.dumps(value)
    path.write_bytes(parts.data())
    assert run(path).exit_code == 1


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "r.zip"
    parts = counted(title="Fine\x1b[2J\u202eenif")
    path.write_bytes(parts.data())
    assert ballot().title not in run(path).output
    assert "\x1b" not in run(path).output
    assert "\u202e" not in run(path).output


def test_it_imports_neither_flask_nor_a_database(file: Path) -> None:
    code = f"""
import sys
from consult.cli import main
try:
    main(["verify", {str(file)!r}])
except SystemExit as end:
    assert not end.code, end.code
assert not {{"flask", "sqlalchemy", "wtforms", "huey", "sqlite3"}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "This result verifies" in done.stdout


def test_the_readme_in_the_bundle_tells_the_command_that_works(file: Path) -> None:
    assert f"consult verify {file.name}" in counted().files["README.txt"].decode()
