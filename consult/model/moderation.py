"""Moderation of debate: slow mode and screening, decisions with their grounds, appeals, earlier wordings, summaries of sides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.debating import GROUNDS, RULES
from consult.model.ballots import Option, Question
from consult.model.composites import Composite
from consult.model.consultations import Consultation
from consult.model.consulting import ParagraphComment
from consult.model.debate import STANCES, THREADS, Comment
from consult.model.members import Member
from consult.model.motions import Motion, Policy
from consult.model.store import Base, exactly_one, one_of

#: What a moderator decides of a contribution; "kept" stays in spite of reports, "unseen" appeared by itself in the end.
DECISIONS = ("hidden", "shown", "kept", "admitted", "refused", "unseen")
#: Where something can be said: the column that names the debate, or the consultation whose paper it is about.
WHERE = (*THREADS, "consultation_id")
#: The debates that have two sides, which summarise themselves.
SIDED = ("motion_id", "policy_id", "composite_id")
_STANDING = text("ended_at IS NULL")
#: The one summary of a side that stands.
_PINNED = text("approved_at IS NOT NULL AND replaced_at IS NULL")


class DebateRule(Base):
    """Slow mode or screening of one thread, from its beginning to its end, with the reason that writers are told."""

    __tablename__ = "debate_rule"
    __table_args__ = (
        CheckConstraint(one_of("kind", RULES), name="kind"),
        CheckConstraint(exactly_one(WHERE), name="one_thread"),
        CheckConstraint("(kind = 'slow') = (minutes IS NOT NULL)", name="minutes"),
        *(
            Index(
                f"ix_debate_rule_{name.removesuffix('_id')}", name, "kind", unique=True, sqlite_where=_STANDING,
                postgresql_where=_STANDING,
            )
            for name in WHERE
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id"))
    composite_id: Mapped[int | None] = mapped_column(ForeignKey("composite.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"))
    kind: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(1000))
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    begun_by: Mapped[Member] = relationship(foreign_keys=[begun_by_id])


class WaitingPost(Base):
    """A contribution that waits for a moderator: it stands in no debate until it is admitted."""

    __tablename__ = "waiting_post"
    __table_args__ = (
        CheckConstraint(one_of("stance", STANCES), name="stance"),
        CheckConstraint(exactly_one(WHERE), name="one_thread"),
        CheckConstraint(one_of("state", ("waiting", "admitted", "refused", "withdrawn")), name="state"),
        Index("ix_waiting_post_queue", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), index=True)
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id"), index=True)
    composite_id: Mapped[int | None] = mapped_column(ForeignKey("composite.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"), index=True)
    #: The candidate whom a question is put to.
    option_id: Mapped[int | None] = mapped_column(ForeignKey("option.id"))
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"))
    #: What it stands under, and the very contribution that it answers.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    clause_id: Mapped[str | None] = mapped_column(String(60))
    quote: Mapped[str | None] = mapped_column(Text)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("motion_version.id"))
    composite_text_id: Mapped[int | None] = mapped_column(ForeignKey("composite_text.id"))
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"), index=True)
    paragraph: Mapped[str | None] = mapped_column(String(20))
    paragraph_parent_id: Mapped[int | None] = mapped_column(ForeignKey("paragraph_comment.id"))
    paragraph_answers_id: Mapped[int | None] = mapped_column(ForeignKey("paragraph_comment.id"))
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper_version.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    author_status: Mapped[str] = mapped_column(String(20))
    stance: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    #: When it appears by itself unless a moderator has decided.
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    #: Where it stands once it is admitted.
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    paragraph_comment_id: Mapped[int | None] = mapped_column(ForeignKey("paragraph_comment.id"))

    author: Mapped[Member] = relationship()
    motion: Mapped[Motion | None] = relationship()
    policy: Mapped[Policy | None] = relationship()
    composite: Mapped[Composite | None] = relationship()
    question: Mapped[Question | None] = relationship()
    option: Mapped[Option | None] = relationship()
    consultation: Mapped[Consultation | None] = relationship()


class Moderation(Base):
    """One decision of a moderator about one contribution, with its ground and reason; never changed."""

    __tablename__ = "moderation"
    __table_args__ = (
        CheckConstraint(one_of("decision", DECISIONS), name="decision"),
        CheckConstraint(f"ground IS NULL OR {one_of('ground', GROUNDS)}", name="ground"),
        CheckConstraint("(decision IN ('hidden', 'refused')) = (ground IS NOT NULL)", name="with_ground"),
        CheckConstraint("(decision IN ('hidden', 'refused', 'kept')) = (reason IS NOT NULL)", name="with_reason"),
        CheckConstraint("(decision = 'unseen') = (by_id IS NULL)", name="by_somebody"),
        CheckConstraint(
            "(CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN paragraph_comment_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN waiting_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_contribution",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    paragraph_comment_id: Mapped[int | None] = mapped_column(ForeignKey("paragraph_comment.id"), index=True)
    waiting_id: Mapped[int | None] = mapped_column(ForeignKey("waiting_post.id"), index=True)
    decision: Mapped[str] = mapped_column(String(20))
    ground: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(1000))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(index=True)

    by: Mapped[Member | None] = relationship()
    comment: Mapped[Comment | None] = relationship()
    paragraph_comment: Mapped[ParagraphComment | None] = relationship()
    waiting: Mapped[WaitingPost | None] = relationship()
    appeal: Mapped[ModerationAppeal | None] = relationship(back_populates="moderation")

    @property
    def author_id(self) -> int:
        """Who wrote the contribution, and may appeal."""
        return self.about.author_id

    @property
    def about(self) -> Comment | ParagraphComment | WaitingPost:
        """The contribution that it is about."""
        return self.comment or self.paragraph_comment or self.waiting  # type: ignore[return-value]  # one is there


class ModerationAppeal(Base):
    """An author's appeal against a decision, and what the complaints panel decided."""

    __tablename__ = "moderation_appeal"
    __table_args__ = (
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', ('upheld', 'overturned'))}", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (answer IS NULL)", name="with_answer"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided"),
    )

    moderation_id: Mapped[int] = mapped_column(ForeignKey("moderation.id"), primary_key=True)
    words: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str | None] = mapped_column(String(1000))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    moderation: Mapped[Moderation] = relationship(back_populates="appeal")
    decided_by: Mapped[Member | None] = relationship()

    @property
    def author_id(self) -> int:
        """Who appeals."""
        return self.moderation.author_id


