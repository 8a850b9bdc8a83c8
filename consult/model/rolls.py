"""Electoral rolls: the rule, the instant it was frozen, and the entries that can never change afterwards.

What comes to a roll after it was frozen stands beside it: see `consult.model.roll_changes`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.members import Member
from consult.model.store import Base


class Roll(Base):
    """A frozen electoral roll. The cut-off is a decision: when, by whom, how many it lets in and keeps out."""

    __tablename__ = "roll"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    #: As `consult.domain.eligibility.RollRule.to_json()`.
    rule: Mapped[dict[str, Any]]
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    #: How many people each condition keeps out: {"status": 310, "joined by": 41}.
    kept_out: Mapped[dict[str, Any]]
    #: SHA-256 over the frozen member ids in ascending order, with a salt kept here.
    hash: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64))


class RollEntry(Base):
    """One voter on one roll, with the branch and address as they stood when it was frozen."""

    __tablename__ = "roll_entry"
    __table_args__ = ({"sqlite_with_rowid": False},)

    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    email: Mapped[str | None] = mapped_column(String(254))

    member: Mapped[Member] = relationship()
    roll: Mapped[Roll] = relationship()


class RollSeal(Base):
    """That a roll is frozen. From here nothing of it changes, and an entry comes only with a supplementary batch."""

    __tablename__ = "roll_seal"

    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id"), primary_key=True)
