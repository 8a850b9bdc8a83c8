"""Exports of members' data: asked for with a reason, agreed to by a second person, taken once within a day, on record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, insert, literal, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.cells import guarded
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.protection import EXPORT_LIFE, EXPORT_WAITS
from consult.domain.purposes import EXPORT_COLUMNS, EXPORTS
from consult.domain.roles import Actor, Role, Status
from consult.domain.timetable import written
from consult.model.members import Member
from consult.model.protection import MemberExport, MemberExportPerson
from consult.model.store import db
from consult.model.units import Unit
from consult.service import ballots
from consult.service.act import Act, act

#: Whose data can be exported.
STATUSES = tuple(status.value for status in Status)


def _chosen(export: MemberExport, path: str | None) -> list[ColumnElement[bool]]:
    """The conditions for being in an export."""
    found: list[ColumnElement[bool]] = [
        Member.erased_at.is_(None),
        Member.merged_into_id.is_(None),
        Member.status.in_(export.statuses),
    ]
    if path is not None:
        found.append(Member.unit_id.in_(select(Unit.id).where(Unit.path.startswith(path, autoescape=True))))
    return found


def _path(session: Session, export: MemberExport) -> str | None:
    return session.get_one(Unit, export.unit_id).path if export.unit_id is not None else None


def _count(session: Session, export: MemberExport) -> int:
    chosen = _chosen(export, _path(session, export))
    return session.scalar(select(func.count()).select_from(Member).where(*chosen)) or 0


@act(Permission.MEMBERS_EXPORT_ASK, Event.EXPORT_ASKED)
def ask(
    _: None,
    purpose: str,
    columns: list[str],
    unit: Unit | None,
    statuses: list[str],
    reason: str,
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> MemberExport:
    """Ask for an export: for a declared purpose, with columns that it needs and no others, of those with a status in a unit.

    Raises:
        Invalid: for a column that the purpose does not need, without a status or a reason, or if nobody is in it.
    """
    problems: dict[str, str] = {}
    needed = EXPORTS[purpose].columns if purpose in EXPORTS else ()
    if not needed:
        problems["purpose"] = "Say what it is for."
    elif not columns:
        problems["columns"] = "Choose at least one column."
    elif more := [EXPORT_COLUMNS.get(name, name) for name in columns if name not in needed]:
        problems["columns"] = f"To {EXPORTS[purpose].words} one does not need: {', '.join(more)}. Take it out."
    if not statuses or not set(statuses) <= set(STATUSES):
        problems["statuses"] = "Choose whose data it is: at least one status."
    if not 20 <= len(reason.strip()) <= 1000:
        problems["reason"] = "Say why, to whom it goes and when it is deleted there (20 to 1,000 characters)."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)
    export = MemberExport(
        purpose=purpose,
        columns=[name for name in EXPORT_COLUMNS if name in columns],
        unit_id=unit.id if unit else None,
        statuses=[name for name in STATUSES if name in statuses],
        reason=reason.strip(),
        asked_by_id=by.member_id,
        asked_at=at,
        count=0,
    )
    _require_new(act.session, export)
    export.count = _count(act.session, export)
    if not export.count:
        raise Invalid("Nobody is in this export; choose another unit or status.", {"statuses": "Nobody has it there."})
    act.session.add(export)
    act.session.flush()
    act.note(purpose=purpose, columns=export.columns, unit=export.unit_id, count=export.count)
    others = ballots.holders(act.session, Role.DATA_PROTECTION, at) + ballots.holders(act.session, Role.GOVERNANCE, at)
    for officer in {one.id: one for one in others if one.id != by.member_id}.values():
        act.notify(
            "export-asked",
            officer,
            once=f"export:{export.id}:{officer.id}",
            export=export.id,
            name=by.name,
            count=export.count,
            purpose=EXPORTS[purpose].words,
        )
    return export


def _require_new(session: Session, export: MemberExport) -> None:
    """Nobody asks twice for the same while it waits: a second press would leave two requests, each of which could be taken."""
    same = select(MemberExport).where(
        MemberExport.asked_by_id == export.asked_by_id,
        MemberExport.purpose == export.purpose,
        MemberExport.unit_id.is_not_distinct_from(export.unit_id),
        MemberExport.agreed_by_id.is_(None),
        MemberExport.asked_at >= export.asked_at - EXPORT_WAITS,
    )
    for waiting in session.scalars(same):
        if (waiting.columns, waiting.statuses) == (export.columns, export.statuses):
            raise OutOfOrder("You have asked for just this already, and it waits for a second person.")


def _require_waiting(export: MemberExport, by: Actor, at: datetime) -> None:
    if export.agreed_by_id is not None:
        raise OutOfOrder("This export was decided already.")
    if export.asked_by_id == by.member_id:
        raise NotAllowed("You asked for this yourself: it takes a second person to decide.")
    if at > export.asked_at + EXPORT_WAITS:
        raise OutOfOrder("Nobody agreed to this within 14 days, so it has lapsed. It can be asked for anew.")


@act(Permission.MEMBERS_EXPORT_AGREE, Event.EXPORT_AGREED)
def agree(export: MemberExport, *, by: Actor, at: datetime, act: Act) -> MemberExport:
    """Agree, as the second person: from now on whoever asked can take the file, once, for 24 hours.

    Raises:
        OutOfOrder: if it was decided or has lapsed. NotAllowed: to whoever asked.
    """
    _require_waiting(export, by, at)
    export.agreed_by_id, export.agreed_at, export.expires_at = by.member_id, at, at + EXPORT_LIFE
    export.count = _count(act.session, export)
    act.note(count=export.count)
    return export


@act(Permission.MEMBERS_EXPORT_AGREE, Event.EXPORT_REFUSED)
def refuse(export: MemberExport, reason: str, *, by: Actor, at: datetime, act: Act) -> MemberExport:
    """Refuse, as the second person, with a reason.

    Raises:
        OutOfOrder: if it was decided or has lapsed. NotAllowed: to whoever asked. Invalid: without a reason.
    """
    _require_waiting(export, by, at)
    if not 10 <= len(reason.strip()) <= 1000:
        sentence = "Say why, in a sentence (10 to 1,000 characters)."
        raise Invalid(sentence, {"reason": sentence})
    export.agreed_by_id, export.agreed_at, export.refused_because = by.member_id, at, reason.strip()
    return export


@act(Permission.MEMBERS_EXPORT_ASK, Event.EXPORT_TAKEN)
def take(export: MemberExport, *, by: Actor, at: datetime, act: Act) -> MemberExport:
    """Take the file, once: who is in it is put down by one statement, so that each person can see it; then `lines` gives it.

    Raises:
        NotAllowed: to anybody but whoever asked. OutOfOrder: if it is not agreed to, run out, or taken.
    """
    if export.asked_by_id != by.member_id:
        raise NotAllowed("An export is taken by whoever asked for it.")
    if export.agreed_at is None or export.refused_because is not None:
        raise OutOfOrder("Nobody has agreed to this export.")
    if export.taken_at is not None:
        raise OutOfOrder(f"This export was taken on {written(export.taken_at)}; it can be taken once.")
    if export.expires_at is None or at >= export.expires_at:
        raise OutOfOrder("The 24 hours in which this could be taken are over. Ask for it anew.")
    people = select(Member.id, literal(export.id)).where(*_chosen(export, _path(act.session, export)))
    act.session.execute(insert(MemberExportPerson).from_select(["member_id", "export_id"], people))
    export.taken_at = at
    counted = select(func.count()).select_from(MemberExportPerson).where(MemberExportPerson.export_id == export.id)
    export.count = act.session.scalar(counted) or 0
    act.note(count=export.count)
    return export


def lines(export: MemberExport, zone: ZoneInfo) -> Iterator[str]:
    """The file, as CSV that spreadsheets open, in pieces: those who were put down when it was taken, and the columns.

    Days are those of the clock of `zone`, as the register shows them and an import reads them back.
    """
    columns: dict[str, Any] = {name: getattr(Member, name) for name in EXPORT_COLUMNS if name != "branch"}
    columns["branch"] = Unit.name
    query = (
        select(*(columns[name] for name in export.columns))
        .select_from(MemberExportPerson)
        .join(Member, Member.id == MemberExportPerson.member_id)
        .join(Unit, Unit.id == Member.unit_id)
        .where(MemberExportPerson.export_id == export.id)
        .order_by(Member.name, Member.number)
    )
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")  # tells spreadsheets that it is UTF-8
    writer.writerow([EXPORT_COLUMNS[name] for name in export.columns])
    for count, row in enumerate(db.session.execute(query, execution_options={"yield_per": 1000}), 1):
        writer.writerow([guarded(_told(name, value, zone)) for name, value in zip(export.columns, row, strict=True)])
        if count % 1000 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _told(column: str, value: Any, zone: ZoneInfo) -> str:
    """An instant as its day; what is paid until midnight is paid for the day before."""
    if isinstance(value, datetime):
        value = (value - timedelta(microseconds=column == "paid_until")).astimezone(zone).date()
    return "" if value is None else str(value)


_WITH = (joinedload(MemberExport.asked_by), joinedload(MemberExport.agreed_by), joinedload(MemberExport.unit))


def get(export_id: int) -> MemberExport:
    """An export.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.scalars(select(MemberExport).where(MemberExport.id == export_id).options(*_WITH)).one_or_none()
    if found is None:
        raise NotFound("There is no such export.")
    return found


def listed(most: int = 100) -> list[MemberExport]:
    """The newest exports."""
    return list(db.session.scalars(select(MemberExport).options(*_WITH).order_by(MemberExport.id.desc()).limit(most)))


def state(export: MemberExport, at: datetime) -> str:
    """How an export stands, in words."""
    if export.refused_because is not None:
        return "refused"
    if export.taken_at is not None:
        return "taken"
    if export.agreed_at is None:
        return "waits for a second person" if at <= export.asked_at + EXPORT_WAITS else "lapsed"
    return "can be taken" if export.expires_at is not None and at < export.expires_at else "not taken in time"
