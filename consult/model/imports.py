"""Imports of members between the file's coming and the officer's word: its bytes, its rows, and how such files are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from consult.domain.names import LONGEST
from consult.model.store import Base, one_of

#: received: its columns are to be confirmed · waiting, reading: for or by the worker · read: the report stands ·
#: taking: being written by the worker · taken · refused: it cannot be read.
STATES = ("received", "waiting", "reading", "read", "taking", "taken", "refused")


class ImportFile(Base):
    """One file that was sent. Its rows go when it is taken or dropped, and all of it after a day."""

    __tablename__ = "import_file"
    __table_args__ = (CheckConstraint(one_of("state", STATES), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    #: SHA-256 of the file's bytes, which the confirming form carries.
    sha256: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime]
    #: The worker's last sign of life while it reads or writes; after some minutes without, another begins anew.
    touched_at: Mapped[datetime]
    #: "member:12", who sent it and in whose name it is taken.
    sent_by: Mapped[str] = mapped_column(String(40))
    #: Bytes, and how many of them have been read.
    size: Mapped[int]
    done: Mapped[int]
    #: How the bytes were read, in words.
    encoding: Mapped[str] = mapped_column(String(100))
    delimiter: Mapped[str] = mapped_column(String(20))
    #: The titles of its columns, and SHA-256 over them: files of one shape are read in one way.
    heading: Mapped[list[Any]]
    shape: Mapped[str] = mapped_column(String(64))
    #: The first rows, cut short, for the officer to see what is in each column; gone once the columns are confirmed.
    examples: Mapped[list[Any]]
    #: As `consult.service.register_columns.Mapping.to_json()`.
    mapping: Mapped[dict[str, Any]]
    #: What each column was taken for: {"number": "Membership no."}.
    columns: Mapped[dict[str, Any]]
    #: The choices that it was read with, see `consult.service.imports.Options`.
    options: Mapped[dict[str, Any]]
    #: The first names with letters beyond A to Z, for the officer to see that they were read rightly.
    samples: Mapped[list[Any]]
    #: What the report says in figures, as of the reading; once taken, what was done.
    figures: Mapped[dict[str, Any]]
    #: Over everything that the report shows; none until the file has been read to its end.
    fingerprint: Mapped[str | None] = mapped_column(String(200))
    #: Why it cannot be read, or was not taken.
    refusal: Mapped[str | None] = mapped_column(String(2000))


class ImportChunk(Base):
    """A piece of a file that waits for the worker; gone once it is read."""

    __tablename__ = "import_chunk"

    file_id: Mapped[int] = mapped_column(ForeignKey("import_file.id"), primary_key=True)
    #: Counted from 0; each holds `consult.service.import_files.CHUNK` bytes, the last one the rest.
    place: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """One row of such a file, as it will stand in the register; its `fault` is the sentence of what is wrong.

    It refers to nothing by a foreign key: half a million rows are written at the speed of a bare load, and the register
    that they are then put into checks each reference.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        Index("ix_import_row_number", "file_id", "number"),
        Index(
            "ix_import_row_fault",
            "file_id",
            "line",
            sqlite_where=text("fault IS NOT NULL"),
            postgresql_where=text("fault IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    file_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: The line of the file on which the row begins.
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254))
    status: Mapped[str] = mapped_column(String(20))
    joined_at: Mapped[datetime | None]
    #: A date is a whole day: the register's instant agrees if it lies from `joined_at` up to, not including, this.
    joined_before: Mapped[datetime | None]
    #: None where the branch is one to be created.
    unit_id: Mapped[int | None]
    branch: Mapped[str] = mapped_column(String(200))
    #: The region of a branch to be created, and its nation.
    region: Mapped[str | None] = mapped_column(String(200))
    nation: Mapped[str | None] = mapped_column(String(200))
    #: None where the file does not say: what the register has then stays.
    phone: Mapped[str | None] = mapped_column(String(40))
    phone_key: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(300))
    address_key: Mapped[str | None] = mapped_column(String(LONGEST))
    paid_until: Mapped[datetime | None]
    #: As `consult.domain.names.search_key`.
    search_key: Mapped[str] = mapped_column(String(LONGEST))
    fault: Mapped[str | None] = mapped_column(String(1000))


class ImportMapping(Base):
    """How files of one shape were read the last time, so that the next one is read in the same way."""

    __tablename__ = "import_mapping"

    shape: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: As `consult.service.register_columns.Mapping.to_json()`.
    mapping: Mapped[dict[str, Any]]
    #: See `consult.service.imports.Options`.
    options: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    chosen_by: Mapped[str] = mapped_column(String(40))


class ImportChange(Base):
    """What taking a file changed of one entry of the register; gone after two years, and when the person is erased.

    Which values were changed is told of all of them; from what to what only of those by which rolls go. Names and contact
    data that are not used any more are kept nowhere.
    """

    __tablename__ = "import_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    #: The instant of the import, which its entry of the audit log has as well.
    at: Mapped[datetime] = mapped_column(index=True)
    #: "member:12".
    changed_by: Mapped[str] = mapped_column(String(40))
    #: Whether the file did not name the person, who therefore lapsed.
    missing: Mapped[bool]
    #: What was changed, in the words of the import's report: "name, status".
    what: Mapped[str] = mapped_column(String(100))
    #: Only if it is among what was changed, like all below.
    old_status: Mapped[str | None] = mapped_column(String(20))
    new_status: Mapped[str | None] = mapped_column(String(20))
    old_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    new_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    old_joined_at: Mapped[datetime | None]
    new_joined_at: Mapped[datetime | None]
    #: The first instant that is not paid.
    old_paid_until: Mapped[datetime | None]
    new_paid_until: Mapped[datetime | None]
