"""The amendments of a composite's parents: carried over where their words are in it as they were, else their movers asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.domain.errors import NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.lifecycle import AMENDABLE
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.composites import Composite, CompositeAmendment, CompositeParent
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion
from consult.model.store import db
from consult.service import amendments, composites, relating, versions
from consult.service.act import Act, act
from consult.text.clauses import Clause, Document
from consult.text.compose import Source
from consult.text.operations import Delete, Insert, Move, Operation, Replace, Retitle
from consult.text.rebase import Rebasing, Status

#: States in which an amendment to a parent is still before the conference.
STANDING = ("in order", "not accepted", "accepted by mover")


@dataclass(frozen=True)
class Fate:
    """What would become of an amendment to a parent: the operations on the composite, or why there are none."""

    row: Amendment
    operations: tuple[Operation, ...] | None
    notes: tuple[str, ...]


# -- reading ---------------------------------------------------------------------------------------------------------


def fates(composite: Composite) -> list[Fate]:
    """What would become of every amendment to the parents, by motion and number."""
    document, sources = composites.document_of(composite), composites.sources_of(composite)
    found: list[Fate] = []
    for parent in composite.parents:
        rows = _standing(parent)
        if rows:
            found += _of_parent(document, sources, parent, rows)
    return found


def _standing(parent: CompositeParent) -> list[Amendment]:
    query = select(Amendment).where(
        Amendment.motion_id == parent.motion_id, Amendment.number.is_not(None), Amendment.state.in_(STANDING)
    )
    options = (joinedload(Amendment.base_version), joinedload(Amendment.unit), joinedload(Amendment.motion))
    return list(db.session.scalars(query.options(*options).order_by(Amendment.number)))


def _of_parent(
    document: Document, sources: Mapping[str, tuple[Source, ...]], parent: CompositeParent, rows: list[Amendment]
) -> list[Fate]:
    old = versions.document_of(parent.version)
    back = _own_names(document, sources, str(parent.motion_id), old)
    seen = Document(tuple(Clause(back.get(c.id, c.id), c.kind, c.text, c.marks) for c in document.clauses))
    there = {name: clause for clause, name in back.items()}
    rebasing = Rebasing(old, seen)
    return [_fate(rebasing, there, document, row, parent) for row in rows]


def _own_names(
    document: Document, sources: Mapping[str, tuple[Source, ...]], parent: str, old: Document
) -> dict[str, str]:
    """Clause of the composite → the parent's clause that it is, where it comes from exactly one, and that one only once."""
    own = {
        clause: [source.clause for source in sources.get(clause, ()) if source.parent == parent]
        for clause in document.ids
    }
    named = [found[0] for found in own.values() if len(found) == 1]
    return {
        clause: found[0]
        for clause, found in own.items()
        if len(found) == 1 and named.count(found[0]) == 1 and found[0] in old
    }


def _fate(
    rebasing: Rebasing, there: Mapping[str, str], document: Document, row: Amendment, parent: CompositeParent
) -> Fate:
    if row.base_version_id != parent.version_id or row.parent_id is not None:
        return Fate(row, None, ("It was made on another text than the one that was composited.",))
    result = rebasing.rebase(relating.text_of(row))
    if result.status is Status.MADE:
        return Fate(row, None, ("The composite says so already.",))
    if result.amendment is None:
        return Fate(row, None, tuple(conflict.sentence for conflict in result.conflicts))
    made = tuple(_renamed(operation, there) for operation in result.amendment.operations)
    lost = [name for operation in made if (name := _names(operation)) and name not in document]
    if lost:
        return Fate(row, None, ("The clause that it changes is not in the composite.",))
    return Fate(row, made, result.notes)


def _names(operation: Operation) -> str:
    if isinstance(operation, Insert):
        return operation.after
    return getattr(operation, "clause", "")


def _renamed(operation: Operation, there: Mapping[str, str]) -> Operation:
    """The operation with the composite's names of clauses for the parent's."""
    if isinstance(operation, Insert):
        return replace(operation, after=there.get(operation.after, operation.after))
    if isinstance(operation, Move):
        return replace(
            operation,
            clause=there.get(operation.clause, operation.clause),
            after=there.get(operation.after, operation.after),
        )
    if isinstance(operation, Replace | Delete | Retitle):
        return replace(operation, clause=there.get(operation.clause, operation.clause))
    return operation


def of_composite(composite_id: int) -> list[CompositeAmendment]:
    """What became of the amendments, by the parent's number: one statement."""
    query = (
        select(CompositeAmendment)
        .join(Amendment, Amendment.id == CompositeAmendment.amendment_id)
        .where(CompositeAmendment.composite_id == composite_id)
        .options(
            joinedload(CompositeAmendment.amendment).options(joinedload(Amendment.motion), joinedload(Amendment.unit)),
            joinedload(CompositeAmendment.became),
        )
        .order_by(Amendment.motion_id, Amendment.number)
    )
    return list(db.session.scalars(query))


def of_amendment(amendment_id: int) -> CompositeAmendment | None:
    """What became of one amendment to a parent."""
    query = select(CompositeAmendment).where(CompositeAmendment.amendment_id == amendment_id)
    return db.session.scalars(query.options(joinedload(CompositeAmendment.composite))).one_or_none()


