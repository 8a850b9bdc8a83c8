"""Mandates: what a branch's meeting binds its delegate to, the facts of how the matter went, and the report back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from consult.domain import decisions as registers
from consult.domain import mandates as domain
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.model.ballots import Ballot, Question
from consult.model.hall import CardVote, Credential, Division
from consult.model.mandates import Mandate, ReportBack
from consult.model.members import Member, RoleHolding
from consult.model.motions import Motion
from consult.model.store import db
from consult.model.units import Unit
from consult.service import open_votes, registering
from consult.service.act import Act, act

LONGEST = 5_000


@dataclass(frozen=True)
class Spec:
    """A mandate as its form gives it: about a motion or a ballot, for which delegate's office, by which meeting."""

    holding_id: int
    kind: str
    words: str
    held_on: date
    present: int
    votes_for: int
    votes_against: int
    minute: str
    position: str = ""
    motion_id: int | None = None
    ballot_id: int | None = None


@dataclass(frozen=True)
class Facts:
    """What is on the record of a matter: how it went, and how the delegate voted where votes are open."""

    outcome: str
    votes: list[str] = field(default_factory=list)
    open: bool = False


def get(mandate_id: int) -> Mandate:
    """A mandate with everything about it.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.scalars(select(Mandate).where(Mandate.id == mandate_id).options(*_whole())).one_or_none()
    if found is None:
        raise NotFound("There is no mandate of this number.")
    return found


def _whole() -> tuple:  # type: ignore[type-arg]
    return (
        joinedload(Mandate.unit), joinedload(Mandate.motion), joinedload(Mandate.ballot),
        joinedload(Mandate.holding).joinedload(RoleHolding.member),
        selectinload(Mandate.reports).joinedload(ReportBack.by),
    )  # fmt: skip


def of_unit(unit: Unit) -> list[Mandate]:
    """The mandates that a unit gave, those of its latest meeting first."""
    query = select(Mandate).where(Mandate.unit_id == unit.id).options(*_whole())
    return list(db.session.scalars(query.order_by(Mandate.held_on.desc(), Mandate.id.desc()).limit(200)))


def of_delegate(member_id: int) -> list[Mandate]:
    """The mandates given to somebody, those of the latest meeting first."""
    query = select(Mandate).join(Mandate.holding).where(RoleHolding.member_id == member_id).options(*_whole())
    return list(db.session.scalars(query.order_by(Mandate.held_on.desc(), Mandate.id.desc()).limit(200)))


def standing(rows: Sequence[Mandate]) -> set[int]:
    """Of these mandates, the numbers of those that none of a later meeting of the same unit replaces.

    What counts is the day of the meeting, not when somebody typed it; of two of one day, the one recorded later.
    """
    seen: set[tuple[int, int | None, int | None]] = set()
    kept = set()
    for row in sorted(rows, key=lambda row: (row.held_on, row.id), reverse=True):
        key = (row.holding_id, row.motion_id, row.ballot_id)
        if key not in seen:
            seen.add(key)
            kept.add(row.id)
    return kept


def delegates_of(unit: Unit, at: datetime) -> list[RoleHolding]:
    """The delegates of a unit whose term is not over."""
    query = select(RoleHolding).join(RoleHolding.member).options(joinedload(RoleHolding.member))
    running = or_(RoleHolding.ends_at.is_(None), RoleHolding.ends_at > at)
    query = query.where(RoleHolding.unit_id == unit.id, RoleHolding.role == Role.DELEGATE.value, running)
    return list(db.session.scalars(query.order_by(Member.name)))


#: Ballots whose votes are cast; one that was cancelled or annulled decides nothing, and its motions can be voted on again.
_CAST = ("closed", "reconciled", "opened", "counted", "drawn up", "certified", "published")


def motions_open() -> list[Motion]:
    """Motions that are not decided yet, on which a delegate can be given a mandate: not those on which the votes are cast."""
    states = ("submitted", "queried", "in order", "published", "prioritised", "on the order paper", "put to the vote")
    cast = (
        select(Question.id)
        .join(Ballot, Ballot.id == Question.ballot_id)
        .where(Question.motion_id == Motion.id, Question.amendment_id.is_(None), Ballot.state.in_(_CAST))
    )
    query = select(Motion).where(Motion.state.in_(states), ~cast.exists())
    return list(db.session.scalars(query.order_by(Motion.number).limit(500)))


def ballots_open() -> list[Ballot]:
    """Ballots that are not closed yet."""
    states = ("preparing", "scheduled", "open")
    return list(db.session.scalars(select(Ballot).where(Ballot.state.in_(states)).order_by(Ballot.closes_at)))


@act(Permission.MANDATE_GIVE, Event.MANDATE_GIVEN)
def give(unit: Unit, spec: Spec, *, by: Actor, at: datetime, act: Act) -> Mandate:
    """Record the mandate that a meeting of the unit gave its delegate on one matter; it replaces one of an earlier meeting.

    Raises:
        Invalid: naming the field. OutOfOrder: if the matter is decided already.
    """
    problems: dict[str, str] = {}
    if spec.holding_id not in {row.id for row in delegates_of(unit, at)}:
        problems["holding"] = "Choose a delegate of this unit whose term is not over."
    if spec.kind not in domain.KINDS:
        problems["kind"] = "Choose how far the delegate is bound."
    if spec.kind == domain.FREE and spec.position:
        problems["position"] = "A free delegate is given no position."
    elif spec.position and spec.position not in domain.POSITIONS:
        problems["position"] = "Choose for, against or abstain."
    if spec.kind != domain.FREE and not spec.position and not spec.words.strip():
        problems["words"] = "Say what the delegate is to do."
    if max(len(spec.words.strip()), len(spec.minute.strip())) > LONGEST:
        problems["words"] = f"Keep instruction and minute to {LONGEST:,} characters each."
    if not spec.minute.strip():
        problems["minute"] = "Give the minute of the meeting that decided it."
    if spec.held_on > at.date():
        problems["held_on"] = "The meeting must have been held already."
    if min(spec.votes_for, spec.votes_against) < 0 or spec.votes_for <= spec.votes_against:
        problems["votes_for"] = "The meeting did not agree to it: more must have voted for it than against."
    elif spec.votes_for + spec.votes_against > spec.present:
        problems["present"] = "More voted than were present: check the numbers in the minutes."
    if (spec.motion_id is None) == (spec.ballot_id is None):
        problems["matter"] = "Choose the motion or the ballot that it is about."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    _require_undecided(act, spec)
    row = Mandate(
        unit_id=unit.id, by_id=by.member_id, at=at,
        **{name: value.strip() if isinstance(value, str) else value for name, value in spec.__dict__.items()},
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    words = f"{row.subject}: the delegate is {row.kind}" + (f", to vote {row.position}" if row.position else "")
    entered = registering.enter(
        act, unit.id, registers.MANDATE, f"Mandate on {row.subject}", f"{words}. {row.words}".strip(),
        place=f"/mandates/{row.id}", decided_on=row.held_on,
    )  # fmt: skip
    act.note(unit=unit.id, motion=row.motion_id, ballot=row.ballot_id, kind=row.kind, decision=entered.number)
    delegate = row.holding.member
    act.notify("mandate-given", delegate, once=f"mandate:{row.id}", unit=unit.name, subject=row.subject, mandate=row.id)
    return row


def _require_undecided(act: Act, spec: Spec) -> None:
    if spec.motion_id is not None:
        motion = act.session.get(Motion, spec.motion_id)
        if motion is None or motion.id not in {row.id for row in motions_open()}:
            raise OutOfOrder(
                "This motion is decided already, or its votes are cast, or it is no motion before a conference."
            )
    if spec.ballot_id is not None:
        ballot = act.session.get(Ballot, spec.ballot_id)
        if ballot is None or ballot.state not in ("preparing", "scheduled", "open"):
            raise OutOfOrder("This ballot is closed already.")


@act(Permission.MANDATE_REPORT, Event.MANDATE_REPORTED)
def report(row: Mandate, deed: str, words: str, *, by: Actor, at: datetime, act: Act) -> ReportBack:
    """Report back to the branch what was done on a matter, in one's own words; a later report stands beside the first.

    Raises:
        OutOfOrder: before the matter is decided. Invalid: if what is said does not go with the mandate, or without words.
    """
    facts = facts_of(row)
    if not facts.outcome:
        raise OutOfOrder("It is not decided yet; report back when it is.")
    problems = {}
    if deed not in domain.deeds(row.kind):
        problems["deed"] = "Choose what you did."
    if not words.strip() or len(words.strip()) > LONGEST:
        problems["words"] = f"Tell the branch how it went, in at most {LONGEST:,} characters."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    made = ReportBack(mandate_id=row.id, deed=deed, words=words.strip(), by_id=by.member_id, at=at)
    act.session.add(made)
    act.session.flush()
    act.note(mandate=row.id, deed=deed)
    return made


def facts_of(row: Mandate) -> Facts:
    """How the matter went ("" while it is undecided), and the delegate's votes where they are open."""
    if row.motion is not None:
        undecided = row.motion.id in {one.id for one in motions_open()} or row.motion.state in (
            "draft",
            "seeking support",
        )
        votes, open_ = _votes_on(row.motion, row.member_id)
        return Facts("" if undecided else row.motion.state, votes, open_)
    assert row.ballot is not None  # noqa: S101 (one of the two, which the database keeps)
    done = row.ballot.state in ("certified", "published", "annulled", "cancelled")
    votes = _recorded(row.ballot, row.member_id)
    return Facts(row.ballot.state if done else "", votes, row.ballot.level == "recorded")


