"""Consequences that the committee confirmed or added, and every order of votes that was ever set, with its explanation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.consequences import Kind
from consult.model.amendments import Amendment
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.store import Base

_KINDS = ", ".join(repr(kind.value) for kind in Kind)


class Consequence(Base):
    """The fate of one motion or amendment that follows from another's; it is ended, never changed or deleted."""

    __tablename__ = "consequence"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint("(cause_motion_id IS NULL) <> (cause_amendment_id IS NULL)", name="one_cause"),
        CheckConstraint("(effect_motion_id IS NULL) <> (effect_amendment_id IS NULL)", name="one_effect"),
        CheckConstraint("cause <> effect", name="not_itself"),
        Index(
            "ix_consequence_standing", "cause", "effect", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    #: falls if carried | falls if lost | consequential on
    kind: Mapped[str] = mapped_column(String(20))
    #: "motion:7" or "amendment:12": what decides, and what follows from it.
    cause: Mapped[str] = mapped_column(String(30))
    effect: Mapped[str] = mapped_column(String(30), index=True)
    cause_motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), index=True)
    cause_amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    effect_motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), index=True)
    effect_amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    #: Whether the texts themselves suggested it; else the committee added it.
    computed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ended_because: Mapped[str] = mapped_column(Text, default="")

    by: Mapped[Member] = relationship(foreign_keys=[by_id])
    ended_by: Mapped[Member | None] = relationship(foreign_keys=[ended_by_id])
    cause_motion: Mapped[Motion | None] = relationship(foreign_keys=[cause_motion_id])
    cause_amendment: Mapped[Amendment | None] = relationship(foreign_keys=[cause_amendment_id])
    effect_motion: Mapped[Motion | None] = relationship(foreign_keys=[effect_motion_id])
    effect_amendment: Mapped[Amendment | None] = relationship(foreign_keys=[effect_amendment_id])

    @property
    def standing(self) -> bool:
        """Whether it still counts."""
        return self.ended_at is None


class VoteOrder(Base):
    """One order of votes of a motion as it was set: the rule, the amendments in order, and why; the newest is in force."""

    __tablename__ = "vote_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), index=True)
    #: committee order | by clause | furthest first | order received: the rule that the rulebook declared.
    rule: Mapped[str] = mapped_column(String(30))
    #: The ids of the amendments, in order.
    amendments: Mapped[list[Any]]
    #: The explanation as it was worked out: one sentence for the rule and one for each pair whose order decides something.
    sentences: Mapped[list[Any]]
    #: The committee's own words, where it departed from the rule or had a choice.
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    by: Mapped[Member] = relationship()
    motion: Mapped[Motion] = relationship()
