"""Destroying the envelopes, the key, the shares and older backups after the challenge period, on the record, by two."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.model.ballots import Ballot, BallotKey, Envelope
from consult.model.desk import ChallengedBallot, Destruction
from consult.model.paper_ballots import PaperEntry
from consult.model.results import Annulment, Publication
from consult.model.store import db
from consult.service.act import Act, act

#: After publication or annulment: so long can the marked register still be compared and the result challenged.
CHALLENGE_PERIOD = timedelta(days=28)


def possible_from(ballot: Ballot, session: Session | None = None) -> datetime | None:
    """The instant from which the envelopes may be destroyed; None while the ballot is neither published nor annulled."""
    session = session or db.session()
    published, annulled = session.get(Publication, ballot.id), session.get(Annulment, ballot.id)
    if published is not None:
        return published.published_at + CHALLENGE_PERIOD
    return annulled.at + CHALLENGE_PERIOD if annulled is not None else None


@act(Permission.BALLOT_DESTROY, Event.DESTRUCTION_PROPOSED)
def propose(ballot: Ballot, shares: str, backups: str, *, by: Actor, at: datetime, act: Act) -> Destruction:
    """Say what became of the shares and of older backups, and propose that the database lets go of the envelopes.

    Raises:
        OutOfOrder: before the challenge period is over, or if it was proposed already.
        Invalid: if either statement is missing.
    """
    _require_time(ballot, at, act.session)
    if act.session.get(Destruction, ballot.id) is not None:
        raise OutOfOrder("This was proposed already; another officer agrees to it.")
    problems = {
        name: "Say it in a sentence: what was destroyed, by whom and when, or that there was none."
        for name, words in (("shares", shares), ("backups", backups))
        if len(words.strip()) < 10
    }
    if problems:
        raise Invalid("Say what became of the shares of the key and of backups older than the result.", problems)
    made = Destruction(
        ballot_id=ballot.id,
        proposed_by_id=by.member_id,
        proposed_at=at,
        shares=shares.strip(),
        backups=backups.strip(),
    )
    act.session.add(made)
    return made


def _require_time(ballot: Ballot, at: datetime, session: Session) -> None:
    begins = possible_from(ballot, session)
    if begins is None:
        raise OutOfOrder(
            "Envelopes are kept until the ballot is published or annulled and its challenge period is over."
        )
    if at < begins:
        raise OutOfOrder(f"The challenge period is not over: the envelopes are kept until {written(begins)}.")


@act(Permission.BALLOT_DESTROY, Event.ENVELOPES_DESTROYED)
def agree(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Agree, as a second officer: the outer envelopes, the sealed papers, challenged or entered by hand, and the key are deleted.

    What was published stays as it is, byte for byte; nothing can be opened or counted from the envelopes again.

    Raises:
        OutOfOrder: if it was not proposed, was proposed by oneself, or is done.
    """
    _require_time(ballot, at, act.session)
    found = act.session.get(Destruction, ballot.id)
    if found is None:
        raise OutOfOrder("Nobody has proposed the destruction of these envelopes yet.")
    if found.agreed_at is not None:
        raise OutOfOrder("The envelopes of this ballot are destroyed already.")
    if found.proposed_by_id == by.member_id:
        raise OutOfOrder("You proposed this yourself: it takes a second officer to agree.")
    found.agreed_by_id, found.agreed_at = by.member_id, at
    act.session.flush()  # the database lets go of envelopes only after this
    found.destroyed = _delete(act.session, ballot)
    act.note(**found.destroyed)
    return ballot


def _delete(session: Session, ballot: Ballot) -> dict[str, int]:
    sealed = (ChallengedBallot.ballot_id == ballot.id, ChallengedBallot.sealed.is_not(None))
    entered = (PaperEntry.ballot_id == ballot.id, PaperEntry.sealed.is_not(None))
    figures = {
        "envelopes": session.scalar(select(func.count()).select_from(Envelope).where(Envelope.ballot_id == ballot.id)),
        "challenged": session.scalar(select(func.count()).select_from(ChallengedBallot).where(*sealed)),
        "papers": session.scalar(select(func.count()).select_from(PaperEntry).where(*entered)),
        "keys": session.scalar(select(func.count()).select_from(BallotKey).where(BallotKey.ballot_id == ballot.id)),
    }
    session.execute(delete(Envelope).where(Envelope.ballot_id == ballot.id))
    session.execute(update(ChallengedBallot).where(*sealed).values(sealed=None))
    session.execute(delete(PaperEntry).where(*entered))
    session.execute(delete(BallotKey).where(BallotKey.ballot_id == ballot.id))
    return {name: number or 0 for name, number in figures.items()}


def of(ballot: Ballot) -> Destruction | None:
    """The record of it, proposed or done."""
    return db.session.get(Destruction, ballot.id)


def done(ballot_id: int) -> bool:
    """Whether the envelopes of a ballot are destroyed: then nobody can be told any more whether they voted."""
    found = db.session.get(Destruction, ballot_id)
    return found is not None and found.agreed_at is not None
