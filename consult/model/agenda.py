"""Agendas and reports as they were issued: numbered, hashed and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.agenda import KINDS, title
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.store import Base, one_of


class Issue(Base):
    """One issued paper: a report of the standing orders committee, an agenda, or an order paper."""

    __tablename__ = "agenda_issue"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        UniqueConstraint("consultation_id", "kind", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    #: soc report | preliminary agenda | final agenda | order paper
    kind: Mapped[str] = mapped_column(String(30))
    #: 1, 2, 3 … for each kind of a consultation.
    number: Mapped[int]
    #: What the committee says at its head.
    words: Mapped[str] = mapped_column(Text, default="")
    #: What it says of every motion and amendment, as `consult.service.agenda.content`; texts by the id of their version.
    content: Mapped[dict[str, Any]]
    #: What changed since the one before it, as sentences.
    changes: Mapped[list[Any]]
    #: SHA-256 of the canonical JSON of words and content.
    hash: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))

    consultation: Mapped[Consultation] = relationship()
    issued_by: Mapped[Member] = relationship()

    @property
    def title(self) -> str:
        """How it is spoken of: "Standing orders committee report 2"."""
        return title(self.kind, self.number)

    @property
    def unit_path(self) -> str:
        """The path of the unit whose consultation it is."""
        return self.consultation.unit.path