def unanswered(motion_id: int) -> list[Amendment]:
    """Amendments to a composite's parents whose movers were asked and have not answered, for that composite's motion."""
    query = (
        select(Amendment)
        .join(CompositeAmendment, CompositeAmendment.amendment_id == Amendment.id)
        .join(Composite, Composite.id == CompositeAmendment.composite_id)
        .where(Composite.motion_id == motion_id, CompositeAmendment.outcome == "asked")
        .options(joinedload(Amendment.motion))
    )
    return list(db.session.scalars(query.order_by(Amendment.id)))


# -- carrying over ---------------------------------------------------------------------------------------------------


def carry_over(act: Act, composite: Composite, motion: Motion) -> tuple[list[int], list[int]]:
    """Inside the act of publishing: carry over what can be, ask about the rest; the ids of both."""
    carried: list[int] = []
    asked: list[int] = []
    version = motion.version
    assert version is not None  # noqa: S101 (it has just been made)
    for fate in fates(composite):
        row = fate.row
        kept = CompositeAmendment(
            amendment_id=row.id, composite_id=composite.id, outcome="asked", notes=list(fate.notes)
        )
        became = _moved(act, motion, version, fate) if fate.operations else None
        if became is not None:
            kept.outcome, kept.became_id, kept.answered_at = "carried over", became.id, act.at
        act.session.add(kept)
        act.step(row, "composite", check_permission=False)
        row.revision += 1
        act.record(Event.AMENDMENT_COMPOSITED, row, composite=composite.id, became=became.id if became else None)
        (carried if became else asked).append(row.id)
        _tell(act, composite, motion, row, became, fate.notes)
    act.session.flush()
    return carried, asked


def _moved(act: Act, motion: Motion, version: MotionVersion, fate: Fate) -> Amendment:
    """The amendment as one to the composite, in the state that it had; everything shown of it is worked out anew."""
    old = fate.row
    last = act.session.scalar(select(func.max(Amendment.number)).where(Amendment.motion_id == motion.id))
    row = Amendment(
        motion_id=motion.id, number=(last or 0) + 1, mover_id=old.mover_id, unit_id=old.unit_id, state="in order",
        base_version_id=version.id, operations=[], rubric=[], marked=[], reason=old.reason, created_at=act.at,
        submitted_at=old.submitted_at, submitted_by_id=old.submitted_by_id,
    )  # fmt: skip
    made = amendments.shown(versions.document_of(version), versions.lines_of(version), fate.operations or ())
    amendments.keep(row, made)
    act.session.add(row)
    act.session.flush()
    relating.relate_one(act.session, row)
    act.record(Event.AMENDMENT_SUBMITTED, row, carried_over_from=old.id)
    return row


def _tell(
    act: Act, composite: Composite, motion: Motion, row: Amendment, became: Amendment | None, notes: tuple[str, ...]
) -> None:
    for number in dict.fromkeys(filter(None, (row.mover_id, row.submitted_by_id))):
        act.notify(
            "amendment-carried-over", act.session.get_one(Member, number), once=f"carried-over:{row.id}:{number}",
            composite=composite.id, label=composite.label, title=composite.title, amendment_label=row.label,
            of=row.motion.label, carried=became is not None, became=became.id if became else 0,
            became_label=became.label if became else "", motion=motion.id, motion_label=motion.label, notes=list(notes),
        )  # fmt: skip


@act(Permission.AMENDMENT_WITHDRAW, Event.AMENDMENT_WITHDRAWN)
def answer(
    amendment: Amendment, anew: bool, sections: Mapping[str, str] | None = None, *, by: Actor, at: datetime, act: Act
) -> CompositeAmendment:
    """The mover's answer about an amendment that could not be carried over: move it anew on the composite, or let it go.

    Moved anew it is a draft on the words of the composite, which the branch's delegate submits like any other.

    Raises:
        NotFound: if nobody asked. OutOfOrder: if it was answered, or the composite's text is frozen.
        Invalid: if nothing of the composite is changed.
    """
    kept = act.session.get(CompositeAmendment, amendment.id)
    if kept is None:
        raise NotFound("Nobody asked about this amendment.")
    if kept.outcome != "asked":
        raise OutOfOrder(f"This was answered: the amendment is {kept.outcome}.")
    kept.answered_at = at
    if not anew:
        kept.outcome = "given up"
        return kept
    motion = kept.composite.motion
    if motion is None or motion.version is None or motion.state not in AMENDABLE:
        raise OutOfOrder("The composite can no longer be amended.")
    row = Amendment(
        motion_id=motion.id, mover_id=amendment.mover_id, unit_id=amendment.unit_id, base_version_id=motion.version.id,
        operations=[], rubric=[], marked=[], reason=amendment.reason, created_at=at,
    )  # fmt: skip
    base = versions.document_of(motion.version)
    act.session.add(row)
    act.session.flush()
    amendments.keep(row, amendments.work_out(base, versions.lines_of(motion.version), sections or {}, f"a{row.id}"))
    kept.outcome, kept.became_id = "moved anew", row.id
    return kept
