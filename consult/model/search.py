"""What can be searched: one row for each thing that has words, derived from where it is kept, and the index over its words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from consult.domain.searching import AUDIENCES, KINDS
from consult.model.store import Base, one_of


class SearchDocument(Base):
    """One thing that can be found. Everything here is derived: it refers to nothing by foreign key, and can be made anew."""

    __tablename__ = "search_document"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("audience", AUDIENCES), name="audience"),
        UniqueConstraint("kind", "subject_id"),
        Index("ix_search_document_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    #: The number of the row that it is derived from.
    subject_id: Mapped[int]
    heading: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(Text, deferred=True)
    #: The words of both as `consult.domain.searching.words_of` makes them, one space between: what the index holds.
    heading_words: Mapped[str] = mapped_column(Text, deferred=True)
    body_words: Mapped[str] = mapped_column(Text, deferred=True)
    #: PostgreSQL's vector of those words, kept by a trigger; SQLite has the table `search_index` beside this one.
    vector: Mapped[str | None] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"), deferred=True)
    #: The number that it is called by: "motion 12", "amendment 3".
    number: Mapped[int | None] = mapped_column(index=True)
    audience: Mapped[str] = mapped_column(String(20))
    #: The member who finds it whatever the audience.
    owner_id: Mapped[int | None]
    #: From when its audience finds it; its owner does before.
    visible_from: Mapped[datetime | None]
    unit_id: Mapped[int | None]
    consultation_id: Mapped[int | None]
    motion_id: Mapped[int | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(30), default="")
    at: Mapped[datetime]
