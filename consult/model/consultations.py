"""Consultations: the occasion under whose rulebook and timetable motions are moved, amended, debated and balloted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.timetable import ASKING, PHASES
from consult.model.store import Base, one_of
from consult.model.units import Unit


class Rulebook(Base):
    """One version of a body's rules for motions and ballots; never changed, only followed by a newer version."""

    __tablename__ = "rulebook"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    version: Mapped[int]
    #: As `consult.domain.rulebook.Rulebook.to_json()`.
    rules: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Consultation(Base):
    """A consultation or conference of a unit, with its paper, its rulebook and its timetable."""

    __tablename__ = "consultation"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(1000), default="")
    #: The paper, as numbered paragraphs: a list of {"heading": …} and {"text": …}.
    paper: Mapped[list[Any]]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    rulebook_id: Mapped[int] = mapped_column(ForeignKey("rulebook.id"))
    created_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    rulebook: Mapped[Rulebook] = relationship()
    phases: Mapped[list[Phase]] = relationship(back_populates="consultation", order_by="Phase.opens_at")

    @property
    def unit_path(self) -> str:
        """The path of the unit it belongs to."""
        return self.unit.path

    @property
    def takes_motions(self) -> bool:
        """Whether anybody can move a motion in it; rules that were kept before they said who let somebody."""
        return self.rulebook.rules.get("movers") != []

    @property
    def only_asks(self) -> bool:
        """Whether its rules let nobody move a motion, or its timetable has no phase for any."""
        kinds = {phase.kind for phase in self.phases}
        return not self.takes_motions or (bool(kinds) and kinds <= set(ASKING))


class Phase(Base):
    """One phase of a timetable: open from `opens_at` up to, not including, `closes_at`."""

    __tablename__ = "phase"
    __table_args__ = (
        CheckConstraint(one_of("kind", PHASES), name="kind"),
        CheckConstraint("closes_at > opens_at", name="order"),
    )

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    #: What members are told about it.
    note: Mapped[str] = mapped_column(Text, default="")

    consultation: Mapped[Consultation] = relationship(back_populates="phases")


class PhaseMove(Base):
    """That an instant of a phase was moved for a reason; `after` is None where the phase was taken out of the timetable."""

    __tablename__ = "phase_move"
    __table_args__ = (
        CheckConstraint(one_of("kind", PHASES), name="kind"),
        CheckConstraint(one_of("edge", ("opens", "closes")), name="edge"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    edge: Mapped[str] = mapped_column(String(10))
    before: Mapped[datetime]
    after: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
