"""Rulings: the committee's queue, each ruling with its rule and reason, publishing, and appeals to the panel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.timetable import written
from consult.model.amendments import Amendment
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Appeal, Motion, Ruling
from consult.model.store import db
from consult.service import ballots, consultations, following, resubmission
from consult.service.act import Act, act

#: What the committee can decide → the step that it is.
STEPS: dict[str, str] = {"in order": "rule in order", "queried": "query", "ruled out": "rule out"}
#: The fewest characters of a reason: enough for a sentence.
SHORTEST = 20
LONGEST = 5_000

Subject = Motion | Amendment


# -- reading ---------------------------------------------------------------------------------------------------------


def queue(limit: int = 200) -> dict[str, list[Any]]:
    """What waits for the committee: motions and amendments to rule on (oldest first), and motions to publish."""
    motions = db.session.scalars(
        select(Motion)
        .where(Motion.state.in_(("submitted", "queried", "in order")))
        .options(joinedload(Motion.unit), joinedload(Motion.consultation))
        .order_by(Motion.submitted_at)
        .limit(limit)
    ).all()
    amendments = db.session.scalars(
        select(Amendment)
        .where(Amendment.state.in_(("submitted", "queried")))
        .options(joinedload(Amendment.unit), joinedload(Amendment.motion))
        .order_by(Amendment.submitted_at)
        .limit(limit)
    ).all()
    return {
        "motions": [motion for motion in motions if motion.state != "in order"],
        "amendments": list(amendments),
        "publish": [motion for motion in motions if motion.state == "in order"],
    }


def appeals_open() -> list[Appeal]:
    """Appeals that the panel has not decided, oldest first."""
    query = (
        select(Appeal)
        .where(Appeal.outcome.is_(None))
        .options(joinedload(Appeal.ruling).options(*_subjects()), joinedload(Appeal.by))
        .order_by(Appeal.at)
    )
    return list(db.session.scalars(query))


def _subjects() -> tuple[Any, ...]:
    return (
        joinedload(Ruling.by),
        joinedload(Ruling.motion).joinedload(Motion.unit),
        joinedload(Ruling.amendment).options(joinedload(Amendment.motion), joinedload(Amendment.unit)),
    )


def get(ruling_id: int) -> Ruling:
    """One ruling, with what it is about and its appeal.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Ruling).where(Ruling.id == ruling_id).options(*_subjects(), joinedload(Ruling.appeal))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no ruling of this number.")
    return found


def subject_of(ruling: Ruling) -> Subject:
    """The motion or amendment that a ruling is about."""
    found = ruling.motion or ruling.amendment
    if found is None:
        raise NotFound("This ruling is about nothing that is kept.")
    return found


def latest(subject: Subject, session: Session | None = None) -> Ruling | None:
    """The newest ruling on a motion or amendment, with its appeal."""
    mine = Ruling.motion_id == subject.id if isinstance(subject, Motion) else Ruling.amendment_id == subject.id
    query = select(Ruling).where(mine).options(joinedload(Ruling.appeal), joinedload(Ruling.by))
    return (session or db.session()).scalars(query.order_by(Ruling.id.desc()).limit(1)).first()


def appeal_until(subject: Subject, ruling: Ruling) -> datetime | None:
    """Until when a ruling can be appealed, by the rulebook; None: there is no deadline."""
    days = consultations.rules_of(consultation_of(subject)).appeal_days
    return ruling.at + timedelta(days=days) if days else None


def consultation_of(subject: Subject) -> Consultation:
    """The consultation under whose rulebook a subject stands."""
    return subject.consultation if isinstance(subject, Motion) else subject.motion.consultation


# -- ruling ----------------------------------------------------------------------------------------------------------


