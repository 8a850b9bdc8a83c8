"""Challenges to an order of votes: made in public with a reason, answered by the committee before the motion is put."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.timetable import written
from consult.model.consequences import VoteOrder
from consult.model.motions import Motion
from consult.model.order_challenges import OrderChallenge
from consult.model.store import db
from consult.service import ballots, consultations, order_of_votes
from consult.service.act import Act, act

SHORTEST, LONGEST = order_of_votes.SHORTEST, order_of_votes.LONGEST
UPHELD, DISMISSED = "upheld", "dismissed"


# -- reading ---------------------------------------------------------------------------------------------------------


def of_motion(motion_id: int) -> list[OrderChallenge]:
    """Every challenge to an order of votes on a motion, newest first."""
    query = select(OrderChallenge).where(OrderChallenge.motion_id == motion_id)
    return list(db.session.scalars(query.options(*_loaded()).order_by(OrderChallenge.id.desc())))


def found(words: str = "", motion_id: int | None = None, limit: int = 200) -> list[OrderChallenge]:
    """Challenges for the ledger of rulings, those that wait for an answer first, then the newest; with all of the words."""
    query = select(OrderChallenge).join(Motion, Motion.id == OrderChallenge.motion_id)
    if motion_id is not None:
        query = query.where(OrderChallenge.motion_id == motion_id)
    for word in words.split()[:12]:
        fields = (OrderChallenge.reason, OrderChallenge.answer, Motion.title)
        query = query.where(or_(*(func.lower(text).contains(word.lower(), autoescape=True) for text in fields)))
    query = query.options(*_loaded()).order_by(OrderChallenge.outcome.is_not(None), OrderChallenge.id.desc())
    return list(db.session.scalars(query.limit(limit)))


def _loaded() -> tuple[Any, ...]:
    return (
        joinedload(OrderChallenge.by), joinedload(OrderChallenge.decided_by), joinedload(OrderChallenge.order),
        joinedload(OrderChallenge.motion).selectinload(Motion.amendments),
    )  # fmt: skip


def get(challenge_id: int) -> OrderChallenge:
    """One challenge.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(OrderChallenge).where(OrderChallenge.id == challenge_id).options(*_loaded())
    row = db.session.scalars(query).one_or_none()
    if row is None:
        raise NotFound("There is no challenge of this number.")
    return row


def until(motion: Motion, order: VoteOrder) -> datetime | None:
    """Until when an order can be challenged: as long as a ruling can be appealed; None: until the motion is put."""
    days = consultations.rules_of(motion.consultation).appeal_days
    return order.at + timedelta(days=days) if days else None


def problem(session: Session, motion: Motion) -> str:
    """Why a motion is not put to the vote yet, as a sentence: a challenge waits for its answer; "" if none does."""
    waiting = select(OrderChallenge.id).where(OrderChallenge.motion_id == motion.id, OrderChallenge.outcome.is_(None))
    if session.scalar(waiting.limit(1)) is None:
        return ""
    return (
        f"The order of votes on {motion.label} was challenged, and the committee has not answered: it answers before the "
        "motion is put to the vote."
    )


# -- challenging -----------------------------------------------------------------------------------------------------


@act(Permission.ORDER_CHALLENGE, Event.ORDER_CHALLENGED)
def challenge(
    motion: Motion,
    order: VoteOrder,
    reason: str,
    proposed: Sequence[int] = (),
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> OrderChallenge:
    """Challenge the order of votes in force, with a reason that everybody reads and, if wanted, the other order.

    Raises:
        OutOfOrder: if the motion is put to the vote or on a ballot, the order is not in force or one's challenge to it was
        made, or the days for it are over.
        Invalid: without a reason, or for an order that does not name each amendment once or that is the one in force.
    """
    if motion.state != "on the order paper":
        raise OutOfOrder(f"{motion.label} is {motion.state}; an order is challenged while it is on the order paper.")
    order_of_votes.require_no_ballot(act.session, motion)
    newest = order_of_votes.latest(motion.id, act.session)
    if newest is None or newest.id != order.id:
        raise OutOfOrder("This order of votes is not in force any more: look at the newer one.")
    closes = until(motion, order)
    if closes is not None and at >= closes:
        raise OutOfOrder(f"This order could be challenged until {written(closes)}; that deadline has passed.")
    mine = select(OrderChallenge.id).where(OrderChallenge.order_id == order.id, OrderChallenge.by_id == by.member_id)
    if act.session.scalar(mine) is not None:
        raise OutOfOrder("You have challenged this order already; one challenge of yours is heard for each order.")
    wanted = list(proposed)
    problems = (
        {} if SHORTEST <= len(reason.strip()) <= LONGEST else {"reason": _sentence("Say why it should be otherwise")}
    )
    if wanted and (sorted(wanted) != sorted(order.amendments) or wanted == list(order.amendments)):
        problems["order"] = "Name each amendment on the order paper once, in another order than the one in force."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    made = OrderChallenge(
        motion_id=motion.id,
        order_id=order.id,
        by_id=by.member_id,
        reason=reason.strip(),
        proposed=wanted or None,
        at=at,
    )
    act.session.add(made)
    act.session.flush()
    act.note(motion=motion.id, order=order.id, proposed=wanted)
    for member in ballots.holders(act.session, Role.STANDING_ORDERS, at):
        act.notify(
            "order-challenged", member, once=f"order-challenged:{made.id}:{member.id}", motion=motion.id,
            label=motion.label, title=motion.title, reason=made.reason,
        )  # fmt: skip
    return made


def _sentence(what: str) -> str:
    return f"{what} in a sentence or more ({SHORTEST} to {LONGEST:,} characters)."


@act(Permission.ORDER_SET, Event.ORDER_ANSWERED)
def answer(
    motion: Motion,
    made: OrderChallenge,
    upheld: bool,
    words: str,
    order: Sequence[int] = (),
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> OrderChallenge:
    """Uphold a challenge, which sets another order (the one asked for unless `order` gives one), or dismiss it.

    Raises:
        OutOfOrder: if it was answered, or the order cannot be changed any more.
        NotAllowed: for the person who made the challenge. Invalid: without a reason, or without another order.
    """
    if made.outcome is not None:
        raise OutOfOrder(f"This challenge was answered: it was {made.outcome}. {act.what_changed(made)}".strip())
    if by.member_id == made.by_id:
        raise NotAllowed("Whoever made the challenge does not answer it: another of the committee does.")
    if not SHORTEST <= len(words.strip()) <= LONGEST:
        raise Invalid(_sentence("Give the reason"), {"words": _sentence("Give the reason")})
    if upheld:
        wanted = list(order) or list(made.proposed or ())
        in_force = [row.id for row in order_of_votes.on_paper(motion, act.session)]
        if not wanted or wanted == in_force:
            sentence = "To uphold it, give the order that takes the place of the one in force."
            raise Invalid(sentence, {"order": sentence})
        made.new_order_id = order_of_votes.replace(act, motion, wanted, words.strip()).id
    made.outcome, made.answer = (UPHELD if upheld else DISMISSED), words.strip()
    made.decided_by_id, made.decided_at = by.member_id, at
    motion.revision += 1
    act.note(motion=motion.id, outcome=made.outcome, new_order=made.new_order_id)
    act.notify(
        "order-answered", made.by, once=f"order-answered:{made.id}", motion=motion.id, label=motion.label,
        title=motion.title, outcome=made.outcome, answer=made.answer,
    )  # fmt: skip
    return made
