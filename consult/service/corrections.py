"""Corrections of contributions: by their authors, for a declared time, with the earlier wording kept for everybody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.debating import EDIT_WITHIN
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.model.moderation import EarlierText
from consult.model.store import db
from consult.service import debated, threads
from consult.service.act import Act, act
from consult.service.debate import checked_body, checked_stance
from consult.service.moderation import key_of
from consult.service.posts import Post


def history(post: Post) -> list[EarlierText]:
    """How a contribution read before, oldest first."""
    [(column, number)] = key_of(post).items()
    query = select(EarlierText).where(getattr(EarlierText, column) == number).order_by(EarlierText.id)
    return list(db.session.scalars(query))


def may_still(post: Post, author_id: int | None, at: datetime) -> bool:
    """Whether somebody can still correct a contribution."""
    return (
        author_id is not None and post.author_id == author_id and post.hidden_at is None and at < post.at + EDIT_WITHIN
    )


def why_not(post: Post, at: datetime, session: Session | None = None) -> str:
    """Why a contribution is not corrected at an instant; "" where its author can."""
    if post.hidden_at is not None:
        return "A moderator has hidden this, so it cannot be corrected; you can appeal."
    thread = threads.of_row(post, session)
    if sentence := debated.why_closed(thread, at):
        return sentence
    if at >= post.at + EDIT_WITHIN:
        return (
            f"Contributions are corrected within {int(EDIT_WITHIN.total_seconds() // 60)} minutes; this could be until "
            f"{written(post.at + EDIT_WITHIN)}. Say what has changed in an answer."
        )
    if threads.rules_of(thread, session).screening is not None:
        return "This debate is screened now, so nothing in it is changed unseen. Say it in an answer."
    return ""


@act(Permission.COMMENT_CORRECT, Event.COMMENT_CORRECTED)
def correct(post: Post, stance: str, body: str, *, by: Actor, at: datetime, act: Act) -> Post:
    """Correct what one wrote, within the declared time; how it read before stays on its page.

    Raises:
        OutOfOrder: later than that, while it is hidden or screened, or once the debate has closed. Invalid: for an empty or overlong
        text, or one that is the same.
    """
    if sentence := why_not(post, at, act.session):
        raise OutOfOrder(sentence)
    words, side = checked_body(body), checked_stance(stance)
    if (words, side) == (post.body, post.stance):
        sentence = "This is what it says already: change something, or go back."
        raise Invalid(sentence, {"body": sentence})
    act.session.add(EarlierText(**key_of(post), stance=post.stance, body=post.body, replaced_at=at))
    post.body, post.stance = words, side
    return post
