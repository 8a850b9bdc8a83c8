"""Meetings and events of units and consultations: who comes, who was there, minutes and the votes that were taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.gatherings import ANSWERS, HOW, KINDS, OPEN_TO, OUTCOMES
from consult.domain.lifecycle import EVENT
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import states_check
from consult.model.store import Base, one_of
from consult.model.units import Unit


class Gathering(Base):
    """A meeting or event: when and where, for whom, how many fit in, and how many make a quorum."""

    __tablename__ = "gathering"
    __table_args__ = (
        CheckConstraint(states_check(EVENT.states), name="state"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("open_to", OPEN_TO), name="open_to"),
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("quorum IS NULL OR quorum > 0", name="quorum"),
        CheckConstraint("(state = 'cancelled') = (cancelled_because IS NOT NULL)", name="cancelled_with_reason"),
        Index("ix_gathering_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(300), default="")
    #: How to get in, steps, hearing loop, toilets: for everybody to read.
    access: Mapped[str] = mapped_column(String(1000), default="")
    #: Where to join from afar; shown only to those who come.
    link: Mapped[str] = mapped_column(String(500), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    open_to: Mapped[str] = mapped_column(String(30))
    capacity: Mapped[int | None]
    quorum: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(20), default="planned")
    cancelled_because: Mapped[str | None] = mapped_column(String(1000))
    organiser_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime]
    #: Goes up with each change: the SEQUENCE of RFC 5545, 3.8.7.4, by which calendars know the newer entry.
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
    consultation: Mapped[Consultation | None] = relationship()
    organiser: Mapped[Member] = relationship()

    @property
    def unit_path(self) -> str:
        """The path of the unit that holds it."""
        return self.unit.path


class EventAnswer(Base):
    """Whether somebody comes. Access needs are read by the organiser alone, and forgotten after the event."""

    __tablename__ = "gathering_answer"
    __table_args__ = (CheckConstraint(one_of("answer", ANSWERS), name="answer"),)

    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    answer: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    #: The place in the line: when this answer was first given.
    at: Mapped[datetime]
    access_needs: Mapped[str | None] = mapped_column(String(1000))

    gathering: Mapped[Gathering] = relationship()
    member: Mapped[Member] = relationship()


class EventAttendance(Base):
    """Somebody who was there, in the room or from afar."""

    __tablename__ = "gathering_attendance"
    __table_args__ = (CheckConstraint(one_of("how", HOW), name="how"),)

    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    #: What they were to this meeting: a member, whom the quorum counts; a member of another unit ("guest"); a supporter and so on.
    status: Mapped[str] = mapped_column(String(20))
    how: Mapped[str] = mapped_column(String(20))

    member: Mapped[Member] = relationship()


class AttendanceCorrection(Base):
    """That the attendance was put right after a vote had been recorded: how many members counted before and after, and why."""

    __tablename__ = "attendance_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"), index=True)
    before: Mapped[int]
    after: Mapped[int]
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))


class EventMinutes(Base):
    """Published minutes; never changed, only followed by a newer text."""

    __tablename__ = "gathering_minutes"
    __table_args__ = (UniqueConstraint("gathering_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"))
    sequence: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))

    by: Mapped[Member] = relationship()


class VoteTaken(Base):
    """A vote taken at a meeting, with its figures, the majority asked and what came of it; never changed."""

    __tablename__ = "vote_taken"
    __table_args__ = (
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name="figures"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"), index=True)
    question: Mapped[str] = mapped_column(String(1000))
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    abstained: Mapped[int]
    #: "1/2" or "2/3", and how the share is compared with it.
    threshold: Mapped[str] = mapped_column(String(10))
    comparison: Mapped[str] = mapped_column(String(2))
    #: Members present when it was taken, and the quorum asked for.
    present: Mapped[int]
    quorum: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))

    gathering: Mapped[Gathering] = relationship()
