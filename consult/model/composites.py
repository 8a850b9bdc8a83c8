"""Composites: the motions they are made of, each text that branches were asked to sign, their answers, and the amendments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.lifecycle import COMPOSITE
from consult.model.amendments import Amendment
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion, states_check
from consult.model.store import Base
from consult.model.units import Unit


class Composite(Base):
    """Several motions being made into one: the text as the committee has it now, with the source of every clause."""

    __tablename__ = "composite"
    __table_args__ = (
        CheckConstraint(states_check(COMPOSITE.states), name="state"),
        UniqueConstraint("consultation_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    #: "Composite 2": given when it is begun.
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(30), default="drafting", index=True)
    #: The contributing branch that moves it.
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    #: The text being written, as `consult.text` Document JSON.
    document: Mapped[dict[str, Any]]
    #: Clause of the composite → the parents' clauses it comes from, as [motion's id, clause] pairs.
    sources: Mapped[dict[str, Any]]
    #: [motion's id, clause, reason]: why words of that clause are left out.
    reasons: Mapped[list[Any]]
    revision: Mapped[int] = mapped_column(default=1)
    #: The hash of the text that the branches are asked to sign, or signed; None while it is being written.
    seal: Mapped[str | None] = mapped_column(String(64))
    #: The motion that it became.
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), unique=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    #: Why it came to nothing, where it did.
    ended_because: Mapped[str] = mapped_column(Text, default="")

    consultation: Mapped[Consultation] = relationship()
    unit: Mapped[Unit] = relationship()
    motion: Mapped[Motion | None] = relationship()
    texts: Mapped[list[CompositeText]] = relationship(back_populates="composite", order_by="CompositeText.id")
    parents: Mapped[list[CompositeParent]] = relationship(
        back_populates="composite", order_by="CompositeParent.position"
    )

    @property
    def label(self) -> str:
        """How it is spoken of: "Composite 2"."""
        return f"Composite {self.number}"

    @property
    def text(self) -> CompositeText | None:
        """The text that the branches are asked to sign, or signed."""
        return next((text for text in self.texts if text.hash == self.seal), None)


class CompositeParent(Base):
    """A motion that goes into a composite, at the version from which it was taken; in one live composite at a time."""

    __tablename__ = "composite_parent"
    __table_args__ = (
        Index(
            "ix_composite_parent_live", "motion_id", unique=True,
            sqlite_where=text("live = 1"), postgresql_where=text("live"),
        ),
    )  # fmt: skip

    composite_id: Mapped[int] = mapped_column(ForeignKey("composite.id"), primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("motion_version.id"))
    position: Mapped[int]
    #: False once the composite was refused or given up: the motion stands on the agenda in its own right again.
    live: Mapped[bool] = mapped_column(default=True)

    composite: Mapped[Composite] = relationship(back_populates="parents")
    motion: Mapped[Motion] = relationship()
    version: Mapped[MotionVersion] = relationship()


class CompositeText(Base):
    """One text that the branches were asked to sign, with its sources and reasons, named by the hash that is signed."""

    __tablename__ = "composite_text"
    __table_args__ = (UniqueConstraint("composite_id", "hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    composite_id: Mapped[int] = mapped_column(ForeignKey("composite.id"), index=True)
    #: SHA-256 over the text, the parents' hashes, the sources and the reasons.
    hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]]
    sources: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    composite: Mapped[Composite] = relationship(back_populates="texts")
    by: Mapped[Member] = relationship()
    answers: Mapped[list[CompositeAnswer]] = relationship(back_populates="text", order_by="CompositeAnswer.id")


class CompositeAnswer(Base):
    """What one contributing branch said to one exact text: it signs, or it refuses and says why."""

    __tablename__ = "composite_answer"
    __table_args__ = (UniqueConstraint("text_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("composite_text.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    agrees: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    text: Mapped[CompositeText] = relationship(back_populates="answers")
    unit: Mapped[Unit] = relationship()
    by: Mapped[Member] = relationship()


class CompositeAmendment(Base):
    """What became of an amendment to a parent when the composite was published: carried over, or its mover was asked."""

    __tablename__ = "composite_amendment"
    __table_args__ = (
        CheckConstraint("outcome IN ('carried over', 'asked', 'moved anew', 'given up')", name="outcome"),
    )

    #: The amendment to the parent.
    amendment_id: Mapped[int] = mapped_column(ForeignKey("amendment.id"), primary_key=True)
    composite_id: Mapped[int] = mapped_column(ForeignKey("composite.id"), index=True)
    #: carried over | asked | moved anew | given up
    outcome: Mapped[str] = mapped_column(String(20))
    #: Why it could not be carried over as it is, as sentences; or what its mover is told all the same.
    notes: Mapped[list[Any]]
    #: The amendment to the composite that it became.
    became_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), unique=True)
    answered_at: Mapped[datetime | None]

    composite: Mapped[Composite] = relationship()
    amendment: Mapped[Amendment] = relationship(foreign_keys=[amendment_id])
    became: Mapped[Amendment | None] = relationship(foreign_keys=[became_id])
