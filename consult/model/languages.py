"""In which language somebody reads."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from consult.domain.languages import LANGUAGES
from consult.model.store import Base, one_of


class LanguageChoice(Base):
    """The language that a person chose, for mail; whoever chose none is written to in the organisation's own."""

    __tablename__ = "language_choice"
    __table_args__ = (CheckConstraint(one_of("tag", LANGUAGES), name="tag"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(10))
