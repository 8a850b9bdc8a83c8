"""Nominations: calls with declared rules, nominating, accepting or declining, withdrawing, and the officers' decisions on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.counting.methods import METHODS
from consult.domain import nominations as domain
from consult.domain import policy
from consult.domain.bodies import check_reserves
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.nominations import Rules, Standing
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Role, Status
from consult.domain.timetable import written
from consult.model.bodies import Body
from consult.model.members import Member
from consult.model.nominations import Call, Nomination, NominationSupport
from consult.model.store import db
from consult.model.units import Unit
from consult.service import candidates, photographs
from consult.service.act import Act, act, require_revision
from consult.service.candidates import StatementSpec


@dataclass(frozen=True)
class CallSpec:
    """A call as its form gives it; instants are UTC."""

    title: str
    seats: int
    opens_at: datetime
    closes_at: datetime
    consent_by: datetime
    withdraw_by: datetime
    term_starts_at: datetime
    term_until: datetime
    rules: Rules = field(default_factory=Rules)
    reserves: tuple[dict[str, Any], ...] = ()
    casual: bool = False


@dataclass(frozen=True)
class Meeting:
    """The meeting at which a branch decided to nominate."""

    held_on: date
    votes_for: int
    votes_against: int


# -- reading ---------------------------------------------------------------------------------------------------------


def get(call_id: int) -> Call:
    """A call with its body and everybody nominated.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Call).where(Call.id == call_id).options(*_whole())
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no call for nominations of this number.")
    return found


def _whole() -> tuple[Any, ...]:
    people = selectinload(Call.nominations)
    return (
        joinedload(Call.body).joinedload(Body.unit),
        people.joinedload(Nomination.nominee).joinedload(Member.unit),
        people.selectinload(Nomination.supports).options(
            joinedload(NominationSupport.member), joinedload(NominationSupport.unit)
        ),
    )


def nomination(nomination_id: int) -> Nomination:
    """One nomination with its call.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(Nomination).where(Nomination.id == nomination_id)
    query = query.options(
        joinedload(Nomination.call).joinedload(Call.body).joinedload(Body.unit), joinedload(Nomination.nominee)
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no nomination of this number.")
    return found


def listed() -> list[Call]:
    """Every call, those whose nominations close last first."""
    query = select(Call).options(joinedload(Call.body).joinedload(Body.unit))
    return list(db.session.scalars(query.order_by(Call.closes_at.desc(), Call.id.desc()).limit(200)))


def mine(member_id: int) -> list[Nomination]:
    """The nominations of somebody in calls that are not settled."""
    query = select(Nomination).join(Nomination.call)
    query = query.where(Nomination.nominee_id == member_id, Call.state.in_(("announced", "put to a ballot")))
    query = query.options(joinedload(Nomination.call).joinedload(Call.body))
    return list(db.session.scalars(query.order_by(Nomination.id)))


def rules_of(call: Call) -> Rules:
    """The declared rules of a call."""
    return Rules.from_json(call.rules)


def lacking(call: Call, row: Nomination) -> list[str]:
    """What a nomination still lacks to be a candidacy, in sentences."""
    rules = rules_of(call)
    standing = Standing(row.state, nominations_of(rules, row), ineligible(call, rules, row.nominee))
    return domain.lacking(rules, standing)


def nominations_of(rules: Rules, row: Nomination) -> int:
    """How many nominations count: those of branches or of members, never one's own."""
    if rules.by == domain.BRANCHES:
        return sum(support.unit_id is not None for support in row.supports)
    return sum(support.unit_id is None and support.member_id != row.nominee_id for support in row.supports)


def standing_in(call: Call) -> list[Nomination]:
    """Those who stand: complete by the declared rules, in alphabetical order."""
    return sorted((row for row in call.nominations if not lacking(call, row)), key=lambda row: row.nominee.name)


def ineligible(call: Call, rules: Rules, member: Member) -> str:
    """Why somebody cannot stand, in a sentence; "" for somebody who can."""
    if member.erased_at is not None or member.status != Status.MEMBER.value:
        return f"{member.name} is recorded as {member.status}; candidates are members."
    if not member.unit.path.startswith(call.body.unit.path):
        return f"{member.name} has no home in {call.body.unit.name}."
    since = call.closes_at - timedelta(days=rules.member_days)
    if rules.member_days and member.joined_at > since:
        joined = f"{member.joined_at.day} {member.joined_at:%B %Y}"
        return f"One must have been a member for {rules.member_days} days when nominations close; {member.name} joined on {joined}."
    return ""


# -- the call --------------------------------------------------------------------------------------------------------


