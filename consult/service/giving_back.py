"""A composite that is withdrawn gives its motions back: each stands on the agenda again, with its amendments, as it was."""

from __future__ import annotations

from sqlalchemy import select

from consult.domain.events import Event
from consult.model.amendments import Amendment
from consult.model.composites import Composite, CompositeParent
from consult.model.motions import Motion
from consult.service.act import Act


def give_back(act: Act, motion: Motion) -> None:
    """Inside the act of withdrawing a motion: if it is a composite, return its parents and their amendments."""
    composite = act.session.scalars(select(Composite).where(Composite.motion_id == motion.id)).one_or_none()
    if composite is None:
        return
    parents = select(CompositeParent).where(CompositeParent.composite_id == composite.id)
    for parent in act.session.scalars(parents.order_by(CompositeParent.position)):
        parent.live = False
        if parent.motion.state != "composited":
            continue
        act.step(parent.motion, "return from composite", check_permission=False)
        parent.motion.revision += 1
        act.record(Event.MOTION_RETURNED, parent.motion, composite=composite.id)
        mine = select(Amendment).where(Amendment.motion_id == parent.motion_id, Amendment.state == "composited")
        for row in act.session.scalars(mine):
            act.step(row, "return from composite", check_permission=False)
            act.record(Event.AMENDMENT_RETURNED, row, composite=composite.id)
