"""Files of members that wait: which column holds what is confirmed, then the worker reads them, and takes the large ones."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import insert, or_, select, update

from consult.domain.errors import Invalid, NotFound, OutOfOrder, Refused, Stale
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.imports import ImportChunk, ImportFile, ImportMapping
from consult.model.store import db, writing
from consult.service import actors, clock, csv_files, import_staging, imports, register_columns
from consult.service.act import Act, act, checked_why
from consult.service.imports import Options
from consult.service.register_columns import Mapping

#: Bytes of a file that are kept in one row.
CHUNK = 1 << 20
#: Files of more bytes than this are read by the worker, and reports of more rows than that are taken by it.
LARGE, MANY_ROWS = 1 << 20, 20_000
#: The largest file: millions of members with all that other systems export about them.
LARGEST = 1 << 30
#: A worker that has given no sign of life for this long is taken for dead, and its file is begun anew.
PATIENCE = timedelta(minutes=2)

_EXAMPLES, _CUT = 3, 60

#: Called when there is something for the worker; set by the application.
after_choice: list[Callable[[], None]] = []


@act(Permission.MEMBERS_IMPORT, None)
def receive(subject: None, file: BinaryIO, options: Options, *, by: Actor, at: datetime, act: Act) -> ImportFile:
    """Put a file down, with a guess of which column holds what: as the last file of its shape, else from its titles.

    Raises:
        Invalid: if it is no table: unreadable, empty, too large.
    """
    sha256, size = imports.measured(file)
    if size > LARGEST:
        raise Invalid(f"The file has more than {LARGEST >> 20:,} MB. Split it, or import it at the console.")
    table = csv_files.read(file, register_columns.likeness, options.encoding)
    try:
        mapping = remembered_mapping(table.heading) or register_columns.guess(table.heading)
        row = imports.described(table, mapping, options, sha256, size, at, by.reference)
        rows = list(islice(table.rows, _EXAMPLES))
        if not rows:
            raise Invalid("The file has a heading and no rows below it, so there is nobody to import.")
        row.examples = [[cell.strip()[:_CUT] for cell in cells] for _, cells in rows]
    finally:
        table.close()
    act.session.add(row)
    act.session.flush()
    file.seek(0)
    for place, content in enumerate(iter(lambda: file.read(CHUNK), b"")):
        act.session.execute(insert(ImportChunk), {"file_id": row.id, "place": place, "content": content})
    return row


def latest(most: int = 5) -> list[ImportFile]:
    """The files of the last day that were taken, wait, or are on their way; the newest first."""
    return list(db.session.scalars(select(ImportFile).order_by(ImportFile.id.desc()).limit(most)))


def remembered_mapping(heading: list[str]) -> Mapping | None:
    """How the last file with these titles was read, or None."""
    known = db.session.get(ImportMapping, register_columns.shape_of(heading))
    return Mapping.from_json(known.mapping) if known else None


def remembered(file: ImportFile) -> ImportMapping | None:
    """How the last file of this shape was read, or None if this is the first."""
    return db.session.get(ImportMapping, file.shape)


def get(file_id: int) -> ImportFile:
    """A file in whatever state it is.

    Raises:
        NotFound: if it was dropped, or its day is over.
    """
    found = db.session.get(ImportFile, file_id)
    if found is None:
        raise NotFound(imports.GONE)
    return found


@act(Permission.MEMBERS_IMPORT, None)
def choose(file: ImportFile, mapping: Mapping, options: Options, *, by: Actor, at: datetime, act: Act) -> ImportFile:
    """Say which column holds what, and remember it for files of this shape. The file then waits to be read.

    Raises:
        Invalid: if something that is needed is nowhere. OutOfOrder: if its bytes are gone, because it was read already.
    """
    if file.state not in ("received", "waiting", "refused"):
        raise OutOfOrder("This file was read already. To read it in another way, choose it again.")
    register_columns.checked(mapping, file.heading)
    file.mapping, file.options, file.state = mapping.to_json(), asdict(options), "waiting"
    file.columns = {column: file.heading[place] for column, place in mapping.places.items()}
    file.examples, file.refusal = [], None
    known = act.session.get(ImportMapping, file.shape) or ImportMapping(shape=file.shape)
    known.mapping, known.options, known.at, known.chosen_by = mapping.to_json(), asdict(options), at, by.reference
    act.session.add(known)
    return file


def read_if_small(file: ImportFile) -> None:
    """Read a small file at once, whose report is there before a worker would look; a large one is the worker's."""
    if file.size <= LARGE:
        read(file.id)
    else:
        tell_worker()


def tell_worker() -> None:
    """Have the worker look at once."""
    for tell in after_choice:
        tell()


