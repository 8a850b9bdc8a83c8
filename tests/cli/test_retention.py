"""`consult retention`: counts what is due, removes it, and says what was removed."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa

from tests.cli.words import FOUND, run


def test_a_dry_run_removes_nothing_and_a_round_says_what_went(console: Path) -> None:
    run(*FOUND)
    engine = sa.create_engine(os.environ["DATABASE_URL"])
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO attempt VALUES ('x', 1, '2020-01-01T00:00:00.000000Z')")
    for _ in range(2):
        assert run("retention", "--dry-run").output == "Due now:\n          1  Counts of attempts to sign in\n"
    assert run("retention", "--reports").output == ""
    assert run("retention").output == "Removed:\n          1  Counts of attempts to sign in\n"
    assert run("retention").output == "Removed: nothing\n"
    assert "(UK time):\n          1  Counts of attempts to sign in\n" in run("retention", "--reports").output
    engine.dispose()
