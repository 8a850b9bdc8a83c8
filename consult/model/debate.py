"""Debate: comments for, against, asking or informing, anchored to a clause, and their moderation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.members import Member
from consult.model.store import Base, exactly_one, one_of

STANCES = ("for", "against", "question", "information")
#: What a debate is about: the column that names it. An election is a question of a ballot that chooses among candidates.
THREADS = ("motion_id", "policy_id", "composite_id", "question_id")
#: What tells how a debate stands: who spoke on which side, and who spoke last.
_VOICES = ("motion_id", "hidden_at", "stance", "author_id", "parent_id", "at", "author_status")


class Comment(Base):
    """One comment in the debate on a motion, amendment, policy or composite, or a question to candidates or its answer.

    It is hidden with a reason, never removed.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint(one_of("stance", STANCES), name="stance"),
        CheckConstraint(exactly_one(THREADS), name="one_thread"),
        CheckConstraint("option_id IS NULL OR question_id IS NOT NULL", name="candidate_of_an_election"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_reason IS NULL)", name="hidden_with_reason"),
        Index("ix_comment_motion_page", "motion_id", "parent_id", "at"),
        Index("ix_comment_motion_voices", *_VOICES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id"), index=True)
    composite_id: Mapped[int | None] = mapped_column(ForeignKey("composite.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"), index=True)
    #: The candidate whom a question is put to; nobody where it is put to all of them.
    option_id: Mapped[int | None] = mapped_column(ForeignKey("option.id"))
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
    composite_text_id: Mapped[int | None] = mapped_column(ForeignKey("composite_text.id"))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(String(1000))
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    author: Mapped[Member] = relationship(foreign_keys=[author_id])
    hidden_by: Mapped[Member | None] = relationship(foreign_keys=[hidden_by_id])

    @property
    def thread(self) -> tuple[str, int]:
        """The column that names what it is about, and the number there: ("motion_id", 7)."""
        return next((name, number) for name in THREADS if (number := getattr(self, name)) is not None)


class CommentReport(Base):
    """A member's report that a comment breaks the rules of debate; one for each person and comment."""

    __tablename__ = "comment_report"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
