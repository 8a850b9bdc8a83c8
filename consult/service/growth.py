"""How branches grow: who joined of late, and who came into the register of late, whatever day of joining was put down for
them, against who was there before, so that a fear of capture meets figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from consult.domain.roles import Status
from consult.model.members import Member
from consult.model.store import db
from consult.model.units import Unit

#: Days that are looked back.
PERIODS = (30, 90, 365)


@dataclass(frozen=True)
class Growth:
    """One home branch: its members, how many of them joined within each of `PERIODS`, and how many came into the register."""

    unit_id: int
    name: str
    size: int
    joined: tuple[int, ...]
    entered: tuple[int, ...]

    def share(self, place: int) -> int:
        """Of a hundred members, how many joined or came into the register within a period, the larger; rounded down."""
        return 100 * max(self.joined[place], self.entered[place]) // self.size if self.size else 0


def by_branch(at: datetime) -> list[Growth]:
    """Every unit that is somebody's home, the one with the largest share of newcomers of the last quarter first.

    Only members count: supporters do not vote. One statement.
    """
    since = [
        func.sum(case((day > at - timedelta(days=days), 1), else_=0))
        for day in (Member.joined_at, Member.created_at)
        for days in PERIODS
    ]
    query = (
        select(Unit.id, Unit.name, func.count(), *since)
        .join(Member, Member.unit_id == Unit.id)
        .where(Member.status == Status.MEMBER.value, Member.erased_at.is_(None), Member.merged_into_id.is_(None))
        .group_by(Unit.id, Unit.name)
    )
    count = len(PERIODS)
    found = [
        Growth(unit_id, name, size, tuple(map(int, new[:count])), tuple(map(int, new[count:])))
        for unit_id, name, size, *new in db.session.execute(query)
    ]
    return sorted(found, key=lambda one: (-max(one.joined[1], one.entered[1]) / one.size, one.name))
