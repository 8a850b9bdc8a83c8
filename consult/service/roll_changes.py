"""Supplementary batches: people added to a frozen roll with a reason, each batch hashed and chained to what was before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.ledger import electorate
from consult.model.ballots import Ballot
from consult.model.members import Member
from consult.model.roll_changes import RollAddition, RollChange, RollRemoval
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db
from consult.service import outbox, rolls
from consult.service.act import Act, act
from consult.service.audit import to_the_second

#: The fewest and the most characters of a reason.
LEAST, MOST = 10, 2_000
#: People in one batch.
MOST_ADDED = 500


def of_roll(roll_id: int, session: Session | None = None) -> list[RollChange]:
    """Every change beside a roll, in order."""
    query = select(RollChange).where(RollChange.roll_id == roll_id).order_by(RollChange.number)
    return list((session or db.session()).scalars(query))


def people_of(roll_id: int, session: Session | None = None) -> dict[int, list[Member]]:
    """Whom each change of a roll is about, by its id and in the order of their names; for officers."""
    session = session or db.session()
    found: dict[int, list[Member]] = {}
    added = select(RollAddition.change_id, Member).join(Member, Member.id == RollAddition.member_id)
    taken = select(RollRemoval.change_id, Member).join(Member, Member.id == RollRemoval.member_id)
    restored = select(RollRemoval.restored_id, Member).join(Member, Member.id == RollRemoval.member_id)
    queries: tuple[Any, ...] = (
        added.where(RollAddition.roll_id == roll_id),
        taken.where(RollRemoval.roll_id == roll_id),
        restored.where(RollRemoval.roll_id == roll_id, RollRemoval.restored_id.is_not(None)),
    )
    for query in queries:
        for change_id, member in session.execute(query.order_by(Member.name, Member.id)):
            found.setdefault(change_id, []).append(member)
    return found


def size_now(roll: Roll, session: Session | None = None) -> int:
    """How many may vote on a roll now: those frozen and added, without those who were taken off."""
    signs = {electorate.ADDITION: 1, electorate.REMOVAL: -1, electorate.RESTORATION: 1}
    return roll.size + sum(signs[change.kind] * change.people for change in of_roll(roll.id, session))


def look(roll: Roll, numbers: Sequence[str], reason: str) -> list[Member]:
    """Those whom a batch would add, for the page that is confirmed; refuses what `add` would refuse of them."""
    check_reason(reason)
    return _to_add(db.session(), roll, numbers)


def read_numbers(text: str) -> list[str]:
    """Member numbers as an officer writes them: one a line, or with commas between; the same one twice is one."""
    return list(dict.fromkeys(number for number in text.replace(",", "\n").split() if number))


@act(Permission.ROLL_CHANGE, Event.ROLL_ADDED)
def add(
    roll: Roll, numbers: Sequence[str], reason: str, *, token: Callable[[int], str], by: Actor, at: datetime, act: Act
) -> RollChange:
    """Add people to a frozen roll, by their member numbers, as one supplementary batch.

    The entries are written with today's branch and address; ballots that wait or are open on the roll are announced to
    them. `token` gives random hexadecimal, for the salt.

    Raises:
        Invalid: without a reason, or naming each number that is nobody's or whose member is on the roll or was taken off.
        OutOfOrder: if every ballot on the roll is over, or one counts by cards that were dealt already.
        NotAllowed: for somebody who would add themselves, or stands in a ballot on this roll.
    """
    reason = check_reason(reason)
    members = _to_add(act.session, roll, numbers)
    ballots = require_open(act.session, roll, at)
    require_stranger(by, [member.id for member in members], ballots)
    if any(ballot.weighting == "members" for ballot in ballots):
        raise OutOfOrder(
            "In a ballot on this roll a card counts for a branch, and the cards are dealt: nobody is added."
        )
    ids = sorted(member.id for member in members)
    change = append(act, roll, electorate.ADDITION, reason, ids, token(16))
    act.session.execute(
        insert(RollAddition), [{"roll_id": roll.id, "member_id": number, "change_id": change.id} for number in ids]
    )
    put = [{"roll_id": roll.id, "member_id": m.id, "unit_id": m.unit_id, "email": m.email} for m in members]
    act.session.execute(insert(RollEntry), sorted(put, key=lambda row: row["member_id"] or 0))
    for member in members:
        act.notify("roll-added", member, once=f"roll-added:{change.id}:{member.id}", roll=roll.id, title=roll.title)
    announce(act, ballots, ids)
    return change


def append(
    act: Act, roll: Roll, kind: str, reason: str, ids: Sequence[int], salt: str, undoes: int | None = None
) -> RollChange:
    """Put one change at the end of a roll's chain; `ids` are in ascending order."""
    act.session.get_one(Roll, roll.id, with_for_update=True)  # one after the other, so that the chain has no fork
    before = of_roll(roll.id, act.session)
    hashed, last = rolls.roll_hash(salt, ids), before[-1].head if before else roll.hash
    change = RollChange(
        roll_id=roll.id,
        number=len(before) + 1,
        kind=kind,
        people=len(ids),
        reason=reason,
        at=act.at,
        changed_by=act.by.reference,
        hash=hashed,
        salt=salt,
        head=electorate.head(last, kind, to_the_second(act.at), len(ids), hashed, undoes),
        undoes=undoes,
    )
    act.session.add(change)
    act.session.flush()
    act.note(roll=roll.id, number=change.number, people=change.people, hash=hashed, head=change.head)
    return change


