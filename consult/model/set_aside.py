"""Ballots whose order is set aside: what was taken from them no longer holds, with the reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.ballots import Ballot
from consult.model.members import Member
from consult.model.store import Base


class SetAside(Base):
    """A ballot whose places, priorities and adoptions were undone, by an act or by a later ballot; never changed."""

    __tablename__ = "set_aside"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    #: The later ballot that took its place; None where it was set aside by an act of its own.
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    ballot: Mapped[Ballot] = relationship(foreign_keys=[ballot_id])
    replaced_by: Mapped[Ballot | None] = relationship(foreign_keys=[replaced_by_id])
    by: Mapped[Member] = relationship()
