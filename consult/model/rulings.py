"""Corrections: which later ruling took the place of which earlier one; both stay in the ledger."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.motions import Ruling
from consult.model.store import Base


class RulingCorrection(Base):
    """A ruling that corrects an earlier one; a ruling is corrected once, and the correction can be corrected in turn."""

    __tablename__ = "ruling_correction"
    __table_args__ = (CheckConstraint("ruling_id > corrects_id", name="later"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id"), primary_key=True)
    corrects_id: Mapped[int] = mapped_column(ForeignKey("ruling.id"), unique=True)

    ruling: Mapped[Ruling] = relationship(foreign_keys=[ruling_id])
    corrects: Mapped[Ruling] = relationship(foreign_keys=[corrects_id])
