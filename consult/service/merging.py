"""Two entries for one person: found, merged with a reason into one, and parted again; votes and rolls stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.model.ballots import Ballot
from consult.model.bodies import Body, SeatHolding
from consult.model.members import Member, MemberChange, MemberMerge, RoleHolding, SignInSession
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db
from consult.model.units import NetworkMembership
from consult.service.act import Act, act

#: Ballots in which somebody on the roll can vote, or soon can.
_OPEN = ("scheduled", "open")

ALIKE = {
    "e-mail": (Member.email_key,),
    "telephone": (Member.phone_key,),
    "address": (Member.address_key,),
    "name": (func.lower(Member.name), Member.unit_id),
}
PER_PAGE = 25

#: How somebody is reached: columns that each have a folded one beside them.
_REACHED = ("email", "phone", "address")


@dataclass(frozen=True)
class Alike:
    """A page of the entries that look like one person's: groups of members, and how many groups there are in all."""

    groups: list[list[Member]]
    page: int
    last: int
    total: int


def _standing() -> tuple[Any, ...]:
    return (
        Member.status.in_((Status.MEMBER.value, Status.SUPPORTER.value)),
        Member.erased_at.is_(None),
        Member.merged_into_id.is_(None),
    )


def alike(by: str, page: int = 1) -> Alike:
    """Members and supporters with one e-mail address, or with one name in one branch; three statements.

    `by` is a key of `ALIKE`. Two people may well share an address: the report says who, and decides nothing.
    """
    columns = ALIKE[by]
    groups = select(*columns).where(*_standing(), columns[0].is_not(None)).group_by(*columns).having(func.count() > 1)
    total = db.session.scalar(select(func.count()).select_from(groups.subquery())) or 0
    last = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), last)
    chosen = groups.order_by(*columns).offset((page - 1) * PER_PAGE).limit(PER_PAGE).subquery()
    same = [column == chosen.c[place] for place, column in enumerate(columns)]
    query = select(Member, *columns).join(chosen, and_(*same)).where(*_standing())
    query = query.join(Member.unit).options(contains_eager(Member.unit))
    found: dict[Any, list[Member]] = {}
    for member, *key in db.session.execute(query.order_by(*columns, Member.joined_at, Member.id)):
        found.setdefault(tuple(key), []).append(member)
    return Alike(list(found.values()), page, last, total)


def obstacles(kept: Member, merged: Member, at: datetime, session: Session | None = None) -> list[str]:
    """What stands in the way of merging one entry into another, in sentences."""
    session = session or db.session()
    found = []
    if kept.id == merged.id:
        return ["This is one entry, not two."]
    for member in (kept, merged):
        if member.erased_at is not None:
            found.append("One of the two was erased; it has nothing that could be merged.")
        if member.merged_into_id is not None:
            found.append(f"The entry with the number {member.number} is merged into another already.")
    if session.scalar(select(Member.id).where(Member.merged_into_id == merged.id).limit(1)) is not None:
        found.append(f"Another entry is merged into that with the number {merged.number}. Undo that first.")
    held = select(RoleHolding.role).where(
        RoleHolding.member_id == merged.id, or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > at)
    )
    if roles := list(session.scalars(held)):
        found.append(
            f"The entry with the number {merged.number} holds a role ({', '.join(sorted(set(roles)))}). "
            "End it first, and give it to the entry that is kept."
        )
    seats = select(Body.name).join(SeatHolding, SeatHolding.body_id == Body.id)
    seats = seats.where(SeatHolding.member_id == merged.id, SeatHolding.ends_at > at, SeatHolding.left_because == "")
    for body in session.scalars(seats):
        found.append(f"The entry with the number {merged.number} holds a seat in “{body}”. End that first.")
    return found + [_both(*row) for row in _shared_rolls(session, kept.id, merged.id)]


def _both(roll: str, ballot: str) -> str:
    return (
        f"Both entries are on the roll “{roll}”, on which the ballot “{ballot}” is held, and each has a vote there. "
        "They can be merged once it has closed."
    )


def _shared_rolls(session: Session, one: int, other: int) -> list[tuple[str, str]]:
    first, second = aliased(RollEntry), aliased(RollEntry)
    rows = session.execute(
        select(Roll.title, Ballot.title)
        .join(first, (first.roll_id == Roll.id) & (first.member_id == one))
        .join(second, (second.roll_id == Roll.id) & (second.member_id == other))
        .join(Ballot, Ballot.roll_id == Roll.id)
        .where(Ballot.state.in_(_OPEN))
        .order_by(Ballot.id)
    )
    return [(roll, ballot) for roll, ballot in rows]


