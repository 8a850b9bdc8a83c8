"""Following motions, consultations and units: beginning and stopping, and the list of what one follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.consultations import Consultation
from consult.model.following import Follow, PlaceFollow
from consult.model.motions import Motion
from consult.model.store import db
from consult.model.units import Unit
from consult.service import motions
from consult.service.act import Act, act

#: How many followed motions a front page shows.
MOST = 20


@act(Permission.MOTION_FOLLOW, None)
def follow(motion: Motion, following: bool, *, by: Actor, at: datetime, act: Act) -> Motion:
    """Follow a motion, or stop. What somebody follows is their own matter: it leaves no event.

    Raises:
        NotFound: if the person may not read the motion.
    """
    motions.require_readable(by, motion.state, motion.mover_id, motion.number)
    if by.member_id is None:
        raise NotFound("Only a person in the register can follow a motion.")
    row = act.session.get(Follow, (by.member_id, motion.id))
    if row is None:
        act.session.add(Follow(member_id=by.member_id, motion_id=motion.id, following=following))
    else:
        row.following = following
    return motion


def of_member(member_id: int) -> list[Motion]:
    """The motions that somebody chose to follow, the newest first; one's own stand in a list of their own."""
    query = select(Motion).join(Follow, Follow.motion_id == Motion.id)
    query = query.where(Follow.member_id == member_id, Follow.following, Motion.mover_id != member_id)
    return list(db.session.scalars(query.order_by(Motion.id.desc()).limit(MOST)))


def listening(session: Session, motion_id: int, members: Iterable[int | None]) -> list[int]:
    """Which of a motion's movers and delegates are told of it: each once, without those who stopped."""
    chosen = dict.fromkeys(number for number in members if number is not None)
    stopped = select(Follow.member_id).where(Follow.motion_id == motion_id, Follow.following.is_(False))
    gone = set(session.scalars(stopped.where(Follow.member_id.in_(chosen))))
    return [number for number in chosen if number not in gone]


# -- consultations and units -----------------------------------------------------------------------------------------

Place = Consultation | Unit


def _column(place: Place) -> str:
    return "consultation_id" if isinstance(place, Consultation) else "unit_id"


# what somebody follows is their own matter: it leaves no event
@act(Permission.PLACE_FOLLOW, None)
def follow_place(place: Place, following: bool, *, by: Actor, at: datetime, act: Act) -> Place:
    """Follow a consultation or a unit, or stop.

    Raises:
        NotFound: for somebody who is not in the register.
    """
    if by.member_id is None:
        raise NotFound("Only a person in the register can follow anything.")
    column = getattr(PlaceFollow, _column(place))
    row = act.session.scalar(select(PlaceFollow).where(PlaceFollow.member_id == by.member_id, column == place.id))
    if following and row is None:
        act.session.add(PlaceFollow(member_id=by.member_id, **{_column(place): place.id}))
    if not following and row is not None:
        act.session.delete(row)
    return place


def follows(place: Place, member_id: int | None) -> bool:
    """Whether somebody follows a consultation or a unit."""
    if member_id is None:
        return False
    column = getattr(PlaceFollow, _column(place))
    query = select(PlaceFollow.id).where(PlaceFollow.member_id == member_id, column == place.id)
    return db.session.scalar(query) is not None


def places_of(member_id: int) -> list[Place]:
    """The consultations and units that somebody follows: two statements."""
    asked = select(Consultation).join(PlaceFollow, PlaceFollow.consultation_id == Consultation.id)
    units = select(Unit).join(PlaceFollow, PlaceFollow.unit_id == Unit.id)
    return [
        *db.session.scalars(asked.where(PlaceFollow.member_id == member_id).order_by(Consultation.id.desc())),
        *db.session.scalars(units.where(PlaceFollow.member_id == member_id).order_by(Unit.path)),
    ]
