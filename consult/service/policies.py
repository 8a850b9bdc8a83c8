"""The policy book: what members carried, found by words and topic, with where each word of it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import joinedload

from consult.domain.errors import NotFound
from consult.model.amendments import Amendment
from consult.model.hall import Division
from consult.model.motions import Motion, MotionVersion, Policy
from consult.model.store import db
from consult.model.units import Unit
from consult.text.clauses import folded

A_PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What is looked for: words (all of them must occur), a topic, a state ("" for any)."""

    words: str = ""
    topic: str = ""
    state: str = "in force"


def listed(wanted: Wanted, page: int = 1) -> tuple[list[Row[Any]], int]:
    """A page of policies, newest first (id, title, topic, state, adopted_at, lapses_at, branch), and how many pages."""
    query = (
        select(
            Policy.id,
            Policy.title,
            Motion.topic,
            Policy.state,
            Policy.adopted_at,
            Policy.lapses_at,
            Unit.name.label("branch"),
            func.count().over().label("total"),
        )
        .join(Motion, Motion.id == Policy.motion_id)
        .join(Unit, Unit.id == Motion.unit_id)
        .join(MotionVersion, MotionVersion.id == Policy.version_id)
    )
    for word in folded(wanted.words.split()).split()[:12]:
        query = query.where(MotionVersion.search_text.contains(word, autoescape=True))
    if wanted.topic:
        query = query.where(Motion.topic == wanted.topic)
    if wanted.state:
        query = query.where(Policy.state == wanted.state)
    query = query.order_by(Policy.adopted_at.desc(), Policy.id.desc())
    rows: Any = db.session.execute(query.limit(A_PAGE).offset((max(page, 1) - 1) * A_PAGE)).all()
    return [*rows], max(1, -(-(rows[0].total if rows else 0) // A_PAGE))


def topics() -> list[str]:
    """The topics that the book has something under."""
    query = select(Motion.topic).join(Policy, Policy.motion_id == Motion.id).where(Motion.topic != "")
    return list(db.session.scalars(query.distinct().order_by(Motion.topic)))


def get(policy_id: int) -> Policy:
    """A policy with its text and its motion.

    Raises:
        NotFound: if there is none of this number.
    """
    query = (
        select(Policy)
        .where(Policy.id == policy_id)
        .options(
            joinedload(Policy.version),
            joinedload(Policy.motion).joinedload(Motion.unit),
            joinedload(Policy.motion).joinedload(Motion.consultation),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no policy of this number.")
    return found


def later_than(policy: Policy) -> list[Policy]:
    """The policies in force adopted with this one or later, which could stand in its place, by title."""
    query = select(Policy).where(
        Policy.state == "in force", Policy.adopted_at >= policy.adopted_at, Policy.id != policy.id
    )
    return list(db.session.scalars(query.order_by(Policy.title, Policy.id)))


def of_motion(motion_id: int) -> Policy | None:
    """The policy that a motion became, if it did."""
    return db.session.scalars(select(Policy).where(Policy.motion_id == motion_id)).one_or_none()


def division_of(policy: Policy) -> Division | None:
    """The division in the hall that carried it, where no ballot did."""
    return db.session.get(Division, policy.division_id) if policy.division_id is not None else None


def writers(policy: Policy) -> Mapping[int, Amendment]:
    """The amendments that wrote words of a policy, by id, each with its branch."""
    ids = {int(author) for runs in policy.provenance.values() for author, _ in runs if str(author).isdigit()}
    query = select(Amendment).where(Amendment.id.in_(ids)).options(joinedload(Amendment.unit))
    return {row.id: row for row in db.session.scalars(query)} if ids else {}


def in_force_at(policy: Policy, at: datetime) -> bool:
    """Whether a policy binds at an instant: not superseded, not rescinded, not lapsed."""
    return policy.state == "in force" and (policy.lapses_at is None or at < policy.lapses_at)
