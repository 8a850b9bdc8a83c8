"""What stands beside a frozen roll: supplementary batches, removals with their appeals, restorations, inspections."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.ledger.electorate import KINDS
from consult.model.members import Member
from consult.model.rolls import Roll, RollEntry
from consult.model.store import Base, one_of

#: What the complaints panel can answer to an appeal against a removal.
RESTORED, STAYS = OUTCOMES = ("restored", "stays removed")
#: What becomes of a request to inspect a roll.
GRANTED, REFUSED = DECISIONS = ("granted", "refused")


class RollChange(Base):
    """One change beside a frozen roll, for good: who made it and why, the hash of whom it is about, and the chain so far."""

    __tablename__ = "roll_change"
    __table_args__ = (
        UniqueConstraint("roll_id", "number"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("people >= 1", name="people"),
        CheckConstraint("(kind = 'restoration') = (undoes IS NOT NULL)", name="undoes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id"))
    #: Its place in the chain of the roll, from 1.
    number: Mapped[int]
    #: addition | removal | restoration
    kind: Mapped[str] = mapped_column(String(20))
    people: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    #: "member:12".
    changed_by: Mapped[str] = mapped_column(String(40))
    #: As a roll's: SHA-256 over the salt and the ids.
    hash: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64))
    #: `consult.ledger.electorate.head`.
    head: Mapped[str] = mapped_column(String(64))
    #: The number of the removal that a restoration undoes.
    undoes: Mapped[int | None]

    roll: Mapped[Roll] = relationship()


class RollAddition(Base):
    """Whose entry came to a roll by which supplementary batch."""

    __tablename__ = "roll_addition"
    __table_args__ = ({"sqlite_with_rowid": False},)

    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("roll_change.id"), index=True)

    member: Mapped[Member] = relationship()


class RollRemoval(Base):
    """Somebody taken off a frozen roll; whether they appealed, and what the complaints panel decided."""

    __tablename__ = "roll_removal"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR " + one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(appeal IS NULL) = (appealed_at IS NULL)", name="appealed"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("outcome IS NULL OR appeal IS NOT NULL", name="heard"),
        CheckConstraint("restored_id IS NULL OR outcome = 'restored'", name="restored"),
        Index(
            "uq_roll_removal_standing",
            "roll_id",
            "member_id",
            unique=True,
            sqlite_where=text("restored_id IS NULL"),
            postgresql_where=text("restored_id IS NULL"),
        ),
    )

    change_id: Mapped[int] = mapped_column(ForeignKey("roll_change.id"), primary_key=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    removed_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    appeal: Mapped[str | None] = mapped_column(Text)
    appealed_at: Mapped[datetime | None]
    #: restored | stays removed
    outcome: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]
    #: The restoration; None while the removal stands.
    restored_id: Mapped[int | None] = mapped_column(ForeignKey("roll_change.id"))

    change: Mapped[RollChange] = relationship(foreign_keys=[change_id])
    roll: Mapped[Roll] = relationship()
    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id])


class RollInspection(Base):
    """A member's request to look into a roll, what an officer decided, and the time for which it is shown."""

    __tablename__ = "roll_inspection"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR " + one_of("outcome", DECISIONS), name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="shown"),
        CheckConstraint("ends_at >= starts_at", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    purpose: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    #: granted | refused
    outcome: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    #: Who decided, and supervises it.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]
    #: The time for which the roll is shown; the supervisor can end it sooner.
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]

    roll: Mapped[Roll] = relationship()
    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id])


class InspectionView(Base):
    """A page of a roll that was shown in an inspection: which, and when."""

    __tablename__ = "inspection_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("roll_inspection.id"), index=True)
    page: Mapped[int]
    at: Mapped[datetime]


def still_on() -> ColumnElement[bool]:
    """The condition that an entry of a roll stands: nobody took it off, or it was restored."""
    taken = select(RollRemoval.change_id).where(
        RollRemoval.roll_id == RollEntry.roll_id,
        RollRemoval.member_id == RollEntry.member_id,
        RollRemoval.restored_id.is_(None),
    )
    return ~taken.correlate(RollEntry).exists()


def of_the_freezing() -> ColumnElement[bool]:
    """The condition that an entry was there when the roll was frozen, and came with no batch."""
    added = select(RollAddition.member_id).where(
        RollAddition.roll_id == RollEntry.roll_id, RollAddition.member_id == RollEntry.member_id
    )
    return ~added.correlate(RollEntry).exists()
