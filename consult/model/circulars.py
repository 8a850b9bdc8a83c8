"""Candidates' circulars: who agreed to be sent them, the call for a ballot, and what each candidate has written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.ballots import Option
from consult.model.store import Base, one_of

#: draft: the candidate's own · handed in: for the officer to look at · approved · sent back: with a reason, to be mended.
STATES = ("draft", "handed in", "approved", "sent back")


class CircularConsent(Base):
    """Whether a member wants candidates' circulars, and since when; without a row none is sent."""

    __tablename__ = "circular_consent"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    agreed: Mapped[bool]
    at: Mapped[datetime]


class CircularCall(Base):
    """The call for circulars of a ballot: the same length and the same last moment for every candidate."""

    __tablename__ = "circular_call"
    __table_args__ = (CheckConstraint("words BETWEEN 50 AND 2000", name="words"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    words: Mapped[int]
    until: Mapped[datetime]
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    #: When all of them went, together.
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class Circular(Base):
    """What one candidate writes to the voters who agreed to it."""

    __tablename__ = "circular"
    __table_args__ = (CheckConstraint(one_of("state", STATES), name="state"),)

    option_id: Mapped[int] = mapped_column(ForeignKey("option.id"), primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    #: Why it was sent back.
    reason: Mapped[str | None] = mapped_column(String(1000))
    revision: Mapped[int] = mapped_column(default=1)
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    option: Mapped[Option] = relationship()
