"""What stands around a motion's text: phases, composites, relations and consequences, read together in one statement."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Text,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import CompoundSelect, Select

from consult.domain import consequences as domain
from consult.domain.consequences import Kind
from consult.model.amendments import Amendment, AmendmentRelation
from consult.model.composites import Composite, CompositeParent
from consult.model.consequences import Consequence
from consult.model.consultations import Phase
from consult.model.members import Member
from consult.model.motions import Motion
from consult.model.store import Instant, db
from consult.service.consequences import Said


class Span(NamedTuple):
    """A phase of the consultation."""

    kind: str
    opens_at: datetime
    closes_at: datetime
    note: str


class Made(NamedTuple):
    """A composite that the motion goes or went into, or is."""

    id: int
    number: int
    motion_id: int | None
    title: str
    state: str

    @property
    def label(self) -> str:
        """How it is spoken of: "Composite 2"."""
        return f"Composite {self.number}"


class Relation(NamedTuple):
    """How two amendments of the motion stand to each other, by their ids."""

    amendment_id: int
    other_id: int
    relation: str
    clause_id: str


@dataclass
class Surroundings:
    """Everything of these kinds around one motion."""

    #: In order of opening.
    phases: list[Span] = field(default_factory=list)
    #: Newest first.
    composites: list[Made] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    #: Key of the motion or an amendment → the standing consequences in which it is cause or effect.
    follows: dict[str, list[Said]] = field(default_factory=dict)


def around(motion_id: int) -> Surroundings:
    """What stands around a motion, in one statement whatever there is of it."""
    found = Surroundings()
    said: list[Said] = []
    for row in db.session.connection().execute(_query(), {"motion": motion_id}):
        if row.what == "phase":
            found.phases.append(Span(row.w0, row.t0, row.t1, row.w1))
        elif row.what == "composite":
            found.composites.append(Made(row.n0, row.n1, row.n2, row.w0, row.w1))
        elif row.what == "relation":
            found.relations.append(Relation(row.n0, row.n1, row.w0, row.w1))
        else:
            said.append(_said(row, motion_id))
    found.phases.sort(key=lambda span: span.opens_at)
    found.composites.sort(key=lambda made: -made.id)
    found.relations.sort()
    for entry in sorted(said, key=lambda entry: entry.id):
        for key in (entry.cause, entry.effect):
            found.follows.setdefault(key, []).append(entry)
    return found


def _said(row: Row[Any], motion_id: int) -> Said:
    kind, cause, effect, reason, by, because = row.w0, row.w1, row.w2, row.w3, row.w4, row.w5
    names = (_name(cause, row.n2, row.n3, row.n4, motion_id), _name(effect, row.n5, row.n6, row.n7, motion_id))
    return Said(
        row.n0,
        kind,
        domain.sentence(Kind(kind), *names),
        reason,
        bool(row.n1),
        cause,
        effect,
        by,
        row.t0,
        None,
        because,
    )


def _name(key: str, own: int, motion: int | None, amendment: int | None, within: int) -> str:
    """What a sentence calls a motion or amendment, as `consequences.name_of` does."""
    of_motion = f"Motion {motion}" if motion is not None else "Draft motion"
    if key.startswith("motion:"):
        return of_motion
    label = f"Amendment {amendment}" if amendment is not None else "Draft amendment"
    return label if own == within else f"{label} to {of_motion}"


# -- the statement ---------------------------------------------------------------------------------------------------

#: How many columns of each kind every part of the statement has: numbers, words and instants.
_NUMBERS, _WORDS, _INSTANTS = 8, 6, 2


def _columns(
    what: str, numbers: Sequence[Any] = (), words: Sequence[Any] = (), instants: Sequence[Any] = ()
) -> list[ColumnElement[Any]]:
    """The columns of one part; what it does not have is null of the right kind."""
    found: list[ColumnElement[Any]] = [literal(what).label("what")]
    kinds: Any = (("n", Integer, numbers, _NUMBERS), ("w", Text, words, _WORDS), ("t", Instant, instants, _INSTANTS))
    for letter, kind, given, most in kinds:
        own: list[Any] = [type_coerce(column, kind()) for column in given]
        own += [cast(null(), kind()) for _ in range(most - len(given))]
        found += [column.label(f"{letter}{place}") for place, column in enumerate(own)]
    return found


@functools.cache
def _query() -> CompoundSelect[Any]:
    """One statement, made once."""
    motion: ColumnElement[int] = bindparam("motion", type_=Integer)
    mine = select(Amendment.id).where(Amendment.motion_id == motion)
    consultation = select(Motion.consultation_id).where(Motion.id == motion).scalar_subquery()
    into = select(CompositeParent.composite_id).where(CompositeParent.motion_id == motion)
    return union_all(
        select(*_columns("phase", (), (Phase.kind, Phase.note), (Phase.opens_at, Phase.closes_at))).where(
            Phase.consultation_id == consultation
        ),
        select(
            *_columns(
                "composite", (Composite.id, Composite.number, Composite.motion_id), (Composite.title, Composite.state)
            )
        ).where(Composite.id.in_(into) | (Composite.motion_id == motion)),
        select(
            *_columns(
                "relation",
                (AmendmentRelation.amendment_id, AmendmentRelation.other_id),
                (AmendmentRelation.relation, AmendmentRelation.clause_id),
            )
        ).where(AmendmentRelation.amendment_id.in_(mine)),
        _consequences(motion, mine),
    )


def _consequences(motion: Any, mine: Select[Any]) -> Select[Any]:
    """The standing consequences about the motion or its amendments, with what is needed to name both ends."""
    by, (cause, effect) = aliased(Member), (aliased(Motion), aliased(Motion))
    first, then = aliased(Amendment), aliased(Amendment)
    about = or_(
        Consequence.cause_motion_id == motion,
        Consequence.effect_motion_id == motion,
        Consequence.cause_amendment_id.in_(mine),
        Consequence.effect_amendment_id.in_(mine),
    )
    numbers = (
        Consequence.id, cast(Consequence.computed, Integer),
        cause.id, cause.number, first.number, effect.id, effect.number, then.number,
    )  # fmt: skip
    words = (
        Consequence.kind, Consequence.cause, Consequence.effect, Consequence.reason, by.name, Consequence.ended_because,
    )  # fmt: skip
    return (
        select(*_columns("consequence", numbers, words, (Consequence.at,)))
        .join(by, by.id == Consequence.by_id)
        .outerjoin(first, first.id == Consequence.cause_amendment_id)
        .outerjoin(then, then.id == Consequence.effect_amendment_id)
        .join(cause, or_(cause.id == Consequence.cause_motion_id, cause.id == first.motion_id))
        .join(effect, or_(effect.id == Consequence.effect_motion_id, effect.id == then.motion_id))
        .where(about, Consequence.ended_at.is_(None))
    )
