"""Settling a call for nominations: declared without a poll, drafted as a ballot, seated after certification, by the declared rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from consult.domain import nominations as domain
from consult.domain.bodies import BY_ELECTION, ELECTED, UNOPPOSED
from consult.domain.decisions import ELECTION
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.nominations import Candidate, Plan
from consult.domain.officer_proposals import POLL_AGAIN
from consult.domain.policy import Permission
from consult.domain.presets import QUESTIONS_ONLY
from consult.domain.roles import Actor, Role, Status
from consult.domain.timetable import written
from consult.model.ballots import Ballot, Option, Question
from consult.model.bodies import Body, SeatHolding
from consult.model.consultations import Consultation
from consult.model.nominations import Call, Nomination
from consult.model.results import QuestionResult
from consult.model.store import db
from consult.service import (
    ballot_questions,
    ballots,
    bodies,
    consultations,
    nominations,
    officer_proposals,
    paper_versions,
    polls_due,
    registering,
    rulebooks,
    seating,
    seats,
)
from consult.service.act import Act, act
from consult.service.ballot_questions import OptionSpec, QuestionSpec
from consult.service.ballots import BallotSpec
from consult.service.seats import Term


def plan_of(call: Call) -> Plan:
    """What the declared rules make of those who stand now, for the seats that can be filled in the term of the call."""
    room = seating.room(db.session(), call)
    if not room.seats:
        return Plan(because=room.because)
    standing = [Candidate(row.id, row.group) for row in nominations.standing_in(call)]
    made = domain.plan(nominations.rules_of(call), room.seats, room.reserves, standing)
    return replace(made, because=(*room.because, *made.because))


def _require_seats(plan: Plan) -> None:
    if not plan.settles:
        raise OutOfOrder(f"{' '.join(plan.because)} End this call, with that reason.")


def _require_over(call: Call, at: datetime) -> None:
    if call.state != "announced":
        raise OutOfOrder(f"This call is {call.state}. {call.outcome}".strip())
    if call.phase(at) != "over":
        raise OutOfOrder(
            f"Candidates can still change their minds: this can be settled from {written(call.withdraw_by)}."
        )


@act(Permission.NOMINATION_JUDGE, Event.NOMINATIONS_SETTLED)
def declare(call: Call, *, by: Actor, at: datetime, act: Act) -> Call:
    """Declare elected without a poll those whom the rules declare elected, seat them, and say what stays vacant.

    Raises:
        OutOfOrder: before the last deadline, where the rules ask for a poll, or where no seat is free in that term.
        NotAllowed: to a candidate in it.
    """
    nominations.require_no_candidate(call, by)
    _require_over(call, at)
    seating.lock(act.session, call.body)
    plan = plan_of(call)
    _require_seats(plan)
    if plan.polled:
        raise OutOfOrder(f"{plan.because[-1]} Draft the ballot.")
    rows = {row.id: row for row in call.nominations}
    act.step(call, "declare elected" if plan.elected else "call again")
    call.outcome = " ".join(plan.because)
    for number in plan.elected:
        _seat(act, call, rows[number], UNOPPOSED if not call.casual else BY_ELECTION, at)
    act.note(elected=list(plan.elected), vacant=plan.vacant)
    _register(act, call, len(plan.elected))
    return call


def _register(act: Act, call: Call, elected: int) -> None:
    """Enter the outcome in the register of the unit, by number: names are for members, on the page of the body."""
    because = call.outcome.partition(" Elected:")[0]
    words = f"{because} {elected} elected.".strip()
    registering.enter(act, call.body.unit_id, ELECTION, call.title, words, place=f"/nominations/{call.id}")


def _seat(act: Act, call: Call, row: Nomination, way: str, at: datetime) -> SeatHolding:
    """Seat somebody elected, for the term of the call (what is left of it), with the event of the seat."""
    words = f"“{call.title}”: {'declared elected without a poll' if way == UNOPPOSED else 'elected'}"
    term = Term(way, words, max(call.term_starts_at, at), call.term_until, row.group)
    holding = seats.put(act, call.body, row.nominee, term)
    act.record(Event.SEAT_FILLED, holding, body=call.body_id, member=row.nominee_id, seat=holding.seat, way=way)
    act.notify(
        "elected", row.nominee, once=f"elected:{row.id}", body=call.body.name, body_id=call.body_id, words=words,
        until=written(holding.ends_at),
    )  # fmt: skip
    return holding


@act(Permission.BALLOT_CREATE, Event.NOMINATIONS_PUT)
def draft(
    call: Call, consultation: Consultation | None, spec: BallotSpec, *, by: Actor, at: datetime, act: Act
) -> Ballot:
    """Draft the ballot that the rules ask for: a question with the candidates, their statements and photographs.

    It is a ballot in preparation, which the ballot's own pages go on with. Without a consultation it is put in a round
    of its own, under the signatures and times that the rules of the unit demand.

    Raises:
        OutOfOrder: before the last deadline, where no poll is needed, or where no seat is free in that term.
        Invalid: for times that cannot be. NotAllowed: to a candidate in it.
    """
    nominations.require_no_candidate(call, by)
    _require_over(call, at)
    seating.lock(act.session, call.body)
    plan, rules = plan_of(call), nominations.rules_of(call)
    _require_seats(plan)
    if not plan.polled:
        raise OutOfOrder("No poll is needed: " + " ".join(plan.because))
    ballot = ballots.begin(act, consultation or _round(act, call), spec)
    standing = [row for row in nominations.standing_in(call) if row.id in plan.polled]
    names = Counter(row.nominee.name for row in standing)
    options = tuple(
        OptionSpec(
            row.nominee.name if names[row.nominee.name] == 1 else f"{row.nominee.name} ({row.nominee.unit.name})",
            row.statement, row.group, row.nominee_id,
        )
        for row in standing
    )  # fmt: skip
    ron = rules.ron or rules.uncontested == domain.POLL
    question = ballot_questions.put_question(
        act,
        ballot,
        QuestionSpec(call.title, rules.method, options, plan.seats, {}, plan.reserves, " ".join(plan.because), ron),
    )
    for option, row in zip(question.options, standing, strict=False):
        option.photograph_hash, row.option_key = row.photograph_hash, option.key
    act.step(call, "put to a ballot", check_permission=False)
    call.ballot_id, call.question_id, call.outcome = ballot.id, question.id, " ".join(plan.because)
    act.record(Event.BALLOT_CREATED, ballot)
    act.note(call=call.id, candidates=len(options), seats=plan.seats, vacant=plan.vacant)
    return ballot


def _round(act: Act, call: Call) -> Consultation:
    """What holds the ballot of an election that is part of no consultation; it has no timetable, so nobody is shown it."""
    rules, unit = replace(QUESTIONS_ONLY, name="Elections, no motions"), call.body.unit
    if (own := rulebooks.adopted_by(act.session, unit)) is not None:
        hours = own.least_complaint_hours
        rules = replace(rules, least_signatures=own.least_signatures, least_complaint_hours=hours)
    made = Consultation(
        title=call.title, summary="It holds the ballot of an election. Nothing is asked in it, so it needs no timetable.",
        paper=[], unit_id=unit.id, rulebook_id=consultations.keep_rulebook(act.session, rules, act.at).id,
        created_at=act.at, phases=[],
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    paper_versions.keep(act, made)
    act.session.refresh(made)
    act.record(Event.CONSULTATION_MADE, made, rulebook=rules.hash)
    return made


@act(Permission.NOMINATION_JUDGE, Event.CANDIDATE_LEFT)
def leave(row: Nomination, died: bool, because: str, *, by: Actor, at: datetime, act: Act) -> Nomination:
    """Record that a candidate withdrew after the deadline or died, before or during the poll; the declared rule follows.

    “Count without”: each paper counts for the next choice on it. “Poll again”: the committee is told to end the
    ballot without a result and to call for nominations again, which is one act (`polling_again`).

    Raises:
        OutOfOrder: for somebody who is not on the paper, and once the papers are counted. Invalid: without a reason.
    """
    call = row.call
    nominations.require_no_candidate(call, by) if row.nominee_id != by.member_id else None
    if row.state == "proposed" or (row.state == "standing" and call.ballot_id is not None and row.option_key is None):
        raise OutOfOrder("This person is not on the paper, so there is nothing to record.")
    act.step(row, "record a death" if died else "withdraw", check_permission=False)
    if not because.strip() or len(because.strip()) > 1000:
        raise Invalid("Say what happened, in at most 1,000 characters.", {"reason": "Say what happened."})
    row.because = because.strip()
    option = _option(act.session, row)
    if option is not None and option.question.ballot.state not in ("cancelled", "annulled"):
        state = option.question.ballot.state
        if state not in ("preparing", "scheduled", "open", "closed", "reconciled", "opened"):
            raise OutOfOrder(f"The ballot is {state}: who is elected and leaves makes a casual vacancy in the body.")
        option.withdrawn = True
        act.record(Event.CANDIDATE_LEFT, option.question.ballot, option=option.key, died=died)
        if nominations.rules_of(call).leaving == domain.POLL_AGAIN:
            _tell_committee(act, row)
    act.note(call=call.id, died=died, rule=nominations.rules_of(call).leaving)
    return row


def _tell_committee(act: Act, row: Nomination) -> None:
    """That the poll has to be held again, to the members of the committee who can end it."""
    call = row.call
    out = call.candidate_member_ids | {act.by.member_id}
    for member in ballots.holders(act.session, Role.GOVERNANCE, act.at):
        if member.id not in out:
            act.notify(
                "poll-again-due", member, once=f"poll-again-due:{row.id}:{member.id}", title=call.title, call=call.id
            )


def _option(session: Session, row: Nomination) -> Option | None:
    if row.option_key is None or row.call.question_id is None:
        return None
    question = session.get_one(Question, row.call.question_id)
    return next((option for option in question.options if option.key == row.option_key), None)


@act(Permission.NOMINATION_JUDGE, Event.NOMINATIONS_SETTLED)
def call_again(call: Call, reason: str, *, by: Actor, at: datetime, act: Act) -> Call:
    """Settle a call whose ballot ended without a result: nominations are called again.

    Raises:
        OutOfOrder: while the ballot runs. Invalid: without a reason.
    """
    if call.ballot is None or call.ballot.state not in ("cancelled", "annulled"):
        raise OutOfOrder("The ballot has not ended without a result: cancel or annul it first, with its reason.")
    if not reason.strip() or len(reason.strip()) > 1000:
        raise Invalid("Give the reason, in at most 1,000 characters.", {"reason": "Give the reason."})
    act.step(call, "call again")
    officer_proposals.overtake(act.session, POLL_AGAIN, call.id, at)
    call.outcome = reason.strip()
    act.because(reason)
    return call


@act(Permission.NOMINATION_JUDGE, Event.NOMINATIONS_SETTLED)
def seat_winners(call: Call, *, by: Actor, at: datetime, act: Act) -> Call:
    """Seat those whom the certified result elects, each for the term of the call, in the order of election.

    Where fewer seats are free than people are elected the first take them; the others are told why there is none for them.

    Raises:
        OutOfOrder: before the result is certified. NotAllowed: to a candidate in it.
    """
    nominations.require_no_candidate(call, by)
    ballot = call.ballot
    if ballot is None or ballot.state not in ("certified", "published"):
        raise OutOfOrder("The winners are seated once the result is certified.")
    if ballot.state != "published":
        polls_due.require_none(ballot, act.session)
    act.step(call, "seat")
    seating.lock(act.session, call.body)
    act.session.refresh(call.body, ["holdings"])
    found = seats_for(act.session, call, at)
    for row in found.seated:
        _seat(act, call, row, BY_ELECTION if call.casual else ELECTED, at)
    for row, why in found.left_out:
        act.notify(
            "elected-no-seat", row.nominee, once=f"elected-no-seat:{row.id}", body=call.body.name,
            body_id=call.body_id, title=call.title, why=why,
        )  # fmt: skip
    won = found.elected
    names = ", ".join(row.nominee.name for row in won)
    said = [f"{row.nominee.name} has no seat by it. {why}" for row, why in found.left_out]
    call.outcome = " ".join([f"{call.outcome} Elected: {names or 'nobody'}.", *said])
    act.note(elected=[row.id for row in won], seated=[row.id for row in found.seated], ballot=ballot.id)
    _register(act, call, len(won))
    return call


@dataclass(frozen=True)
class Seating:
    """Those whom a result elects, in the order of election: who is seated by it, and who is not, each with the reason."""

    elected: tuple[Nomination, ...]
    seated: tuple[Nomination, ...]
    left_out: tuple[tuple[Nomination, str], ...]


def seats_for(session: Session, call: Call, at: datetime) -> Seating:
    """Who takes the seats that are free for the term of a call whose result is certified, and who does not and why."""
    body, starts_at = call.body, max(call.term_starts_at, at)
    free = len(bodies.free(body, starts_at, call.term_until))
    sitting = {row.member_id for row in body.holdings if row.starts_at < call.term_until and row.ends_at > starts_at}
    won = _winners(session, call)
    seated: list[Nomination] = []
    left_out: list[tuple[Nomination, str]] = []
    for row in won:
        if row.nominee_id in sitting:
            left_out.append((row, "The same person holds a seat in it in that term already."))
        elif row.nominee.status != Status.MEMBER.value or row.nominee.erased_at is not None:
            left_out.append((row, f"The person is recorded as {row.nominee.status}, and seats are for members."))
        elif len(seated) == free:
            left_out.append((row, _none_free(body, free)))
        else:
            seated.append(row)
    return Seating(tuple(won), tuple(seated), tuple(left_out))


def to_be_seated(call: Call, at: datetime) -> Seating | None:
    """What seating the winners will do now; None while there is no certified result to be seated by."""
    ready = call.state == "put to a ballot" and call.ballot and call.ballot.state in ("certified", "published")
    return seats_for(db.session(), call, at) if ready else None


def _none_free(body: Body, free: int) -> str:
    if not free:
        return f"Every seat of {body.name} ({body.seats}) is held for some of that term."
    if free == 1:
        return f"One of the seats of {body.name} ({body.seats}) was free in that term, and the one who was elected before took it."
    return f"Of the seats of {body.name} ({body.seats}) {free} were free in that term, and those who were elected before took them."


def _winners(session: Session, call: Call) -> list[Nomination]:
    """The candidates whom the result elects, in order of election."""
    question = session.get_one(Question, call.question_id)
    result = session.get_one(QuestionResult, question.id)
    keys = dict(zip(result.count["candidates"], (option.key for option in question.options), strict=True))
    rows = {row.option_key: row for row in call.nominations if row.option_key}
    return [rows[keys[name]] for name in result.count["winners"] if keys[name] in rows]
