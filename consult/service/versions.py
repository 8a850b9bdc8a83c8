"""Versions: how a text becomes an immutable version of a motion, and how a stored one is read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.domain.errors import NotFound
from consult.model.motions import Motion, MotionVersion
from consult.model.store import db
from consult.service import outbox
from consult.text.clauses import Document, search_text, word_count
from consult.text.lines import ALGORITHM, WIDTH, Line, lines


def stored_lines(document: Document) -> dict[str, Any]:
    """The line numbers of a text as a version keeps them."""
    return {"algorithm": ALGORITHM, "width": WIDTH, "lines": [line.to_data() for line in lines(document)]}


def add(
    session: Session,
    motion: Motion,
    document: Document,
    *,
    cause: str,
    provenance: Mapping[str, Any],
    by: str,
    at: datetime,
) -> MotionVersion:
    """Make the next version of a motion and put it in force. Only acts call it, inside their transaction."""
    last = session.scalar(select(func.max(MotionVersion.sequence)).where(MotionVersion.motion_id == motion.id))
    version = MotionVersion(
        motion_id=motion.id,
        sequence=(last or 0) + 1,
        hash=document.hash,
        document=document.to_data(),
        lines=stored_lines(document),
        word_count=word_count(document),
        search_text=search_text(document),
        cause=cause,
        provenance=dict(provenance),
        created_at=at,
        created_by=by,
    )
    session.add(version)
    session.flush()
    motion.version = version
    motion.title = title_of(document)
    if version.sequence > 1:
        news = f"its text has changed; version {version.sequence} is in force"
        outbox.queue_followers(session, motion, f"version {version.sequence}", news, at=at, movers=True)
    return version


def title_of(document: Document) -> str:
    """The words of the heading, which are the motion's title."""
    return document.clauses[0].text


def document_of(version: MotionVersion) -> Document:
    """The text of a version."""
    return Document.from_data(version.document)


def lines_of(version: MotionVersion) -> Sequence[Line]:
    """Its line numbers as they were computed once."""
    return tuple(Line.from_data(line) for line in version.lines["lines"])


def of_motion(motion_id: int) -> list[MotionVersion]:
    """Every version of a motion, oldest first."""
    query = select(MotionVersion).where(MotionVersion.motion_id == motion_id).order_by(MotionVersion.sequence)
    return list(db.session.scalars(query))


def get(motion_id: int, sequence: int) -> MotionVersion:
    """One version of a motion.

    Raises:
        NotFound: if the motion has none of this number.
    """
    query = select(MotionVersion).where(MotionVersion.motion_id == motion_id, MotionVersion.sequence == sequence)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("This motion has no version of that number.")
    return found
