"""Motions: drafted, seconded, submitted, withdrawn; found and listed."""

from __future__ import annotations

from sqlalchemy import select

from consult.domain.errors import NotFound
from consult.model.motions import Motion
from consult.model.store import db


def get(motion_id: int) -> Motion:
    """A motion.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(Motion, motion_id)
    if found is None:
        raise NotFound("There is no motion of this number.")
    return found


def on_order_paper(consultation_id: int) -> list[Motion]:
    """The motions of a consultation whose text is frozen and that are not yet put to the vote, in order of number."""
    query = select(Motion).where(Motion.consultation_id == consultation_id, Motion.state == "on the order paper")
    return list(db.session.scalars(query.order_by(Motion.number)))
