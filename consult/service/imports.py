"""Importing members: a file is read and shown beside the register, and then all of it is taken, or nothing."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, NotFound, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.imports import ImportFile, ImportRow
from consult.model.members import Member
from consult.model.store import db, writing
from consult.model.units import Unit
from consult.service import clock, csv_files, import_rows, import_writing, register_file
from consult.service.act import Act, act

#: Rows that are written at a time; the database is locked for no longer than one such batch while a file is read.
_BATCH = 5_000
_SAMPLES = 5

#: Where more than one in so many of the register would lapse, the officer gives their number.
MANY = 10


@dataclass(frozen=True)
class Options:
    """How a file is to be read, as the officer chose."""

    #: Two people may have one address; else an address that is somebody's already is refused.
    shared_addresses: bool = False
    #: Branches that nobody knows are set up, if the file gives their region.
    create_branches: bool = False
    #: "day first" or "month first": how 03/04/2026 is read.
    dates: str = register_file.DAY_FIRST
    #: One of `csv_files.ENCODINGS`, or "" to find out.
    encoding: str = ""
    #: The clock on which days of joining begin.
    zone: str = "UTC"


@dataclass(frozen=True)
class Report:
    """What taking a file would do: how many rows are new, changed, unchanged or wrong, and what else would happen."""

    file_id: int
    sha256: str
    counts: dict[str, int]
    #: Members and supporters of the register whom the file does not name; lapsed only if the officer says so.
    missing: int
    #: All members and supporters of the register, whom a complete file would name.
    standing: int
    #: Branches that would be set up: (branch, region, nation).
    new_branches: list[tuple[str, str, str]]
    fingerprint: str

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def lapses_many(self) -> bool:
        """Whether to record the missing as lapsed would take more than a tenth of the register: likely a part of it."""
        return self.missing > 1 and self.missing * MANY > self.standing

    @property
    def changes_nothing(self) -> bool:
        return not (self.counts["new"] or self.counts["changed"])


# -- reading -----------------------------------------------------------------------------------------------------------


def preview(
    data: bytes | BinaryIO,
    options: Options | None = None,
    *,
    at: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Read a file and lay it beside the register, which is not changed. `progress` is told how many bytes were read.

    The rows are kept in tables of their own until `apply` or `drop`, in any case for a day; whatever the file's size,
    no more than one batch of it is in memory.

    Raises:
        Invalid: if it is no such file: unreadable, without a heading, without a column that is needed.
    """
    options = options or Options()
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    sha256 = _sha256(file)
    table = csv_files.read(file, register_file.likeness, options.encoding)
    try:
        columns = register_file.columns_of(table.heading)
        moment = at or clock.now()
        file_id = _begin(table, columns, options, sha256, moment)
        try:
            _stage(file_id, _values(table, columns, options, moment), file, progress)
            return _finish(file_id, options)
        except BaseException:
            _forget(file_id)
            raise
    finally:
        table.close()


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _begin(table: csv_files.Table, columns: dict[str, int], options: Options, sha256: str, at: datetime) -> int:
    with writing() as session:
        row = ImportFile(
            sha256=sha256,
            read_at=at,
            encoding=table.shape.encoding_words,
            delimiter=table.shape.delimiter_words,
            columns={column: table.heading[place] for column, place in columns.items()},
            options=asdict(options),
            samples=[],
        )
        session.add(row)
        session.flush()
        return row.id


def _values(
    table: csv_files.Table, columns: dict[str, int], options: Options, at: datetime
) -> Iterator[dict[str, Any]]:
    units = db.session.execute(select(Unit.id, Unit.name, Unit.kind, Unit.parent_id)).all()
    reader = register_file.Reader(
        columns,
        register_file.places_of((unit.id, unit.name, unit.kind, unit.parent_id) for unit in units),
        at,
        ZoneInfo(options.zone),
        options.dates,
        options.create_branches,
    )
    for line, cells in table.rows:
        yield reader.row(line, cells)


def _stage(
    file_id: int, values: Iterator[dict[str, Any]], file: BinaryIO, progress: Callable[[int], None] | None
) -> None:
    samples: list[str] = []
    while batch := [{"file_id": file_id, **row} for row in islice(values, _BATCH)]:
        samples += [row["name"] for row in batch if not row["name"].isascii()][: _SAMPLES - len(samples)]
        with writing() as session:
            session.execute(insert(ImportRow.__table__), batch)  # type: ignore[arg-type]
        if progress:
            progress(file.tell())
    with writing() as session:
        session.execute(update(ImportFile).where(ImportFile.id == file_id).values(samples=samples))


def _finish(file_id: int, options: Options) -> Report:
    """Mark what only the whole file or the register can tell, and make the report."""
    with writing() as session:
        if session.get_bind().dialect.name == "postgresql":  # else it plans for the few rows that it knew of before
            session.execute(text("ANALYZE import_row"))
        _mark(session, file_id, import_rows.repeated_numbers(file_id), "The member number {} is on line {} already.")
        _mark(
            session,
            file_id,
            import_rows.erased_numbers(file_id),
            "The member with the number {} was erased and cannot be put back by an import.",
        )
        if not options.shared_addresses:
            _mark(session, file_id, import_rows.repeated_addresses(file_id), "The address {} is on line {} already.")
            _mark(
                session,
                file_id,
                import_rows.addresses_of_others(file_id),
                "The address {} is that of the member with the number {}, who is not in this file.",
            )
        found = import_rows.fingerprint(session, file_id)
        session.execute(update(ImportFile).where(ImportFile.id == file_id).values(fingerprint=found))
        report = _report(session, file_id, found)
    if report.total == 0:
        raise Invalid("The file has a heading and no members below it.")
    return report