@act(Permission.MOTION_RULE, None)
def rule(
    subject: Subject,
    decision: str,
    order: str,
    reason: str,
    *,
    seen: str | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Ruling:
    """Rule a motion or amendment in order, query it or rule it out, by a numbered standing order and with a reason.

    `seen` is the state that the officer's page showed: whoever comes second is told what the first decided.

    Raises:
        Stale: if its state has changed since. Invalid: without a standing order of the rulebook, or a reason.
    """
    if seen is not None and seen != subject.state:
        raise Stale(f"{subject.label} is {subject.state} by now. {act.what_changed(subject)}".strip())
    text = checked(subject, decision, order, reason)
    if isinstance(subject, Motion) and decision == "in order":
        resubmission.require_free(act.session, subject, at)
    step = act.step(subject, STEPS[decision])
    ruling = keep(act, subject, decision, text, reason)
    act.record(step.event, subject, ruling=ruling.id, rule=order, **act.data)
    tell(act, subject, ruling)
    return ruling


def keep(act: Act, subject: Subject, decision: str, rule: str, reason: str) -> Ruling:
    """Store a ruling inside its act; a motion that is queried can be edited again."""
    is_motion = isinstance(subject, Motion)
    ruling = Ruling(
        motion_id=subject.id if is_motion else None,
        amendment_id=None if is_motion else subject.id,
        decision=decision,
        rule=rule,
        reason=reason.strip(),
        by_id=act.by.member_id,
        at=act.at,
    )
    act.session.add(ruling)
    if isinstance(subject, Motion) and decision == "queried" and subject.version is not None:
        subject.draft = subject.version.document
        subject.revision += 1
    act.session.flush()
    return ruling


def checked(subject: Subject, decision: str, order: str, reason: str) -> str:
    """The standing order cited, in full, if decision, rule and reason are as they must be."""
    problems: dict[str, str] = {}
    if decision not in STEPS:
        problems["decision"] = "Choose whether it is in order, queried or ruled out."
    cited = consultations.rules_of(consultation_of(subject)).order(order)
    if cited is None:
        problems["order"] = "Choose the standing order that the ruling relies on."
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        problems["reason"] = f"Give the reason in a sentence or more ({SHORTEST} to {LONGEST:,} characters)."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    return str(cited)[:300]


def _concerned(act: Act, subject: Subject) -> list[Member]:
    """The mover and the delegate who submitted it, each once."""
    ids = dict.fromkeys(number for number in (subject.mover_id, subject.submitted_by_id) if number is not None)
    return [act.session.get_one(Member, number) for number in ids]


def _context(subject: Subject) -> dict[str, Any]:
    motion = subject if isinstance(subject, Motion) else subject.motion
    context: dict[str, Any] = {"motion": motion.id, "label": subject.label, "title": motion.title}
    return context if subject is motion else context | {"amendment": subject.id, "of": motion.label}


def tell(act: Act, subject: Subject, ruling: Ruling) -> None:
    """To those who moved and submitted it: the ruling, its rule and its reason."""
    kind = "motion-ruled" if isinstance(subject, Motion) else "amendment-ruled"
    said: Mapping[str, Any] = {"decision": ruling.decision, "rule": ruling.rule, "reason": ruling.reason}
    for member in _concerned(act, subject):
        act.notify(kind, member, once=f"{kind}:{ruling.id}:{member.id}", **_context(subject), **said)


@act(Permission.TEXT_FREEZE, Event.MOTION_PUBLISHED)
def publish(motion: Motion, *, by: Actor, at: datetime, act: Act) -> Motion:
    """Publish a motion that is in order on the preliminary agenda: everybody reads it, and amendments are open."""
    act.step(motion, "publish")
    motion.revision += 1
    for number in following.listening(act.session, motion.id, (motion.mover_id, motion.submitted_by_id)):
        member = act.session.get_one(Member, number)
        act.notify("motion-published", member, once=f"motion-published:{motion.id}:{member.id}", **_context(motion))
    act.tell_followers(
        "a motion was published", f"{motion.label}: {motion.title}", f"/motions/{motion.id}",
        consultation_id=motion.consultation_id, unit_id=motion.unit_id,
    )  # fmt: skip
    return motion


# -- appeals ---------------------------------------------------------------------------------------------------------


@act(Permission.RULING_APPEAL, Event.RULING_APPEALED)
def appeal(subject: Subject, ruling: Ruling, grounds: str, *, by: Actor, at: datetime, act: Act) -> Appeal:
    """Appeal against the ruling that put a motion or amendment out of order, once.

    Raises:
        OutOfOrder: if it is not ruled out, this is not its latest ruling, it has been appealed, or the rulebook's days
        for an appeal are over.
        Invalid: without grounds.
    """
    newest = latest(subject, act.session)
    if subject.state != "ruled out" or newest is None or newest.id != ruling.id:
        raise OutOfOrder(f"{subject.label} is {subject.state}; only a ruling that rules something out can be appealed.")
    if newest.appeal is not None:
        raise OutOfOrder("This ruling has been appealed already; one appeal is heard for each ruling.")
    until = appeal_until(subject, ruling)
    if until is not None and at >= until:
        raise OutOfOrder(f"This ruling could be appealed until {written(until)}; that deadline has passed.")
    if not SHORTEST <= len(grounds.strip()) <= LONGEST:
        sentence = f"Give your grounds in a sentence or more ({SHORTEST} to {LONGEST:,} characters)."
        raise Invalid(sentence, {"grounds": sentence})
    made = Appeal(ruling_id=ruling.id, by_id=by.member_id, grounds=grounds.strip(), at=at)
    act.session.add(made)
    for member in ballots.holders(act.session, Role.COMPLAINTS, at):
        act.notify(
            "appeal-made", member, once=f"appeal-made:{ruling.id}:{member.id}", ruling=ruling.id, **_context(subject)
        )
    return made


@act(Permission.APPEAL_DECIDE, Event.APPEAL_DECIDED)
def decide(
    subject: Subject, ruling: Ruling, allowed: bool, reason: str, *, by: Actor, at: datetime, act: Act
) -> Appeal:
    """Allow an appeal (it is in order) or dismiss it (it is ruled out for good), with a reason that members read.

    Raises:
        OutOfOrder: if there is no appeal, or it is decided.
        NotAllowed: for somebody who moved it, submitted it, ruled on it or appealed.
    """
    made = act.session.get(Appeal, ruling.id)
    if made is None:
        raise OutOfOrder("Nobody has appealed against this ruling.")
    if made.outcome is not None:
        raise OutOfOrder(f"This appeal has been decided: it was {made.outcome}. {act.what_changed(made)}".strip())
    if by.member_id in (subject.mover_id, subject.submitted_by_id, made.by_id, ruling.by_id):
        raise NotAllowed("Somebody who moved it, submitted it, ruled on it or appealed does not decide the appeal.")
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        sentence = f"Give the reason in a sentence or more ({SHORTEST} to {LONGEST:,} characters)."
        raise Invalid(sentence, {"reason": sentence})
    act.step(subject, "allow appeal" if allowed else "dismiss appeal")
    made.outcome, made.reason = ("allowed" if allowed else "dismissed"), reason.strip()
    made.decided_by_id, made.decided_at = by.member_id, at
    appellant = act.session.get_one(Member, made.by_id)
    act.notify(
        "appeal-decided", appellant, once=f"appeal-decided:{ruling.id}", ruling=ruling.id, outcome=made.outcome,
        reason=made.reason, **_context(subject),
    )  # fmt: skip
    return made
