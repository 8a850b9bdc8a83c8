"""Complaints about a ballot: made until the end of the declared window, decided with reasons by the complaints panel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.timetable import written
from consult.model.ballots import Ballot
from consult.model.desk import OUTCOMES, SUBJECTS, Complaint, Recount
from consult.model.store import db
from consult.service import ballots
from consult.service.act import Act, act

#: States in which a ballot can still be complained about, whatever its clock says.
_OPEN = ("open", "closed", "reconciled", "opened", "counted")

MOST = 5_000


@dataclass(frozen=True)
class Figures:
    """How many complaints there are, how many wait, how many were upheld, and how many votes the panel found affected."""

    made: int
    undecided: int
    upheld: int
    affected: int


@act(Permission.COMPLAINT_MAKE, Event.COMPLAINT_MADE)
def make(ballot: Ballot, about: str, text: str, affected: int = 1, *, by: Actor, at: datetime, act: Act) -> Complaint:
    """Complain about a ballot, from its opening to the end of the window for complaints.

    Raises:
        OutOfOrder: before the opening and after the window, with its end.
        Invalid: if it says too little, or of how many votes it speaks is no number that can be.
    """
    _require_window(ballot, at)
    _check(about, text, affected)
    last = act.session.scalar(select(func.max(Complaint.number)).where(Complaint.ballot_id == ballot.id)) or 0
    complaint = Complaint(
        ballot_id=ballot.id,
        number=last + 1,
        made_by_id=by.member_id,
        made_at=at,
        about=about,
        text=text.strip(),
        affected=affected,
    )
    act.session.add(complaint)
    act.note(ballot=ballot.id, number=complaint.number, about=about)
    for member in ballots.holders(act.session, Role.COMPLAINTS, at):
        once = f"complaint-made:{ballot.id}:{complaint.number}:{member.id}"
        act.notify("complaint-made", member, once=once, ballot=ballot.id, title=ballot.title)
    return complaint


def _require_window(ballot: Ballot, at: datetime) -> None:
    if ballot.state in ("preparing", "scheduled", "cancelled") and ballot.phase(at) in ("waiting", "not put"):
        raise OutOfOrder("This ballot has not opened yet; write to the returning officer about its preparation.")
    until = ballot.complaints_until
    if ballot.state not in (*_OPEN, "scheduled") or (until is not None and at >= until):
        end = f" It ended on {written(until)}." if until is not None else ""
        raise OutOfOrder(f"The time for complaints about this ballot is over.{end}")


def _check(about: str, text: str, affected: int) -> None:
    problems: dict[str, str] = {}
    if about not in SUBJECTS:
        problems["about"] = "Say what the complaint is about."
    if not 20 <= len(text.strip()) <= MOST:
        problems["text"] = f"Say what happened, in your own words (20 to {MOST:,} characters)."
    if not 0 <= affected <= 1_000_000:
        problems["affected"] = "Say how many votes it is about, as a number; 1 if it is about yours alone."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)


@act(Permission.COMPLAINT_DECIDE, Event.COMPLAINT_DECIDED)
def decide(
    complaint: Complaint,
    outcome: str,
    reasons: str,
    found_affected: int,
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> Complaint:
    """The panel's decision with its reasons; "upheld: recount" asks for the recount at once.

    Nobody decides a complaint of their own, about a contest of their own, or as returning officer.

    Raises:
        OutOfOrder: if it is decided already, or one's own.
        Invalid: without an outcome, reasons, or the number of votes that the panel finds affected.
    """
    if complaint.outcome is not None:
        raise OutOfOrder("This complaint is decided already, and a decision is never changed.")
    if complaint.made_by_id == by.member_id:
        raise OutOfOrder("This complaint is your own: another member of the panel decides it.")
    problems: dict[str, str] = {}
    if outcome not in OUTCOMES:
        problems["outcome"] = "Say what the panel decides."
    if len(reasons.strip()) < 20:
        problems["reasons"] = "Give the reasons, in a sentence or more: the person who complained reads them."
    if not 0 <= found_affected <= 1_000_000:
        problems["found_affected"] = "Say how many votes the panel finds affected, as a number; 0 if none."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)
    complaint.outcome, complaint.reasons, complaint.found_affected = outcome, reasons.strip(), found_affected
    complaint.decided_by_id, complaint.decided_at = by.member_id, at
    if outcome == "upheld: recount":
        _recount(act, complaint)
    act.note(ballot=complaint.ballot_id, number=complaint.number, outcome=outcome, affected=found_affected)
    once = f"complaint-decided:{complaint.id}"
    ballot = complaint.ballot
    act.notify("complaint-decided", complaint.made_by, once=once, ballot=ballot.id, title=ballot.title)
    return complaint


def _recount(act: Act, complaint: Complaint) -> None:
    if complaint.ballot.state != "counted":
        raise OutOfOrder("A recount can be ordered once the ballot is counted, and before its certificate is drawn up.")
    words = f"Ordered by the complaints panel on complaint {complaint.number}."
    act.session.add(Recount(ballot_id=complaint.ballot_id, asked_by_id=act.by.member_id, asked_at=act.at, reason=words))
    act.record(Event.RECOUNT_ASKED, complaint.ballot, complaint=complaint.number)


# -- reading ---------------------------------------------------------------------------------------------------------


def get(ballot_id: int, number: int) -> Complaint:
    """A complaint by its number within the ballot.

    Raises:
        NotFound: if there is none.
    """
    query = select(Complaint).where(Complaint.ballot_id == ballot_id, Complaint.number == number)
    found = db.session.scalars(query.options(*_WITH)).one_or_none()
    if found is None:
        raise NotFound("This ballot has no complaint of this number.")
    return found


_WITH = (joinedload(Complaint.made_by), joinedload(Complaint.decided_by))


def listed(ballot: Ballot, *, of: int | None = None) -> list[Complaint]:
    """The complaints about a ballot in order; of one member if given."""
    query = select(Complaint).where(Complaint.ballot_id == ballot.id).options(*_WITH).order_by(Complaint.number)
    if of is not None:
        query = query.where(Complaint.made_by_id == of)
    return list(db.session.scalars(query))


def figures(ballot: Ballot, session: Session | None = None) -> Figures:
    """How many there are and what became of them."""
    query = select(Complaint.outcome, Complaint.affected, Complaint.found_affected)
    rows = (session or db.session()).execute(query.where(Complaint.ballot_id == ballot.id)).all()
    undecided = [row for row in rows if row.outcome is None]
    upheld = [row for row in rows if row.outcome is not None and row.outcome != "dismissed"]
    affected = sum(row.affected for row in undecided) + sum(row.found_affected or 0 for row in upheld)
    return Figures(len(rows), len(undecided), len(upheld), affected)


def awaiting() -> list[tuple[Ballot, int]]:
    """Ballots with complaints that wait for the panel, and how many; one statement."""
    waiting = (
        select(Complaint.ballot_id, func.count().label("n"))
        .where(Complaint.outcome.is_(None))
        .group_by(Complaint.ballot_id)
        .subquery()
    )
    query = select(Ballot, waiting.c.n).join(waiting, waiting.c.ballot_id == Ballot.id).order_by(Ballot.id)
    return [(ballot, int(number)) for ballot, number in db.session.execute(query)]


def can_complain(ballot: Ballot, at: datetime) -> bool:
    """Whether the window is open now."""
    try:
        _require_window(ballot, at)
    except OutOfOrder:
        return False
    return True
