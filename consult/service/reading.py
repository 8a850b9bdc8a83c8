"""Everything the page of a motion shows, in eight statements whatever its size: stored rows, nothing derived anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import aliased

from consult.domain.errors import NotFound
from consult.domain.roles import Actor, Role, Status
from consult.model.amendments import Amendment, AmendmentRelation
from consult.model.composites import Composite
from consult.model.consultations import Consultation, Phase
from consult.model.members import Member
from consult.model.motions import Appeal, Motion, MotionVersion, Policy, Ruling, Support
from consult.model.standing import RuleChange
from consult.model.store import db
from consult.model.units import Unit
from consult.service import composites as composed
from consult.service import consequences, debate, motions
from consult.service.consequences import Said
from consult.service.debate import Overview
from consult.text.clauses import folded


@dataclass(frozen=True)
class MotionText:
    """A motion with the version in force, as one row; what the policy is asked about by pages."""

    id: int
    number: int | None
    title: str
    topic: str
    state: str
    revision: int
    mover_id: int
    mover: str
    branch: str
    unit_path: str
    consultation_id: int
    consultation: str
    draft: dict[str, Any] | None
    created_at: datetime
    submitted_at: datetime | None
    meeting_note: str
    #: The version in force: None while it is a draft.
    sequence: int | None
    hash: str | None
    document: dict[str, Any] | None
    lines: dict[str, Any] | None
    word_count: int | None
    cause: str | None
    #: Members who second it, supporters who support it, and whether the person asking is among them.
    seconders: int
    supporters: int
    mine: int
    policy_id: int | None
    #: 1 where it would amend a constitution or rule book.
    changes_rules: int

    @property
    def label(self) -> str:
        """How it is spoken of."""
        return f"Motion {self.number}" if self.number is not None else "Draft motion"


@dataclass(frozen=True)
class MotionPage:
    """A motion with all that stands around its text."""

    motion: MotionText
    amendments: list[Row[Any]] = field(default_factory=list)
    #: (amendment, other, relation, clause), ids of amendments.
    relations: list[Row[Any]] = field(default_factory=list)
    rulings: list[Row[Any]] = field(default_factory=list)
    debate: Overview = field(default_factory=Overview)
    #: Key of the motion or an amendment → the consequences in which it is cause or effect.
    follows: dict[str, list[Said]] = field(default_factory=dict)
    #: The composites that it is or goes into, newest first.
    composites: list[Composite] = field(default_factory=list)
    phases: list[Row[Any]] = field(default_factory=list)


def page(motion_id: int, actor: Actor, at: datetime) -> MotionPage:
    """The page of a motion for the person asking: eight statements.

    Raises:
        NotFound: if there is none of this number, or none that this person may read.
    """
    motion = text(motion_id, actor)
    rows = _amendments(motion, actor, at)
    return MotionPage(
        motion,
        rows,
        _relations([row.id for row in rows]),
        _rulings(motion_id, [row.id for row in rows]),
        debate.overview(motion_id),
        consequences.by_key(consequences.of_motion(motion_id), motion_id),
        composed.around(motion_id),
        phases(motion.consultation_id),
    )


def text(motion_id: int, actor: Actor) -> MotionText:
    """A motion with its version in force, in one statement.

    Raises:
        NotFound: if there is none of this number, or none that this person may read.
    """

    def count(status: str) -> Any:
        given = select(func.count()).where(Support.motion_id == Motion.id, Support.status == status)
        return given.correlate(Motion).scalar_subquery()

    mine = select(func.count()).where(Support.motion_id == Motion.id, Support.member_id == actor.member_id)
    policy = select(Policy.id).where(Policy.motion_id == Motion.id)
    rules = select(func.count()).where(RuleChange.motion_id == Motion.id)
    query = (
        select(
            Motion.id, Motion.number, Motion.title, Motion.topic, Motion.state, Motion.revision, Motion.mover_id,
            Member.name.label("mover"), Unit.name.label("branch"), Unit.path.label("unit_path"),
            Motion.consultation_id, Consultation.title.label("consultation"), Motion.draft, Motion.created_at,
            Motion.submitted_at, Motion.meeting_note, MotionVersion.sequence, MotionVersion.hash,
            MotionVersion.document, MotionVersion.lines, MotionVersion.word_count, MotionVersion.cause,
            count(Status.MEMBER.value).label("seconders"), count(Status.SUPPORTER.value).label("supporters"),
            mine.correlate(Motion).scalar_subquery().label("mine"),
            policy.correlate(Motion).scalar_subquery().label("policy_id"),
            rules.correlate(Motion).scalar_subquery().label("changes_rules"),
        )
        .join(Member, Member.id == Motion.mover_id)
        .join(Unit, Unit.id == Motion.unit_id)
        .join(Consultation, Consultation.id == Motion.consultation_id)
        .outerjoin(MotionVersion, MotionVersion.id == Motion.version_id)
        .where(Motion.id == motion_id)
    )  # fmt: skip
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no motion of this number.")
    motions.require_readable(actor, row.state, row.mover_id, row.number)
    return MotionText(**row._mapping)


def _amendments(motion: MotionText, actor: Actor, at: datetime) -> list[Row[Any]]:
    """The amendments that this person may read, in order of number, drafts of one's own last; movers are not named."""
    mine = [Amendment.mover_id == actor.member_id] if actor.member_id is not None else []
    paths = [h.unit_path for h in actor.holdings if h.role is Role.DELEGATE and h.active(at)]
    drafts = or_(*mine, *(Unit.path.startswith(path, autoescape=True) for path in paths)) if mine else None
    numbered = Amendment.number.is_not(None)
    seen = numbered if actor.member_id is not None else numbered & Amendment.state.not_in(("submitted", "queried"))
    query = (
        select(
            Amendment.id, Amendment.number, Amendment.state, Amendment.order, Amendment.mover_id,
            Unit.name.label("branch"), Amendment.operations, Amendment.rubric, Amendment.marked,
            Amendment.words_added, Amendment.words_deleted, Amendment.reason, Amendment.response,
            Amendment.falls_because, MotionVersion.sequence.label("base"),
        )
        .join(Unit, Unit.id == Amendment.unit_id)
        .join(MotionVersion, MotionVersion.id == Amendment.base_version_id)
        .where(Amendment.motion_id == motion.id, seen if drafts is None else seen | drafts)
        .order_by(Amendment.number.is_(None), Amendment.number, Amendment.id)
    )  # fmt: skip
    return list(db.session.execute(query))


