"""Comments on the paragraphs of a consultation's paper: written, answered, and carried through its versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, type_coerce
from sqlalchemy.orm import joinedload

from consult.domain.errors import NotFound, OutOfOrder
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.consultations import Consultation
from consult.model.consulting import PaperVersion, ParagraphComment
from consult.model.moderation import EarlierText, Moderation, ModerationAppeal, WaitingPost
from consult.model.store import Instant, db
from consult.service import debate_reading, paper_versions, participation, posts, threads
from consult.service.act import Act, act
from consult.service.debate import checked_body, checked_stance

#: How many comments stand at a paragraph of the paper, and on a page of all about a paragraph.
AT_A_PARAGRAPH = 5
A_PAGE = 30
#: How many answers stand under a comment on the paper.
ANSWERS = 5
#: What is said to happen only while the phase is open.
DOING = "The paper can be commented on"


@dataclass
class Said:
    """A comment with its answers; `earlier` says that the paragraph read differently when it was written."""

    row: ParagraphComment
    earlier: bool
    edited_at: datetime | None = None
    ground: str | None = None
    #: The decision by which it is hidden, and when that was taken, while nobody has appealed against it.
    moderation_id: int | None = None
    moderated_at: datetime | None = None
    replies: list[Said] = field(default_factory=list)
    #: How many answers there are, of which the first are in `replies`.
    answers: int = 0


@dataclass(frozen=True)
class Talk:
    """What was said about the paper, paragraph by paragraph: the newest of each."""

    by_paragraph: dict[str, list[Said]]
    #: On paragraphs that the newest paper does not have any more.
    gone: list[Said]
    #: How many comments each paragraph has, answers and hidden ones left out, by voice: {"p1": {"member": 2}}.
    counts: dict[str, dict[str, int]]
    #: How many there are at each paragraph, hidden ones too.
    many: dict[str, int]


_HIDDEN = select(func.max(Moderation.id)).where(
    Moderation.paragraph_comment_id == ParagraphComment.id, Moderation.decision == "hidden"
)
_UNAPPEALED = (
    (Moderation.id == _HIDDEN.correlate(ParagraphComment).scalar_subquery())
    & ParagraphComment.hidden_at.is_not(None)
    & ~exists().where(ModerationAppeal.moderation_id == Moderation.id).correlate(Moderation)
)


def _rows() -> Any:
    """Comments with when they were corrected, the ground on which they are hidden, and the decision that can be appealed."""
    corrected = select(func.max(EarlierText.replaced_at)).where(EarlierText.paragraph_comment_id == ParagraphComment.id)

    def unappealed(column: Any) -> Any:
        return select(column).where(_UNAPPEALED).correlate(ParagraphComment).scalar_subquery()

    ground = select(Moderation.ground).where(Moderation.id == _HIDDEN.correlate(ParagraphComment).scalar_subquery())
    return select(
        ParagraphComment,
        type_coerce(corrected.correlate(ParagraphComment).scalar_subquery(), Instant()).label("edited_at"),
        ground.correlate(ParagraphComment).scalar_subquery().label("ground"),
        unappealed(Moderation.id).label("moderation_id"),
        type_coerce(unappealed(Moderation.at), Instant()).label("moderated_at"),
    ).options(joinedload(ParagraphComment.author), joinedload(ParagraphComment.paper))


def _said(row: Any, now: dict[str, str]) -> Said:
    comment = row.ParagraphComment
    then = paper_versions.texts(comment.paper.paper).get(comment.paragraph)
    return Said(
        comment, then != now.get(comment.paragraph), row.edited_at, row.ground, row.moderation_id, row.moderated_at
    )  # fmt: skip


def _answered(found: list[Said], now: dict[str, str], most: int | None) -> list[Said]:
    """Comments with the first answers to each, or all, and how many there are: one statement."""
    tops = {said.row.id: said for said in found}
    within: dict[str, Any] = {"partition_by": ParagraphComment.parent_id}
    place = func.row_number().over(**within, order_by=(ParagraphComment.at, ParagraphComment.id)).label("place")
    placed = select(ParagraphComment.id, place, func.count().over(**within).label("many"))
    ranked = placed.where(ParagraphComment.parent_id.in_(tops)).subquery()
    query = _rows().add_columns(ranked.c.many).join(ranked, ranked.c.id == ParagraphComment.id)
    if most is not None:
        query = query.where(ranked.c.place <= most)
    for row in db.session.execute(query.order_by(ParagraphComment.at, ParagraphComment.id)) if tops else ():
        top = tops[row.ParagraphComment.parent_id]
        top.replies.append(_said(row, now))
        top.answers = row.many
    return found


def talk(consultation_id: int, paper: PaperVersion | None) -> Talk:
    """What was said, the newest at each paragraph, in order of time: three statements whatever its length."""
    top = (ParagraphComment.consultation_id == consultation_id) & ParagraphComment.parent_id.is_(None)
    now = paper_versions.texts(paper.paper) if paper else {}
    place = func.row_number().over(
        partition_by=ParagraphComment.paragraph, order_by=(ParagraphComment.at.desc(), ParagraphComment.id.desc())
    )
    ranked = select(ParagraphComment.id, place.label("place")).where(top).subquery()
    newest = select(ranked.c.id).where(ranked.c.place <= AT_A_PARAGRAPH)
    query = _rows().where(ParagraphComment.id.in_(newest)).order_by(ParagraphComment.at, ParagraphComment.id)
    found = Talk({}, [], {}, {})
    tops = _answered([_said(row, now) for row in db.session.execute(query)], now, ANSWERS)
    for said in tops:
        place_of = found.by_paragraph.setdefault(said.row.paragraph, []) if said.row.paragraph in now else found.gone
        place_of.append(said)
    hidden = ParagraphComment.hidden_at.is_not(None)
    counted = select(ParagraphComment.paragraph, ParagraphComment.author_status, hidden.label("hidden"), func.count())
    for paragraph, status, is_hidden, many in db.session.execute(
        counted.where(top).group_by(ParagraphComment.paragraph, ParagraphComment.author_status, hidden)
    ):
        found.many[paragraph] = found.many.get(paragraph, 0) + many
        if not is_hidden and paragraph in now:
            voices = found.counts.setdefault(paragraph, {})
            voices[status] = voices.get(status, 0) + many
    return found


def page(consultation_id: int, paragraph: str, paper: PaperVersion | None, number: int = 1) -> tuple[list[Said], int]:
    """A page of what was said about a paragraph, oldest first, with all answers, and how many pages: three statements."""
    top = _top(consultation_id, paragraph)
    now = paper_versions.texts(paper.paper) if paper else {}
    total = db.session.scalar(select(func.count()).where(top)) or 0
    query = _rows().where(top).order_by(ParagraphComment.at, ParagraphComment.id)
    rows = db.session.execute(query.limit(A_PAGE).offset((max(number, 1) - 1) * A_PAGE))
    return _answered([_said(row, now) for row in rows], now, None), max(1, -(-total // A_PAGE))


def _top(consultation_id: int, paragraph: str) -> Any:
    return (
        (ParagraphComment.consultation_id == consultation_id)
        & (ParagraphComment.paragraph == paragraph)
        & ParagraphComment.parent_id.is_(None)
    )


def counts_of(consultation_id: int, paragraph: str) -> dict[str, dict[str, int]]:
    """How many people speak on each side about a paragraph, answers included, by status: {"for": {"member": 3}, …}."""
    said = ParagraphComment
    where = (said.consultation_id == consultation_id) & (said.paragraph == paragraph) & said.hidden_at.is_(None)
    return debate_reading.people_by_side(db.session(), said, where)


def page_of(comment: ParagraphComment) -> int | None:
    """The page of a paragraph's comments on which a comment stands, or None where it is on the paper itself."""
    first = db.session.get_one(ParagraphComment, comment.parent_id or comment.id)
    top = _top(comment.consultation_id, comment.paragraph)
    earlier = (ParagraphComment.at < first.at) | ((ParagraphComment.at == first.at) & (ParagraphComment.id < first.id))
    before = db.session.scalar(select(func.count()).where(top, earlier)) or 0
    total = db.session.scalar(select(func.count()).where(top)) or 0
    beside = select(func.count()).where(ParagraphComment.parent_id == first.id, ParagraphComment.id < comment.id)
    deep = comment.parent_id is not None and (db.session.scalar(beside) or 0) >= ANSWERS
    return before // A_PAGE + 1 if total - before > AT_A_PARAGRAPH or deep else None


