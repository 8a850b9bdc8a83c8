"""`consult audit verify`: names what was done to the log, and exits with 1."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from consult.model import triggers
from tests.cli.words import FOUND, run


def damage(address: str, statement: str) -> None:
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        triggers.take_down_fences(connection)
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit_event SET data = '{\"member\":99}' WHERE sequence = 2", "Entry 2 was edited"),
        ("DELETE FROM audit_event WHERE sequence = 3", "Entry 3 is missing."),
        ("UPDATE audit_event SET sequence = sequence + 10 WHERE sequence >= 5", "Entries 5 to 14 are missing."),
    ],
)
def test_damage_is_named(console: Path, monkeypatch: pytest.MonkeyPatch, statement: str, words: str) -> None:
    run(*FOUND)
    whole = run("audit", "verify")
    assert whole.exit_code == 0 and "entries hold" in whole.output
    damage(os.environ["DATABASE_URL"], statement)
    found = run("audit", "verify")
    assert found.exit_code == 1
    assert words in found.output


def test_a_cut_off_end_is_found_by_a_head_from_a_mail(console: Path) -> None:
    run(*FOUND)
    head = run("audit", "head").output.strip()
    damage(os.environ["DATABASE_URL"], "DELETE FROM audit_event WHERE sequence >= 5")
    assert run("audit", "verify").exit_code == 0
    found = run("audit", "verify", "--head", head)
    assert found.exit_code == 1 and "The tail was cut off" in found.output


def test_a_head_that_is_none(console: Path) -> None:
    run(*FOUND)
    assert "a number, a colon and 64" in str(run("audit", "verify", "--head", "7").exception)
