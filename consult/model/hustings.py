"""Hustings: questions of members to the candidates of a ballot, where they are declared for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from consult.model.store import Base, one_of

#: Until when questions are put and answered: until voting opens, or until it closes.
UNTIL = ("opening", "closing")


class Hustings(Base):
    """That members put questions to the candidates of a ballot, and until when; declared for all its elections alike."""

    __tablename__ = "hustings"
    __table_args__ = (CheckConstraint(one_of("until", UNTIL), name="until"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    #: opening (questions and answers end when voting opens) | closing (when voting closes)
    until: Mapped[str] = mapped_column(String(10))
    declared_at: Mapped[datetime]
    declared_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
