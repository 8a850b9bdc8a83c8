"""The rules of a thread – slow mode and screening – and whose turn it is to speak."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, String, func, null, select, type_coerce, union_all
from sqlalchemy.orm import Session, joinedload

from consult.domain.debating import (
    INTERVALS,
    MOST_AN_HOUR,
    RULES,
    SAME_WITHIN,
    again_at,
    minutes_in_words,
    too_soon,
    whole_minute,
)
from consult.domain.errors import Invalid, NotFound, OutOfOrder, TooOften
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.model.ballots import Question
from consult.model.composites import Composite
from consult.model.consultations import Consultation
from consult.model.consulting import ParagraphComment
from consult.model.debate import Comment
from consult.model.moderation import WHERE, DebateRule, WaitingPost
from consult.model.motions import Motion, Policy
from consult.model.store import Instant, db
from consult.service.act import Act, act

Thread = Motion | Policy | Composite | Question | Consultation
#: Kind of thread → the column that names it, and the path of its page.
_KINDS: dict[type[Any], tuple[str, str]] = {
    Motion: ("motion_id", "/motions/{}/debate"),
    Policy: ("policy_id", "/policy/{}/debate"),
    Composite: ("composite_id", "/composites/{}/debate"),
    Question: ("question_id", "/elections/{}/questions"),
    Consultation: ("consultation_id", "/consultations/{}/paper"),
}

SHORTEST_REASON, LONGEST_REASON = 10, 1_000
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Rules:
    """The rules that a thread is under now."""

    slow: DebateRule | None = None
    screening: DebateRule | None = None

    @property
    def minutes(self) -> int:
        """The minutes between two contributions of one person; 0 without slow mode."""
        return self.slow.minutes or 0 if self.slow else 0


def checked_reason(reason: str) -> str:
    """A reason of a sentence or more."""
    text = reason.strip()
    if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        sentence = f"Give the reason in a sentence ({SHORTEST_REASON} to {LONGEST_REASON:,} characters)."
        raise Invalid(sentence, {"reason": sentence})
    return text


def column_of(thread: Thread) -> str:
    """The column that names a thread: "motion_id"."""
    return _KINDS[type(thread)][0]


def path_of(thread: Thread) -> str:
    """The path of the page on which people speak in a thread."""
    return _KINDS[type(thread)][1].format(thread.id)


def of_row(row: Any, session: Session | None = None) -> Thread:
    """The thread that a contribution, a waiting one, a rule or a summary belongs to."""
    found = ((kind, getattr(row, column, None)) for kind, (column, _path) in _KINDS.items())
    kind, number = next((kind, number) for kind, number in found if number is not None)
    thread: Thread = (session or db.session()).get_one(kind, number)
    return thread


def named(thread: Thread) -> tuple[str, str]:
    """How a thread is spoken of: its label ("" without one) and its title."""
    if isinstance(thread, Question):
        return "", thread.title if thread.title == thread.ballot.title else f"{thread.ballot.title}: {thread.title}"
    return (thread.label if isinstance(thread, Motion | Composite) else ""), thread.title


def _of(thread: Thread, table: Any) -> Any:
    """The rows of a table that belong to a thread."""
    return getattr(table, column_of(thread)) == thread.id


def rules_of(thread: Thread, session: Session | None = None) -> Rules:
    """The rules that a thread is under now, in one statement."""
    query = select(DebateRule).where(_of(thread, DebateRule), DebateRule.ended_at.is_(None))
    found = {row.kind: row for row in (session or db.session()).scalars(query.options(joinedload(DebateRule.begun_by)))}
    return Rules(found.get("slow"), found.get("screening"))


def rule(rule_id: int) -> DebateRule:
    """A rule of a thread.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(DebateRule, rule_id)
    if found is None:
        raise NotFound("There is no slow mode or screening of this number.")
    return found


@act(Permission.COMMENT_MODERATE, Event.DEBATE_RULE_SET)
def set_rule(
    thread: Thread, kind: str, reason: str, minutes: int | None = None, *, by: Actor, at: datetime, act: Act
) -> DebateRule:
    """Put a thread into slow mode or under screening, with a reason that everybody who writes is told.

    Raises:
        OutOfOrder: if it is already. Invalid: without a reason, or for an interval that is not on offer.
    """
    if kind not in RULES:
        raise Invalid("Choose slow mode or screening.", {"kind": "Choose slow mode or screening."})
    if kind == "slow" and minutes not in INTERVALS:
        sentence = f"Choose one of {', '.join(minutes_in_words(each) for each in INTERVALS)}."
        raise Invalid(sentence, {"minutes": sentence})
    held = rules_of(thread, act.session)
    if getattr(held, kind) is not None:
        raise OutOfOrder(f"{'Slow mode' if kind == 'slow' else 'Screening'} is on here already; end it first.")
    made = DebateRule(
        kind=kind, minutes=minutes if kind == "slow" else None, reason=checked_reason(reason), begun_at=at,
        begun_by_id=by.member_id,
    )  # fmt: skip
    setattr(made, column_of(thread), thread.id)
    act.session.add(made)
    act.note(kind=kind, minutes=made.minutes)
    return made


