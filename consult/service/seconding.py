"""Seconders: a draft is opened for them; members second it and supporters support it, and the two are counted apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.domain.errors import OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.motions import Motion, Support
from consult.model.store import db
from consult.service import consultations, limits, motions
from consult.service.act import Act, act
from consult.service.limits import require_words, seconders


def supports(motion: Motion) -> list[Support]:
    """Who seconds or supports a motion, in order of time."""
    query = select(Support).where(Support.motion_id == motion.id).options(joinedload(Support.member))
    return list(db.session.scalars(query.order_by(Support.at, Support.member_id)))


@act(Permission.MOTION_EDIT, Event.SUPPORT_SOUGHT)
def seek_support(motion: Motion, *, by: Actor, at: datetime, act: Act) -> Motion:
    """Open a draft for seconders: from here whoever has its address and is signed in may read it.

    Raises:
        Invalid: if it is over its word limit, so that nobody seconds words that cannot be submitted.
    """
    limits.require_writing(motion.consultation.phases, at, "Motions can be opened for seconders")
    document = motions.draft_of(motion)
    require_words(document, consultations.rules_of(motion.consultation))
    act.step(motion, "seek support")
    act.note(hash=document.hash)
    return motion


@act(Permission.MOTION_SECOND, Event.MOTION_SECONDED)
def second(motion: Motion, *, by: Actor, at: datetime, act: Act) -> Motion:
    """Second a motion as a member, or support it as a supporter; the two are counted apart.

    Raises:
        OutOfOrder: if it is not seeking support, the time is over, or the person has done so already.
    """
    if motion.state != "seeking support":
        raise OutOfOrder(f"{motion.label} is {motion.state}; a motion can be seconded while it is seeking support.")
    limits.require_writing(motion.consultation.phases, at, "Motions can be seconded")
    if act.session.get(Support, (motion.id, by.member_id)) is not None:
        raise OutOfOrder("You have seconded this motion already; once is enough.")
    status = by.status.value if by.status else ""
    act.session.add(Support(motion_id=motion.id, member_id=by.member_id, status=status, at=at))
    act.session.flush()
    count = seconders(act.session, motion)
    act.note(seconders=count)
    act.notify("motion-seconded", motion.mover, motion=motion.id, title=motion.title, seconders=count)
    return motion
