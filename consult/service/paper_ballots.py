"""Voting on paper: issuing papers, marking outer envelopes on the roll, and the totals; entering them is in `paper_entries`.

Envelopes and papers are in different hands throughout a ballot, and neither leaves an event of its own or a time: an
ordered record of who voted when, beside one of what was entered when, would lead from voters to votes. The audit log
gets totals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model import paper_ballots as model
from consult.model.ballots import Ballot, Envelope
from consult.model.members import Member
from consult.model.paper_ballots import PaperDuty, PaperEntry, PaperIssue
from consult.model.roll_changes import still_on
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.service import members, replacing
from consult.service.act import Act, act

DUTIES = (model.ENVELOPES, model.PAPERS)


@dataclass(frozen=True)
class Totals:
    """What can be said of a ballot's papers, to anybody with a desk: numbers only."""

    issued: int
    cancelled: int
    out: int
    returned: int
    refused: int
    entered_once: int
    agreed: int
    rejected: int

    @property
    def to_enter(self) -> int:
        """Papers whose envelopes are marked and that are not finished: not entered yet, or entered once."""
        return self.returned - self.agreed - self.rejected


def totals(ballot: Ballot, session: Session | None = None) -> Totals:
    """The numbers of a ballot's papers, in two statements.

    issued = cancelled + out + returned + refused; at reconciliation returned = agreed + rejected.
    """
    session = session or db.session()
    by = select(PaperIssue.status, func.count()).where(PaperIssue.ballot_id == ballot.id)
    outer = dict(session.execute(by.group_by(PaperIssue.status)).all())
    by = select(PaperEntry.status, func.count()).where(PaperEntry.ballot_id == ballot.id)
    inner = dict(session.execute(by.group_by(PaperEntry.status)).all())
    return Totals(
        issued=sum(outer.values()),
        cancelled=outer.get(model.CANCELLED, 0),
        out=outer.get(model.ISSUED, 0),
        returned=outer.get(model.RETURNED, 0),
        refused=outer.get(model.REFUSED, 0),
        entered_once=inner.get(model.ONCE, 0),
        agreed=inner.get(model.AGREED, 0),
        rejected=inner.get(model.REJECTED, 0),
    )


# -- duties ----------------------------------------------------------------------------------------------------------


def duties_of(ballot: Ballot) -> list[PaperDuty]:
    """Who has which duty in a ballot."""
    query = select(PaperDuty).where(PaperDuty.ballot_id == ballot.id).options(joinedload(PaperDuty.member))
    return list(db.session.scalars(query.order_by(PaperDuty.duty, PaperDuty.member_id)))


def duty_of(ballot: Ballot, member_id: int | None, session: Session | None = None) -> str | None:
    """The duty of one officer, if any."""
    found = (session or db.session()).get(PaperDuty, (ballot.id, member_id)) if member_id else None
    return found.duty if found else None


@act(Permission.PAPER_DUTY, Event.PAPER_DUTY_TAKEN)
def take_duty(ballot: Ballot, duty: str, *, by: Actor, at: datetime, act: Act) -> PaperDuty:
    """Take one of the two duties in a ballot, for good: who has touched an envelope never sees a paper, and the reverse.

    Raises:
        OutOfOrder: if the ballot takes no papers, is over, or the officer has a duty already.
    """
    require_papers(ballot)
    if duty not in DUTIES:
        raise Invalid("Choose a duty: the outer envelopes, or the papers.", {"duty": "Choose one of the two."})
    if kept := duty_of(ballot, by.member_id, act.session):
        raise OutOfOrder(
            f"You have the {kept} of this ballot. Nobody has both duties, so that nobody can put a name to a paper."
        )
    made = PaperDuty(ballot_id=ballot.id, member_id=by.member_id, duty=duty)
    act.session.add(made)
    act.note(ballot=ballot.id, duty=duty)
    return made


def require_papers(ballot: Ballot) -> None:
    """Nothing while a ballot takes papers: from its scheduling until its box is opened."""
    if ballot.paper_rule == "none":
        raise OutOfOrder("This ballot is held online only: its definition takes no papers.")
    if ballot.state not in ("scheduled", "open", "closed"):
        raise OutOfOrder(f"This ballot is {ballot.state}: its papers are not handled now.")


def require_duty(ballot: Ballot, duty: str, by: Actor, session: Session) -> None:
    """Nothing for an officer who has this duty.

    Raises:
        NotAllowed: for one who has the other, or none.
    """
    require_papers(ballot)
    kept = duty_of(ballot, by.member_id, session)
    if kept is None:
        raise NotAllowed(f"Take the duty of the {duty} of this ballot first; it is on its page for papers.")
    if kept != duty:
        raise NotAllowed(other_duty(kept, duty))