def announce(act: Act, ballots: Iterable[Ballot], ids: Sequence[int], again: int = 0) -> None:
    """Queue the opening of ballots that wait or are open to people who came to their roll, or (`again`) came back to it."""
    for ballot in ballots:
        act.notices += outbox.queue_roll(
            act.session, "ballot-opens", ballot.roll_id or 0, ballot.id,
            at=act.at, after=max(act.at, ballot.opens_at), only=ids, again=again, title=ballot.title,
            closes=written(ballot.closes_at),
        )  # fmt: skip


def require_open(session: Session, roll: Roll, at: datetime) -> list[Ballot]:
    """The ballots that wait or are open on a roll, locked; `OutOfOrder` where there were some and all are over."""
    live = live_on(session, roll, at)
    if not live and session.scalar(select(Ballot.id).where(Ballot.roll_id == roll.id).limit(1)) is not None:
        raise OutOfOrder("Every ballot on this roll is over, so nothing is changed about who may vote in them.")
    return live


def live_on(session: Session, roll: Roll, at: datetime) -> list[Ballot]:
    """The ballots that wait or are open on a roll, locked, so that no vote is taken while the roll changes."""
    query = select(Ballot).where(Ballot.roll_id == roll.id).order_by(Ballot.id).with_for_update()
    return [ballot for ballot in session.scalars(query) if ballot.phase(at) in ("waiting", "open", "grace")]


def check_reason(reason: str) -> str:
    """The reason without spaces around it; `Invalid` where it says too little or too much."""
    wanted = reason.strip()
    if not LEAST <= len(wanted) <= MOST:
        sentence = f"Say why in a sentence or two ({LEAST} to {MOST:,} characters): it stays on the record."
        raise Invalid(sentence, {"reason": sentence})
    return wanted


def _to_add(session: Session, roll: Roll, numbers: Sequence[str]) -> list[Member]:
    if not numbers:
        raise Invalid("Name at least one member number.", {"numbers": "Name at least one member number."})
    if len(numbers) > MOST_ADDED:
        sentence = f"At most {MOST_ADDED} people come with one batch; make several."
        raise Invalid(sentence, {"numbers": sentence})
    query = select(Member).where(
        Member.number.in_(numbers), Member.erased_at.is_(None), Member.merged_into_id.is_(None)
    )
    found = {member.number: member for member in session.scalars(query)}
    here = select(RollEntry.member_id).where(
        RollEntry.roll_id == roll.id, RollEntry.member_id.in_([member.id for member in found.values()])
    )
    on = set(session.scalars(here))
    off = set(
        session.scalars(
            select(RollRemoval.member_id).where(RollRemoval.roll_id == roll.id, RollRemoval.restored_id.is_(None))
        )
    )
    faults = [f"There is no member with the number “{number[:64]}”." for number in numbers if number not in found]
    faults += [
        f"{member.name} ({number}) was taken off this roll; an appeal can undo that, and a batch cannot."
        if member.id in off
        else f"{member.name} ({number}) is on this roll already."
        for number, member in found.items()
        if member.id in on
    ]
    if faults:
        raise Invalid(" ".join(faults[:5]), {"numbers": " ".join(faults[:5])})
    return list(found.values())


def require_stranger(by: Actor, ids: Sequence[int], ballots: Iterable[Ballot]) -> None:
    """`NotAllowed` for somebody who is among those concerned, or stands in one of the ballots."""
    if by.member_id in ids:
        raise NotAllowed("Nobody changes a roll about themselves; another roll officer has to do it.")
    for ballot in ballots:
        if by.member_id in ballot.candidate_member_ids:
            raise NotAllowed(f"You stand in “{ballot.title}”, which is held on this roll: somebody else changes it.")
