"""Consultations: found, listed, and set up with their timetable."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from consult.domain.errors import NotFound
from consult.model.consultations import Consultation
from consult.model.store import db


def get(consultation_id: int) -> Consultation:
    """A consultation with its phases and rulebook.

    Raises:
        NotFound: if there is none of this number.
    """
    query = (
        select(Consultation)
        .where(Consultation.id == consultation_id)
        .options(selectinload(Consultation.phases), joinedload(Consultation.rulebook), joinedload(Consultation.unit))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no consultation of this number.")
    return found


def listed() -> list[Consultation]:
    """Every consultation, newest first."""
    query = select(Consultation).options(selectinload(Consultation.phases)).order_by(Consultation.id.desc())
    return list(db.session.scalars(query))
