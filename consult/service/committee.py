"""What waits for the committee, in figures: for the committee's page, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from consult.model.amendments import Amendment
from consult.model.consulting import ParagraphComment
from consult.model.debate import Comment
from consult.model.motions import Appeal, Motion
from consult.model.store import db
from consult.service import moderation, screening


@dataclass(frozen=True)
class Waiting:
    """How many of each kind wait for somebody."""

    motions_to_rule: int
    amendments_to_rule: int
    motions_to_publish: int
    motions_to_freeze: int
    appeals: int
    reports: int


def waiting() -> Waiting:
    """Count what waits."""
    motions = dict(db.session.execute(select(Motion.state, func.count()).group_by(Motion.state)).all())
    amendments = dict(db.session.execute(select(Amendment.state, func.count()).group_by(Amendment.state)).all())
    appeals = db.session.scalar(select(func.count()).select_from(Appeal).where(Appeal.outcome.is_(None))) or 0
    waits = len(moderation.reported(Comment)) + len(moderation.reported(ParagraphComment)) + len(screening.queue())
    return Waiting(
        motions_to_rule=motions.get("submitted", 0),
        amendments_to_rule=amendments.get("submitted", 0),
        motions_to_publish=motions.get("in order", 0),
        motions_to_freeze=motions.get("published", 0),
        appeals=appeals,
        reports=waits,
    )
