"""What is new in public, for feeds: motions, rulings, results, consultations and decisions that a visitor may read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, or_, select
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from consult.domain.events import Event
from consult.domain.timetable import does
from consult.model.amendments import Amendment
from consult.model.audit import AuditEvent
from consult.model.coding import ConsultationReport
from consult.model.consultations import Consultation
from consult.model.gatherings import Gathering
from consult.model.mandates import Decision
from consult.model.motions import Motion, Ruling
from consult.model.results import Publication
from consult.model.store import db
from consult.model.units import Unit, UnitProfile
from consult.service import motions, phase_moves

#: Entries to a page of a feed.
A_PAGE = 25


@dataclass(frozen=True)
class News:
    """One thing that is new. `key` names it for good, `place` is its page within the site."""

    key: str
    title: str
    at: datetime
    place: str
    summary: str = ""
    published: datetime | None = None
    author: str = ""


def _rows(query: Any, page: int, most: int) -> list[Any]:
    return list(db.session.execute(query.limit(most).offset((page - 1) * A_PAGE)))


def of_motions(page: int, unit_id: int | None = None, most: int = A_PAGE + 1) -> list[News]:
    """Motions as they were published, the last first."""
    published = aliased(AuditEvent)
    query = (
        select(Motion, published.at)
        .join(published, and_(published.subject == "motion:" + cast(Motion.id, String),
                              published.event == Event.MOTION_PUBLISHED.value))
        .options(joinedload(Motion.unit), joinedload(Motion.version), joinedload(Motion.consultation))
        .where(Motion.state.in_(motions.PUBLIC))
        .order_by(published.sequence.desc())
    )  # fmt: skip
    if unit_id is not None:
        query = query.where(Motion.unit_id == unit_id)
    return [
        News(
            f"motion:{row.id}", f"{row.label}: {row.title}", max(at, row.version.created_at) if row.version else at,
            f"/motions/{row.id}", f"Moved for {row.unit.name} at {row.consultation.title}. It is {row.state}.", at,
            row.unit.name,
        )
        for row, at in _rows(query, page, most)
    ]  # fmt: skip


def of_rulings(page: int) -> list[News]:
    """Rulings on what a visitor reads: that a published motion is in order, and rulings on amendments shown beside one.

    Their rules and reasons are for members, on the page of the motion.
    """
    shown = Amendment.number.is_not(None) & Amendment.state.not_in(("submitted", "queried"))
    query = (
        select(Ruling, Motion)
        .outerjoin(Ruling.amendment)
        .join(Motion, or_(Motion.id == Ruling.motion_id, Motion.id == Amendment.motion_id))
        .where(Motion.state.in_(motions.PUBLIC), or_(Ruling.decision == "in order", shown))
        .options(contains_eager(Ruling.amendment))
        .order_by(Ruling.id.desc())
    )
    found = []
    for row, motion in _rows(query, page, A_PAGE + 1):
        what = f"{row.amendment.label} to {motion.label}" if row.amendment else motion.label
        place = f"/amendments/{row.amendment.id}" if row.amendment else f"/motions/{motion.id}"
        found.append(News(f"ruling:{row.id}", f"{what}: {row.decision}", row.at, place, motion.title, row.at))
    return found


def of_results(page: int) -> list[News]:
    """Published results, the last first."""
    query = select(Publication).options(joinedload(Publication.ballot), defer(Publication.bundle))
    return [
        News(
            f"result:{row.ballot_id}", f"Result: {row.ballot.title}", row.published_at, f"/results/{row.ballot_id}",
            row.sentence, row.published_at,
        )
        for (row,) in _rows(query.order_by(Publication.published_at.desc()), page, A_PAGE + 1)
    ]  # fmt: skip


def of_consultations(page: int, at: datetime) -> list[News]:
    """Consultations that have their timetable, their phases as they open, and what was published of them, the last first."""
    query = select(Consultation).options(joinedload(Consultation.unit), joinedload(Consultation.phases))
    found, moved = [], phase_moves.last(db.session())
    for row in db.session.scalars(query.where(Consultation.phases.any())).unique():
        place = f"/consultations/{row.id}"
        changed = max([row.created_at, *(when for (number, _kind), when in moved.items() if number == row.id)])
        found.append(
            News(f"consultation:{row.id}", row.title, changed, place, row.summary, row.created_at, row.unit.name)
        )
        for phase in row.phases:
            if phase.opens_at <= at:
                key = f"phase:{row.id}:{phase.kind.replace(' ', '-')}"
                when = max(phase.opens_at, moved.get((row.id, phase.kind), phase.opens_at))
                found.append(News(key, f"{row.title}: {does(phase.kind, 'opens')}", when, place, phase.note))
    reports = select(ConsultationReport).where(ConsultationReport.published_at.is_not(None))
    for report in db.session.scalars(reports.options(joinedload(ConsultationReport.consultation))):
        title, published = f"{report.consultation.title}: {report.kind}", report.published_at
        place = f"/consultations/{report.consultation_id}/{report.kind}"
        if published is not None:
            found.append(News(f"report:{report.id}", title, published, place, published=published))
    found.sort(key=lambda each: (each.at, each.key), reverse=True)
    return found[(page - 1) * A_PAGE : page * A_PAGE + 1]


def of_decisions(page: int, unit_id: int | None = None, most: int = A_PAGE + 1) -> list[News]:
    """Decisions of the units whose registers everybody reads, the last entered first."""
    query = (
        select(Decision)
        .join(UnitProfile, UnitProfile.unit_id == Decision.unit_id)
        .where(UnitProfile.readers == "everyone")
        .options(joinedload(Decision.unit))
        .order_by(Decision.id.desc())
    )
    if unit_id is not None:
        query = query.where(Decision.unit_id == unit_id)
    return [
        News(
            f"decision:{row.id}", row.title, row.at, row.place or f"/units/{row.unit_id}/decisions", row.words[:500],
            row.at, row.unit.name,
        )
        for (row,) in _rows(query, page, most)
    ]  # fmt: skip


def of_unit(unit: Unit, page: int) -> list[News]:
    """What is new of one unit: its motions, its meetings and, where everybody reads it, its register."""
    most = page * A_PAGE + 1
    query = select(Gathering).where(Gathering.unit_id == unit.id).order_by(Gathering.changed_at.desc())
    found = [
        News(
            f"event:{row.id}", f"{row.title} ({row.state})" if row.state == "cancelled" else row.title, row.changed_at,
            f"/events/{row.id}", row.about[:500], row.created_at,
        )
        for row in db.session.scalars(query.limit(most))
    ]  # fmt: skip
    found += [*of_motions(1, unit.id, most), *of_decisions(1, unit.id, most)]
    found.sort(key=lambda each: (each.at, each.key), reverse=True)
    return found[(page - 1) * A_PAGE : most]


Kind = Callable[[int, datetime], list[News]]

#: Feed → its page for people and what is in it.
FEEDS: dict[str, tuple[str, Kind]] = {
    "motions": ("/motions", lambda page, at: of_motions(page)),
    "rulings": ("/motions", lambda page, at: of_rulings(page)),
    "results": ("/results", lambda page, at: of_results(page)),
    "consultations": ("/consultations", of_consultations),
    "decisions": ("/units", lambda page, at: of_decisions(page)),
}
