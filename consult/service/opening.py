"""The clock's own steps of a ballot, opening and closing, and cancelling it before it opens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.model.ballots import Ballot
from consult.model.store import db
from consult.service import ballots
from consult.service.act import Act, act


@act(Permission.BALLOT_OPEN, Event.BALLOT_OPENED)
def open_ballot(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Record that a ballot has opened. Voting begins by the clock, whether this has run or not."""
    if at < ballot.opens_at:
        raise OutOfOrder("This ballot opens later; it cannot be opened before its time.")
    act.step(ballot, "open")
    return ballot


@act(Permission.BALLOT_CLOSE, Event.BALLOT_CLOSED)
def close(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Record that a ballot has closed. No vote is taken after its last instant, whether this has run or not."""
    if at < ballot.last_instant:
        raise OutOfOrder("This ballot is still open; it cannot be closed before its time.")
    catch_up(act, ballot)
    act.step(ballot, "close")
    ballot.closed_at = at
    act.data = {"envelopes": ballots.turnout(ballot)}
    for member in ballots.holders(act.session, Role.RETURNING_OFFICER, at):
        act.notify(
            "ballot-closed", member, once=f"ballot-closed:{ballot.id}:{member.id}", ballot=ballot.id, title=ballot.title
        )
    return ballot


def catch_up(act: Act, ballot: Ballot) -> None:
    """Put an opening on the record that no worker recorded: by the clock the ballot opened all the same."""
    if ballot.state == "scheduled" and act.at >= ballot.opens_at:
        act.step(ballot, "open", check_permission=False)
        act.record(Event.BALLOT_OPENED, ballot, late=True)


def due_to_open(at: datetime) -> list[Ballot]:
    """Scheduled ballots whose opening has come."""
    return list(db.session.scalars(select(Ballot).where(Ballot.state == "scheduled", Ballot.opens_at <= at)))


def due_to_close(at: datetime) -> list[Ballot]:
    """Open ballots whose last instant has passed."""
    open_ones = db.session.scalars(
        select(Ballot).where(Ballot.state.in_(("scheduled", "open")), Ballot.closes_at <= at)
    )
    return [ballot for ballot in open_ones if ballot.last_instant <= at]


@act(Permission.BALLOT_CANCEL, Event.BALLOT_CANCELLED)
def cancel(ballot: Ballot, reason: str, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Cancel a ballot before it opens; its motions go back to the order paper."""
    if len(reason.strip()) < 10:
        raise Invalid("Say why the ballot is cancelled, in a sentence.", {"reason": "Say why, in a sentence."})
    if ballot.state == "scheduled" and at >= ballot.opens_at:
        raise OutOfOrder("This ballot has opened; it can only be annulled now.")
    return call_off(act, ballot, reason)


def call_off(act: Act, ballot: Ballot, reason: str) -> Ballot:
    """Cancel a ballot that has not opened. Only acts call it, inside their transaction."""
    was_scheduled = ballot.state == "scheduled"
    act.step(ballot, "cancel")
    ballot.explanation = f"{ballot.explanation}\n\nCancelled: {reason.strip()}".strip()
    if was_scheduled:
        for motion in ballots.motions_of(ballot):
            act.step(motion, "take back")
    return ballot
