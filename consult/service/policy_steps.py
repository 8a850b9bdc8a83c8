"""What becomes of a policy after it was adopted: superseded, rescinded, renewed, or lapsed when its time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.motions import Policy
from consult.model.policies import PolicyStep
from consult.model.store import db
from consult.service.act import Act, act

SHORTEST, LONGEST = 10, 5_000


def history(policy_id: int) -> list[PolicyStep]:
    """Every step of a policy, oldest first."""
    query = select(PolicyStep).where(PolicyStep.policy_id == policy_id).order_by(PolicyStep.id)
    return list(db.session.scalars(query.options(joinedload(PolicyStep.by), joinedload(PolicyStep.successor))))


def superseded_by(policy_id: int) -> list[Policy]:
    """The older policies in whose place this one stands."""
    query = select(Policy).join(PolicyStep, PolicyStep.policy_id == Policy.id)
    return list(db.session.scalars(query.where(PolicyStep.successor_id == policy_id).order_by(Policy.adopted_at)))


@act(Permission.POLICY_KEEP, Event.POLICY_ENDED)
def supersede(policy: Policy, successor: Policy, reason: str, *, by: Actor, at: datetime, act: Act) -> Policy:
    """Record that a later policy stands in the place of an earlier one.

    Raises:
        Invalid: if the later one is not later, not in force, or the same; without a reason.
    """
    if successor.id == policy.id:
        raise _wrong("successor", "A policy cannot stand in its own place. Choose the later one.")
    if successor.adopted_at < policy.adopted_at:
        raise _wrong("successor", f"“{successor.title}” was adopted before this policy. Choose a later one.")
    if successor.state != "in force":
        raise _wrong("successor", f"“{successor.title}” is {successor.state}; only a policy in force can supersede.")
    act.step(policy, "supersede")
    act.note(successor=successor.id)
    _record(act, policy, "supersede", reason, successor_id=successor.id)
    return policy


@act(Permission.POLICY_KEEP, Event.POLICY_ENDED)
def rescind(policy: Policy, reason: str, *, by: Actor, at: datetime, act: Act) -> Policy:
    """Record that the members took a policy back.

    Raises:
        Invalid: without a reason, which names the decision that rescinded it.
    """
    act.step(policy, "rescind")
    _record(act, policy, "rescind", reason)
    return policy


@act(Permission.POLICY_KEEP, Event.POLICY_RENEWED)
def renew(policy: Policy, until: datetime, reason: str, *, by: Actor, at: datetime, act: Act) -> Policy:
    """Keep a policy in force for longer, before it lapses.

    Raises:
        Invalid: if the new date is not later than now and than the old one; without a reason.
        OutOfOrder: if it has lapsed by the calendar already: what has lapsed is moved again.
    """
    if policy.lapses_at is not None and policy.lapses_at <= at:
        raise OutOfOrder("This policy has lapsed. A lapsed policy is not renewed; it is moved again as a motion.")
    if until <= max(at, policy.lapses_at or at):
        raise _wrong("until", "Choose a day after the one on which it would lapse.")
    act.step(policy, "renew")
    policy.lapses_at = until
    _record(act, policy, "renew", reason, lapses_at=until)
    return policy


@act(Permission.POLICY_KEEP, Event.POLICY_ENDED)
def lapse(policy: Policy, *, by: Actor, at: datetime, act: Act) -> Policy:
    """Let a policy lapse whose time is over; the timetable does it.

    Raises:
        OutOfOrder: before its day.
    """
    if policy.lapses_at is None or policy.lapses_at > at:
        raise OutOfOrder("This policy's time is not over.")
    act.step(policy, "lapse")
    reason = "Its time was over: the rulebook says for how long a policy is in force unless it is renewed."
    _record(act, policy, "lapse", reason)
    return policy


def due_to_lapse(at: datetime) -> list[int]:
    """The ids of policies in force whose time is over, the oldest first."""
    query = select(Policy.id).where(Policy.state == "in force", Policy.lapses_at <= at)
    return list(db.session.scalars(query.order_by(Policy.lapses_at, Policy.id)))


def _record(
    act: Act,
    policy: Policy,
    step: str,
    reason: str,
    *,
    successor_id: int | None = None,
    lapses_at: datetime | None = None,
) -> None:
    text = reason.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise _wrong("reason", f"Give a reason of {SHORTEST} to {LONGEST:,} characters; members read it.")
    act.session.add(
        PolicyStep(
            policy_id=policy.id, step=step, reason=text, successor_id=successor_id, lapses_at=lapses_at,
            by_id=act.by.member_id, at=act.at,
        )
    )  # fmt: skip


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, {field: sentence})
