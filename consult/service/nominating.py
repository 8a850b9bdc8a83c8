"""Nominating and answering: who is nominated by whom, acceptance, withdrawal, and the officers' rulings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain import nominations as domain
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.events import Event
from consult.domain.nominations import Rules
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role
from consult.domain.timetable import written
from consult.model.members import Member
from consult.model.nominations import Call, Nomination, NominationSupport
from consult.model.units import Unit
from consult.service import candidates, nominations
from consult.service.act import Act, act
from consult.service.candidates import StatementSpec


@dataclass(frozen=True)
class Meeting:
    """The meeting at which a branch decided to nominate."""

    held_on: date
    votes_for: int
    votes_against: int


# -- nominating ------------------------------------------------------------------------------------------------------


@act(Permission.NOMINATE, Event.NOMINATED)
def nominate(
    row: Call,
    nominee: Member,
    *,
    unit: Unit | None = None,
    meeting: Meeting | None = None,
    by: Actor,
    at: datetime,
    act: Act,
) -> Nomination:
    """Nominate somebody, or second a nomination that is there: as a member, or for a branch after its meeting.

    Raises:
        OutOfOrder: outside the time for nominations, or by whom the rules do not ask.
        NotAllowed: for a branch that one does not speak for. Invalid: naming what is wrong with the nomination.
    """
    _require_phase(
        row, at, ("open",), f"Nominations are taken from {written(row.opens_at)} to {written(row.closes_at)}."
    )
    rules = nominations.rules_of(row)
    found = next((one for one in row.nominations if one.nominee_id == nominee.id), None)
    _require_nominator(row, rules, nominee, unit, meeting, by, at)
    if found is not None and found.state not in ("proposed", "standing"):
        raise OutOfOrder(f"The nomination of {nominee.name} is {found.state}.")
    if sentence := nominations.ineligible(row, rules, nominee):
        raise Invalid(sentence, {"member": sentence})
    own = unit is None and nominee.id == by.member_id
    _require_room(act.session, row, rules, found, unit, by)
    if found is None:
        found = Nomination(call_id=row.id, nominee_id=nominee.id, proposed_by_id=by.member_id, at=at, state="proposed")
        if own:
            found.state, found.answered_at = "standing", at
        act.session.add(found)
        act.session.flush()
    elif own:
        raise Invalid("You are nominated already; accept it on its page.", {"member": "You are nominated already."})
    if not own:
        act.session.add(
            NominationSupport(
                nomination_id=found.id, member_id=by.member_id, unit_id=unit.id if unit else None, at=at,
                held_on=meeting.held_on if meeting else None, votes_for=meeting.votes_for if meeting else None,
                votes_against=meeting.votes_against if meeting else None,
            )
        )  # fmt: skip
    act.session.flush()
    act.session.refresh(found)
    act.note(call=row.id, unit=unit.id if unit else None)
    if found.state == "proposed":
        act.notify(
            "nominated",
            nominee,
            once=f"nominated:{found.id}",
            title=row.title,
            until=written(row.consent_by),
            nomination=found.id,
        )
    return found


def _require_phase(row: Call, at: datetime, phases: tuple[str, ...], sentence: str) -> None:
    if row.state != "announced":
        raise OutOfOrder(f"This call is {row.state}. {row.outcome}".strip())
    if row.phase(at) not in phases:
        raise OutOfOrder(sentence)


def _require_nominator(
    row: Call, rules: Rules, nominee: Member, unit: Unit | None, meeting: Meeting | None, by: Actor, at: datetime
) -> None:
    own = unit is None and nominee.id == by.member_id
    if own:
        if not rules.self_nomination:
            raise OutOfOrder("By the rules of this call nobody nominates themself.")
        return
    if rules.by == domain.MEMBERS and unit is not None:
        raise OutOfOrder("By the rules of this call members nominate, not branches.")
    if rules.by == domain.BRANCHES:
        if unit is None or meeting is None:
            sentence = (
                "By the rules of this call branches nominate: say for which branch, and which meeting decided it."
            )
            raise Invalid(sentence, {"unit": sentence})
        speaks = by.holds(Role.DELEGATE, at, unit.path) or by.holds(Role.UNIT_OFFICER, at, unit.path)
        if not speaks:
            raise NotAllowed(f"Only a delegate or an officer of {unit.name} nominates for it.")
        if not unit.path.startswith(row.body.unit.path):
            raise OutOfOrder(f"{unit.name} is no part of {row.body.unit.name}.")
        _require_meeting(meeting, at)
    elif not (by.home_path or "").startswith(row.body.unit.path):
        raise NotAllowed(f"Only members in {row.body.unit.name} nominate for this body.")


def _require_meeting(meeting: Meeting, at: datetime) -> None:
    problems = {}
    if meeting.held_on > at.date():
        problems["held_on"] = "The meeting must have been held already."
    if meeting.votes_for < 0 or meeting.votes_against < 0 or meeting.votes_for <= meeting.votes_against:
        problems["votes_for"] = "The meeting did not decide to nominate: more must have voted for it than against."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _require_room(
    session: Session, row: Call, rules: Rules, found: Nomination | None, unit: Unit | None, by: Actor
) -> None:
    """Nothing unless this nominator has nominated this person already, or as many as the rules allow."""
    mine = NominationSupport.unit_id == unit.id if unit else (
        NominationSupport.unit_id.is_(None) & (NominationSupport.member_id == by.member_id)
    )  # fmt: skip
    query = select(NominationSupport).join(Nomination).where(Nomination.call_id == row.id, mine)
    made = list(session.scalars(query))
    if found is not None and any(support.nomination_id == found.id for support in made):
        raise OutOfOrder(
            "This person is nominated by you already." if unit is None else f"{unit.name} has nominated this person."
        )
    most = rules.most or row.seats
    if len(made) >= most:
        whose = f"{unit.name} has" if unit else "You have"
        raise OutOfOrder(f"{whose} nominated {len(made)} already, and the rules allow {most}.")


# -- the candidate's answer ------------------------------------------------------------------------------------------


@act(Permission.CANDIDACY_ANSWER, Event.NOMINATION_ACCEPTED)
def accept(row: Nomination, spec: StatementSpec, group: str = "", *, by: Actor, at: datetime, act: Act) -> Nomination:
    """Accept a nomination, with a statement, a photograph and the reserved place that one counts for; or change these.

    Raises:
        OutOfOrder: after the last instant to accept. Invalid: if the statement is too long or there is no such place.
    """
    call = row.call
    until = f"Nominations were to be accepted by {written(call.consent_by)}."
    _require_phase(call, at, ("open", "accepting"), until)
    if row.state == "proposed":
        act.step(row, "accept")
        row.answered_at = at
    elif row.state != "standing":
        raise OutOfOrder(f"This nomination is {row.state}.")
    if group and group not in {one["group"] for one in call.reserves}:
        raise Invalid("There is no such reserved place.", {"group": "There is no such reserved place."})
    text, most = spec.statement.strip(), nominations.rules_of(call).statement_words
    count = len(text.split())
    if count > most:
        sentence = f"The statement has {count} words and the limit is {most}: take out {count - most}."
        raise Invalid(sentence, {"statement": sentence})
    row.statement, row.group = text, group
    if spec.photograph is not None:
        row.photograph_hash = candidates.keep_photograph(act, spec.photograph)
    elif spec.remove_photograph:
        row.photograph_hash = None
    act.note(call=call.id, words=count)
    return row


@act(Permission.CANDIDACY_ANSWER, Event.NOMINATION_DECLINED)
def decline(row: Nomination, *, by: Actor, at: datetime, act: Act) -> Nomination:
    """Decline a nomination; it cannot be made again in the same call."""
    _require_phase(row.call, at, ("open", "accepting"), "The time to accept or decline is over.")
    act.step(row, "decline")
    row.answered_at = at
    act.note(call=row.call_id)
    return row


@act(Permission.CANDIDACY_ANSWER, Event.CANDIDATE_WITHDREW)
def withdraw(row: Nomination, because: str, *, by: Actor, at: datetime, act: Act) -> Nomination:
    """Withdraw as a candidate, until the declared deadline.

    Raises:
        OutOfOrder: after it; the returning officer records what happens then.
    """
    sentence = f"Candidates withdrew until {written(row.call.withdraw_by)}. Tell the returning officer, who records it."
    _require_phase(row.call, at, ("open", "accepting", "withdrawing"), sentence)
    act.step(row, "withdraw")
    row.because = because.strip()[:1000]
    act.note(call=row.call_id)
    return row


@act(Permission.NOMINATION_JUDGE, Event.NOMINATION_RULED_OUT)
def rule_out(row: Nomination, reason: str, *, by: Actor, at: datetime, act: Act) -> Nomination:
    """Rule a nomination out, with the rule that it breaks; the person is told.

    Raises:
        OutOfOrder: once the call is settled. Invalid: without a reason. NotAllowed: to a candidate in the same call.
    """
    nominations.require_no_candidate(row.call, by)
    if row.call.state != "announced":
        raise OutOfOrder(f"This call is {row.call.state}.")
    act.step(row, "rule out")
    row.because = nominations.checked_reason(reason)
    act.note(call=row.call_id)
    act.notify(
        "nomination-ruled-out",
        row.nominee,
        once=f"nomination-ruled-out:{row.id}",
        title=row.call.title,
        reason=row.because,
        nomination=row.id,
    )
    return row
