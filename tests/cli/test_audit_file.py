"""`consult audit verify --file`: a chain taken as a file is checked where there is no database."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.words import FOUND, run


def test_a_file_of_the_chain_is_checked(console: Path, tmp_path: Path) -> None:
    run(*FOUND)
    from consult.cli import application
    from consult.service import audit_pages

    with application().app_context():
        lines = list(audit_pages.chain_lines())
    whole = tmp_path / "chain.jsonl"
    whole.write_text("".join(lines))
    assert f"All {len(lines)} entries hold." in run("audit", "verify", "--file", str(whole)).output
    edited = json.loads(lines[1]) | {"actor": "member:99"}
    whole.write_text("".join([lines[0], json.dumps(edited) + "\n", *lines[2:]]))
    found = run("audit", "verify", "--file", str(whole))
    assert found.exit_code == 1 and "Entry 2 was edited" in found.output
    whole.write_text("entry,at\n")
    wrong = run("audit", "verify", "--file", str(whole))
    assert wrong.exit_code == 1 and "Line 1 is no entry of a chain" in wrong.output
