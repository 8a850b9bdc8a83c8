"""What officers make of a consultation: the code book, codings, reports, what was done, and motions that grew out of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.coding import DONE_STATES, REPORTS
from consult.domain.lifecycle import REPORT
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Motion, states_check
from consult.model.store import Base, one_of


class Code(Base):
    """A code of a consultation's code book: a name and what it stands for."""

    __tablename__ = "code"
    __table_args__ = (UniqueConstraint("consultation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    name: Mapped[str] = mapped_column(String(80))
    meaning: Mapped[str] = mapped_column(String(500))
    #: Closed to further use; what was coded with it stands.
    retired: Mapped[bool] = mapped_column(default=False)

    consultation: Mapped[Consultation] = relationship()

    @property
    def unit_path(self) -> str:
        """The path of the unit whose consultation it is."""
        return self.consultation.unit_path


class Coding(Base):
    """One coder's finding that one answer of one version speaks of a code, with the passage where one was marked."""

    __tablename__ = "coding"
    __table_args__ = (
        UniqueConstraint("version_id", "part", "code_id", "coder_id"),
        Index("ix_coding_code_id", "code_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("contribution_version.id"))
    #: The number of a question, or "more" or "minutes".
    part: Mapped[str] = mapped_column(String(20))
    code_id: Mapped[int] = mapped_column(ForeignKey("code.id"))
    coder_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    #: The words that it rests on; "" for the answer as a whole.
    quote: Mapped[str] = mapped_column(Text, default="")


class CodingDone(Base):
    """A coder has read a version to its end: what is not coded there was found not to speak of the codes that it was read for."""

    __tablename__ = "coding_done"

    version_id: Mapped[int] = mapped_column(ForeignKey("contribution_version.id"), primary_key=True)
    coder_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    at: Mapped[datetime]
    #: For which codes: the number of each that was open in the book → when it was last read for it.
    read: Mapped[dict[str, Any]]


class ConsultationReport(Base):
    """The analysis of a consultation or the official response; a published one is only followed by a newer one."""

    __tablename__ = "consultation_report"
    __table_args__ = (
        CheckConstraint(states_check(REPORT.states), name="state"),
        CheckConstraint(one_of("kind", REPORTS), name="kind"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
        UniqueConstraint("consultation_id", "kind", "sequence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    kind: Mapped[str] = mapped_column(String(20))
    sequence: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default="draft")
    body: Mapped[str] = mapped_column(Text)
    #: The figures as they stood when it was published, so that the page of an analysis never changes under it.
    figures: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))

    consultation: Mapped[Consultation] = relationship()
    by: Mapped[Member] = relationship()

    @property
    def unit_path(self) -> str:
        """The path of the unit whose consultation it is."""
        return self.consultation.unit_path


class SaidDone(Base):
    """A row of “you said, we did”: what people said, what was or will be done or why not, and how far it is."""

    __tablename__ = "said_done"
    __table_args__ = (CheckConstraint(one_of("state", DONE_STATES), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    said: Mapped[str] = mapped_column(String(1000))
    did: Mapped[str] = mapped_column(String(2000))
    state: Mapped[str] = mapped_column(String(20))
    code_id: Mapped[int | None] = mapped_column(ForeignKey("code.id"))
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"))
    updated_at: Mapped[datetime]

    consultation: Mapped[Consultation] = relationship()
    code: Mapped[Code | None] = relationship()
    motion: Mapped[Motion | None] = relationship()

    @property
    def unit_path(self) -> str:
        """The path of the unit whose consultation it is."""
        return self.consultation.unit_path


class MotionSource(Base):
    """A motion that grew out of a consultation, and out of what in it."""

    __tablename__ = "motion_source"

    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), primary_key=True)
    why: Mapped[str] = mapped_column(String(500))
    code_id: Mapped[int | None] = mapped_column(ForeignKey("code.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    motion: Mapped[Motion] = relationship()
    consultation: Mapped[Consultation] = relationship()
    code: Mapped[Code | None] = relationship()
