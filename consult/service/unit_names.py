"""What units were called at an instant: what is frozen, such as an electoral roll, keeps its branches' names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.model.units import Unit, UnitChange


def at_instant(session: Session, at: datetime | None) -> dict[int, str]:
    """Unit → the name it had at an instant (None: has now); one statement. A name is unique among units at any instant."""
    if at is None:
        return dict(session.execute(select(Unit.id, Unit.name)).all())
    was = (
        select(UnitChange.old)
        .where(UnitChange.unit_id == Unit.id, UnitChange.what == "renamed", UnitChange.at > at)
        .order_by(UnitChange.at, UnitChange.id)
        .limit(1)
        .scalar_subquery()
    )
    return dict(session.execute(select(Unit.id, func.coalesce(was, Unit.name))).all())
