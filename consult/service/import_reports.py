"""The report of an import as a file that spreadsheets open; it is kept for as long as the file of members is, also once it
is taken and the register no longer tells what was changed."""

from __future__ import annotations

import csv
import io
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from typing import IO, Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consult.domain.cells import guarded
from consult.domain.errors import NotFound
from consult.model.imports import ImportChunk, ImportFile
from consult.model.store import db
from consult.service import import_rows
from consult.service.import_rows import Change, Row

#: Bytes of the packed report that are kept in one row, and as many as are held in memory while it is made.
_CHUNK = 1 << 20

HEADING = ("line", "outcome", "member number", "name", "e-mail", "branch", "status", "joined", "telephone", "postal address",
           "paid until", "remark")  # fmt: skip

#: Of these the report as a file has only what the file of members says. Whoever gave numbers and made up the rest would
#: else carry away the register, which takes two people and a reason.
_FOUND_BY = frozenset({"name", "e-mail", "telephone", "postal address"})


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The report's lines, some at a time; the mark at the beginning tells spreadsheets that it is UTF-8."""
    buffer, zone = io.StringIO(), ZoneInfo(current_app.config["CONSULT_ZONE"])
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(HEADING)
    for count, row in enumerate(rows, 1):
        remark = row.remark or "; ".join(_changed(change, zone) for change in row.changes)
        days = [_said(day, zone) if day else "" for day in (row.joined_at, row.paid)]
        cells = (
            row.number, row.name, row.email or "", row.branch, "" if row.fault else row.status, days[0],
            row.phone or "", row.address or "", days[1], remark,
        )  # fmt: skip
        writer.writerow((row.line or "", row.outcome, *map(guarded, cells)))
        if count % 500 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _changed(change: Change, zone: ZoneInfo) -> str:
    """A change in words; of what somebody could be found by, not what it was: the register leaves in an export alone."""
    if change.what in _FOUND_BY:
        return f"{change.what}: changed to {_said(change.new, zone)}"
    return f"{change.what}: {_said(change.old, zone)} → {_said(change.new, zone)}"


def _said(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d}"
    return "none" if value is None else str(value)


class Packed:
    """A report that waits, packed, for its file to be taken."""

    def __init__(self, held: IO[bytes]) -> None:
        self._held = held

    def keep(self, session: Session, file_id: int) -> None:
        """Put it down in the place of the file's bytes, which are gone."""
        self._held.seek(0)
        for place, content in enumerate(iter(lambda: self._held.read(_CHUNK), b"")):
            session.execute(insert(ImportChunk), {"file_id": file_id, "place": place, "content": content})


@contextmanager
def packed(session: Session, file_id: int, *, lapsing: bool) -> Iterator[Packed]:
    """The report of a file before its rows are taken, to be kept afterwards in the same transaction.

    `lapsing` is whether those who are missing from the file lapse with it; where nothing becomes of them they are left out.
    """
    with tempfile.SpooledTemporaryFile(_CHUNK) as held:
        pack = zlib.compressobj(1, wbits=31)  # as gzip (RFC 1952), quickly
        lapsed = import_rows.all_missing(session, file_id, lapsing=True) if lapsing else ()
        for piece in lines(chain(import_rows.all_rows(session, file_id), lapsed)):
            held.write(pack.compress(piece.encode()))
        held.write(pack.flush())
        yield Packed(held)


def download(file: ImportFile) -> Iterator[bytes]:
    """The whole report of a file that was read, or was taken within the last day: its rows, and then whoever is missing
    from it, or lapsed with it.

    Raises:
        NotFound: if there is none, or none any more.
    """
    if file.state == "taken":
        return _unpacked(file.id)
    if file.fingerprint is None:
        raise NotFound("This file has no report: it was not read to its end.")
    named = import_rows.all_rows(db.session(), file.id)
    return (piece.encode() for piece in lines(chain(named, import_rows.all_missing(db.session(), file.id))))


def _unpacked(file_id: int) -> Iterator[bytes]:
    unpack = zlib.decompressobj(wbits=31)
    places = select(ImportChunk.place).where(ImportChunk.file_id == file_id).order_by(ImportChunk.place)
    for place in list(db.session.scalars(places)):
        mine = (ImportChunk.file_id == file_id, ImportChunk.place == place)
        yield unpack.decompress(db.session.scalar(select(ImportChunk.content).where(*mine)) or b"")
    yield unpack.flush()
