"""Following: who wants to hear what becomes of a motion, and movers who do not."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from consult.model.store import Base


class Follow(Base):
    """What a person chose for one motion. Where there is no row, its mover follows it and nobody else does."""

    __tablename__ = "follow"
    __table_args__ = ({"sqlite_with_rowid": False},)

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True, index=True)
    following: Mapped[bool]
