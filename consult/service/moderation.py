"""Moderation of debate: hiding with a ground and a reason, reports and what became of them, and the public record of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from consult.domain.debating import GROUNDS
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.audit import ActReason, AuditEvent
from consult.model.ballots import Question
from consult.model.consulting import ParagraphComment
from consult.model.debate import Comment, CommentReport
from consult.model.moderation import Moderation, ModerationAppeal, ParagraphReport, WaitingPost
from consult.model.store import db
from consult.service import threads
from consult.service.act import Act, act
from consult.service.posts import Post
from consult.service.threads import checked_reason

A_PAGE = 50

_HIDDEN = {Comment: Event.COMMENT_HIDDEN, ParagraphComment: Event.PARAGRAPH_COMMENT_HIDDEN}
_SHOWN = {Comment: Event.COMMENT_SHOWN, ParagraphComment: Event.PARAGRAPH_COMMENT_SHOWN}
_REPORTED = {Comment: Event.COMMENT_REPORTED, ParagraphComment: Event.PARAGRAPH_COMMENT_REPORTED}
_REPORTS: dict[type[Any], type[CommentReport] | type[ParagraphReport]] = {
    Comment: CommentReport,
    ParagraphComment: ParagraphReport,
}


def checked_ground(ground: str) -> str:
    """One of the standard grounds."""
    if ground not in GROUNDS:
        sentence = "Choose the ground: which rule of debate it breaks."
        raise Invalid(sentence, {"ground": sentence})
    return ground


def key_of(post: Post) -> dict[str, int]:
    """The column of a decision that names a contribution."""
    return {"comment_id" if isinstance(post, Comment) else "paragraph_comment_id": post.id}


def about(session: Session, post: Post | WaitingPost) -> dict[str, Any]:
    """What a notice about a contribution says of its place."""
    thread = threads.of_row(post, session)
    label, title = threads.named(thread)
    key = threads.column_of(thread).removesuffix("_id")
    return {key: thread.id, "title": title, "label": label, "debate": threads.path_of(thread)}


def require_not_standing(session: Session, post: Post | WaitingPost, by: Actor) -> None:
    """Nothing if a contribution is no question in an election in which the moderator stands.

    Raises:
        NotAllowed: for a candidate of that ballot.
    """
    question_id = getattr(post, "question_id", None)
    if question_id is not None and by.member_id in session.get_one(Question, question_id).ballot.candidate_member_ids:
        raise NotAllowed("You stand in this ballot: another moderator looks at what is said about it.")


def _require_other(session: Session, post: Post, by: Actor) -> None:
    if post.author_id == by.member_id:
        raise NotAllowed("Nobody moderates what they wrote themselves: another moderator does.")
    require_not_standing(session, post, by)


@act(Permission.COMMENT_MODERATE, None)
def hide(post: Post, reason: str, ground: str = "rules", *, by: Actor, at: datetime, act: Act) -> Moderation:
    """Hide a contribution on a ground and with a reason that members read in its place; nothing is removed.

    Raises:
        OutOfOrder: if it is hidden already. Invalid: without a ground or reason. NotAllowed: for one's own.
    """
    _require_other(act.session, post, by)
    if post.hidden_at is not None:
        raise OutOfOrder(f"This comment is hidden already. {act.what_changed(post)}".strip())
    words = checked_reason(reason)
    post.hidden_at, post.hidden_reason, post.hidden_by_id = at, words, by.member_id
    made = Moderation(
        **key_of(post), decision="hidden", ground=checked_ground(ground), reason=words, by_id=by.member_id, at=at
    )
    act.session.add(made)
    act.session.flush()
    act.record(_HIDDEN[type(post)], post, ground=ground)
    kind = "comment-hidden" if isinstance(post, Comment) else "paragraph-comment-hidden"
    act.notify(kind, post.author, reason=words, ground=ground, moderation=made.id, **about(act.session, post))
    return made


@act(Permission.COMMENT_MODERATE, None)
def show(post: Post, reason: str, *, by: Actor, at: datetime, act: Act) -> Post:
    """Show a hidden contribution again, with the reason; the record keeps that it was hidden."""
    act.because(reason)
    _require_other(act.session, post, by)
    if post.hidden_at is None:
        raise OutOfOrder(f"This comment is shown already. {act.what_changed(post)}".strip())
    return uncover(act, post)


def uncover(act: Act, post: Post) -> Post:
    """Show a hidden contribution again inside an act."""
    post.hidden_at = post.hidden_reason = post.hidden_by_id = None
    act.session.add(Moderation(**key_of(post), decision="shown", by_id=act.by.member_id, at=act.at))
    act.record(_SHOWN[type(post)], post)
    return post


@act(Permission.COMMENT_MODERATE, None)
def keep(post: Post, reason: str, *, by: Actor, at: datetime, act: Act) -> Moderation:
    """Answer the reports of a contribution: it stays, for a reason that is on the record.

    Raises:
        OutOfOrder: if nobody has reported it since it was last looked at. Invalid: without a reason.
    """
    _require_other(act.session, post, by)
    if post.hidden_at is not None or not any(each.post.id == post.id for each in reported(type(post))):
        raise OutOfOrder("There is no report of this comment to answer any more.")
    made = Moderation(**key_of(post), decision="kept", reason=checked_reason(reason), by_id=by.member_id, at=at)
    act.session.add(made)
    act.session.flush()
    act.record(Event.COMMENT_KEPT, post)
    return made


# -- reports ---------------------------------------------------------------------------------------------------------


def require_others(post: Post, by: Actor) -> None:
    """Nothing if somebody else wrote a contribution: nobody reports what they wrote themselves.

    Raises:
        NotAllowed: for one's own.
    """
    if post.author_id == by.member_id:
        raise NotAllowed("You wrote this yourself: you can report only what others wrote.")


@act(Permission.COMMENT_REPORT, None)
def report(post: Post, reason: str, *, by: Actor, at: datetime, act: Act) -> Post:
    """Report a contribution to the moderators, once for each person.

    Raises:
        NotAllowed: for one's own. OutOfOrder: if one has reported it already. Invalid: without a reason.
    """
    require_others(post, by)
    table = _REPORTS[type(post)]
    if act.session.get(table, (post.id, by.member_id)) is not None:
        raise OutOfOrder("You have reported this comment already; the moderators have your report.")
    act.session.add(table(comment_id=post.id, member_id=by.member_id, reason=checked_reason(reason), at=at))
    act.record(_REPORTED[type(post)], post)
    return post


@dataclass(frozen=True)
class Reported:
    """A contribution that was reported, how often, and why first."""

    post: Any
    many: int
    reason: str
    first: datetime


def reported(kind: type[Any] = Comment, limit: int = 100) -> list[Reported]:
    """Contributions of a kind that were reported since a moderator last looked at them and are not hidden: one statement."""
    table: Any = _REPORTS[kind]
    column = Moderation.comment_id if kind is Comment else Moderation.paragraph_comment_id
    seen = select(func.max(Moderation.at)).where(column == table.comment_id).correlate(table).scalar_subquery()
    counted = (
        select(table.comment_id, func.count().label("many"), func.min(table.at).label("first"))
        .where(seen.is_(None) | (table.at > seen))
        .group_by(table.comment_id)
        .subquery()
    )
    query = (
        select(kind, counted.c.many, table.reason, counted.c.first)
        .join(counted, counted.c.comment_id == kind.id)
        .join(table, (table.comment_id == kind.id) & (table.at == counted.c.first))
        .where(kind.hidden_at.is_(None))
        .order_by(counted.c.first)
        .limit(limit)
    )
    found: dict[int, Reported] = {}
    for post, many, reason, first in db.session.execute(query):
        found.setdefault(post.id, Reported(post, many, reason, first))
    return list(found.values())


# -- the public record -----------------------------------------------------------------------------------------------


def get(moderation_id: int) -> Moderation:
    """A moderator's decision.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(Moderation, moderation_id)
    if found is None:
        raise NotFound("There is no decision of a moderator of this number.")
    return found


