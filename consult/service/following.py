"""Following a motion: beginning and stopping, and the list of what one follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.following import Follow
from consult.model.motions import Motion
from consult.model.store import db
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
