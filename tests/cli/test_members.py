"""Importing members at the console: the same report and rules as in the browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from consult.cli import members
from consult.domain.errors import Invalid
from consult.model.imports import ImportFile, ImportMapping
from consult.model.members import Member
from consult.model.store import db, writing
from consult.service.register_columns import Mapping, shape_of
from tests.factories import NOON, Cast

HEADING = "name,e-mail,member number,joined,branch,status\n"
ADA = "Ada Finch,ada@post.example,N1,2025-03-11,Alder,member\n"


@pytest.fixture
def run(app: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Run the command on a file with the given rows."""
    monkeypatch.setattr(members, "application", lambda: app)

    def do(rows: str, *options: str, typed: str = "", heading: str = HEADING) -> Result:
        file = tmp_path / "members.csv"
        file.write_text(heading + rows)
        return CliRunner().invoke(
            members.import_members, [str(file), "--reason", "The file of June.", *options], input=typed
        )

    return do


def committee(cast: Cast) -> str:
    """The row of somebody of the governance committee, which is never left without anybody."""
    one = cast.who["committee_1"]
    return f"{one.name},{one.email or ''},{one.number},{one.joined_at:%Y-%m-%d},Alder,member\n"


def ada() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Member.number == "N1")) or 0


def files() -> int:
    return db.session.scalar(select(func.count()).select_from(ImportFile)) or 0


def test_a_file_is_shown_and_taken(run) -> None:  # type: ignore[no-untyped-def]
    done = run(ADA, "--yes")
    assert done.exit_code == 0, done.output
    assert "Read as UTF-8, columns parted by comma." in done.output
    assert "Imported: 0 changed, 1 new, 0 unchanged, 0 lapsed, 0 branches." in done.output
    assert (ada(), files()) == (1, 0)


def test_nothing_is_written_without_a_yes(run) -> None:  # type: ignore[no-untyped-def]
    done = run(ADA, typed="n\n")
    assert done.exit_code == 1
    assert "Import them?" in done.output
    assert (ada(), files()) == (0, 0)
    assert run(ADA, typed="y\n").exit_code == 0
    assert ada() == 1


def test_why_it_is_taken_is_asked_for(run) -> None:  # type: ignore[no-untyped-def]
    refused = run(ADA, "--reason", " ", "--yes")
    assert isinstance(refused.exception, Invalid) and "why it is taken: --reason" in str(refused.exception)
    assert (ada(), files()) == (0, 0)
    asked = run(ADA, "--reason", "", typed="The file of June.\ny\n")
    assert "Where does the file come from" in asked.output and ada() == 1


def test_a_file_is_read_as_the_last_one_with_its_titles_was(run) -> None:  # type: ignore[no-untyped-def]
    titles = ["who", "mail", "no", "since", "place", "state"]
    with writing() as session:
        mapping = Mapping({"name": 0, "email": 1, "number": 2, "joined": 3, "branch": 4, "status": 5}).to_json()
        row = ImportMapping(shape=shape_of(titles), mapping=mapping, options={}, at=NOON, chosen_by="member:1")
        session.add(row)
    assert run(ADA, "--yes", heading=",".join(titles) + "\n").exit_code == 0
    assert ada() == 1


def test_wrong_rows_are_named_and_stop_it(run) -> None:  # type: ignore[no-untyped-def]
    done = run(ADA.replace("2025-03-11", "soon"), "--yes")
    assert isinstance(done.exception, Invalid)
    assert "Line 2: “soon” is not a date" in done.output
    assert (ada(), files()) == (0, 0)


def test_to_lapse_most_of_the_register_takes_their_number(run, cast: Cast) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(run(ADA, "--lapse-missing", "--yes").exception, Invalid)
    asked = run(ADA, "--lapse-missing", typed="y\n3\n")
    assert "type their number" in asked.output and isinstance(asked.exception, Invalid)
    assert (ada(), files()) == (0, 0)
    some = ADA + committee(cast)
    assert run(some, "--lapse-missing", typed=f"y\n{len(cast.who) - 1}\n").exit_code == 0
    db.session.rollback()
    assert cast.who["member"].status == "lapsed"


def test_options_are_passed_on(run, cast: Cast) -> None:  # type: ignore[no-untyped-def]
    many = str(len(cast.who) - 1)
    options = ("--lapse-missing", "--encoding", "utf-8", "--shared-addresses")
    assert run(ADA + committee(cast), *options, "--lapsing", many, "--yes").exit_code == 0
    db.session.rollback()
    assert cast.who["member"].status == "lapsed"
