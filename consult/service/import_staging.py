"""Reading a file into rows beside the register, at the speed of a bare load: by COPY on PostgreSQL, in batches on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid
from consult.model.imports import ImportFile, ImportRow
from consult.model.store import Instant, database_now, db, writing
from consult.model.units import Unit, UnitChange
from consult.service import (
    clock,
    csv_files,
    import_clashes,
    import_rows,
    register_dates,
    register_file,
    register_places,
)
from consult.service.register_columns import Mapping
from consult.service.register_file import FIELDS

#: Rows that are written at a time; the database is locked for no longer than one such batch while a file is read.
_BATCH = 10_000
_SAMPLES = 5


@dataclass(frozen=True)
class Options:
    """How a file is to be read, as the officer chose."""

    #: Two people may have one address; else an address that is somebody's already is refused.
    shared_addresses: bool = False
    #: Branches that nobody knows are set up, if the file gives their region.
    create_branches: bool = False
    #: "day first" or "month first": how 03/04/2026 is read.
    dates: str = register_dates.DAY_FIRST
    #: One of `csv_files.ENCODINGS`, or "" to find out.
    encoding: str = ""
    #: The clock on which days of joining begin.
    zone: str = "UTC"


def stage(
    file_id: int,
    table: csv_files.Table,
    mapping: Mapping,
    options: Options,
    at: datetime,
    file: BinaryIO,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Put the rows of a table down beside the register, batch by batch, and make the report.

    Raises:
        Invalid: for quotes that do not match, with the line; or without any member. What was put down stays.
    """
    reader = register_file.Reader(
        mapping,
        register_places.places_of(_units()),
        at,
        ZoneInfo(options.zone),
        options.dates,
        options.create_branches,
        len(table.heading),
    )
    samples: list[str] = []
    try:
        rows = reader.rows(table.rows, stamp(db.session()))
        while batch := list(islice(rows, _BATCH)):
            if len(samples) < _SAMPLES:
                samples += [str(row[2]) for row in batch if not str(row[2]).isascii()][: _SAMPLES - len(samples)]
            with writing() as session:
                put(session, file_id, batch)
                _touch(session, file_id, file.tell())
            if progress:
                progress(file.tell())
    finally:
        table.close()
    read = {"followed": [list(pair) for pair in sorted(reader.followed)], "bared": reader.bared}
    _finish(file_id, options, samples, read)


def _units() -> list[register_places.KnownUnit]:
    """The units as a file may name them."""
    merged = select(UnitChange.unit_id, UnitChange.other_id).where(UnitChange.what == "merged").order_by(UnitChange.id)
    into = {row.unit_id: row.other_id for row in db.session.execute(merged)}
    units = db.session.execute(select(Unit.id, Unit.name, Unit.kind, Unit.parent_id, Unit.closed_at)).all()
    return [
        register_places.KnownUnit(
            unit.id, unit.name, unit.kind, unit.parent_id,
            clock.day(unit.closed_at) if unit.closed_at else "", into.get(unit.id),
        )
        for unit in units
    ]  # fmt: skip


def _touch(session: Session, file_id: int, done: int) -> None:
    """A sign of life: how far the reading is."""
    now = database_now(session)
    session.execute(
        update(ImportFile)
        .where(ImportFile.id == file_id)
        .values(done=done, touched_at=now)
        .execution_options(synchronize_session=False)
    )


def _finish(file_id: int, options: Options, samples: list[str], read: dict[str, Any]) -> None:
    """Mark what only the whole file or the register can tell, and make the report."""
    with writing() as session:
        if session.get_bind().dialect.name == "postgresql":  # else it plans for the few rows that it knew of before
            session.execute(text("ANALYZE import_row"))
        _mark(session, file_id, import_clashes.repeated_numbers(file_id), "The member number {} is on line {} already.")
        if not options.shared_addresses:
            _mark(session, file_id, import_clashes.repeated_addresses(file_id), "The address {} is on line {} already.")
            _mark(
                session,
                file_id,
                import_clashes.addresses_of_others(file_id),
                "The address {} is that of the member with the number {}, who is not in this file.",
            )
        seen = import_rows.seen(session, file_id)
        if sum(seen.counts.values()) == 0:
            raise Invalid("The file has a heading and no members below it.")
        file = session.get_one(ImportFile, file_id)
        file.state, file.fingerprint, file.samples, file.refusal = "read", seen.fingerprint, samples, None
        file.figures = {
            "counts": seen.counts,
            "missing": seen.missing,
            "standing": import_rows.count_standing(session),
            "branches": [list(branch) for branch in import_rows.new_branches(session, file_id)],
            **read,
            "alike": import_clashes.alike_numbers(session, file_id),
        }
        file.done = file.size


def _mark(session: Session, file_id: int, query: import_rows.Query, sentence: str) -> None:
    """Say of the rows that a query names what is wrong with them, a batch at a time."""
    mark = (
        update(ImportRow.__table__)  # type: ignore[arg-type]
        .where(ImportRow.file_id == file_id, ImportRow.line == bindparam("of_line"))
        .values(fault=bindparam("says"))
    )
    found = session.execute(query).all()
    for start in range(0, len(found), _BATCH):
        values = [
            {"of_line": line, "says": f"Line {line}: {sentence.format(*about)}"}
            for line, *about in found[start : start + _BATCH]
        ]
        session.execute(mark, values)


_COLUMNS = ", ".join(("file_id", *FIELDS))
_TABLE = ImportRow.__tablename__


def stamp(session: Session) -> Callable[[datetime], object]:
    """How the database's driver takes an instant."""
    dialect = session.get_bind().dialect
    kind = Instant()
    if dialect.name == "postgresql":
        return lambda moment: moment.astimezone(UTC).isoformat()
    return lambda moment: kind.process_bind_param(moment, dialect)


def put(session: Session, file_id: int, rows: list[tuple[Any, ...]]) -> None:
    """Put a batch of rows down in the session's transaction."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        marks = ", ".join("?" for _ in range(len(FIELDS) + 1))
        statement = f"INSERT INTO {_TABLE} ({_COLUMNS}) VALUES ({marks})"  # noqa: S608 (names of our own table)
        connection.exec_driver_sql(statement, [(file_id, *row) for row in rows])
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {_TABLE} ({_COLUMNS}) FROM STDIN") as copy:
        copy.write("".join(_line(file_id, row) for row in rows))


#: What the text form of COPY writes with a backslash.
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


#: Region, nation and what else a file may say, none of it said.
_NOTHING = "\t\\N" * 7


def _line(file_id: int, row: tuple[Any, ...]) -> str:
    line, number, name, email, key, status, first, after, unit, branch, region, _, *more, words, fault = row
    if (
        "\\" in name
        or "\\" in number
        or fault
        or region
        or email is None
        or unit is None
        or any(more)
        or "\\" in branch
    ):
        cells = ["\\N" if cell is None else str(cell).translate(_ESCAPES) for cell in row]
        return f"{file_id}\t" + "\t".join(cells) + "\n"
    return (
        f"{file_id}\t{line}\t{number}\t{name}\t{email}\t{key}\t{status}\t{first}\t{after}\t{unit}\t{branch}"
        f"{_NOTHING}\t{words}\t\\N\n"
    )
