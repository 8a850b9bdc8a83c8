"""What stands before a meeting and what can be put to it: the item, the question, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain import hall
from consult.domain.hall import Majority, Procedure
from consult.model.amendments import Amendment
from consult.model.hall import BusinessItem, Division, Sitting
from consult.model.store import db
from consult.service import (
    consultations,
    hall_text,
    leaves,
    requisitions,
)


@dataclass(frozen=True)
class Asked:
    """A question to be put: an amendment, a part, the motion, or a procedural motion with its words."""

    kind: str
    amendment: Amendment | None = None
    part: int | None = None
    procedure: str = ""
    words: str = ""
    #: For taking a motion in parts: as typed.
    parts: str = ""


def before(sitting: Sitting) -> BusinessItem | None:
    """The item that is before the meeting."""
    return next((item for item in sitting.items if item.state == hall.BEFORE), None)


def coming(sitting: Sitting) -> list[BusinessItem]:
    """The items still to come, without motions that fell or were withdrawn in the meantime."""
    to_come = [item for item in sitting.items if item.state == hall.TO_COME]
    return [item for item in to_come if item.motion is None or item.motion.state == "on the order paper"]


def question(sitting: Sitting, session: Session | None = None) -> Division | None:
    """The question that has been put and not declared."""
    query = select(Division).where(Division.sitting_id == sitting.id, Division.declared_at.is_(None))
    return (session or db.session()).scalars(query).one_or_none()


def division(sitting: Sitting, number: int | None) -> Division | None:
    """A question of this sitting by the number of its row, declared or not."""
    found = db.session.get(Division, number) if number is not None else None
    return found if found is not None and found.sitting_id == sitting.id else None


def declared(sitting: Sitting) -> list[Division]:
    """Every question that was declared, in order."""
    query = select(Division).where(Division.sitting_id == sitting.id, Division.declared_at.is_not(None))
    return list(db.session.scalars(query.order_by(Division.number)))


def next_question(session: Session, item: BusinessItem | None) -> Asked | None:
    """What comes next for an item: leave to take it where it needs that, its amendments in the order of votes, its parts,
    then the motion itself."""
    if item is None:
        return None
    if item.kind == "report":
        return Asked(hall.PROCEDURE, procedure="adopt report")
    if item.kind != "motion":
        return None
    if item.motion is not None and leaves.missing(session, item.motion) is not None:
        return Asked(hall.PROCEDURE, procedure="give leave")
    waiting = hall_text.standing(session, item).waiting
    if waiting:
        return Asked(hall.AMENDMENT, waiting[0])
    if item.parts:
        query = select(Division.part).where(
            Division.item_id == item.id, Division.kind == hall.PART, Division.outcome.in_((hall.CARRIED, hall.LOST))
        )
        done = set(session.scalars(query))
        return next((Asked(hall.PART, part=place) for place in range(len(item.parts)) if place not in done), None)
    return Asked(hall.MOTION)


def words_of(asked: Asked, item: BusinessItem | None) -> str:
    """The question as it is put to the meeting."""
    if asked.kind == hall.AMENDMENT and asked.amendment is not None and item is not None and item.motion is not None:
        return f"{asked.amendment.label} ({asked.amendment.unit.name}) to {item.motion.label}"
    if asked.kind == hall.PART and item is not None and item.parts and asked.part is not None:
        return f"{item.title}, part {asked.part + 1} of {len(item.parts)}: {item.parts[asked.part]['name']}"
    if asked.kind == hall.MOTION and item is not None:
        return item.title
    found = hall.procedure(asked.procedure)
    if found.about in ("motion", "leave") and item is not None and item.motion is not None:
        return f"{found.question} ({item.motion.label})"
    return f"{found.question}: {asked.words.strip()}" if asked.words.strip() else found.question


def possible(sitting: Sitting) -> list[Procedure]:
    """The procedural motions that can be put now, by the rulebook and by what is before the meeting."""
    item = before(sitting)
    known = consultations.rules_of(sitting.consultation).hall
    taken = requisitions.at_sitting(db.session(), sitting)
    about = item.kind if item is not None else ""
    leave = item is not None and item.motion is not None and leaves.missing(db.session(), item.motion) is not None
    recall = taken is not None and taken.kind == "recall" and taken.state == "called"
    return [
        one
        for one in hall.PROCEDURES
        if (not one.rule or one.rule in known)
        and (one.about in ("", about) or (one.about == "recall" and recall) or (one.about == "leave" and leave))
    ]


def majority_of(sitting: Sitting, item: BusinessItem | None, procedure: str) -> Majority:
    """What carries a procedural motion, by the rulebook; leave to take a motion as it asks of motions of that kind."""
    if procedure == "give leave" and item is not None and item.motion is not None:
        return leaves.missing(db.session(), item.motion) or hall.SIMPLE
    return consultations.rules_of(sitting.consultation).majority(procedure)
