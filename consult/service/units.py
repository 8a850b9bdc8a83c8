"""Units: the tree and its networks, made and renamed by officers, and who holds which office where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager

from consult.domain.errors import Invalid, NotFound, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.members import Member, RoleHolding
from consult.model.store import db
from consult.model.units import UNIT_KINDS, Unit
from consult.service.act import Act, act

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
    "organisation": "an affiliated organisation",
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
    """Every unit, by name."""
    return list(db.session.scalars(select(Unit).order_by(Unit.name)))


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
def make_unit(parent: Unit | None, name: str, kind: str, *, by: Actor, at: datetime, act: Act) -> Unit:
    """Set up a unit below `parent` (None: beside the nation at the top).

    Raises:
        Invalid: if the name is taken or empty, or such a unit cannot stand there.
    """
    if kind not in PARENTS:
        raise Invalid("Choose what kind of unit it is.", {"kind": "Choose what kind of unit it is."})
    if (parent.kind if parent else None) not in PARENTS[kind]:
        below = " or ".join(f"a {above}" if above else "nothing" for above in PARENTS[kind])
        sentence = (
            f"A {kind} stands under {below}, not under {f'the {parent.kind} {parent.name}' if parent else 'nothing'}."
        )
        raise Invalid(sentence, {"parent": sentence})
    unit = Unit(name=_name(act.session, name), kind=kind, parent_id=parent.id if parent else None, path="new")
    act.session.add(unit)
    act.session.flush()
    unit.path = f"{parent.path if parent else ''}{unit.id}/"
    act.note(kind=kind, path=unit.path)
    return unit


@act(Permission.UNIT_KEEP, Event.UNIT_RENAMED)
def rename(unit: Unit, name: str, *, was: str, by: Actor, at: datetime, act: Act) -> Unit:
    """Give a unit another name; `was` is the name that the form showed.

    Raises:
        Invalid: if the name is taken or empty. Stale: if somebody else renamed it meanwhile.
    """
    if unit.name != was:
        raise Stale(
            f"This unit was renamed to “{unit.name}” since you opened the page. Look again before you rename it."
        )
    if name.strip() != unit.name:
        unit.name = _name(act.session, name)
    return unit


def _name(session: Session, name: str) -> str:
    plain = " ".join(name.split())
    sentence = ""
    if not plain or len(plain) > 200:
        sentence = "Give the unit a name of at most 200 characters."
    elif session.scalar(select(Unit.id).where(Unit.name == plain)):
        sentence = f"There is a unit called “{plain}” already."
    if sentence:
        raise Invalid(sentence, {"name": sentence})
    return plain
