"""Reading a debate: how it stands, its contributions in pages, and where each of them is."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    Text,
    bindparam,
    case,
    cast,
    exists,
    func,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import CompoundSelect, Select, Subquery
from sqlalchemy.types import NullType

from consult.domain.debating import SUMMARY_WAITS, alike
from consult.domain.errors import NotFound
from consult.model.amendments import Amendment
from consult.model.ballots import Question
from consult.model.composites import Composite
from consult.model.consultations import Consultation
from consult.model.debate import Comment
from consult.model.members import Member
from consult.model.moderation import EarlierText, Moderation, ModerationAppeal, SideSummary
from consult.model.motions import MotionVersion, Policy
from consult.model.store import Instant, db
from consult.service.threads import Thread
from consult.text import tokens
from consult.text.clauses import Document

A_PAGE = 50
#: How many answers stand under a contribution; the others are on its own page.
ANSWERS = 10
#: How many contributions of each side stand side by side above the debate.
A_SIDE = 2
#: What stands in the column of numbers for a summary that a side approved: the one that stands, and those that it replaced.
_STANDS, _REPLACED = -1, -2


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
    #: The candidate whom a question is put to; None where it is put to all.
    option_id: int | None
    clause_id: str | None
    quote: str | None
    #: The version of the motion in which it is anchored, by sequence; of a composite its text, by number in the table.
    version: int | None
    hidden: str | None
    #: The ground on which it is hidden, and when its author last corrected it.
    ground: str | None
    edited_at: datetime | None
    #: The decision by which it is hidden, and when that was taken, while nobody has appealed against it.
    moderation_id: int | None
    moderated_at: datetime | None
    replies: list[Said] = field(default_factory=list)
    #: How many replies there are, of which the first are in `replies`.
    answers: int = 0


@dataclass(frozen=True)
class Alone:
    """A summary that the other side has not matched: `until` when it can, and whether it has one that is too `short`."""

    side: str
    body: str
    until: datetime
    short: bool


@dataclass(frozen=True)
class Overview:
    """How the debate on a motion stands: how many people speak on each side, and as many of each side to read.

    Each person counts once on a side however often they speak, answers included, and on both sides who spoke on both.
    """

    #: How many contributions there are, answers apart.
    total: int = 0
    balance: dict[str, int] = field(default_factory=lambda: {"for": 0, "against": 0})
    #: The same by members and by supporters: {"member": {"for": 3, …}, …}.
    voices: dict[str, dict[str, int]] = field(default_factory=dict)
    sides: dict[str, list[Said]] = field(default_factory=lambda: {"for": [], "against": []})
    #: The summaries that the sides approved, {"for": words, "against": words}: both, of like length, or none.
    summaries: dict[str, str] = field(default_factory=dict)
    #: The summary that has no match, which stands alone once the other side's time is over.
    alone: Alone | None = None


# -- reading ---------------------------------------------------------------------------------------------------------


def _of(column: Any, where: Any) -> Any:
    """A value that belongs to a comment, from another table."""
    return select(column).where(where).correlate(Comment).scalar_subquery()


_HIDDEN = select(func.max(Moderation.id)).where(Moderation.comment_id == Comment.id, Moderation.decision == "hidden")
_UNAPPEALED = (
    (Moderation.id == _HIDDEN.correlate(Comment).scalar_subquery())
    & Comment.hidden_at.is_not(None)
    & ~exists().where(ModerationAppeal.moderation_id == Moderation.id).correlate(Moderation)
)
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
    Comment.option_id,
    Comment.clause_id,
    Comment.quote,
    func.coalesce(MotionVersion.sequence, Comment.composite_text_id).label("version"),
    Comment.hidden_reason.label("hidden"),
    _of(Moderation.ground, Moderation.id == _HIDDEN.correlate(Comment).scalar_subquery()).label("ground"),
    type_coerce(_of(func.max(EarlierText.replaced_at), EarlierText.comment_id == Comment.id), Instant()).label(
        "edited_at"
    ),
    _of(Moderation.id, _UNAPPEALED).label("moderation_id"),
    type_coerce(_of(Moderation.at, _UNAPPEALED), Instant()).label("moderated_at"),
)


_NAMES = tuple(column.key for column in _COLUMNS)


def _said(row: Row[Any]) -> Said:
    return Said(**{name: getattr(row, name) for name in _NAMES})


def _joined(*more: Any) -> Any:
    return (
        select(*_COLUMNS, *more)
        .join(Member, Member.id == Comment.author_id)
        .outerjoin(Amendment, Amendment.id == Comment.amendment_id)
        .outerjoin(MotionVersion, MotionVersion.id == Comment.version_id)
    )


def overview(thread_id: int, session: Session | None = None, of: str = "motion_id") -> Overview:
    """How the debate of a motion, or of what the column `of` names, stands: the newest of each side, counts and summaries.

    One statement, whatever its length.
    """
    found = Overview()
    total = 0
    summaries: list[tuple[datetime, bool, str, str]] = []
    for row in (session or db.session()).connection().execute(_overview_query(of), {"thread": thread_id}).all():
        if row.many is None:
            found.sides[row.stance].append(_said(row))
            continue
        if row.many < 0:
            summaries.append((row.at, row.many == _STANDS, row.stance, row.body))
            continue
        total += row.id
        found.voices.setdefault(row.status, {})[row.stance] = row.many
        if row.stance in found.balance:
            found.balance[row.stance] += row.many
    for side in found.sides.values():
        side.sort(key=lambda said: (said.at, said.id), reverse=True)
    stand: dict[str, tuple[str, datetime]] = {}
    for approved, _stands, stance, body in sorted(summaries):
        stand[stance] = (body, stand[stance][1] if stance in stand else approved)
    return replace(found, total=total, **_paired(stand))


def _paired(stand: Mapping[str, tuple[str, datetime]]) -> dict[str, Any]:
    """Two summaries of like length stand side by side; one that the other side has not matched stands alone after a while.

    `stand` holds the last words of each side that has any, and when it first had some.
    """
    if not stand:
        return {}
    bodies = [body for body, _at in stand.values()]
    if len(bodies) == 2 and alike(*map(tokens.total, bodies)):
        return {"summaries": {side: body for side, (body, _at) in stand.items()}}
    side, (body, _at) = max(stand.items(), key=lambda one: tokens.total(one[1][0]))
    since = max(at for _body, at in stand.values())
    return {"alone": Alone(side, body, since + SUMMARY_WAITS, len(stand) == 2)}


@functools.cache
def _overview_query(of: str) -> CompoundSelect[Any]:
    """The newest of each side, and how many of each stance and status there are; made once."""
    of_thread = getattr(Comment, of) == bindparam("thread", type_=Integer)
    seen = of_thread & Comment.parent_id.is_(None) & Comment.hidden_at.is_(None)
    chosen = [_newest(seen & (Comment.stance == side)) for side in ("for", "against")]
    people = _people(
        Comment,
        of_thread & Comment.hidden_at.is_(None),
        cast(func.sum(case((Comment.parent_id.is_(None), 1), else_=0)), Integer).label("tops"),
    )
    tops = cast(func.sum(people.c.tops), Integer)
    counts = select(
        *_columns(stance=people.c.stance, status=people.c.status, id=tops), func.count().label("many")
    ).group_by(people.c.stance, people.c.status)
    summary = SideSummary
    approved = select(
        *_columns(id=summary.id, stance=summary.side, body=summary.body, at=summary.approved_at),
        case((summary.replaced_at.is_(None), _STANDS), else_=_REPLACED).label("many"),
    ).where(getattr(summary, of) == bindparam("thread", type_=Integer), summary.approved_at.is_not(None))
    said = _joined(cast(null(), Integer).label("many")).where(Comment.id.in_(union_all(*chosen)))
    return union_all(said, counts, approved)


def _newest(where: Any) -> Select[Any]:
    """The newest contribution of each of those who spoke last; grouped, for a window over a long debate takes four times as long."""
    last = (
        select(Comment.author_id, func.max(Comment.at).label("at"))
        .where(where)
        .group_by(Comment.author_id)
        .order_by(func.max(Comment.at).desc(), func.max(Comment.id).desc())
        .limit(A_SIDE)
        .subquery()
    )
    same = (last.c.author_id == Comment.author_id) & (last.c.at == Comment.at)
    # the sum keeps SQLite from going through everything that the author ever said, for the greatest number
    return select(select(func.max(Comment.id + 0)).where(where, same).correlate(last).scalar_subquery()).select_from(
        last
    )


def _people(said: Any, where: Any, *more: Any) -> Subquery:
    """Each person once on each side; who spoke as a supporter and later as a member counts as a member."""
    status = func.min(said.author_status).label("status")
    return (
        select(said.stance, said.author_id, status, *more).where(where).group_by(said.stance, said.author_id).subquery()
    )


def people_by_side(session: Session, said: Any, where: Any) -> dict[str, dict[str, int]]:
    """How many people speak on each side in contributions of a table, by status: {"for": {"member": 3}, …}."""
    people = _people(said, where)
    query = select(people.c.stance, people.c.status, func.count()).group_by(people.c.stance, people.c.status)
    found: dict[str, dict[str, int]] = {}
    for stance, status, many in session.execute(query):
        found.setdefault(stance, {})[status] = many
    return found


def _columns(**given: Any) -> list[Any]:
    """The columns of a contribution, of which some are given and the others are nothing."""
    return [
        type_coerce(given[column.key], column.type).label(column.key)
        if column.key in given
        else type_coerce(cast(null(), _plain(column.type)), column.type).label(column.key)
        for column in _COLUMNS
    ]


def _plain(kind: Any) -> Any:
    return Text() if isinstance(kind, NullType) else kind


@dataclass(frozen=True)
class Wanted:
    """Which contributions are listed: about an amendment, a clause or to a candidate, or of one stance; nothing means all."""

    amendment_id: int | None = None
    clause_id: str = ""
    stance: str = ""
    #: What is put to this candidate, or to all of them.
    option_id: int | None = None

    def where(self, thread_id: int, of: str = "motion_id") -> Any:
        """The condition for contributions that stand under no other."""
        found = (getattr(Comment, of) == thread_id) & Comment.parent_id.is_(None)
        if self.option_id:
            found &= Comment.option_id.is_(None) | (Comment.option_id == self.option_id)
        if self.amendment_id:
            found &= Comment.amendment_id == self.amendment_id
        if self.clause_id:
            found &= Comment.clause_id == self.clause_id
        return found & (Comment.stance == self.stance) if self.stance else found


def balance(thread_id: int, wanted: Wanted, of: str = "motion_id") -> dict[str, dict[str, int]]:
    """How many people speak on each side about something, answers included, by status, in one statement."""
    said = aliased(Comment)
    tops = select(Comment.id).where(replace(wanted, stance="").where(thread_id, of))
    where = (
        (getattr(said, of) == thread_id) & said.hidden_at.is_(None) & func.coalesce(said.parent_id, said.id).in_(tops)
    )
    if wanted.stance:
        where &= said.stance == wanted.stance
    return people_by_side(db.session(), said, where)


def page(
    thread_id: int,
    number: int = 1,
    session: Session | None = None,
    wanted: Wanted | None = None,
    of: str = "motion_id",
) -> tuple[list[Said], int]:
    """A page of contributions, oldest first, each with its replies, and how many pages there are: three statements."""
    session = session or db.session()
    top = (wanted or Wanted()).where(thread_id, of)
    total = session.scalar(select(func.count()).where(top)) or 0
    query = _joined().where(top).order_by(Comment.at, Comment.id).limit(A_PAGE).offset((max(number, 1) - 1) * A_PAGE)
    found = [_said(row) for row in session.execute(query)]
    return _with_answers(session, found), max(1, -(-total // A_PAGE))


def _with_answers(session: Session, found: list[Said]) -> list[Said]:
    """Contributions with the first answers to each and how many there are: one statement."""
    if not found:
        return found
    tops = [said.id for said in found]
    within: dict[str, Any] = {"partition_by": Comment.parent_id}
    ranked = (
        select(
            Comment.id, func.row_number().over(**within, order_by=(Comment.at, Comment.id)).label("place"),
            func.count().over(**within).label("many"),
        )
        .where(Comment.parent_id.in_(tops))
        .subquery()
    )  # fmt: skip
    query = _joined(ranked.c.many).join(ranked, ranked.c.id == Comment.id).where(ranked.c.place <= ANSWERS)
    replies: dict[int, list[Said]] = {}
    many: dict[int, int] = {}
    for row in session.execute(query.order_by(Comment.at, Comment.id)):
        replies.setdefault(row.parent_id, []).append(_said(row))
        many[row.parent_id] = row.many
    return [replace(one, replies=replies.get(one.id, []), answers=many.get(one.id, 0)) for one in found]


def thread(comment_id: int, number: int = 1) -> tuple[Said, int]:
    """One contribution with a page of the answers to it, and how many pages there are: three statements.

    Raises:
        NotFound: if there is none of this number, or it is itself an answer.
    """
    row = db.session.execute(_joined().where(Comment.id == comment_id, Comment.parent_id.is_(None))).one_or_none()
    if row is None:
        raise NotFound("There is no contribution of this number.")
    total = db.session.scalar(select(func.count()).where(Comment.parent_id == comment_id)) or 0
    query = _joined().where(Comment.parent_id == comment_id).order_by(Comment.at, Comment.id)
    replies = db.session.execute(query.limit(A_PAGE).offset((max(number, 1) - 1) * A_PAGE))
    said = replace(_said(row), replies=[_said(reply) for reply in replies], answers=total)
    return said, max(1, -(-total // A_PAGE))


def place_of(comment: Comment) -> tuple[int | None, int]:
    """Where a comment stands: (None, page of the debate), or (its contribution, page of the answers) beyond the first."""
    if comment.parent_id is None:
        return None, page_of(comment)
    earlier = select(func.count()).where(
        Comment.parent_id == comment.parent_id,
        (Comment.at < comment.at) | ((Comment.at == comment.at) & (Comment.id < comment.id)),
    )
    before = db.session.scalar(earlier) or 0
    return (None, page_of(comment)) if before < ANSWERS else (comment.parent_id, before // A_PAGE + 1)


def page_of(comment: Comment) -> int:
    """The page of the debate on which a comment stands."""
    top = comment.parent_id or comment.id
    first = db.session.get_one(Comment, top)
    earlier = select(func.count()).where(
        getattr(Comment, comment.thread[0]) == comment.thread[1],
        Comment.parent_id.is_(None),
        (Comment.at < first.at) | ((Comment.at == first.at) & (Comment.id < first.id)),
    )
    return (db.session.scalar(earlier) or 0) // A_PAGE + 1


def texts_of(thread: Thread, said: list[Said]) -> dict[int, Document]:
    """The texts that contributions were anchored in, by what `Said.version` calls them: one statement at most."""
    spoken = [one for top in said for one in (top, *top.replies)]
    wanted = {one.version for one in spoken if one.version is not None and one.clause_id is not None}
    if not wanted or isinstance(thread, Question | Consultation):
        return {}
    if isinstance(thread, Composite):
        return {row.id: Document.from_data(row.document) for row in thread.texts if row.id in wanted}
    motion_id = thread.motion_id if isinstance(thread, Policy) else thread.id
    query = select(MotionVersion).where(MotionVersion.motion_id == motion_id, MotionVersion.sequence.in_(wanted))
    return {row.sequence: Document.from_data(row.document) for row in db.session.scalars(query)}
