"""Challenges to an order of votes: who would have which other order and why, and what the committee answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.consequences import VoteOrder
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.store import Base


class OrderChallenge(Base):
    """A challenge to one order of votes as it was published; answered once, and never changed after that."""

    __tablename__ = "order_challenge"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('upheld', 'dismissed')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="answered"),
        UniqueConstraint("order_id", "by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("vote_order.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(Text)
    #: The ids of the amendments in the order that is asked for; None where the reason alone says it.
    proposed: Mapped[list[Any] | None]
    at: Mapped[datetime]
    #: upheld | dismissed
    outcome: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str] = mapped_column(Text, default="")
    #: The order that was set when it was upheld.
    new_order_id: Mapped[int | None] = mapped_column(ForeignKey("vote_order.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]

    motion: Mapped[Motion] = relationship()
    order: Mapped[VoteOrder] = relationship(foreign_keys=[order_id])
    by: Mapped[Member] = relationship(foreign_keys=[by_id])
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id])
