"""The minutes of a sitting: written by every act in the hall as it happens, and read by everybody."""

from __future__ import annotations

from sqlalchemy import func, select

from consult.model.hall import BusinessItem, Division, Sitting, SittingMinute
from consult.model.store import db
from consult.service.act import Act


def write(
    act: Act, sitting: Sitting, words: str, *, item: BusinessItem | None = None, division: Division | None = None
) -> SittingMinute:
    """Enter something in the minutes, and mark the sitting as changed; only acts call it, inside their transaction."""
    last = act.session.scalar(select(func.max(SittingMinute.sequence)).where(SittingMinute.sitting_id == sitting.id))
    made = SittingMinute(
        sitting_id=sitting.id,
        sequence=(last or 0) + 1,
        at=act.at,
        words=words,
        item_id=item.id if item else None,
        division_id=division.id if division else None,
    )
    act.session.add(made)
    sitting.revision += 1
    return made


def of(sitting_id: int) -> list[SittingMinute]:
    """The minutes of a sitting, oldest first."""
    return list(
        db.session.scalars(
            select(SittingMinute).where(SittingMinute.sitting_id == sitting_id).order_by(SittingMinute.sequence)
        )
    )
