"""Removals from a frozen roll: with a reason and a notice to the person, who can appeal to the complaints panel.

A removal stands beside the roll. From its instant the person casts no vote on it; what becomes of a vote that was cast
before is declared with the ballot: it counts, or its envelope is set aside unopened. Nobody looks into it either way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.ledger import definition as ledger_definition
from consult.ledger import electorate
from consult.ledger.declared import REMOVED
from consult.model.members import Member
from consult.model.roll_changes import RESTORED, STAYS, RollRemoval
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db
from consult.service import ballots, deliveries, members, replacing, roll_changes
from consult.service.act import Act, act

#: What the ledger says of a link that was not sent any more.
_OFF = "The voter was taken off the roll."


def get(change_id: int) -> RollRemoval:
    """One removal with the person.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(RollRemoval).where(RollRemoval.change_id == change_id).options(*_loaded())
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no removal of this number.")
    return found


def of_roll(roll_id: int) -> list[RollRemoval]:
    """Every removal from a roll, the newest first."""
    query = select(RollRemoval).where(RollRemoval.roll_id == roll_id).options(*_loaded())
    return list(db.session.scalars(query.order_by(RollRemoval.change_id.desc())))


def waiting() -> list[RollRemoval]:
    """Removals that were appealed against and wait for the complaints panel, the oldest first."""
    query = select(RollRemoval).where(RollRemoval.appeal.is_not(None), RollRemoval.outcome.is_(None))
    return list(db.session.scalars(query.options(*_loaded()).order_by(RollRemoval.change_id)))


def _loaded() -> tuple[Any, ...]:
    return (joinedload(RollRemoval.member), joinedload(RollRemoval.change), joinedload(RollRemoval.roll))


@act(Permission.ROLL_CHANGE, Event.ROLL_REMOVED)
def remove(
    roll: Roll, number: str, reason: str, *, token: Callable[[int], str], by: Actor, at: datetime, act: Act
) -> RollRemoval:
    """Take somebody off a frozen roll, by the member number; the person is told, with the way to appeal.

    Raises:
        Invalid: without a reason, or if nobody on the roll has this number.
        OutOfOrder: if every ballot on the roll is over.
        NotAllowed: for oneself, or for somebody who stands in a ballot on this roll.
    """
    reason = roll_changes.check_reason(reason)
    member = _on_roll(act.session, roll, number)
    live = roll_changes.require_open(act.session, roll, at)
    roll_changes.require_stranger(by, [member.id], live)
    change = roll_changes.append(act, roll, electorate.REMOVAL, reason, [member.id], token(16))
    removal = RollRemoval(change_id=change.id, roll_id=roll.id, member_id=member.id, removed_by_id=by.member_id)
    act.session.add(removal)
    act.session.flush()
    for ballot in live:
        deliveries.withdraw_waiting(act.session, ballot.id, member.id, at, _OFF)
        if ballot.definition and _declared(ballot.definition) == REMOVED[1]:
            replacing.take_out(act.session, ballot.id, member.id)
    act.notify("roll-removed", member, once=f"roll-removed:{change.id}", roll=roll.id, title=roll.title)
    return removal


def _declared(definition: str) -> str:
    return ledger_definition.loads(definition.encode()).casting.removed


def _on_roll(session: Session, roll: Roll, number: str) -> Member:
    query = select(Member).join(RollEntry, RollEntry.member_id == Member.id).where(RollEntry.roll_id == roll.id)
    found = members.numbered(session, query, number)
    sentence = ""
    if found is None:
        sentence = f"Nobody on this roll has the member number “{number.strip()[:64]}”."
    elif session.scalar(
        select(RollRemoval.change_id).where(
            RollRemoval.roll_id == roll.id, RollRemoval.member_id == found.id, RollRemoval.restored_id.is_(None)
        )
    ):
        sentence = f"{found.name} was taken off this roll already."
    if found is None or sentence:
        raise Invalid(sentence, {"number": sentence})
    return found


@act(Permission.ROLL_APPEAL, Event.ROLL_APPEALED)
def appeal(removal: RollRemoval, words: str, *, by: Actor, at: datetime, act: Act) -> RollRemoval:
    """The person who was taken off asks the complaints panel to decide; once for each removal.

    Raises:
        Invalid: if it says too little or too much. OutOfOrder: if there is an appeal already.
    """
    if removal.appeal is not None:
        raise OutOfOrder("You have appealed against this already; one appeal is heard.")
    wanted = words.strip()
    if not roll_changes.LEAST <= len(wanted) <= roll_changes.MOST:
        sentence = "Say in a sentence or two why you should be on the roll (10 to 2,000 characters)."
        raise Invalid(sentence, {"appeal": sentence})
    removal.appeal, removal.appealed_at = wanted, at
    for member in ballots.holders(act.session, Role.COMPLAINTS, at):
        once = f"roll-appeal-made:{removal.change_id}:{member.id}"
        act.notify("roll-appeal-made", member, once=once, removal=removal.change_id, title=removal.roll.title)
    act.note(roll=removal.roll_id)
    return removal


@act(Permission.ROLL_APPEAL_DECIDE, Event.ROLL_APPEAL_DECIDED)
def decide(
    removal: RollRemoval, restored: bool, answer: str, *, token: Callable[[int], str], by: Actor, at: datetime, act: Act
) -> RollRemoval:
    """The complaints panel decides an appeal: the person is put back, as a link of the chain, or stays off the roll.

    A ballot that is over stays as it is; whoever is put back can vote in those that wait or are open.

    Raises:
        OutOfOrder: without an appeal, or if it was decided.
        Invalid: without an answer.
        NotAllowed: for whoever took the person off.
    """
    if removal.appeal is None or removal.outcome is not None:
        raise OutOfOrder("There is no appeal here that waits for a decision.")
    if by.member_id == removal.removed_by_id:
        raise NotAllowed("You took this person off the roll, so somebody else on the panel decides the appeal.")
    removal.answer = roll_changes.check_reason(answer)
    removal.outcome, removal.decided_by_id, removal.decided_at = RESTORED if restored else STAYS, by.member_id, at
    if restored:
        live = roll_changes.live_on(act.session, removal.roll, at)
        mine = [removal.member_id]
        undone = removal.change.number
        change = roll_changes.append(
            act, removal.roll, electorate.RESTORATION, removal.answer, mine, token(16), undoes=undone
        )
        removal.restored_id = change.id
        act.session.flush()
        roll_changes.announce(act, live, mine, again=change.number)
    once = f"roll-appeal-decided:{removal.change_id}"
    act.notify("roll-appeal-decided", removal.member, once=once, roll=removal.roll_id, title=removal.roll.title)
    act.note(outcome=removal.outcome)
    return removal
