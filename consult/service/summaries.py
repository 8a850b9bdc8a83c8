"""Summaries of both sides of a debate: of like length, drafted and approved by the members who spoke on that side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.debating import SUMMARY_WORDS, alike, approvals_needed
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.model.debate import Comment
from consult.model.moderation import SideSummary, SummaryApproval
from consult.model.store import db
from consult.service import debate, threads
from consult.service.act import Act, act
from consult.service.debated import Debated

SIDES = ("for", "against")
#: The most drafts of one person that wait for approval on one side.
DRAFTS = 2


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


def _standing_of(session: Session, thread: Debated, side: str) -> str | None:
    """The words of the summary that one side approved last."""
    column = getattr(SideSummary, threads.column_of(thread))
    query = select(SideSummary.body).where(column == thread.id, SideSummary.side == side)
    query = query.where(SideSummary.approved_at.is_not(None))
    return session.scalar(query.order_by(SideSummary.approved_at.desc(), SideSummary.id.desc()).limit(1))


def uneven(session: Session, thread: Debated, side: str, body: str) -> str:
    """Why a summary cannot stand beside that of the other side, with the words of both; "" where it can.

    One that is too short is refused. One that is too long is refused where two stand already, so that neither drives the other from the
    page; where this side has none yet, a longer one is not held down to a line or two: the other side makes its own as long.
    """
    other = _standing_of(session, thread, other_side(side))
    if other is None or alike(body, other):
        return ""
    mine, theirs = len(body.split()), len(other.split())
    if mine < theirs:
        return (
            f"The other side's summary has {theirs} words and this has {mine}. The shorter has at least two thirds of the words "
            "of the longer, so that both weigh alike: say more."
        )
    own = _standing_of(session, thread, side)
    if own is None or not alike(own, other):
        return ""
    return (
        f"The other side's summary has {theirs} words and this has {mine}. The shorter has at least two thirds of the words "
        "of the longer, so that both weigh alike: say it in fewer."
    )


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
        Invalid: for an empty or overlong text, or one of another length than that of the other side.
        OutOfOrder: out of the debate. NotAllowed: for another side.
    """
    if side not in SIDES:
        raise NotFound("A debate has two sides: for and against.")
    if not debate.is_open(thread, at):
        raise OutOfOrder("This is not debated now, so its summaries stand as they are.")
    own, column = require_side(thread, side, by, act.session), threads.column_of(thread)
    words = len(body.split())
    if not words or words > SUMMARY_WORDS:
        sentence = f"A summary has 1 to {SUMMARY_WORDS} words, the same for both sides; this has {words}."
        raise Invalid(sentence, {"body": sentence})
    if sentence := uneven(act.session, thread, side, body):
        raise Invalid(sentence, {"body": sentence})
    waiting = select(func.count()).where(
        getattr(SideSummary, column) == thread.id, SideSummary.side == side, SideSummary.drafted_by_id == by.member_id,
        SideSummary.approved_at.is_(None),
    )  # fmt: skip
    if (act.session.scalar(waiting) or 0) >= DRAFTS:
        raise OutOfOrder(f"You have {DRAFTS} drafts that wait for your side's approval already.")
    made = SideSummary(
        side=side, body=" ".join(body.split()), drafted_by_id=by.member_id, at=at, needed=approvals_needed(len(own))
    )
    setattr(made, column, thread.id)
    act.session.add(made)
    act.session.flush()
    act.session.add(SummaryApproval(summary_id=made.id, member_id=by.member_id, at=at))
    act.note(side=side, needed=made.needed)
    return made


@act(Permission.SUMMARY_WRITE, Event.SUMMARY_APPROVED)
def approve(summary: SideSummary, *, by: Actor, at: datetime, act: Act) -> SideSummary:
    """Approve a summary of one's own side; with the last approval that it needs it stands: beside that of the other side, or alone
    once the other has had `SUMMARY_WAITS` to approve one.

    Raises:
        OutOfOrder: if one has already, out of the debate, or beside one of another length. NotAllowed: for another side.
    """
    thread = threads.of_row(summary, act.session)
    if not debate.is_open(thread, at):
        raise OutOfOrder("This is not debated now, so its summaries stand as they are.")
    own = require_side(thread, summary.side, by, act.session)  # type: ignore[arg-type]  # the two sides are of no other
    if act.session.get(SummaryApproval, (summary.id, by.member_id)) is not None:
        raise OutOfOrder("You have approved this summary already.")
    if summary.approved_at is None and (sentence := uneven(act.session, thread, summary.side, summary.body)):  # type: ignore[arg-type]
        raise OutOfOrder(sentence)
    act.session.add(SummaryApproval(summary_id=summary.id, member_id=by.member_id, at=at))
    act.session.flush()
    # somebody who has meanwhile spoken on the other side as well approves neither
    given = set(act.session.scalars(select(SummaryApproval.member_id).where(SummaryApproval.summary_id == summary.id)))
    if summary.approved_at is None and len(given & own) >= summary.needed:
        summary.approved_at = at
    act.note(side=summary.side, approvals=len(given), stands=summary.approved_at is not None)
    return summary


@dataclass(frozen=True)
class Entry:
    """A summary as its page lists it."""

    row: SideSummary
    approvals: int
    mine: bool


def listed(thread_id: int, member_id: int | None, of: str = "motion_id") -> dict[str, list[Entry]]:
    """The summaries of each side of a debate, newest first, with their approvals: two statements."""
    query = select(SideSummary).where(getattr(SideSummary, of) == thread_id).options(joinedload(SideSummary.drafted_by))
    rows = list(db.session.scalars(query.order_by(SideSummary.id.desc())))
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
        SideSummary.motion_id.in_(list(motion_ids)), SideSummary.approved_at.is_not(None)
    )
    found: dict[int, dict[str, str]] = {}
    rows: Any = (session or db.session()).execute(query.order_by(SideSummary.approved_at, SideSummary.id))
    for motion_id, side, body in rows:
        found.setdefault(motion_id, {})[side] = body
    return found
