"""Everything that is held about one person, as UK GDPR Art. 15 and 20 have it: made from what the tables declare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Table, func, or_, select

from consult.domain.errors import OutOfOrder
from consult.domain.events import SENTENCES, Event
from consult.domain.policy import Permission
from consult.domain.protection import KINDS
from consult.domain.purposes import TERMS, Purpose
from consult.domain.roles import Actor
from consult.model.audit import AuditEvent
from consult.model.held import HELD, actors_of, is_one_of, subjects_of
from consult.model.members import Member
from consult.model.protection import DataCase
from consult.model.store import Base, db
from consult.model.units import Organisation
from consult.service import looking
from consult.service.act import Act, act

#: Said at the head of every copy.
SECRECY = (
    "How you voted in a secret ballot is not known: votes are sealed before they are kept, and are counted without names. "
    "Only that a sealed vote of yours was taken, and its receipt, is kept, until the envelopes are destroyed."
)
OTHERS = (
    "Left out is what would reveal others: which officer wrote something, what other people reported or complained of, "
    "and texts of others. Keys and proofs by which you sign in are kept, and shown to nobody."
)

#: Tables whose rows are told in other words, or nowhere: the words of a name are in the name, reading is told by itself.
_APART = ("audit_event", "member_word", "member_read", "member_export_person")

#: How a row that others point at is called.
_NAMES = ("title", "name", "text", "number")


@dataclass(frozen=True)
class Rows:
    """Rows of one table that are about a person, each as column → value."""

    table: str
    title: str
    rows: list[dict[str, Any]]
    #: Columns that are kept and not shown.
    hidden: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """What is kept for one purpose."""

    purpose: Purpose
    rows: list[Rows]


@dataclass(frozen=True)
class Copy:
    """Everything that is held about one person at an instant."""

    at: datetime
    organisation: str
    parts: list[Part]
    #: What the person did that is in the audit log: (number, instant, sentence, about what).
    log: list[tuple[int, datetime, str, str]]
    #: Table in words → how many rows say that the person acted for the organisation.
    acted: dict[str, int]
    looks: list[looking.Look]


def of(member: Member, at: datetime, *, votes: bool = True) -> Copy:
    """The copy for a member; without `votes` for an officer who makes it on request, who must not learn who has voted.

    Entries that were merged into this one are in it. About two statements a table, however much there is.
    """
    ids = [member.id, *db.session.scalars(select(Member.id).where(Member.merged_into_id == member.id))]
    found: dict[Purpose, list[Rows]] = {}
    labels = _Labels()
    for name, held in HELD.items():
        if name in _APART or not subjects_of(name):
            continue
        purpose = next(one for one in held.fields.values() if one is not Purpose.RECORD)
        if purpose is Purpose.SECRET_VOTE and not votes:
            continue
        if rows := _rows(Base.metadata.tables[name], ids, labels):
            found.setdefault(purpose, []).append(Rows(name, held.title, rows, tuple(held.hidden.split())))
    labels.put_in()
    organisation = db.session.get(Organisation, 1)
    return Copy(
        at,
        organisation.name if organisation else "",
        [Part(purpose, found[purpose]) for purpose in Purpose if purpose in found],
        _log(ids),
        _acted(ids),
        looking.at_whom(member.id, at - looking.SHOWN),
    )


class _Labels:
    """Names for the rows of other tables that a person's rows point at, looked up once a table at the end."""

    def __init__(self) -> None:
        self._wanted: dict[str, set[Any]] = {}
        self._rows: list[tuple[dict[str, Any], str, str, Any]] = []

    def want(self, row: dict[str, Any], key: str, table: str, value: Any) -> None:
        self._wanted.setdefault(table, set()).add(value)
        self._rows.append((row, key, table, value))

    def put_in(self) -> None:
        names: dict[tuple[str, Any], str] = {}
        for name, ids in self._wanted.items():
            table = Base.metadata.tables[name]
            column = table.c[next(each for each in _NAMES if each in table.c)]
            for id_, label in db.session.execute(select(table.c.id, column).where(table.c.id.in_(ids))):
                names[name, id_] = str(label)
        for row, key, name, value in self._rows:
            row[key] = names.get((name, value), str(value))


def _points_at(column: Column[Any]) -> str | None:
    """The table, with a name of its own, at which a column points; never at people."""
    for key in column.foreign_keys:
        table = key.column.table
        if table.name != "member" and "id" in table.c and any(each in table.c for each in _NAMES):
            return table.name
    return None


