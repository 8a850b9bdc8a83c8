"""Screening: contributions that wait for a moderator, admitted or refused with a ground, or appearing when nobody looked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import NotAllowed, NotFound, OutOfOrder, Refused
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import SWEEP, Actor
from consult.model.ballots import Question
from consult.model.moderation import Moderation, WaitingPost
from consult.model.store import db
from consult.service import posts, threads
from consult.service.act import Act, act
from consult.service.moderation import about, checked_ground, require_not_standing


def get(post_id: int) -> WaitingPost:
    """A contribution that waits or waited.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(WaitingPost, post_id)
    if found is None:
        raise NotFound("There is no contribution of this number before the moderators.")
    return found


def queue(limit: int = 100) -> list[WaitingPost]:
    """What waits, the first to be decided first."""
    query = select(WaitingPost).where(WaitingPost.state == "waiting").order_by(WaitingPost.due_at, WaitingPost.id)
    with_threads = (
        joinedload(WaitingPost.motion),
        joinedload(WaitingPost.policy),
        joinedload(WaitingPost.composite),
        joinedload(WaitingPost.question).joinedload(Question.ballot),
        joinedload(WaitingPost.consultation),
        joinedload(WaitingPost.author),
    )
    return list(db.session.scalars(query.options(*with_threads).limit(limit)))


def mine(thread: threads.Thread, author_id: int | None) -> list[WaitingPost]:
    """What somebody has waiting in a thread."""
    if author_id is None:
        return []
    query = select(WaitingPost).where(WaitingPost.author_id == author_id, WaitingPost.state == "waiting")
    return list(db.session.scalars(query.where(threads._of(thread, WaitingPost)).order_by(WaitingPost.id)))


def refused(thread: threads.Thread) -> int:
    """How many contributions to a thread were not admitted: they leave that trace."""
    query = select(func.count()).where(WaitingPost.state == "refused", threads._of(thread, WaitingPost))
    return db.session.scalar(query) or 0


def _require_waiting(act: Act, post: WaitingPost, by: Actor) -> None:
    if post.state != "waiting":
        raise OutOfOrder(f"This contribution does not wait any more. {act.what_changed(post)}".strip())
    if post.author_id == by.member_id:
        raise NotAllowed("Nobody screens what they wrote themselves: another moderator does.")
    require_not_standing(act.session, post, by)


@act(Permission.COMMENT_MODERATE, Event.POST_ADMITTED)
def admit(post: WaitingPost, *, by: Actor, at: datetime, act: Act) -> WaitingPost:
    """Let a contribution into its debate; it stands there from now."""
    _require_waiting(act, post, by)
    return stand(act, post, "admitted", at)


def stand(act: Act, post: WaitingPost, decision: str, at: datetime) -> WaitingPost:
    """Put a waiting or refused contribution into its debate inside an act, with the decision that did so."""
    made = posts.publish(act, post, at)
    if post.consultation_id is None:
        post.comment_id = made.id
    else:
        post.paragraph_comment_id = made.id
    post.state = "admitted"
    act.session.add(Moderation(waiting_id=post.id, decision=decision, by_id=act.by.member_id, at=at))
    return post


@act(Permission.COMMENT_MODERATE, Event.POST_REFUSED)
def refuse(post: WaitingPost, ground: str, reason: str, *, by: Actor, at: datetime, act: Act) -> Moderation:
    """Do not admit a contribution, on a ground and with a reason; its author is told, and can appeal.

    Raises:
        OutOfOrder: if it was decided already. NotAllowed: for one's own. Invalid: without a ground or reason.
    """
    _require_waiting(act, post, by)
    words = threads.checked_reason(reason)
    made = Moderation(
        waiting_id=post.id, decision="refused", ground=checked_ground(ground), reason=words, by_id=by.member_id, at=at
    )
    post.state = "refused"
    act.session.add(made)
    act.session.flush()
    act.notify(
        "post-refused", post.author, moderation=made.id, reason=words, ground=made.ground, **about(act.session, post)
    )
    return made


@act(Permission.COMMENT_CORRECT, Event.POST_WITHDRAWN)
def withdraw(post: WaitingPost, *, by: Actor, at: datetime, act: Act) -> WaitingPost:
    """Take back what one wrote while it waits."""
    if post.state != "waiting":
        raise OutOfOrder("This does not wait any more, so it cannot be withdrawn.")
    post.state = "withdrawn"
    return post


@act(Permission.POSTS_RELEASE, Event.POST_ADMITTED)
def release(post: WaitingPost, *, by: Actor, at: datetime, act: Act) -> WaitingPost:
    """Let a contribution appear that no moderator has decided on in time."""
    if post.state != "waiting" or post.due_at > at:
        raise OutOfOrder("This contribution does not wait any more, or its time has not come.")
    return stand(act, post, "unseen", at)


def release_due(at: datetime, session: Session | None = None) -> int:
    """For the worker: let everything appear that has waited for its time; how many did."""
    query = select(WaitingPost.id).where(WaitingPost.state == "waiting", WaitingPost.due_at <= at)
    done = 0
    for post_id in list(
        (session or db.session()).scalars(query.order_by(WaitingPost.due_at, WaitingPost.id).limit(500))
    ):
        try:
            release(get(post_id), by=SWEEP, at=at)
            done += 1
        except Refused:
            continue  # a moderator was quicker
    return done
