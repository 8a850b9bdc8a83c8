"""Who looked at whose data: one small row a day, written before the page is shown, and read by the person concerned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from consult.domain.errors import Unavailable
from consult.domain.protection import READS
from consult.domain.purposes import EXPORTS
from consult.domain.roles import Actor
from consult.model.members import Member
from consult.model.protection import MemberExport, MemberExportPerson, MemberRead
from consult.model.store import alone, db, turn

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def note(reader: Actor, members: Iterable[int], what: str, at: datetime) -> int:
    """Put down that `reader` sees the data of `members` (ids); how many rows that made: none for oneself, none for the
    second time that day, which asks one statement and writes nothing.

    `what` is a key of `consult.domain.protection.READS`.

    Raises:
        Unavailable: if it cannot be put down; then nothing is shown.
    """
    wanted, day = set(members) - {reader.member_id}, at.date()
    if reader.member_id is None or not wanted:
        return 0
    kept = (MemberRead.day == day, MemberRead.reader_id == reader.member_id, MemberRead.what == what)
    new = wanted - set(db.session.scalars(select(MemberRead.member_id).where(MemberRead.member_id.in_(wanted), *kept)))
    if not new:
        return 0
    row = {"day": day, "reader_id": reader.member_id, "what": what}
    made: Any = _INSERTS[db.engine.dialect.name]
    made = made(MemberRead).on_conflict_do_nothing()
    try:
        with turn(db.engine), alone(db.engine) as connection:
            connection.execute(made.values([row | {"member_id": one} for one in sorted(new)]))
    except OperationalError as fault:
        raise Unavailable(
            "It could not be put down who looks at this, so it is not shown. Please try again soon."
        ) from fault
    return len(new)


@dataclass(frozen=True)
class Look:
    """That somebody looked at one's data on a day, in words."""

    day: date
    who: str
    what: str


def at_whom(member_id: int, since: datetime) -> list[Look]:
    """Who looked at somebody's data since an instant, the newest first, exports included: two statements."""
    rows = db.session.execute(
        select(MemberRead.day, MemberRead.what, Member.name)
        .join(Member, Member.id == MemberRead.reader_id)
        .where(MemberRead.member_id == member_id, MemberRead.day >= since.date())
    )
    looks = [Look(row.day, row.name, READS[row.what]) for row in rows]
    exports = db.session.execute(
        select(MemberExport.taken_at, MemberExport.purpose, Member.name)
        .join(MemberExportPerson, MemberExportPerson.export_id == MemberExport.id)
        .join(Member, Member.id == MemberExport.asked_by_id)
        .where(MemberExportPerson.member_id == member_id, MemberExport.taken_at >= since)
    )
    looks += [
        Look(row.taken_at.date(), row.name, f"took a file with your data, to {EXPORTS[row.purpose].words}")
        for row in exports
    ]
    return sorted(looks, key=lambda look: (-look.day.toordinal(), look.who, look.what))


#: How far back people are shown it.
SHOWN = timedelta(days=730)
