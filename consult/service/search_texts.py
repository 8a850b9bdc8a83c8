"""What each thing that can be found says, and who may find it: one statement a kind, whatever is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from consult.domain import searching as kinds
from consult.domain.searching import EVERYONE, MEMBERS, OWNER, SIGNED_IN
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot, Question
from consult.model.bodies import Body
from consult.model.coding import ConsultationReport
from consult.model.composites import Composite
from consult.model.consultations import Consultation, Phase
from consult.model.consulting import Contribution, ContributionVersion, ParagraphComment, Participation
from consult.model.debate import Comment
from consult.model.gatherings import Gathering
from consult.model.hall import Sitting, SittingMinute
from consult.model.mandates import Decision
from consult.model.motions import Motion, MotionVersion, Policy
from consult.model.results import Publication
from consult.model.standing import StandingText
from consult.model.units import Unit
from consult.service import search_units
from consult.service.motions import PRIVATE, PUBLIC
from consult.service.participation import PHASE
from consult.service.search_documents import Values, clauses, document, unmarked


def of_motion(state: str, number: int | None) -> str:
    """Who may find a motion, by the rule of `consult.service.motions.may_read`."""
    if state in PUBLIC:
        return EVERYONE
    return OWNER if state in PRIVATE or (state == "withdrawn" and number is None) else MEMBERS


def _motions() -> Any:
    return select(
        Motion.id, Motion.number, Motion.title, Motion.topic, Motion.state, Motion.mover_id, Motion.unit_id,
        Motion.consultation_id, Motion.draft, Motion.created_at, Motion.submitted_at, MotionVersion.document,
    ).outerjoin(MotionVersion, MotionVersion.id == Motion.version_id)  # fmt: skip


def _motion(row: Any) -> Values:
    return document(
        kinds.MOTION, row.id, row.title, clauses(row.document or row.draft), of_motion(row.state, row.number),
        row.submitted_at or row.created_at, also=f"motion {row.number or ''} {row.topic}", owner_id=row.mover_id,
        unit_id=row.unit_id, consultation_id=row.consultation_id, motion_id=row.id, state=row.state,
        number=row.number,
    )  # fmt: skip


def _amendments() -> Any:
    return select(
        Amendment.id, Amendment.number, Amendment.state, Amendment.mover_id, Amendment.unit_id, Amendment.motion_id,
        Amendment.rubric, Amendment.reason, Amendment.response, Amendment.created_at, Amendment.submitted_at,
        Motion.title, Motion.number.label("motion_number"), Motion.state.label("motion_state"), Motion.consultation_id,
    ).join(Motion, Motion.id == Amendment.motion_id)  # fmt: skip


def _amendment(row: Any) -> Values:
    """The motion's title is searched beneath it, so that what has the title for its own heading stands above it."""
    audience = OWNER if row.number is None else of_motion(row.motion_state, row.motion_number)
    if audience == EVERYONE and row.state in ("submitted", "queried"):
        audience = SIGNED_IN
    return document(
        kinds.AMENDMENT, row.id, str(row.number or ""), "\n".join([*map(str, row.rubric), row.reason, row.response]), audience,
        row.submitted_at or row.created_at, also=f"amendment motion {row.motion_number or ''}", beside=row.title,
        number=row.number, owner_id=row.mover_id, unit_id=row.unit_id, consultation_id=row.consultation_id, motion_id=row.motion_id,
        state=row.state,
    )  # fmt: skip


def _comments() -> Any:
    """Contributions to debates: those on policies are as public as the policy book, composites and elections are members'."""
    return (
        select(
            Comment.id, Comment.body, Comment.at, Comment.author_id, Comment.stance, Comment.motion_id, Comment.policy_id,
            Motion.state, Motion.number, func.coalesce(Policy.title, Composite.title, Question.title).label("title"),
            func.coalesce(Motion.unit_id, Composite.unit_id).label("unit_id"),
            func.coalesce(Motion.consultation_id, Composite.consultation_id, Ballot.consultation_id).label("consultation_id"),
        )
        .outerjoin(Policy, Policy.id == Comment.policy_id)
        .outerjoin(Motion, Motion.id == func.coalesce(Comment.motion_id, Policy.motion_id))
        .outerjoin(Composite, Composite.id == Comment.composite_id)
        .outerjoin(Question, Question.id == Comment.question_id)
        .outerjoin(Ballot, Ballot.id == Question.ballot_id)
        .where(Comment.hidden_at.is_(None))
    )  # fmt: skip


