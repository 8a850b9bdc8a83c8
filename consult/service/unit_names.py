"""What units were called at an instant: what is frozen, such as an electoral roll, keeps its branches' names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from consult.model.units import Unit, UnitChange


def at_instant(session: Session, at: datetime | None, units: Collection[int] | None = None) -> dict[int, str]:
    """Unit → the name it had at an instant (None: has now), of all units or some; one statement.

    A name is unique among units at any instant.
    """
    asked = true() if units is None else Unit.id.in_(units)
    if at is None:
        return dict(session.execute(select(Unit.id, Unit.name).where(asked)).all())
    was = (
        select(UnitChange.old)
        .where(UnitChange.unit_id == Unit.id, UnitChange.what == "renamed", UnitChange.at > at)
        .order_by(UnitChange.at, UnitChange.id)
        .limit(1)
        .scalar_subquery()
    )
    return dict(session.execute(select(Unit.id, func.coalesce(was, Unit.name)).where(asked)).all())
