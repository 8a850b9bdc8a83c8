"""Summaries of both sides of a debate: of equal length, drafted and approved by the members who spoke on that side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, type_coerce
from sqlalchemy.orm import Session, joinedload

from consult.domain.debating import FEWEST_SUMMARY_WORDS, SUMMARY_WAITS, SUMMARY_WORDS, approvals_needed
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.model.debate import Comment
from consult.model.members import Member
from consult.model.moderation import SideSummary, SummaryApproval
from consult.model.motions import Motion
from consult.model.store import Instant, db
from consult.service import debate, threads
from consult.service.act import Act, act
from consult.service.debated import OPEN, Debated
from consult.service.threads import Thread
from consult.text import tokens

SIDES = ("for", "against")
#: The most drafts of one person that wait for approval on one side.
DRAFTS = 2
#: A draft that was withdrawn keeps its number, so that a page opened before approves no other text, and none of its words.
_THERE = SideSummary.body != ""
_STANDS = SideSummary.approved_at.is_not(None) & SideSummary.replaced_at.is_(None)


def get(summary_id: int) -> SideSummary:
    """A summary.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(SideSummary, summary_id)
    if found is None:
        raise NotFound("There is no summary of this number.")
    return found


def speakers(thread_id: int, side: str, session: Session | None = None, of: str = "motion_id") -> set[int]:
    """Which members have spoken on one side of a debate and not on the other; what is hidden counts for nothing.

    Supporters' voices stand in the debate, and sign for nobody: what a side says in short is what its members approve.
    """
    query = (
        select(Comment.author_id, Comment.stance, Comment.author_status)
        .where(getattr(Comment, of) == thread_id, Comment.hidden_at.is_(None), Comment.stance.in_(SIDES))
        .distinct()
    )
    own, others = set(), set()
    for author_id, stance, status in (session or db.session()).execute(query):
        if stance != side:
            others.add(author_id)
        elif status == Status.MEMBER.value:
            own.add(author_id)
    return own - others


def other_side(side: str) -> str:
    """The side against which one side speaks."""
    return "against" if side == "for" else "for"


def _standing_of(session: Session, thread: Thread, side: str) -> SideSummary | None:
    """The summary of one side that stands."""
    column = getattr(SideSummary, threads.column_of(thread))
    query = select(SideSummary).where(column == thread.id, SideSummary.side == side, _STANDS)
    return session.scalars(query).one_or_none()


def words_of(thread: Thread, side: str) -> int:
    """How many words the summary of one side has that stands; 0 while none does."""
    found = _standing_of(db.session(), thread, side)
    return tokens.total(found.body) if found else 0


def checked(body: str) -> str:
    """A summary of the length that both sides have.

    Raises:
        Invalid: naming the field "body" and how many words it has.
    """
    words = tokens.total(body)
    if FEWEST_SUMMARY_WORDS <= words <= SUMMARY_WORDS:
        return " ".join(body.split())
    if words < FEWEST_SUMMARY_WORDS:
        sentence = (
            f"A summary has {FEWEST_SUMMARY_WORDS} to {SUMMARY_WORDS} words, the same for both sides so that both weigh "
            f"alike; this has {words}: say {FEWEST_SUMMARY_WORDS - words} more, or more."
        )
    else:
        sentence = (
            f"A summary has {FEWEST_SUMMARY_WORDS} to {SUMMARY_WORDS} words, the same for both sides so that both weigh "
            f"alike; this has {words}: leave out {words - SUMMARY_WORDS}, or more."
        )
    raise Invalid(sentence, {"body": sentence})


def open_until(thread: Thread, side: str, at: datetime, session: Session | None = None) -> datetime | None:
    """Until when a side answers the other's summary though the debate has closed; None where it does not.

    Whoever approves theirs in the last hour of a debate takes nothing from the others' time.
    """
    if not isinstance(thread, Motion) or thread.state not in OPEN:
        return None
    column = getattr(SideSummary, threads.column_of(thread))
    firsts = select(SideSummary.side, func.min(type_coerce(SideSummary.approved_at, Instant()))).where(
        column == thread.id, SideSummary.approved_at.is_not(None)
    )
    first = {row[0]: row[1] for row in (session or db.session()).execute(firsts.group_by(SideSummary.side))}
    if side in first or other_side(side) not in first:
        return None
    until: datetime = first[other_side(side)] + SUMMARY_WAITS
    return until if at < until else None


