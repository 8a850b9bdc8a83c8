"""Every column of every table says whether it holds personal data, and what for."""

from __future__ import annotations

from pathlib import Path

import pytest

from consult.cli.docs import MADE
from consult.domain.purposes import EXPORT_COLUMNS, EXPORTS, TERMS, Purpose
from consult.model import Base
from consult.model.held import HELD, actors_of, by_purpose, people_in, subjects_of
from consult.service.housekeeping import CLOCKS

TABLES = Base.metadata.tables
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_column_is_declared_once(table: str) -> None:
    assert table in HELD, f"Say in consult/model/held/ what the table {table} holds about people."
    declared, columns = HELD[table].columns, [column.name for column in TABLES[table].columns]
    assert sorted(declared) == sorted(columns), (
        f"consult/model/held/: {table} lacks {set(columns) - set(declared)}, has no {set(declared) - set(columns)}"
    )


def test_nothing_is_declared_that_is_not_there() -> None:
    assert set(HELD) == set(TABLES)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_whoever_is_named_in_a_row_is_declared_as_a_person(table: str) -> None:
    for column in TABLES[table].columns:
        if any(key.column.table.name == "member" for key in column.foreign_keys):
            assert column.name in HELD[table].fields, f"{table}.{column.name} says who somebody is"
    if HELD[table].purposes:
        assert HELD[table].title
        assert set(HELD[table].hidden.split()) <= set(HELD[table].fields)


def test_whom_rows_are_about_and_who_acted() -> None:
    assert subjects_of("member") == ("id", "merged_into_id")
    assert subjects_of("member_change") == ("member_id",)
    assert actors_of("member_change") == ("changed_by",)
    assert subjects_of("audit_event") == ("actor", "subject")
    assert people_in("member_word") == ("member_id",)
    assert subjects_of("unit") == ()
    assert subjects_of("identity") == ("member_id",)  # whose subject is a name at a provider of identities


def test_every_purpose_has_its_terms_and_keeps_something() -> None:
    assert set(TERMS) == set(Purpose)
    for purpose, terms in TERMS.items():
        assert by_purpose(purpose), purpose
        assert "UK GDPR Art. 6(1)" in terms.basis
        assert not terms.special or "Art. 9(2)" in terms.special


def test_what_is_exported_is_chosen_by_purpose() -> None:
    for kind in EXPORTS.values():
        assert set(kind.columns) <= set(EXPORT_COLUMNS)
        assert [name for name in EXPORT_COLUMNS if name in kind.columns] == list(kind.columns)
    assert "email" not in EXPORTS["post"].columns


def test_clocks_run_over_tables_that_hold_something_about_people() -> None:
    for clock in CLOCKS:
        held = HELD[clock.table.__tablename__]
        assert held.purposes, clock.name
        assert {column for column, _ in clock.emptied} <= set(held.fields)
    names = [clock.name for clock in CLOCKS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", [name for name in MADE if name.startswith("data-protection/")])
def test_the_papers_in_docs_are_those_that_the_tables_give(name: str) -> None:
    assert (DOCS / name).read_text() == MADE[name](), "run `consult docs`"
