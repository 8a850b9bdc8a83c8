"""Members who ask for a paper ballot, and issuing papers to all who asked; nothing says when anybody did."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.errors import NotAllowed, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.model import paper_ballots as model
from consult.model.ballots import Ballot, Envelope
from consult.model.paper_ballots import PaperIssue, PaperRequest
from consult.model.store import db
from consult.service import paper_ballots, rolls
from consult.service.act import Act, act

#: A paper must go by post and come back by post before the close.
BY_POST = timedelta(days=5)

#: Why a paper was issued to somebody who asked.
ASKED = "asked for one"


def until(ballot: Ballot) -> datetime:
    """Until when papers can be asked for: five days before the close, or the opening of a ballot that is shorter."""
    return max(ballot.closes_at - BY_POST, ballot.opens_at)


def of(ballot: Ballot, member_id: int | None, session: Session | None = None) -> PaperRequest | None:
    """A member's own request, if any."""
    return (session or db.session()).get(PaperRequest, (ballot.id, member_id)) if member_id else None


def issued_to(ballot: Ballot, member_id: int | None) -> bool:
    """Whether a paper is out to, or in from, this member."""
    return member_id is not None and paper_ballots.standing_of(db.session(), ballot, member_id) is not None


def offered(ballot: Ballot, member_id: int | None, at: datetime) -> bool:
    """Whether the ballot's page offers this to a member on its roll: it takes papers, and there is time."""
    taking = ballot.paper_rule != "none" and ballot.state in ("scheduled", "open") and at < until(ballot)
    return taking and member_id is not None and ballot.roll_id is not None and rolls.is_on(ballot.roll_id, member_id)


@act(Permission.PAPER_ASK, None)
def ask(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> PaperRequest:
    """Ask for a paper; asked again, it is the same request. It leaves no event and no time, as nothing about a voter does.

    Raises:
        OutOfOrder: if the ballot takes no papers, it is too late, one was issued, or the vote is cast and stands.
        NotAllowed: for somebody who is not on the roll.
    """
    paper_ballots.require_papers(ballot)
    me = by.member_id or 0
    if ballot.roll_id is None or not rolls.is_on(ballot.roll_id, me):
        raise NotAllowed("You are not on the electoral roll of this ballot. Its page says why, and what you can do.")
    if at >= until(ballot):
        raise OutOfOrder(
            f"Papers could be asked for until {written(until(ballot))}, so that one can come and go by post. Vote online, "
            "or ask the returning officer."
        )
    if (kept := of(ballot, me, act.session)) is not None:
        return kept
    if paper_ballots.standing_of(act.session, ballot, me) is not None:
        raise OutOfOrder("A paper was issued to you already. If it does not come, tell the returning officer.")
    if ballot.paper_rule == "first" and act.session.get(Envelope, (ballot.id, me)) is not None:
        raise OutOfOrder("You have voted online already, and the first recorded vote counts: no paper is sent.")
    made = PaperRequest(ballot_id=ballot.id, member_id=me)
    act.session.add(made)
    return made


def waiting(ballot: Ballot, session: Session | None = None) -> list[int]:
    """The members who asked and have no paper yet; where the first vote counts, without those who voted online since."""
    standing = select(PaperIssue.member_id).where(
        PaperIssue.ballot_id == ballot.id, PaperIssue.status != model.CANCELLED
    )
    query = select(PaperRequest.member_id).where(
        PaperRequest.ballot_id == ballot.id, PaperRequest.member_id.not_in(standing)
    )
    if ballot.paper_rule == "first":
        voted = select(Envelope.member_id).where(Envelope.ballot_id == ballot.id)
        query = query.where(PaperRequest.member_id.not_in(voted))
    return list((session or db.session()).scalars(query.order_by(PaperRequest.member_id)))


@act(Permission.PAPER_ENVELOPES, Event.PAPERS_ISSUED)
def issue_to_all_who_asked(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Issue a paper to everybody who asked for one and has none yet.

    Raises:
        NotAllowed: for an officer who does not have the envelopes.
        OutOfOrder: if nobody waits, or the ballot has closed.
    """
    paper_ballots.require_duty(ballot, model.ENVELOPES, by, act.session)
    paper_ballots.require_time(ballot, at)
    members = waiting(ballot, act.session)
    if not members:
        raise OutOfOrder("Nobody waits for a paper.")
    act.because(ASKED)
    for member_id in members:
        paper_ballots.add_issue(act, ballot, member_id, ASKED)
    act.note(papers=len(members))
    return ballot
