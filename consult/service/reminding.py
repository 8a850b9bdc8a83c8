"""Reminders to those on a roll who have not voted, so that no record arises of who had.

One is queued to everybody on the roll who has an address, and only when a reminder's turn comes does the sender look
whether that person's vote is in; then it is dropped. What is kept of either is exactly the same (`sending`), and so is
the event: it holds how many are on the roll with an address, and not how many went.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.errors import OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.model.ballots import Ballot
from consult.model.deliveries import BallotReminder
from consult.model.store import db
from consult.service import outbox, sending
from consult.service.act import Act, act

#: As often as a ballot may be reminded of, and how long after the last time, or after the opening.
MOST, APART = 4, timedelta(hours=20)


def of(ballot: Ballot, session: Session | None = None) -> list[BallotReminder]:
    """The reminders of a ballot, in their order."""
    query = select(BallotReminder).where(BallotReminder.ballot_id == ballot.id).order_by(BallotReminder.number)
    return list((session or db.session()).scalars(query))


def why_not(ballot: Ballot, at: datetime, session: Session | None = None) -> str:
    """The sentence that says why no reminder goes now, or "" if one may."""
    if ballot.phase(at) != "open":
        return "A reminder goes out while voting is open."
    before = of(ballot, session)
    if len(before) >= MOST:
        return f"This ballot was reminded of {MOST} times, which is the most."
    last = before[-1].asked_at if before else ballot.opens_at
    if at < last + APART:
        return f"The next reminder can go on {written(last + APART)}: voters had a message less than 20 hours ago."
    return ""


@act(Permission.DELIVERY_KEEP, Event.BALLOT_REMINDED)
def remind(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Have everybody on the roll reminded whose vote is not in when the reminder is sent.

    Raises:
        OutOfOrder: if voting is not open, or voters had a message lately, or were reminded often enough.
    """
    if sentence := why_not(ballot, at, act.session):
        raise OutOfOrder(sentence)
    number = len(of(ballot, act.session)) + 1
    act.session.add(BallotReminder(ballot_id=ballot.id, number=number, asked_at=at, asked_by_id=by.member_id))
    queued = outbox.queue_roll(
        act.session, sending.REMINDER, ballot.roll_id or 0, ballot.id, at=at, after=at, again=number,
        title=ballot.title, closes=written(ballot.closes_at),
    )  # fmt: skip
    act.notices += queued
    act.note(reminder=number, on_roll_with_address=queued)
    return ballot
