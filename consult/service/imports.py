"""Importing members: a file is read and shown beside the register, and then all of it is taken, or nothing."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, NotAllowed, NotFound, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import CONSOLE, Actor
from consult.model.audit import AuditEvent
from consult.model.imports import ImportChunk, ImportFile, ImportRow
from consult.model.members import Member
from consult.model.store import db, writing
from consult.service import (
    clock,
    csv_files,
    import_clashes,
    import_history,
    import_reports,
    import_rows,
    import_staging,
    import_writing,
    office_ends,
    register_columns,
)
from consult.service.act import Act, act
from consult.service.import_staging import Options as Options
from consult.service.office_ends import Ending
from consult.service.register_columns import Mapping

_QUIET = {"synchronize_session": False}

GONE = "This file is not here any more: it was taken already, dropped, or a day has passed. Choose it again."

#: Where more than one in so many of the register would lapse, the officer gives their number.
MANY = 10


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
    #: (a branch of the file, what it was merged into): people of the first come to the second.
    followed: list[tuple[str, str]]
    #: (line, number, the number that is like it but for capitals or noughts before it) of new entries, the first of them.
    alike: list[tuple[int, str, str]]
    fingerprint: str
    #: How many cells had an apostrophe before what a spreadsheet would take for a formula; it was taken off.
    bared: int = 0

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
    mapping: Mapping | None = None,
    at: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Read a file and lay it beside the register, which is not changed. `progress` is told how many bytes were read.

    `mapping` says which column holds what; without it the titles must leave no doubt. The rows are kept in tables of
    their own until `apply` or `drop`, in any case for a day; whatever the file's size, no more than one batch of it is
    in memory.

    Raises:
        Invalid: if it is no such file: unreadable, without a heading, without a column that is needed.
    """
    options = options or Options()
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    digest, size = measured(file)
    table = csv_files.read(file, register_columns.likeness, options.encoding)
    moment = at or clock.now()
    try:
        chosen = mapping or register_columns.certain(table.heading)
        row = described(table, chosen, options, digest, size, moment, CONSOLE.reference)
        row.state = "reading"
        with writing() as session:
            session.add(row)
            session.flush()
            file_id = row.id
    except BaseException:
        table.close()
        raise
    try:
        import_staging.stage(file_id, table, chosen, options, moment, file, progress)
        return report_of(get(file_id))
    except BaseException:
        drop(file_id)
        raise


def measured(file: BinaryIO) -> tuple[str, int]:
    """SHA-256 and size of a file."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def described(
    table: csv_files.Table, mapping: Mapping, options: Options, sha256: str, size: int, at: datetime, by: str
) -> ImportFile:
    """A file as it is put down before its rows are read."""
    return ImportFile(
        state="received",
        sha256=sha256,
        read_at=at,
        touched_at=at,
        sent_by=by,
        size=size,
        done=0,
        encoding=table.shape.encoding_words,
        delimiter=table.shape.delimiter_words,
        heading=table.heading,
        shape=register_columns.shape_of(table.heading),
        examples=[],
        mapping=mapping.to_json(),
        columns={column: table.heading[place] for column, place in mapping.places.items()},
        options=asdict(options),
        samples=[],
        figures={},
    )


# -- the report --------------------------------------------------------------------------------------------------------


def get(file_id: int) -> ImportFile:
    """A file that was read and waits for the officer's word.

    Raises:
        NotFound: if it was taken or dropped meanwhile, or its day is over.
    """
    found = db.session.get(ImportFile, file_id)
    if found is None or found.fingerprint is None or found.state == "taken":
        raise NotFound(GONE)
    return found


def report_of(file: ImportFile) -> Report:
    """The report of a file as it was read; `apply` refuses it if it would come out differently by then."""
    figures = file.figures
    return Report(
        file.id,
        file.sha256,
        figures["counts"],
        figures["missing"],
        figures["standing"],
        [(branch, region, nation) for branch, region, nation in figures["branches"]],
        [(old, new) for old, new in figures.get("followed", ())],
        [(line, number, other) for line, number, other in figures.get("alike", ())],
        file.fingerprint or "",
        figures.get("bared", 0),
    )


def rows_of(report: Report, outcome: str = "", page: int = 1) -> import_rows.Page:
    """A page of a report's rows: all, or those that come to one outcome."""
    total = report.counts[outcome] if outcome else report.total
    return import_rows.rows_page(db.session(), report.file_id, outcome, page, total)


