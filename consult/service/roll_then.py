"""What the register said of people at an instant, as far as it is kept: by that a roll was frozen, not by what it says today.

It starts from today and takes back, the newest first, every change that was kept with its instant: of status, branch, day of
joining and payment, by hand or by an import, and merging two entries. What cannot be known so is said to be unknown, and never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import or_, select

from consult.domain.roles import Status
from consult.model.imports import ImportChange
from consult.model.members import Member, MemberChange, MemberMerge
from consult.model.store import db
from consult.model.units import Unit, UnitChange

#: What a change of an entry calls the values that rolls go by → how they are called here.
_KEPT = {"status": "status", "branch": "branch", "joined": "joined", "paid until": "paid"}


@dataclass
class Said:
    """What the register said of somebody; a value among the `unknown` is not to be gone by."""

    status: str
    joined_at: datetime
    paid_until: datetime | None
    unit_id: int
    #: When the entry was made, where that was only afterwards.
    entered_at: datetime | None = None
    #: Whether the entry counted as part of another at that instant.
    merged: bool = False
    #: Of "status", "joined", "paid" and "branch".
    unknown: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Change:
    """One value as it was before an instant; None for what nobody can tell any more."""

    at: datetime
    number: int
    member_id: int
    what: str
    old: Any


def said_at(members: Collection[Member], at: datetime) -> dict[int, Said]:
    """Member id → what the register said of each at an instant; as many statements for one as for many."""
    ids = [member.id for member in members]
    found = {
        member.id: Said(
            member.status, member.joined_at, member.paid_until, member.unit_id,
            member.created_at if member.created_at > at else None,
        )
        for member in members
    }  # fmt: skip
    merges = _merges(ids, at)
    changes = [*_by_hand(ids, at), *_by_imports(ids, at), *_by_merging(merges, at)]
    for change in sorted(changes, key=lambda each: (each.at, each.number), reverse=True):
        if change.member_id in found:
            _take_back(found[change.member_id], change)
    for merge in merges:
        if merge.merged_id in found and merge.at <= at:
            found[merge.merged_id].merged = True
    return found


def _take_back(said: Said, change: _Change) -> None:
    if change.old is None:
        said.unknown.add(change.what)
        return
    said.unknown.discard(change.what)
    if change.what == "status":
        said.status = change.old
    elif change.what == "branch":
        said.unit_id = change.old
    elif change.what == "joined":
        said.joined_at = change.old
    else:
        (said.paid_until,) = change.old


# -- what was kept ---------------------------------------------------------------------------------------------------


def _by_hand(ids: Sequence[int], at: datetime) -> Iterator[_Change]:
    """Changes by officers, by a provider that was agreed with, and by units merged."""
    query = select(MemberChange).where(MemberChange.member_id.in_(ids), MemberChange.at > at)
    rows = list(db.session.scalars(query.where(MemberChange.what.in_(_KEPT)).order_by(MemberChange.id)))
    moves = [row for row in rows if row.what == "branch"]
    units = _units_called({row.old for row in moves}, at) if moves else {}
    zone = ZoneInfo(current_app.config["CONSULT_ZONE"])
    for row in rows:
        old = units.get(row.old) if row.what == "branch" else _read(row.what, row.old, zone)
        yield _Change(row.at, row.id, row.member_id, _KEPT[row.what], old)


def _by_imports(ids: Sequence[int], at: datetime) -> Iterator[_Change]:
    query = select(ImportChange).where(ImportChange.member_id.in_(ids), ImportChange.at > at).order_by(ImportChange.id)
    for row in db.session.scalars(query):
        changed = set(row.what.split(", "))
        olds = {"status": row.old_status, "branch": row.old_unit_id, "joined": row.old_joined_at}
        yield from (_Change(row.at, row.id, row.member_id, what, old) for what, old in olds.items() if what in changed)
        if "paid until" in changed:
            yield _Change(row.at, row.id, row.member_id, "paid", (row.old_paid_until,))


def _read(what: str, old: str, zone: ZoneInfo) -> Any:
    """A value as a change keeps it in words, see `consult.service.membership_days`; None if it says nothing."""
    if what == "status":
        return old if old in set(Status) else None
    if what == "paid until" and old == "not known":
        return (None,)
    try:
        day = date.fromisoformat(old)
    except ValueError:
        return None
    if what == "joined":
        return datetime.combine(day, time.min, zone)
    return (datetime.combine(day + timedelta(days=1), time.min, zone),)


def _units_called(names: Collection[str], at: datetime) -> Mapping[str, int | None]:
    """Name → the one unit that has been called so since an instant; None where there were two."""
    now = select(Unit.name, Unit.id).where(Unit.name.in_(names))
    before = select(UnitChange.old, UnitChange.unit_id).where(
        UnitChange.old.in_(names), UnitChange.what == "renamed", UnitChange.at > at
    )
    found: dict[str, int | None] = {}
    for name, unit_id in db.session.execute(now.union(before)):
        found[name] = unit_id if found.get(name, unit_id) == unit_id else None
    return found


def _merges(ids: Sequence[int], at: datetime) -> list[MemberMerge]:
    """Mergings of these entries with others that were done or undone after an instant, or stood at it."""
    query = select(MemberMerge).where(or_(MemberMerge.kept_id.in_(ids), MemberMerge.merged_id.in_(ids)))
    standing = or_(MemberMerge.at > at, MemberMerge.undone_at.is_(None), MemberMerge.undone_at > at)
    return list(db.session.scalars(query.where(standing).order_by(MemberMerge.id)))


def _by_merging(merges: Sequence[MemberMerge], at: datetime) -> Iterator[_Change]:
    """A merging wrote over status and day of joining; parting them gave both back."""
    for row in merges:
        sides = ((row.kept_id, "kept", row.after), (row.merged_id, "merged", {"status": Status.FORMER.value}))
        for member_id, side, after in sides:
            if row.undone_at is not None and row.undone_at > at:
                yield from _values(row.undone_at, row.id, member_id, after)
            if row.at > at:
                yield from _values(row.at, row.id, member_id, row.before.get(side, {}))


def _values(at: datetime, number: int, member_id: int, values: Mapping[str, Any]) -> Iterator[_Change]:
    if "status" in values:
        yield _Change(at, number, member_id, "status", values["status"])
    if "joined_at" in values:
        yield _Change(at, number, member_id, "joined", datetime.fromisoformat(values["joined_at"]))


# -- branches --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Branches:
    """Units by their paths of today, which are those of then as far as nothing was moved since."""

    paths: Mapping[int, str]
    moved: bool

    def within(self, unit_id: int, wanted: Sequence[str], alone: bool) -> bool | None:
        """Whether a unit was one of these (paths) or, unless `alone`, below one; None where nobody can tell."""
        if any(number_of(path) == unit_id for path in wanted):
            return True
        if alone:
            return False
        return None if self.moved else any(self.paths[unit_id].startswith(path) for path in wanted)


def number_of(path: str) -> int:
    """The unit that a path leads to, whatever it stands under by now.

    >>> number_of("1/4/9/")
    9
    """
    return int(path.rstrip("/").rpartition("/")[2])


def branches_at(unit_ids: Collection[int], at: datetime) -> Branches:
    """These units as they stood at an instant; two statements."""
    paths = dict(db.session.execute(select(Unit.id, Unit.path).where(Unit.id.in_(unit_ids))).all())
    since = select(UnitChange.id).where(UnitChange.what == "moved", UnitChange.at > at).limit(1)
    return Branches(paths, db.session.scalar(since) is not None)
