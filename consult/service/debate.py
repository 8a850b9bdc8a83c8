"""Debate of motions, policies and composites: comments for, against, asking or informing, anchored to words."""

from __future__ import annotations

from datetime import datetime

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.amendments import Amendment
from consult.model.debate import Comment
from consult.model.moderation import WaitingPost
from consult.model.store import db
from consult.service import posts, threads
from consult.service.act import Act, act
from consult.service.debated import Debated, anchor_of, require_open, text_of
from consult.service.debated import is_open as is_open
from consult.service.saying import LONGEST as LONGEST
from consult.service.saying import checked_body as checked_body
from consult.service.saying import checked_stance as checked_stance
from consult.text import anchors
from consult.text.clauses import Document, Kind


def get(comment_id: int) -> Comment:
    """A comment.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(Comment, comment_id)
    if found is None:
        raise NotFound("There is no comment of this number.")
    return found


# -- writing ---------------------------------------------------------------------------------------------------------


@act(Permission.COMMENT_WRITE, None)
def write(
    thread: Debated,
    stance: str,
    body: str,
    *,
    amendment: Amendment | None = None,
    clause_id: str = "",
    quote: str = "",
    answers: Comment | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Comment | WaitingPost:
    """Say something about a motion, one of its amendments, a policy, a composite or the words of a clause, or answer somebody.

    An answer to an answer stands under the same contribution; whoever is answered is told. Where the debate is screened it
    waits for a moderator.

    Raises:
        OutOfOrder: if it is not being debated, or before one's turn in slow mode. Invalid: for an empty or overlong
        text, or words that the clause, or no clause or more than one, has. TooOften: beyond what one person says in an hour.
    """
    require_open(thread, at)
    column = threads.column_of(thread)
    if amendment is not None and (
        amendment.motion_id != thread.id or column != "motion_id" or amendment.number is None
    ):
        raise NotFound("This amendment belongs to another motion.")
    if answers is not None and answers.thread != (column, thread.id):
        raise NotFound("The comment you answer belongs to another debate.")
    if answers is not None and answers.hidden_at is not None:
        raise OutOfOrder("A moderator has hidden the comment that you answer.")
    clause, words = _about(text_of(thread), amendment, clause_id, quote)
    post = WaitingPost(
        amendment_id=amendment.id if amendment else None,
        parent_id=(answers.parent_id or answers.id) if answers else None, answers_id=answers.id if answers else None,
        author_id=by.member_id, author_status=by.status.value if by.status else "", stance=checked_stance(stance),
        clause_id=clause, quote=words, **anchor_of(thread), body=checked_body(body), at=at,
    )  # fmt: skip
    setattr(post, column, thread.id)
    rules = threads.require_turn(act.session, thread, post, by=by, at=at)
    return posts.send(act, post, rules.screening is not None, at)  # type: ignore[return-value]  # no other kind


def _about(text: Document, amendment: Amendment | None, clause_id: str, quote: str) -> tuple[str | None, str | None]:
    """The clause that is spoken about and the words quoted from it; of the whole text, the one clause that has the words."""
    words = " ".join(quote.split())
    if clause_id:
        if clause_id not in text:
            sentence = "The clause that you write about is not in the text any more."
            raise Invalid(sentence, {"clause": sentence})
        if words and not anchors.has(text.clause(clause_id).text, words):
            sentence = "The words that you quote are not in that clause: copy them from the text as it stands."
            raise Invalid(sentence, {"quote": sentence})
        return clause_id, words or None
    if not words:
        return None, None
    if amendment is not None:
        sentence = "Words are quoted from a clause of the motion: choose that clause, or quote nothing."
        raise Invalid(sentence, {"quote": sentence})
    found = [one.id for one in text.clauses if one.kind is not Kind.HEADING and anchors.has(one.text, words)]
    if not found:
        sentence = "No clause has the words that you quote: copy them from the text as it stands."
        raise Invalid(sentence, {"quote": sentence})
    if len(found) > 1:
        sentence = "More than one clause has the words that you quote: choose one of them as what you speak about."
        raise Invalid(sentence, {"quote": sentence})
    return found[0], words
