"""Standing texts (a constitution, a rule book) in immutable versions, and motions that would amend them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.motions import Motion
from consult.model.store import Base
from consult.model.units import Unit


class StandingText(Base):
    """A constitution or rule book of a unit; its words are those of its newest version."""

    __tablename__ = "standing_text"
    __table_args__ = (UniqueConstraint("unit_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(200))
    #: The share of votes that amends it, as "2/3".
    threshold: Mapped[str] = mapped_column(String(10), default="2/3")

    unit: Mapped[Unit] = relationship()
    versions: Mapped[list[StandingVersion]] = relationship(back_populates="text", order_by="StandingVersion.sequence")

    @property
    def unit_path(self) -> str:
        """The path of the unit whose text it is."""
        return self.unit.path

    @property
    def version(self) -> StandingVersion | None:
        """The text in force."""
        return self.versions[-1] if self.versions else None


class StandingVersion(Base):
    """One text of a constitution or rule book, and the motion that brought it; never changed."""

    __tablename__ = "standing_version"
    __table_args__ = (UniqueConstraint("text_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("standing_text.id"))
    sequence: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]]
    lines: Mapped[dict[str, Any]]
    #: The motion that was carried; None for the text that was entered first.
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"))
    created_at: Mapped[datetime]

    text: Mapped[StandingText] = relationship(back_populates="versions")
    motion: Mapped[Motion | None] = relationship()


class RuleChange(Base):
    """What a motion would change in a standing text, as exact operations on one version of it."""

    __tablename__ = "rule_change"
    __table_args__ = (CheckConstraint("outcome IN ('', 'made', 'does not apply')", name="outcome"),)

    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("standing_text.id"), index=True)
    base_version_id: Mapped[int] = mapped_column(ForeignKey("standing_version.id"))
    operations: Mapped[list[Any]]
    rubric: Mapped[list[Any]]
    marked: Mapped[list[Any]]
    #: "" until the motion is carried: made | does not apply
    outcome: Mapped[str] = mapped_column(String(20), default="")
    #: Why it did not apply, where it did not.
    because: Mapped[str] = mapped_column(Text, default="")

    motion: Mapped[Motion] = relationship()
    text: Mapped[StandingText] = relationship()
    base_version: Mapped[StandingVersion] = relationship()
