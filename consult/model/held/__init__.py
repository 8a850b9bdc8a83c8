"""The personal data that the tables hold, column by column, declared beside the model; a test holds every column to it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sqlalchemy import ColumnElement, Table

from consult.domain.purposes import Purpose
from consult.model.held import consulting, debating, people, protection, texts, voting
from consult.model.held.declared import Held
from consult.model.store import Base

#: Table → what is declared of it.
HELD: dict[str, Held] = people.HELD | texts.HELD | debating.HELD | consulting.HELD | voting.HELD | protection.HELD

#: Columns that name somebody as the audit log does: "member:12".
REFERENCES = frozenset(
    {"changed_by", "chosen_by", "created_by", "entered_by", "filled_by", "frozen_by", "given_by"}
    | {"merged_by", "named_by", "sent_by", "revoked_by", "undone_by"}
)
#: The same of one table alone: elsewhere such a column is somebody's name in another system.
NAMED = {"audit_event": ("actor", "subject")}
#: Columns that hold a member's id without being a key: the database keeps these rows itself, or they outlive the member's.
IDS = {
    "member_word": ("member_id",),
    "delivery": ("member_id",),
    "member": ("id", "merged_into_id"),
    "search_document": ("owner_id",),
}


@cache
def people_in(table: str) -> tuple[str, ...]:
    """The columns of a table that say who somebody is: keys to `member`, ids, and names as the audit log gives them."""
    keys = [
        column.name
        for column in Base.metadata.tables[table].columns
        if any(key.column.table.name == "member" for key in column.foreign_keys) or column.name in IDS.get(table, ())
    ]
    named = [name for name in HELD[table].fields if _is_reference(table, name) and name not in keys]
    return (*keys, *named)


def _is_reference(table: str, name: str) -> bool:
    return name in REFERENCES or name in NAMED.get(table, ())


def is_one_of(table: Table, name: str, ids: Iterable[int]) -> ColumnElement[bool]:
    """The condition that a column that says who somebody is names one of these people."""
    if _is_reference(table.name, name) and not table.c[name].foreign_keys:
        return table.c[name].in_([f"member:{one}" for one in ids])
    return table.c[name].in_(list(ids))


@cache
def subjects_of(table: str) -> tuple[str, ...]:
    """The columns that say whom a row is about: all but those that say who acted for the organisation."""
    fields = HELD[table].fields
    return tuple(name for name in people_in(table) if fields.get(name) is not Purpose.RECORD)


@cache
def actors_of(table: str) -> tuple[str, ...]:
    """The columns that say who acted for the organisation."""
    fields = HELD[table].fields
    return tuple(name for name in people_in(table) if fields.get(name) is Purpose.RECORD)


def by_purpose(purpose: Purpose) -> dict[str, list[str]]:
    """Table → its columns that are kept for one purpose."""
    found = {name: [c for c, wanted in held.fields.items() if wanted is purpose] for name, held in HELD.items()}
    return {name: columns for name, columns in sorted(found.items()) if columns}


__all__ = ["HELD", "IDS", "REFERENCES", "Held", "actors_of", "by_purpose", "is_one_of", "people_in", "subjects_of"]
