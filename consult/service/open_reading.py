"""Lists for programs: rows newest first, from after a key on, so that a page stays the same while others come in."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute, defer, joinedload, selectinload

from consult.domain.roles import Actor
from consult.model.audit import AuditEvent, AuditHead
from consult.model.ballots import Ballot
from consult.model.consultations import Consultation
from consult.model.consulting import Contribution, Participation
from consult.model.gatherings import Gathering
from consult.model.mandates import Decision
from consult.model.motions import Motion, Policy
from consult.model.results import Publication
from consult.model.store import db
from consult.model.units import Unit
from consult.service import audit, audit_pages, motions, reading, submissions

Key = InstrumentedAttribute[Any]


def _page(query: Select[Any], key: Key, after: int | None, most: int) -> list[Any]:
    """At most `most` rows and one more, which says that there is a next page."""
    if after is not None:
        query = query.where(key < after)
    return list(db.session.scalars(query.order_by(key.desc()).limit(most + 1)))


def list_motions(
    actor: Actor, *, after: int | None, most: int, consultation: int | None = None, state: str = ""
) -> list[Row[Any]]:
    """Motions that this person may read."""
    query = (
        select(
            Motion.id, Motion.number, Motion.title, Motion.topic, Motion.state, Motion.consultation_id,
            Motion.submitted_at, Motion.unit_id, Unit.name.label("branch"),
        )
        .join(Unit, Unit.id == Motion.unit_id)
        .where(reading.readable(actor))
    )  # fmt: skip
    if consultation is not None:
        query = query.where(Motion.consultation_id == consultation)
    if state:
        query = query.where(Motion.state == state)
    if after is not None:
        query = query.where(Motion.id < after)
    return list(db.session.execute(query.order_by(Motion.id.desc()).limit(most + 1)))


def steps_of(motion_id: int, actor: Actor) -> list[tuple[datetime, str, str]]:
    """When a motion took which step into which state; for visitors from its publication on, as they read it."""
    query = select(AuditEvent.at, AuditEvent.data).where(AuditEvent.subject == f"motion:{motion_id}")
    found = []
    for at, data in db.session.execute(query.order_by(AuditEvent.sequence)):
        step = json.loads(data)
        if "to" in step and (actor.member_id is not None or step["to"] in motions.PUBLIC):
            found.append((at, str(step["step"]), str(step["to"])))
    return found


def list_policies(*, after: int | None, most: int, state: str = "") -> list[Policy]:
    """Policies of the book."""
    query = select(Policy).options(joinedload(Policy.motion).joinedload(Motion.unit))
    if state:
        query = query.where(Policy.state == state)
    return _page(query, Policy.id, after, most)


def list_consultations(*, after: int | None, most: int) -> list[Consultation]:
    """Consultations with their timetables; one without is still being set up."""
    query = (
        select(Consultation)
        .where(Consultation.phases.any())
        .options(joinedload(Consultation.unit), selectinload(Consultation.phases))
    )
    return _page(query, Consultation.id, after, most)


def list_ballots(*, after: int | None, most: int, state: str = "") -> list[Ballot]:
    """Ballots, but those that are being prepared."""
    query = select(Ballot).where(Ballot.state != "preparing")
    if state:
        query = query.where(Ballot.state == state)
    return _page(query, Ballot.id, after, most)


def list_results(*, after: int | None, most: int) -> list[Publication]:
    """Published results, without their bundles."""
    query = select(Publication).options(joinedload(Publication.ballot), defer(Publication.bundle))
    return _page(query, Publication.ballot_id, after, most)


def has_result(ballot_id: int) -> bool:
    """Whether the result of a ballot is published."""
    return db.session.scalar(select(Publication.ballot_id).where(Publication.ballot_id == ballot_id)) is not None


def list_units(*, after: int | None, most: int, kind: str = "") -> list[Unit]:
    """Units, closed ones among them."""
    query = select(Unit)
    if kind:
        query = query.where(Unit.kind == kind)
    return _page(query, Unit.id, after, most)


def list_events(
    *, after: int | None, most: int, unit: int | None = None, consultation: int | None = None, since: datetime | None
) -> list[Gathering]:
    """Events, cancelled ones among them; `since`: those that end after it."""
    query = select(Gathering).options(
        joinedload(Gathering.unit), joinedload(Gathering.consultation).selectinload(Consultation.phases)
    )
    if unit is not None:
        query = query.where(Gathering.unit_id == unit)
    if consultation is not None:
        query = query.where(Gathering.consultation_id == consultation)
    if since is not None:
        query = query.where(Gathering.ends_at > since)
    return _page(query, Gathering.id, after, most)


def list_submissions(
    consultation: Consultation, terms: Participation, at: datetime, *, after: int | None, most: int
) -> list[Contribution]:
    """Submissions to a consultation, as far as they are published by the declared rule."""
    if not submissions.are_published(consultation, terms, at):
        return []
    return _page(submissions.standing(consultation.id), Contribution.id, after, most)


def list_decisions(unit_id: int, *, after: int | None, most: int) -> list[Decision]:
    """A unit's register; ask `decisions.require_reader` first."""
    return _page(select(Decision).where(Decision.unit_id == unit_id), Decision.number, after, most)


def list_audit(reader: Actor, *, after: int | None, most: int) -> list[audit_pages.Line]:
    """Events of the audit log as this member reads them."""
    rows = _page(select(AuditEvent), AuditEvent.sequence, after, most)
    return [audit_pages.line(row, reader, {}) for row in rows]


def heads(most: int = 10) -> tuple[Any, list[AuditHead]]:
    """The present head of the audit log, and the last that were mailed out."""
    query = select(AuditHead).order_by(AuditHead.sequence.desc()).limit(most)
    return audit.head(), list(db.session.scalars(query))


def readable(actor: Actor, motion: Motion) -> bool:
    """Whether this person may read a motion."""
    return motions.may_read(actor, motion.state, motion.mover_id, motion.number)
