"""The bar on coming back: a motion the same as one decided lately is found when it is sent; the committee may let it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.motion_states import VOTED
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.rulebook import Rulebook
from consult.domain.timetable import written
from consult.model.audit import AuditEvent
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.model.procedure import Resemblance
from consult.model.store import db
from consult.service import consultations, versions
from consult.service.act import Act, act
from consult.text import resemblance
from consult.text.clauses import Document

SHORTEST = 20
LONGEST = 2_000


@dataclass(frozen=True)
class Alike:
    """A motion decided lately, how many of a hundred words are the same, and until when it bars."""

    other: Motion
    share: int
    barred_until: datetime

    @property
    def sentence(self) -> str:
        """What members and the committee read of it."""
        how = "the same as" if self.share == 100 else f"substantially the same ({self.share} of 100 words) as"
        bar = f"which was {self.other.state} and bars it until {written(self.barred_until)}"
        return f"It is {how} {self.other.label}, “{self.other.title}”, {bar}."


def months_after(at: datetime, months: int) -> datetime:
    """The same day and time so many months later, or the last day of that month.

    >>> from datetime import UTC
    >>> months_after(datetime(2026, 1, 31, tzinfo=UTC), 13).date().isoformat()
    '2027-02-28'
    """
    year, month = at.year + (at.month - 1 + months) // 12, (at.month - 1 + months) % 12 + 1
    for day in (at.day, 30, 29, 28):
        try:
            return at.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th day")


def decided_at(session: Session, motion_ids: list[int]) -> dict[int, datetime]:
    """When each motion was last decided, by the audit log."""
    subjects = {f"motion:{number}": number for number in motion_ids}
    query = select(AuditEvent.subject, func.max(AuditEvent.at)).where(
        AuditEvent.event == Event.MOTION_DECIDED.value, AuditEvent.subject.in_(subjects)
    )
    return {subjects[subject]: at for subject, at in session.execute(query.group_by(AuditEvent.subject))}


def find(session: Session, motion: Motion, document: Document, rules: Rulebook, at: datetime) -> list[Alike]:
    """The motions of the same body whose bar this one would meet, most alike first; nothing is kept."""
    if not rules.bar_months:
        return []
    query = (
        select(Motion)
        .join(Consultation, Consultation.id == Motion.consultation_id)
        .where(
            Consultation.unit_id == motion.consultation.unit_id, Motion.state.in_(VOTED),
            Motion.version_id.is_not(None), Motion.id != motion.id,
        )
        .options(joinedload(Motion.version))
    )  # fmt: skip
    rows = list(session.scalars(query))
    when = decided_at(session, [row.id for row in rows])
    found = []
    for row in rows:
        until = months_after(when[row.id], rules.bar_months) if row.id in when else None
        if row.version is None or until is None or until <= at:
            continue
        alike = resemblance.share(versions.document_of(row.version), document)
        if alike >= resemblance.SUBSTANTIALLY:
            found.append(Alike(row, alike, until))
    return sorted(found, key=lambda one: (-one.share, one.other.id))


def would_bar(motion: Motion, document: Document, at: datetime) -> list[str]:
    """What would be found to bar these words if they were sent now, as sentences."""
    rules = consultations.rules_of(motion.consultation)
    return [one.sentence for one in find(db.session(), motion, document, rules, at)]


def note(session: Session, motion: Motion, document: Document, rules: Rulebook, at: datetime) -> list[Alike]:
    """Keep what `find` found, anew; what the committee allowed for these words stays allowed. Only acts call it."""
    before = {row.other_id: row for row in standing(motion, session)}
    found = find(session, motion, document, rules, at)
    keep = {one.other.id for one in found}
    gone = [other for other in before if other not in keep]
    session.execute(delete(Resemblance).where(Resemblance.motion_id == motion.id, Resemblance.other_id.in_(gone)))
    for one in found:
        row = before.get(one.other.id) or Resemblance(motion_id=motion.id, other_id=one.other.id)
        row.share, row.barred_until = one.share, one.barred_until
        session.add(row)
    session.flush()
    return found


def standing(motion: Motion, session: Session | None = None) -> list[Resemblance]:
    """What bars a motion or was found to, most alike first."""
    query = select(Resemblance).where(Resemblance.motion_id == motion.id)
    query = query.options(joinedload(Resemblance.other), joinedload(Resemblance.allowed_by))
    return list((session or db.session()).scalars(query.order_by(Resemblance.share.desc(), Resemblance.other_id)))


def sentence(row: Resemblance) -> str:
    """What members and the committee read of it."""
    return Alike(row.other, row.share, row.barred_until).sentence


def require_free(session: Session, motion: Motion, at: datetime) -> None:
    """Nothing if no bar stands against a motion.

    Raises:
        OutOfOrder: naming what bars it; a person may let it be heard, with a reason.
    """
    for row in standing(motion, session):
        if not row.allowed_because and row.barred_until > at:
            raise OutOfOrder(f"{sentence(row)} Rule it out, or let it be heard first and say why.")


@act(Permission.MOTION_RULE, Event.RESUBMISSION_ALLOWED)
def allow(motion: Motion, other_id: int, reason: str, *, by: Actor, at: datetime, act: Act) -> Motion:
    """Let a motion be heard although it resembles one decided lately, with a reason that members read.

    Raises:
        NotFound: if it resembles no such motion. OutOfOrder: if it was allowed, or is not being ruled on.
        Invalid: without a reason.
    """
    row = act.session.get(Resemblance, (motion.id, other_id))
    if row is None:
        raise NotFound("This motion was not found to resemble that one.")
    if row.allowed_because:
        raise OutOfOrder("It was let be heard already.")
    if motion.state not in ("submitted", "queried"):
        raise OutOfOrder(f"{motion.label} is {motion.state}: it is not being ruled on.")
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        problem = f"Give the reason in a sentence or more ({SHORTEST} to {LONGEST:,} characters)."
        raise Invalid(problem, {"reason": problem})
    row.allowed_because, row.allowed_by_id, row.allowed_at = reason.strip(), by.member_id, at
    act.note(other=other_id, share=row.share)
    return motion
