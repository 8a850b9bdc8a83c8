"""Calls for nominations: their declared rules and deadlines, who is nominated by whom, and what came of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.lifecycle import CALL, NOMINATION
from consult.model.ballots import Ballot, Question
from consult.model.bodies import Body
from consult.model.members import Member
from consult.model.motions import states_check
from consult.model.store import Base
from consult.model.units import Unit


class Call(Base):
    """A call for nominations for seats of a body; its rules are fixed once nominations are open."""

    __tablename__ = "nomination_call"
    __table_args__ = (
        CheckConstraint(states_check(CALL.states), name="state"),
        CheckConstraint("seats >= 1", name="seats"),
        CheckConstraint("closes_at > opens_at AND consent_by >= closes_at AND withdraw_by >= consent_by", name="order"),
        CheckConstraint("term_until > term_starts_at", name="term"),
        UniqueConstraint("again_of_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    seats: Mapped[int]
    #: Reserved places among these seats: a list of {"group", "minimum", "maximum"}.
    reserves: Mapped[list[Any]]
    #: `consult.domain.nominations.Rules` as JSON.
    rules: Mapped[dict[str, Any]]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    consent_by: Mapped[datetime]
    withdraw_by: Mapped[datetime]
    #: The term for which the seats are filled.
    term_starts_at: Mapped[datetime]
    term_until: Mapped[datetime]
    #: Whether it fills casual vacancies, for the rest of a term.
    casual: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="announced", index=True)
    #: What the declared rules made of it, in sentences; "" until then.
    outcome: Mapped[str] = mapped_column(Text, default="")
    ballot_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    #: The call that this one follows because its poll ended without a result.
    again_of_id: Mapped[int | None] = mapped_column(ForeignKey("nomination_call.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    body: Mapped[Body] = relationship()
    ballot: Mapped[Ballot | None] = relationship()
    question: Mapped[Question | None] = relationship()
    nominations: Mapped[list[Nomination]] = relationship(back_populates="call", order_by="Nomination.id")

    @property
    def unit_path(self) -> str:
        """The path of the unit whose body it is."""
        return self.body.unit.path

    @property
    def candidate_member_ids(self) -> set[int]:
        """Those who are nominated; they decide nothing about the call."""
        gone = ("declined", "withdrawn", "ruled out", "died")
        return {row.nominee_id for row in self.nominations if row.state not in gone}

    def phase(self, at: datetime) -> str:
        """Where an announced call stands by the clock: "waiting", "open", "accepting", "withdrawing" or "over"."""
        if at < self.opens_at:
            return "waiting"
        if at < self.closes_at:
            return "open"
        if at < self.consent_by:
            return "accepting"
        return "withdrawing" if at < self.withdraw_by else "over"

    def stage(self, at: datetime) -> str:
        """What readers are told of where it stands: its state, and of an announced one whether nominations are taken."""
        if self.state != "announced" or at < self.opens_at:
            return self.state
        return "nominations open" if at < self.closes_at else "nominations closed"


class Nomination(Base):
    """Somebody nominated in a call, once; with the person's own statement and photograph."""

    __tablename__ = "nomination"
    __table_args__ = (
        CheckConstraint(states_check(NOMINATION.states), name="state"),
        UniqueConstraint("call_id", "nominee_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("nomination_call.id"))
    nominee_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="proposed")
    #: The reserved place that the person says to count for.
    group: Mapped[str] = mapped_column(String(100), default="")
    statement: Mapped[str] = mapped_column(Text, default="")
    photograph_hash: Mapped[str | None] = mapped_column(ForeignKey("photograph.hash"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    #: Why it was ruled out, or what was said on withdrawing.
    because: Mapped[str] = mapped_column(String(1000), default="")
    #: The key of the option on the ballot paper, once there is one.
    option_key: Mapped[str | None] = mapped_column(String(40))

    call: Mapped[Call] = relationship(back_populates="nominations")
    nominee: Mapped[Member] = relationship(foreign_keys=[nominee_id])
    supports: Mapped[list[NominationSupport]] = relationship(
        back_populates="nomination", order_by="NominationSupport.at"
    )

    @property
    def member_id(self) -> int:
        """The person concerned, as permissions ask for it."""
        return self.nominee_id

    @property
    def unit_path(self) -> str:
        """The path of the unit whose body it is for."""
        return self.call.body.unit.path


class NominationSupport(Base):
    """One nomination of a candidate: by a member, or by a branch with the meeting that decided it."""

    __tablename__ = "nomination_support"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) = (held_on IS NULL)", name="meeting"),
        Index(
            "uq_nomination_support_member", "nomination_id", "member_id", unique=True,
            sqlite_where=text("unit_id IS NULL"), postgresql_where=text("unit_id IS NULL"),
        ),
        UniqueConstraint("nomination_id", "unit_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"))
    #: The member who nominates, or who speaks for the branch that does.
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    held_on: Mapped[date | None]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    at: Mapped[datetime]

    nomination: Mapped[Nomination] = relationship(back_populates="supports")
    member: Mapped[Member] = relationship()
    unit: Mapped[Unit | None] = relationship()
