"""Which seats of a body can be filled for a term: those that nobody holds and that no other call is for."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain import nominations as domain
from consult.domain.errors import Invalid
from consult.domain.nominations import Room
from consult.domain.timetable import written
from consult.model.bodies import Body, SeatHolding
from consult.model.nominations import Call

ANNOUNCED, POLLED = "announced", "put to a ballot"

#: Where another call stands → how many seats it is for, and what is true of it.
_CLAIM = {
    ANNOUNCED: "“{title}” (call {number}) is for {figure} of them; its nominations are not open yet.",
    "nominations open": "“{title}” (call {number}) is for {figure} of them; its nominations are open.",
    "nominations closed": "“{title}” (call {number}) is for {figure} of them; its nominations are closed.",
    POLLED: "“{title}” (call {number}) is for {figure} of them; it is put to a ballot.",
}


def lock(session: Session, body: Body) -> None:
    """Hold the body until the act is over, so that its seats are given once (PostgreSQL; SQLite has one writer)."""
    session.refresh(body, with_for_update={"of": Body})


def held(session: Session, body: Body, starts_at: datetime, until: datetime) -> list[SeatHolding]:
    """The terms in seats of a body that run at any instant of a term."""
    query = select(SeatHolding).where(
        SeatHolding.body_id == body.id, SeatHolding.starts_at < until, SeatHolding.ends_at > starts_at,
        SeatHolding.seat <= body.seats,
    )  # fmt: skip
    return list(session.scalars(query))


def calls(
    session: Session,
    body: Body,
    starts_at: datetime,
    until: datetime,
    own: Call | None = None,
    states: tuple[str, ...] = (ANNOUNCED, POLLED),
) -> list[Call]:
    """The other calls for seats of a body that are not settled and whose terms meet a term."""
    query = select(Call).where(
        Call.body_id == body.id, Call.state.in_(states), Call.term_starts_at < until, Call.term_until > starts_at,
    )  # fmt: skip
    if own is not None:
        query = query.where(Call.id != own.id)
    return list(session.scalars(query.options(joinedload(Call.question)).order_by(Call.id)))


def claimed(call: Call) -> int:
    """How many seats a call is for: those of its poll, once there is one; nominations are called again for the others."""
    return call.question.seats if call.question is not None else call.seats


def require_free(
    session: Session,
    body: Body,
    seats: int,
    starts_at: datetime,
    until: datetime,
    own: Call | None = None,
    *,
    at: datetime,
) -> None:
    """Nothing if so many seats can be called for: neither held nor called for by another call in that term.

    Raises:
        Invalid: naming the other calls, how many seats are held and how many are left.
    """
    taken, others = held(session, body, starts_at, until), calls(session, body, starts_at, until, own)
    number = len({row.seat for row in taken})
    left = body.seats - number - sum(claimed(call) for call in others)
    if seats <= left:
        return
    said = [f"Seats of {body.name}: {body.seats}."]
    said += [_CLAIM[call.stage(at)].format(title=call.title, number=call.id, figure=claimed(call)) for call in others]
    if number:
        last = written(max(row.ends_at for row in taken))
        said.append(f"Held in that term: {number}, the last of them until {last}.")
    said.append(f"Left to call for in that term: {max(0, left)}.")
    said.append("End the other call first." if others else "Choose a term that begins when those end.")
    sentence = " ".join(said)
    raise Invalid(sentence, {"seats": sentence})


def room(session: Session, call: Call, states: tuple[str, ...] = (POLLED,)) -> Room:
    """What of a call can be filled now: seats that are held, or stand on the paper of another ballot, are left out."""
    body, starts_at, until = call.body, call.term_starts_at, call.term_until
    taken = held(session, body, starts_at, until)
    others = calls(session, body, starts_at, until, call, states)
    free = body.seats - len({row.seat for row in taken}) - sum(claimed(other) for other in others)
    groups = Counter(row.group for row in taken if row.group)
    return domain.room(call.seats, call.reserves, free, body.reserves, groups)
