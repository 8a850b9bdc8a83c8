"""The units that a register of members may name, by their names: which is meant, which was closed, and what became of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace


def folded(text: str) -> str:
    """A name for comparing: spaces made one, case folded, composed alike.

    >>> folded("  Llanfair  Dyffryn "), folded("ALDER")
    ('llanfair dyffryn', 'alder')
    """
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


@dataclass(frozen=True)
class Place:
    """A unit that may be somebody's home, with the names above it.

    `closed` is when it was closed, on the organisation's clock; `into` what it was merged into, which takes its place.
    `alike` are others whose names differ from this one by capitals or spaces alone.
    """

    id: int
    name: str
    kind: str
    region: str = ""
    closed: str = ""
    into: Place | None = None
    alike: tuple[Place, ...] = ()


@dataclass(frozen=True)
class KnownUnit:
    """What is known of a unit that a file may name: where it stands, when it was closed, and what it was merged into."""

    id: int
    name: str
    kind: str
    parent_id: int | None
    closed: str = ""
    into_id: int | None = None


def places_of(units: Iterable[KnownUnit]) -> dict[str, Place]:
    """Homes by folded name; networks and organisations are nobody's home. An open unit goes before a closed one."""
    rows = {unit.id: unit for unit in units if unit.kind in ("nation", "region", "branch")}
    made: dict[str, Place] = {}
    for unit in sorted(rows.values(), key=lambda unit: (unit.closed != "", unit.id)):
        place = _placed(unit, rows)
        last = _last(unit, rows)
        if last is not unit:
            place = replace(place, into=_placed(last, rows)) if not last.closed else place
        first = made.get(folded(unit.name))
        if first is None:
            made[folded(unit.name)] = place
        elif first.closed == "" and place.closed:  # the one that is open is meant, unless the other is written exactly
            made[folded(unit.name)] = first
        else:
            made[folded(unit.name)] = replace(first, alike=(*first.alike, place))
    return made


def _placed(unit: KnownUnit, rows: dict[int, KnownUnit]) -> Place:
    above = rows.get(unit.parent_id or 0)
    region = above.name if above is not None and above.kind == "region" and unit.kind == "branch" else ""
    return Place(unit.id, unit.name, unit.kind, region, unit.closed)


def _last(unit: KnownUnit, rows: dict[int, KnownUnit]) -> KnownUnit:
    """What a unit has become, by one merger after another."""
    seen = {unit.id}
    while unit.closed and unit.into_id in rows and unit.into_id not in seen:
        unit = rows[unit.into_id]
        seen.add(unit.id)
    return unit