def other_duty(kept: str, duty: str) -> str:
    """What somebody is told who has one duty and is at the work of the other."""
    return f"You have the {kept} of this ballot, so somebody else must handle its {duty}."


# -- issuing ---------------------------------------------------------------------------------------------------------


def without_address(ballot: Ballot, session: Session | None = None) -> list[int]:
    """The members on the roll who have no e-mail address there and no standing paper yet."""
    standing = select(PaperIssue.member_id).where(
        PaperIssue.ballot_id == ballot.id, PaperIssue.status != model.CANCELLED
    )
    query = select(RollEntry.member_id).where(
        RollEntry.roll_id == ballot.roll_id, RollEntry.email.is_(None), RollEntry.member_id.not_in(standing), still_on()
    )
    return list((session or db.session()).scalars(query.order_by(RollEntry.member_id)))


@act(Permission.PAPER_ENVELOPES, Event.PAPERS_ISSUED)
def issue_to_all_without_address(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Issue a paper to everybody on the roll who has no e-mail address and none yet."""
    require_duty(ballot, model.ENVELOPES, by, act.session)
    require_time(ballot, at)
    waiting = without_address(ballot, act.session)
    if not waiting:
        raise OutOfOrder("Everybody on the roll has an e-mail address or a paper already.")
    for member_id in waiting:
        add_issue(act, ballot, member_id, "no e-mail address")
    act.note(papers=len(waiting))
    return ballot


class PaperOut(OutOfOrder):
    """A paper is out to this member already, and nobody has agreed that it be cancelled."""


@act(Permission.PAPER_ENVELOPES, Event.PAPERS_ISSUED)
def issue(
    ballot: Ballot, number: str, reason: str, cancels: str | None = "", *, by: Actor, at: datetime, act: Act
) -> Ballot:
    """Issue a paper to the member of this number; the one that was out before is cancelled and its envelope refused.

    `cancels` is the number of that one, in digits: so the same form sent twice issues one paper.

    Raises:
        Invalid: if nobody on the roll has the number, or no reason is given.
        PaperOut: if one is out and `cancels` does not name it.
        OutOfOrder: if the member's paper is in, or the member has voted online and the first recorded vote counts.
    """
    require_duty(ballot, model.ENVELOPES, by, act.session)
    require_time(ballot, at)
    if not reason.strip():
        raise Invalid("Say why a paper is issued, such as “asked for one”.", {"reason": "Say why."})
    act.because(reason)
    member = _on_roll(act.session, ballot, number)
    if ballot.paper_rule == "first" and act.session.get(Envelope, (ballot.id, member.id)) is not None:
        raise OutOfOrder(
            "This member has voted online already, and the first recorded vote counts. No paper was issued."
        )
    standing = standing_of(act.session, ballot, member.id)
    if standing is not None and standing.status != model.ISSUED:
        raise OutOfOrder(f"The outer envelope {standing.number} of this member is {standing.status} already.")
    if standing is not None:
        if cancels != str(standing.number):
            raise PaperOut(
                f"Paper {standing.number} is out to {member.name} already. If you issue another, number "
                f"{standing.number} is cancelled: an envelope with it is refused when it comes in."
            )
        standing.status = model.CANCELLED
        act.session.flush()
    add_issue(act, ballot, member.id, reason.strip())
    act.note(papers=1, cancelled=int(standing is not None))
    return ballot


def add_issue(act: Act, ballot: Ballot, member_id: int, reason: str) -> None:
    """One more paper, under the next number."""
    last = act.session.scalar(select(func.max(PaperIssue.number)).where(PaperIssue.ballot_id == ballot.id)) or 0
    made = PaperIssue(
        ballot_id=ballot.id, number=last + 1, member_id=member_id, status=model.ISSUED, reason=reason[:100]
    )
    made.issued_by_id = act.by.member_id or 0
    act.session.add(made)
    act.session.flush()


def require_time(ballot: Ballot, at: datetime) -> None:
    """Nothing until the close; `OutOfOrder` afterwards."""
    if at >= ballot.last_instant or ballot.state == "closed":
        raise OutOfOrder("This ballot has closed: no paper is issued and no envelope is marked any more.")


def _on_roll(session: Session, ballot: Ballot, number: str) -> Member:
    query = (
        select(Member)
        .join(RollEntry, RollEntry.member_id == Member.id)
        .where(RollEntry.roll_id == ballot.roll_id, still_on())
    )
    found = members.numbered(session, query, number)
    if found is None:
        sentence = f"Nobody on the roll of this ballot has the member number “{number.strip()[:40]}”."
        raise Invalid(sentence, {"number": sentence})
    return found


def standing_of(session: Session, ballot: Ballot, member_id: int) -> PaperIssue | None:
    """The member's paper that was not cancelled, if any."""
    query = select(PaperIssue).where(
        PaperIssue.ballot_id == ballot.id, PaperIssue.member_id == member_id, PaperIssue.status != model.CANCELLED
    )
    return session.scalars(query).one_or_none()


def out_to(ballot: Ballot, number: str) -> PaperIssue | None:
    """The paper that is out to the member of this number, if any, where another can be issued instead."""
    query = select(PaperIssue).join(Member, Member.id == PaperIssue.member_id)
    query = query.where(PaperIssue.ballot_id == ballot.id, PaperIssue.status == model.ISSUED)
    found = db.session.scalars(query.where(Member.number == number.strip())).one_or_none()
    online = found and ballot.paper_rule == "first" and db.session.get(Envelope, (ballot.id, found.member_id))
    return None if online else found


def issued(ballot: Ballot, status: str = "") -> list[Row[tuple[int, str, str, str, str, int]]]:
    """The outer envelopes of a ballot: number, status, reason, whose (number, name, id), for the officer who has them."""
    columns = (PaperIssue.number, PaperIssue.status, PaperIssue.reason, Member.number.label("member"), Member.name)
    query = (
        select(*columns, PaperIssue.member_id)
        .join(Member, Member.id == PaperIssue.member_id)
        .where(PaperIssue.ballot_id == ballot.id)
        .order_by(PaperIssue.number)
    )
    return list(db.session.execute(query.where(PaperIssue.status == status) if status else query))


# -- marking ---------------------------------------------------------------------------------------------------------


@act(Permission.PAPER_ENVELOPES, None)
def mark(ballot: Ballot, number: int, *, by: Actor, at: datetime, act: Act) -> str:
    """Mark an outer envelope that came in: from here its voter cannot vote online; gives what became of it, in a sentence.

    The gate holds the ballot's row, so that a vote cast online at the same moment is either in before or refused after.

    Raises:
        NotFound: if no paper of this number was issued.
        OutOfOrder: before the opening, after the close, or if the envelope is dealt with already.
    """
    require_duty(ballot, model.ENVELOPES, by, act.session)
    require_time(ballot, at)
    if at < ballot.opens_at:
        raise OutOfOrder("This ballot is not open yet. Keep the envelope closed and mark it once voting has opened.")
    found = act.session.get(PaperIssue, (ballot.id, number))
    if found is None:
        raise NotFound(f"No paper with the number {number} was issued in this ballot.")
    if found.status == model.CANCELLED:
        raise OutOfOrder(
            f"Paper {number} was cancelled when another was issued in its place. Keep this envelope closed, apart."
        )
    if found.status != model.ISSUED:
        raise OutOfOrder(f"Envelope {number} is {found.status} already; nothing was changed.")
    online = act.session.get(Envelope, (ballot.id, found.member_id)) is not None
    if online and ballot.paper_rule == "first":
        found.status, found.reason = model.REFUSED, "voted online before the envelope came in"
        return f"Envelope {number} is refused: this member voted online first. Keep it closed, apart from the others."
    replaced = replacing.take_out(act.session, ballot.id, found.member_id) if online else False
    act.session.flush()
    found.status = model.RETURNED
    more = " The vote that this member cast online is superseded." if replaced else ""
    return f"Envelope {number} is marked: this member has voted on paper.{more} Put the inner envelope with the others."


@act(Permission.PAPER_DUTY, Event.PAPERS_TOTALLED)
def record_totals(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Put the totals as they are now on the audit log, such as at the end of a day's work."""
    require_papers(ballot)
    act.note(**asdict(totals(ballot, act.session)))
    return ballot


# -- at reconciliation -----------------------------------------------------------------------------------------------


def settled(session: Session, ballot: Ballot) -> int:
    """How many voters are marked as having voted on paper, once every paper of theirs is dealt with.

    Raises:
        OutOfOrder: while papers and marked envelopes differ in number, or a paper waits for its second entry.
    """
    now = totals(ballot, session)
    if now.to_enter or now.entered_once:
        raise OutOfOrder(
            f"{now.returned} outer envelopes are marked, and {now.agreed + now.rejected} papers are entered twice or "
            f"rejected; {now.entered_once} wait for their second entry. Finish the papers first; an envelope without a "
            "paper in it is entered as rejected."
        )
    return now.returned


def sealed(session: Session, ballot: Ballot) -> Iterator[tuple[bytes, str]]:
    """The sealed papers in the order of their serials, which is random; the name of a branch is "", for none says it."""
    query = select(PaperEntry.sealed).where(PaperEntry.ballot_id == ballot.id, PaperEntry.status == model.AGREED)
    for each in session.scalars(query.order_by(PaperEntry.serial)):
        yield each or b"", ""
