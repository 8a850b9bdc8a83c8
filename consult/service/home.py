"""The front page: what one person must decide and can do now, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from consult.domain.roles import Actor, Role
from consult.domain.timetable import Span, current
from consult.model.ballots import Ballot
from consult.model.consultations import Consultation, Phase
from consult.model.consulting import Contribution
from consult.model.motions import Motion, Policy
from consult.model.results import Publication
from consult.model.roll_changes import still_on
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.model.units import Unit
from consult.service import casting, following, home_offices, home_roles, home_unit, publication, waiting
from consult.service.home_offices import Office
from consult.service.home_roles import Committee, Delegate
from consult.service.home_unit import News, UnitPart

#: Phases in which nobody has anything to do: a consultation in these is over for everybody but its officers.
OVER = ("certifying", "following up")
#: Consultations that are looked through for what is open in them, and how many are shown.
RECENT, SHOWN = 60, 6


@dataclass(frozen=True)
class OpenConsultation:
    """A consultation in which something is open now, and what: the first to close first."""

    consultation: Consultation
    phases: list[Span]


@dataclass(frozen=True)
class HomePage:
    """What stands on the front page of one person."""

    #: Open ballots on whose roll the person is and has not voted in.
    to_vote: list[Ballot]
    #: Those voted in, still open.
    voted: list[Ballot]
    #: Open ballots for a visitor, who may sign in to vote.
    open_ballots: list[Ballot]
    consultations: list[OpenConsultation]
    #: The person's own motions that are not decided yet.
    mine: list[Motion]
    #: Motions of others that the person follows.
    followed: list[Motion]
    #: Motion → what became of it, of one's own and of those followed, since one was last here.
    news: dict[int, News]
    #: Submissions that one wrote or that one's branches, as their delegate, have begun or sent, in what is not over.
    submissions: list[Contribution]
    latest_motions: list[Motion]
    results: list[Publication]
    #: The newest policies in force, for a visitor.
    book: list[Policy] = field(default_factory=list)
    unit: UnitPart | None = None
    delegate: Delegate | None = None
    committee: Committee | None = None
    #: The offices that the person holds, each with what it looks after.
    offices: list[Office] = field(default_factory=list)
    #: What else waits for an officer, by kind, as far as the person may act on it; only what there is.
    others: dict[str, int] = field(default_factory=dict)
    #: For a scrutineer: every ballot that is not merely prepared, the latest first.
    watches: bool = False
    scrutiny: list[Ballot] = field(default_factory=list)


UNFINISHED = (
    "draft", "seeking support", "submitted", "queried", "in order", "published", "prioritised", "on the order paper",
)  # fmt: skip


def page_of(actor: Actor, at: datetime, since: datetime | None = None) -> HomePage:
    """The front page of one person (or of a visitor) at an instant; `since` is when they were last here, where that is known."""
    live, to_vote, voted = _to_vote(actor, at)
    me = actor.member_id
    mine = _mine(me) if me else []
    followed = following.of_member(me) if me else []
    opened = _consultations(at)
    counted = waiting.of(actor, at)
    offices = home_offices.of(actor, at, counted) if me else []
    return HomePage(
        to_vote=to_vote,
        voted=voted,
        open_ballots=live,
        consultations=opened[:SHOWN],
        mine=mine,
        followed=followed,
        news=home_unit.news([motion.id for motion in (*mine, *followed)], since) if me and since else {},
        submissions=_submissions(actor, at) if me else [],
        latest_motions=_latest(),
        results=publication.published(3),
        book=[] if me else _book(),
        unit=home_unit.of(actor, at) if me else None,
        delegate=home_roles.delegate(actor, at, [one.consultation for one in opened]) if me else None,
        committee=home_roles.committee(actor, at) if me else None,
        offices=offices,
        others={name: n for name, n in counted.items() if n and name not in home_offices.kinds(offices)},
        watches=Role.SCRUTINEER in actor.roles(at),
        scrutiny=home_roles.scrutiny(actor, at) if me else [],
    )


def to_vote(actor: Actor, at: datetime) -> list[Ballot]:
    """The open ballots on whose roll a person is and has not voted in."""
    return _to_vote(actor, at)[1]


def _to_vote(actor: Actor, at: datetime) -> tuple[list[Ballot], list[Ballot], list[Ballot]]:
    """The ballots that are open; of those on whose roll the person is, those not voted in yet, and the others."""
    live = _open(at)
    me = actor.member_id
    if not me or not live:
        return live, [], []
    rolls = select(RollEntry.roll_id).where(
        RollEntry.member_id == me, RollEntry.roll_id.in_([ballot.roll_id for ballot in live]), still_on()
    )
    on = set(db.session.scalars(rolls))
    voted = casting.voted_in(me, [ballot.id for ballot in live])
    waiting = [ballot for ballot in live if ballot.roll_id in on and ballot.id not in voted]
    return live, waiting, [ballot for ballot in live if ballot.id in voted]


def _open(at: datetime) -> list[Ballot]:
    """Ballots open by the clock, the first to close first."""
    query = (
        select(Ballot)
        .where(Ballot.state.in_(("scheduled", "open")), Ballot.opens_at <= at, Ballot.closes_at > at)
        .options(selectinload(Ballot.questions))
        .order_by(Ballot.closes_at, Ballot.id)
    )
    return list(db.session.scalars(query))


def _consultations(at: datetime) -> list[OpenConsultation]:
    """Those in which something is open, the first to close first; two statements."""
    query = select(Consultation).options(
        selectinload(Consultation.phases), joinedload(Consultation.unit), joinedload(Consultation.rulebook)
    )
    rows = db.session.scalars(query.order_by(Consultation.id.desc()).limit(RECENT))
    found = [
        (row, sorted((p for p in current(row.phases, at) if p.kind not in OVER), key=lambda phase: phase.closes_at))
        for row in rows
    ]
    some = [OpenConsultation(row, phases) for row, phases in found if phases]
    return sorted(some, key=lambda one: (one.phases[0].closes_at, one.consultation.id))


def _mine(member_id: int) -> list[Motion]:
    query = select(Motion).where(Motion.mover_id == member_id, Motion.state.in_(UNFINISHED))
    return list(db.session.scalars(query.order_by(Motion.id.desc()).limit(5)))


def _submissions(actor: Actor, at: datetime) -> list[Contribution]:
    """What one wrote oneself, and as delegate for one's branches, while the consultation is open: the newest first."""
    paths = [h.unit_path for h in actor.holdings if h.role is Role.DELEGATE and h.active(at)]
    units = select(Unit.id).where(Unit.path.in_(paths))
    open_ = select(Phase.consultation_id).where(Phase.kind == "consulting", Phase.opens_at <= at, at < Phase.closes_at)
    query = (
        select(Contribution)
        .where(
            (Contribution.author_id == actor.member_id) | Contribution.unit_id.in_(units),
            Contribution.state.in_(("draft", "submitted")),
            Contribution.consultation_id.in_(open_),
        )
        .options(joinedload(Contribution.consultation), joinedload(Contribution.unit))
        .order_by(Contribution.id.desc())
    )
    return list(db.session.scalars(query.limit(10)))


def _latest() -> list[Motion]:
    query = select(Motion).where(
        Motion.state.in_(("published", "prioritised", "on the order paper", "put to the vote"))
    )
    return list(
        db.session.scalars(query.options(joinedload(Motion.unit)).order_by(Motion.submitted_at.desc()).limit(6))
    )


def _book() -> list[Policy]:
    query = select(Policy).where(Policy.state == "in force").order_by(Policy.adopted_at.desc(), Policy.id.desc())
    return list(db.session.scalars(query.limit(4)))
