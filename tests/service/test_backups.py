"""The drill: backing up while people vote, losing everything, restoring, and finding the same boxes, boards and chain."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from consult.domain.errors import Invalid, OutOfOrder, Unavailable
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


# -- in the middle ---------------------------------------------------------------------------------------------------


def restoring() -> set[str]:
    """The functions of the module that change something while a backup is restored."""
    return {"restore", "_restore_sqlite", "_rest", "_sync_folder", "_restore_dump", "_clear", "_replay", "_same"}


def killed_at(line: int | None, work: Callable[[], Any]) -> list[int]:
    """Do it in a process of its own that is killed (SIGKILL) when it first comes to a line; the lines that it came to."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        seen: set[int] = set()

        def trace(frame: Any, kind: str, _: Any) -> Any:
            if frame.f_code.co_filename != backups.__file__ or frame.f_code.co_name not in restoring():
                return None
            if kind == "line" and frame.f_lineno not in seen:
                seen.add(frame.f_lineno)
                os.write(writing, b"%d " % frame.f_lineno)
                if frame.f_lineno == line:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        try:
            sys.settrace(trace)
            work()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as lines:
        found = [int(number) for number in lines.read().split()]
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) == (line is not None), status
    return found


def test_killed_at_any_line_a_restore_leaves_one_database_or_the_other_whole_and_can_be_done_again(
    desk: Desk, tmp_path: Path
) -> None:
    """Whole: the very rows, boxes and boards of before or of the backup, with an audit chain that holds."""
    file = tmp_path / "kept.backup"
    desk.vote("member", 0)
    ballot, others = desk.ballot.id, [desk.cast.who[name].id for name in ("mover", "second")]
    db.session.remove()
    kept = backups.backup(db.engine, file)
    for other in others:
        casting.cast(ballot, other, ANSWER, retry_key=retry(), at=DURING)
    db.session.remove()
    now = tmp_path / "now.backup"
    later = backups.backup(db.engine, now)
    db.engine.dispose()

    def work() -> None:
        backups.restore(db.engine, file, replace=True)

    def standing() -> backups.Holdings:
        with db.engine.connect() as connection:
            found = backups.holdings(connection)
            backups._require_chain(connection)
        db.engine.dispose()
        return found

    lines = killed_at(None, work)
    assert standing() == kept
    backups.restore(db.engine, now, replace=True)
    left: list[str] = []
    for line in lines if os.environ.get("CONSULT_TEST_MATRIX") else lines[:: len(lines) // 9]:
        killed_at(line, work)
        found = standing()
        assert found in (kept, later), line
        left.append("old" if found == later else "new")
        if found == kept:
            backups.restore(db.engine, now, replace=True)
            assert standing() == later
    assert left == sorted(left, reverse=True) and left[0] == "old"  # from one moment on it is the new one
    assert backups.restore(db.engine, file, replace=True) == kept
    assert not list(tmp_path.glob("*.restoring"))


def test_nothing_is_restored_under_somebody_who_is_at_work(desk: Desk, tmp_path: Path) -> None:
    file, ballot, member = tmp_path / "kept.backup", desk.ballot.id, desk.cast.who["member"].id
    db.session.remove()
    backups.backup(db.engine, file)
    casting.cast(ballot, member, ANSWER, retry_key=retry(), at=DURING)
    before = receipts()
    db.session.remove()
    url = db.engine.url
    other = sa.create_engine(url)
    with other.connect() as connection, connection.begin(), pytest.raises(Unavailable, match="Stop the pages"):
        connection.execute(select(Envelope.receipt)).all()
        backups.restore(db.engine, file, replace=True)
    other.dispose()
    assert receipts() == before
    db.session.remove()
    backups.restore(db.engine, file, replace=True)
    assert receipts() == set()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_damaged_database_is_replaced_by_its_backup(desk: Desk, database: str, tmp_path: Path) -> None:
    desk.vote("member", 0)
    before, file = receipts(), tmp_path / "kept.backup"
    db.session.remove()
    backups.backup(db.engine, file)
    db.engine.dispose()
    Path(database.removeprefix("sqlite:///")).write_bytes(b"nothing of a database " * 1000)
    backups.restore(db.engine, file, replace=True)
    assert receipts() == before


def test_a_restored_database_that_is_not_the_backup_is_not_put_in_place(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.vote("member", 0)
    file, ballot, mover = tmp_path / "kept.backup", desk.ballot.id, desk.cast.who["mover"].id
    db.session.remove()
    backups.backup(db.engine, file)
    casting.cast(ballot, mover, ANSWER, retry_key=retry(), at=DURING)
    before = receipts()
    db.session.remove()
    note = backups._read_note(db.engine, file)
    monkeypatch.setattr(backups, "_read_note", lambda *args: replace(note, audit_head="another"))
    with pytest.raises(Unavailable, match="differs in: audit_head"):
        backups.restore(db.engine, file, replace=True)
    assert receipts() == before
