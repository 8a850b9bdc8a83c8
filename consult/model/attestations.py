"""What members say of themselves where a roll asks it: texts declared by the roll officer, and who stands by them since when;
and members who are suspended for a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.members import Member
from consult.model.store import Base


class Attestation(Base):
    """A sentence that members can confirm; it is never changed, another takes its place."""

    __tablename__ = "attestation"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(100))
    #: "I confirm that I am not a member of another party."
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    #: When it was retired: rolls do not ask it any more.
    retired_at: Mapped[datetime | None]

    #: For the policy: roll officers keep these texts, in every language.
    declared_text = True


class Attested(Base):
    """That somebody confirmed an attestation, from when, and until when if it was taken back."""

    __tablename__ = "attested"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= made_at", name="order"),
        Index(
            "uq_attested_standing",
            "attestation_id",
            "member_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attestation_id: Mapped[int] = mapped_column(ForeignKey("attestation.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    attestation: Mapped[Attestation] = relationship()


class Suspension(Base):
    """Somebody's membership suspended for a time by a decision; a roll's rule can leave out those who are."""

    __tablename__ = "suspension"
    __table_args__ = (CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    starts_at: Mapped[datetime]
    #: The first instant after it; None: until it is lifted.
    ends_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(1000))
    #: "member:12".
    suspended_by: Mapped[str] = mapped_column(String(40))
    lifted_by: Mapped[str | None] = mapped_column(String(40))
    lifted_because: Mapped[str | None] = mapped_column(String(1000))

    member: Mapped[Member] = relationship()
