"""Writing a file of members into the register: its branches, the members that changed and those that are new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, insert, literal, not_, select, text, update
from sqlalchemy.orm import Session

from consult.domain.errors import Stale
from consult.model.imports import ImportRow
from consult.model.members import Member
from consult.model.store import Instant
from consult.model.units import Unit
from consult.service import import_rows, register_places

#: What a file need not say.
_OPTIONAL = ("phone", "phone_key", "address", "address_key", "paid_until")


def lock_register(session: Session) -> None:
    """One import at a time: what the report compares with stays as it is (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE member, unit IN SHARE ROW EXCLUSIVE MODE"))


def make_branches(session: Session, file_id: int) -> int:
    """Set up the branches that the report names, and their regions where these are new too."""
    wanted = import_rows.new_branches(session, file_id)
    if not wanted:
        return 0
    known = {register_places.folded(unit.name): unit for unit in session.scalars(select(Unit))}
    made = 0
    for branch, region, nation in wanted:
        if register_places.folded(branch) in known:
            raise Stale(f"A unit called “{branch}” was set up since this report was made. Choose the file again.")
        parent = known.get(register_places.folded(region))
        if parent is None:
            parent = known[register_places.folded(region)] = _unit(
                session, region, "region", known[register_places.folded(nation)]
            )
        unit = known[register_places.folded(branch)] = _unit(session, branch, "branch", parent)
        made += 1
        rows = update(ImportRow).where(ImportRow.file_id == file_id, ImportRow.unit_id.is_(None))
        session.execute(
            rows.where(ImportRow.branch == branch).values(unit_id=unit.id).execution_options(synchronize_session=False)
        )
    return made


def _unit(session: Session, name: str, kind: str, parent: Unit) -> Unit:
    unit = Unit(name=name, kind=kind, parent_id=parent.id, path=f"new {name}")
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path}{unit.id}/"
    session.flush()
    return unit


def change(session: Session, file_id: int) -> int:
    """Put down what the rows say of members whom the register has; how many were changed."""
    agrees = (ImportRow.joined_at <= Member.joined_at) & (Member.joined_at < ImportRow.joined_before)
    statement = (
        update(Member)
        .where(ImportRow.file_id == file_id, ImportRow.number == Member.number, import_rows.changed())
        .values(
            name=ImportRow.name,
            email=ImportRow.email,
            email_key=ImportRow.email_key,
            status=ImportRow.status,
            joined_at=case((agrees, Member.joined_at), else_=ImportRow.joined_at),
            unit_id=ImportRow.unit_id,
            search_key=ImportRow.search_key,
            **{name: func.coalesce(getattr(ImportRow, name), getattr(Member, name)) for name in _OPTIONAL},
        )
        .execution_options(synchronize_session=False)
    )
    done: Any = session.execute(statement)
    return int(done.rowcount)


def add(session: Session, file_id: int, at: datetime) -> int:
    """Add the members whom the register does not have; how many."""
    row = ImportRow
    known = exists().where(Member.number == row.number)
    chosen = (
        select(
            row.number,
            row.name,
            row.email,
            row.email_key,
            row.status,
            row.joined_at,
            row.unit_id,
            literal(at, Instant),
            row.search_key,
            *(getattr(row, name) for name in _OPTIONAL),
        )
        .where(row.file_id == file_id, not_(known))
        .order_by(row.line)
    )
    names = [
        "number",
        "name",
        "email",
        "email_key",
        "status",
        "joined_at",
        "unit_id",
        "created_at",
        "search_key",
        *_OPTIONAL,
    ]
    statement = insert(Member.__table__).from_select(names, chosen)  # type: ignore[arg-type]
    done: Any = session.execute(statement.execution_options(preserve_rowcount=True))
    return int(done.rowcount)


def reconcile(session: Session, done: dict[str, int], counts: dict[str, int], before: int) -> None:
    """Nothing if what was written is what was reported, to the last row."""
    after = session.scalar(select(func.count()).select_from(Member)) or 0
    written = (done["new"], done["changed"], after - before)
    if written != (counts["new"], counts["changed"], counts["new"]):
        raise Stale(
            f"The totals do not reconcile: {counts['new']} new and {counts['changed']} changed members were reported, "
            f"{written[0]} and {written[1]} written, and the register grew by {written[2]}. Nothing was imported."
        )


#: From so many new members on PostgreSQL's figures about the register are made anew: by the old ones it would search by
#: reading the whole of it until its own housekeeping comes by.
_MANY = 1_000


def count_anew(session: Session, new: int) -> None:
    """Have PostgreSQL look at what the register holds now, so that the searches after a large import use the indexes."""
    if new >= _MANY and session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE member, member_word"))
