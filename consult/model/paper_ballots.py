"""Ballot papers: outer envelopes on the roll, papers under serials that lead to nobody, and who may touch which."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.members import Member
from consult.model.store import Base

#: The two duties of a ballot on paper; nobody has both in one ballot.
ENVELOPES, PAPERS = "envelopes", "papers"

#: What can become of an issued paper's outer envelope.
ISSUED, CANCELLED, RETURNED, REFUSED = "issued", "cancelled", "returned", "refused"

#: What can become of a paper: entered once, entered twice alike, or not to be counted.
ONCE, AGREED, REJECTED = "once", "agreed", "rejected"

_STANDING = f"status <> '{CANCELLED}'"


class PaperDuty(Base):
    """An officer's one duty in one ballot. The key (ballot, member) is what keeps envelopes and papers in different hands."""

    __tablename__ = "paper_duty"
    __table_args__ = (CheckConstraint(f"duty IN ('{ENVELOPES}', '{PAPERS}')", name="duty"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    duty: Mapped[str] = mapped_column(String(10))

    member: Mapped[Member] = relationship()


class PaperRequest(Base):
    """A member who asked for a paper. Nothing says when."""

    __tablename__ = "paper_request"
    __table_args__ = ({"sqlite_with_rowid": False},)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)


class PaperIssue(Base):
    """A paper issued to a voter: the number on the outer envelope, and what became of it. Nothing says when."""

    __tablename__ = "paper_issue"
    __table_args__ = (
        CheckConstraint(f"status IN ('{ISSUED}', '{CANCELLED}', '{RETURNED}', '{REFUSED}')", name="status"),
        # one standing paper to a voter: another only after the first was cancelled
        Index(
            "ix_paper_issue_standing",
            "ballot_id",
            "member_id",
            unique=True,
            sqlite_where=text(_STANDING),
            postgresql_where=text(_STANDING),
        ),
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    #: The number on the outer envelope, from 1 in the order of issue.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    status: Mapped[str] = mapped_column(String(10), default=ISSUED)
    #: Why it was issued ("no e-mail address", "asked for one"), and why it was cancelled or refused.
    reason: Mapped[str] = mapped_column(String(100))
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))

    member: Mapped[Member] = relationship(foreign_keys=[member_id])


class PaperEntry(Base):
    """A paper under the serial written on it when it was taken out of its envelopes, sealed like every other vote."""

    __tablename__ = "paper_entry"
    __table_args__ = (
        CheckConstraint(f"status IN ('{ONCE}', '{AGREED}', '{REJECTED}')", name="status"),
        CheckConstraint(f"(status = '{AGREED}') = (sealed IS NOT NULL)", name="sealed"),
        {"sqlite_with_rowid": False},
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    #: Drawn by chance: it tells neither the voter nor the order of entry.
    serial: Mapped[str] = mapped_column(String(12), primary_key=True)
    status: Mapped[str] = mapped_column(String(10), default=ONCE)
    #: A keyed hash of what was entered first, until the second entry says the same.
    first_mark: Mapped[str | None] = mapped_column(String(64))
    #: HPKE, to the ballot's key, once both entries say the same.
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Why it cannot be counted.
    reason: Mapped[str] = mapped_column(String(100), default="")
    first_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    second_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class Superseded(Base):
    """The receipt of a vote that was replaced. What was in its envelope is gone; its voter alone is told that it was replaced."""

    __tablename__ = "superseded"
    __table_args__ = ({"sqlite_with_rowid": False},)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    receipt: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
