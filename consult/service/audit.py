"""The audit log: adding an event inside an act, reading it, and checking the chain against the heads mailed out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from consult.domain.events import Event
from consult.ledger import canonical, chain
from consult.model.audit import ActReason, AuditEvent, AuditHead
from consult.model.store import Base, db


def stamp(at: datetime) -> str:
    """An instant as the chain hashes it: UTC with microseconds, "2026-11-27T12:00:00.000000Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def to_the_second(at: datetime) -> str:
    """An instant as definitions and manifests write it: UTC, whole seconds, "2026-11-27T12:00:00Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reference(subject: Any) -> str:
    """The opaque name of a row ("motion:7"), or a name already given as text."""
    if isinstance(subject, str):
        return subject
    if isinstance(subject, Base):
        key = subject.__mapper__.primary_key_from_instance(subject)
        return ":".join([subject.__tablename__, *map(str, key)])
    return "organisation:1"


@dataclass(frozen=True)
class Why:
    """Why something was done, and the salt (32 random bytes) with which its event commits to the words."""

    words: str
    salt: bytes


def append(
    session: Session,
    event: Event,
    *,
    at: datetime,
    actor: str,
    subject: Any,
    data: dict[str, Any],
    why: Why | None = None,
) -> int:
    """Add one event at the end of the chain and give its number; only the gate calls it, inside its transaction.

    A reason stands beside the event; the event holds a commitment to it alone.
    On PostgreSQL a lock is held until the commit, so that no two events follow the same one.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(20150908)"))
    session.flush()
    data = data | {chain.WHY: chain.commit(why.words, why.salt)} if why else data
    row = session.execute(
        select(AuditEvent.sequence, AuditEvent.hash).order_by(AuditEvent.sequence.desc()).limit(1)
    ).one_or_none()
    previous = chain.Head(row.sequence, row.hash) if row else None
    entry = {
        "sequence": previous.sequence + 1 if previous else 1,
        "at": stamp(at),
        "event": event.value,
        "actor": actor,
        "subject": reference(subject),
        "data": data,
    }
    linked = chain.append(entry, previous)
    session.add(
        AuditEvent(
            sequence=linked["sequence"],
            at=at,
            event=event.value,
            actor=actor,
            subject=linked["subject"],
            data=canonical.dumps(data).decode(),
            previous=linked["previous"],
            hash=linked["hash"],
        )
    )
    session.flush()
    number: int = linked["sequence"]
    if why:
        session.add(ActReason(sequence=number, reason=why.words, salt=why.salt))
        session.flush()
    return number


def rows(session: Session | None = None) -> Iterator[dict[str, Any]]:
    """Every row as the chain's own functions want it, with its reason, in order of sequence, without loading all at once."""
    session = session or db.session()
    query = select(AuditEvent, ActReason.reason, ActReason.salt).outerjoin(
        ActReason, ActReason.sequence == AuditEvent.sequence
    )
    found = session.execute(query.order_by(AuditEvent.sequence).execution_options(yield_per=1000))
    for event, reason, salt in found:
        yield {
            "sequence": event.sequence,
            "at": stamp(event.at),
            "event": event.event,
            "actor": event.actor,
            "subject": event.subject,
            "data": event.details,
            "previous": event.previous,
            "hash": event.hash,
            "reason": reason,
            "salt": salt.hex() if salt else None,
        }


def verify(heads: Iterable[chain.Head] = (), session: Session | None = None) -> list[chain.Fault]:
    """Every fault of the chain, against the heads kept here and those given (from somebody's mail)."""
    session = session or db.session()
    kept = [chain.Head(head.sequence, head.hash) for head in session.scalars(select(AuditHead))]
    return chain.verify(rows(session), [*kept, *heads])


def head(session: Session | None = None) -> chain.Head | None:
    """The newest row's number and hash, or None before the first event."""
    session = session or db.session()
    row = session.execute(
        select(AuditEvent.sequence, AuditEvent.hash).order_by(AuditEvent.sequence.desc()).limit(1)
    ).one_or_none()
    return chain.Head(row.sequence, row.hash) if row else None


def length(session: Session | None = None) -> int:
    """How many events there are."""
    session = session or db.session()
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def last_change(session: Session, subject: Any) -> AuditEvent | None:
    """The newest event about a subject: what the second of two officers is told."""
    query = select(AuditEvent).where(AuditEvent.subject == reference(subject))
    return session.scalars(query.order_by(AuditEvent.sequence.desc()).limit(1)).first()
