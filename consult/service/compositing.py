"""A composite's last steps: signed or refused by its branches on one exact hash, given up, or published as a motion."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.model.composites import Composite, CompositeAnswer, CompositeText
from consult.model.members import RoleHolding
from consult.model.motions import Motion
from consult.model.units import Unit
from consult.service import carrying_over, composites, versions
from consult.service.act import Act, act, require_revision
from consult.service.composites import SHORTEST
from consult.text import provenance


@act(Permission.MOTION_COMPOSITE, Event.COMPOSITE_ASKED)
def ask(composite: Composite, *, revision: int | None = None, by: Actor, at: datetime, act: Act) -> Composite:
    """Put the text, as it is now, to every contributing branch: what is signed is its hash with sources and reasons.

    A text that was put to them before is the same text again, with the signatures that it has.

    Raises:
        Invalid: while words of a parent are left out without a reason. Stale: if it was changed since the page was made.
    """
    require_revision(composite, revision)
    act.step(composite, "ask")
    if missing := composites.unexplained(composite):
        names = {str(parent.motion_id): parent.motion.label for parent in composite.parents}
        listed = ", ".join(f"{entry.label} of {names[entry.source.parent]}" for entry in missing[:6])
        raise Invalid(f"Say first why words are left out of {listed}{' and others' if len(missing) > 6 else ''}.")
    seal = composites.seal_of(composite)
    if seal not in {text.hash for text in composite.texts}:
        composite.texts.append(
            CompositeText(
                hash=seal, document=composite.document, sources=composite.sources, reasons=composite.reasons,
                by_id=by.member_id, at=at,
            )
        )  # fmt: skip
    composite.seal = seal
    composite.revision += 1
    act.session.flush()
    act.note(seal=seal, text=composites.document_of(composite).hash)
    for unit in composites.branches(composite):
        for number in _spokespeople(act, unit, composite):
            composites.tell(
                act, "composite-asked", composite, number, once=f"composite-asked:{composite.id}:{composite.revision}:{number}",
                branch=unit.name, hash=seal,
            )  # fmt: skip
    _agree_if_all(act, composite)
    return composite


def _spokespeople(act: Act, unit: Unit, composite: Composite) -> list[int]:
    """The delegates of a branch, and the movers of its motions."""
    held = select(RoleHolding.member_id).where(
        RoleHolding.role == Role.DELEGATE.value,
        RoleHolding.unit_id == unit.id,
        RoleHolding.starts_at <= act.at,
        RoleHolding.ends_at.is_(None) | (RoleHolding.ends_at > act.at),
    )
    movers = [parent.motion.mover_id for parent in composite.parents if parent.motion.unit_id == unit.id]
    return list(dict.fromkeys([*act.session.scalars(held), *movers]))


@act(Permission.COMPOSITE_SIGN, Event.COMPOSITE_SIGNED)
def sign(unit: Unit, composite: Composite, seal: str, *, by: Actor, at: datetime, act: Act) -> Composite:
    """Sign, for a contributing branch, the text with this hash; when every branch has, the composite is agreed.

    Raises:
        Stale: if the text asked about is another by now. OutOfOrder: if the branch signed it already.
    """
    text = _asked(act, unit, composite, seal)
    if any(answer.unit_id == unit.id for answer in text.answers):
        raise OutOfOrder(f"{unit.name} has signed this text already.")
    text.answers.append(CompositeAnswer(unit_id=unit.id, agrees=True, by_id=by.member_id, at=at))
    act.session.flush()
    act.note(composite=composite.id, unit=unit.id, seal=seal)
    _agree_if_all(act, composite)
    return composite


def _agree_if_all(act: Act, composite: Composite) -> None:
    text = composite.text
    signed = {answer.unit_id for answer in text.answers if answer.agrees} if text else set()
    if composite.state == "awaiting signatures" and {unit.id for unit in composites.branches(composite)} <= signed:
        act.step(composite, "agree", check_permission=False)


def _asked(act: Act, unit: Unit, composite: Composite, seal: str) -> CompositeText:
    act.session.refresh(composite, with_for_update={"of": Composite})
    text = composite.text
    if composite.state not in ("awaiting signatures", "agreed") or text is None:
        raise OutOfOrder(f"{composite.label} is {composite.state}: nobody is asked to sign it now.")
    if seal != text.hash:
        raise Stale(f"{composite.label} was changed since you opened the page. Read the new text before you answer.")
    if unit.id not in {own.id for own in composites.branches(composite)}:
        raise NotAllowed(f"{unit.name} has no motion in {composite.label}.")
    return text


@act(Permission.COMPOSITE_SIGN, Event.COMPOSITE_REFUSED)
def refuse(unit: Unit, composite: Composite, seal: str, reason: str, *, by: Actor, at: datetime, act: Act) -> Composite:
    """Refuse for a contributing branch, with a reason: the composite ends, and every motion is on the agenda as it was.

    A branch that signed may still refuse until the composite is published.

    Raises:
        Stale: if the text asked about is another by now. Invalid: without a reason.
    """
    text = _asked(act, unit, composite, seal)
    _require_reason(reason)
    if not any(answer.unit_id == unit.id for answer in text.answers):
        text.answers.append(
            CompositeAnswer(unit_id=unit.id, agrees=False, reason=reason.strip(), by_id=by.member_id, at=at)
        )
    act.step(composite, "refuse", check_permission=False)
    act.note(composite=composite.id, unit=unit.id, seal=seal)
    _release(act, composite, f"{unit.name} refused it", reason.strip())
    return composite


@act(Permission.MOTION_COMPOSITE, Event.COMPOSITE_GIVEN_UP)
def give_up(composite: Composite, reason: str, *, by: Actor, at: datetime, act: Act) -> Composite:
    """Give a composite up before it is published, with a reason; every motion is on the agenda as it was.

    Raises:
        Invalid: without a reason. OutOfOrder: once it is published or ended.
    """
    _require_reason(reason)
    act.step(composite, "give up")
    _release(act, composite, "the committee gave it up", reason.strip())
    return composite


def _require_reason(reason: str) -> None:
    if not SHORTEST <= len(reason.strip()) <= composites.LONGEST:
        sentence = f"Give the reason in a sentence or more ({SHORTEST} to {composites.LONGEST:,} characters)."
        raise Invalid(sentence, {"reason": sentence})


def _release(act: Act, composite: Composite, how: str, reason: str) -> None:
    composite.ended_because = f"{how[0].upper()}{how[1:]}: {reason}"
    composite.revision += 1
    for parent in composite.parents:
        parent.live = False
        act.record(Event.MOTION_RETURNED, parent.motion, composite=composite.id)
        for number in dict.fromkeys(filter(None, (parent.motion.mover_id, parent.motion.submitted_by_id))):
            once = f"composite-ended:{composite.id}:{number}"
            composites.tell(act, "composite-ended", composite, number, once=once, how=how, reason=reason)


# -- publishing ------------------------------------------------------------------------------------------------------


@act(Permission.MOTION_COMPOSITE, Event.COMPOSITE_PUBLISHED)
def publish(composite: Composite, *, seal: str, by: Actor, at: datetime, act: Act) -> Composite:
    """Publish what every branch signed as a motion of its own; its parents stay readable, each linked to it.

    Amendments to the parents whose words are in the composite as they were are carried over; the movers of the others
    are told why not and asked what to do.

    Raises:
        Stale: if the text is not the one with this hash, or a parent changed since. OutOfOrder: before all have signed.
    """
    act.step(composite, "publish")
    if composite.seal != seal or composites.seal_of(composite) != seal:
        raise Stale(f"{composite.label} is not the text that was signed any more; ask the branches again.")
    for parent in composite.parents:
        if parent.motion.version_id != parent.version_id:
            raise Stale(f"{parent.motion.label} has a new text since it was composited; begin the composite again.")
    motion = _motion(act, composite)
    composite.motion_id = motion.id
    composite.revision += 1
    for parent in composite.parents:
        act.step(parent.motion, "composite", check_permission=False)
        parent.motion.revision += 1
        act.record(Event.MOTION_COMPOSITED, parent.motion, composite=composite.id, motion=motion.id)
    carried, asked = carrying_over.carry_over(act, composite, motion)
    act.data = {"seal": seal, "motion": motion.id, "carried_over": carried, "asked": asked}
    for parent in composite.parents:
        for number in dict.fromkeys(filter(None, (parent.motion.mover_id, parent.motion.submitted_by_id))):
            composites.tell(
                act, "composite-published", composite, number, once=f"composite-published:{composite.id}:{number}",
                motion=motion.id, motion_label=motion.label,
            )  # fmt: skip
    return composite


def _motion(act: Act, composite: Composite) -> Motion:
    """The composite as a motion, moved by the branch that the committee named, with its one version."""
    leading = next(parent.motion for parent in composite.parents if parent.motion.unit_id == composite.unit_id)
    last = act.session.scalar(
        select(func.max(Motion.number)).where(Motion.consultation_id == composite.consultation_id)
    )
    motion = Motion(
        consultation_id=composite.consultation_id, number=(last or 0) + 1, title=composite.title, topic=leading.topic,
        mover_id=leading.mover_id, unit_id=composite.unit_id, created_at=act.at, submitted_at=act.at,
        submitted_by_id=leading.submitted_by_id,
        meeting_note=f"{composite.label}, made of {composites.titles(composite)} and signed by every branch of theirs."[:500],
    )  # fmt: skip
    act.session.add(motion)
    act.session.flush()
    document = composites.document_of(composite)
    versions.add(
        act.session, motion, document, cause="composite", by=act.by.reference, at=act.at,
        provenance={
            "parents": [versions.document_of(parent.version).hash for parent in composite.parents],
            "composite": composite.id, "seal": composite.seal,
            "authors": provenance.to_data(provenance.original(document)),
        },
    )  # fmt: skip
    act.step(motion, "bring composite", check_permission=False)
    act.record(Event.MOTION_PUBLISHED, motion, composite=composite.id)
    return motion