def may_write(thread: Thread, side: str, at: datetime, session: Session | None = None) -> bool:
    """Whether a side drafts and approves at an instant: while the debate is open, and while its time to answer runs."""
    return debate.is_open(thread, at) or open_until(thread, side, at, session) is not None


def _require_time(session: Session, thread: Debated, side: str, at: datetime) -> None:
    if not may_write(thread, side, at, session):
        raise OutOfOrder("This is not debated now, so its summaries stand as they are.")


def require_side(thread: Debated, side: str, by: Actor, session: Session | None = None) -> set[int]:
    """Those of a side who write its summary, for one of them.

    Raises:
        NotAllowed: for anybody else.
    """
    own = speakers(thread.id, side, session, threads.column_of(thread))
    if by.member_id not in own:
        raise NotAllowed(
            f"The side that speaks {side} it writes and approves its own summary: one must have spoken {side} it "
            "in the debate as a member, and not on the other side."
        )
    return own


@act(Permission.SUMMARY_WRITE, Event.SUMMARY_DRAFTED)
def draft(thread: Debated, side: str, body: str, *, by: Actor, at: datetime, act: Act) -> SideSummary:
    """Draft a summary of one's own side; who drafts it approves it, and enough others of that side make it stand.

    Raises:
        Invalid: for a text with fewer or more words than both sides have. OutOfOrder: out of the debate, or where one
        has drafts enough, or the very same text, waiting. NotAllowed: for another side.
    """
    if side not in SIDES:
        raise NotFound("A debate has two sides: for and against.")
    _require_time(act.session, thread, side, at)
    own, column = require_side(thread, side, by, act.session), threads.column_of(thread)
    words = checked(body)
    mine = select(SideSummary.body, SideSummary.approved_at, SideSummary.drafted_by_id).where(
        getattr(SideSummary, column) == thread.id, SideSummary.side == side, SideSummary.replaced_at.is_(None), _THERE
    )
    there = act.session.execute(mine).all()
    if any(row.body == words for row in there):
        raise OutOfOrder("This very text is among your side's summaries already; it can be approved there.")
    if sum(row.drafted_by_id == by.member_id and row.approved_at is None for row in there) >= DRAFTS:
        raise OutOfOrder(f"You have {DRAFTS} drafts that wait for your side's approval already.")
    made = SideSummary(side=side, body=words, drafted_by_id=by.member_id, at=at, needed=approvals_needed(len(own)))
    setattr(made, column, thread.id)
    act.session.add(made)
    act.session.flush()
    act.session.add(SummaryApproval(summary_id=made.id, member_id=by.member_id, at=at))
    act.note(side=side, needed=made.needed)
    return made


@act(Permission.SUMMARY_WRITE, Event.SUMMARY_APPROVED)
def approve(summary: SideSummary, *, by: Actor, at: datetime, act: Act) -> SideSummary:
    """Approve a summary of one's own side; with the last approval that it needs it stands: beside that of the other side, or alone
    once the other has had `SUMMARY_WAITS` to approve one. The one that its side had before is replaced, and stays on the record.

    Raises:
        OutOfOrder: if one has already, if it was replaced, or out of the debate. NotAllowed: for another side.
        Invalid: for one of another length, from before there was one for both sides.
    """
    thread: Debated = threads.of_row(summary, act.session)  # type: ignore[assignment]  # the two sides are of no other
    _require_time(act.session, thread, summary.side, at)
    own = require_side(thread, summary.side, by, act.session)
    if summary.replaced_at is not None:
        raise OutOfOrder(
            "Your side has approved another summary in place of this one. To have it back, draft it again."
        )
    if act.session.get(SummaryApproval, (summary.id, by.member_id)) is not None:
        raise OutOfOrder("You have approved this summary already.")
    if not summary.body:
        raise OutOfOrder("Who drafted this summary has withdrawn it, so there is nothing to approve.")
    if summary.approved_at is None:
        checked(summary.body)
    act.session.add(SummaryApproval(summary_id=summary.id, member_id=by.member_id, at=at))
    act.session.flush()
    # somebody who has meanwhile spoken on the other side as well approves neither
    given = set(act.session.scalars(select(SummaryApproval.member_id).where(SummaryApproval.summary_id == summary.id)))
    if summary.approved_at is None and len(given & own) >= summary.needed:
        if before := _standing_of(act.session, thread, summary.side):
            before.replaced_at = at
            act.session.flush()  # the index lets only one of a side stand
            act.note(replaced=before.id)
        else:
            _tell_others(act, thread, other_side(summary.side), at)
        summary.approved_at = at
    act.note(side=summary.side, approvals=len(given), stands=summary.approved_at is not None)
    return summary


