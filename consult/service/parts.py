"""A motion taken in parts: divided, each part put, and the substantive text that the carried parts make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain import hall
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.hall import BusinessItem
from consult.model.motions import Motion
from consult.model.procedure import Disposal, MotionPart
from consult.model.store import db
from consult.service import consultations, disposals, substantive, versions
from consult.service.act import Act, act
from consult.text import parts as text
from consult.text import provenance
from consult.text.clauses import Clause, Document


def of(motion: Motion) -> list[MotionPart]:
    """The parts of a motion's latest division, by number."""
    query = select(MotionPart).where(MotionPart.motion_id == motion.id)
    rows = list(db.session.scalars(query.order_by(MotionPart.version_id, MotionPart.number)))
    return [row for row in rows if row.version_id == rows[-1].version_id]


def get(motion: Motion, number: int) -> MotionPart:
    """One part of the latest division.

    Raises:
        NotFound: if it has none of this number.
    """
    found = next((part for part in of(motion) if part.number == number), None)
    if found is None:
        raise NotFound("This motion has no part of that number.")
    return found


def before_meeting(motion: Motion, session: Session | None = None) -> BusinessItem | None:
    """The item of business by which a motion is before a sitting now; while it is, its parts are decided there."""
    query = select(BusinessItem).where(BusinessItem.motion_id == motion.id, BusinessItem.state == hall.BEFORE)
    return (session or db.session()).scalars(query).first()


def document_of(part: MotionPart) -> Document:
    """The text that was divided."""
    return versions.document_of(part.version)


def clauses_of(part: MotionPart) -> list[Clause]:
    """The clauses of a part with their items, in the order of the text."""
    document = document_of(part)
    own = set(part.clauses)
    return [clause for clause in document.clauses if clause.id in own or document.parents.get(clause.id) in own]


def divisible(motion: Motion) -> tuple[Clause, ...]:
    """The clauses that can be put apart."""
    if motion.version is None:
        raise OutOfOrder(f"{motion.label} has no text that could be divided.")
    return text.divisible(versions.document_of(motion.version))


@act(Permission.MOTION_DISPOSE, Event.MOTION_DIVIDED)
def divide(motion: Motion, parts: Sequence[Sequence[str]], *, by: Actor, at: datetime, act: Act) -> Motion:
    """Divide a motion on the order paper into parts that are put one after another; `parts` holds clause ids.

    Raises:
        OutOfOrder: from another state, while amendments wait, it is on a ballot, it is divided already, or the rules do
        not know it. Invalid: unless every clause is in exactly one of two parts or more.
    """
    if motion.state not in ("on the order paper", "put to the vote") or motion.version is None:
        raise OutOfOrder(f"{motion.label} is {motion.state}; it is taken in parts once it is on the order paper.")
    if "take in parts" not in consultations.rules_of(motion.consultation).hall:
        raise OutOfOrder("The rules of this body do not know “take in parts”.")
    if title := disposals.on_ballot(act.session, motion):
        raise OutOfOrder(f"{motion.label} is on the ballot “{title}”: cancel that, or take it off the paper first.")
    waiting = select(Amendment.number).where(Amendment.motion_id == motion.id, Amendment.state == "on the order paper")
    if (number := act.session.scalar(waiting.limit(1))) is not None:
        raise OutOfOrder(
            f"Amendment {number} is not decided yet: amendments are voted on before the motion is divided."
        )
    open_parts = [part for part in of(motion) if part.outcome is None]
    if open_parts:
        raise OutOfOrder(f"It is divided already, and part {open_parts[0].number} is not decided yet.")
    text.require_parts(versions.document_of(motion.version), parts)
    for place, clauses in enumerate(parts, start=1):
        act.session.add(
            MotionPart(motion_id=motion.id, version_id=motion.version.id, number=place, clauses=list(clauses))
        )
    motion.revision += 1
    act.note(text=motion.version.hash, parts=[list(clauses) for clauses in parts])
    return motion


@act(Permission.MOTION_DISPOSE, Event.PART_DECIDED)
def decide(
    motion: Motion,
    number: int,
    outcome: str,
    *,
    votes_for: int | None = None,
    votes_against: int | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Motion:
    """Record the vote on one part. With the last one the lost parts leave the text, as a new version; if every part was
    lost the motion falls.

    Raises:
        OutOfOrder: if the part is decided, or the motion's text is another by now. Invalid: for counts that contradict
        the outcome.
    """
    part = get(motion, number)
    if part.outcome is not None:
        raise OutOfOrder(f"Part {number} is decided already: it was {part.outcome}.")
    if motion.version_id != part.version_id or motion.state not in ("on the order paper", "put to the vote"):
        raise OutOfOrder(f"{motion.label} is {motion.state}, or has another text by now; its parts are no longer put.")
    if (where := before_meeting(motion, act.session)) is not None:
        raise OutOfOrder(
            f"{motion.label} is before the meeting ({where.sitting.title}): the chair puts each part and declares it there."
        )
    if outcome not in ("carried", "lost"):
        raise Invalid("Say whether it was carried or lost.", {"outcome": "Say whether it was carried or lost."})
    if votes_for is not None and votes_against is not None and (votes_for > votes_against) != (outcome == "carried"):
        sentence = "These counts say otherwise: a part is carried when more vote for it than against."
        raise Invalid(sentence, {"votes_for": sentence})
    part.outcome, part.decided_by_id, part.decided_at = outcome, by.member_id, at
    part.votes_for, part.votes_against = votes_for, votes_against
    motion.revision += 1
    act.note(part=number, outcome=outcome, text=part.version.hash)
    act.session.flush()
    mine = of(motion)
    if all(row.outcome for row in mine):
        _conclude(act, motion, mine)
    return motion


def _conclude(act: Act, motion: Motion, mine: Sequence[MotionPart]) -> None:
    """All parts are decided: the substantive text is what the carried ones leave."""
    lost = [clause for part in mine if part.outcome == "lost" for clause in part.clauses]
    if not lost:
        return
    if all(part.outcome == "lost" for part in mine):
        note = dict(act.data)
        taken = act.step(motion, "fall", check_permission=False)
        act.record(taken.event, motion, **act.data)
        act.data = note
        act.session.add(
            Disposal(
                motion_id=motion.id, decision="falls", procedure="take in parts", source="meeting",
                reason="Every part of it was lost.", by_id=act.by.member_id, at=act.at,
            )
        )  # fmt: skip
        return
    base = document_of(mine[0])
    left = text.remaining(base, lost)
    authors = provenance.carried(base, substantive.authors_of(mine[0].version), left, "")
    versions.add(
        act.session,
        motion,
        left,
        cause="taken in parts",
        provenance={
            "parents": [base.hash],
            "parts": [{"number": part.number, "clauses": part.clauses, "outcome": part.outcome} for part in mine],
            "authors": provenance.to_data(authors),
        },
        by=act.by.reference,
        at=act.at,
    )
    act.note(result=left.hash)
