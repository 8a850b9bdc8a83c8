"""What imports changed, person by person: put down by one statement within the import, and read on the entry's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, insert, literal, not_, null, select
from sqlalchemy.orm import Session, aliased

from consult.domain.events import Event
from consult.domain.roles import Status
from consult.model.audit import ActReason, AuditEvent
from consult.model.imports import ImportChange, ImportRow
from consult.model.members import Member
from consult.model.store import Instant, db
from consult.model.units import Unit
from consult.service import import_rows
from consult.service.import_rows import Change, last_day

_AGREES = and_(ImportRow.joined_at <= Member.joined_at, Member.joined_at < ImportRow.joined_before)


def _another(has: Any, said: Any) -> ColumnElement[bool]:
    """Whether the file says something else of what it need not say."""
    return and_(said.is_not(None), has.is_distinct_from(said))


#: What can be changed, as the report calls it, with the condition that it is.
_CHANGED: tuple[tuple[str, ColumnElement[bool]], ...] = (
    ("name", Member.name != ImportRow.name),
    ("e-mail", Member.email.is_distinct_from(ImportRow.email)),
    ("status", Member.status != ImportRow.status),
    ("branch", Member.unit_id.is_distinct_from(ImportRow.unit_id)),
    ("joined", not_(_AGREES)),
    ("telephone", _another(Member.phone, ImportRow.phone)),
    ("postal address", _another(Member.address, ImportRow.address)),
    ("paid until", _another(Member.paid_until, ImportRow.paid_until)),
)
#: The word → columns of `import_change` that keep its values, before and after.
_KEPT = {
    "status": (("old_status", Member.status), ("new_status", ImportRow.status)),
    "branch": (("old_unit_id", Member.unit_id), ("new_unit_id", ImportRow.unit_id)),
    "joined": (("old_joined_at", Member.joined_at), ("new_joined_at", ImportRow.joined_at)),
    "paid until": (("old_paid_until", Member.paid_until), ("new_paid_until", ImportRow.paid_until)),
}
_QUIET = {"synchronize_session": False, "preserve_rowcount": True}


@dataclass(frozen=True)
class Imported:
    """What one import changed of an entry: when, by whom, why the file was taken, and whether it named the person."""

    at: datetime
    who: str
    reason: str
    missing: bool
    #: Those with their values; a day of payment is an instant of the last day that is paid.
    changes: tuple[Change, ...]
    #: What else was changed, of which no value is kept.
    others: tuple[str, ...]


def put_down(session: Session, file_id: int, at: datetime, by: str) -> int:
    """Put down what the rows of a file change of whom the register has, before they do; of how many people.

    Only `imports.apply` calls it, inside its transaction, once the branches are set up.
    """
    what = func.rtrim(_joined([case((changed, f"{word}, "), else_="") for word, changed in _CHANGED]), ", ")
    values: dict[str, Any] = {"what": what}
    conditions = dict(_CHANGED)
    for word, columns in _KEPT.items():
        values |= {name: case((conditions[word], value), else_=null()) for name, value in columns}
    chosen = (
        select(*_heads(at, by, missing=False), *values.values())
        .select_from(ImportRow)
        .join(Member, Member.number == ImportRow.number)
        .where(ImportRow.file_id == file_id, import_rows.changed())
    )
    return _insert(session, chosen, list(values))


def put_down_lapses(session: Session, file_id: int, at: datetime, by: str) -> int:
    """Put down who lapses because the file does not name them, before they do; how many."""
    status = (literal("status"), Member.status, literal(Status.LAPSED.value))
    chosen = import_rows.missing_from(select(*_heads(at, by, missing=True), *status), file_id)
    return _insert(session, chosen, ["what", "old_status", "new_status"])


def _joined(pieces: list[Any]) -> Any:
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole.concat(piece)
    return whole


def _heads(at: datetime, by: str, *, missing: bool) -> tuple[Any, ...]:
    return Member.id, literal(at, Instant), literal(by), literal(missing)


def _insert(session: Session, chosen: import_rows.Query, names: list[str]) -> int:
    statement = insert(ImportChange.__table__).from_select(  # type: ignore[arg-type]
        ["member_id", "at", "changed_by", "missing", *names], chosen
    )
    done: Any = session.execute(statement, execution_options=_QUIET)
    return int(done.rowcount)


def of(member: Member) -> list[Imported]:
    """What imports changed of an entry within the time that it is kept, the newest first; one statement."""
    officer, old, new = aliased(Member), aliased(Unit), aliased(Unit)
    why = _reason(ImportChange.at).scalar_subquery()
    query = (
        select(ImportChange, officer.name, why, old.name, new.name)
        .outerjoin(officer, ImportChange.changed_by == literal("member:").concat(cast(officer.id, String)))
        .outerjoin(old, old.id == ImportChange.old_unit_id)
        .outerjoin(new, new.id == ImportChange.new_unit_id)
        .where(ImportChange.member_id == member.id)
        .order_by(ImportChange.id.desc())
    )
    return [_imported(row, who, reason, (was, now)) for row, who, reason, was, now in db.session.execute(query)]


def came_by(member: Member) -> str | None:
    """Why the file was taken with which somebody came into the register; None for whom no import put in."""
    found = db.session.execute(_reason(literal(member.created_at, Instant))).first()
    return (found.reason or "") if found else None


def _reason(at: Any) -> Select[Any]:
    """Why the file was taken that was imported at an instant; no row if none was."""
    return (
        select(ActReason.reason)
        .select_from(AuditEvent)
        .outerjoin(ActReason, ActReason.sequence == AuditEvent.sequence)
        .where(AuditEvent.at == at, AuditEvent.event == Event.MEMBERS_IMPORTED.value)
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    )


def _imported(
    row: ImportChange, who: str | None, reason: str | None, branches: tuple[str | None, str | None]
) -> Imported:
    values = {
        "status": (row.old_status, row.new_status),
        "branch": branches,
        "joined": (row.old_joined_at, row.new_joined_at),
        "paid until": (last_day(row.old_paid_until), last_day(row.new_paid_until)),
    }
    words = row.what.split(", ")
    return Imported(
        row.at,
        who or ("the console" if row.changed_by.startswith("machine:") else "a former member"),
        reason or "",
        row.missing,
        tuple(Change(word, *values[word]) for word in words if word in values),
        tuple(word for word in words if word not in values),
    )