def _votes_on(motion: Motion, member_id: int) -> tuple[list[str], bool]:
    """The delegate's open votes on a motion itself: by card in the hall, and in recorded ballots."""
    cards = (
        select(CardVote.choice)
        .join(Division, Division.id == CardVote.division_id)
        .join(Credential, Credential.id == CardVote.credential_id)
        .where(Credential.member_id == member_id, Division.kind == "motion", Division.declared_at.is_not(None))
        .where(Division.item.has(motion_id=motion.id))
        .order_by(CardVote.at)
    )
    votes = list(db.session.scalars(cards))
    asked = (
        select(Ballot)
        .join(Question, Question.ballot_id == Ballot.id)
        .where(Question.motion_id == motion.id, Question.amendment_id.is_(None), Ballot.level == "recorded")
        .where(Ballot.state.in_(("certified", "published")))
    )
    recorded = list(db.session.scalars(asked))
    for ballot in recorded:
        votes += _recorded(ballot, member_id, motion.id)
    return votes, bool(votes or recorded)


def _recorded(ballot: Ballot, member_id: int, motion_id: int | None = None) -> list[str]:
    """What somebody answered in a recorded ballot, once it is certified; to one motion, if told."""
    if ballot.level != "recorded" or ballot.state not in ("certified", "published"):
        return []
    paper = open_votes.paper_of(ballot, member_id)
    said = []
    for question in ballot.questions:
        if motion_id and (question.motion_id != motion_id or question.amendment_id):
            continue
        answer = next((one for one in paper or () if one.question == question.key), None)
        if answer is not None:
            levels = [level if isinstance(level, tuple) else (level,) for level in answer.ranking]
            names = [" = ".join(question.options[place].name for place in level) for level in levels]
            said.append(" › ".join(names).lower() if question.motion_id else " › ".join(names))
    return said
