"""What one member must decide: the live questions of the ballots open to them, each with all that bears on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.domain.consequences import follow
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot, Question
from consult.model.debate import Comment
from consult.model.motions import Motion
from consult.model.policies import Recommendation
from consult.model.store import db
from consult.service import consequences, home, recommendations, rehearsals

#: Words of the case for and of the case against: never more, and as many of each where both have as many.
A_CASE, LEAST = 120, 40


@dataclass(frozen=True)
class Matter:
    """One live question: what it is about, the case on both sides at equal length, and what is recommended by whom."""

    question: Question
    motion: Motion | None = None
    amendment: Amendment | None = None
    #: side → the words of members, in order of time, cut to the same length on both.
    case: dict[str, str] = field(default_factory=dict)
    recommendation: Recommendation | None = None


@dataclass(frozen=True)
class Deciding:
    """A ballot that waits for this member: its live questions, and those that nothing hangs on any more, with the reason."""

    ballot: Ballot
    matters: list[Matter]
    moot: list[tuple[Question, str]]


def of_member(actor: Actor, at: datetime) -> list[Deciding]:
    """What waits for one member at an instant, the ballot that closes first before the others."""
    waiting = home.to_vote(actor, at)
    if not waiting:
        return []
    query = (
        select(Question)
        .where(Question.ballot_id.in_([ballot.id for ballot in waiting]))
        .options(
            joinedload(Question.motion).joinedload(Motion.unit),
            joinedload(Question.motion).joinedload(Motion.version),
            joinedload(Question.amendment).joinedload(Amendment.unit),
        )
        .order_by(Question.position)
    )
    questions = list(db.session.scalars(query))
    motions = {q.motion_id for q in questions if q.motion_id is not None}
    amendments = {q.amendment_id for q in questions if q.amendment_id is not None}
    advice = recommendations.latest(motions, amendments)
    spoken = _spoken(motions)
    found = []
    for ballot in waiting:
        fallen = _fallen(ballot.consultation_id)
        own = [question for question in questions if question.ballot_id == ballot.id]
        moot = [(question, why) for question in own if (why := _moot(question, fallen))]
        gone = {question.id for question, _why in moot}
        live = [_matter(question, advice, spoken) for question in own if question.id not in gone]
        found.append(Deciding(ballot, live, moot))
    return found


def _matter(question: Question, advice: dict[str, Recommendation], spoken: dict[str, dict[str, list[str]]]) -> Matter:
    subject = question.amendment or question.motion
    if subject is None:
        return Matter(question)
    key = consequences.key_of(subject)
    return Matter(question, question.motion, question.amendment, case_of(spoken.get(key, {})), advice.get(key))


def _moot(question: Question, fallen: dict[str, str]) -> str:
    """Why nothing hangs on a question any more; "" while something does."""
    subject = question.amendment or question.motion
    if subject is None:
        return ""
    wanted = "on the order paper" if question.amendment is not None else "put to the vote"
    if subject.state != wanted:
        return (getattr(subject, "falls_because", None) or f"{subject.label} is {subject.state}.").strip()
    if question.motion is not None and (why := fallen.get(f"motion:{question.motion.id}")):
        return why
    return fallen.get(consequences.key_of(subject), "")


def _fallen(consultation_id: int) -> dict[str, str]:
    """What falls by what is decided already elsewhere, though the vote on it is under way: key → why."""
    found: dict[str, str] = {}
    for row in consequences.of_consultation(consultation_id):
        known = consequences.decided(consequences.cause_of(row))
        if known is None:
            continue
        follows = follow([consequences.edge_of(row)], {row.cause: known}).get(row.effect)
        if follows is not None and follows.falls:
            found.setdefault(row.effect, rehearsals.reason_of(row, known))
    return found


def _spoken(motion_ids: set[int]) -> dict[str, dict[str, list[str]]]:
    """What was said for and against: "motion:7" or "amendment:12" → side → contributions, oldest first: one statement."""
    query = select(Comment.motion_id, Comment.amendment_id, Comment.stance, Comment.body).where(
        Comment.motion_id.in_(motion_ids), Comment.parent_id.is_(None), Comment.hidden_at.is_(None),
        Comment.stance.in_(("for", "against")),
    )  # fmt: skip
    found: dict[str, dict[str, list[str]]] = {}
    rows: Any = db.session.execute(query.order_by(Comment.at, Comment.id))
    for row in rows:
        key = f"amendment:{row.amendment_id}" if row.amendment_id is not None else f"motion:{row.motion_id}"
        found.setdefault(key, {}).setdefault(row.stance, []).append(row.body)
    return found


def case_of(said: dict[str, list[str]]) -> dict[str, str]:
    """Both sides at the same number of words: that of the side with fewer, at least 40 and at most 120 where there are as many.

    >>> case = case_of({"for": ["one " * 90], "against": ["two " * 60]})
    >>> [len(case[side].split()) for side in ("for", "against")]
    [60, 60]
    >>> case_of({"for": ["It is right."]})
    {'for': 'It is right.', 'against': ''}
    """
    words = {side: " ".join(said.get(side, [])).split() for side in ("for", "against")}
    most = max(LEAST, min(A_CASE, *(len(own) for own in words.values())))
    return {side: " ".join(own[:most]) + ("…" if len(own) > most else "") for side, own in words.items()}
