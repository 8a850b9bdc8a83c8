"""The audit log: an append-only chain of events, and the heads of it that were mailed out."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consult.model.store import Base


class AuditEvent(Base):
    """One event. The row holds opaque ids and commitments, never a name or an address; `hash` covers it and `previous`."""

    __tablename__ = "audit_event"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    event: Mapped[str] = mapped_column(String(60), index=True)
    #: "member:12", "machine:sweep".
    actor: Mapped[str] = mapped_column(String(40), index=True)
    #: "motion:7", "ballot:3".
    subject: Mapped[str] = mapped_column(String(60), index=True)
    #: Canonical JSON, exactly as it was hashed.
    data: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    @property
    def details(self) -> Any:
        """The data as Python values."""
        return json.loads(self.data)


class ActReason(Base):
    """Why somebody did what an entry of the log tells, in words; the entry itself holds a commitment to them."""

    __tablename__ = "act_reason"

    sequence: Mapped[int] = mapped_column(ForeignKey("audit_event.sequence"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(1000))
    #: 32 random bytes, without which the commitment says nothing of the words.
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHead(Base):
    """A head of the chain that was mailed out: a tail cut off later is found by it."""

    __tablename__ = "audit_head"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime]
    recipients: Mapped[int]
