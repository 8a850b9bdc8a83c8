"""New links to vote, for whoever lost one or got none: asked for by the voter until the last minute, or queued by an officer.

A link goes only to the address frozen with the roll, whatever was typed. Opening it ends the older one, so that one
stands at any time and nobody ends another's by asking; no password is hashed on the way.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import VISITOR, Actor
from consult.domain.timetable import written
from consult.model.ballots import Ballot
from consult.model.members import Member
from consult.model.roll_changes import still_on
from consult.model.rolls import RollEntry
from consult.service import accounts, attempts, clock, deliveries, outbox
from consult.service.act import Act, act
from consult.service.attempts import Try

_NEWER = "A newer link was asked for."


def offered(ballot: Ballot, at: datetime) -> bool:
    """Whether links to vote in this ballot are sent now."""
    return ballot.phase(at) in ("open", "grace")


def ask(ballot: Ballot, identifier: str, *, network: str, at: datetime | None = None) -> None:
    """Have a new link sent to whoever on the roll has this address or member number: to each person, if several share it.

    Nothing says whether anybody has it. It is counted alike for the known and the unknown.

    Raises:
        Invalid: if nothing was typed.
        OutOfOrder: if the ballot is not open.
        TooOften: with when to try again, and what to do meanwhile.
    """
    if not identifier.strip():
        sentence = "Type your e-mail address or member number."
        raise Invalid(sentence, {"identifier": sentence})
    _require_open(ballot, at or clock.now())
    found = accounts.people(identifier)
    tries = [Try(attempts.VOTE_LINK, f"ballot:{ballot.id} member:{member.id}") for member in found]
    tries = tries or [Try(attempts.VOTE_LINK, f"ballot:{ballot.id} typed:{accounts.fold(identifier)}")]
    attempts.spend(*tries, Try(attempts.VOTE_LINK_NETWORK, attempts.network(network)), at=at)
    _ask(ballot, identifier, by=VISITOR, at=at)


@act(Permission.LINK_ASK, None)
def _ask(ballot: Ballot, identifier: str, *, by: Actor, at: datetime, act: Act) -> None:
    _require_open(ballot, at)
    people = [member.id for member in accounts.people(identifier)]
    entries = select(RollEntry).where(
        RollEntry.roll_id == ballot.roll_id, RollEntry.member_id.in_(people), RollEntry.email.is_not(None), still_on()
    )
    for entry in act.session.scalars(entries.order_by(RollEntry.member_id)).all():
        _queue(act, ballot, entry)


def _queue(act: Act, ballot: Ballot, entry: RollEntry) -> None:
    deliveries.withdraw_waiting(act.session, ballot.id, entry.member_id, act.at, _NEWER)
    member = act.session.get_one(Member, entry.member_id)
    act.notify("ballot-link", member, address=entry.email or "", ballot=ballot.id, title=ballot.title)
    deliveries.put(act.session, ballot.id, entry.member_id, "queued", None)


def _require_open(ballot: Ballot, at: datetime) -> None:
    phase = ballot.phase(at)
    if phase == "waiting":
        raise OutOfOrder("Voting in this ballot has not begun. When it opens, a link to vote is sent to you by itself.")
    if not offered(ballot, at):
        raise OutOfOrder("Voting in this ballot has closed, so no link to vote is sent any more.")


@act(Permission.DELIVERY_KEEP, Event.LINKS_QUEUED)
def queue_missing(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Queue the notice of the opening to everybody on the roll to whom none was; nobody gets a second one by it.

    Raises:
        OutOfOrder: if there is no such ballot to vote in, or nobody is without.
    """
    if ballot.state not in ("scheduled", "open") or at >= ballot.last_instant:
        raise OutOfOrder("Links are sent for a ballot that is scheduled or open.")
    added = _missing(act.session, ballot, at)
    if not added:
        raise OutOfOrder("A link is queued, or was sent, to everybody on the roll who has an address.")
    act.notices += added
    act.note(notices=added)
    return ballot


def _missing(session: Session, ballot: Ballot, at: datetime) -> int:
    after = max(at, ballot.opens_at)
    return outbox.queue_roll(
        session,
        "ballot-opens",
        ballot.roll_id or 0,
        ballot.id,
        at=at,
        after=after,
        title=ballot.title,
        closes=written(ballot.closes_at),
    )