@act(Permission.SUMMARY_WRITE, Event.SUMMARY_WITHDRAWN)
def withdraw(summary: SideSummary, *, by: Actor, at: datetime, act: Act) -> SideSummary:
    """Take back a draft that nobody else has approved yet; its words are not kept, and another can be drafted in its place.

    Raises:
        NotAllowed: for somebody else's. OutOfOrder: once another has approved it, or if it is withdrawn already.
    """
    if summary.drafted_by_id != by.member_id:
        raise NotAllowed("Only who drafted a summary withdraws it.")
    if not summary.body:
        raise OutOfOrder("You have withdrawn this draft already.")
    given = list(act.session.scalars(select(SummaryApproval).where(SummaryApproval.summary_id == summary.id)))
    if any(one.member_id != by.member_id for one in given):
        raise OutOfOrder("Others of your side have approved this draft, so it stays: draft another beside it.")
    for one in given:
        act.session.delete(one)
    summary.body = ""
    act.note(side=summary.side)
    return summary


def _tell_others(act: Act, thread: Debated, side: str, at: datetime) -> None:
    """The first summary of one side begins the days of the other: who spoke there is told, where theirs does not stand yet."""
    if _standing_of(act.session, thread, side) is not None:
        return
    label, title = threads.named(thread)
    path = threads.path_of(thread).removesuffix("debate") + "summaries"
    of = threads.column_of(thread)
    people = select(Member).where(Member.id.in_(speakers(thread.id, side, act.session, of))).order_by(Member.id)
    for member in act.session.scalars(people):
        once = f"summary-awaited {of} {thread.id} {member.id}"
        act.notify(
            "summary-awaited", member, once=once, label=label, title=title, side=side, path=path,
            until=(at + SUMMARY_WAITS).isoformat(),
        )  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A summary as its page lists it."""

    row: SideSummary
    approvals: int
    mine: bool

    @property
    def stands(self) -> bool:
        """Whether it is the one of its side that stands."""
        return self.row.approved_at is not None and self.row.replaced_at is None

    def withdrawable(self, member_id: int | None) -> bool:
        """Whether this person can take it back: who drafted it, while nobody else has approved it."""
        return member_id == self.row.drafted_by_id and self.approvals == int(self.mine)


def listed(thread_id: int, member_id: int | None, of: str = "motion_id") -> dict[str, list[Entry]]:
    """The summaries of each side of a debate, newest first, with their approvals: two statements."""
    query = select(SideSummary).where(getattr(SideSummary, of) == thread_id, _THERE)
    query = query.options(joinedload(SideSummary.drafted_by)).order_by(SideSummary.id.desc())
    rows = list(db.session.scalars(query))
    given: dict[int, set[int]] = {row.id: set() for row in rows}
    chosen = select(SummaryApproval).where(SummaryApproval.summary_id.in_(given))
    for approval in db.session.scalars(chosen):
        given[approval.summary_id].add(approval.member_id)
    found: dict[str, list[Entry]] = {side: [] for side in SIDES}
    for row in rows:
        found[row.side].append(Entry(row, len(given[row.id]), member_id in given[row.id]))
    return found


def standing(motion_ids: Iterable[int], session: Session | None = None) -> dict[int, dict[str, str]]:
    """The summaries that stand, of some motions: {motion: {"for": words, "against": words}}, in one statement."""
    query = select(SideSummary.motion_id, SideSummary.side, SideSummary.body).where(
        SideSummary.motion_id.in_(list(motion_ids)), _STANDS
    )
    found: dict[int, dict[str, str]] = {}
    rows: Any = (session or db.session()).execute(query.order_by(SideSummary.id))
    for motion_id, side, body in rows:
        found.setdefault(motion_id, {})[side] = body
    return found