@act(Permission.MEMBERS_IMPORT, None)
def take_later(
    file: ImportFile, report: imports.Report, reason: str, lapse_missing: bool, lapsing: int | None, *, by: Actor,
    at: datetime, act: Act,
) -> ImportFile:  # fmt: skip
    """Have the worker take a file in the name of whoever gives the word, and for the reason that is given.

    Raises:
        Invalid, NotAllowed, NotFound: as `imports.apply` would. OutOfOrder: if it is being taken already.
    """
    words = checked_why(reason)
    if file.state != "read":
        raise OutOfOrder("This file is being taken already, or its report is not made yet. Look at its page.")
    imports.require_takeable(file, report, lapse_missing, lapsing)
    imports.require_another(report, lapse_missing, by, at, act.session)
    file.state, file.sent_by, file.refusal, file.touched_at = "taking", by.reference, None, at
    file.figures = file.figures | {"lapse": lapse_missing, "lapsing": lapsing, "reason": words}
    return file


# -- for the worker ----------------------------------------------------------------------------------------------------


def work_through() -> int:
    """Read every file that waits, and take those whose word is given; how many."""
    done = 0
    while (found := _claim(clock.now())) is not None:
        file_id, state = found
        read(file_id) if state == "reading" else _take(file_id)
        done += 1
    return done


def _claim(at: datetime) -> tuple[int, str] | None:
    """The oldest file with something to do, so that no other worker does it; one left half-way is begun anew."""
    with writing() as session:
        dead = ImportFile.touched_at < at - PATIENCE
        query = (
            select(ImportFile)
            .where(
                or_(
                    ImportFile.state == "waiting",
                    (ImportFile.state == "reading") & dead & ImportFile.id.in_(select(ImportChunk.file_id)),
                    (ImportFile.state == "taking") & (dead | ImportFile.figures["claimed"].as_boolean().is_not(True)),
                )
            )
            .order_by(ImportFile.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        file = session.scalars(query).first()
        if file is None:
            return None
        if file.state == "taking":
            file.figures = file.figures | {"claimed": True}
        else:
            file.state = "reading"
        file.touched_at = at
        return file.id, file.state


def read(file_id: int) -> None:
    """Read one file to its end and make its report; what stands in the way is written beside it, never raised."""
    file = get(file_id)
    options, mapping, at = Options(**file.options), Mapping.from_json(file.mapping), file.read_at
    with writing() as session:
        imports.forget_rows(session, file_id, chunks=False)
        session.execute(update(ImportFile).where(ImportFile.id == file_id).values(state="reading", done=0))
    content = io.BufferedReader(Chunks(file_id), CHUNK)
    try:
        table = csv_files.read(content, register_columns.likeness, options.encoding)
        import_staging.stage(file_id, table, mapping, options, at, content)
    except Refused as refusal:
        _refuse(file_id, "refused", str(refusal))
        return
    with writing() as session:
        imports.forget_rows(session, file_id, rows=False)


def _take(file_id: int) -> None:
    file = get(file_id)
    report, figures = imports.report_of(file), file.figures
    by = actors.actor_of(int(file.sent_by.removeprefix("member:")), second_factor=True)
    try:
        imports.apply(
            None, report, figures["reason"], lapse_missing=figures["lapse"], lapsing=figures["lapsing"], by=by
        )
    except Refused as refusal:
        _refuse(file_id, "read", str(refusal))
        if isinstance(refusal, Stale):
            imports.note_if_out_of_date(file_id)


def _refuse(file_id: int, state: str, words: str) -> None:
    db.session.rollback()
    with suppress(NotFound), writing():
        file = get(file_id)
        file.state, file.refusal = state, words[:2000]
        file.figures = {
            name: value for name, value in file.figures.items() if name not in ("claimed", "lapse", "lapsing", "reason")
        }


class Chunks(io.RawIOBase):
    """The bytes of a file that was put down, read from the database piece by piece."""

    def __init__(self, file_id: int) -> None:
        self._file_id = file_id
        self._size = get(file_id).size
        self._at = 0
        self._kept: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def seekable(self) -> bool:
        """One can go back in it."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        """The place at which one is."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; returns how many bytes, 0 at the end."""
        view = memoryview(buffer)
        place, start = divmod(self._at, CHUNK)
        if self._at >= self._size:
            return 0
        if self._kept[0] != place:
            query = select(ImportChunk.content).where(ImportChunk.file_id == self._file_id, ImportChunk.place == place)
            content = db.session.scalar(query)
            db.session.rollback()
            if content is None:
                raise NotFound(imports.GONE)
            self._kept = place, content
        piece = self._kept[1][start : start + len(view)]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
