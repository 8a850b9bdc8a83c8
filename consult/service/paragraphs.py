"""Comments on the paragraphs of a consultation's paper: written, answered, moderated, and carried through its versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.domain.errors import NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.consultations import Consultation
from consult.model.consulting import PaperVersion, ParagraphComment
from consult.model.store import db
from consult.service import paper_versions, participation
from consult.service.act import Act, act
from consult.service.debate import checked_body, checked_reason, checked_stance


@dataclass
class Said:
    """A comment with its answers; `earlier` says that the paragraph read differently when it was written."""

    row: ParagraphComment
    earlier: bool
    replies: list[Said] = field(default_factory=list)


@dataclass(frozen=True)
class Talk:
    """What was said about the paper, paragraph by paragraph."""

    by_paragraph: dict[str, list[Said]]
    #: On paragraphs that the newest paper does not have any more.
    gone: list[Said]
    #: How many comments each paragraph has, answers and hidden ones left out, by voice: {"p1": {"member": 2}}.
    counts: dict[str, dict[str, int]]


def talk(consultation_id: int, paper: PaperVersion | None) -> Talk:
    """Everything that was said, in order of time: two statements whatever its length."""
    query = (
        select(ParagraphComment)
        .where(ParagraphComment.consultation_id == consultation_id)
        .options(joinedload(ParagraphComment.author), joinedload(ParagraphComment.paper))
        .order_by(ParagraphComment.at, ParagraphComment.id)
    )
    now = paper_versions.texts(paper.paper) if paper else {}
    found = Talk({}, [], {})
    tops: dict[int, Said] = {}
    for row in db.session.scalars(query):
        then = paper_versions.texts(row.paper.paper).get(row.paragraph)
        said = Said(row, then != now.get(row.paragraph))
        if row.parent_id is not None:
            tops[row.parent_id].replies.append(said)
            continue
        tops[row.id] = said
        place = found.by_paragraph.setdefault(row.paragraph, []) if row.paragraph in now else found.gone
        place.append(said)
        if row.hidden_at is None and row.paragraph in now:
            counts = found.counts.setdefault(row.paragraph, {})
            counts[row.author_status] = counts.get(row.author_status, 0) + 1
    return found


def get(comment_id: int) -> ParagraphComment:
    """A comment on a paragraph.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(ParagraphComment, comment_id)
    if found is None:
        raise NotFound("There is no comment of this number.")
    return found


@act(Permission.SUBMISSION_WRITE, Event.PARAGRAPH_COMMENTED)
def write(
    consultation: Consultation,
    paragraph: str,
    stance: str,
    body: str,
    *,
    answers: ParagraphComment | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> ParagraphComment:
    """Say something about a paragraph of the paper, or answer what was said; an answer to an answer stands beside it.

    Raises:
        OutOfOrder: if the consultation is not open. NotFound: if the paper has no such paragraph.
        Invalid: for an empty or overlong text.
    """
    participation.require_open(act.session, consultation, by, at, "The paper can be commented on")
    paper = paper_versions.latest(consultation.id)
    if answers is not None:
        if answers.consultation_id != consultation.id or answers.hidden_at is not None:
            raise OutOfOrder("What you answer is not there any more.")
        paragraph = answers.paragraph
    if paper is None or (answers is None and paragraph not in paper_versions.texts(paper.paper)):
        raise NotFound("The paper has no such paragraph any more; look at it again.")
    made = ParagraphComment(
        consultation_id=consultation.id,
        paper_id=paper.id,
        paragraph=paragraph,
        parent_id=(answers.parent_id or answers.id) if answers else None,
        author_id=by.member_id,
        author_status=by.status.value if by.status else "",
        stance=checked_stance(stance),
        body=checked_body(body),
        at=at,
    )
    act.session.add(made)
    if answers is not None and answers.author_id != by.member_id:
        act.notify(
            "paragraph-answered", answers.author, consultation=consultation.id, title=consultation.title,
            paragraph=paragraph,
        )  # fmt: skip
    return made


@act(Permission.COMMENT_MODERATE, Event.PARAGRAPH_COMMENT_HIDDEN)
def hide(comment: ParagraphComment, reason: str, *, by: Actor, at: datetime, act: Act) -> ParagraphComment:
    """Hide a comment with a reason that is read in its place, and tell its author."""
    if comment.hidden_at is not None:
        raise OutOfOrder("This comment is hidden already.")
    comment.hidden_at, comment.hidden_reason, comment.hidden_by_id = at, checked_reason(reason), by.member_id
    act.notify(
        "paragraph-comment-hidden", comment.author, consultation=comment.consultation_id, reason=comment.hidden_reason
    )
    return comment


@act(Permission.COMMENT_MODERATE, Event.PARAGRAPH_COMMENT_SHOWN)
def show(comment: ParagraphComment, *, by: Actor, at: datetime, act: Act) -> ParagraphComment:
    """Show a hidden comment again."""
    if comment.hidden_at is None:
        raise OutOfOrder("This comment is shown already.")
    comment.hidden_at = comment.hidden_reason = comment.hidden_by_id = None
    return comment
