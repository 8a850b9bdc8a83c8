"""Bodies of units: their remit, seats and reserved places, and who holds each seat for which term."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.bodies import WAYS
from consult.domain.roles import Role
from consult.model.members import Member, RoleHolding
from consult.model.store import Base, one_of
from consult.model.units import Unit

BODY_CHANGES = ("set up", "changed", "dissolved")


class Body(Base):
    """A committee, executive or other body of a unit."""

    __tablename__ = "body"
    __table_args__ = (
        CheckConstraint("seats >= 1", name="seats"),
        CheckConstraint("term_months >= 1", name="term_months"),
        CheckConstraint(f"confers = '' OR {one_of('confers', tuple(role.value for role in Role))}", name="confers"),
        UniqueConstraint("unit_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    #: What it is there for and may decide.
    remit: Mapped[str] = mapped_column(Text)
    seats: Mapped[int]
    #: Reserved places: a list of {"group", "minimum", "maximum"}, as the counting rules take them.
    reserves: Mapped[list[Any]]
    #: How long a full term is.
    term_months: Mapped[int]
    #: The role that goes with a seat, for as long as it is held; "" for none.
    confers: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]
    dissolved_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()
    holdings: Mapped[list[SeatHolding]] = relationship(back_populates="body", order_by="SeatHolding.starts_at")

    @property
    def unit_path(self) -> str:
        """The path of the unit whose body it is."""
        return self.unit.path


class BodyChange(Base):
    """Why a body was set up, changed or dissolved, kept for good."""

    __tablename__ = "body_change"
    __table_args__ = (CheckConstraint(one_of("what", BODY_CHANGES), name="what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    #: "member:12".
    changed_by: Mapped[str] = mapped_column(String(40))


class SeatHolding(Base):
    """One person's term in one seat. Terms in the same seat never overlap."""

    __tablename__ = "seat_holding"
    __table_args__ = (
        CheckConstraint(one_of("way", WAYS), name="way"),
        CheckConstraint("ends_at > starts_at AND ends_at <= term_until", name="term"),
        CheckConstraint("seat >= 1", name="seat"),
        Index("ix_seat_holding_body_id_seat", "body_id", "seat"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: Which of the body's seats, from 1.
    seat: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    #: The reserved place that it counts for, if any.
    group: Mapped[str] = mapped_column(String(100), default="")
    #: How the person came to the seat.
    way: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]
    #: When it ended, or will; `term_until` is the end of the term that it was filled for.
    ends_at: Mapped[datetime]
    term_until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(1000))
    #: Why it ended before its term was over; "" if it did not.
    left_because: Mapped[str] = mapped_column(String(1000), default="")
    #: The role that was given with the seat.
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role_holding.id"))
    filled_by: Mapped[str] = mapped_column(String(40))

    body: Mapped[Body] = relationship(back_populates="holdings")
    member: Mapped[Member] = relationship()
    role: Mapped[RoleHolding | None] = relationship()

    @property
    def unit_path(self) -> str:
        """The path of the unit whose body it is."""
        return self.body.unit.path

    def held(self, at: datetime) -> bool:
        """Whether the term includes `at`."""
        return self.starts_at <= at < self.ends_at
