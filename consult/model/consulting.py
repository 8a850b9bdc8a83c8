"""Taking part in a consultation: its declared terms, versions of its paper, comments, questions and submissions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.consulting import LEAST_GROUP, PUBLISHING, QUESTIONS, SPEAKERS, TAKING_PART
from consult.domain.lifecycle import SUBMISSION
from consult.model.consultations import Consultation
from consult.model.debate import STANCES
from consult.model.members import Member
from consult.model.motions import states_check
from consult.model.store import Base, one_of
from consult.model.units import Unit


class Participation(Base):
    """How people take part in a consultation; without this row it takes no submissions. Promises hold once one is sent."""

    __tablename__ = "participation"
    __table_args__ = (
        CheckConstraint(one_of("publishing", PUBLISHING), name="publishing"),
        CheckConstraint(one_of("taking_part", TAKING_PART), name="taking_part"),
        CheckConstraint(f"minimum_group >= {LEAST_GROUP}", name="minimum_group"),
    )

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), primary_key=True)
    publishing: Mapped[str] = mapped_column(String(20))
    taking_part: Mapped[str] = mapped_column(String(30))
    #: Whether submissions are published as they come; else once the phase has closed.
    at_once: Mapped[bool]
    #: The fewest people of whom a figure is given.
    minimum_group: Mapped[int]
    #: The most words of an open answer.
    words: Mapped[int]
    #: Whether there is a round of statements, and the seed of its grouping.
    statements: Mapped[bool]
    seed: Mapped[int]
    declared_at: Mapped[datetime]

    consultation: Mapped[Consultation] = relationship()

    @property
    def unit_path(self) -> str:
        """The path of the unit whose consultation it is."""
        return self.consultation.unit_path


class PaperVersion(Base):
    """One version of a consultation's paper: paragraphs keep their ids through every version."""

    __tablename__ = "paper_version"
    __table_args__ = (UniqueConstraint("consultation_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    sequence: Mapped[int]
    #: A list of {"heading": …} and {"id": "p3", "text": …}.
    paper: Mapped[list[Any]]
    hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(40))


class ParagraphComment(Base):
    """A comment on one paragraph, or an answer to one; hidden with a reason, never removed."""

    __tablename__ = "paragraph_comment"
    __table_args__ = (
        CheckConstraint(one_of("stance", STANCES), name="stance"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_reason IS NULL)", name="hidden_with_reason"),
        Index("ix_paragraph_comment_place", "consultation_id", "paragraph"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    #: The version that it was written on.
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper_version.id"))
    paragraph: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("paragraph_comment.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    author_status: Mapped[str] = mapped_column(String(20))
    stance: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(String(1000))
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    author: Mapped[Member] = relationship(foreign_keys=[author_id])
    paper: Mapped[PaperVersion] = relationship()


class ConsultationQuestion(Base):
    """One question of a consultation, open or closed; fixed once somebody has answered."""

    __tablename__ = "consultation_question"
    __table_args__ = (CheckConstraint(one_of("kind", QUESTIONS), name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    wording: Mapped[str] = mapped_column(String(500))
    help: Mapped[str] = mapped_column(String(1000), default="")
    options: Mapped[list[Any]]
    needed: Mapped[bool] = mapped_column(default=False)

    consultation: Mapped[Consultation] = relationship()

    @property
    def unit_path(self) -> str:
        """The path of the unit whose consultation it is."""
        return self.consultation.unit_path


class Contribution(Base):
    """What a person, a unit, an organisation or a meeting says to a consultation."""

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint(states_check(SUBMISSION.states), name="state"),
        CheckConstraint(one_of("kind", SPEAKERS), name="kind"),
        CheckConstraint("(kind = 'person') = (unit_id IS NULL)", name="for_whom"),
        CheckConstraint("state NOT IN ('submitted', 'set aside') OR version_id IS NOT NULL", name="has_text"),
        CheckConstraint("(state = 'set aside') = (aside_reason IS NOT NULL)", name="aside_with_reason"),
        UniqueConstraint("consultation_id", "speaker"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    kind: Mapped[str] = mapped_column(String(20))
    #: "member:12" or "unit:4", so that each speaks once; nothing for meetings, of which there may be several.
    speaker: Mapped[str | None] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    #: The author's status when it was begun, so that voices can be told apart.
    author_status: Mapped[str] = mapped_column(String(20))
    #: Whether the author agreed to be named where the rule asks for it.
    named: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    #: What is being written: {"answers": {"7": …}, "more": …, "minutes": {…}}.
    draft: Mapped[dict[str, Any] | None]
    revision: Mapped[int] = mapped_column(default=1)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("contribution_version.id", use_alter=True))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    aside_reason: Mapped[str | None] = mapped_column(String(1000))

    consultation: Mapped[Consultation] = relationship()
    unit: Mapped[Unit | None] = relationship()
    author: Mapped[Member] = relationship(foreign_keys=[author_id])
    version: Mapped[ContributionVersion | None] = relationship(foreign_keys=[version_id])
    versions: Mapped[list[ContributionVersion]] = relationship(
        foreign_keys="ContributionVersion.contribution_id", order_by="ContributionVersion.sequence", viewonly=True
    )

    @property
    def unit_path(self) -> str:
        """The path of the unit that it speaks for, else of the consultation's."""
        return self.unit.path if self.unit else self.consultation.unit_path


class ContributionVersion(Base):
    """One text of a submission as it was sent; never changed."""

    __tablename__ = "contribution_version"
    __table_args__ = (UniqueConstraint("contribution_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"))
    sequence: Mapped[int]
    document: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(40))