def _comment(row: Any) -> Values:
    audience = SIGNED_IN if row.state is None else EVERYONE if row.policy_id else of_motion(row.state, row.number)
    found = document(
        kinds.COMMENT, row.id, row.title or "", row.body, audience, row.at, unit_id=row.unit_id,
        consultation_id=row.consultation_id, motion_id=row.motion_id, state=row.stance,
    )  # fmt: skip
    return found | {"heading_words": ""}  # what it is about is shown and not searched: that is found by itself


def _policies() -> Any:
    return (
        select(
            Policy.id, Policy.title, Policy.state, Policy.adopted_at, Policy.motion_id, Motion.topic, Motion.unit_id,
            Motion.consultation_id, MotionVersion.document,
        )
        .join(Motion, Motion.id == Policy.motion_id)
        .join(MotionVersion, MotionVersion.id == Policy.version_id)
    )  # fmt: skip


def _policy(row: Any) -> Values:
    return document(
        kinds.POLICY, row.id, row.title, clauses(row.document), EVERYONE, row.adopted_at, also=row.topic,
        unit_id=row.unit_id, consultation_id=row.consultation_id, motion_id=row.motion_id, state=row.state,
    )  # fmt: skip


def _consultations() -> Any:
    return select(
        Consultation.id, Consultation.title, Consultation.summary, Consultation.paper, Consultation.unit_id,
        Consultation.created_at,
    ).where(Consultation.phases.any())  # fmt: skip


def _consultation(row: Any) -> Values:
    body = "\n".join([row.summary, *(part.get("heading") or part.get("text", "") for part in row.paper)])
    return document(
        kinds.CONSULTATION, row.id, row.title, body, EVERYONE, row.created_at, unit_id=row.unit_id,
        consultation_id=row.id,
    )  # fmt: skip


def _paragraphs() -> Any:
    return select(
        ParagraphComment.id, ParagraphComment.body, ParagraphComment.at, ParagraphComment.stance,
        ParagraphComment.consultation_id, ParagraphComment.paragraph, Consultation.unit_id,
    ).join(Consultation, Consultation.id == ParagraphComment.consultation_id).where(
        ParagraphComment.hidden_at.is_(None)
    )  # fmt: skip


def _paragraph(row: Any) -> Values:
    return document(
        kinds.PARAGRAPH, row.id, "", row.body, EVERYONE, row.at, unit_id=row.unit_id,
        consultation_id=row.consultation_id, state=row.stance,
    )  # fmt: skip


def _submissions() -> Any:
    closed = select(func.min(Phase.closes_at)).where(
        Phase.consultation_id == Contribution.consultation_id, Phase.kind == PHASE
    )
    spoken_for = aliased(Unit)
    return (
        select(
            Contribution.id, Contribution.author_id, Contribution.unit_id, Contribution.consultation_id,
            Contribution.submitted_at, ContributionVersion.document, Consultation.title,
            Consultation.unit_id.label("of_unit"), Participation.publishing, Participation.at_once,
            spoken_for.name.label("speaker"), closed.scalar_subquery().label("closes_at"),
        )
        .join(ContributionVersion, ContributionVersion.id == Contribution.version_id)
        .join(Consultation, Consultation.id == Contribution.consultation_id)
        .join(Participation, Participation.consultation_id == Contribution.consultation_id)
        .outerjoin(spoken_for, spoken_for.id == Contribution.unit_id)
        .where(Contribution.state == "submitted")
    )  # fmt: skip


def _submission(row: Any) -> Values:
    """Published by the declared rule, as `consult.service.submissions.is_published` has it; who wrote it is not searched."""
    answers = [answer for answer in row.document.get("answers", {}).values() if isinstance(answer, str)]
    body = "\n".join([*answers, row.document.get("more", ""), (row.document.get("minutes") or {}).get("text", "")])
    shown = row.publishing != "figures only" and (row.at_once or row.closes_at is not None)
    return document(
        kinds.SUBMISSION, row.id, row.speaker or "", body, EVERYONE if shown else OWNER, row.submitted_at,
        owner_id=row.author_id, visible_from=None if row.at_once else row.closes_at,
        unit_id=row.unit_id or row.of_unit, consultation_id=row.consultation_id,
    )  # fmt: skip


