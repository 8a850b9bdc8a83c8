"""Debate: comments for, against, asking or informing, anchored to words."""

from __future__ import annotations

from datetime import datetime

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import current, require_phase
from consult.model.amendments import Amendment
from consult.model.debate import STANCES, Comment
from consult.model.moderation import WaitingPost
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import posts, threads
from consult.service.act import Act, act
from consult.text import anchors
from consult.text.clauses import Document, Kind

#: The most characters of a comment.
LONGEST = 2_000
#: States of a motion in which it is debated.
OPEN = ("published", "prioritised", "on the order paper", "put to the vote")


def get(comment_id: int) -> Comment:
    """A comment.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(Comment, comment_id)
    if found is None:
        raise NotFound("There is no comment of this number.")
    return found


def is_open(motion: Motion, at: datetime) -> bool:
    """Whether people may speak on a motion at an instant."""
    spans = [phase for phase in motion.consultation.phases if phase.kind == "debating"]
    return motion.state in OPEN and (not spans or bool(current(spans, at)))


# -- writing ---------------------------------------------------------------------------------------------------------


@act(Permission.COMMENT_WRITE, None)
def write(
    motion: Motion,
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
    """Say something about a motion, one of its amendments or the words of a clause, or answer somebody.

    An answer to an answer stands under the same contribution; whoever is answered is told. Where the debate is screened it
    waits for a moderator.

    Raises:
        OutOfOrder: if the motion is not being debated, or before one's turn in slow mode. Invalid: for an empty or overlong
        text, or words that the clause, or no clause or more than one, has. TooOften: beyond what one person says in an hour.
    """
    if motion.state not in OPEN:
        raise OutOfOrder(
            f"{motion.label} is {motion.state}; a motion is debated from its publication until it is decided."
        )
    require_phase(motion.consultation.phases, "debating", at, "Motions can be debated")
    if amendment is not None and (amendment.motion_id != motion.id or amendment.number is None):
        raise NotFound("This amendment belongs to another motion.")
    if answers is not None and answers.motion_id != motion.id:
        raise NotFound("The comment you answer belongs to another motion.")
    if answers is not None and answers.hidden_at is not None:
        raise OutOfOrder("A moderator has hidden the comment that you answer.")
    clause, words = _about(motion, amendment, clause_id, quote)
    post = WaitingPost(
        motion_id=motion.id, amendment_id=amendment.id if amendment else None,
        parent_id=(answers.parent_id or answers.id) if answers else None, answers_id=answers.id if answers else None,
        author_id=by.member_id, author_status=by.status.value if by.status else "", stance=checked_stance(stance),
        clause_id=clause, quote=words, version_id=motion.version_id,
        body=checked_body(body), at=at,
    )  # fmt: skip
    rules = threads.require_turn(act.session, motion, post, by=by, at=at)
    return posts.send(act, post, rules.screening is not None, at)  # type: ignore[return-value]  # no other kind


def checked_stance(stance: str) -> str:
    """The side that somebody speaks on, if there is such a side."""
    if stance not in STANCES:
        sentence = "Choose whether you speak for, against, ask a question or give information."
        raise Invalid(sentence, {"stance": sentence})
    return stance


def checked_body(body: str) -> str:
    """What somebody says, if it is neither empty nor too long."""
    text = body.strip()
    if not text:
        raise Invalid("Write something first.", {"body": "Write something first."})
    if len(text) > LONGEST:
        sentence = f"This has {len(text):,} characters and the most is {LONGEST:,}: take out {len(text) - LONGEST:,}."
        raise Invalid(sentence, {"body": sentence})
    return text


def _about(motion: Motion, amendment: Amendment | None, clause_id: str, quote: str) -> tuple[str | None, str | None]:
    """The clause that is spoken about and the words quoted from it; of the whole motion, the one clause that has the words."""
    words = " ".join(quote.split())
    text = Document.from_data(motion.version.document) if motion.version else Document(())
    if clause_id:
        if clause_id not in text:
            sentence = "The clause that you write about is not in the motion's text any more."
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
        sentence = "No clause of the motion has the words that you quote: copy them from the text as it stands."
        raise Invalid(sentence, {"quote": sentence})
    if len(found) > 1:
        sentence = "More than one clause has the words that you quote: choose one of them as what you speak about."
        raise Invalid(sentence, {"quote": sentence})
    return found[0], words
