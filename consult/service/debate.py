"""Debate: comments for, against, asking or informing; anchored to words; moderated with a reason that members read."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, bindparam, cast, func, null, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql import CompoundSelect

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import current, require_phase
from consult.model.amendments import Amendment
from consult.model.debate import STANCES, Comment, CommentReport
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion
from consult.model.store import db
from consult.service.act import Act, act

#: The most characters of a comment.
LONGEST = 2_000
SHORTEST_REASON = 10
LONGEST_REASON = 1_000
A_PAGE = 50
#: How many contributions of each side stand side by side above the debate.
A_SIDE = 2
#: States of a motion in which it is debated.
OPEN = ("published", "prioritised", "on the order paper", "put to the vote")


@dataclass(frozen=True)
class Said:
    """One comment as pages show it; `replies` are in order of time."""

    id: int
    author: str
    author_id: int
    status: str
    stance: str
    body: str
    at: datetime
    parent_id: int | None
    amendment_number: int | None
    amendment_id: int | None
    clause_id: str | None
    quote: str | None
    version: int | None
    hidden: str | None
    replies: list[Said] = field(default_factory=list)


@dataclass(frozen=True)
class Overview:
    """How the debate on a motion stands: how many speak on each side, and as many of each side to read."""

    total: int = 0
    balance: dict[str, int] = field(default_factory=lambda: {"for": 0, "against": 0})
    #: The same by members and by supporters: {"member": {"for": 3, …}, …}.
    voices: dict[str, dict[str, int]] = field(default_factory=dict)
    sides: dict[str, list[Said]] = field(default_factory=lambda: {"for": [], "against": []})


# -- reading ---------------------------------------------------------------------------------------------------------

_COLUMNS = (
    Comment.id,
    Member.name.label("author"),
    Comment.author_id,
    Comment.author_status.label("status"),
    Comment.stance,
    Comment.body,
    Comment.at,
    Comment.parent_id,
    Amendment.number.label("amendment_number"),
    Comment.amendment_id,
    Comment.clause_id,
    Comment.quote,
    MotionVersion.sequence.label("version"),
    Comment.hidden_reason.label("hidden"),
)


def _said(row: Row[Any]) -> Said:
    return Said(**{column.key: getattr(row, column.key) for column in _COLUMNS})


def _joined(*more: Any) -> Any:
    return (
        select(*_COLUMNS, *more)
        .join(Member, Member.id == Comment.author_id)
        .outerjoin(Amendment, Amendment.id == Comment.amendment_id)
        .outerjoin(MotionVersion, MotionVersion.id == Comment.version_id)
    )


def overview(motion_id: int, session: Session | None = None) -> Overview:
    """How the debate stands, in one statement whatever its length: the newest of each side, and the counts."""
    found = Overview()
    total = 0
    for row in (session or db.session()).connection().execute(_overview_query(), {"motion": motion_id}):
        if row.many is None:
            found.sides[row.stance].append(_said(row))
            continue
        total += row.many
        found.voices.setdefault(row.status, {})[row.stance] = row.many
        if row.stance in found.balance:
            found.balance[row.stance] += row.many
    for side in found.sides.values():
        side.sort(key=lambda said: (said.at, said.id), reverse=True)
    return replace(found, total=total)


@functools.cache
def _overview_query() -> CompoundSelect[Any]:
    """The newest of each side, and how many of each stance and status there are; made once."""
    seen = (
        (Comment.motion_id == bindparam("motion", type_=Integer))
        & Comment.parent_id.is_(None)
        & Comment.hidden_at.is_(None)
    )
    newest = [
        select(Comment.id).where(seen, Comment.stance == side)
        .order_by(Comment.at.desc(), Comment.id.desc()).limit(A_SIDE).subquery()
        for side in ("for", "against")
    ]  # fmt: skip
    chosen = [select(side.c.id) for side in newest]
    counted: dict[str, Any] = {"stance": Comment.stance, "status": Comment.author_status}
    columns = [
        (counted[column.key] if column.key in counted else cast(null(), column.type)).label(column.key)
        for column in _COLUMNS
    ]
    counts = select(*columns, func.count().label("many")).where(seen).group_by(*counted.values())
    return union_all(_joined(cast(null(), Integer).label("many")).where(Comment.id.in_(union_all(*chosen))), counts)


def page(motion_id: int, number: int = 1, session: Session | None = None) -> tuple[list[Said], int]:
    """A page of contributions, oldest first, each with its replies, and how many pages there are: three statements."""
    session = session or db.session()
    top = (Comment.motion_id == motion_id) & Comment.parent_id.is_(None)
    total = session.scalar(select(func.count()).where(top)) or 0
    query = _joined().where(top).order_by(Comment.at, Comment.id).limit(A_PAGE).offset((max(number, 1) - 1) * A_PAGE)
    found = [_said(row) for row in session.execute(query)]
    by_id = {said.id: said for said in found}
    replies = _joined().where(Comment.parent_id.in_(by_id)).order_by(Comment.at, Comment.id)
    for row in session.execute(replies) if by_id else ():
        by_id[row.parent_id].replies.append(_said(row))
    return found, max(1, -(-total // A_PAGE))


def page_of(comment: Comment) -> int:
    """The page of the debate on which a comment stands."""
    top = comment.parent_id or comment.id
    first = db.session.get_one(Comment, top)
    earlier = select(func.count()).where(
        Comment.motion_id == comment.motion_id,
        Comment.parent_id.is_(None),
        (Comment.at < first.at) | ((Comment.at == first.at) & (Comment.id < first.id)),
    )
    return (db.session.scalar(earlier) or 0) // A_PAGE + 1


def get(comment_id: int) -> Comment:
    """A comment.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(Comment, comment_id)
    if found is None:
        raise NotFound("There is no comment of this number.")
    return found