class EarlierText(Base):
    """How a contribution read before its author corrected it; never changed."""

    __tablename__ = "earlier_text"
    __table_args__ = (
        CheckConstraint(one_of("stance", STANCES), name="stance"),
        CheckConstraint("(comment_id IS NULL) <> (paragraph_comment_id IS NULL)", name="one_contribution"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    paragraph_comment_id: Mapped[int | None] = mapped_column(ForeignKey("paragraph_comment.id"), index=True)
    stance: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime]


class ParagraphReport(Base):
    """A member's report that a comment on a paragraph breaks the rules of debate; one for each person and comment."""

    __tablename__ = "paragraph_report"

    comment_id: Mapped[int] = mapped_column(ForeignKey("paragraph_comment.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]


class SideSummary(Base):
    """What one side of a debate says in short, drafted by one who spoke on it; it stands once its own side has approved it."""

    __tablename__ = "side_summary"
    __table_args__ = (
        CheckConstraint(one_of("side", ("for", "against")), name="side"),
        CheckConstraint(exactly_one(SIDED), name="one_thread"),
        CheckConstraint("replaced_at IS NULL OR approved_at IS NOT NULL", name="replaced_once_approved"),
        *(Index(f"ix_side_summary_{name.removesuffix('_id')}", name, "side") for name in SIDED),
        *(
            Index(
                f"uq_side_summary_{name.removesuffix('_id')}_stands", name, "side", unique=True, sqlite_where=_PINNED,
                postgresql_where=_PINNED,
            )
            for name in SIDED
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id"))
    composite_id: Mapped[int | None] = mapped_column(ForeignKey("composite.id"))
    side: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]
    #: How many approvals it needs, declared when it was drafted.
    needed: Mapped[int]
    approved_at: Mapped[datetime | None]
    #: When the side approved another in its place; until then it is the one that stands.
    replaced_at: Mapped[datetime | None]

    drafted_by: Mapped[Member] = relationship()

    @property
    def thread(self) -> tuple[str, int]:
        """The column that names the debate, and the number there."""
        return next((name, number) for name in SIDED if (number := getattr(self, name)) is not None)


class SummaryApproval(Base):
    """Somebody who spoke on a side approves its summary."""

    __tablename__ = "summary_approval"

    summary_id: Mapped[int] = mapped_column(ForeignKey("side_summary.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    at: Mapped[datetime]