@act(Permission.COMMENT_MODERATE, Event.DEBATE_RULE_ENDED)
def end_rule(row: DebateRule, reason: str, *, by: Actor, at: datetime, act: Act) -> DebateRule:
    """End slow mode or screening, with the reason; what waits still waits for a moderator, or for its time."""
    act.because(reason)
    if row.ended_at is not None:
        raise OutOfOrder(f"This has ended already. {act.what_changed(row)}".strip())
    row.ended_at, row.ended_by_id = at, by.member_id
    return row


# -- whose turn it is ------------------------------------------------------------------------------------------------


def _said(session: Session, author_id: int | None, since: datetime) -> list[Any]:
    """Everything that somebody has written since an instant, waiting or standing: one statement."""
    parts = []
    for table, parent, paragraph in (
        (Comment, Comment.parent_id, null()),
        (ParagraphComment, ParagraphComment.parent_id, ParagraphComment.paragraph),
        (WaitingPost, func.coalesce(WaitingPost.parent_id, WaitingPost.paragraph_parent_id), WaitingPost.paragraph),
    ):
        query: Any = select(
            *(type_coerce(getattr(table, name, null()), Integer).label(name) for name in WHERE),
            type_coerce(parent, Integer).label("parent_id"), type_coerce(paragraph, String).label("paragraph"),
            type_coerce(table.stance, String).label("stance"), type_coerce(table.body, String).label("body"),
            type_coerce(table.at, Instant()).label("at"),
        ).where(table.author_id == author_id, table.at > since)  # fmt: skip
        # what was admitted stands in its debate too, and counts once
        parts.append(query.where(WaitingPost.state != "admitted") if table is WaitingPost else query)
    return list(session.execute(union_all(*parts)))


def when_again(
    thread: Thread, author_id: int | None, rules: Rules, at: datetime, session: Session | None = None
) -> datetime | None:
    """When somebody may speak in a thread again, in whole minutes, if not now."""
    if not rules.minutes or author_id is None:
        return None
    since = at - timedelta(minutes=rules.minutes)
    when = again_at(
        [row.at for row in _said(session or db.session(), author_id, since) if _of_thread(row, thread)], rules.minutes
    )
    return whole_minute(when) if when is not None and when > at else None


def _of_thread(row: Any, thread: Thread) -> bool:
    return bool(getattr(row, column_of(thread)) == thread.id)


def _same(row: Any, post: WaitingPost) -> bool:
    """Whether the same was said at the same place."""
    parent = post.parent_id or post.paragraph_parent_id
    said = (row.body, row.stance, row.parent_id, row.paragraph)
    return bool(said == (post.body, post.stance, parent, post.paragraph))


def require_turn(session: Session, thread: Thread, post: WaitingPost, *, by: Actor, at: datetime) -> Rules:
    """The rules of a thread, if somebody may say something in it now: two statements.

    Raises:
        OutOfOrder: in slow mode before one's time, with the instant from which one may; or for the same words again.
        TooOften: after the most that one person says in an hour, in all debates together.
    """
    rules = rules_of(thread, session)
    longest = max(HOUR, timedelta(minutes=rules.minutes))
    said = _said(session, by.member_id, at - longest)
    here = [row for row in said if _of_thread(row, thread)]
    if any(_same(row, post) and row.at > at - SAME_WITHIN for row in here):
        raise OutOfOrder("You have said exactly this a moment ago, and it was taken; it is not said twice.")
    if rules.slow is not None:
        when = again_at([row.at for row in here], rules.minutes)
        if when is not None and when > at:
            raise OutOfOrder(too_soon(rules.minutes, rules.slow.reason.rstrip("."), when))
    lately = sorted(row.at for row in said if row.at > at - HOUR)
    if len(lately) >= MOST_AN_HOUR:
        when = lately[-MOST_AN_HOUR] + HOUR
        raise TooOften(
            f"Nobody says more than {MOST_AN_HOUR} things in an hour, so that others are heard. "
            f"You may speak again from {written(whole_minute(when))}. What you typed is kept below."
        )
    return rules