def reported(limit: int = 100) -> list[tuple[Comment, int, str]]:
    """Comments that were reported and are not hidden: each with how many reports and the first reason."""
    counted = (
        select(CommentReport.comment_id, func.count().label("many"), func.min(CommentReport.at).label("first"))
        .group_by(CommentReport.comment_id)
        .subquery()
    )
    query = (
        select(Comment, counted.c.many, CommentReport.reason)
        .join(counted, counted.c.comment_id == Comment.id)
        .join(CommentReport, (CommentReport.comment_id == Comment.id) & (CommentReport.at == counted.c.first))
        .where(Comment.hidden_at.is_(None))
        .order_by(counted.c.first)
        .limit(limit)
    )
    found: dict[int, tuple[Comment, int, str]] = {}
    for comment, many, reason in db.session.execute(query):
        found.setdefault(comment.id, (comment, many, reason))
    return list(found.values())


def is_open(motion: Motion, at: datetime) -> bool:
    """Whether people may speak on a motion at an instant."""
    spans = [phase for phase in motion.consultation.phases if phase.kind == "debating"]
    return motion.state in OPEN and (not spans or bool(current(spans, at)))


# -- writing ---------------------------------------------------------------------------------------------------------


@act(Permission.COMMENT_WRITE, Event.COMMENT_WRITTEN)
def write(
    motion: Motion,
    stance: str,
    body: str,
    *,
    amendment: Amendment | None = None,
    clause_id: str = "",
    quote: str = "",
    answers: Comment | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Comment:
    """Say something about a motion, one of its amendments or the words of a clause, or answer somebody.

    An answer to an answer stands under the same contribution; whoever is answered is told.

    Raises:
        OutOfOrder: if the motion is not being debated. Invalid: for an empty or overlong text, or words that the
        clause does not have.
    """
    if motion.state not in OPEN:
        raise OutOfOrder(
            f"{motion.label} is {motion.state}; a motion is debated from its publication until it is decided."
        )
    require_phase(motion.consultation.phases, "debating", at, "Motions can be debated")
    if amendment is not None and (amendment.motion_id != motion.id or amendment.number is None):
        raise NotFound("This amendment belongs to another motion.")
    if answers is not None and answers.motion_id != motion.id:
        raise NotFound("The comment you answer belongs to another motion.")
    if answers is not None and answers.hidden_at is not None:
        raise OutOfOrder("A moderator has hidden the comment that you answer.")
    comment = Comment(
        motion_id=motion.id,
        amendment_id=amendment.id if amendment else None,
        parent_id=(answers.parent_id or answers.id) if answers else None,
        author_id=by.member_id,
        author_status=by.status.value if by.status else "",
        stance=checked_stance(stance),
        clause_id=clause_id or None,
        quote=_quoted(motion, clause_id, quote),
        version_id=motion.version_id,
        body=checked_body(body),
        at=at,
    )
    act.session.add(comment)
    act.session.flush()
    if answers is not None and answers.author_id != by.member_id:
        act.notify(
            "comment-answered", answers.author, motion=motion.id, comment=comment.id, title=motion.title,
            label=motion.label,
        )  # fmt: skip
    return comment


def checked_stance(stance: str) -> str:
    """The side that somebody speaks on, if there is such a side."""
    if stance not in STANCES:
        sentence = "Choose whether you speak for, against, ask a question or give information."
        raise Invalid(sentence, {"stance": sentence})
    return stance


def checked_body(body: str) -> str:
    """What somebody says, if it is neither empty nor too long."""
    text = body.strip()
    if not text:
        raise Invalid("Write something first.", {"body": "Write something first."})
    if len(text) > LONGEST:
        sentence = f"This has {len(text):,} characters and the most is {LONGEST:,}: take out {len(text) - LONGEST:,}."
        raise Invalid(sentence, {"body": sentence})
    return text


def _quoted(motion: Motion, clause_id: str, quote: str) -> str | None:
    """The quoted words, if the clause has them as they stand."""
    words = " ".join(quote.split())
    if not clause_id:
        return None
    clauses = motion.version.document["clauses"] if motion.version else []
    clause = next((clause for clause in clauses if clause["id"] == clause_id), None)
    if clause is None:
        sentence = "The clause that you write about is not in the motion's text any more."
        raise Invalid(sentence, {"clause": sentence})
    if words and words not in clause["text"]:
        sentence = "The words that you quote are not in that clause: copy them from the text as it stands."
        raise Invalid(sentence, {"quote": sentence})
    return words or None


# -- moderating ------------------------------------------------------------------------------------------------------


@act(Permission.COMMENT_MODERATE, Event.COMMENT_HIDDEN)
def hide(comment: Comment, reason: str, *, by: Actor, at: datetime, act: Act) -> Comment:
    """Hide a comment with a reason that members read in its place; nothing is removed.

    Raises:
        OutOfOrder: if it is hidden already. Invalid: without a reason.
    """
    if comment.hidden_at is not None:
        raise OutOfOrder(f"This comment is hidden already. {act.what_changed(comment)}".strip())
    comment.hidden_at, comment.hidden_reason, comment.hidden_by_id = at, checked_reason(reason), by.member_id
    motion = act.session.get_one(Motion, comment.motion_id)
    act.notify(
        "comment-hidden", comment.author, motion=motion.id, comment=comment.id, title=motion.title,
        label=motion.label, reason=comment.hidden_reason,
    )  # fmt: skip
    return comment


@act(Permission.COMMENT_MODERATE, Event.COMMENT_SHOWN)
def show(comment: Comment, *, by: Actor, at: datetime, act: Act) -> Comment:
    """Show a hidden comment again; the audit log keeps that it was hidden."""
    if comment.hidden_at is None:
        raise OutOfOrder(f"This comment is shown already. {act.what_changed(comment)}".strip())
    comment.hidden_at = comment.hidden_reason = comment.hidden_by_id = None
    return comment


@act(Permission.COMMENT_REPORT, Event.COMMENT_REPORTED)
def report(comment: Comment, reason: str, *, by: Actor, at: datetime, act: Act) -> Comment:
    """Report a comment to the moderators, once for each person."""
    if act.session.get(CommentReport, (comment.id, by.member_id)) is not None:
        raise OutOfOrder("You have reported this comment already; the moderators have your report.")
    act.session.add(CommentReport(comment_id=comment.id, member_id=by.member_id, reason=checked_reason(reason), at=at))
    return comment


def checked_reason(reason: str) -> str:
    """A reason of a sentence or more."""
    text = reason.strip()
    if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        sentence = f"Give the reason in a sentence ({SHORTEST_REASON} to {LONGEST_REASON:,} characters)."
        raise Invalid(sentence, {"reason": sentence})
    return text
