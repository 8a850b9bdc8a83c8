"""Debate: comments for, against, asking or informing, anchored to a clause, and their moderation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.members import Member
from consult.model.store import Base, one_of

STANCES = ("for", "against", "question", "information")


class Comment(Base):
    """One comment in the debate on a motion or amendment; hidden with a reason, never removed."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint(one_of("stance", STANCES), name="stance"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_reason IS NULL)", name="hidden_with_reason"),
        Index("ix_comment_motion_page", "motion_id", "parent_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"))
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    #: The author's status when it was written, so that voices can be told apart.
    author_status: Mapped[str] = mapped_column(String(20))
    stance: Mapped[str] = mapped_column(String(20))
    #: The clause it is anchored to, the words quoted from it and the version they were read in.
    clause_id: Mapped[str | None] = mapped_column(String(60))
    quote: Mapped[str | None] = mapped_column(Text)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("motion_version.id"))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(String(1000))
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    author: Mapped[Member] = relationship(foreign_keys=[author_id])
    hidden_by: Mapped[Member | None] = relationship(foreign_keys=[hidden_by_id])


class CommentReport(Base):
    """A member's report that a comment breaks the rules of debate; one for each person and comment."""

    __tablename__ = "comment_report"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
