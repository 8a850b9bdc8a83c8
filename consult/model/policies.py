"""What becomes of a policy: steps with their reasons, the actions it orders and reports on them, and model motions sent elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.lifecycle import SENDING
from consult.model.amendments import Amendment
from consult.model.members import Member
from consult.model.motions import Motion, Policy, states_check
from consult.model.store import Base, one_of

#: What a policy goes through after it was adopted.
STEPS = ("supersede", "rescind", "lapse", "renew")
#: How far an action is.
PROGRESS = ("begun", "done", "cannot be done")
#: How one can recommend members to vote.
ADVICE = ("for", "against", "no recommendation")


class PolicyStep(Base):
    """One step in the life of a policy: superseded, rescinded, lapsed or renewed, with the reason, never altered."""

    __tablename__ = "policy_step"
    __table_args__ = (
        CheckConstraint(one_of("step", STEPS), name="step"),
        CheckConstraint("(step = 'supersede') = (successor_id IS NOT NULL)", name="superseded_by"),
        CheckConstraint("step <> 'renew' OR lapses_at IS NOT NULL", name="renewed_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"), index=True)
    step: Mapped[str] = mapped_column(String(20))
    #: Why, or the rule that it follows from; for members to read.
    reason: Mapped[str] = mapped_column(Text)
    #: The policy that stands in its place.
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id"), index=True)
    #: Until when it was renewed.
    lapses_at: Mapped[datetime | None]
    #: Who took the step; None where the timetable did.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    policy: Mapped[Policy] = relationship(foreign_keys=[policy_id])
    successor: Mapped[Policy | None] = relationship(foreign_keys=[successor_id])
    by: Mapped[Member | None] = relationship()


class PolicyAction(Base):
    """Something that a policy orders: the clause that orders it, who is to do it, and by when."""

    __tablename__ = "policy_action"
    __table_args__ = (UniqueConstraint("policy_id", "clause_id", "holder"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"), index=True)
    #: The deciding clause of the policy's text.
    clause_id: Mapped[str] = mapped_column(String(60))
    #: Who is to do it: an office or a body, such as "Campaigns officer".
    holder: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    policy: Mapped[Policy] = relationship()
    reports: Mapped[list[ActionReport]] = relationship(back_populates="action", order_by="ActionReport.id")

    @property
    def progress(self) -> str:
        """How far it is, as the newest report says; "not begun" before the first."""
        return self.reports[-1].progress if self.reports else "not begun"


class ActionReport(Base):
    """A report on an action, never altered: a later one follows it."""

    __tablename__ = "action_report"
    __table_args__ = (CheckConstraint(one_of("progress", PROGRESS), name="progress"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("policy_action.id"), index=True)
    progress: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    action: Mapped[PolicyAction] = relationship(back_populates="reports")
    by: Mapped[Member] = relationship()


class ModelMotion(Base):
    """Words of a policy as a motion for another body, within that body's limit of words; never altered once made."""

    __tablename__ = "model_motion"
    __table_args__ = (CheckConstraint("word_count <= word_limit", name="within_the_limit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"), index=True)
    #: The party or body whose rules set the limit.
    party: Mapped[str] = mapped_column(String(200))
    word_limit: Mapped[int]
    word_count: Mapped[int]
    #: The text, as `consult.text` Document JSON, its hash, and its own line numbers.
    document: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))
    lines: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    policy: Mapped[Policy] = relationship()
    by: Mapped[Member] = relationship()
    sendings: Mapped[list[Sending]] = relationship(back_populates="model_motion", order_by="Sending.id")


class Sending(Base):
    """A model motion sent to one body of the other party: by whom, when, and what became of it there."""

    __tablename__ = "sending"
    __table_args__ = (CheckConstraint(states_check(SENDING.states), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model_motion_id: Mapped[int] = mapped_column(ForeignKey("model_motion.id"), index=True)
    #: The branch, region, committee or conference that it went to.
    body: Mapped[str] = mapped_column(String(200))
    sent_on: Mapped[date]
    #: Who moves it there, as that body knows them: a name or an office.
    sender: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(30), default="sent")
    revision: Mapped[int] = mapped_column(default=1)
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    model_motion: Mapped[ModelMotion] = relationship(back_populates="sendings")
    by: Mapped[Member] = relationship()
    news: Mapped[list[SendingNews]] = relationship(back_populates="sending", order_by="SendingNews.id")


class SendingNews(Base):
    """What was heard back: the state it came to there, on which day, in whose words; never altered."""

    __tablename__ = "sending_news"
    __table_args__ = (CheckConstraint(states_check(SENDING.states), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sending_id: Mapped[int] = mapped_column(ForeignKey("sending.id"), index=True)
    state: Mapped[str] = mapped_column(String(30))
    heard_on: Mapped[date]
    body: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    sending: Mapped[Sending] = relationship(back_populates="news")
    by: Mapped[Member] = relationship()


class Recommendation(Base):
    """How a body recommends members to vote on a motion or amendment, and why; a later one takes its place."""

    __tablename__ = "recommendation"
    __table_args__ = (
        CheckConstraint(one_of("advice", ADVICE), name="advice"),
        CheckConstraint("(motion_id IS NULL) <> (amendment_id IS NULL)", name="one_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), index=True)
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    advice: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    #: The role in which it was made: "standing orders committee member", in words of the role.
    role: Mapped[str] = mapped_column(String(60))
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    motion: Mapped[Motion | None] = relationship()
    amendment: Mapped[Amendment | None] = relationship()
    by: Mapped[Member] = relationship()