def _rows(table: Table, ids: list[int], labels: _Labels) -> list[dict[str, Any]]:
    held = HELD[table.name]
    people = {*subjects_of(table.name), *actors_of(table.name)}
    shown = [name for name, purpose in held.fields.items() if purpose is not Purpose.RECORD]
    shown = [name for name in shown if name not in people and name not in held.hidden.split()]
    pointing = {column.name: _points_at(column) for column in table.columns if _points_at(column)}
    columns = [table.c[name] for name in dict.fromkeys([*pointing, *shown])]
    query = select(*(columns or [table.c[subjects_of(table.name)[0]]])).where(
        or_(
            *(
                is_one_of(table, name, ids)
                for name in subjects_of(table.name)
                if (table.name, name) != ("member", "merged_into_id")
            )
        )
    )
    found = []
    for values in db.session.execute(query).all():
        row = {}
        for column, value in zip(columns, values, strict=False):
            row[column.name] = _plain(value)
            if value is not None and column.name in pointing:
                labels.want(row, column.name, str(pointing[column.name]), value)
        found.append(row)
    return found


def _plain(value: Any) -> Any:
    """A value as it is shown; a picture as its size."""
    return f"{len(value):,} bytes" if isinstance(value, bytes) else value


def _written(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON has it."""
    return {key: value.isoformat() if isinstance(value, datetime | date) else value for key, value in row.items()}


def _log(ids: list[int]) -> list[tuple[int, datetime, str, str]]:
    """The entries of the audit log by or about somebody; without what another person's entry would tell."""
    names = [f"member:{one}" for one in ids]
    query = (
        select(AuditEvent.sequence, AuditEvent.at, AuditEvent.event, AuditEvent.subject)
        .where(or_(AuditEvent.actor.in_(names), AuditEvent.subject.in_(names)))
        .order_by(AuditEvent.sequence)
    )
    return [
        (
            row.sequence,
            row.at,
            SENTENCES[Event(row.event)],
            row.subject if row.subject in names or not row.subject.startswith("member") else "somebody else",
        )
        for row in db.session.execute(query)
    ]


def _acted(ids: list[int]) -> dict[str, int]:
    found = {}
    for name, held in HELD.items():
        if names := actors_of(name):
            table = Base.metadata.tables[name]
            count = db.session.scalar(
                select(func.count()).select_from(table).where(or_(*(is_one_of(table, each, ids) for each in names)))
            )
            if count:
                found[held.title] = count
    return found


def as_json(copy: Copy) -> dict[str, Any]:
    """The copy as a document that another program can read (UK GDPR Art. 20)."""
    return {
        "made": copy.at.isoformat(),
        "controller": copy.organisation,
        "secret ballots": SECRECY,
        "left out": OTHERS,
        "purposes": [
            {
                "purpose": part.purpose.value,
                "why": TERMS[part.purpose].why,
                "lawful basis": TERMS[part.purpose].basis,
                "special category": TERMS[part.purpose].special or None,
                "who sees it": TERMS[part.purpose].sees,
                "how long": TERMS[part.purpose].kept,
                "held": [
                    {
                        "what": rows.title,
                        "table": rows.table,
                        "rows": [_written(row) for row in rows.rows],
                        "kept and not shown": list(rows.hidden),
                    }
                    for rows in part.rows
                ],
            }
            for part in copy.parts
        ],
        "audit log": [
            {"entry": number, "at": at.isoformat(), "what": what, "about": about}
            for number, at, what, about in copy.log
        ],
        "acted for the organisation": copy.acted,
        "who looked": [{"day": look.day.isoformat(), "who": look.who, "what": look.what} for look in copy.looks],
    }


@act(Permission.DATA_OWN, Event.DATA_COPIED)
def take(_: None, *, by: Actor, at: datetime, act: Act) -> Member:
    """Put down that somebody takes the copy of their own data as a file."""
    return act.session.get_one(Member, by.member_id)


@act(Permission.DATA_PROTECT, Event.DATA_COPIED)
def take_for(case: DataCase, *, by: Actor, at: datetime, act: Act) -> DataCase:
    """Put down that an officer makes the copy for somebody who asked for it, without saying in which ballots they voted.

    Raises:
        OutOfOrder: if the case is no open request for a copy.
    """
    if case.kind != "access" or case.closed_at is not None or case.member_id is None:
        raise OutOfOrder(f"A copy is made for an open “{KINDS['access'].title.lower()}” alone.")
    act.note(case=case.id)
    return case
