"""What a draft has in common with policy in force, for its mover while drafting and for the committee before it rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from consult.model.motions import MotionVersion, Policy
from consult.model.store import db
from consult.text.clauses import Document
from consult.text.conflicts import Book, Overlap


@dataclass(frozen=True)
class Bearing:
    """A policy in force that a draft bears on, with the clauses concerned."""

    policy_id: int
    title: str
    overlaps: tuple[Overlap, ...]


def of_text(document: Document, *, but: int | None = None) -> list[Bearing]:
    """The policies in force that a text bears on, the likest first; `but` leaves out the policy that it became.

    Two statements, the second only when the book has changed since the last time in this process.
    """
    query = select(Policy.id, Policy.title, MotionVersion.hash).join(
        MotionVersion, MotionVersion.id == Policy.version_id
    )
    rows = [
        row for row in db.session.execute(query.where(Policy.state == "in force").order_by(Policy.id)) if row.id != but
    ]
    if not rows:
        return []
    book = _book(tuple((row.id, row.hash) for row in rows))
    titles = {str(row.id): row.title for row in rows}
    grouped: dict[str, list[Overlap]] = {}
    for found in book.overlaps(document):
        grouped.setdefault(found.other, []).append(found)
    return [Bearing(int(key), titles[key], tuple(overlaps)) for key, overlaps in grouped.items()]


@lru_cache(maxsize=2)
def _book(policies: tuple[tuple[int, str], ...]) -> Book:
    """The book of these policies: their texts never change, so that their hashes name it."""
    query = select(Policy.id, MotionVersion.document).join(MotionVersion, MotionVersion.id == Policy.version_id)
    wanted = [key for key, _hash in policies]
    rows = db.session.execute(query.where(Policy.id.in_(wanted)).order_by(Policy.id))
    return Book({str(row.id): Document.from_data(row.document) for row in rows})
