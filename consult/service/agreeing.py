"""What takes two officers: annulling a ballot, polling again, ending somebody else's office, and merging or closing a unit
in which others hold one; proposed by one and agreed to by another.

Where nobody else holds the right, the one who proposed it carries it out after a waiting time in which it is public.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consult.domain import officer_proposals as domain
from consult.domain import policy
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.timetable import written
from consult.model.ballots import Ballot
from consult.model.bodies import SeatHolding
from consult.model.members import Member, RoleHolding
from consult.model.nominations import Call
from consult.model.officer_proposals import OfficerProposal, ProposalTerms
from consult.model.store import Base, db
from consult.model.units import Unit
from consult.service import certification, founding, polling_again, reorganising, roles, seats
from consult.service import officer_proposals as proposals
from consult.service.act import Act, act

Subject = Ballot | RoleHolding | SeatHolding | Unit | Call


@dataclass(frozen=True)
class Kind:
    """One kind of proposal: the right that both need, whether it can still be done, and what it comes to."""

    what: str
    table: type[Base]
    permission: Permission
    title: Callable[[Any], str]
    #: Both are given the terms of the proposal by name, where its kind has any.
    check: Callable[..., Any]
    effect: Callable[..., Any]
    #: The fewest and the most characters of the reason, which stays beside the office for good.
    shortest: int = 5
    longest: int = 180


def _where(unit: Unit | None) -> str:
    return unit.name if unit is not None else "the whole organisation"


KINDS: dict[str, Kind] = {
    kind.what: kind
    for kind in (
        Kind(
            domain.ANNUL, Ballot, Permission.RESULT_ANNUL, lambda ballot: ballot.title,
            certification.require_annullable, certification.annul, shortest=20, longest=2_000,
        ),
        Kind(
            domain.END_ROLE, RoleHolding, Permission.ROLE_GIVE,
            lambda held: f"{held.role}, {_where(held.unit)}", roles.require_endable, roles.end,
        ),
        Kind(
            domain.VACATE, SeatHolding, Permission.SEAT_FILL,
            lambda held: f"{held.body.name}, {held.body.unit.name}", seats.require_leavable, seats.vacate,
        ),
        Kind(
            domain.END_FOUNDING, Unit, Permission.ROLE_GIVE, lambda unit: unit.name, founding.require_endable,
            founding.end,
        ),
        Kind(
            domain.POLL_AGAIN, Call, Permission.RESULT_ANNUL, lambda call: call.title, polling_again.require,
            polling_again.call_anew, shortest=20, longest=1_000,
        ),
        Kind(
            domain.MERGE, Unit, Permission.ROLE_GIVE, lambda unit: unit.name, reorganising.require_mergeable,
            reorganising.merge_into, longest=800,
        ),
        Kind(
            domain.CLOSE, Unit, Permission.ROLE_GIVE, lambda unit: unit.name, reorganising.require_closable,
            reorganising.close_now, longest=800,
        ),
    )
}  # fmt: skip


def kind_of(subject: Any, what: str = "") -> Kind:
    """The kind of proposal of this name, or the first that is made about a ballot, a role, a term in a seat, a unit, a call."""
    return KINDS[what] if what else next(kind for kind in KINDS.values() if isinstance(subject, kind.table))


def right_to(kind: Kind, subject: Any) -> Permission:
    """The right that both people need: of a seat with which a role goes, to give roles."""
    confers = kind.what == domain.VACATE and subject.body.confers
    return Permission.ROLE_GIVE if confers else kind.permission


def subject_of(proposal: OfficerProposal, session: Session | None = None, *, lock: bool = False) -> Any:
    """The ballot, role, term, unit or call that a proposal is about; None if it is gone."""
    table = KINDS[proposal.what].table
    asked = session or db.session()
    if not lock:
        return asked.get(table, proposal.subject_id)
    return asked.get(table, proposal.subject_id, populate_existing=True, with_for_update={"of": table})


def seconds(
    proposal: OfficerProposal, subject: Any, at: datetime, session: Session | None = None, *, concerned: bool = False
) -> list[Member]:
    """Who can agree at this instant: the others who hold the right, but not the person whose office it is (`concerned`:
    that person too), no candidate of the ballot, and nobody whom the proposer brought in within the waiting time."""
    wanted: tuple[Role, ...] = (Role.GOVERNANCE,)
    path = getattr(subject, "unit_path", None) or ""
    if right_to(KINDS[proposal.what], subject) is Permission.SEAT_FILL:
        wanted += (Role.RETURNING_OFFICER, Role.UNIT_OFFICER)
    out = {proposal.proposed_by_id} | (getattr(subject, "candidate_member_ids", None) or set())
    if not concerned:
        out |= _concerned(proposal, subject, at, session or db.session())
    found = {
        row.member_id: row.member
        for row in proposals.holders(session or db.session(), wanted, path, at)
        if row.member_id not in out
        and domain.counts_as_second(row.given_by, row.starts_at, proposal.proposed_by_id, at)
    }
    return list(found.values())


def _concerned(proposal: OfficerProposal, subject: Any, at: datetime, session: Session) -> set[int]:
    """Whose offices end by it: of merging or closing a unit, those of everybody but whoever proposed it."""
    if proposal.what not in (domain.MERGE, domain.CLOSE):
        return {proposal.concerns_id} if proposal.concerns_id is not None else set()
    return {row.member_id for row in reorganising.offices(session, subject, at)} - {proposal.proposed_by_id}


# -- proposing -------------------------------------------------------------------------------------------------------


@act(Permission.OFFICER_PROPOSE, Event.PROPOSAL_MADE)
def propose(
    subject: Subject,
    reason: str,
    *,
    what: str = "",
    terms: dict[str, Any] | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> OfficerProposal:
    """Propose it with a reason; nothing changes until another agrees. Those whose office it is are told at once.

    `what` says which kind where more than one is made about such a subject, `terms` what else is agreed to.

    Raises:
        NotAllowed: to whoever has not the right. OutOfOrder: if it cannot be done (any more), or is proposed already.
        Invalid: naming the field: no reason, one's own office.
    """
    kind, terms = kind_of(subject, what), terms or {}
    policy.require(right_to(kind, subject), by, subject, at=at)
    concerns = None if isinstance(subject, Unit | Call) else getattr(subject, "member_id", None)
    if concerns is not None and concerns == by.member_id:
        raise Invalid("This office is your own: lay it down, for which nobody else is needed.")
    _require_free(act, kind, subject)
    kind.check(act, subject, **terms)
    words = reason.strip()
    if not kind.shortest <= len(words) <= kind.longest:
        sentence = f"Say why, in {kind.shortest} to {kind.longest:,} characters: everybody can read it."
        raise Invalid(sentence, {"reason": sentence})
    made = OfficerProposal(
        what=kind.what, subject_id=subject.id, title=kind.title(subject)[:300], concerns_id=concerns, reason=words,
        proposed_by_id=by.member_id or 0, proposed_at=at,
    )  # fmt: skip
    if terms:
        made.detail = ProposalTerms(terms=terms)
    act.session.add(made)
    act.session.flush()
    act.note(what=kind.what, about=f"{kind.table.__tablename__}:{subject.id}")
    _tell(act, made, "proposed", _concerned(made, subject, at, act.session))
    for member in seconds(made, subject, at, act.session):
        act.notify(
            "agreement-wanted", member, once=f"agreement-wanted:{made.id}:{member.id}", proposal=made.id,
            title=made.title, what=made.what, who=by.name,
        )  # fmt: skip
    return made


def _require_free(act: Act, kind: Kind, subject: Any) -> None:
    """Nothing unless it is proposed already; one that nobody agreed to in time is closed as lapsed."""
    found = proposals.standing(kind.what, subject.id, act.at, act.session)
    if found is not None:
        if found.proposed_by_id == act.by.member_id:
            raise OutOfOrder(f"You proposed this already, on {written(found.proposed_at)}. Look at that proposal.")
        name = found.proposed_by.name
        raise OutOfOrder(f"{name} proposed this already, on {written(found.proposed_at)}. Look at that proposal.")
    for old in proposals.unended(kind.what, subject.id, act.session):
        old.ended, old.ended_at = domain.LAPSED, old.lapses_at
    act.session.flush()


def _tell(act: Act, proposal: OfficerProposal, news: str, people: set[int]) -> None:
    alone = people == {proposal.concerns_id}
    for member_id in sorted(people):
        act.notify(
            "office-ending", act.session.get(Member, member_id), proposal=proposal.id, news=news,
            once=f"office-ending:{proposal.id}:{news}" + ("" if alone else f":{member_id}"),
        )  # fmt: skip


# -- agreeing --------------------------------------------------------------------------------------------------------


@act(Permission.OFFICER_PROPOSE, Event.PROPOSAL_AGREED)
def agree(proposal: OfficerProposal, *, by: Actor, at: datetime, act: Act) -> OfficerProposal:
    """Agree to what another officer proposed: it takes effect now.

    Raises:
        OutOfOrder: if it has ended in whatever way, or can no longer be done.
        NotAllowed: to the proposer, to the person whose office it is, to whoever has not the right, and to somebody whom
            the proposer brought in within the waiting time.
    """
    _require_standing(act, proposal)
    if proposal.proposed_by_id == by.member_id:
        raise NotAllowed("You proposed this yourself: it takes a second person to agree.")
    subject = _subject(act, proposal)
    if by.member_id in _concerned(proposal, subject, at, act.session):
        raise NotAllowed("This is about your own office. You can lay it down, but not agree to the proposal.")
    policy.require(right_to(KINDS[proposal.what], subject), by, subject, at=at)
    if by.member_id not in {member.id for member in seconds(proposal, subject, at, act.session)}:
        raise NotAllowed(
            "Whoever proposed this gave you your office less than 72 hours ago, so you are not the second. "
            "Somebody else can agree now, or you when that time is over."
        )
    _carry_out(act, proposal, subject, domain.DONE)
    return proposal


@act(Permission.OFFICER_PROPOSE, Event.PROPOSAL_CARRIED_OUT)
def carry_out(proposal: OfficerProposal, *, by: Actor, at: datetime, act: Act) -> OfficerProposal:
    """Carry out one's own proposal where nobody else holds the right, once it has been public for the waiting time.

    Raises:
        OutOfOrder: before that, if it has ended, while somebody can agree, or where the only one who could is the person
            whose office it is.
        NotAllowed: to anybody but the proposer.
    """
    _require_standing(act, proposal)
    if proposal.proposed_by_id != by.member_id:
        raise NotAllowed("Only whoever proposed this carries it out where nobody else can agree.")
    subject = _subject(act, proposal)
    policy.require(right_to(KINDS[proposal.what], subject), by, subject, at=at)
    if sentence := why_not_alone(proposal, subject, at, act.session):
        raise OutOfOrder(sentence)
    _carry_out(act, proposal, subject, domain.ALONE)
    return proposal


def why_not_alone(proposal: OfficerProposal, subject: Any, at: datetime, session: Session | None = None) -> str:
    """Why a proposal cannot be carried out without a second; "" if it can."""
    able = seconds(proposal, subject, at, session)
    if able:
        names = ", ".join(member.name for member in able[:5])
        return f"It takes a second person: {names} can agree."
    if seconds(proposal, subject, at, session, concerned=True):
        return (
            "The only other person with this right is the one whose office it is. Give another person a place first: "
            "72 hours later that person can agree."
        )
    if at < proposal.alone_from:
        return f"Nobody else holds this right, so it stays public until {written(proposal.alone_from)} first."
    return ""


@act(Permission.OFFICER_PROPOSE, Event.PROPOSAL_WITHDRAWN)
def withdraw(proposal: OfficerProposal, *, by: Actor, at: datetime, act: Act) -> OfficerProposal:
    """Take back one's own proposal; it stays on the record, and those whose office it is are told.

    Raises:
        OutOfOrder: if it has ended. NotAllowed: to anybody but the proposer.
    """
    _require_standing(act, proposal)
    if proposal.proposed_by_id != by.member_id:
        raise NotAllowed("A proposal is withdrawn by whoever made it.")
    proposal.ended, proposal.ended_at = domain.WITHDRAWN, at
    act.note(what=proposal.what)
    _tell(act, proposal, "withdrawn", _concerned(proposal, _subject(act, proposal), at, act.session))
    return proposal


def _require_standing(act: Act, proposal: OfficerProposal) -> None:
    if proposal.ended in (domain.DONE, domain.ALONE):
        raise OutOfOrder(f"This was carried out already, on {written(proposal.ended_at or act.at)}.")
    if proposal.ended == domain.WITHDRAWN:
        raise OutOfOrder("This proposal was withdrawn, so nothing comes of it.")
    if proposal.ended == domain.OVERTAKEN:
        raise OutOfOrder("What this is about has come to its end in another way, so nothing comes of the proposal.")
    if not proposal.stands(act.at):
        raise OutOfOrder("Nobody agreed to this within 28 days, so it has lapsed. It can be proposed again.")


def _subject(act: Act, proposal: OfficerProposal) -> Any:
    found = subject_of(proposal, act.session, lock=True)
    if found is None:
        raise NotFound("What this proposal is about is not there any more.")
    return found


def _carry_out(act: Act, proposal: OfficerProposal, subject: Any, how: str) -> None:
    kind, terms = KINDS[proposal.what], proposal.terms
    people = _concerned(proposal, subject, act.at, act.session)
    proposal.ended, proposal.ended_at = how, act.at
    if how == domain.DONE:
        proposal.agreed_by_id = act.by.member_id
    act.session.flush()  # what overtakes proposals finds this one ended
    kind.check(act, subject, **terms)
    kind.effect(act, subject, proposal.reason, **terms)
    act.data = {
        "what": proposal.what,
        "about": f"{kind.table.__tablename__}:{proposal.subject_id}",
        "proposed_by": f"member:{proposal.proposed_by_id}",
    }
    _tell(act, proposal, "done", people)
