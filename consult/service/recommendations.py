"""Recommendations how to vote: made by the committee on a motion or an amendment, with a reason and in somebody's name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.model.amendments import Amendment
from consult.model.motions import Motion
from consult.model.policies import ADVICE, Recommendation
from consult.model.store import db
from consult.service.act import Act, act

SHORTEST, LONGEST = 10, 2_000
#: States in which a vote on it is still to come.
_OPEN = (
    "in order",
    "published",
    "prioritised",
    "not accepted",
    "accepted by mover",
    "on the order paper",
    "put to the vote",
)


@act(Permission.RECOMMEND, Event.RECOMMENDED)
def recommend(
    subject: Motion | Amendment, advice: str, reason: str, *, by: Actor, at: datetime, act: Act
) -> Recommendation:
    """Recommend how to vote; a later recommendation takes the place of an earlier one, which stays on the record.

    Raises:
        OutOfOrder: if nobody will vote on it. Invalid: for unknown advice, or without a reason.
    """
    if subject.state not in _OPEN:
        raise OutOfOrder(f"{subject.label} is {subject.state}; there is no vote to come on it.")
    if advice not in ADVICE:
        raise Invalid("Choose what you recommend.", {"advice": "Choose what you recommend."})
    text = reason.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        sentence = f"Give the reason in {SHORTEST} to {LONGEST:,} characters; members read it beside the question."
        raise Invalid(sentence, {"reason": sentence})
    role = next(role for role in (Role.STANDING_ORDERS, Role.GOVERNANCE) if by.holds(role, at))
    made = Recommendation(
        motion_id=subject.id if isinstance(subject, Motion) else None,
        amendment_id=subject.id if isinstance(subject, Amendment) else None,
        advice=advice, reason=text, role=role.value, by_id=by.member_id, at=at,
    )  # fmt: skip
    act.session.add(made)
    act.note(about=f"{subject.__tablename__}:{subject.id}", advice=advice)
    return made


def latest(motion_ids: Collection[int], amendment_ids: Collection[int]) -> dict[str, Recommendation]:
    """The newest recommendation on each, by "motion:7" or "amendment:12", in one statement."""
    query = (
        select(Recommendation)
        .where(or_(Recommendation.motion_id.in_(motion_ids), Recommendation.amendment_id.in_(amendment_ids)))
        .options(joinedload(Recommendation.by))
        .order_by(Recommendation.id)
    )
    return {
        f"motion:{row.motion_id}" if row.motion_id is not None else f"amendment:{row.amendment_id}": row
        for row in db.session.scalars(query)
    }