@act(Permission.MEMBER_KEEP, Event.MEMBERS_MERGED)
def merge(kept: Member, merged: Member, reason: str, *, by: Actor, at: datetime, act: Act) -> Member:
    """Merge one entry into another: the one that is kept has the earlier day of joining, an address or telephone if
    it had none, and the networks of both. The other is put down as former, without an address, and names the one it went into.

    Votes cast, frozen rolls and what either moved or said stay with the entry that they belong to.

    Raises:
        Invalid: without a reason. OutOfOrder: with everything that stands in the way. NotAllowed: for one's own entry.
    """
    _require_reason(reason)
    if by.member_id == merged.id:
        raise NotAllowed("Nobody merges their own entry; another roll officer has to do it.")
    act.session.refresh(merged, with_for_update={"of": Member})
    if found := obstacles(kept, merged, at, act.session):
        raise OutOfOrder(" ".join(found))
    before = {"kept": _values(kept), "merged": _values(merged)}
    kept.joined_at = min(kept.joined_at, merged.joined_at)
    for name in _REACHED:
        if getattr(kept, name) is None:
            setattr(kept, name, getattr(merged, name))
            setattr(kept, f"{name}_key", getattr(merged, f"{name}_key"))
    merged.status, merged.email, merged.email_key = Status.FORMER.value, None, None
    merged.merged_into_id = kept.id
    row = MemberMerge(
        kept_id=kept.id,
        merged_id=merged.id,
        at=at,
        merged_by=by.reference,
        reason=reason.strip(),
        before=before | {"networks": _share_networks(act.session, kept.id, merged.id)},
        after=_values(kept),
    )
    act.session.add(row)
    act.session.execute(
        update(SignInSession)
        .where(SignInSession.member_id == merged.id, SignInSession.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )
    act.session.flush()
    for member, words in ((kept, f"with {merged.number}"), (merged, f"into {kept.number}")):
        _keep(act, member, "merge", member.number, words, reason)
    act.note(merge=row.id, merged=merged.id)
    return kept


def _share_networks(session: Session, kept: int, merged: int) -> list[int]:
    """Put the one that is kept into the other's networks; which of them are new to it."""
    mine = select(NetworkMembership.unit_id).where(NetworkMembership.member_id == kept)
    theirs = select(NetworkMembership.unit_id).where(NetworkMembership.member_id == merged)
    new = list(
        session.scalars(theirs.where(NetworkMembership.unit_id.not_in(mine)).order_by(NetworkMembership.unit_id))
    )
    session.add_all(NetworkMembership(unit_id=unit, member_id=kept) for unit in new)
    return new


def _values(member: Member) -> dict[str, Any]:
    return {
        "status": member.status,
        "joined_at": member.joined_at.isoformat(),
        **{f"{name}{key}": getattr(member, f"{name}{key}") for name in _REACHED for key in ("", "_key")},
    }


def _keep(act: Act, member: Member, what: str, old: str, new: str, reason: str) -> None:
    act.session.add(
        MemberChange(
            member_id=member.id, at=act.at, changed_by=act.by.reference, what=what, old=old, new=new,
            reason=reason.strip(),
        )
    )  # fmt: skip


def _require_reason(reason: str) -> None:
    sentence = ""
    if not reason.strip():
        sentence = "Say why, in a sentence."
    elif len(reason.strip()) > 1000:
        sentence = "The reason must have at most 1,000 characters."
    if sentence:
        raise Invalid(sentence, {"reason": sentence})


def of(member: Member) -> list[MemberMerge]:
    """Every merging that an entry has been part of, the newest first."""
    query = select(MemberMerge).options(joinedload(MemberMerge.kept), joinedload(MemberMerge.merged))
    query = query.where(or_(MemberMerge.kept_id == member.id, MemberMerge.merged_id == member.id))
    return list(db.session.scalars(query.order_by(MemberMerge.id.desc())))


def get(merge_id: int) -> MemberMerge:
    """A merging.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(MemberMerge, merge_id)
    if found is None:
        raise NotFound("There is no such merging of entries.")
    return found


@act(Permission.MEMBER_KEEP, Event.MEMBERS_PARTED)
def part(row: MemberMerge, reason: str, *, by: Actor, at: datetime, act: Act) -> Member:
    """Part two entries that were merged: each has again what it had, except where it was changed since.

    Raises:
        Invalid: without a reason. OutOfOrder: if they were parted already, or erased. NotAllowed: for one's own entry.
    """
    _require_reason(reason)
    if row.undone_at is not None:
        raise OutOfOrder("These entries were parted again already.")
    if not row.before:
        raise OutOfOrder("These entries were erased since; there is nothing to part.")
    kept, merged = act.session.get_one(Member, row.kept_id), act.session.get_one(Member, row.merged_id)
    if by.member_id in (kept.id, merged.id):
        raise NotAllowed("Nobody parts their own entry from another; another roll officer has to do it.")
    for member, after in ((kept, row.after), (merged, {"status": Status.FORMER.value, "email": None})):
        _restore(member, row.before["kept" if member is kept else "merged"], after)
    merged.merged_into_id = None
    act.session.execute(
        delete(NetworkMembership).where(
            NetworkMembership.member_id == kept.id, NetworkMembership.unit_id.in_(row.before["networks"])
        )
    )
    row.undone_at, row.undone_by, row.undone_because = at, by.reference, reason.strip()
    for member, other in ((kept, merged), (merged, kept)):
        _keep(act, member, "parting", member.number, f"from {other.number}", reason)
    act.note(merge=row.id, merged=merged.id)
    return kept


def _restore(member: Member, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Give an entry back what the merging changed of it; what somebody changed since stays."""
    if "joined_at" in after and member.joined_at.isoformat() == after["joined_at"]:
        member.joined_at = datetime.fromisoformat(before["joined_at"])
    if member.status == after["status"]:
        member.status = before["status"]
    for name in _REACHED:
        if name in after and getattr(member, name) == after[name]:
            setattr(member, name, before[name])
            setattr(member, f"{name}_key", before[f"{name}_key"])
