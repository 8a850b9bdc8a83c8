"""Lists of members as they come from outside, damaged: each is read, or refused in a sentence, and nothing is half taken."""

from __future__ import annotations

import io
import os
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from consult.domain.errors import Refused
from consult.model.imports import ImportFile, ImportRow
from consult.model.members import Member
from consult.model.store import db
from consult.service import csv_files, imports, register_columns, register_file
from consult.service.imports import Options
from tests.factories import NOON, Cast

WHOLE = bool(os.environ.get("CONSULT_TEST_MATRIX"))
ROWS = [
    ["name", "e-mail", "member number", "joined", "branch", "status"],
    ["Ada Finch", "ada@post.example", "N1", "2025-03-11", "Alder", "member"],
    ["Zoë “Bé” Rook", "zoe@post.example", "N2", "11/03/2025", "Birch", "lapsed"],
    ["Ciarán, the younger", "", "N3", "2025-03-11T10:00:00+01:00", "Cedar", "supporter"],
]

#: What may stand in a cell and should not: control characters, dates that never were, formulas, numbers beyond counting.
HOSTILE = (
    "\0", "a\0b", "\x1b[2J", "\u202e", "\ud7ff", "\U0010ffff", "=cmd|' /C calc'!A0", "9" * 400, "²", "x" * 3_000, "-1", " ",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31", "31/02/2025", "2025-02-30T10:00:00", "1/1/25",
    "2025-03-11T24:00:00", "2025-03-11T10:00:00+99:00", "İ", "ß@ß.ß", "a@b", "..@..", "'; DROP TABLE member; --", "\n", '"', "%",
)  # fmt: skip


def written(rows: list[list[str]], delimiter: str = ",") -> str:
    return "\r\n".join(delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows)


cells = st.sampled_from(HOSTILE) | st.text(max_size=12)


def state() -> tuple[int, ...]:
    db.session.rollback()
    tables = (Member, ImportFile, ImportRow)
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # no database is asked
@settings(max_examples=5_000 if WHOLE else 150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_bytes_come_are_read_as_rows_or_refused_in_a_sentence(database: str, data: st.DataObject) -> None:
    spelling = data.draw(
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac-roman"])
    )
    text = written(ROWS, data.draw(st.sampled_from(",;\t")))
    sent = bytearray(text.encode(spelling, "replace"))
    for _ in range(data.draw(st.integers(0, 3))):
        place, how = data.draw(st.integers(0, len(sent))), data.draw(st.sampled_from("cbbid"))
        if how == "c":
            del sent[place:]
        elif how == "b" and place < len(sent):
            sent[place] = data.draw(st.integers(0, 255))
        elif how == "i":
            sent[place:place] = data.draw(
                st.binary(max_size=4) | st.sampled_from([b'"', b"\r", b"\n\n", b"\0", b"PK\x03\x04"])
            )
        else:
            sent[place:place] = sent[place : place + 90]
    wanted = data.draw(st.sampled_from(["", *csv_files.ENCODINGS]))
    try:
        table = csv_files.read(io.BytesIO(bytes(sent)), register_columns.likeness, wanted)
        mapping = register_columns.certain(table.heading)
        reader = register_file.Reader(mapping, {}, NOON, ZoneInfo("Europe/London"))
        for line, found in table.rows:
            made = reader.row(line, found)
            assert made["line"] == line and len(str(made["name"])) <= 200
    except Refused as refusal:
        assert str(refusal)[-1] in ".?”" or "." in str(refusal)


@settings(
    max_examples=400 if WHOLE else 20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), cells), min_size=1, max_size=4),
    st.booleans(),
    st.booleans(),
)
@example([(1, column, "\0") for column in range(6)], False, False)
@example([(2, 3, "0001-01-01T00:00:00+14:00"), (3, 3, "9999-12-31T23:59:59-14:00")], False, False)
@example([(3, 5, "\0" * 50), (2, 4, "Nowhere\0")], True, True)
def test_whatever_stands_in_a_cell_is_taken_whole_or_named_and_nothing_is_left(
    cast: Cast, changes: list[tuple[int, int, str]], branches: bool, far: bool
) -> None:
    rows = [list(row) for row in ROWS]
    for row, column, typed in changes:
        rows[row][column] = typed
    if far:  # beyond what is looked at to tell the encoding
        rows += [[f"Voter {n}", f"v{n}@post.example", f"V{n}", "2025-01-02", "Alder", "member"] for n in range(80)]
        rows[1:] = [*rows[4:], *rows[1:4]]
    before = state()[0]
    try:
        report = imports.preview(written(rows).encode("utf-8", "replace"), Options(create_branches=branches), at=NOON)
    except Refused:
        assert state() == (before, 0, 0)
        return
    assert report.total <= len(rows) - 1
    imports.rows_of(report, "wrong")
    try:
        done = imports.apply(None, report, "The file of June.", by=cast.actor("roll_officer"), at=NOON)
    except Refused:
        imports.drop(report.file_id)
        assert state() == (before, 0, 0)
    else:
        imports.drop(report.file_id)
        assert (
            state() == (before + done["new"], 0, 0)
            and done["new"] + done["changed"] + done["unchanged"] == report.total
        )
