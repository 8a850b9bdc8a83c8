"""Translations of motions, amendments, ballots, papers of consultations and what members confirm, each of one exact text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.model.amendments import Amendment
from consult.model.attestations import Attestation
from consult.model.ballots import Ballot
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.model.store import Base, one_of

#: awaiting review: anybody may read it, marked so | approved: a second person has read it beside the original.
STATUSES = ("awaiting review", "approved")
#: What can be translated: the columns, of which each row fills one.
SUBJECTS = ("motion_id", "amendment_id", "ballot_id", "consultation_id", "attestation_id")


class Translation(Base):
    """One translation of one text. It is never changed: a newer one follows it. The original alone binds."""

    __tablename__ = "translation"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint("language <> authoritative", name="another_language"),
        CheckConstraint(
            " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in SUBJECTS) + " = 1",
            name="one_subject",
        ),
        CheckConstraint(
            "(status = 'approved') = (approved_at IS NOT NULL) AND (approved_at IS NULL) = (approved_by_id IS NULL)",
            name="approved_by_somebody",
        ),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> made_by_id", name="approved_by_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"))
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"))
    ballot_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"))
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"))
    attestation_id: Mapped[int | None] = mapped_column(ForeignKey("attestation.id"))
    #: The language of the translation, and that of the original, which is the authoritative one (BCP 47).
    language: Mapped[str] = mapped_column(String(10))
    authoritative: Mapped[str] = mapped_column(String(10))
    #: The parts of the original as they were translated: a list of {"key", "label", "text"}; SHA-256 of its canonical JSON.
    source: Mapped[list[Any]]
    source_hash: Mapped[str] = mapped_column(String(64))
    #: The key of each part → its words in the other language.
    words: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(20), default="awaiting review")
    #: Who made it and who approved it. Pages name them by what they are to the text: "its mover", "governance committee".
    made_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    made_as: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    approved_as: Mapped[str] = mapped_column(String(60), default="")
    approved_at: Mapped[datetime | None]

    motion: Mapped[Motion | None] = relationship()
    amendment: Mapped[Amendment | None] = relationship()
    ballot: Mapped[Ballot | None] = relationship()
    consultation: Mapped[Consultation | None] = relationship()
    attestation: Mapped[Attestation | None] = relationship()

    @property
    def subject(self) -> Motion | Amendment | Ballot | Consultation | Attestation:
        """What it is a translation of."""
        kinds = (self.motion, self.amendment, self.ballot, self.consultation, self.attestation)
        return next(row for row in kinds if row is not None)

    @property
    def declared_text(self) -> bool:
        """Whether it is of a text that members confirm, for the policy: roll officers keep those."""
        return self.attestation_id is not None

    @property
    def author_id(self) -> int:
        """Who made it, for the policy: somebody else approves it."""
        return self.made_by_id


Index("ix_translation_of_motion", Translation.motion_id, Translation.language)
Index("ix_translation_of_amendment", Translation.amendment_id, Translation.language)
Index("ix_translation_of_ballot", Translation.ballot_id, Translation.language)
Index("ix_translation_of_consultation", Translation.consultation_id, Translation.language)
Index("ix_translation_of_attestation", Translation.attestation_id, Translation.language)
