"""Leave of a meeting: whether it agreed to take a late or an emergency motion, with the figures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain import hall
from consult.model.hall import Division
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.store import Base, one_of


class Leave(Base):
    """A meeting's decision to take a motion or not; never changed, the newest one holds."""

    __tablename__ = "leave"
    __table_args__ = (
        CheckConstraint(one_of("method", hall.METHODS), name="method"),
        CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name="votes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), index=True)
    given: Mapped[bool]
    #: Which meeting: the sitting's title, or as the committee recorded it.
    meeting: Mapped[str] = mapped_column(String(200))
    #: The question as it was put and declared in a sitting; None where the committee recorded the vote of a meeting.
    division_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"), unique=True)
    #: The share that it needed, and how it was voted on.
    threshold: Mapped[str] = mapped_column(String(10))
    method: Mapped[str] = mapped_column(String(20))
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstained: Mapped[int | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    motion: Mapped[Motion] = relationship()
    division: Mapped[Division | None] = relationship()
    by: Mapped[Member] = relationship()
