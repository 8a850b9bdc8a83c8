"""Mandates of delegates, what they report back, and each unit's register of decisions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.decisions import KINDS as DECISION_KINDS
from consult.domain.mandates import DEEDS, KINDS, POSITIONS
from consult.model.ballots import Ballot
from consult.model.members import Member, RoleHolding
from consult.model.motions import Motion
from consult.model.store import Base, one_of
from consult.model.units import Unit


class Mandate(Base):
    """What a meeting of a unit decided that its delegate is to do on one motion or ballot; never changed, only followed."""

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(f"position = '' OR {one_of('position', POSITIONS)}", name="position"),
        CheckConstraint("(motion_id IS NULL) <> (ballot_id IS NULL)", name="one_subject"),
        CheckConstraint("votes_for > votes_against AND present >= votes_for + votes_against", name="agreed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    #: The delegate's office, whose term bounds the mandate.
    holding_id: Mapped[int] = mapped_column(ForeignKey("role_holding.id"), index=True)
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), index=True)
    ballot_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"), index=True)
    #: free | instructed | instructed with discretion
    kind: Mapped[str] = mapped_column(String(30))
    #: for | against | abstain on the motion; "" where the words say it or the delegate is free.
    position: Mapped[str] = mapped_column(String(10), default="")
    #: The instruction in the branch's own words.
    words: Mapped[str] = mapped_column(Text)
    held_on: Mapped[date]
    present: Mapped[int]
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    #: The minute of the meeting.
    minute: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))

    unit: Mapped[Unit] = relationship()
    holding: Mapped[RoleHolding] = relationship()
    motion: Mapped[Motion | None] = relationship()
    ballot: Mapped[Ballot | None] = relationship()
    reports: Mapped[list[ReportBack]] = relationship(back_populates="mandate", order_by="ReportBack.id")

    @property
    def member_id(self) -> int:
        """The delegate, as the person concerned."""
        return self.holding.member_id

    @property
    def unit_path(self) -> str:
        """The path of the unit that gave it."""
        return self.unit.path

    @property
    def subject(self) -> str:
        """What it is about, in words."""
        if self.motion is not None:
            return f"{self.motion.label}: {self.motion.title}"
        return self.ballot.title if self.ballot is not None else ""


class ReportBack(Base):
    """What a delegate told the branch of one mandate: what was done, in own words; never changed, only followed."""

    __tablename__ = "report_back"
    __table_args__ = (CheckConstraint(one_of("deed", DEEDS), name="deed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    deed: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    mandate: Mapped[Mandate] = relationship(back_populates="reports")
    by: Mapped[Member] = relationship()


class Decision(Base):
    """One entry of a unit's register of decisions, numbered without a gap; never changed, only followed by another."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("unit_id", "number"),
        CheckConstraint(one_of("kind", DECISION_KINDS), name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    number: Mapped[int]
    #: The day on which it was decided.
    decided_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    words: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    #: Where it can be read in full: an address within the site, or "".
    place: Mapped[str] = mapped_column(String(200), default="")
    #: Title and words folded for searching.
    search_text: Mapped[str] = mapped_column(Text, deferred=True)
    at: Mapped[datetime]
    #: "member:12".
    entered_by: Mapped[str] = mapped_column(String(40))

    unit: Mapped[Unit] = relationship()
