"""Amendments: exact operations against one version of a motion, and how amendments stand to one another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.lifecycle import AMENDMENT
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion, states_check
from consult.model.store import Base
from consult.model.units import Unit


class Amendment(Base):
    """An amendment: typed operations against `base`, with everything that pages show of it derived once and stored."""

    __tablename__ = "amendment"
    __table_args__ = (
        CheckConstraint(states_check(AMENDMENT.states), name="state"),
        UniqueConstraint("motion_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), index=True)
    #: "Amendment 3": given when it is submitted, in order of arrival.
    number: Mapped[int | None]
    mover_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[str] = mapped_column(String(30), default="draft", index=True)
    base_version_id: Mapped[int] = mapped_column(ForeignKey("motion_version.id"))
    #: The amendment that this one amends (one level only): its operations are then on the text with that one carried.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    #: The operations, as `consult.text.operations` JSON; old words are in them.
    operations: Mapped[list[Any]]
    #: The legal rubric, one sentence an operation.
    rubric: Mapped[list[Any]]
    #: The marked-up clauses it touches, as `consult.text.marked` JSON.
    marked: Mapped[list[Any]]
    words_added: Mapped[int] = mapped_column(default=0)
    words_deleted: Mapped[int] = mapped_column(default=0)
    #: Why the branch moves it; not part of the text.
    reason: Mapped[str] = mapped_column(Text, default="")
    #: What the mover of the motion said about it.
    response: Mapped[str] = mapped_column(Text, default="")
    #: Why it falls, where it does: the words it would change are no longer there.
    falls_because: Mapped[str] = mapped_column(Text, default="")
    #: Place in the order of votes, from 1, once that is set.
    order: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    motion: Mapped[Motion] = relationship(back_populates="amendments")
    mover: Mapped[Member] = relationship(foreign_keys=[mover_id])
    unit: Mapped[Unit] = relationship()
    base_version: Mapped[MotionVersion] = relationship()
    parent: Mapped[Amendment | None] = relationship(remote_side=[id])

    @property
    def unit_path(self) -> str:
        """The path of the branch that moves it."""
        return self.unit.path

    @property
    def label(self) -> str:
        """How it is spoken of: "Amendment 3", or "Draft amendment" before it has a number."""
        return f"Amendment {self.number}" if self.number is not None else "Draft amendment"


class AmendmentRelation(Base):
    """How two amendments of one motion stand to each other, computed over word ranges when one is submitted."""

    __tablename__ = "amendment_relation"
    __table_args__ = (CheckConstraint("amendment_id < other_id", name="once"),)

    amendment_id: Mapped[int] = mapped_column(ForeignKey("amendment.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("amendment.id"), primary_key=True)
    #: same point | overlap | identical | contains | contained | depends on | needed by (independent ones are not stored)
    relation: Mapped[str] = mapped_column(String(20))
    #: The clause where they meet.
    clause_id: Mapped[str] = mapped_column(String(60), default="")
    #: What the order of the two decides if both are carried, as `consult.text.ordering` names it; first is `amendment_id`.
    matter: Mapped[str] = mapped_column(String(20), default="nothing", server_default="nothing")

    amendment: Mapped[Amendment] = relationship(foreign_keys=[amendment_id])
    other: Mapped[Amendment] = relationship(foreign_keys=[other_id])


class AmendmentTouch(Base):
    """A clause at which an amendment can meet another ("" the beginning of the text, "*" all of it), to find neighbours."""

    __tablename__ = "amendment_touch"

    amendment_id: Mapped[int] = mapped_column(ForeignKey("amendment.id"), primary_key=True)
    clause_id: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)
