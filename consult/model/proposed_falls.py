"""Proposed falls: amendments carried at a ballot whose words the text no longer has, and what a person decided of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.amendments import Amendment
from consult.model.members import Member
from consult.model.store import Base

FALLS, STANDS = "falls", "stands"


class ProposedFall(Base):
    """What the count makes fall by its words alone; decided once, before the certificate is drawn up."""

    __tablename__ = "proposed_fall"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('falls', 'stands')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("outcome <> 'stands' OR (can_stand AND length(ruling) >= 20)", name="ruled"),
        UniqueConstraint("ballot_id", "amendment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    amendment_id: Mapped[int] = mapped_column(ForeignKey("amendment.id"))
    #: Which words are gone, and by which decision.
    reason: Mapped[str] = mapped_column(Text)
    #: Whether its words can still be applied, to the clause as amended.
    can_stand: Mapped[bool]
    at: Mapped[datetime]
    #: falls | stands
    outcome: Mapped[str | None] = mapped_column(String(20))
    #: Why it does not fall.
    ruling: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]

    amendment: Mapped[Amendment] = relationship()
    decided_by: Mapped[Member | None] = relationship()
