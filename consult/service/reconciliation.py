"""After the close: members' shares of the lot, and reconciling the box with the roll."""

from __future__ import annotations

from datetime import datetime
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.counting import lots
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.ballots import Ballot, Envelope
from consult.model.boxes import RecordedVote
from consult.model.members import Member
from consult.model.results import SeedShare
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.service import ballots, boards, electorate, paper_ballots, replacing
from consult.service.act import Act, act

# -- the lot ---------------------------------------------------------------------------------------------------------


@act(Permission.SEED_COMMIT, Event.SEED_COMMITTED)
def commit_seed(ballot: Ballot, commitment: str, *, by: Actor, at: datetime, act: Act) -> SeedShare:
    """A committee member's hash for the lot, published before the close; the value stays with the member.

    Raises:
        OutOfOrder: if the lot is not made that way, or the ballot has closed, or the member has committed already.
        Invalid: if it is not a SHA-256 in hexadecimal.
    """
    if ballot.lot_rule != "commit-and-reveal":
        raise OutOfOrder("The lot of this ballot is decided by the public value alone.")
    if at >= ballot.closes_at or ballot.state not in ("scheduled", "open"):
        raise OutOfOrder("Commitments for the lot are taken from the scheduling of the ballot until it closes.")
    wanted = commitment.strip().lower()
    if len(wanted) != 64 or set(wanted) - set("0123456789abcdef"):
        sentence = (
            "A commitment is 64 letters and digits from 0 to 9 and a to f, as `consult lot-commitment` prints it."
        )
        raise Invalid(sentence, {"commitment": sentence})
    if act.session.get(SeedShare, (ballot.id, by.member_id)) is not None:
        raise OutOfOrder("You have committed already; a commitment is never changed.")
    share = SeedShare(ballot_id=ballot.id, member_id=by.member_id, commitment=wanted, committed_at=at)
    act.session.add(share)
    act.note(commitment=wanted)
    return share


@act(Permission.SEED_COMMIT, Event.SEED_REVEALED)
def reveal_seed(ballot: Ballot, value: str, salt: str, *, by: Actor, at: datetime, act: Act) -> SeedShare:
    """The value behind a commitment, after the close and before the envelopes are opened."""
    if ballot.state not in ("closed", "reconciled") or ballot.seed is not None:
        raise OutOfOrder("Values for the lot are revealed after the close and before the envelopes are opened.")
    share = act.session.get(SeedShare, (ballot.id, by.member_id))
    if share is None:
        raise NotFound("You made no commitment for the lot of this ballot, so there is nothing to reveal.")
    if share.value is not None:
        raise OutOfOrder("You have revealed your value already.")
    if lots.commitment(value, salt) != share.commitment:
        sentence = "This value and salt do not give the hash that you committed to. Type both exactly as they were."
        raise Invalid(sentence, {"value": sentence})
    share.value, share.salt, share.revealed_at = value, salt, at
    act.note(value=value, salt=salt)
    return share


def shares_of(ballot: Ballot, session: Session | None = None) -> list[SeedShare]:
    """The members' shares of the lot with the members, in the order of their ids."""
    query = select(SeedShare).where(SeedShare.ballot_id == ballot.id).options(joinedload(SeedShare.member))
    return list((session or db.session()).scalars(query.order_by(SeedShare.member_id)))


def silent(ballot: Ballot) -> list[Member]:
    """The members who committed to the lot and did not reveal, once the time for revealing is over."""
    if ballot.seed is None:
        return []
    return [share.member for share in shares_of(ballot) if share.value is None]


def seed_of(session: Session, ballot: Ballot, public_value: str) -> tuple[str, tuple[str, ...]]:
    """The seed, and the opaque ids of members who committed and did not reveal: then the public value alone decides."""
    shares = shares_of(ballot, session)
    commitments = {str(share.member_id): share.commitment for share in shares}
    revealed = {str(s.member_id): (s.value, s.salt) for s in shares if s.value is not None and s.salt is not None}
    return lots.combine(revealed, commitments, public_value)


# -- the box ---------------------------------------------------------------------------------------------------------


@act(Permission.BALLOT_RECONCILE, Event.BALLOT_RECONCILED)
def reconcile(ballot: Ballot, *, rng: Random | None = None, by: Actor, at: datetime, act: Act) -> Ballot:
    """Compare the closed box with the roll, put what is left on the board and take its root; nothing is opened yet.

    From here the marked register and the board stand still. Challenged ballots are decided next, then all is opened.

    Raises:
        OutOfOrder: if the ballot is not closed, or the box and the roll cannot both be right.
    """
    act.step(ballot, "reconcile")
    made = ballots.definition_of(ballot)
    marked = _marked(act.session, ballot) + paper_ballots.settled(act.session, ballot)
    size = electorate.roll_of(ballot, made, act.session).size
    if marked > size:
        raise OutOfOrder(f"There are {marked} votes but only {size} on the roll. Nothing was opened.")
    ballot.marked = marked
    ballot.superseded = len(replacing.leaves_of(act.session, ballot.id))
    ballot.on_paper = paper_ballots.totals(ballot, act.session).agreed
    if ballot.level != "recorded":
        ballot.envelope_root = boards.finish(act, ballot, rng).root
        ballot.sealed_by_server = _sealed_by_server(act.session, ballot)
    act.note(marked=marked, superseded=ballot.superseded, on_paper=ballot.on_paper, root=ballot.envelope_root)
    return ballot


def _marked(session: Session, ballot: Ballot) -> int:
    """Envelopes in the box, or open votes; every one of them must belong to somebody on the roll."""
    kept = RecordedVote if ballot.level == "recorded" else Envelope
    count = session.scalar(select(func.count()).select_from(kept).where(kept.ballot_id == ballot.id)) or 0
    known = session.scalar(
        select(func.count())
        .select_from(kept)
        .join(RollEntry, (RollEntry.member_id == kept.member_id) & (RollEntry.roll_id == ballot.roll_id))
        .where(kept.ballot_id == ballot.id)
    )
    if count != known:
        raise OutOfOrder(f"{count - (known or 0)} votes belong to nobody on the roll. Nothing was opened.")
    return count


def _sealed_by_server(session: Session, ballot: Ballot) -> int:
    query = select(func.count()).select_from(Envelope)
    return session.scalar(query.where(Envelope.ballot_id == ballot.id, Envelope.sealed_by == "server")) or 0
