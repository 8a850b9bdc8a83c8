"""The outbox: notices queued in the same transaction as what they tell of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, cast, exists, insert, literal, null, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from consult.domain.notices import KINDS
from consult.domain.roles import Status
from consult.model.ballots import Ballot, Envelope
from consult.model.following import Follow, PlaceFollow
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.notices import Notice
from consult.model.roll_changes import still_on
from consult.model.rolls import RollEntry
from consult.model.store import Instant
from consult.service import deliveries

#: How many rows an INSERT … SELECT wrote is asked for: PostgreSQL's driver is not asked by itself.
_COUNTED = {"preserve_rowcount": True}


def queue(
    session: Session,
    kind: str,
    member: Member | None,
    *,
    at: datetime,
    context: dict[str, Any],
    address: str = "",
    once: str | None = None,
    after: datetime | None = None,
) -> int:
    """Queue one notice and return 1, or 0 where there is no address or the same was queued before (`once`).

    Only the gate calls it. Nothing secret goes into `context`: links that sign in are made when the mail is sent.
    """
    if kind not in KINDS:
        raise KeyError(f"no notice is called {kind!r}")
    address = address or (member.email if member and member.email else "")
    if not address:
        return 0
    if once is not None and session.scalar(select(Notice.id).where(Notice.once == once)):
        return 0
    session.add(
        Notice(
            kind=kind,
            member_id=member.id if member else None,
            address=address,
            context=context,
            once=once,
            queued_at=at,
            send_after=after or at,
        )
    )
    return 1


def queue_roll(
    session: Session,
    kind: str,
    roll_id: int,
    ballot_id: int,
    *,
    at: datetime,
    after: datetime,
    again: int = 0,
    only: Collection[int] | None = None,
    **context: Any,
) -> int:
    """Queue one ballot notice to everyone on a roll who has an address there, by one statement; gives how many.

    Run again it adds nobody twice: the unique `once` names kind, ballot and member, and which time it is (`again`).
    `only` names the members of a roll that it is about, where it is not about all.
    """
    once = literal(f"{kind}:{ballot_id}:{f'{again}:' if again else ''}").concat(cast(RollEntry.member_id, String))
    chosen = select(
        literal(kind),
        RollEntry.member_id,
        RollEntry.email,
        literal({"ballot": ballot_id, **context}, JSON),
        once,
        literal(at, Instant),
        literal(after, Instant),
        literal(0),
        null(),
    ).where(RollEntry.roll_id == roll_id, RollEntry.email.is_not(None), still_on())
    if only is not None:
        chosen = chosen.where(RollEntry.member_id.in_(only))
    columns = ["kind", "member_id", "address", "context", "once", "queued_at", "send_after", "attempts", "sent_at"]
    kinds: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    statement = kinds[session.get_bind().dialect.name](Notice).from_select(columns, chosen)
    done: Any = session.execute(
        statement.on_conflict_do_nothing(index_elements=[Notice.once]), execution_options=_COUNTED
    )
    if kind == "ballot-opens":
        deliveries.queue_roll(session, roll_id, ballot_id)
    return int(done.rowcount)


def queue_chosen(session: Session, kind: str, chosen: Any, context: dict[str, Any], *, at: datetime) -> int:
    """Queue one notice to everybody that a query gives (member, address, once), by one statement; gives how many."""
    found = chosen.subquery()
    member_id, address, once = found.c
    rows = select(
        literal(kind), member_id, address, literal(context, JSON), once, literal(at, Instant), literal(at, Instant),
        literal(0),
    ).where(once.not_in(select(Notice.once).where(Notice.kind == kind, Notice.once.is_not(None))))  # fmt: skip
    columns = ["kind", "member_id", "address", "context", "once", "queued_at", "send_after", "attempts"]
    done: Any = session.execute(insert(Notice).from_select(columns, rows), execution_options=_COUNTED)
    return int(done.rowcount)


#: Nobody who left reads motions that are not published.
_PAST = (Status.FORMER.value, Status.LAPSED.value)

#: Steps before which there is nothing to follow: its mover's own first two.
_UNTOLD = frozenset({"seek support", "submit"})


def queue_followers(
    session: Session, motion: Motion, what: str, news: str, *, at: datetime, movers: bool = False
) -> int:
    """Queue to everybody who follows a motion that something happened to it, by one statement; gives how many.

    `what` is the name of the step, `news` the words for it. The mover and the delegate have notices of their own for
    steps; with `movers` the mover is told here, unless the mover stopped.
    """
    if what in _UNTOLD:
        return 0
    kind, own = "motion-followed", (motion.mover_id, motion.submitted_by_id)
    context = {"motion": motion.id, "label": motion.label, "title": motion.title, "news": news}
    chosen = exists().where(Follow.motion_id == motion.id, Follow.member_id == Member.id, Follow.following)
    stopped = exists().where(Follow.motion_id == motion.id, Follow.member_id == Member.id, Follow.following.is_(False))
    told: ColumnElement[bool] = chosen & Member.id.not_in([number for number in own if number is not None])
    if movers:
        told = or_(chosen, (Member.id == motion.mover_id) & ~stopped)
    followers = select(
        literal(kind), Member.id, Member.email, literal(context, JSON), literal(at, Instant), literal(at, Instant),
        literal(0),
    ).where(
        told, Member.email.is_not(None), Member.erased_at.is_(None), Member.status.not_in(_PAST),
    ).order_by(Member.id)  # fmt: skip
    columns = ["kind", "member_id", "address", "context", "queued_at", "send_after", "attempts"]
    done: Any = session.execute(insert(Notice).from_select(columns, followers), execution_options=_COUNTED)
    return int(done.rowcount)


def queue_place(
    session: Session,
    news: str,
    *,
    title: str,
    path: str,
    at: datetime,
    consultation_id: int | None,
    unit_id: int | None,
) -> int:
    """Queue to everybody who follows a consultation or a unit that there is news at `path`; gives how many.

    One statement, and one notice to somebody who follows both.
    """
    kind = "place-followed"
    places = or_(PlaceFollow.consultation_id == consultation_id, PlaceFollow.unit_id == unit_id)
    chosen = exists().where(places, PlaceFollow.member_id == Member.id)
    context = {"title": title, "news": news, "path": path}
    followers = select(
        literal(kind), Member.id, Member.email, literal(context, JSON), literal(at, Instant), literal(at, Instant),
        literal(0),
    ).where(
        chosen, Member.email.is_not(None), Member.erased_at.is_(None), Member.status.not_in(_PAST),
    ).order_by(Member.id)  # fmt: skip
    columns = ["kind", "member_id", "address", "context", "queued_at", "send_after", "attempts"]
    done: Any = session.execute(insert(Notice).from_select(columns, followers))
    return int(done.rowcount)


def queue_voters(session: Session, ballot: Ballot, receipts: Sequence[str], *, at: datetime) -> int:
    """Queue the neutral notice that a vote was recorded to the voters with these receipts, by one statement; gives how many.

    They go out together, in the order of membership: nothing in them says when somebody voted.
    """
    kind = "ballot-recorded"
    once = literal(f"{kind}:{ballot.id}:").concat(cast(RollEntry.member_id, String))
    chosen = (
        select(
            literal(kind),
            RollEntry.member_id,
            RollEntry.email,
            literal({"ballot": ballot.id, "title": ballot.title}, JSON),
            once,
            literal(at, Instant),
            literal(at, Instant),
            literal(0),
            null(),
        )
        .join(Envelope, (Envelope.member_id == RollEntry.member_id) & (Envelope.ballot_id == ballot.id))
        .where(
            RollEntry.roll_id == ballot.roll_id,
            RollEntry.email.is_not(None),
            Envelope.receipt.in_(receipts),
            once.not_in(select(Notice.once).where(Notice.kind == kind, Notice.once.is_not(None))),
        )
        .order_by(RollEntry.member_id)
    )
    columns = ["kind", "member_id", "address", "context", "once", "queued_at", "send_after", "attempts", "sent_at"]
    done: Any = session.execute(insert(Notice).from_select(columns, chosen), execution_options=_COUNTED)
    return int(done.rowcount)
