"""Nominations: the calls with their declared rules, and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from consult.counting.methods import METHODS
from consult.domain import nominations as domain
from consult.domain import policy
from consult.domain.bodies import Vacancy, check_reserves, longest_term
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.nominations import Rules, Standing
from consult.domain.policy import Permission
from consult.domain.roles import Actor, Status
from consult.domain.timetable import written
from consult.model.ballots import Ballot
from consult.model.bodies import Body, SeatHolding
from consult.model.members import Member
from consult.model.nominations import Call, Nomination, NominationSupport
from consult.model.store import db
from consult.model.units import Unit
from consult.service import bodies, clock, photographs, seating
from consult.service.act import Act, act, require_revision


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
        joinedload(Call.body).options(joinedload(Body.unit), selectinload(Body.holdings)),
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


def who_left(ballot: Ballot) -> dict[int, str]:
    """How each candidate who is on the paper of a ballot and stands no more came to that, by the number of the option."""
    gone: dict[tuple[int | None, str | None], int] = {
        (o.question_id, o.key): o.id for q in ballot.questions for o in q.options if o.withdrawn
    }
    if not gone:
        return {}
    query = select(Call.question_id, Nomination.option_key, Nomination.state).join(Nomination.call)
    query = query.where(Call.ballot_id == ballot.id, Nomination.option_key.is_not(None))
    rows = db.session.execute(query.where(Nomination.state.in_(("withdrawn", "died"))))
    return {gone[question, key]: state for question, key, state in rows if (question, key) in gone}


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
    seat = next((row for row in call.body.holdings if row.member_id == member.id and _meets(call, row)), None)
    if seat is not None:
        until = written(seat.ends_at)
        return f"{member.name} holds a seat in {call.body.name} until {until}, within this term, and would have to leave it first."
    since = call.closes_at - timedelta(days=rules.member_days)
    if rules.member_days and member.joined_at > since:
        joined = f"{member.joined_at.day} {member.joined_at:%B %Y}"
        return f"One must have been a member for {rules.member_days} days when nominations close; {member.name} joined on {joined}."
    return ""


def _meets(call: Call, row: SeatHolding) -> bool:
    """Whether a term in a seat runs within that of a call which is not settled yet: nobody sits in two."""
    return call.state == "announced" and row.starts_at < call.term_until and row.ends_at > call.term_starts_at


# -- the call --------------------------------------------------------------------------------------------------------


@act(Permission.NOMINATIONS_CALL, Event.NOMINATIONS_CALLED)
def call(body: Body, spec: CallSpec, *, by: Actor, at: datetime, act: Act) -> Call:
    """Call for nominations for seats of a body.

    Raises:
        Invalid: naming the field, such as more seats than are neither held nor called for already in that term.
        OutOfOrder: if the body is dissolved.
    """
    if body.dissolved_at is not None:
        raise OutOfOrder("This body is dissolved.")
    check(body, spec, at)
    _require_enough(act, body, spec.rules)
    act.session.scalars(select(Body.id).where(Body.id == body.id).with_for_update()).one()
    same = select(Call.id).where(Call.body_id == body.id, Call.state == "announced", Call.title == spec.title.strip())
    if number := act.session.scalar(same.limit(1)):
        sentence = (
            f"There is a call of this title for it already, call {number}. Change that one, or give this another title."
        )
        raise Invalid(sentence, {"title": sentence})
    seating.require_free(act.session, body, spec.seats, spec.term_starts_at, spec.term_until, at=at)
    made = add(act, body, spec)
    act.note(body=body.id, seats=spec.seats, rules=spec.rules.to_json())
    return made


def add(act: Act, body: Body, spec: CallSpec, again_of: Call | None = None) -> Call:
    """A call that was checked, following another if it is given. Only acts call it, inside their transaction."""
    made = Call(body_id=body.id, created_at=act.at, casual=spec.casual, **_columns(spec))
    made.again_of_id = again_of.id if again_of is not None else None
    act.session.add(made)
    act.session.flush()
    return made


@act(Permission.NOMINATIONS_CALL, Event.NOMINATIONS_CALL_CHANGED)
def change(
    row: Call, spec: CallSpec, reason: str, *, revision: int | None = None, by: Actor, at: datetime, act: Act
) -> Call:
    """Change a call before nominations open, with the reason; from then on its rules and deadlines are fixed.

    Raises:
        OutOfOrder: once nominations are open. Invalid: naming the field. Stale: if it was changed meanwhile.
    """
    act.because(reason)
    if row.state != "announced" or at >= row.opens_at:
        raise OutOfOrder("Nominations have opened, so the rules and deadlines are fixed.")
    require_revision(row, revision)
    check(row.body, spec, at)
    _require_enough(act, row.body, spec.rules)
    seating.lock(act.session, row.body)
    seating.require_free(act.session, row.body, spec.seats, spec.term_starts_at, spec.term_until, row, at=at)
    for name, value in _columns(spec).items():
        setattr(row, name, value)
    row.casual = spec.casual
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
    row.outcome = checked_reason(reason)
    act.because(row.outcome)
    return row


def checked_reason(reason: str) -> str:
    """The reason of a decision about a call or a nomination.

    Raises:
        Invalid: for none, or one of more than 1,000 characters.
    """
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


def check(body: Body, spec: CallSpec, at: datetime) -> None:
    """Refuse (`Invalid`, by field) a call that cannot be: title, seats, deadlines, rules, or a by-election beyond its term."""
    problems: dict[str, str] = {}
    if not spec.title.strip() or len(spec.title.strip()) > 200:
        problems["title"] = "Give it a title of at most 200 characters."
    if not 1 <= spec.seats <= body.seats:
        problems["seats"] = f"The body has {body.seats} seats; say how many of them are to be filled."
    if spec.opens_at <= at:
        problems["opens_at"] = "Nominations must open in the future."
    if spec.term_until <= spec.term_starts_at:
        problems["term_until"] = "The term must end after it begins."
    elif spec.term_until > (last := longest_term(spec.term_starts_at, body.term_months)):
        problems["term_until"] = (
            f"A full term of {body.name} has {body.term_months} months; this one may end on {clock.day(last)} at the latest."
        )
    if spec.term_starts_at < spec.closes_at:
        problems["term_starts_at"] = "The term begins after nominations close."
    if spec.rules.method not in METHODS or METHODS[spec.rules.method].form == "choice":
        problems["method"] = "Choose a counting method that elects people."
    if spec.casual and not problems:
        problems |= _beyond(body, spec, at)
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    domain.check_times(spec.opens_at, spec.closes_at, spec.consent_by, spec.withdraw_by)
    spec.rules.check()
    check_reserves(spec.reserves, spec.seats)


def _require_enough(act: Act, body: Body, rules: Rules) -> None:
    """Nothing if so many as are needed can nominate somebody: members of the unit besides the candidate, or its branches."""
    unit = body.unit
    if rules.by == domain.BRANCHES:
        query = select(func.count()).select_from(Unit)
        most = act.session.scalar(query.where(Unit.path.startswith(unit.path), Unit.closed_at.is_(None))) or 0
        sentence = (
            f"Those who can nominate in {unit.name}, with what is below it: {most}. No more nominations can be needed."
        )
    else:
        query = select(func.count()).select_from(Member).join(Unit, Unit.id == Member.unit_id)
        number = act.session.scalar(query.where(Unit.path.startswith(unit.path), Member.status == Status.MEMBER)) or 0
        most = max(0, number - 1)
        sentence = f"Members in {unit.name}: {number}. Nobody's own nomination counts, so at most {most} nominations can be needed."
    if rules.needed > most:
        raise Invalid(sentence, {"needed": sentence})


def casual_vacancies(body: Body, at: datetime) -> list[Vacancy]:
    """The seats that were left before their terms were over and are empty at an instant, the longest rest first."""
    found = [one for one in bodies.vacancies(body, at) if one.until is not None]
    return sorted(found, key=lambda one: one.until or at, reverse=True)


def _beyond(body: Body, spec: CallSpec, at: datetime) -> dict[str, str]:
    """What is wrong with a by-election: more seats than were left, or a term beyond the rest of those that were."""
    left = casual_vacancies(body, at)
    if not left:
        sentence = "Nobody left a seat of this body before the term was over, so there is nothing to fill for a rest."
        return {"casual": sentence}
    if spec.seats > (number := len(left)):
        return {"seats": f"Seats that were left before their terms were over: {number}. A by-election is for no more."}
    last = left[spec.seats - 1].until
    if last is not None and spec.term_until > last:
        day = written(last)
        return {"term_until": f"A by-election is for the rest of the term that was left: until {day} at the latest."}
    return {}


def filled_by(call: Call) -> list[Vacancy]:
    """The casual vacancies that a by-election was called for: those that its term is not longer than."""
    if not call.casual:
        return []
    return [
        one
        for one in casual_vacancies(bodies.get(call.body_id), call.created_at)
        if one.until and one.until >= call.term_until
    ]


# -- who decides ----------------------------------------------------------------------------------------------------


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