@dataclass(frozen=True)
class Decided:
    """A page of decisions, newest first."""

    rows: list[Moderation]
    last: int


def record(number: int = 1) -> Decided:
    """A page of everything that moderators decided but the admissions, which are every-day: two statements."""
    told = Moderation.decision != "admitted"
    total = db.session.scalar(select(func.count()).select_from(Moderation).where(told)) or 0
    query = select(Moderation).where(told).order_by(Moderation.at.desc(), Moderation.id.desc())
    query = query.limit(A_PAGE).offset((max(number, 1) - 1) * A_PAGE)
    waiting = joinedload(Moderation.waiting)
    beside = (
        joinedload(Moderation.comment), joinedload(Moderation.paragraph_comment), joinedload(Moderation.appeal),
        waiting.joinedload(WaitingPost.motion), waiting.joinedload(WaitingPost.consultation),
    )  # fmt: skip
    return Decided(list(db.session.scalars(query.options(*beside))), max(1, -(-total // A_PAGE)))


@dataclass(frozen=True)
class Undone:
    """The decision that a contribution be hidden which a later one undid, the page of the record on which it stands, and why."""

    row: Moderation
    page: int
    #: Whether the complaints panel did it on appeal; else a moderator.
    on_appeal: bool
    reason: str


def undone(rows: Sequence[Moderation]) -> dict[int, Undone]:
    """Of decisions that something is shown again: which decision each undid, and why; two statements at most."""
    shown = {row.id: row for row in rows if row.decision == "shown"}
    if not shown:
        return {}
    later, before, newer = aliased(Moderation), aliased(Moderation), aliased(Moderation)
    same = (before.comment_id == later.comment_id) | (before.paragraph_comment_id == later.paragraph_comment_id)
    last = select(func.max(before.id)).where(before.decision == "hidden", before.id < later.id, same)
    after = (newer.at > Moderation.at) | ((newer.at == Moderation.at) & (newer.id > Moderation.id))
    place = select(func.count()).where(newer.decision != "admitted", after)
    query = (
        select(later.id, Moderation, place.correlate(Moderation).scalar_subquery())
        .join(Moderation, Moderation.id == last.correlate(later).scalar_subquery())
        .where(later.id.in_(shown))
        .options(joinedload(Moderation.appeal))
    )
    why = _why_shown(shown.values())
    found = {}
    for number, row, many in db.session.execute(query):
        appeal, at = row.appeal, shown[number].at
        overturned = appeal is not None and appeal.outcome == "overturned" and appeal.decided_at == at
        reason = appeal.answer if overturned else why.get((at, f"member:{shown[number].by_id}"), "")
        found[number] = Undone(row, many // A_PAGE + 1, overturned, reason)
    return found


def _why_shown(rows: Iterable[Moderation]) -> dict[tuple[datetime, str], str]:
    """Why moderators showed something again, by the instant and by who did it: the reason stands in the audit log."""
    query = select(AuditEvent.at, AuditEvent.actor, ActReason.reason).join(
        ActReason, ActReason.sequence == AuditEvent.sequence
    )
    query = query.where(AuditEvent.event.in_(list(_SHOWN.values())), AuditEvent.at.in_([row.at for row in rows]))
    return {(row.at, row.actor): row.reason for row in db.session.execute(query)}


@dataclass(frozen=True)
class Figures:
    """How debate is moderated, in figures."""

    #: Decision → how many.
    decisions: dict[str, int]
    #: Ground → how many were hidden or refused on it.
    grounds: dict[str, int]
    #: "open", "upheld", "overturned" → how many appeals.
    appeals: dict[str, int]
    contributions: int


def figures() -> Figures:
    """The figures of moderation since the beginning: four statements."""
    rows: list[Any] = list(
        db.session.execute(
            select(Moderation.decision, Moderation.ground, func.count()).group_by(
                Moderation.decision, Moderation.ground
            )
        )
    )
    decisions: dict[str, int] = {}
    grounds: dict[str, int] = {}
    for decision, ground, many in rows:
        decisions[decision] = decisions.get(decision, 0) + many
        if ground is not None:
            grounds[ground] = grounds.get(ground, 0) + many
    outcome = func.coalesce(ModerationAppeal.outcome, "open")
    appeals = {str(key): int(many) for key, many in db.session.execute(select(outcome, func.count()).group_by(outcome))}
    total = sum(
        db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Comment, ParagraphComment)
    )
    return Figures(decisions, grounds, appeals, total)