def missing_of(report: Report, page: int = 1) -> import_rows.Page:
    """A page of the members whom the file does not name."""
    return import_rows.missing_page(db.session(), report.file_id, page)


def ending_of(report: Report, at: datetime, lapse_missing: bool, session: Session | None = None) -> Ending:
    """The offices that taking a file would end: by what its rows say, and by who would lapse."""
    found = office_ends.of_file(report.file_id, at, session)
    return found + office_ends.of_missing(report.file_id, at, session) if lapse_missing else found


# -- taking it ---------------------------------------------------------------------------------------------------------


@act(Permission.MEMBERS_IMPORT, Event.MEMBERS_IMPORTED)
def apply(
    subject: None,
    report: Report,
    reason: str,
    *,
    lapse_missing: bool = False,
    lapsing: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> dict[str, int]:
    """Take a file into the register, all of it or nothing: new members, changes, new branches, and lapses if asked for.

    `reason` says where the file comes from and why it is taken.

    `lapsing` is the number of people who would lapse, as the officer gave it: asked for where it is a large part of
    the register, because a file that names only a part of the members looks just like that.

    Offices that nobody may hold with the status that the file gives them end in the same transaction.

    Returns how many were new, changed, unchanged, lapsed, and branches set up. The audit event holds these and the
    file's hash, and nobody's name.

    Raises:
        Invalid: if no reason is given, a row is wrong, many would lapse and their number was not given, or nobody would
            be left who can give roles.
        Stale: if the register has changed so that the report would be another, or the totals do not reconcile.
        NotFound: if the file was taken or dropped already.
        NotAllowed: to somebody whose own office would end by it.
    """
    act.because(reason)
    session = act.session
    import_writing.lock_register(session)
    file = get(report.file_id)
    counts = _require_same(session, file, report, lapses=lapse_missing)
    require_takeable(file, report, lapse_missing, lapsing)
    require_another(report, lapse_missing, by, at, session)
    before = session.scalar(select(func.count()).select_from(Member)) or 0
    office_ends.end(act, ending_of(report, at, lapse_missing, session), office_ends.BECAUSE)
    with import_reports.packed(session, file.id, lapsing=lapse_missing) as told:
        branches = import_writing.make_branches(session, file.id)
        if counts["changed"]:
            import_history.put_down(session, file.id, at, by.reference)
        if lapse_missing:
            import_history.put_down_lapses(session, file.id, at, by.reference)
        done = {
            "changed": import_writing.change(session, file.id),
            "new": import_writing.add(session, file.id, at),
            "unchanged": counts["unchanged"],
            "lapsed": import_rows.lapse_missing(session, file.id) if lapse_missing else 0,
            "branches": branches,
        }
        import_writing.reconcile(session, done, counts, before)
        act.note(sha256=file.sha256, **done)
        forget_rows(session, file.id)
        told.keep(session, file.id)
    import_writing.count_anew(session, done["new"])
    file.state, file.figures, file.samples, file.refusal = "taken", {"done": done}, [], None
    return done


def _require_same(session: Session, file: ImportFile, report: Report, *, lapses: bool) -> dict[str, int]:
    """The counts, if the register still leads to the report that the officer saw.

    Who is missing from the file is looked at only where they are to lapse: else nothing becomes of them, and somebody
    who leaves while a large file is read does not keep the others out.
    """
    seen = import_rows.seen(session, file.id)
    parts = slice(None) if lapses else slice(1)
    shown, kept, now = (of.split(" ")[parts] for of in (report.fingerprint, file.fingerprint or "", seen.fingerprint))
    alone = not file.options["shared_addresses"]
    same = (
        file.sha256 == report.sha256
        and shown == kept == now
        and not import_rows.names_closed_unit(session, file.id)
        and not (alone and session.execute(import_clashes.addresses_of_others(file.id).limit(1)).first())
    )
    if not same:
        raise Stale(
            "The register has changed since this report was made, so it would come out differently now. "
            "Nothing was imported. Choose the file again and look at the new report."
        )
    return seen.counts


def out_of_date(file: ImportFile) -> bool:
    """Whether a report is known not to hold any more: it was refused for that, or another file that was taken since
    changed what it shows. Single corrections are found when it is to be taken: to look for them each time is too dear."""
    if file.figures.get("stale"):
        return True
    imported = AuditEvent.event == Event.MEMBERS_IMPORTED.value
    later = select(AuditEvent.sequence).where(AuditEvent.at > file.read_at, imported).limit(1)
    return db.session.scalar(later) is not None and not _holds(db.session(), file)


def _holds(session: Session, file: ImportFile) -> bool:
    try:
        _require_same(session, file, report_of(file), lapses=True)
    except Stale:
        return False
    return True


def note_if_out_of_date(file_id: int) -> None:
    """After a report was refused: put down whether the register has changed, so that its page says so from now on."""
    db.session.rollback()
    with suppress(NotFound), writing() as session:
        file = get(file_id)
        if not _holds(session, file):
            file.figures = file.figures | {"stale": True}


def require_takeable(file: ImportFile, shown: Report, lapse_missing: bool, lapsing: int | None) -> None:
    """Nothing if no row is wrong, and few would lapse or the officer knows how many.

    Raises:
        Invalid: else. Stale: if another report than this file's was shown.
    """
    report = report_of(file)
    if (shown.sha256, shown.fingerprint) != (report.sha256, report.fingerprint):
        raise Stale("This is not the report that you looked at. Nothing was imported; look at it again.")
    if wrong := report.counts["wrong"]:
        rows = "1 row is" if wrong == 1 else f"{wrong} rows are"
        raise Invalid(f"{rows} wrong, so nothing was imported. Correct the file and choose it again.")
    if lapse_missing and report.lapses_many and lapsing != report.missing:
        words = (
            f"{report.missing:,} of {report.standing:,} members and supporters are missing from the file. It may be a "
            "part of the register only. Nothing was imported: to record them all as lapsed, give their number, "
            f"{report.missing:,}."
        )
        raise Invalid(words, {"lapsing": words})


def require_another(report: Report, lapse_missing: bool, by: Actor, at: datetime, session: Session) -> None:
    """Nothing unless taking a file would end an office of whoever takes it.

    Raises:
        NotAllowed: if so; nobody decides about their own entry, and the rest of their act would be done by no officer.
    """
    if by.member_id in ending_of(report, at, lapse_missing, session).holders:
        raise NotAllowed(
            "Your own office would end by this file, so another officer has to take it. The report waits for a day."
        )


def drop(file_id: int) -> None:
    """Forget a file that is not to be taken; nothing if it is gone already."""
    with writing() as session:
        forget_rows(session, file_id)
        session.execute(delete(ImportFile).where(ImportFile.id == file_id), execution_options=_QUIET)


def forget_rows(session: Session, file_id: int, *, rows: bool = True, chunks: bool = True) -> None:
    """Forget what was read of a file, and its bytes."""
    for table, wanted in ((ImportRow, rows), (ImportChunk, chunks)):
        if wanted:
            session.execute(delete(table).where(table.file_id == file_id), execution_options=_QUIET)
