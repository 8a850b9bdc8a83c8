"""The round of statements: what was proposed, who agrees, and the opinion groups as they were last computed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.lifecycle import STATEMENT
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import states_check
from consult.model.store import Base


class Statement(Base):
    """A short statement that people agree or disagree with, once it has been screened."""

    __tablename__ = "statement"
    __table_args__ = (
        CheckConstraint(states_check(STATEMENT.states), name="state"),
        CheckConstraint("state <> 'not admitted' OR reason <> ''", name="refused_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    text: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    author_status: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="awaiting screening")
    reason: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime]
    screened_at: Mapped[datetime | None]
    screened_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    consultation: Mapped[Consultation] = relationship()
    author: Mapped[Member] = relationship(foreign_keys=[author_id])


class StatementVote(Base):
    """Whether somebody agrees (1), disagrees (-1) or is unsure (0); it can be changed until the phase closes."""

    __tablename__ = "statement_vote"
    __table_args__ = (CheckConstraint("choice IN (-1, 0, 1)", name="choice"),)

    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    choice: Mapped[int]


class OpinionResult(Base):
    """The opinion groups of a consultation as the worker last computed them; pages read this and nothing else."""

    __tablename__ = "opinion_result"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), primary_key=True)
    #: SHA-256 of the votes that it was computed from: the same votes are not computed twice.
    basis: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]
