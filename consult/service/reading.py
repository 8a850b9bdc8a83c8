"""Everything the page of a motion shows, in five statements whatever its size: stored rows, nothing derived anew."""

from __future__ import annotations

import functools
import json
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Row, Select, Text, bindparam, cast, func, or_, select, true
from sqlalchemy.orm import aliased

from consult.domain.errors import NotFound
from consult.domain.roles import Actor, Role, Status
from consult.model.amendments import Amendment
from consult.model.coding import MotionSource
from consult.model.consultations import Consultation
from consult.model.following import Follow
from consult.model.members import Member
from consult.model.motions import Appeal, Motion, MotionVersion, Policy, Ruling, Support
from consult.model.standing import RuleChange
from consult.model.store import db
from consult.model.translations import Translation
from consult.model.units import Unit
from consult.service import debate_reading, motions, surroundings
from consult.service.debate_reading import Overview
from consult.service.surroundings import Surroundings
from consult.text.clauses import folded

#: Of a motion what its text is, or was while it was a draft.
_OF_THE_TEXT = frozenset(("draft", "stored_document", "stored_lines", "sequence", "hash", "word_count", "cause"))


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
    #: As JSON: see `document` and `lines`.
    stored_document: str | None
    stored_lines: str | None
    word_count: int | None
    cause: str | None
    #: Members who second it, supporters who support it, and whether the person asking is among them.
    seconders: int
    supporters: int
    mine: int
    #: Whether the person asking follows it: chosen, or its mover who has not stopped.
    followed: bool | None
    policy_id: int | None
    #: The consultation that it grew out of, if it is linked to one.
    source_id: int | None
    source_title: str | None
    #: 1 where it would amend a constitution or rule book.
    changes_rules: int
    #: The language of its newest approved translation.
    translated_into: str | None

    @property
    def told(self) -> tuple[Hashable, ...]:
        """All that is said of it beside its text."""
        return tuple(value for name, value in vars(self).items() if name not in _OF_THE_TEXT)

    @property
    def label(self) -> str:
        """How it is spoken of."""
        return f"Motion {self.number}" if self.number is not None else "Draft motion"

    @property
    def document(self) -> dict[str, Any] | None:
        """The text, as `Document.from_data` takes it."""
        found: dict[str, Any] | None = json.loads(self.stored_document) if self.stored_document else None
        return found

    @property
    def lines(self) -> dict[str, Any] | None:
        """Its stored lines."""
        found: dict[str, Any] | None = json.loads(self.stored_lines) if self.stored_lines else None
        return found


class Amended(NamedTuple):
    """An amendment as the page of its motion shows it; a page has a hundred, so what it does not read stays as it is stored."""

    id: int
    number: int | None
    state: str
    order: int | None
    mover_id: int
    branch: str
    #: As JSON: see `operations` and `rubric`.
    stored_operations: str
    stored_rubric: str
    reason: str
    response: str | None
    falls_because: str | None
    #: The version that it was made on, by its number.
    base: int

    @property
    def operations(self) -> list[dict[str, Any]]:
        """What it does to the text."""
        found: list[dict[str, Any]] = json.loads(self.stored_operations)
        return found

    @property
    def rubric(self) -> list[str]:
        """What it does, in sentences."""
        found: list[str] = json.loads(self.stored_rubric)
        return found


@dataclass(frozen=True)
class MotionPage:
    """A motion with all that stands around its text."""

    motion: MotionText
    amendments: list[Amended] = field(default_factory=list)
    #: Phases, composites, relations of amendments, and consequences.
    around: Surroundings = field(default_factory=Surroundings)
    #: Those on the motion itself; for people who are signed in.
    rulings: list[Row[Any]] = field(default_factory=list)
    debate: Overview = field(default_factory=Overview)

    @functools.cached_property
    def size(self) -> int:
        """About how many characters its amendments have."""
        return sum(len(row.stored_operations) + len(row.stored_rubric) + len(row.reason) for row in self.amendments)


def page(motion_id: int, actor: Actor, at: datetime) -> MotionPage:
    """The page of a motion for the person asking: five statements, four for a visitor.

    Raises:
        NotFound: if there is none of this number, or none that this person may read.
    """
    motion = text(motion_id, actor)
    return MotionPage(
        motion,
        _amendments(motion, actor, at),
        surroundings.around(motion_id),
        _rulings(Ruling.motion_id == motion_id) if actor.member_id is not None else [],
        debate_reading.overview(motion_id),
    )


def text(motion_id: int, actor: Actor) -> MotionText:
    """A motion with its version in force, in one statement.

    Raises:
        NotFound: if there is none of this number, or none that this person may read.
    """

    found = db.session.connection().execute(_text_query(), {"motion": motion_id, "member": actor.member_id})
    row = found.one_or_none()
    if row is None:
        raise NotFound("There is no motion of this number.")
    motions.require_readable(actor, row.state, row.mover_id, row.number)
    return MotionText(**row._mapping)


