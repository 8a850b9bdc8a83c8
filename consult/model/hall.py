"""Sittings: their order of business, who presides and counts, who has a card, every question put, and the minutes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain import hall
from consult.model.agenda import Issue
from consult.model.amendments import Amendment
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion
from consult.model.store import Base, one_of
from consult.model.units import Unit


class Sitting(Base):
    """One sitting of a conference or meeting."""

    __tablename__ = "sitting"
    __table_args__ = (
        CheckConstraint(one_of("state", hall.SITTING_STATES), name="state"),
        CheckConstraint("ends_at > starts_at", name="times"),
        UniqueConstraint("consultation_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: planned | open | adjourned | closed
    state: Mapped[str] = mapped_column(String(20), default="planned")
    #: How many with a vote must be present.
    quorum: Mapped[int] = mapped_column(default=0)
    #: False once a call has found too few present, until another finds enough.
    quorate: Mapped[bool] = mapped_column(default=True)
    #: Whether standing orders are suspended for the business before the meeting.
    suspended: Mapped[bool] = mapped_column(default=False)
    #: Whether the next vote is by card.
    by_card: Mapped[bool] = mapped_column(default=False)
    #: Who is in the chair now.
    presiding_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: Goes up with everything that happens; pages and forms made before are told.
    revision: Mapped[int] = mapped_column(default=1)

    consultation: Mapped[Consultation] = relationship()
    presiding: Mapped[Member | None] = relationship()
    offices: Mapped[list[SittingOffice]] = relationship(back_populates="sitting", order_by="SittingOffice.member_id")
    items: Mapped[list[BusinessItem]] = relationship(back_populates="sitting", order_by="BusinessItem.position")
    divisions: Mapped[list[Division]] = relationship(back_populates="sitting", order_by="Division.number")

    @property
    def unit_path(self) -> str:
        """The path of the unit whose meeting it is."""
        return self.consultation.unit.path

    def holders(self, office: str) -> set[int]:
        """The members who hold an office of this sitting."""
        return {held.member_id for held in self.offices if held.office == office}


class SittingOffice(Base):
    """Somebody appointed to preside over a sitting, or to count its votes."""

    __tablename__ = "sitting_office"
    __table_args__ = (CheckConstraint(one_of("office", hall.OFFICES), name="office"),)

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    office: Mapped[str] = mapped_column(String(20), primary_key=True)

    sitting: Mapped[Sitting] = relationship(back_populates="offices")
    member: Mapped[Member] = relationship()


class BusinessItem(Base):
    """One item of business in its place, with the minutes it is given and what became of it."""

    __tablename__ = "business_item"
    __table_args__ = (
        CheckConstraint(one_of("state", hall.ITEM_STATES), name="state"),
        CheckConstraint(one_of("kind", hall.ITEM_KINDS), name="kind"),
        CheckConstraint("minutes > 0", name="minutes"),
        UniqueConstraint("sitting_id", "motion_id"),
        Index(
            "ix_business_item_before", "sitting_id", unique=True,
            sqlite_where=text("state = 'before the meeting'"), postgresql_where=text("state = 'before the meeting'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    minutes: Mapped[int]
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), index=True)
    #: The report that is to be adopted.
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_issue.id"))
    state: Mapped[str] = mapped_column(String(20), default="to come")
    #: The text on which amendments are decided.
    base_version_id: Mapped[int | None] = mapped_column(ForeignKey("motion_version.id"))
    #: The parts that are voted on one after another: a list of {"name", "clauses"}; none: it is put whole.
    parts: Mapped[list[Any] | None]
    #: Whether debate has been closed.
    closed: Mapped[bool] = mapped_column(default=False)
    #: The mover's right of reply: "" | given | waived
    reply: Mapped[str] = mapped_column(String(10), default="")
    #: What became of it, in words.
    outcome: Mapped[str] = mapped_column(String(300), default="")
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    sitting: Mapped[Sitting] = relationship(back_populates="items")
    motion: Mapped[Motion | None] = relationship()
    issue: Mapped[Issue | None] = relationship()
    base_version: Mapped[MotionVersion | None] = relationship()


class Division(Base):
    """One question put to the meeting and, once declared, its figures and outcome, which are then fixed."""

    __tablename__ = "division"
    __table_args__ = (
        CheckConstraint(one_of("kind", hall.QUESTION_KINDS), name="kind"),
        CheckConstraint(one_of("method", tuple(hall.METHODS)), name="method"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', hall.OUTCOMES)}", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (declared_at IS NULL)", name="declared"),
        CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name="votes"),
        CheckConstraint("casting IN ('', 'for', 'against')", name="casting"),
        UniqueConstraint("sitting_id", "number"),
        Index(
            "ix_division_open", "sitting_id", unique=True,
            sqlite_where=text("declared_at IS NULL"), postgresql_where=text("declared_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    number: Mapped[int]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("business_item.id"), index=True)
    #: amendment | motion | part | procedure
    kind: Mapped[str] = mapped_column(String(20))
    procedure: Mapped[str] = mapped_column(String(30), default="")
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    #: The place of the part in the item's parts, from 0.
    part: Mapped[int | None]
    #: The parts that are asked for, where the question is to take the motion in parts.
    parts: Mapped[list[Any] | None]
    #: The question as it was put.
    words: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(String(20))
    threshold: Mapped[str] = mapped_column(String(10))
    comparison: Mapped[str] = mapped_column(String(2))
    put_at: Mapped[datetime]
    put_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstained: Mapped[int | None]
    #: The chair's casting vote: "" | for | against
    casting: Mapped[str] = mapped_column(String(10), default="")
    outcome: Mapped[str | None] = mapped_column(String(20))
    #: What followed, as sentences.
    effects: Mapped[list[Any] | None]
    declared_at: Mapped[datetime | None]
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    sitting: Mapped[Sitting] = relationship(back_populates="divisions")
    item: Mapped[BusinessItem | None] = relationship()
    amendment: Mapped[Amendment | None] = relationship()
    counts: Mapped[list[TellerCount]] = relationship(back_populates="division", order_by="TellerCount.teller_id")

    @property
    def majority(self) -> hall.Majority:
        """What carries it."""
        return hall.Majority(self.threshold, self.comparison)


class TellerCount(Base):
    """What one teller counted, once."""

    __tablename__ = "teller_count"
    __table_args__ = (CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name="votes"),)

    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), primary_key=True)
    teller_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    #: A teller may count again when two do not agree: 1, 2 …; the newest counts.
    attempt: Mapped[int] = mapped_column(primary_key=True)
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    abstained: Mapped[int]
    at: Mapped[datetime]

    division: Mapped[Division] = relationship(back_populates="counts")
    teller: Mapped[Member] = relationship()


class Credential(Base):
    """Somebody's card at a sitting: for which branch, and for how many votes it counts in a card vote."""

    __tablename__ = "credential"
    __table_args__ = (
        CheckConstraint(one_of("kind", hall.CREDENTIALS), name="kind"),
        CheckConstraint("weight >= 0", name="weight"),
        UniqueConstraint("sitting_id", "card"),
        UniqueConstraint("sitting_id", "member_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    card: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    #: delegate | substitute | ex officio | visitor
    kind: Mapped[str] = mapped_column(String(20))
    #: How many votes the card counts for; 0: none.
    weight: Mapped[int]
    #: The card that it takes the place of.
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"), unique=True)
    #: Who casts the vote of this card while its holder is away, where the rules know proxies.
    proxy_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"))
    present: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]

    sitting: Mapped[Sitting] = relationship()
    member: Mapped[Member] = relationship()
    unit: Mapped[Unit] = relationship()
    replaces: Mapped[Credential | None] = relationship(foreign_keys=[replaces_id], remote_side=[id])
    proxy: Mapped[Credential | None] = relationship(foreign_keys=[proxy_id], remote_side=[id])


class CardVote(Base):
    """How one card voted in a card vote, and for how many votes it counted. Card votes are open."""

    __tablename__ = "card_vote"
    __table_args__ = (CheckConstraint("choice IN ('for', 'against', 'abstain')", name="choice"),)

    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"), primary_key=True)
    choice: Mapped[str] = mapped_column(String(10))
    weight: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))

    credential: Mapped[Credential] = relationship()


class SittingMinute(Base):
    """One entry of the public minutes of a sitting, in the order in which things happened; never changed."""

    __tablename__ = "sitting_minute"
    __table_args__ = (UniqueConstraint("sitting_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    sequence: Mapped[int]
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("business_item.id"))
    division_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"))

    item: Mapped[BusinessItem | None] = relationship()
    division: Mapped[Division | None] = relationship()
