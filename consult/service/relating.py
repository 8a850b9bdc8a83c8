"""How the amendments of a motion stand to one another: worked out once for each as it comes, among its neighbours alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, joinedload

from consult.model.amendments import Amendment, AmendmentRelation, AmendmentTouch
from consult.model.motions import Motion, MotionVersion
from consult.model.store import db
from consult.service import versions
from consult.service.wording import GONE as GONE
from consult.service.wording import base_of
from consult.service.wording import text_of as text_of
from consult.text.clauses import Document
from consult.text.footprints import WHOLE, clauses_met, footprint
from consult.text.operations import Amendment as TextAmendment
from consult.text.operations import Operation
from consult.text.ordering import Matter, matter
from consult.text.relations import Relating, Relation, RelationIndex

#: How each relation is stored for the amendment of the lower id, when it is the first named and when the second.
STORED: dict[Relating, tuple[str, str]] = {
    Relating.SAME_POINT: ("same point", "same point"),
    Relating.OVERLAP: ("overlap", "overlap"),
    Relating.IDENTICAL: ("identical", "identical"),
    Relating.CONTAINS: ("contains", "contained"),
    Relating.DEPENDS: ("depends on", "needed by"),
}


def seen_from_other(relation: str) -> str:
    """A stored relation read the other way round.

    >>> seen_from_other("contains"), seen_from_other("overlap")
    ('contained', 'overlap')
    """
    turned = dict(STORED.values()) | {second: first for first, second in STORED.values()}
    return turned[relation]


def related(amendment: Amendment) -> list[tuple[str, Amendment]]:
    """The amendments it stands in a relation to, each with the relation as seen from this one, by number."""
    query = (
        select(AmendmentRelation, Amendment)
        .join(
            Amendment,
            or_(
                (AmendmentRelation.amendment_id == amendment.id) & (Amendment.id == AmendmentRelation.other_id),
                (AmendmentRelation.other_id == amendment.id) & (Amendment.id == AmendmentRelation.amendment_id),
            ),
        )
        .where(Amendment.state.not_in(GONE))
        .order_by(Amendment.number)
    )
    return [
        (row.relation if row.amendment_id == amendment.id else seen_from_other(row.relation), other)
        for row, other in db.session.execute(query)
    ]


def neighbours(
    session: Session, motion_id: int, version_id: int, clauses: Iterable[str], but: int | None = None
) -> list[Amendment]:
    """The amendments before a motion that touch one of these clauses (see `clauses_met`), by number, in one statement."""
    wanted = set(clauses)
    query = (
        select(Amendment)
        .where(
            Amendment.motion_id == motion_id,
            Amendment.base_version_id == version_id,
            Amendment.number.is_not(None),
            Amendment.state.not_in(GONE),
            Amendment.id != (but or 0),
            Amendment.parent_id.is_(None),
        )
        .options(joinedload(Amendment.base_version), joinedload(Amendment.unit))
        .order_by(Amendment.number)
    )
    if WHOLE not in wanted:
        near = select(AmendmentTouch.amendment_id).where(AmendmentTouch.clause_id.in_([*wanted, WHOLE]))
        query = query.where(Amendment.id.in_(near))
    return list(session.scalars(query))


def near(
    session: Session, motion_id: int, version: MotionVersion, base: Document, made: Sequence[Operation]
) -> list[Amendment]:
    """The amendments before a motion that operations on a version could meet."""
    return neighbours(session, motion_id, version.id, clauses_met(footprint(base, made)))


def relate_one(session: Session, row: Amendment) -> None:
    """Store what one amendment touches and how it stands to its neighbours; only acts call it, once it has its number."""
    if row.parent is not None:
        _relate_child(session, row, row.parent)
        return
    base = versions.document_of(row.base_version)
    own = text_of(row)
    clauses = clauses_met(footprint(base, own.operations))
    _forget(session, [row.id])
    session.add_all(AmendmentTouch(amendment_id=row.id, clause_id=clause) for clause in sorted(clauses))
    index = RelationIndex(base)
    others = {
        str(other.id): text_of(other)
        for other in neighbours(session, row.motion_id, row.base_version_id, clauses, row.id)
    }
    for other in others.values():
        index.add(other)
    others[own.key] = own
    session.add_all(_stored(base, others, relation) for relation in index.add(own))
    session.flush()


def _relate_child(session: Session, row: Amendment, parent: Amendment) -> None:
    """An amendment to an amendment depends on that one, and meets the others that amend it."""
    _forget(session, [row.id])
    index = RelationIndex(versions.document_of(row.base_version))
    texts = {str(parent.id): text_of(parent)}
    index.add(texts[str(parent.id)])
    for other in siblings(session, row):
        texts[str(other.id)] = text_of(other)
        index.add(texts[str(other.id)])
    texts[str(row.id)] = own = text_of(row)
    session.add_all(_stored(base_of(row), texts, relation) for relation in index.add(own))
    session.flush()


def children(parent: Amendment) -> list[Amendment]:
    """The amendments to an amendment that are before the motion, by number; they are put before it."""
    query = select(Amendment).where(Amendment.parent_id == parent.id, Amendment.number.is_not(None))
    query = query.where(Amendment.state.not_in(GONE)).options(joinedload(Amendment.unit))
    return list(db.session.scalars(query.order_by(Amendment.number)))


def siblings(session: Session, row: Amendment) -> list[Amendment]:
    """The other amendments to the same amendment that are before the motion, by number."""
    query = select(Amendment).where(
        Amendment.parent_id == row.parent_id,
        Amendment.id != row.id,
        Amendment.number.is_not(None),
        Amendment.base_version_id == row.base_version_id,
        Amendment.state.not_in(GONE),
    )
    return list(session.scalars(query.order_by(Amendment.number)))


def relate(session: Session, motion: Motion, version: MotionVersion) -> None:
    """Store anew how all amendments before a motion stand to one another, when its text changed; only acts call it."""
    query = select(Amendment).where(
        Amendment.motion_id == motion.id, Amendment.number.is_not(None), Amendment.state.not_in(GONE)
    )
    rows = list(session.scalars(query.options(joinedload(Amendment.base_version)).order_by(Amendment.number)))
    _forget(session, select(Amendment.id).where(Amendment.motion_id == motion.id))
    base = versions.document_of(version)
    index = RelationIndex(base)
    texts: dict[str, TextAmendment] = {}
    for row in rows:
        if row.base_version_id == version.id and row.parent_id is None:
            texts[str(row.id)] = own = text_of(row)
            found = index.add(own)
            touched = sorted(clauses_met(footprint(base, own.operations)))
            session.add_all(AmendmentTouch(amendment_id=row.id, clause_id=clause) for clause in touched)
            session.add_all(_stored(base, texts, relation) for relation in found)
    for row in rows:
        if row.base_version_id == version.id and row.parent is not None and str(row.parent_id) in texts:
            texts[str(row.id)] = own = text_of(row)
            onto = base_of(row)
            session.add_all(_stored(onto, texts, relation) for relation in index.add(own))


def _forget(session: Session, ids: object) -> None:
    session.execute(delete(AmendmentTouch).where(AmendmentTouch.amendment_id.in_(ids)))  # type: ignore[arg-type]
    either = or_(AmendmentRelation.amendment_id.in_(ids), AmendmentRelation.other_id.in_(ids))  # type: ignore[arg-type]
    session.execute(delete(AmendmentRelation).where(either))


def _stored(base: Document, texts: dict[str, TextAmendment], relation: Relation) -> AmendmentRelation:
    first, second = sorted((int(relation.first), int(relation.second)))
    words = STORED[relation.kind]
    found = Matter.NOTHING
    if relation.kind is not Relating.DEPENDS:
        same = relation.kind is Relating.IDENTICAL
        found = matter(base, texts[str(first)], texts[str(second)], identical=same)
    return AmendmentRelation(
        amendment_id=first,
        other_id=second,
        relation=words[0] if int(relation.first) == first else words[1],
        clause_id=relation.spots[0].clause if relation.spots else "",
        matter=found.value,
    )
