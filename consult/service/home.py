"""The front page: what one person must decide and can do now, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from consult.domain.roles import Actor, Role
from consult.model.ballots import Ballot
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.model.results import Publication
from consult.model.roll_changes import still_on
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.service import casting, following, publication
from consult.service import consultations as consultation_service


@dataclass(frozen=True)
class HomePage:
    """What stands on the front page of one person."""

    #: Open ballots on whose roll the person is and has not voted in.
    to_vote: list[Ballot]
    #: Those voted in, still open.
    voted: list[Ballot]
    #: Open ballots for a visitor, who may sign in to vote.
    open_ballots: list[Ballot]
    consultations: list[Consultation]
    #: The person's own motions that are not decided yet.
    mine: list[Motion]
    #: Motions of others that the person follows.
    followed: list[Motion]
    #: For a delegate: motions of the branch that wait to be submitted.
    to_submit: list[Motion]
    latest_motions: list[Motion]
    results: list[Publication]


_UNFINISHED = (
    "draft", "seeking support", "submitted", "queried", "in order", "published", "prioritised", "on the order paper",
)  # fmt: skip


def page_of(actor: Actor, at: datetime) -> HomePage:
    """The front page of one person (or of a visitor) at an instant."""
    live = _open(at)
    me = actor.member_id
    entitled: set[int] = set()
    voted: set[int] = set()
    if me and live:
        rolls = select(RollEntry.roll_id).where(
            RollEntry.member_id == me, RollEntry.roll_id.in_([ballot.roll_id for ballot in live]), still_on()
        )
        on = set(db.session.scalars(rolls))
        entitled = {ballot.id for ballot in live if ballot.roll_id in on}
        voted = casting.voted_in(me, [ballot.id for ballot in live])
    return HomePage(
        to_vote=[ballot for ballot in live if ballot.id in entitled - voted],
        voted=[ballot for ballot in live if ballot.id in voted],
        open_ballots=live,
        consultations=consultation_service.listed()[:3],
        mine=_mine(me) if me else [],
        followed=following.of_member(me) if me else [],
        to_submit=_to_submit(actor, at) if me else [],
        latest_motions=_latest(),
        results=publication.published(3),
    )


def _open(at: datetime) -> list[Ballot]:
    """Ballots open by the clock, the first to close first."""
    query = (
        select(Ballot)
        .where(Ballot.state.in_(("scheduled", "open")), Ballot.opens_at <= at, Ballot.closes_at > at)
        .options(selectinload(Ballot.questions))
        .order_by(Ballot.closes_at, Ballot.id)
    )
    return list(db.session.scalars(query))


def _mine(member_id: int) -> list[Motion]:
    query = select(Motion).where(Motion.mover_id == member_id, Motion.state.in_(_UNFINISHED))
    return list(db.session.scalars(query.order_by(Motion.id.desc()).limit(5)))


def _to_submit(actor: Actor, at: datetime) -> list[Motion]:
    """Motions seeking support in the branches that the person is a delegate of."""
    paths = [h.unit_path for h in actor.holdings if h.role is Role.DELEGATE and h.active(at)]
    if not paths:
        return []
    query = select(Motion).where(Motion.state == "seeking support").options(joinedload(Motion.unit))
    found = db.session.scalars(query.order_by(Motion.id.desc()).limit(200))
    return [motion for motion in found if any(motion.unit_path.startswith(path) for path in paths)][:5]


def _latest() -> list[Motion]:
    query = select(Motion).where(
        Motion.state.in_(("published", "prioritised", "on the order paper", "put to the vote"))
    )
    return list(
        db.session.scalars(query.options(joinedload(Motion.unit)).order_by(Motion.submitted_at.desc()).limit(6))
    )
