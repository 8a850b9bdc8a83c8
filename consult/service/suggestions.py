"""What the texts themselves suggest as consequences: within a motion from stored relations, across motions from like words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.domain import consequences as domain
from consult.domain.consequences import Kind
from consult.model.amendments import Amendment, AmendmentRelation
from consult.model.consequences import Consequence
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import versions
from consult.service.consequences import OPEN_AMENDMENT, OPEN_MOTION, key_of, name_of
from consult.text import likeness
from consult.text.ordering import Matter


@dataclass(frozen=True)
class Suggested:
    """A consequence that nobody has confirmed yet: the keys, the sentence, and what in the texts suggests it."""

    kind: str
    cause: str
    effect: str
    sentence: str
    reason: str


def of_motion(motion: Motion, standing: Iterable[Consequence]) -> list[Suggested]:
    """Everything suggested for a motion: two statements within it, one across; what stands already is left out."""
    taken = {frozenset((row.cause, row.effect)) for row in standing}
    found = [*within(motion), *across(motion)]
    return [entry for entry in found if frozenset((entry.cause, entry.effect)) not in taken]


def within(motion: Motion) -> list[Suggested]:
    """From the stored relations of its amendments, in the order in which they are put."""
    rows = {
        row.id: row
        for row in db.session.scalars(
            select(Amendment).where(Amendment.motion_id == motion.id, Amendment.state.in_(OPEN_AMENDMENT))
        )
    }
    query = (
        select(AmendmentRelation)
        .where(AmendmentRelation.amendment_id.in_(rows))
        .order_by(AmendmentRelation.amendment_id, AmendmentRelation.other_id)
    )
    made = (
        _from_relation(motion, relation, rows[relation.amendment_id], rows[relation.other_id])
        for relation in db.session.scalars(query)
        if relation.other_id in rows
    )
    return [entry for entry in made if entry is not None]


def _from_relation(motion: Motion, relation: AmendmentRelation, one: Amendment, two: Amendment) -> Suggested | None:
    if relation.relation in ("depends on", "needed by"):
        needs, needed = (one, two) if relation.relation == "depends on" else (two, one)
        why = f"{needs.label} changes words that only {needed.label} puts in."
        return _suggested(Kind.IF_LOST, needed, needs, why, motion.id)
    first, second = sorted((one, two), key=_rank)
    if relation.matter == Matter.SAME:
        return _suggested(Kind.IF_CARRIED, first, second, "They make the same change.", motion.id)
    bad_way = {Matter.FIRST_LEADS: two, Matter.SECOND_LEADS: one}.get(Matter(relation.matter or "nothing"))
    if relation.matter == Matter.ONE_STANDS or first is bad_way:
        return _suggested(Kind.IF_CARRIED, first, second, "They change the same words.", motion.id)
    return None


def _rank(row: Amendment) -> tuple[bool, int, int]:
    return (row.order is None, row.order or 0, row.number or 0)


def _suggested(kind: Kind, cause: Motion | Amendment, effect: Motion | Amendment, why: str, within: int) -> Suggested:
    sentence = domain.sentence(kind, name_of(cause, within), name_of(effect, within))
    return Suggested(kind.value, key_of(cause), key_of(effect), sentence, why)


def across(motion: Motion) -> list[Suggested]:
    """From the other motions of the consultation: two that resolve nearly the same can hardly both be carried."""
    if motion.version is None or motion.state not in OPEN_MOTION:
        return []
    query = select(Motion).where(
        Motion.consultation_id == motion.consultation_id, Motion.id != motion.id, Motion.state.in_(OPEN_MOTION)
    )
    others = db.session.scalars(query.options(joinedload(Motion.version)).order_by(Motion.number)).all()
    own = versions.document_of(motion.version)
    texts: Mapping[int, Motion] = {other.id: other for other in others if other.version is not None}
    alike = likeness.alike(
        own, {str(key): versions.document_of(row.version) for key, row in texts.items() if row.version}
    )
    found = []
    for pair in alike:
        other = texts[int(pair.other)]
        first, second = sorted((motion, other), key=lambda row: row.number or 0)
        where = f"{pair.label} of {motion.label} and {pair.other_label} of {other.label}"
        same = "decide the same" if pair.same else "decide the same thing in other words"
        why = f"{where} {same}: ‘{pair.words}’ and ‘{pair.other_words}’." if not pair.same else f"{where} {same}."
        found.append(_suggested(Kind.IF_CARRIED, first, second, why, 0))
    return found
