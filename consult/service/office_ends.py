"""Offices end with membership: roles, seats and voices of organisations that somebody may hold no more, and their end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.events import Event
from consult.domain.officer_proposals import END_ROLE, VACATE
from consult.domain.roles import OUTSIDE, Role, Status
from consult.model.bodies import Body, SeatHolding
from consult.model.imports import ImportRow
from consult.model.mandates import Mandate
from consult.model.members import Member, RoleHolding
from consult.model.requisitions import Requisition
from consult.model.store import db
from consult.model.units import Representative
from consult.service import officer_proposals, roles
from consult.service.act import Act

#: What stands beside each office, where everybody can read it.
BECAUSE = "the holder is no longer a member who may hold it"
#: How many offices a notice to the governance committee lists; their number is told in any case.
LISTED = 40
#: The shortest term there is: what has not begun ends in the moment in which it would have.
_INSTANT = timedelta(microseconds=1)

_Narrowed = Callable[[Select[Any]], Select[Any]]


@dataclass(frozen=True)
class Office:
    """One office as it is told: whose, the role or what else it is ("seat", "voice"), and where ("": the whole)."""

    who: str
    what: str
    where: str


@dataclass(frozen=True)
class Ending:
    """What would end: each row with its holder and its unit or body."""

    roles: list[RoleHolding] = field(default_factory=list)
    seats: list[SeatHolding] = field(default_factory=list)
    voices: list[Representative] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.roles or self.seats or self.voices)

    def __add__(self, other: Ending) -> Ending:
        return Ending(self.roles + other.roles, self.seats + other.seats, self.voices + other.voices)

    @property
    def offices(self) -> list[Office]:
        """Each of them as it is told, by the name of the holder."""
        return [office for _member, office in self.pairs()]

    @property
    def holders(self) -> set[int]:
        """The ids of those who hold any of them."""
        return {member.id for member, _office in self.pairs()}

    def pairs(self) -> list[tuple[Member, Office]]:
        """Each with its holder, by the name."""
        said = [
            (row.member, Office(row.member.name, row.role, row.unit.name if row.unit else "")) for row in self.roles
        ]
        said += [
            (row.member, Office(row.member.name, "seat", f"{row.body.name}, {row.body.unit.name}"))
            for row in self.seats
        ]
        said += [(row.member, Office(row.member.name, "voice", row.unit.name)) for row in self.voices]
        return sorted(said, key=lambda one: (one[1].who, one[0].id))


def of(member: Member, status: Status, at: datetime, session: Session | None = None) -> Ending:
    """What somebody holds, or will, that nobody of a status may."""
    return _found(session or db.session(), literal(status.value), at, lambda query: query.where(Member.id == member.id))


def of_file(file_id: int, at: datetime, session: Session | None = None) -> Ending:
    """What those hold, or will, whom a file of members gives a status with which nobody may: three statements."""
    row = and_(ImportRow.file_id == file_id, ImportRow.number == Member.number, ImportRow.fault.is_(None))
    same = (Member.erased_at.is_(None), Member.merged_into_id.is_(None))
    narrowed: _Narrowed = lambda query: query.join(ImportRow, row).where(*same)  # noqa: E731
    return _found(session or db.session(), ImportRow.status, at, narrowed)


def of_missing(file_id: int, at: datetime, session: Session | None = None) -> Ending:
    """What those hold, or will, who lapse because a file does not name them: three statements."""
    named = exists().where(ImportRow.file_id == file_id, ImportRow.number == Member.number)
    expected = Member.status.in_((Status.MEMBER.value, Status.SUPPORTER.value))
    narrowed: _Narrowed = lambda query: query.where(expected, Member.erased_at.is_(None), not_(named))  # noqa: E731
    return _found(session or db.session(), literal(Status.LAPSED.value), at, narrowed)


def _found(session: Session, status: ColumnElement[str] | Any, at: datetime, narrowed: _Narrowed) -> Ending:
    outside = and_(status == Status.REPRESENTATIVE.value, RoleHolding.role.in_([role.value for role in OUTSIDE]))
    held = select(RoleHolding).join(Member, Member.id == RoleHolding.member_id)
    held = held.options(joinedload(RoleHolding.member), joinedload(RoleHolding.unit)).order_by(RoleHolding.id)
    held = held.where(_later(RoleHolding.ends_at, at), status != Status.MEMBER.value, not_(outside))
    seats = select(SeatHolding).join(Member, Member.id == SeatHolding.member_id).order_by(SeatHolding.id)
    seats = seats.options(joinedload(SeatHolding.member), joinedload(SeatHolding.body).joinedload(Body.unit))
    seats = seats.where(SeatHolding.ends_at > at, SeatHolding.left_because == "", status != Status.MEMBER.value)
    voices = select(Representative).join(Member, Member.id == Representative.member_id).order_by(Representative.id)
    voices = voices.options(joinedload(Representative.member), joinedload(Representative.unit))
    voices = voices.where(_later(Representative.ends_at, at), status == Status.FORMER.value)
    return Ending(*(list(session.scalars(narrowed(query))) for query in (held, seats, voices)))


def _later(ends_at: Any, at: datetime) -> ColumnElement[bool]:
    return or_(ends_at.is_(None), ends_at > at)


def end(act: Act, ending: Ending, because: str, *, at_field: str = "") -> None:
    """End offices with the membership of their holders, each with its event; they and the governance committee are told.

    Only acts call it, inside their transaction. `because` stands beside each, where everybody can read it.

    Raises:
        Invalid: at the field, if nobody would be left who can give roles.
    """
    if not ending:
        return
    offices = ending.pairs()
    roles.require_governed(act.session, act.at, {row.member_id for row in ending.roles}, at_field=at_field)
    for seat in ending.seats:
        act.record(Event.SEAT_VACATED, seat, body=seat.body_id, member=seat.member_id, seat=seat.seat)
    end_terms(act, ending.seats, ending.roles, because)
    for voice in ending.voices:
        voice.ends_at = max(act.at, voice.starts_at + _INSTANT)
        act.record(Event.REPRESENTATIVE_ENDED, voice, unit=voice.unit_id, member=voice.member_id)
    _tell(act, offices)
    act.session.flush()


def end_terms(act: Act, seats: Iterable[SeatHolding], holdings: Iterable[RoleHolding], because: str) -> None:
    """End the terms of seats and roles now; what was proposed of them is overtaken. A role has its event, a seat's is the caller's.

    What has not begun was never held: such a role is gone unless something on the record rests on it, and a term that stays
    ends as it begins.
    """
    for seat in seats:
        officer_proposals.overtake(act.session, VACATE, seat.id, act.at)
        seat.left_because = because
        seat.ends_at = _ended(seat.starts_at, act.at)
    for holding in holdings:
        officer_proposals.overtake(act.session, END_ROLE, holding.id, act.at)
        act.record(Event.ROLE_ENDED, holding, role=holding.role, member=holding.member_id, unit=holding.unit_id)
        if holding.starts_at >= act.at and not _referred_to(act.session, holding):
            act.session.delete(holding)
        else:
            holding.ends_at = _ended(holding.starts_at, act.at)
            holding.reason = f"{holding.reason}; ended: {because}"[:1000]


def _ended(starts_at: datetime, at: datetime) -> datetime:
    return at if starts_at < at else starts_at + _INSTANT


def _referred_to(session: Session, holding: RoleHolding) -> bool:
    """Whether something on the record rests on a role: a seat, a mandate or a requisition."""
    for column in (SeatHolding.role_id, Mandate.holding_id, Requisition.holding_id):
        if session.scalar(select(column).where(column == holding.id).limit(1)) is not None:
            return True
    return False


def _tell(act: Act, offices: list[tuple[Member, Office]]) -> None:
    whose: dict[int, list[Office]] = defaultdict(list)
    for member, office in offices:
        whose[member.id].append(office)
    holders = {member.id: member for member, _office in offices}
    stamp = act.at.isoformat()
    for member_id, held in whose.items():
        said = [{"what": one.what, "where": one.where} for one in held]
        act.notify("offices-ended", holders[member_id], once=f"offices-ended:{member_id}:{stamp}", offices=said)
    listed = [asdict(office) for _member, office in offices[:LISTED]]
    for holding in officer_proposals.holders(act.session, (Role.GOVERNANCE,), "", act.at):
        if holding.member_id not in whose:
            once = f"offices-vacant:{holding.member_id}:{stamp}"
            act.notify("offices-vacant", holding.member, once=once, many=len(offices), offices=listed)


def leaves_nobody(member: Member, status: Status, at: datetime, session: Session) -> bool:
    """Whether nobody could give roles any more once somebody has a status."""
    return roles.leaves_nobody(session, at, {row.member_id for row in of(member, status, at, session).roles})
