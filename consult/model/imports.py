"""Imports of members between their preview and the officer's word: the file as it was read, and its rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from consult.model.store import Base


class ImportFile(Base):
    """One file that was read. It and its rows go when it is applied or dropped, and in any case after a day."""

    __tablename__ = "import_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the file's bytes, which the confirming form carries.
    sha256: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime]
    #: As `consult.service.csv_files.Form.words`: how the bytes were read.
    encoding: Mapped[str] = mapped_column(String(100))
    delimiter: Mapped[str] = mapped_column(String(20))
    #: What each column was taken for: {"number": "Membership no."}.
    columns: Mapped[dict[str, Any]]
    #: The choices that it was read with, see `consult.service.imports.Options`.
    options: Mapped[dict[str, Any]]
    #: The first names with letters beyond A to Z, for the officer to see that they were read rightly.
    samples: Mapped[list[Any]]
    #: SHA-256 over everything that the report shows; none until the file has been read to its end.
    fingerprint: Mapped[str | None] = mapped_column(String(64))


class ImportRow(Base):
    """One row of such a file, as it will stand in the register; its `fault` is the sentence of what is wrong."""

    __tablename__ = "import_row"
    __table_args__ = (
        Index("ix_import_row_number", "file_id", "number"),
        Index("ix_import_row_email_key", "file_id", "email_key"),
        {"sqlite_with_rowid": False},
    )

    file_id: Mapped[int] = mapped_column(ForeignKey("import_file.id"), primary_key=True)
    #: The line of the file on which the row begins.
    line: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254))
    status: Mapped[str] = mapped_column(String(20))
    joined_at: Mapped[datetime | None]
    #: A date is a whole day: the register's instant agrees if it lies from `joined_at` up to, not including, this.
    joined_before: Mapped[datetime | None]
    #: None where the branch is one to be created.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    branch: Mapped[str] = mapped_column(String(200))
    #: The region of a branch to be created, and its nation.
    region: Mapped[str | None] = mapped_column(String(200))
    nation: Mapped[str | None] = mapped_column(String(200))
    fault: Mapped[str | None] = mapped_column(String(1000))