def _relations(ids: list[int]) -> list[Row[Any]]:
    query = (
        select(
            AmendmentRelation.amendment_id,
            AmendmentRelation.other_id,
            AmendmentRelation.relation,
            AmendmentRelation.clause_id,
        )
        .where(AmendmentRelation.amendment_id.in_(ids))
        .order_by(AmendmentRelation.amendment_id, AmendmentRelation.other_id)
    )
    return list(db.session.execute(query))


def _rulings(motion_id: int | None, amendment_ids: list[int]) -> list[Row[Any]]:
    """Every ruling on the motion and its amendments with its appeal, oldest first."""
    by, judge = aliased(Member), aliased(Member)
    query = (
        select(
            Ruling.id, Ruling.motion_id, Ruling.amendment_id, Ruling.decision, Ruling.rule, Ruling.reason, Ruling.at,
            by.name.label("by"), Appeal.at.label("appealed_at"), Appeal.grounds, Appeal.outcome,
            Appeal.reason.label("appeal_reason"), Appeal.decided_at, judge.name.label("decided_by"),
        )
        .join(by, by.id == Ruling.by_id)
        .outerjoin(Appeal, Appeal.ruling_id == Ruling.id)
        .outerjoin(judge, judge.id == Appeal.decided_by_id)
        .where(or_(Ruling.motion_id == (motion_id or 0), Ruling.amendment_id.in_(amendment_ids)))
        .order_by(Ruling.id)
    )  # fmt: skip
    return list(db.session.execute(query))


def rulings_on(amendment_id: int) -> list[Row[Any]]:
    """Every ruling on one amendment with its appeal, oldest first."""
    return _rulings(None, [amendment_id])


def phases(consultation_id: int) -> list[Row[Any]]:
    """The phases of a consultation (kind, opens_at, closes_at, note), in order of opening."""
    query = select(Phase.kind, Phase.opens_at, Phase.closes_at, Phase.note)
    found = db.session.execute(query.where(Phase.consultation_id == consultation_id).order_by(Phase.opens_at))
    return [*found]


#: Motions to a page of the list.
A_PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """Which motions are listed: of a consultation, in a state, with all of these words, or one's own."""

    consultation_id: int | None = None
    state: str = ""
    words: str = ""
    mine: bool = False


def listed(wanted: Wanted, actor: Actor, number: int = 1) -> tuple[list[Row[Any]], int]:
    """A page of the motions that this person may read, by number, drafts first, and how many pages: one statement."""
    query = (
        select(
            Motion.id, Motion.number, Motion.title, Motion.topic, Motion.state, Motion.consultation_id,
            Unit.name.label("branch"), Motion.mover_id, func.count().over().label("total"),
            select(func.count()).where(Amendment.motion_id == Motion.id, Amendment.number.is_not(None))
            .correlate(Motion).scalar_subquery().label("amendments"),
        )
        .join(Unit, Unit.id == Motion.unit_id)
        .outerjoin(MotionVersion, MotionVersion.id == Motion.version_id)
        .where(_readable(actor))
    )  # fmt: skip
    if wanted.mine:
        delegate = [h.unit_path for h in actor.holdings if h.role is Role.DELEGATE]
        branches = [Unit.path.startswith(path, autoescape=True) for path in delegate]
        query = query.where(or_(Motion.mover_id == actor.member_id, *branches))
    if wanted.consultation_id:
        query = query.where(Motion.consultation_id == wanted.consultation_id)
    if wanted.state:
        query = query.where(Motion.state == wanted.state)
    for word in folded(wanted.words.split()).split()[:12]:
        query = query.where(MotionVersion.search_text.contains(word, autoescape=True))
    query = query.order_by(Motion.consultation_id.desc(), Motion.number.is_not(None), Motion.number, Motion.id)
    rows = db.session.execute(query.limit(A_PAGE).offset((max(number, 1) - 1) * A_PAGE)).all()
    return list(rows), max(1, -(-(rows[0].total if rows else 0) // A_PAGE))


def _readable(actor: Actor) -> Any:
    """The same rule as `motions.may_read`, for lists; what seeks support is listed to everybody signed in."""
    public = Motion.state.in_(motions.PUBLIC)
    if actor.member_id is None:
        return public
    own = Motion.mover_id == actor.member_id
    if actor.status in (Status.FORMER, Status.LAPSED):
        return public | own
    return public | own | Motion.number.is_not(None) | (Motion.state == "seeking support")
