"""Rows put into the shapes of the API."""

from __future__ import annotations

from typing import Any

from flask import url_for

from consult.model.ballots import Ballot
from consult.model.consultations import Consultation
from consult.model.consulting import PaperVersion
from consult.model.gatherings import Gathering
from consult.model.motions import MotionVersion, Policy
from consult.model.units import Unit
from consult.service import consultations
from consult.web.api import shapes
from consult.web.api.readers import Reader
from consult.web.motions.presenters import clauses_of


def links(own: str, page: str, **numbers: Any) -> shapes.Links:
    """The addresses of an object here and of its page; the two routes may name their numbers alike."""
    return shapes.Links(
        self=url_for(f"api.{own}", **numbers, _external=True), page=url_for(page, **numbers, _external=True)
    )


def unit_name(unit: Unit) -> shapes.UnitName:
    """A unit by its name."""
    return shapes.UnitName(id=unit.id, name=unit.name)


def version_summary(motion_id: int, row: MotionVersion) -> dict[str, Any]:
    """What both shapes of a version have."""
    return {
        "sequence": row.sequence, "hash": row.hash, "words": row.word_count, "cause": row.cause,
        "created": row.created_at,
        "links": links("get_motion_version", "motions.version", motion_id=motion_id, sequence=row.sequence),
    }  # fmt: skip


def clauses(version: Any) -> list[shapes.Clause]:
    """The clauses of a version, with the numbers of their first and last lines."""
    found = []
    for clause in clauses_of(version):
        numbers = [number for number, _text in clause.pop("lines")]
        found.append(shapes.Clause(**clause, lines=[numbers[0], numbers[-1]] if numbers else []))
    return found


def version(motion_id: int, row: MotionVersion) -> shapes.Version:
    """A version with its clauses."""
    return shapes.Version(**version_summary(motion_id, row), clauses=clauses(row))


def policy_summary(row: Policy) -> dict[str, Any]:
    """What both shapes of a policy have."""
    return {
        "id": row.id, "title": row.title, "topic": row.motion.topic, "state": row.state, "adopted": row.adopted_at,
        "lapses": row.lapses_at, "motion": row.motion_id, "unit": unit_name(row.motion.unit),
        "links": links("get_policy", "policy.show", policy_id=row.id),
    }  # fmt: skip


def consultation_summary(row: Consultation) -> dict[str, Any]:
    """What both shapes of a consultation have."""
    phases = [shapes.Phase(kind=p.kind, opens=p.opens_at, closes=p.closes_at, note=p.note) for p in row.phases]
    return {
        "id": row.id, "title": row.title, "summary": row.summary, "unit": unit_name(row.unit), "phases": phases,
        "links": links("get_consultation", "consultations.show", consultation_id=row.id),
    }  # fmt: skip


def paper(row: PaperVersion) -> shapes.Paper:
    """A version of a paper."""
    parts = [
        shapes.Paragraph(id=part.get("id"), heading=part.get("heading"), text=part.get("text")) for part in row.paper
    ]
    return shapes.Paper(sequence=row.sequence, hash=row.hash, created=row.created_at, parts=parts)


def ballot_summary(row: Ballot) -> dict[str, Any]:
    """What both shapes of a ballot have."""
    return {
        "id": row.id, "title": row.title, "consultation": row.consultation_id, "level": row.level, "state": row.state,
        "opens": row.opens_at, "closes": row.closes_at,
        "links": links("get_ballot", "ballots.show", ballot_id=row.id),
    }  # fmt: skip


def unit_summary(row: Unit) -> dict[str, Any]:
    """What both shapes of a unit have."""
    return {
        "id": row.id, "name": row.name, "kind": row.kind, "parent": row.parent_id, "closed": row.closed_at,
        "links": links("get_unit", "units.show", unit_id=row.id),
    }  # fmt: skip


def event(row: Gathering, reader: Reader) -> shapes.Event:
    """An event, with what it is about where the reader is shown that; where to join from afar is for those who come."""
    place = row.consultation
    about = row.consultation_id if place and consultations.can_read(place, reader.actor, reader.at) else None
    return shapes.Event(
        id=row.id, kind=row.kind, title=row.title, about=row.about, place=row.place, access=row.access,
        starts=row.starts_at, ends=row.ends_at, open_to=row.open_to, state=row.state, unit=unit_name(row.unit),
        consultation=about, changed=row.changed_at,
        links=links("get_event", "gatherings.show", gathering_id=row.id),
    )  # fmt: skip


def own(endpoint: str, **numbers: Any) -> str:
    """An address of this API."""
    return url_for(f"api.{endpoint}", **numbers, _external=True)


def page(endpoint: str, **numbers: Any) -> str:
    """The address of a page or a file."""
    return url_for(endpoint, **numbers, _external=True)
