"""Appeals against moderators: made by the author, decided with a reason by others than who moderated."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from consult.domain.debating import ANSWER_APPEAL_WITHIN, APPEAL_WITHIN
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.timetable import written
from consult.model.moderation import Moderation, ModerationAppeal, WaitingPost
from consult.model.store import db
from consult.service import ballots, moderation, screening
from consult.service.act import Act, act
from consult.service.threads import checked_reason


def get(moderation_id: int) -> ModerationAppeal:
    """The appeal against a decision.

    Raises:
        NotFound: if there is none.
    """
    found = db.session.get(ModerationAppeal, moderation_id)
    if found is None:
        raise NotFound("Nobody has appealed against this decision.")
    return found


def waiting() -> list[ModerationAppeal]:
    """Appeals that are not decided, oldest first."""
    query = select(ModerationAppeal).where(ModerationAppeal.outcome.is_(None)).order_by(ModerationAppeal.at)
    return list(db.session.scalars(query))


def due_at(appeal: ModerationAppeal) -> datetime:
    """When an appeal is to be decided."""
    return appeal.at + ANSWER_APPEAL_WITHIN


def why_not(row: Moderation, at: datetime) -> str:
    """The sentence for an author who cannot appeal against a decision at an instant, or ""."""
    if row.decision not in ("hidden", "refused"):
        return "There is nothing to appeal against: the contribution stands."
    if row.appeal is not None:
        return "You have appealed already; each decision is appealed against once."
    if at >= row.at + APPEAL_WITHIN:
        return f"Appeals against this decision could be made until {written(row.at + APPEAL_WITHIN)}."
    post = row.about
    stands = post.state == "admitted" if isinstance(post, WaitingPost) else post.hidden_at is None
    return "The contribution stands again, so there is nothing to appeal against." if stands else ""


@act(Permission.COMMENT_APPEAL, Event.MODERATION_APPEALED)
def make(row: Moderation, words: str, *, by: Actor, at: datetime, act: Act) -> ModerationAppeal:
    """Appeal against the hiding or refusal of what one wrote; the complaints panel is told.

    Raises:
        OutOfOrder: too late, twice, or where it stands again. Invalid: without a reason.
    """
    if sentence := why_not(row, at):
        raise OutOfOrder(sentence)
    made = ModerationAppeal(moderation_id=row.id, words=checked_reason(words), at=at)
    act.session.add(made)
    told = moderation.about(act.session, row.about)
    for member in ballots.holders(act.session, Role.COMPLAINTS, at):
        act.notify(
            "moderation-appealed", member, once=f"moderation-appealed:{row.id}:{member.id}", moderation=row.id, **told
        )
    return made


@act(Permission.COMMENT_APPEAL_DECIDE, Event.MODERATION_APPEAL_DECIDED)
def decide(
    appeal: ModerationAppeal, outcome: str, answer: str, *, by: Actor, at: datetime, act: Act
) -> ModerationAppeal:
    """Uphold the decision, or overturn it, whereupon the contribution stands; always with a reason.

    Raises:
        OutOfOrder: if it is decided already. NotAllowed: for whoever made the decision. Invalid: without a reason.
    """
    row = appeal.moderation
    if appeal.outcome is not None:
        raise OutOfOrder(f"This appeal is decided already. {act.what_changed(appeal)}".strip())
    if by.member_id in (row.by_id, row.author_id):
        raise NotAllowed("An appeal is decided by somebody else than who moderated and who wrote.")
    if outcome not in ("upheld", "overturned"):
        sentence = "Choose whether the moderator's decision stands."
        raise Invalid(sentence, {"outcome": sentence})
    appeal.outcome, appeal.answer = outcome, checked_reason(answer)
    appeal.decided_at, appeal.decided_by_id = at, by.member_id
    post = row.about
    if outcome == "overturned" and isinstance(post, WaitingPost) and post.state == "refused":
        screening.stand(act, post, "admitted", at)
    elif outcome == "overturned" and not isinstance(post, WaitingPost) and post.hidden_at is not None:
        moderation.uncover(act, post)
    act.note(outcome=outcome)
    told: dict[str, Any] = {"outcome": outcome, "answer": appeal.answer, "moderation": row.id} | moderation.about(
        act.session, post
    )
    act.notify("moderation-appeal-decided", post.author, **told)
    return appeal
