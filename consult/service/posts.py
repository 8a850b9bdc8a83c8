"""How a contribution comes to stand in its debate: at once, or once a moderator has admitted it; the answered are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consult.domain.debating import SCREEN_WITHIN
from consult.domain.events import Event
from consult.model.ballots import Question
from consult.model.consulting import ParagraphComment
from consult.model.debate import Comment
from consult.model.members import Member
from consult.model.moderation import WaitingPost
from consult.service import threads
from consult.service.act import Act

Post = Comment | ParagraphComment


def send(act: Act, post: WaitingPost, screened: bool, at: datetime) -> Post | WaitingPost:
    """Put a contribution into its debate, or where the thread is screened into the line before the moderators."""
    if not screened:
        return publish(act, post, at)
    post.due_at, post.state = at + SCREEN_WITHIN, "waiting"
    act.session.add(post)
    act.session.flush()
    act.record(Event.POST_WAITS, post)
    return post


def publish(act: Act, post: WaitingPost, at: datetime) -> Post:
    """Put a contribution into its debate at an instant, and tell whoever is answered."""
    made = _comment(post, at) if post.consultation_id is None else _paragraph_comment(post, at)
    act.session.add(made)
    act.session.flush()
    if isinstance(made, Comment):
        act.record(Event.COMMENT_WRITTEN, made)
    else:
        act.record(Event.PARAGRAPH_COMMENTED, made)
    _tell(act, post, made)
    return made


def _comment(post: WaitingPost, at: datetime) -> Comment:
    return Comment(
        motion_id=post.motion_id, policy_id=post.policy_id, composite_id=post.composite_id,
        question_id=post.question_id, option_id=post.option_id, amendment_id=post.amendment_id,
        parent_id=post.parent_id, author_id=post.author_id,
        author_status=post.author_status, stance=post.stance, clause_id=post.clause_id, quote=post.quote,
        version_id=post.version_id, composite_text_id=post.composite_text_id, body=post.body, at=at,
    )  # fmt: skip


def _paragraph_comment(post: WaitingPost, at: datetime) -> ParagraphComment:
    return ParagraphComment(
        consultation_id=post.consultation_id, paper_id=post.paper_id, paragraph=post.paragraph,
        parent_id=post.paragraph_parent_id, author_id=post.author_id, author_status=post.author_status,
        stance=post.stance, body=post.body, at=at,
    )  # fmt: skip


def _tell(act: Act, post: WaitingPost, made: Post) -> None:
    """Tell the author of what is answered: of the very answer, not of the contribution that it stands under."""
    thread = threads.of_row(post, act.session)
    label, title = threads.named(thread)
    place: dict[str, Any] = {threads.column_of(thread).removesuffix("_id"): thread.id}
    if isinstance(made, Comment) and post.answers_id is not None:
        answered = act.session.get_one(Comment, post.answers_id)
        if answered.author_id != made.author_id:
            place |= {"comment": made.id, "title": title, "label": label, "debate": threads.path_of(thread)}
            act.notify("comment-answered", answered.author, **place)
    elif isinstance(made, Comment) and isinstance(thread, Question):
        place |= {"comment": made.id, "title": title, "debate": threads.path_of(thread)}
        for candidate in _asked(act, thread, made):
            act.notify("candidate-asked", candidate, **place)
    elif isinstance(made, ParagraphComment) and post.paragraph_answers_id is not None:
        spoken = act.session.get_one(ParagraphComment, post.paragraph_answers_id)
        if spoken.author_id != made.author_id:
            act.notify("paragraph-answered", spoken.author, **place, title=title, paragraph=made.paragraph)


def _asked(act: Act, election: Question, made: Comment) -> list[Member]:
    """The candidates whom a question is put to, who are in the register."""
    options = [each for each in election.options if made.option_id in (None, each.id) and not each.withdrawn]
    return [act.session.get_one(Member, each.member_id) for each in options if each.member_id is not None]
