"""Proposals of officers: what one of them proposes takes effect when a second agrees."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.officer_proposals import DONE, ENDS, KINDS, LIFE, WAIT
from consult.model.members import Member
from consult.model.store import Base, one_of


class OfficerProposal(Base):
    """To annul a ballot, or to end offices of others: proposed by one officer, agreed to by another."""

    __tablename__ = "officer_proposal"
    __table_args__ = (
        CheckConstraint(one_of("what", KINDS), name="what"),
        CheckConstraint(one_of("ended", ENDS), name="ended"),
        CheckConstraint("agreed_by_id IS NULL OR agreed_by_id <> proposed_by_id", name="two_people"),
        CheckConstraint("agreed_by_id IS NULL OR concerns_id IS NULL OR agreed_by_id <> concerns_id", name="not_own"),
        CheckConstraint("(ended IS NULL) = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint(f"(agreed_by_id IS NOT NULL) = (ended IS NOT NULL AND ended = '{DONE}')", name="agreed"),
        Index(
            "uq_officer_proposal_standing",
            "what",
            "subject_id",
            unique=True,
            sqlite_where=text("ended IS NULL"),
            postgresql_where=text("ended IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(30))
    #: The number of the ballot, the role held, the term in a seat, the unit, or the call for nominations.
    subject_id: Mapped[int]
    #: What it is about as it was called then: the title of the ballot, or the office and where it is held.
    title: Mapped[str] = mapped_column(String(300))
    #: Whose office it is; none for a ballot or a founding period.
    concerns_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    proposed_at: Mapped[datetime]
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    #: How it ended, of `consult.domain.officer_proposals.ENDS`; none while it stands.
    ended: Mapped[str | None] = mapped_column(String(20))
    ended_at: Mapped[datetime | None]

    concerns: Mapped[Member | None] = relationship(foreign_keys=[concerns_id])
    proposed_by: Mapped[Member] = relationship(foreign_keys=[proposed_by_id])
    agreed_by: Mapped[Member | None] = relationship(foreign_keys=[agreed_by_id])
    detail: Mapped[ProposalTerms | None] = relationship(uselist=False)

    @property
    def terms(self) -> dict[str, Any]:
        """What else is agreed to, by the names under which it is carried out; nothing for most kinds."""
        return dict(self.detail.terms) if self.detail is not None else {}

    @property
    def alone_from(self) -> datetime:
        """The instant from which it can be carried out where nobody else holds the right."""
        return self.proposed_at + WAIT

    @property
    def lapses_at(self) -> datetime:
        """The instant from which nobody can agree to it any more."""
        return self.proposed_at + LIFE

    def stands(self, at: datetime) -> bool:
        """Whether somebody can still agree to it."""
        return self.ended is None and at < self.lapses_at


class ProposalTerms(Base):
    """What exactly is agreed to where the subject alone does not say it: the dates of a new call, the unit merged into."""

    __tablename__ = "officer_proposal_terms"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("officer_proposal.id"), primary_key=True, autoincrement=False)
    terms: Mapped[dict[str, Any]]
