"""Backups: one file of the whole database with what it must hold, and restoring it only where it proves to be that.

SQLite is copied by its online backup, PostgreSQL by pg_dump in one snapshot, both while people vote. Beside the file
stands FILE.json: its SHA-256, the head of the audit chain, the root over each box and each board, and the rows of each
table. A restored database must show the same, and its audit chain must hold, before it takes the place of another.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import IO, Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, OutOfOrder, Unavailable
from consult.ledger import merkle
from consult.model import schema
from consult.model.ballots import Envelope
from consult.model.boxes import BoardLeaf
from consult.service import audit

FORMAT = "consult-backup/1"

IN_USE = "Somebody still uses the database. Stop the pages and the worker, then restore again."


@dataclass(frozen=True)
class Holdings:
    """What a database holds, to be found again in its restored copy."""

    revision: str
    audit_head: str
    #: Ballot → the Merkle root over its sorted receipts, and over its board in the board's order.
    boxes: dict[str, str]
    boards: dict[str, str]
    rows: dict[str, int]


def holdings(connection: sa.Connection) -> Holdings:
    """What the database of a connection holds, by its tables as they are."""
    tables = sorted(sa.inspect(connection).get_table_names())
    rows = {
        name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one() for name in tables
    }
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if tables else None
    with Session(bind=connection) as session:
        head = str(audit.head(session) or "")
        boxes = _roots(session, Envelope.ballot_id, Envelope.receipt, Envelope.receipt)
        boards = _roots(session, BoardLeaf.ballot_id, BoardLeaf.receipt, BoardLeaf.position)
    return Holdings(version or "", head, boxes, boards, rows)


def _roots(session: Session, ballot: Any, receipt: Any, order: Any) -> dict[str, str]:
    leaves: dict[str, list[bytes]] = {}
    for number, code in session.execute(sa.select(ballot, receipt).order_by(ballot, order)):
        leaves.setdefault(str(number), []).append(bytes.fromhex(code))
    return {number: merkle.root(found).hex() for number, found in leaves.items()}


def backup(engine: sa.Engine, file: Path, *, replace: bool = False) -> Holdings:
    """Copy the whole database to a file, readable by its owner alone, with FILE.json beside it.

    Raises:
        OutOfOrder: if the file is there and nobody said that it may be replaced.
        Unavailable: if the database or pg_dump fails; nothing is left behind.
    """
    if file.exists() and not replace:
        raise OutOfOrder(f"{file} is there already. Give another name, or say --replace to overwrite it.")
    unfinished = file.with_name(file.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(0o600)
    try:
        found = (_copy_sqlite if engine.dialect.name == "sqlite" else _dump)(engine, unfinished)
        note = {"format": FORMAT, "kind": engine.dialect.name, "sha256": _digest(unfinished), "holds": asdict(found)}
        _note(file).write_text(json.dumps(note, indent=1, sort_keys=True) + "\n")
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return found


def _note(file: Path) -> Path:
    return file.with_name(file.name + ".json")


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _copy_sqlite(engine: sa.Engine, to: Path) -> Holdings:
    with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, no log beside it
    return _holdings_of_file(to)


def _holdings_of_file(file: Path) -> Holdings:
    engine = sa.create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            if (words := connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()) != "ok":
                raise Unavailable(f"The copy is damaged: {words}")
            found = holdings(connection)
            _require_chain(connection)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")
    return found


def _dump(engine: sa.Engine, to: Path) -> Holdings:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        found = holdings(connection)
        _require_chain(connection)
        _program("pg_dump", engine, "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={to}")
    return found


def _require_chain(connection: sa.Connection) -> None:
    with Session(bind=connection) as session:
        if faults := audit.verify(session=session):
            raise OutOfOrder(f"The audit chain does not hold: {faults[0]}")


def _program(name: str, engine: sa.Engine | None, *arguments: str, output: IO[str] | None = None) -> None:
    """Run one of PostgreSQL's programs; the password goes through a file of our own, never through the command line."""
    program = shutil.which(name)
    if program is None:
        raise Unavailable(f"{name} is not installed; it comes with PostgreSQL (Debian: postgresql-client).")
    with tempfile.NamedTemporaryFile("w", prefix="consult-") as secret:  # readable by us alone
        database = [f"--dbname={_url(engine, secret)}"] if engine is not None else []
        done = subprocess.run(
            [program, *database, *arguments], stdout=output or subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
    if done.returncode != 0:
        raise Unavailable(f"{name} failed, and nothing was changed: {done.stderr.strip()[-800:]}")


def _url(engine: sa.Engine, secret: Any) -> str:
    url = engine.url.set(drivername="postgresql", password=None)
    if engine.url.password:
        word = str(engine.url.password).replace("\\", "\\\\").replace(":", "\\:")
        secret.write(f"*:*:*:*:{word}\n")
        secret.flush()
        url = url.update_query_dict({"passfile": secret.name})
    return url.render_as_string()


# -- restoring -------------------------------------------------------------------------------------------------------


def restore(engine: sa.Engine, file: Path, *, replace: bool = False) -> Holdings:
    """Put a backup in the place of the configured database, after it has proved to hold what FILE.json says.

    Nothing may be served meanwhile. Killed at any moment, the old database or the new one is there, whole.

    Raises:
        Invalid: if the file or its note is missing, altered, or of the other kind of database.
        OutOfOrder: if the database is not empty and nobody said that it may be replaced.
        Unavailable: if it could not be restored, or holds something else: then the old one stands.
    """
    wanted = _read_note(engine, file)
    if not replace and _filled(engine):
        raise OutOfOrder(
            "The database is not empty, so nothing was restored. Back it up first, then say --replace to overwrite it."
        )
    engine.dispose()
    found = (
        _restore_sqlite(engine, file, wanted)
        if engine.dialect.name == "sqlite"
        else _restore_dump(engine, file, wanted)
    )
    engine.dispose()
    return found


def _filled(engine: sa.Engine) -> bool:
    with engine.connect() as connection:
        return bool(sa.inspect(connection).get_table_names())


def _read_note(engine: sa.Engine, file: Path) -> Holdings:
    try:
        note = json.loads(_note(file).read_text())
        kind, digest, wanted = note["kind"], note["sha256"], Holdings(**note["holds"])
        right = note["format"] == FORMAT
        same = digest == _digest(file)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Invalid(
            f"{file} and {_note(file).name} beside it are not a backup of ours, or cannot be read."
        ) from fault
    if not right or kind != engine.dialect.name:
        raise Invalid(
            f"This is a backup of a {kind} database in the format {note['format']}; here it cannot be restored."
        )
    if not same:
        raise Invalid(f"{file} is not the file that was written: its SHA-256 differs. Use another copy of the backup.")
    return wanted


def _same(found: Holdings, wanted: Holdings) -> None:
    if found != wanted:
        differing = [name for name, value in asdict(wanted).items() if asdict(found)[name] != value]
        raise Unavailable(f"The restored database differs in: {', '.join(differing)}. It was not put in place.")


def _restore_sqlite(engine: sa.Engine, file: Path, wanted: Holdings) -> Holdings:
    place = Path(str(engine.url.database))
    copy = place.with_name(place.name + ".restoring")
    try:
        shutil.copyfile(file, copy)
        copy.chmod(0o600)
        found = _holdings_of_file(copy)
        _same(found, wanted)
        with copy.open("rb") as written:
            os.fsync(written.fileno())
        if place.exists():
            _rest(place)
        copy.replace(place)
        _sync_folder(place.parent)
    finally:
        copy.unlink(missing_ok=True)
    return found


def _rest(place: Path) -> None:
    """Put the log of the old database away, which must not be taken for the new one's; a damaged one's is thrown away.

    Raises:
        Unavailable: while anybody has the database open.
    """
    with closing(sqlite3.connect(place, timeout=5)) as old:
        try:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            mode = old.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            mode = "locked"
        except sqlite3.DatabaseError:
            for end in ("-wal", "-shm"):
                place.with_name(place.name + end).unlink(missing_ok=True)
            return
    if mode != "delete":
        raise Unavailable(f"{IN_USE} Nothing was changed.")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _restore_dump(engine: sa.Engine, file: Path, wanted: Holdings) -> Holdings:
    """All in one transaction: the old tables go, those of the backup come, and it is committed once they prove right."""
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '20s'")
            _clear(connection)
            _replay(connection, engine, file)
            connection.exec_driver_sql("RESET ALL")  # the script has set the search path and others for itself
            found = holdings(connection)
            _require_chain(connection)
            _same(found, wanted)
    except sa.exc.DBAPIError as fault:
        raise Unavailable(f"{IN_USE} Nothing was changed: {str(fault.orig).strip()[:300]}") from fault
    except psycopg.Error as fault:
        raise Unavailable(f"The backup could not be restored, and nothing was changed: {str(fault)[:300]}") from fault
    return found


def _clear(connection: sa.Connection) -> None:
    """Drop every table and function of the schema, and so their triggers and indexes."""
    tables = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"
    functions = """
        SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    """
    for kind, query in (("TABLE", tables), ("FUNCTION", functions)):
        if names := connection.exec_driver_sql(query).scalars().all():
            connection.exec_driver_sql(f"DROP {kind} {', '.join(names)} CASCADE")


def _replay(connection: sa.Connection, engine: sa.Engine, file: Path) -> None:
    """Run the script of a dump on this connection: its statements together, and the rows of each table as one copy."""
    raw: Any = connection.connection.driver_connection
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as script, raw.cursor() as cursor:
        _program("pg_restore", None, "--no-owner", "--file=-", str(file), output=script)
        script.seek(0)
        statements: list[str] = []
        for line in script:
            if line.startswith("COPY ") and line.endswith(" FROM stdin;\n"):
                cursor.execute("".join(statements))
                statements.clear()
                with cursor.copy(line) as rows:
                    for row in takewhile(lambda row: row != "\\.\n", script):
                        rows.write(row)
            elif not line.startswith("\\"):  # a command to psql
                statements.append(line)
        cursor.execute("".join(statements))


def behind(found: Holdings) -> bool:
    """Whether a restored database needs `consult db upgrade` before it can be served."""
    return found.revision != schema.head()
