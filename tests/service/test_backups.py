"""The drill: backing up while people vote, losing everything, restoring, and finding the same boxes, boards and chain."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from consult.domain.errors import Invalid, OutOfOrder
from consult.model.ballots import Envelope
from consult.model.store import db, writing
from consult.service import audit, backups, casting
from tests import poll
from tests.desk import DURING, Desk, retry
from tests.factories import Cast, make_member

from .test_casting import ANSWER

pytestmark = pytest.mark.skipif(
    shutil.which("pg_dump") is None and not os.environ.get("CONSULT_TEST_EVERYTHING"),
    reason="LEFT OUT: pg_dump is not installed (Debian: apt-get install postgresql-client)",
)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    made = Desk(cast)
    made.ask()
    made.schedule()
    return made


def receipts() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Envelope.receipt)))


def test_what_was_backed_up_is_restored_whole_and_proved(desk: Desk, tmp_path: Path) -> None:
    for name in ("member", "mover", "second"):
        desk.vote(name, 0)
    ballot, late = desk.ballot.id, desk.cast.who["delegate"].id
    member, before, head, file = desk.cast.who["member"].id, receipts(), audit.head(), tmp_path / "kept.backup"
    db.session.remove()
    found = backups.backup(db.engine, file)
    assert found.boxes.keys() == {str(ballot)} and found.audit_head == str(head)
    assert file.stat().st_mode & 0o077 == 0
    casting.cast(ballot, late, ANSWER, retry_key=retry(), at=DURING)  # and this one is lost with the disk
    db.session.remove()
    again = backups.restore(db.engine, file, replace=True)
    assert again == found and receipts() == before and audit.verify() == []
    assert casting.cast(ballot, late, ANSWER, retry_key=retry(), at=DURING).code  # the restored box takes votes,
    with pytest.raises(casting.AlreadyVoted):  # and one of each member
        casting.cast(ballot, member, ANSWER, retry_key=retry(), at=DURING)
    with pytest.raises(sa.exc.DatabaseError), writing() as session:  # its refusals stand too
        session.execute(sa.text("DELETE FROM audit_event"))


def test_nothing_is_overwritten_without_being_told(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "kept.backup"
    db.session.remove()
    backups.backup(db.engine, file)
    content = file.read_bytes()
    with pytest.raises(OutOfOrder, match="is there already"):
        backups.backup(db.engine, file)
    with pytest.raises(OutOfOrder, match="not empty, so nothing was restored"):
        backups.restore(db.engine, file)
    assert file.read_bytes() == content
    backups.backup(db.engine, file, replace=True)


def test_an_altered_or_foreign_backup_is_refused_and_the_database_stands(desk: Desk, tmp_path: Path) -> None:
    desk.vote("member", 0)
    file, before = tmp_path / "kept.backup", receipts()
    note = tmp_path / "kept.backup.json"
    db.session.remove()
    backups.backup(db.engine, file)
    good, words = bytearray(file.read_bytes()), json.loads(note.read_text())
    good[len(good) // 2] ^= 1
    file.write_bytes(good)
    with pytest.raises(Invalid, match="SHA-256 differs"):
        backups.restore(db.engine, file, replace=True)
    good[len(good) // 2] ^= 1
    file.write_bytes(good)
    for change in ({"kind": "other"}, {"format": "consult-backup/0"}, {"holds": {}}):
        note.write_text(json.dumps(words | change))
        with pytest.raises(Invalid):
            backups.restore(db.engine, file, replace=True)
    with pytest.raises(Invalid, match="not a backup of ours"):
        backups.restore(db.engine, tmp_path / "nothing", replace=True)
    assert receipts() == before


def test_a_backup_taken_while_people_vote_holds_whole_votes(app: Flask, cast: Cast, tmp_path: Path) -> None:
    with writing():
        voters = [make_member(cast.units["Birch"]).id for _ in range(60)]
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    ballot = desk.ballot.id
    db.session.remove()
    acknowledged: list[str] = []

    def vote() -> None:
        with app.app_context():
            for voter in voters:
                acknowledged.append(casting.cast(ballot, voter, ANSWER, retry_key=retry(), at=DURING).code)
            db.session.remove()

    voting = threading.Thread(target=vote)
    voting.start()
    while len(acknowledged) < 10:
        pass
    known = len(acknowledged)
    backups.backup(db.engine, tmp_path / "kept.backup")
    voting.join()
    found = backups.restore(db.engine, tmp_path / "kept.backup", replace=True)
    assert known <= found.rows["envelope"] <= 60
    assert {casting._code(receipt) for receipt in receipts()} <= set(acknowledged)


def test_the_commands_back_up_and_restore_into_an_empty_place(
    cast: Cast, database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    file = tmp_path / "kept.backup"
    db.session.remove()

    def consult(*words: str, address: str = database) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"DATABASE_URL": address, "CONSULT_INSTANCE": str(tmp_path)}
        command = [sys.executable, "-m", "consult", *words]
        return subprocess.run(command, env=environment, cwd=poll.ROOT, capture_output=True, text=True)

    done = consult("backup", str(file))
    assert done.returncode == 0 and "audit head" in done.stdout, done.stderr
    refused = consult("restore", str(file))
    assert refused.returncode == 2 and "--replace" in refused.stderr
    if database.startswith("sqlite"):
        done = consult("restore", str(file), address=f"sqlite:///{tmp_path / 'new' / 'place.db'}")
        assert done.returncode != 0 or "Restored and checked" in done.stdout
        (tmp_path / "new").mkdir(exist_ok=True)
        done = consult("restore", str(file), address=f"sqlite:///{tmp_path / 'new' / 'place.db'}")
    else:
        done = consult("restore", str(file), "--replace")
    assert done.returncode == 0 and "Restored and checked" in done.stdout, done.stderr