def _reports() -> Any:
    newer = aliased(ConsultationReport)
    last = select(func.max(newer.sequence)).where(
        newer.consultation_id == ConsultationReport.consultation_id, newer.kind == ConsultationReport.kind,
        newer.state == "published",
    )  # fmt: skip
    return (
        select(
            ConsultationReport.id, ConsultationReport.kind, ConsultationReport.body, ConsultationReport.published_at,
            ConsultationReport.consultation_id, Consultation.title, Consultation.unit_id,
        )
        .join(Consultation, Consultation.id == ConsultationReport.consultation_id)
        .where(ConsultationReport.state == "published", ConsultationReport.sequence == last.scalar_subquery())
    )  # fmt: skip


def _report(row: Any) -> Values:
    return document(
        kinds.REPORT, row.id, row.title, unmarked(row.body), EVERYONE, row.published_at, also=row.kind, unit_id=row.unit_id,
        consultation_id=row.consultation_id, state=row.kind,
    )  # fmt: skip


def _results() -> Any:
    return select(
        Publication.ballot_id, Publication.sentence, Publication.published_at, Ballot.title, Ballot.state,
        Ballot.consultation_id, Consultation.unit_id,
    ).join(Ballot, Ballot.id == Publication.ballot_id).outerjoin(
        Consultation, Consultation.id == Ballot.consultation_id
    )  # fmt: skip


def _result(row: Any) -> Values:
    return document(
        kinds.RESULT, row.ballot_id, row.title, row.sentence, EVERYONE, row.published_at, also="result ballot",
        consultation_id=row.consultation_id, unit_id=row.unit_id, state=row.state,
    )  # fmt: skip


#: Where documents come from: (the rows, the column by whose number they are asked for, what one row says).
Source = tuple[Callable[[], Any], Any, Callable[[Any], Values]]
SOURCES: dict[str, Source] = {
    kinds.MOTION: (_motions, Motion.id, _motion),
    kinds.AMENDMENT: (_amendments, Amendment.id, _amendment),
    kinds.COMMENT: (_comments, Comment.id, _comment),
    kinds.POLICY: (_policies, Policy.id, _policy),
    kinds.CONSULTATION: (_consultations, Consultation.id, _consultation),
    kinds.PARAGRAPH: (_paragraphs, ParagraphComment.id, _paragraph),
    kinds.SUBMISSION: (_submissions, Contribution.id, _submission),
    kinds.REPORT: (_reports, ConsultationReport.id, _report),
    kinds.RESULT: (_results, Publication.ballot_id, _result),
    kinds.DECISION: (search_units.decisions, Decision.id, search_units.decision),
    kinds.MINUTES: (search_units.event_minutes, Gathering.id, search_units.minutes),
    "sitting": (search_units.sittings, Sitting.id, search_units.sitting),
    kinds.EVENT: (search_units.events, Gathering.id, search_units.event),
    kinds.UNIT: (search_units.units, Unit.id, search_units.unit),
    kinds.BODY: (search_units.bodies, Body.id, search_units.body),
    kinds.STANDING: (search_units.standing_texts, StandingText.id, search_units.standing_text),
}


def subject_ids(source: str, ids: Collection[int]) -> set[int]:
    """The numbers by which documents of these rows are known."""
    if source == "sitting":
        return {2 * number + search_units.SITTING for number in ids}
    return {2 * number for number in ids} if source == kinds.MINUTES else set(ids)


def kind_of(source: str) -> str:
    """The kind of the documents of a source."""
    return kinds.MINUTES if source == "sitting" else source


def texts(connection: Connection, source: str, ids: Collection[int] | None = None) -> Iterator[Values]:
    """The documents of a source: of these rows or of all, in the order of their numbers, read a part at a time."""
    rows, column, says = SOURCES[source]
    query = rows() if ids is None else rows().where(column.in_(ids))
    query = query.order_by(column, SittingMinute.sequence) if source == "sitting" else query.order_by(column)
    found = connection.execute(query.execution_options(yield_per=500))
    yield from map(says, search_units.joined(found) if source == "sitting" else found)
