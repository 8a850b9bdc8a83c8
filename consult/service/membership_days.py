"""Since when somebody belongs and until when they have paid, put right by hand: cut-offs and rolls go by these two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import Member
from consult.service import members
from consult.service.act import Act, act

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """The first day of belonging and the last that is paid, on the organisation's calendar."""

    joined: date
    paid: date | None = None


def of(member: Member, zone: ZoneInfo) -> Days:
    """What the register says; what is paid until midnight is paid for the day before."""
    paid = member.paid_until and (member.paid_until - timedelta(microseconds=1)).astimezone(zone).date()
    return Days(member.joined_at.astimezone(zone).date(), paid or None)


def revision(member: Member, zone: ZoneInfo) -> str:
    """What changes when either day does."""
    said = of(member, zone)
    return f"{said.joined} {said.paid or ''}".strip()


@act(Permission.MEMBER_KEEP, Event.MEMBER_CHANGED)
def correct(
    member: Member, new: Days, zone: ZoneInfo, reason: str, *, was: str, by: Actor, at: datetime, act: Act
) -> Member:
    """Put the days right, with a reason. Rolls that are frozen stay as they are; a day that stays keeps its instant.

    `was` is the `revision` that the form showed.

    Raises:
        Invalid: at the field, or if nothing is changed. Stale: if it was changed meanwhile.
        OutOfOrder: for an entry that was erased or merged into another.
    """
    if member.erased_at is not None or member.merged_into_id is not None:
        raise OutOfOrder("This entry was erased or merged into another; it stays as it is.")
    members.require(act, member, revision(member, zone) == was, reason)
    old = of(member, zone)
    if new == old:
        raise Invalid("Nothing is changed: the register says this already.")
    if new.joined > at.astimezone(zone).date():
        sentence = "The day of joining is in the future."
        raise Invalid(sentence, {"joined": sentence})
    if new.joined != old.joined:
        members.keep(act, member, "joined", str(old.joined), str(new.joined), reason)
        member.joined_at = datetime.combine(new.joined, time.min, zone)
    if new.paid != old.paid:
        members.keep(act, member, "paid until", str(old.paid or "not known"), str(new.paid or "not known"), reason)
        member.paid_until = datetime.combine(new.paid + _DAY, time.min, zone) if new.paid else None
    return member
