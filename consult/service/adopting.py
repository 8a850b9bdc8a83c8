"""What a policy primary adopts enters the policy book; what was taken from a ballot is set aside, with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot
from consult.model.consultations import Consultation
from consult.model.motions import Motion, Policy
from consult.model.policies import PolicyStep
from consult.model.procedure import Disposal
from consult.model.set_aside import SetAside
from consult.model.store import db
from consult.service import consultations, disposals, enacting
from consult.service.act import Act, act

SHORTEST, LONGEST = 20, 2_000
#: States of an amendment about which nothing has been decided.
_UNDECIDED = ("submitted", "queried", "in order", "not accepted", "accepted by mover", "on the order paper")


# -- reading ---------------------------------------------------------------------------------------------------------


def aside(consultation_id: int) -> list[SetAside]:
    """The ballots of a consultation whose order is set aside, the latest first."""
    query = select(SetAside).join(Ballot, Ballot.id == SetAside.ballot_id)
    return list(db.session.scalars(query.where(Ballot.consultation_id == consultation_id).order_by(SetAside.at.desc())))


def adoptable(consultation: Consultation, session: Session | None = None) -> dict[int, list[Motion]]:
    """Ballot → the motions that a policy primary adopted and that wait to be entered in the policy book, in their places."""
    used = session or db.session()
    if consultations.rules_of(consultation).selection != "primary":
        return {}
    query = select(Motion.id).where(Motion.consultation_id == consultation.id, Motion.state == "prioritised")
    found: dict[int, list[Disposal]] = {}
    for row in disposals.newest(used, list(used.scalars(query))).values():
        if row.decision == "prioritised" and row.source == "ballot" and row.ballot_id is not None:
            found.setdefault(row.ballot_id, []).append(row)
    return {
        ballot: [row.motion for row in sorted(rows, key=lambda row: row.place or 0)] for ballot, rows in found.items()
    }


# -- adopting --------------------------------------------------------------------------------------------------------


@act(Permission.PRIMARY_ADOPT, None)
def adopt(consultation: Consultation, ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Consultation:
    """Enter what a policy primary adopted in the policy book, with the ballot as its source; all of it or nothing.

    Raises:
        OutOfOrder: if the rules hold no policy primary, nothing waits from this ballot, an amendment is not decided, or a
        text was changed after members had begun to vote.
    """
    if consultations.rules_of(consultation).selection != "primary":
        raise OutOfOrder("The rules of this body hold no policy primary: what is prioritised is put to the vote.")
    rows = adoptable(consultation, act.session).get(ballot.id, [])
    if not rows:
        raise OutOfOrder(f"Nothing that “{ballot.title}” adopted waits to be entered in the policy book.")
    for motion in rows:
        _require_settled(act.session, motion, ballot)
    for motion in rows:
        enacting.adopt(act, motion, ballot.id)
    return consultation


def _require_settled(session: Session, motion: Motion, ballot: Ballot) -> None:
    waiting = select(Amendment.number).where(Amendment.motion_id == motion.id, Amendment.state.in_(_UNDECIDED))
    if (number := session.scalar(waiting.limit(1))) is not None:
        raise OutOfOrder(
            f"Amendment {number} to {motion.label} is not decided. Members voted on the motion as it stood: have the "
            "amendment withdrawn or ruled out first."
        )
    if motion.version is None or motion.version.created_at > ballot.opens_at:
        raise OutOfOrder(f"The text of {motion.label} was changed after members had begun to vote on it.")


# -- setting aside ---------------------------------------------------------------------------------------------------


@act(Permission.PRIORITIES_SET_ASIDE, Event.PRIORITIES_SET_ASIDE)
def set_aside(ballot: Ballot, reason: str, *, by: Actor, at: datetime, act: Act) -> SetAside:
    """Undo what was taken from a ballot, on the record: its motions are published again, and its adoptions are rescinded.

    Raises:
        OutOfOrder: if nothing was taken from it, it was set aside, or one of its motions has gone on to the order paper.
        Invalid: without a reason.
    """
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        sentence = f"Say why, in a sentence or more that members read ({SHORTEST} to {LONGEST:,} characters)."
        raise Invalid(sentence, {"reason": sentence})
    undo(act, ballot, reason.strip(), None)
    return act.session.get_one(SetAside, ballot.id)


def undo(act: Act, ballot: Ballot, reason: str, replaced_by: int | None) -> None:
    """Inside an act; what a later ballot replaces keeps what has been adopted or gone on to the order paper."""
    if act.session.get(SetAside, ballot.id) is not None:
        raise OutOfOrder(f"What was taken from “{ballot.title}” was set aside already.")
    query = select(Disposal.motion_id).where(Disposal.ballot_id == ballot.id)
    newest = disposals.newest(act.session, sorted(set(act.session.scalars(query))))
    rows = [row.motion for row in newest.values() if row.ballot_id == ballot.id]
    if not rows and replaced_by is None:
        raise OutOfOrder(f"Nothing that was taken from “{ballot.title}” still stands.")
    if replaced_by is None:
        _require_undoable(act.session, rows, ballot)
    for motion in sorted(rows, key=lambda row: row.number or 0):
        adopted = _policy_of(act.session, motion, ballot)
        if motion.state in ("prioritised", "not prioritised") or (adopted and replaced_by is None):
            _undo_one(act, motion, adopted, reason, ballot)
    made = SetAside(ballot_id=ballot.id, reason=reason, replaced_by_id=replaced_by, by_id=act.by.member_id, at=act.at)
    act.session.add(made)
    act.session.flush()
    act.data = {"ballot": ballot.id, "motions": [row.id for row in rows], "replaced_by": replaced_by}


def _policy_of(session: Session, motion: Motion, ballot: Ballot) -> Policy | None:
    """What the ballot itself made policy, by adoption."""
    if motion.state != "carried":
        return None
    mine = select(Policy).where(Policy.motion_id == motion.id, Policy.ballot_id == ballot.id)
    return session.scalars(mine).one_or_none()


def _require_undoable(session: Session, rows: list[Motion], ballot: Ballot) -> None:
    for motion in rows:
        if motion.state in ("on the order paper", "put to the vote"):
            raise OutOfOrder(
                f"{motion.label} is {motion.state} by this ballot: it is left unput or decided before the order is set aside."
            )
        adopted = _policy_of(session, motion, ballot)
        if adopted is not None and adopted.state != "in force":
            raise OutOfOrder(
                f"The policy made of {motion.label} is {adopted.state} by now, so its adoption is not undone."
            )


def _undo_one(act: Act, motion: Motion, adopted: Policy | None, reason: str, ballot: Ballot) -> None:
    if adopted is not None:
        act.step(adopted, "rescind", check_permission=False)
        act.session.add(
            PolicyStep(policy_id=adopted.id, step="rescind", reason=reason, by_id=act.by.member_id, at=act.at)
        )
        act.record(Event.POLICY_ENDED, adopted, step="rescind", ballot=ballot.id)
    step = act.step(motion, "set aside", check_permission=False)
    motion.revision += 1
    act.record(step.event, motion, **act.data, ballot=ballot.id)


def replace_earlier(act: Act, consultation: Consultation, ballot: Ballot, words: str) -> None:
    """Inside the act of taking an order: the places of every earlier ballot make room for those of this one."""
    query = (
        select(Ballot)
        .join(Disposal, Disposal.ballot_id == Ballot.id)
        .where(
            Ballot.consultation_id == consultation.id, Ballot.id != ballot.id,
            Ballot.id.not_in(select(SetAside.ballot_id)),
            Disposal.decision.in_(("prioritised", "not prioritised")),
        )
        .distinct()
        .order_by(Ballot.id)
    )  # fmt: skip
    for earlier in act.session.scalars(query).all():
        undo(act, earlier, words, ballot.id)
        act.record(Event.PRIORITIES_SET_ASIDE, earlier, **act.data)
        act.data = {}
