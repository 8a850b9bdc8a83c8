"""Extending a close: one officer proposes a later one with a reason, another agrees, and everybody on the roll is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.model.ballots import Ballot
from consult.model.desk import Extension
from consult.model.store import db
from consult.service import opening, outbox
from consult.service.act import Act, act
from consult.service.audit import to_the_second

#: The furthest that one extension may reach.
LONGEST = timedelta(days=28)


@act(Permission.BALLOT_EXTEND, Event.EXTENSION_PROPOSED)
def propose(ballot: Ballot, closes_at: datetime, reason: str, *, by: Actor, at: datetime, act: Act) -> Extension:
    """Propose a later close; nothing changes until another officer agrees.

    Raises:
        OutOfOrder: if the ballot is not open: what has closed stays closed.
        Invalid: if it is not later, too much later, or without a reason.
    """
    _require_open(ballot, at)
    problems: dict[str, str] = {}
    wanted = closes_at.replace(microsecond=0)
    if not ballot.closes_at < wanted <= ballot.closes_at + LONGEST:
        problems["closes_at"] = f"The later close must be after {written(ballot.closes_at)}, by 28 days at the most."
    if len(reason.strip()) < 20:
        problems["reason"] = "Say why in a sentence that members will read (at least 20 characters)."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)
    made = Extension(
        ballot_id=ballot.id,
        closed_before=ballot.closes_at,
        closes_at=wanted,
        reason=reason.strip(),
        proposed_by_id=by.member_id,
        proposed_at=at,
    )
    act.session.add(made)
    act.note(ballot=ballot.id, closes=to_the_second(wanted))
    return made


def _require_open(ballot: Ballot, at: datetime) -> None:
    if ballot.state not in ("scheduled", "open") or at >= ballot.closes_at:
        raise OutOfOrder("Only a ballot that has not closed can be extended: what has closed stays closed.")


@act(Permission.BALLOT_EXTEND, Event.CLOSE_EXTENDED)
def agree(ballot: Ballot, extension_id: int, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Agree to a later close that another officer proposed; from here it is the close.

    Raises:
        NotFound: if it was not proposed for this ballot.
        OutOfOrder: for one's own proposal, one that is agreed or overtaken, or once the ballot has closed.
    """
    found = act.session.get(Extension, extension_id)
    if found is None or found.ballot_id != ballot.id:
        raise NotFound("This later close was not proposed for this ballot.")
    _require_open(ballot, at)
    if found.proposed_by_id == by.member_id:
        raise OutOfOrder("You proposed this yourself: it takes a second officer to agree.")
    if found.agreed_at is not None or found.closed_before != ballot.closes_at:
        raise OutOfOrder("The close has been changed since this was proposed. Look at the page again.")
    opening.catch_up(act, ballot)
    found.agreed_by_id, found.agreed_at = by.member_id, at
    ballot.closes_at = found.closes_at
    act.note(closes=to_the_second(found.closes_at), before=to_the_second(found.closed_before))
    act.notices += outbox.queue_roll(
        act.session,
        "close-extended",
        ballot.roll_id or 0,
        ballot.id,
        at=at,
        after=at,
        title=ballot.title,
        closes=written(found.closes_at),
    )
    return ballot


def of(ballot: Ballot, session: Session | None = None) -> list[Extension]:
    """Proposed and agreed extensions, in order."""
    query = (
        select(Extension)
        .where(Extension.ballot_id == ballot.id)
        .options(joinedload(Extension.proposed_by), joinedload(Extension.agreed_by))
        .order_by(Extension.id)
    )
    return list((session or db.session()).scalars(query))