@act(Permission.NOMINATIONS_CALL, Event.NOMINATIONS_CALLED)
def call(body: Body, spec: CallSpec, *, by: Actor, at: datetime, act: Act) -> Call:
    """Call for nominations for seats of a body.

    Raises:
        Invalid: naming the field. OutOfOrder: if the body is dissolved.
    """
    if body.dissolved_at is not None:
        raise OutOfOrder("This body is dissolved.")
    _check(body, spec, at)
    made = Call(body_id=body.id, created_at=at, casual=spec.casual, **_columns(spec))
    act.session.add(made)
    act.session.flush()
    act.note(body=body.id, seats=spec.seats, rules=spec.rules.to_json())
    return made


@act(Permission.NOMINATIONS_CALL, Event.NOMINATIONS_CALL_CHANGED)
def change(row: Call, spec: CallSpec, *, revision: int | None = None, by: Actor, at: datetime, act: Act) -> Call:
    """Change a call before nominations open; from then on its rules and deadlines are fixed.

    Raises:
        OutOfOrder: once nominations are open. Invalid: naming the field. Stale: if it was changed meanwhile.
    """
    if row.state != "announced" or at >= row.opens_at:
        raise OutOfOrder("Nominations have opened, so the rules and deadlines are fixed.")
    require_revision(row, revision)
    _check(row.body, spec, at)
    for name, value in _columns(spec).items():
        setattr(row, name, value)
    row.revision += 1
    act.note(seats=spec.seats, rules=spec.rules.to_json())
    return row


@act(Permission.NOMINATIONS_CALL, Event.NOMINATIONS_CANCELLED)
def cancel(row: Call, reason: str, *, by: Actor, at: datetime, act: Act) -> Call:
    """Cancel a call, with a reason that everybody can read.

    Raises:
        OutOfOrder: if it is settled. Invalid: without a reason.
    """
    act.step(row, "cancel")
    row.outcome = _reason(reason)
    return row


def _reason(reason: str) -> str:
    if not reason.strip() or len(reason.strip()) > 1000:
        sentence = "Give the reason in at most 1,000 characters: everybody can read it."
        raise Invalid(sentence, {"reason": sentence})
    return reason.strip()


def _columns(spec: CallSpec) -> dict[str, Any]:
    kept = {
        name: value for name, value in spec.__dict__.items() if name not in ("rules", "reserves", "title", "casual")
    }
    return kept | {
        "title": spec.title.strip(), "rules": spec.rules.to_json(), "reserves": [dict(row) for row in spec.reserves],
    }  # fmt: skip


def _check(body: Body, spec: CallSpec, at: datetime) -> None:
    problems: dict[str, str] = {}
    if not spec.title.strip() or len(spec.title.strip()) > 200:
        problems["title"] = "Give it a title of at most 200 characters."
    if not 1 <= spec.seats <= body.seats:
        problems["seats"] = f"The body has {body.seats} seats; say how many of them are to be filled."
    if spec.opens_at <= at:
        problems["opens_at"] = "Nominations must open in the future."
    if spec.term_until <= spec.term_starts_at:
        problems["term_until"] = "The term must end after it begins."
    if spec.term_starts_at < spec.closes_at:
        problems["term_starts_at"] = "The term begins after nominations close."
    if spec.rules.method not in METHODS or METHODS[spec.rules.method].form == "choice":
        problems["method"] = "Choose a counting method that elects people."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    domain.check_times(spec.opens_at, spec.closes_at, spec.consent_by, spec.withdraw_by)
    spec.rules.check()
    check_reserves(spec.reserves, spec.seats)


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
    rules = rules_of(row)
    found = next((one for one in row.nominations if one.nominee_id == nominee.id), None)
    _require_nominator(row, rules, nominee, unit, meeting, by, at)
    if found is not None and found.state not in ("proposed", "standing"):
        raise OutOfOrder(f"The nomination of {nominee.name} is {found.state}.")
    if sentence := ineligible(row, rules, nominee):
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
    text, most = spec.statement.strip(), rules_of(call).statement_words
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
    require_no_candidate(row.call, by)
    if row.call.state != "announced":
        raise OutOfOrder(f"This call is {row.call.state}.")
    act.step(row, "rule out")
    row.because = _reason(reason)
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


def require_no_candidate(call: Call, by: Actor) -> None:
    """Nothing unless the actor stands in the call.

    Raises:
        NotAllowed: if so.
    """
    if by.member_id in call.candidate_member_ids:
        raise NotAllowed("You are nominated in this call, so somebody else decides about it.")


def may_judge(call: Call, by: Actor, at: datetime) -> bool:
    """Whether somebody may decide about nominations of a call."""
    return policy.may(Permission.NOMINATION_JUDGE, by, call, at=at) and by.member_id not in call.candidate_member_ids


def open_calls(at: datetime) -> int:
    """How many calls take nominations now."""
    query = select(func.count()).select_from(Call)
    return db.session.scalar(query.where(Call.state == "announced", Call.opens_at <= at, Call.closes_at > at)) or 0


MOST_BYTES = photographs.MOST_BYTES
