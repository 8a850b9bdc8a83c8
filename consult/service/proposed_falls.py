"""Proposed falls: what a count makes fall by its words alone, confirmed by a person before the certificate is drawn up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot
from consult.model.proposed_falls import FALLS, STANDS, ProposedFall
from consult.model.store import db
from consult.service import counts, substantive
from consult.service.act import Act, act

#: The fewest and the most characters of a ruling.
SHORTEST, LONGEST = 20, 5_000


def of(ballot_id: int, session: Session | None = None) -> list[ProposedFall]:
    """Every fall that was proposed at a ballot, in the order found, in one statement."""
    query = (
        select(ProposedFall)
        .where(ProposedFall.ballot_id == ballot_id)
        .options(joinedload(ProposedFall.amendment).joinedload(Amendment.motion), joinedload(ProposedFall.decided_by))
        .order_by(ProposedFall.id)
    )
    return list((session or db.session()).scalars(query))


def problem(session: Session, ballot: Ballot) -> str:
    """Why a result is not published yet, as a sentence: a fall is not confirmed; "" where none waits."""
    waiting = select(func.count()).select_from(ProposedFall)
    many = session.scalar(waiting.where(ProposedFall.ballot_id == ballot.id, ProposedFall.outcome.is_(None))) or 0
    if not many:
        return ""
    what = "1 proposed fall is" if many == 1 else f"{many} proposed falls are"
    return f"{what} not confirmed: confirm at the desk what falls before the result is published."


def propose(act: Act, ballot: Ballot, replays: Sequence[substantive.Replayed]) -> list[ProposedFall]:
    """Inside an act: keep what falls by its words and was not proposed before. Returns what was added."""
    known = {row.amendment_id for row in of(ballot.id, act.session)}
    made = [
        ProposedFall(
            ballot_id=ballot.id,
            amendment_id=number,
            reason=replay.amendments[number].reason,
            can_stand=can_stand,
            at=act.at,
        )
        for replay in replays
        for number, can_stand in replay.proposed.items()
        if number not in known
    ]
    act.session.add_all(made)
    act.session.flush()
    return made


@act(Permission.FALLS_DECIDE, Event.FALLS_DECIDED)
def decide(
    ballot: Ballot, stands: Mapping[int, str], *, seen: Collection[int], by: Actor, at: datetime, act: Act
) -> list[ProposedFall]:
    """Confirm every proposed fall but those in `stands` (amendment's id → the ruling), whose words still apply.

    `seen` are the ids of the amendments that were shown. Returns what falls by these rulings in its turn, and waits to be
    confirmed.

    Raises:
        OutOfOrder: unless the ballot is counted and a fall waits. Stale: if others wait than were shown.
        NotAllowed: for somebody who moved or submitted one of them.
        Invalid: where the words of one that is not to fall cannot be applied, or no reason is given.
    """
    if ballot.state != "counted":
        raise OutOfOrder(
            f"This ballot is {ballot.state}; what falls is confirmed after the count, before the certificate."
        )
    waiting = {row.amendment_id: row for row in of(ballot.id, act.session) if row.outcome is None}
    if not waiting:
        raise OutOfOrder("No proposed fall waits to be confirmed.")
    if set(seen) != set(waiting):
        raise Stale("Other falls wait to be confirmed than were shown here. Look at the list again.")
    if any(by.member_id in (row.amendment.mover_id, row.amendment.submitted_by_id) for row in waiting.values()):
        raise NotAllowed("Somebody who moved or submitted one of these amendments does not decide whether it falls.")
    _require(waiting, stands)
    for number, row in waiting.items():
        row.outcome, row.ruling = (STANDS, stands[number].strip()) if number in stands else (FALLS, "")
        row.decided_by_id, row.decided_at = by.member_id, at
    act.session.flush()
    counted = counts.count_all(act.session, ballot)
    more = propose(
        act, ballot, substantive.decide(act.session, ballot, {each.question.id: each.count for each in counted})
    )
    act.note(
        falls=[number for number in waiting if number not in stands],
        stands={str(number): waiting[number].ruling for number in stands},
        proposed=[row.amendment_id for row in more],
    )
    return more


def _require(waiting: Mapping[int, ProposedFall], stands: Mapping[int, str]) -> None:
    problems: dict[str, str] = {}
    for number, ruling in stands.items():
        row = waiting.get(number)
        if row is None or not row.can_stand:
            problems[f"outcome_{number}"] = "The words of this amendment cannot be applied any more, so it falls."
        elif not SHORTEST <= len(ruling.strip()) <= LONGEST:
            sentence = f"Say in a sentence or more why it does not fall ({SHORTEST} to {LONGEST:,} characters)."
            problems[f"ruling_{number}"] = sentence
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
