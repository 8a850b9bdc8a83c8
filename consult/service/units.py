"""Units: the tree and its networks, made and renamed by officers, and who holds which office where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from consult.domain.decisions import OFFICER
from consult.domain.errors import Invalid, NotFound, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.model.members import Member, RoleHolding
from consult.model.store import db
from consult.model.units import READERS, UNIT_KINDS, Unit, UnitChange, UnitProfile
from consult.service import clock, registering
from consult.service.act import Act, act
from consult.service.register_places import folded

LONGEST_ABOUT = 3_000

#: What is done to a unit and enters its register of decisions.
IN_THE_REGISTER = ("renamed", "moved", "merged", "closed", "founding", "founding ended")

#: Kind → the kinds it may stand under; None is the top.
PARENTS: dict[str, tuple[str | None, ...]] = {
    "nation": (None,),
    "region": ("nation",),
    "branch": ("nation", "region"),
    "network": (None, "nation"),
    "organisation": (None, "nation"),
}

KIND_MEANINGS: dict[str, str] = {
    "nation": "the whole movement, at the top of the tree",
    "region": "a part of the nation, with branches in it",
    "branch": "where members have their home and vote; stands in a region or directly in the nation",
    "network": "across the branches, for one field or workplace",
    "organisation": "an affiliated organisation, which named representatives speak for",
}


@dataclass
class Place:
    """A unit in the tree with what is shown beside it: its depth, who holds office there, and the units below."""

    unit: Unit
    depth: int
    offices: list[RoleHolding] = field(default_factory=list)
    below: list[Place] = field(default_factory=list)


def get(unit_id: int) -> Unit:
    """A unit.

    Raises:
        NotFound: if there is none with the number.
    """
    found = db.session.get(Unit, unit_id)
    if found is None:
        raise NotFound("There is no such unit.")
    return found


def all_units() -> list[Unit]:
    """Every unit that is not closed, by name."""
    return list(db.session.scalars(select(Unit).where(Unit.closed_at.is_(None)).order_by(Unit.name)))


def named() -> list[Row[Any]]:
    """The number, name and closing instant of every unit, by name: for choosing among them."""
    return list(db.session.execute(select(Unit.id, Unit.name, Unit.closed_at).order_by(Unit.name, Unit.id)))


def closed() -> list[Unit]:
    """The units that were closed or merged, the last first."""
    query = select(Unit).where(Unit.closed_at.is_not(None)).order_by(Unit.closed_at.desc(), Unit.id)
    return list(db.session.scalars(query))


def profile(unit: Unit) -> UnitProfile:
    """What a unit says about itself; the usual where it has said nothing."""
    return db.session.get(UnitProfile, unit.id) or UnitProfile(unit_id=unit.id, about="", readers="members")


def is_described(unit: Unit) -> bool:
    """Whether a unit has said what it is, or who reads its register of decisions."""
    return db.session.get(UnitProfile, unit.id) is not None


def above(unit: Unit) -> list[Unit]:
    """The units that a unit stands under, from the top: one statement."""
    numbers = [int(part) for part in unit.path.split("/") if part.isdigit()][:-1]
    found = {row.id: row for row in db.session.scalars(select(Unit).where(Unit.id.in_(numbers)))}
    return [found[number] for number in numbers if number in found]


def below(unit: Unit) -> list[Unit]:
    """The open units directly below a unit, by kind and name."""
    rows = db.session.scalars(select(Unit).where(Unit.parent_id == unit.id, Unit.closed_at.is_(None)))
    return sorted(rows, key=lambda row: (UNIT_KINDS.index(row.kind), row.name))


def changes(unit: Unit) -> list[UnitChange]:
    """What was done to a unit, the last first."""
    query = select(UnitChange).where(UnitChange.unit_id == unit.id).order_by(UnitChange.id.desc())
    return list(db.session.scalars(query))


def figures(unit: Unit) -> dict[str, int]:
    """How many people have their home in a unit or below it, by status; representatives are never among them."""
    query = (
        select(Member.status, func.count())
        .join(Unit, Unit.id == Member.unit_id)
        .where(Unit.path.startswith(unit.path, autoescape=True), Member.erased_at.is_(None))
        .where(Member.status.in_((Status.MEMBER.value, Status.SUPPORTER.value)))
        .group_by(Member.status)
    )
    return {status: count for status, count in db.session.execute(query)}  # noqa: C416 (rows are no pairs to mypy)


def offices(at: datetime) -> list[RoleHolding]:
    """Every office held or to be held, with its holder: those of the whole organisation first."""
    query = (
        select(RoleHolding)
        .join(RoleHolding.member)
        .outerjoin(RoleHolding.unit)
        .options(contains_eager(RoleHolding.member), contains_eager(RoleHolding.unit))
        .where(or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > at), Member.erased_at.is_(None))
        .order_by(Unit.path.is_not(None), Unit.path, RoleHolding.role, Member.name)
    )
    return list(db.session.scalars(query))


def offices_of(unit: Unit, at: datetime) -> list[RoleHolding]:
    """The offices of one unit that are held or to be held (for the nation: of the whole), with their holders."""
    whole = unit.kind == "nation" and unit.parent_id is None
    return [row for row in offices(at) if row.unit_id == unit.id or (whole and row.unit_id is None)]


def by_ids(numbers: set[int]) -> list[Unit]:
    """The units of these numbers."""
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(numbers)))) if numbers else []


def tree(held: list[RoleHolding]) -> list[Place]:
    """The units as a tree, each level by kind and name, with the offices held in each: one statement."""
    by_unit: dict[int, list[RoleHolding]] = defaultdict(list)
    for holding in held:
        if holding.unit_id is not None:
            by_unit[holding.unit_id].append(holding)
    units = sorted(all_units(), key=lambda unit: (unit.path.count("/"), UNIT_KINDS.index(unit.kind), unit.name))
    places: dict[int, Place] = {}
    roots: list[Place] = []
    for unit in units:
        above = places.get(unit.parent_id) if unit.parent_id is not None else None
        place = places[unit.id] = Place(unit, above.depth + 1 if above else 0, by_unit[unit.id])
        (above.below if above else roots).append(place)
    return roots


@act(Permission.UNIT_KEEP, Event.UNIT_MADE)
def make_unit(
    parent: Unit | None,
    name: str,
    kind: str,
    reason: str,
    *,
    workplace: bool = False,
    by: Actor,
    at: datetime,
    act: Act,
) -> Unit:
    """Set up a unit below `parent` (None: beside the nation at the top), with the reason, such as the decision.

    Raises:
        Invalid: if the name is taken or empty, no reason is given, or such a unit cannot stand there.
    """
    require_reason(reason)
    if kind not in PARENTS:
        raise Invalid("Choose what kind of unit it is.", {"kind": "Choose what kind of unit it is."})
    require_place(kind, parent)
    if workplace and kind != "branch":
        raise Invalid("Only a branch can be a workplace branch.", {"workplace": "Only a branch can be one."})
    unit = Unit(name=_name(act.session, name), kind=kind, parent_id=parent.id if parent else None, path="new")
    unit.workplace = workplace
    act.session.add(unit)
    act.session.flush()
    unit.path = f"{parent.path if parent else ''}{unit.id}/"
    act.note(kind=kind, path=unit.path)
    keep(act, unit, "set up", reason, new=unit.name, other=parent)
    return unit


@act(Permission.UNIT_KEEP, Event.UNIT_RENAMED)
def rename(unit: Unit, name: str, reason: str, *, was: str, by: Actor, at: datetime, act: Act) -> Unit:
    """Give a unit another name, with the reason; `was` is the name that the form showed. The old one stays on the record.

    Raises:
        Invalid: if the name is taken or empty, or no reason is given. Stale: if somebody else renamed it meanwhile.
        OutOfOrder: if it is closed:
            what is on record of it stays under the name that it had.
    """
    require_reason(reason)
    require_open(unit)
    if unit.name != was:
        raise Stale(
            f"This unit was renamed to “{unit.name}” since you opened the page. Look again before you rename it."
        )
    if name.strip() != unit.name:
        unit.name = _name(act.session, name, unit.id)
        keep(act, unit, "renamed", reason, old=was, new=unit.name)
    return unit


@act(Permission.UNIT_DESCRIBE, Event.UNIT_DESCRIBED)
def describe(unit: Unit, about: str, readers: str, reason: str = "", *, by: Actor, at: datetime, act: Act) -> Unit:
    """Set down what a unit is, and who may read its register of decisions; a change of it has its reason.

    Raises:
        Invalid: if the words are too many or nobody is chosen to read it. OutOfOrder: if the unit is closed.
    """
    kept = act.session.get(UnitProfile, unit.id)
    act.because(reason, needed=kept is not None)
    require_open(unit)
    problems = {}
    if len(about.strip()) > LONGEST_ABOUT:
        problems["about"] = f"Say it in at most {LONGEST_ABOUT:,} characters."
    if readers not in READERS:
        problems["readers"] = "Choose who may read the register of decisions."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    row = kept or UnitProfile(unit_id=unit.id)
    row.about, row.readers = about.strip(), readers
    act.session.add(row)
    act.note(readers=readers)
    return unit


def require_open(unit: Unit) -> None:
    """Nothing unless a unit is no more.

    Raises:
        OutOfOrder: saying since when.
    """
    if unit.closed_at is not None:
        raise OutOfOrder(f"{unit.name} was closed on {clock.day(unit.closed_at)}.")


def get_open(unit_id: int) -> Unit:
    """A unit, for a page of what is done to it.

    Raises:
        NotFound: if there is none. OutOfOrder: if it is closed.
    """
    unit = get(unit_id)
    require_open(unit)
    return unit


def require_place(kind: str, parent: Unit | None) -> None:
    """Nothing if a unit of this kind may stand there.

    Raises:
        Invalid: saying under what it may.
    """
    if (parent.kind if parent else None) not in PARENTS[kind]:
        places = " or ".join(f"a {place}" if place else "nothing" for place in PARENTS[kind])
        there = f"the {parent.kind} {parent.name}" if parent else "nothing"
        sentence = f"A {kind} stands under {places}, not under {there}."
        raise Invalid(sentence, {"parent": sentence})
    if parent is not None and parent.closed_at is not None:
        raise Invalid(f"{parent.name} is closed.", {"parent": f"{parent.name} is closed."})


def require_reason(reason: str) -> None:
    """Nothing if a reason is given that everybody can read.

    Raises:
        Invalid: if there is none, or it is too long.
    """
    sentence = ""
    if not reason.strip():
        sentence = "Give the reason, such as the decision: everybody can read it."
    elif len(reason.strip()) > 1000:
        sentence = "The reason must have at most 1,000 characters."
    if sentence:
        raise Invalid(sentence, {"reason": sentence})


def keep(
    act: Act, unit: Unit, what: str, reason: str = "", *, old: str = "", new: str = "", other: Unit | None = None
) -> None:
    """Put on the record what is done to a unit. Only acts call it, inside their transaction."""
    if what in IN_THE_REGISTER:
        words = " → ".join(part for part in (old, new) if part) or unit.name
        title = f"{what.capitalize()}: {words}"
        registering.enter(act, unit.id, OFFICER, title, title, reason=reason.strip(), place=f"/units/{unit.id}")
    act.session.add(
        UnitChange(
            unit_id=unit.id,
            what=what,
            old=old,
            new=new,
            other_id=other.id if other else None,
            reason=reason.strip(),
            at=act.at,
            changed_by=act.by.reference,
        )
    )


def _name(session: Session, name: str, own: int | None = None) -> str:
    """A name for the unit `own`, or a new one, if no other is called so, in capitals or not: files and people write both."""
    plain = " ".join(name.split())
    others = select(Unit.name).where(Unit.id != own) if own else select(Unit.name)
    sentence = ""
    if not any(one.isalnum() for one in plain) or len(plain) > 200:
        sentence = "Give the unit a name of at most 200 characters."
    elif taken := next((other for other in session.scalars(others) if folded(other) == folded(plain)), None):
        sentence = f"There is a unit called “{taken}” already; two names must differ by more than capitals."
    if sentence:
        raise Invalid(sentence, {"name": sentence})
    return plain