def get(comment_id: int) -> ParagraphComment:
    """A comment on a paragraph.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(ParagraphComment, comment_id)
    if found is None:
        raise NotFound("There is no comment of this number.")
    return found


@act(Permission.SUBMISSION_WRITE, None)
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
) -> ParagraphComment | WaitingPost:
    """Say something about a paragraph of the paper, or answer what was said; an answer to an answer stands beside it.

    Raises:
        OutOfOrder: if the consultation is not open, or before one's turn in slow mode. NotFound: if the paper has no such
        paragraph. Invalid: for an empty or overlong text. TooOften: beyond what one person says in an hour.
    """
    participation.require_open(act.session, consultation, by, at, DOING)
    paper = paper_versions.latest(consultation.id)
    if answers is not None:
        if answers.consultation_id != consultation.id or answers.hidden_at is not None:
            raise OutOfOrder("What you answer is not there any more.")
        paragraph = answers.paragraph
    if paper is None or (answers is None and paragraph not in paper_versions.texts(paper.paper)):
        raise NotFound("The paper has no such paragraph any more; look at it again.")
    post = WaitingPost(
        consultation_id=consultation.id, paper_id=paper.id, paragraph=paragraph,
        paragraph_parent_id=(answers.parent_id or answers.id) if answers else None,
        paragraph_answers_id=answers.id if answers else None, author_id=by.member_id,
        author_status=by.status.value if by.status else "", stance=checked_stance(stance), body=checked_body(body), at=at,
    )  # fmt: skip
    rules = threads.require_turn(act.session, consultation, post, by=by, at=at)
    return posts.send(act, post, rules.screening is not None, at)  # type: ignore[return-value]  # no other kind
