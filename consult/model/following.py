"""Following: who wants to hear of a motion, a consultation or a unit, and movers who do not."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.model.store import Base


class Follow(Base):
    """What a person chose for one motion. Where there is no row, its mover follows it and nobody else does."""

    __tablename__ = "follow"
    __table_args__ = ({"sqlite_with_rowid": False},)

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True, index=True)
    following: Mapped[bool]


class PlaceFollow(Base):
    """Somebody follows a consultation or a unit."""

    __tablename__ = "place_follow"
    __table_args__ = (
        CheckConstraint("(consultation_id IS NULL) <> (unit_id IS NULL)", name="one_place"),
        UniqueConstraint("member_id", "consultation_id"),
        UniqueConstraint("member_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
