"""The one statement that searches, on either database: made once for each shape of question, for making it takes longer than finding
a rare word does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Double,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    column,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from consult.domain import searching
from consult.domain.searching import OF_UNIT
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.model.search import SearchDocument
from consult.model.units import Unit

A_PAGE = 20
#: Of a text, the characters in which the excerpt is looked for.
READ = 40_000
#: What stands above every match of words elsewhere: what is called by the very number asked for; then what has all the words in
#: its heading, motions first and what they became next. Ranks are never so large as the least of these.
NAMED, HEADED = 1e6, 1e3

_found = SearchDocument.__table__.c
_units, _motions, _consultations = Unit.__table__.c, Motion.__table__.c, Consultation.__table__.c
_index = table("search_index", column("rowid"), column("rank", Double()))


@dataclass(frozen=True)
class Shape:
    """What decides the form of the statement; everything else is one of its values."""

    dialect: str
    #: Words are looked for; by date, or the best first.
    words: bool
    by_date: bool
    audiences: tuple[str, ...]
    #: Somebody who also finds what is their own; who reads the registers of units by their numbers, by so many paths, or all of them.
    own: bool = False
    registers: bool = False
    paths: int = 0
    all_registers: bool = False
    #: Something called by its number, an amendment perhaps by that of its motion too.
    numbered: bool = False
    of_motion: bool = False
    #: The names of the filters in use, and whether this is a page after the first.
    narrowed: frozenset[str] = frozenset()
    later: bool = False


@lru_cache(maxsize=500)
def statement(shape: Shape) -> Select[Any]:
    """What pages show of one page of documents, with the motion and consultation that they belong to as they are called now."""
    chosen, place = _matching(shape)
    chosen = chosen.where(_visible(shape), *(_NARROWED[name] for name in sorted(shape.narrowed)))
    few = _from(chosen, place, shape).limit(A_PAGE + 1).subquery()
    order = (few.c.place.desc(), few.c.id.desc()) if shape.by_date else (few.c.place, few.c.id)
    return (
        select(
            few.c.id, few.c.place, _found.kind, _found.subject_id, _found.heading,
            func.substr(_found.body, 1, READ).label("body"), _found.state, _found.at, _found.unit_id,
            _units.name.label("unit"), _found.motion_id, _motions.number.label("motion_number"),
            _motions.title.label("motion_title"), _motions.topic.label("topic"), _found.consultation_id,
            _consultations.title.label("consultation"),
        )
        .select_from(few)
        .join(SearchDocument.__table__, _found.id == few.c.id)
        .outerjoin(Unit.__table__, _units.id == _found.unit_id)
        .outerjoin(Motion.__table__, _motions.id == _found.motion_id)
        .outerjoin(Consultation.__table__, _consultations.id == _found.consultation_id)
        .order_by(*order)
    )  # fmt: skip


def _matching(shape: Shape) -> tuple[Select[Any], Any]:
    """The documents that match, each with its place in the order: a rank (the least is the best), or its date."""
    if not shape.words:
        return select(_found.id, _found.at.label("place")), _found.at
    if shape.dialect == "sqlite":
        match = literal_column("search_index").op("MATCH")
        headed: Any = _index.c.rowid.in_(select(_index.c.rowid).where(match(bindparam("headed"))).scalar_subquery())
        place = _found.at if shape.by_date else _above(shape, _index.c.rank, headed)
        found = select(_found.id, place.label("place")).select_from(_index)
        found = found.join(SearchDocument.__table__, _found.id == _index.c.rowid)
        return found.where(match(bindparam("asked"))), place
    asked, words = (cast(bindparam(name, type_=String()), TSQUERY) for name in ("asked", "headed"))
    rank: Any = -cast(func.ts_rank(_found.vector, asked, 1), Double())
    place = _found.at if shape.by_date else _above(shape, rank, _found.vector.op("@@")(words))
    return select(_found.id, place.label("place")).where(_found.vector.op("@@")(asked)), place


def _above(shape: Shape, rank: Any, headed: Any) -> Any:
    """A rank, above those of all others where a thing is called by the number asked for or has the words in its heading."""
    first = case((_found.kind == searching.MOTION, 3.0), (_found.kind == searching.POLICY, 2.0), else_=1.0)
    named = []
    if shape.numbered:
        called = and_(_found.number == bindparam("number"), _found.kind.in_(bindparam("called", expanding=True)))
        if shape.of_motion:
            motions = select(_motions.id).where(_motions.number == bindparam("motion"))
            called = and_(called, _found.motion_id.in_(motions))
        named = [(called, NAMED * first)]
    return rank - case(*named, (headed, HEADED * first), else_=0.0)


def _visible(shape: Shape) -> Any:
    """What a person may see, by the audience of each document and the instant from which it is shown."""
    seen: list[Any] = [_found.audience.in_(shape.audiences)]
    if shape.registers:
        seen.append(and_(_found.audience == OF_UNIT, _found.unit_id.in_(bindparam("homes", expanding=True))))
    if shape.all_registers:
        seen.append(_found.audience == OF_UNIT)
    elif shape.paths:
        below = or_(*(_units.path.like(bindparam(f"path_{number}")) for number in range(shape.paths)))
        seen.append(and_(_found.audience == OF_UNIT, _found.unit_id.in_(select(_units.id).where(below))))
    shown = or_(_found.visible_from.is_(None), _found.visible_from <= bindparam("now"))
    return or_(and_(or_(*seen), shown), _found.owner_id == bindparam("own") if shape.own else false())


def _within() -> Any:
    above = select(_units.path).where(_units.id == bindparam("unit_id")).scalar_subquery()
    return _found.unit_id.in_(select(_units.id).where(_units.path.startswith(above)))


_NARROWED: dict[str, Any] = {
    "kind": _found.kind == bindparam("kind"),
    "unit_id": _within(),
    "consultation_id": _found.consultation_id == bindparam("consultation_id"),
    "state": _found.state == bindparam("state"),
    "since": _found.at >= bindparam("since"),
    "until": _found.at < bindparam("until"),
}


def _from(chosen: Select[Any], place: Any, shape: Shape) -> Select[Any]:
    """In order, from where the page before ended."""
    last: Any = bindparam("last", type_=_found.at.type if shape.by_date else Double())
    number: Any = bindparam("last_id")
    if shape.by_date:
        if shape.later:
            chosen = chosen.where(or_(place < last, and_(place == last, _found.id < number)))
        return chosen.order_by(place.desc(), _found.id.desc())
    if shape.later:
        chosen = chosen.where(or_(place > last, and_(place == last, _found.id > number)))
    return chosen.order_by(place, _found.id)