@functools.cache
def _text_query() -> Any:
    """The statement of `text`, made once."""

    def count(status: str) -> Any:
        given = select(func.count()).where(Support.motion_id == Motion.id, Support.status == status)
        return given.correlate(Motion).scalar_subquery()

    mine = select(func.count()).where(
        Support.motion_id == Motion.id, Support.member_id == bindparam("member", type_=Integer)
    )
    asking = bindparam("member", type_=Integer)
    chosen = select(Follow.following).where(Follow.motion_id == Motion.id, Follow.member_id == asking)
    policy = select(Policy.id).where(Policy.motion_id == Motion.id)
    asked = aliased(Consultation)

    def source(column: Any) -> Any:
        found = select(column).join(MotionSource, MotionSource.consultation_id == asked.id)
        found = found.where(MotionSource.motion_id == Motion.id).order_by(asked.id).limit(1)
        return found.correlate(Motion).scalar_subquery()

    rules = select(func.count()).where(RuleChange.motion_id == Motion.id)
    tongue = select(Translation.language).where(Translation.motion_id == Motion.id, Translation.status == "approved")
    tongue = tongue.order_by(Translation.id.desc()).limit(1)
    return (
        select(
            Motion.id, Motion.number, Motion.title, Motion.topic, Motion.state, Motion.revision, Motion.mover_id,
            Member.name.label("mover"), Unit.name.label("branch"), Unit.path.label("unit_path"),
            Motion.consultation_id, Consultation.title.label("consultation"), Motion.draft, Motion.created_at,
            Motion.submitted_at, Motion.meeting_note, MotionVersion.sequence, MotionVersion.hash,
            cast(MotionVersion.document, Text).label("stored_document"),
            cast(MotionVersion.lines, Text).label("stored_lines"), MotionVersion.word_count, MotionVersion.cause,
            count(Status.MEMBER.value).label("seconders"), count(Status.SUPPORTER.value).label("supporters"),
            mine.correlate(Motion).scalar_subquery().label("mine"),
            func.coalesce(chosen.correlate(Motion).scalar_subquery(), Motion.mover_id == asking).label("followed"),
            policy.correlate(Motion).scalar_subquery().label("policy_id"),
            rules.correlate(Motion).scalar_subquery().label("changes_rules"),
            tongue.correlate(Motion).scalar_subquery().label("translated_into"),
            source(asked.id).label("source_id"), source(asked.title).label("source_title"),
        )
        .join(Member, Member.id == Motion.mover_id)
        .join(Unit, Unit.id == Motion.unit_id)
        .join(Consultation, Consultation.id == Motion.consultation_id)
        .outerjoin(MotionVersion, MotionVersion.id == Motion.version_id)
        .where(Motion.id == bindparam("motion", type_=Integer))
    )  # fmt: skip


def _amendments(motion: MotionText, actor: Actor, at: datetime) -> list[Amended]:
    """The amendments that this person may read, in order of number, drafts of one's own last; movers are not named."""
    mine = [Amendment.mover_id == actor.member_id] if actor.member_id is not None else []
    paths = [h.unit_path for h in actor.holdings if h.role is Role.DELEGATE and h.active(at)]
    drafts = or_(*mine, *(Unit.path.startswith(path, autoescape=True) for path in paths)) if mine else None
    numbered = Amendment.number.is_not(None)
    found = db.session.connection().execute(
        _amendments_query() if drafts is None else _amendments_query(False).where(numbered | drafts),
        {"motion": motion.id},
    )
    return list(map(Amended._make, found.all()))


@functools.cache
def _amendments_query(public: bool = True) -> Select[Any]:
    """The statement of the amendments that visitors may read, or of all of them; made once."""
    seen = Amendment.number.is_not(None) & Amendment.state.not_in(("submitted", "queried"))
    found: Any = (
        select(
            Amendment.id, Amendment.number, Amendment.state, Amendment.order, Amendment.mover_id,
            Unit.name.label("branch"), cast(Amendment.operations, Text), cast(Amendment.rubric, Text), Amendment.reason,
            Amendment.response, Amendment.falls_because, MotionVersion.sequence.label("base"),
        )
        .join(Unit, Unit.id == Amendment.unit_id)
        .join(MotionVersion, MotionVersion.id == Amendment.base_version_id)
        .where(Amendment.motion_id == bindparam("motion", type_=Integer), seen if public else true())
        .order_by(*([] if public else [Amendment.number.is_(None)]), Amendment.number, Amendment.id)
    )  # fmt: skip
    chosen: Select[Any] = found
    return chosen


def _rulings(about: Any) -> list[Row[Any]]:
    """Every ruling about something with its appeal, oldest first."""
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
        .where(about)
        .order_by(Ruling.id)
    )  # fmt: skip
    return list(db.session.execute(query))


def rulings_on(amendment_id: int) -> list[Row[Any]]:
    """Every ruling on one amendment with its appeal, oldest first."""
    return _rulings(Ruling.amendment_id == amendment_id)


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
        .where(readable(actor))
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


def readable(actor: Actor) -> Any:
    """The same rule as `motions.may_read`, for lists; what seeks support is listed to everybody signed in."""
    public = Motion.state.in_(motions.PUBLIC)
    if actor.member_id is None:
        return public
    own = Motion.mover_id == actor.member_id
    if actor.status in (Status.FORMER, Status.LAPSED):
        return public | own
    return public | own | Motion.number.is_not(None) | (Motion.state == "seeking support")
