"""Putting a decision in a unit's register, inside the act that takes it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from consult.model.mandates import Decision
from consult.model.units import Unit
from consult.service.act import Act
from consult.text.clauses import folded


def enter(
    act: Act, unit_id: int, kind: str, title: str, words: str, *, reason: str = "", place: str = "",
    decided_on: date | None = None,
) -> Decision:  # fmt: skip
    """Put a decision in the register, with the next number. Only acts call it, inside their transaction."""
    act.session.scalars(select(Unit.id).where(Unit.id == unit_id).with_for_update()).one()
    last = act.session.scalar(select(func.max(Decision.number)).where(Decision.unit_id == unit_id)) or 0
    row = Decision(
        unit_id=unit_id, number=last + 1, decided_on=decided_on or act.at.date(), kind=kind, title=title[:300],
        words=words, reason=reason, place=place, search_text=folded([title, words, reason]), at=act.at,
        entered_by=act.by.reference,
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    return row
