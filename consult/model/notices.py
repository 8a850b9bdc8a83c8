"""Notices: the outbox that is written with the act it tells of, and the signs of life of the worker that sends it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consult.domain.notices import TOPICS, WAYS
from consult.model.store import Base, one_of


class Notice(Base):
    """One message to one person. What is secret in it (a link) is made when it is sent, never kept here."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_due", "sent_at", "send_after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The kind, from `consult.domain.notices`.
    kind: Mapped[str] = mapped_column(String(40))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    #: What the template needs.
    context: Mapped[dict[str, Any]]
    #: The same thing is never told twice to one person.
    once: Mapped[str | None] = mapped_column(String(200), unique=True)
    queued_at: Mapped[datetime]
    send_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    #: When it went out, or was put by for a digest or for the list on the pages alone (`KeptNotice`).
    sent_at: Mapped[datetime | None]
    #: Why the last attempt failed, or why it will not be tried again.
    fault: Mapped[str | None] = mapped_column(String(500))
    gave_up_at: Mapped[datetime | None]


class NoticeChoice(Base):
    """How somebody wants to hear of a topic; where there is no row, at once."""

    __tablename__ = "notice_choice"
    __table_args__ = (
        CheckConstraint(one_of("topic", TOPICS), name="topic"),
        CheckConstraint(one_of("way", WAYS), name="way"),
        {"sqlite_with_rowid": False},
    )

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(20), primary_key=True)
    way: Mapped[str] = mapped_column(String(10))


class NoticeKindChoice(Base):
    """How somebody wants to hear of one kind of message, where it is otherwise than of its topic."""

    __tablename__ = "notice_kind_choice"
    __table_args__ = (CheckConstraint(one_of("way", WAYS), name="way"), {"sqlite_with_rowid": False})

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    #: The kind, from `consult.domain.notices`.
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    way: Mapped[str] = mapped_column(String(10))


class KeptNotice(Base):
    """A notice that was put by: for a digest, or for the list on the pages alone."""

    __tablename__ = "kept_notice"
    __table_args__ = (
        CheckConstraint(one_of("way", WAYS[1:]), name="way"),
        Index("ix_kept_notice_due", "digested_at", "due_at"),
    )

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    way: Mapped[str] = mapped_column(String(10))
    #: When its digest is due; nothing where it goes into none.
    due_at: Mapped[datetime | None]
    digested_at: Mapped[datetime | None]


class NoticesSeen(Base):
    """Until when somebody has marked the notices on the pages as read."""

    __tablename__ = "notices_seen"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    at: Mapped[datetime]


class DevelopmentMail(Base):
    """In development only: what would have been mailed, to be read on a page."""

    __tablename__ = "development_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]


class Heartbeat(Base):
    """When a worker last did its round."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
