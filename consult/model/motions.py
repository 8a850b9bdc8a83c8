"""Motions, their immutable versions, who seconds them, how the committee ruled, and the policy book they end in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.lifecycle import MOTION, POLICY
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.store import Base, one_of
from consult.model.units import Unit

if TYPE_CHECKING:
    from consult.model.amendments import Amendment


def states_check(states: tuple[str, ...]) -> str:
    """The SQL condition that keeps a state column to the states of its lifecycle."""
    return one_of("state", states)


class Motion(Base):
    """A motion: its mover, moving branch, state, the draft being written and the version in force."""

    __tablename__ = "motion"
    __table_args__ = (
        CheckConstraint(states_check(MOTION.states), name="state"),
        UniqueConstraint("consultation_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    #: "Motion 7": given when it is submitted, in order of arrival.
    number: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str] = mapped_column(String(60), default="")
    mover_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    #: The branch (or other unit) that it is moved for.
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[str] = mapped_column(String(30), default="draft", index=True)
    #: The text being written, as `consult.text` Document JSON; None once submitted, when versions take over.
    draft: Mapped[dict[str, Any] | None]
    #: Goes up by one with each save; a form that was filled in against an older one is told what changed.
    revision: Mapped[int] = mapped_column(default=1)
    #: The version that is now the text (submitted, later versions by accepted or carried amendments).
    version_id: Mapped[int | None] = mapped_column(ForeignKey("motion_version.id", use_alter=True))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    #: Who submitted it for the branch, and the meeting that agreed to it.
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    meeting_note: Mapped[str] = mapped_column(String(500), default="")

    consultation: Mapped[Consultation] = relationship()
    mover: Mapped[Member] = relationship(foreign_keys=[mover_id])
    unit: Mapped[Unit] = relationship()
    version: Mapped[MotionVersion | None] = relationship(foreign_keys=[version_id])
    versions: Mapped[list[MotionVersion]] = relationship(
        back_populates="motion", foreign_keys="MotionVersion.motion_id", order_by="MotionVersion.sequence"
    )
    supports: Mapped[list[Support]] = relationship(back_populates="motion")
    amendments: Mapped[list[Amendment]] = relationship(back_populates="motion", order_by="Amendment.number")

    @property
    def unit_path(self) -> str:
        """The path of the moving branch."""
        return self.unit.path

    @property
    def label(self) -> str:
        """How it is spoken of: "Motion 7", or "Draft motion" before it has a number."""
        return f"Motion {self.number}" if self.number is not None else "Draft motion"


class MotionVersion(Base):
    """One immutable text of a motion, with its hash, its line numbers and what caused it."""

    __tablename__ = "motion_version"
    __table_args__ = (UniqueConstraint("motion_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), index=True)
    sequence: Mapped[int]
    #: SHA-256 of the canonical serialisation of the text.
    hash: Mapped[str] = mapped_column(String(64), index=True)
    #: The text, as `consult.text` Document JSON.
    document: Mapped[dict[str, Any]]
    #: Its line numbers as computed once: algorithm id, width and lines.
    lines: Mapped[dict[str, Any]]
    word_count: Mapped[int]
    #: Its words folded for searching: no case, no accents, no stops.
    search_text: Mapped[str] = mapped_column(Text, deferred=True)
    #: submitted | revised | accepted amendments | carried amendments
    cause: Mapped[str] = mapped_column(String(60))
    #: What it came from: parent hash(es), amendments applied in order, results relied on.
    provenance: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(40))

    motion: Mapped[Motion] = relationship(back_populates="versions", foreign_keys=[motion_id])


class Support(Base):
    """Somebody who seconds or supports a motion, once; members' and supporters' voices are told apart."""

    __tablename__ = "support"

    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    #: The person's status when it was given.
    status: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]

    motion: Mapped[Motion] = relationship(back_populates="supports")
    member: Mapped[Member] = relationship()


class Ruling(Base):
    """A ruling of the committee on a motion or an amendment: public to members, never altered."""

    __tablename__ = "ruling"
    __table_args__ = (
        CheckConstraint("decision IN ('in order', 'queried', 'ruled out')", name="decision"),
        CheckConstraint("(motion_id IS NULL) <> (amendment_id IS NULL)", name="one_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), index=True)
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    decision: Mapped[str] = mapped_column(String(20))
    #: The rule relied on, as the rulebook numbers it.
    rule: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    by: Mapped[Member] = relationship()
    motion: Mapped[Motion | None] = relationship()
    amendment: Mapped[Amendment | None] = relationship()
    appeal: Mapped[Appeal | None] = relationship(back_populates="ruling", uselist=False)


class Appeal(Base):
    """An appeal against a ruling: one for each ruling, heard by the complaints panel."""

    __tablename__ = "appeal"
    __table_args__ = (CheckConstraint("outcome IS NULL OR outcome IN ('allowed', 'dismissed')", name="outcome"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey("ruling.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    grounds: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]

    ruling: Mapped[Ruling] = relationship(back_populates="appeal")
    by: Mapped[Member] = relationship(foreign_keys=[by_id])
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id])


class Policy(Base):
    """A carried motion in the policy book: the text as carried, and where each part of it came from."""

    __tablename__ = "policy"
    __table_args__ = (
        CheckConstraint(states_check(POLICY.states), name="state"),
        CheckConstraint("(ballot_id IS NULL) <> (division_id IS NULL)", name="one_decision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("motion_version.id"))
    #: What decided it: a ballot, or a vote in the hall.
    ballot_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"))
    division_id: Mapped[int | None] = mapped_column(ForeignKey("division.id", use_alter=True), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    adopted_at: Mapped[datetime]
    lapses_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20), default="in force")
    #: Clause id → what brought it: the motion, or the amendments that wrote or changed it.
    provenance: Mapped[dict[str, Any]]

    motion: Mapped[Motion] = relationship()
    version: Mapped[MotionVersion] = relationship()
