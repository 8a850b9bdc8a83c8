"""Data protection: requests, complaints and breaches with their clocks, exports by two, who read whose entry, retention."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.protection import KINDS, OUTCOMES, PAPERS, READS, STEPS
from consult.domain.purposes import EXPORTS
from consult.model.members import Member
from consult.model.store import Base, one_of
from consult.model.units import Unit


class DataCase(Base):
    """A request about somebody's data, a complaint about it, or a breach: what has to be done by when, and what was."""

    __tablename__ = "data_case"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', OUTCOMES)}", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="closed"),
        CheckConstraint("kind = 'breach' OR member_id IS NOT NULL", name="whose"),
        CheckConstraint("closed_by_id IS NULL OR member_id IS NULL OR closed_by_id <> member_id", name="not_ones_own"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: A key of `consult.domain.protection.KINDS`.
    kind: Mapped[str] = mapped_column(String(20))
    #: Whose data it is about; none for a breach.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    #: Who put it down: the person, or an officer who was told of it.
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    #: When it arrived; for a breach, when the organisation became aware of it. The clock runs from here.
    received_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    #: What is asked, complained of or happened, in the words of whoever put it down.
    about: Mapped[str] = mapped_column(Text)
    #: For a rectification: what it should say.
    wanted: Mapped[str] = mapped_column(String(500), default="")
    #: For a breach: about how many people, as far as is known.
    people: Mapped[int | None]
    acknowledged_at: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    #: When a breach was reported to the Information Commissioner, and when the people in it were told.
    reported_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    #: When that was done for which the clock runs: for a breach the report, or the decision that none is due (UK GDPR
    #: Art. 33(1)); for anything else the closing. None while it runs.
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    closed_at: Mapped[datetime | None]

    member: Mapped[Member | None] = relationship(foreign_keys=[member_id])
    opened_by: Mapped[Member] = relationship(foreign_keys=[opened_by_id])
    closed_by: Mapped[Member | None] = relationship(foreign_keys=[closed_by_id])


class DataCaseStep(Base):
    """One thing that was done in a case, with its words."""

    __tablename__ = "data_case_step"
    __table_args__ = (CheckConstraint(one_of("what", STEPS), name="what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("data_case.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    #: When it was done, where that was before it was put down.
    done_at: Mapped[datetime | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))

    by: Mapped[Member] = relationship()


class MemberExport(Base):
    """An export of members' data: asked for by one officer with a reason, agreed to by another, taken once."""

    __tablename__ = "member_export"
    __table_args__ = (
        CheckConstraint(one_of("purpose", EXPORTS), name="purpose"),
        CheckConstraint("agreed_by_id IS NULL OR agreed_by_id <> asked_by_id", name="two_officers"),
        CheckConstraint("taken_at IS NULL OR (agreed_at IS NOT NULL AND refused_because IS NULL)", name="taken"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: A key of `consult.domain.purposes.EXPORTS`.
    purpose: Mapped[str] = mapped_column(String(20))
    #: Keys of `EXPORT_COLUMNS`, in their order.
    columns: Mapped[list[Any]]
    #: Of this unit and those below it; none: of the whole organisation.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    statuses: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(String(1000))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime]
    #: Whoever agreed, or refused with a reason.
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    agreed_at: Mapped[datetime | None]
    refused_because: Mapped[str | None] = mapped_column(String(1000))
    #: Until then it can be taken, once.
    expires_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    #: How many people it is about: as counted when it was asked for, agreed to, and in the end taken.
    count: Mapped[int]

    unit: Mapped[Unit | None] = relationship()
    asked_by: Mapped[Member] = relationship(foreign_keys=[asked_by_id])
    agreed_by: Mapped[Member | None] = relationship(foreign_keys=[agreed_by_id])


class MemberExportPerson(Base):
    """Somebody whose data was in an export."""

    __tablename__ = "member_export_person"
    __table_args__ = ({"sqlite_with_rowid": False},)

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    export_id: Mapped[int] = mapped_column(ForeignKey("member_export.id"), primary_key=True, index=True)


class MemberRead(Base):
    """That an officer read somebody's data on a day: one row a day, however often, so that it stays small."""

    __tablename__ = "member_read"
    __table_args__ = (
        CheckConstraint(one_of("what", READS), name="what"),
        Index("ix_member_read_day", "day"),
        {"sqlite_with_rowid": False},
    )

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    #: A key of `consult.domain.protection.READS`.
    what: Mapped[str] = mapped_column(String(20), primary_key=True)


class RetentionRun(Base):
    """What one round of the retention clocks removed: table → number of rows. Rounds that removed nothing leave no row."""

    __tablename__ = "retention_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    removed: Mapped[dict[str, Any]]


class ProtectionPaper(Base):
    """A version of the impact assessment or the record of processing, as people finished it, and who signed it."""

    __tablename__ = "protection_paper"
    __table_args__ = (
        UniqueConstraint("kind", "sequence"),
        CheckConstraint(one_of("kind", PAPERS), name="kind"),
        CheckConstraint("signed_by_id IS NULL OR signed_by_id <> saved_by_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    sequence: Mapped[int]
    #: Question → answer.
    answers: Mapped[dict[str, Any]]
    #: SHA-256 of the half that is made from the tables, so that it is seen when the program has changed since.
    facts_hash: Mapped[str] = mapped_column(String(64))
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    saved_at: Mapped[datetime]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    signed_at: Mapped[datetime | None]

    saved_by: Mapped[Member] = relationship(foreign_keys=[saved_by_id])
    signed_by: Mapped[Member | None] = relationship(foreign_keys=[signed_by_id])