def _mark(session: Session, file_id: int, query: import_rows.Query, sentence: str) -> None:
    mark = update(ImportRow).where(ImportRow.file_id == file_id)
    found = session.execute(query).all()
    for line, *about in found:
        fault = f"Line {line}: {sentence.format(*about)}"
        session.execute(
            mark.where(ImportRow.line == line).values(fault=fault).execution_options(synchronize_session=False)
        )


def _report(session: Session, file_id: int, fingerprint: str) -> Report:
    file = session.get_one(ImportFile, file_id)
    return Report(
        file_id,
        file.sha256,
        import_rows.counts(session, file_id),
        import_rows.count_missing(session, file_id),
        import_rows.count_standing(session),
        import_rows.new_branches(session, file_id),
        fingerprint,
    )


# -- the report --------------------------------------------------------------------------------------------------------


def get(file_id: int) -> ImportFile:
    """A file that was read and waits for the officer's word.

    Raises:
        NotFound: if it was taken or dropped meanwhile, or its day is over.
    """
    found = db.session.get(ImportFile, file_id)
    if found is None or found.fingerprint is None:
        raise NotFound(
            "This file is not here any more: it was taken already, dropped, or a day has passed. Choose it again."
        )
    return found


def report_of(file: ImportFile) -> Report:
    """The report of a file as the register stands now, with the fingerprint of the one that was shown first."""
    return _report(db.session(), file.id, file.fingerprint or "")


def rows_of(report: Report, outcome: str = "", page: int = 1) -> import_rows.Page:
    """A page of a report's rows: all, or those that come to one outcome."""
    total = report.counts[outcome] if outcome else report.total
    return import_rows.rows_page(db.session(), report.file_id, outcome, page, total)


def missing_of(report: Report, page: int = 1) -> import_rows.Page:
    """A page of the members whom the file does not name."""
    return import_rows.missing_page(db.session(), report.file_id, page)


def stream(report: Report) -> Iterator[import_rows.Row]:
    """Every row of a report, for a download."""
    return import_rows.all_rows(db.session(), report.file_id)


# -- taking it ---------------------------------------------------------------------------------------------------------


@act(Permission.MEMBERS_IMPORT, Event.MEMBERS_IMPORTED)
def apply(
    subject: None,
    report: Report,
    *,
    lapse_missing: bool = False,
    lapsing: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> dict[str, int]:
    """Take a file into the register, all of it or nothing: new members, changes, new branches, and lapses if asked for.

    `lapsing` is the number of people who would lapse, as the officer gave it: asked for where it is a large part of
    the register, because a file that names only a part of the members looks just like that.

    Returns how many were new, changed, unchanged, lapsed, and branches set up. The audit event holds these and the
    file's hash, and nobody's name.

    Raises:
        Invalid: if a row is wrong, or many would lapse and their number was not given.
        Stale: if the register has changed so that the report would be another, or the totals do not reconcile.
        NotFound: if the file was taken or dropped already.
    """
    session = act.session
    import_writing.lock_register(session)
    file = get(report.file_id)
    _require_same(session, file, report)
    counts = import_rows.counts(session, file.id)
    if counts["wrong"]:
        rows = "1 row is" if counts["wrong"] == 1 else f"{counts['wrong']} rows are"
        raise Invalid(f"{rows} wrong, so nothing was imported. Correct the file and choose it again.")
    if lapse_missing:
        _require_known(_report(session, file.id, report.fingerprint), lapsing)
    before = session.scalar(select(func.count()).select_from(Member)) or 0
    branches = import_writing.make_branches(session, file.id)
    done = {
        "changed": import_writing.change(session, file.id),
        "new": import_writing.add(session, file.id, at),
        "unchanged": counts["unchanged"],
        "lapsed": import_rows.lapse_missing(session, file.id) if lapse_missing else 0,
        "branches": branches,
    }
    import_writing.reconcile(session, done, counts, before)
    act.note(sha256=file.sha256, **done)
    _delete(session, file.id)
    return done


def _require_same(session: Session, file: ImportFile, report: Report) -> None:
    """Nothing if the register still leads to the report that the officer saw."""
    strangers = [import_rows.erased_numbers(file.id)]
    if not file.options["shared_addresses"]:
        strangers.append(import_rows.addresses_of_others(file.id))
    same = (
        file.sha256 == report.sha256
        and report.fingerprint == file.fingerprint == import_rows.fingerprint(session, file.id)
        and not any(session.execute(query.limit(1)).first() for query in strangers)
    )
    if not same:
        raise Stale(
            "The register has changed since this report was made, so it would come out differently now. "
            "Nothing was imported. Choose the file again and look at the new report."
        )


def _require_known(report: Report, lapsing: int | None) -> None:
    """Nothing if few would lapse, or the officer knows how many."""
    if report.lapses_many and lapsing != report.missing:
        words = (
            f"{report.missing:,} of {report.standing:,} members and supporters are missing from the file. It may be a "
            "part of the register only. Nothing was imported: to record them all as lapsed, give their number, "
            f"{report.missing:,}."
        )
        raise Invalid(words, {"lapsing": words})


def drop(file_id: int) -> None:
    """Forget a file that is not to be taken; nothing if it is gone already."""
    _forget(file_id)


def _forget(file_id: int) -> None:
    with writing() as session:
        _delete(session, file_id)


def _delete(session: Session, file_id: int) -> None:
    quiet = {"synchronize_session": False}
    session.execute(delete(ImportRow).where(ImportRow.file_id == file_id), execution_options=quiet)
    session.execute(delete(ImportFile).where(ImportFile.id == file_id), execution_options=quiet)
