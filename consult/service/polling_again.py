"""Polling again: a poll that ends without a result is followed by a new call for the same seats by the same rules, in one act.

The declared rule asks for it where a candidate dies or withdraws once the poll is prepared; it is open too for a ballot
that was cancelled or annulled. A ballot that has opened is ended by two members of the committee (`agreeing`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain import policy
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.events import Event
from consult.domain.officer_proposals import ANNUL, POLL_AGAIN
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.timetable import written
from consult.model.ballots import Ballot
from consult.model.nominations import Call, Nomination, NominationSupport
from consult.model.officer_proposals import OfficerProposal
from consult.model.store import db
from consult.service import certification, clock, nominations, officer_proposals, opening, polls_due, seating
from consult.service.act import Act, act
from consult.service.nominations import CallSpec

#: States of a ballot that ended without a result.
ENDED = ("cancelled", "annulled")
#: So long before nominations open the new call is suggested: for a second officer to agree, or to make it known.
LEAD, LEAD_ALONE = timedelta(days=7), timedelta(days=3)


@dataclass(frozen=True)
class Dates:
    """The instants of the new call (UTC); everything else is taken over."""

    opens_at: datetime
    closes_at: datetime
    consent_by: datetime
    withdraw_by: datetime
    term_starts_at: datetime
    term_until: datetime

    def to_json(self) -> dict[str, str]:
        """As a proposal keeps it."""
        return {name: value.isoformat() for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, terms: dict[str, str]) -> Dates:
        """Read what a proposal kept."""
        return cls(**{name: datetime.fromisoformat(value) for name, value in terms.items()})


# -- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Where a call stands whose poll has ended, or has to be ended, without a result."""

    #: Whether the declared rule asks for it, because a candidate on the paper is gone.
    due: bool
    #: Whether the ballot has ended without a result already.
    ended: bool
    #: Whether a second member of the committee must agree, because the ballot has opened.
    second: bool
    proposal: OfficerProposal | None


def standing(call: Call, at: datetime) -> Standing | None:
    """Where polling again stands; None where it is no question."""
    if call.state != "put to a ballot" or call.ballot is None or call.ballot.state == "published":
        return None
    due, ended = polls_due.asked_for(call), call.ballot.state in ENDED
    if not due and not ended:
        return None
    return Standing(due, ended, needs_second(call, at), officer_proposals.standing(POLL_AGAIN, call.id, at))


def called_anew(call: Call) -> bool:
    """Whether a ballot of this call is not simply put again: it is settled, or its rules ask for another call."""
    return call.state != "put to a ballot" or polls_due.asked_for(call)


def needs_second(call: Call, at: datetime) -> bool:
    """Whether the ballot of a call has opened by the clock and has not ended: only two people can end it then."""
    ballot = call.ballot
    if ballot is None or ballot.state in (*ENDED, "preparing"):
        return False
    return ballot.state != "scheduled" or at >= ballot.opens_at


def may(call: Call, by: Actor, at: datetime) -> bool:
    """Whether somebody can do it, or propose it where it takes two."""
    if needs_second(call, at):
        return policy.may(Permission.RESULT_ANNUL, by, call.ballot, at=at)
    return nominations.may_judge(call, by, at)


def followed_by(call: Call) -> Call | None:
    """The call that follows this one."""
    return db.session.scalars(select(Call).where(Call.again_of_id == call.id)).one_or_none()


def told_of(ballot: Ballot) -> Call | None:
    """The call behind a ballot whose page has to say something of it: a candidate is gone, or it ended without a result."""
    gone = any(option.withdrawn for question in ballot.questions for option in question.options)
    return polls_due.of_ballot(ballot) if gone or ballot.state in ENDED else None


def suggested(call: Call, at: datetime) -> Dates:
    """The dates of the old call moved on by whole days, each phase as long as it was and at the same time of day.

    Days and times are those of the organisation's clock, also where it changes in between.
    """
    lead = LEAD if needs_second(call, at) else LEAD_ALONE
    days = max(0, ceil((at + lead - call.opens_at) / timedelta(days=1)))
    if (
        clock.moved(call.opens_at, days) < at + lead
    ):  # the clock goes forward meanwhile, so that these days are an hour less
        days += 1
    opens, closes, consent, withdraw = (
        clock.moved(instant, days) for instant in (call.opens_at, call.closes_at, call.consent_by, call.withdraw_by)
    )
    ends = clock.moved(call.ballot.closes_at, days) if call.ballot is not None else withdraw
    return Dates(opens, closes, consent, withdraw, max(call.term_starts_at, ends), call.term_until)


# -- doing -----------------------------------------------------------------------------------------------------------


@act(Permission.NOMINATION_JUDGE, Event.NOMINATIONS_SETTLED)
def again(call: Call, dates: Dates, reason: str, *, by: Actor, at: datetime, act: Act) -> Call:
    """Call again for the seats of a call whose ballot has ended, or has not opened yet and is cancelled by it.

    Returns the new call.

    Raises:
        OutOfOrder: if the ballot has opened, which takes two people, or there is nothing to poll again for.
        Invalid: naming the field. NotAllowed: to a candidate in it.
    """
    nominations.require_no_candidate(call, by)
    terms = dates.to_json()
    if needs_second(call, at):
        raise OutOfOrder("The ballot has opened, so it takes two members of the committee to end it: propose it.")
    require(act, call, **terms)
    officer_proposals.overtake(act.session, POLL_AGAIN, call.id, at)
    made = call_anew(act, call, nominations.checked_reason(reason), **terms)
    act.because(call.outcome)
    return made


def require(act: Act, call: Call, **terms: str) -> None:
    """Nothing while a call can be followed by another with these dates.

    Raises:
        OutOfOrder: if it is settled, its result is published, or the rules do not ask for it. Invalid: naming the date.
        NotAllowed: to somebody who stands in its ballot.
    """
    if call.state != "put to a ballot" or call.ballot is None:
        raise OutOfOrder(f"This call is {call.state}, so there is no poll to be held again.")
    if call.ballot.state == "published":
        raise OutOfOrder("The result is published. Whoever is elected and leaves makes a casual vacancy in the body.")
    if call.ballot.state not in ENDED:
        if not polls_due.asked_for(call):
            raise OutOfOrder("The declared rules do not ask for another poll: no candidate on the paper is gone.")
        if needs_second(call, act.at):
            policy.require(Permission.RESULT_ANNUL, act.by, call.ballot, at=act.at)
    dates = Dates.from_json(terms)
    if dates.opens_at <= act.at:
        sentence = "Nominations must open in the future. A proposal whose dates are over is withdrawn and made again with later ones."
        raise Invalid(sentence, {"opens_at": sentence})
    nominations.check(call.body, _spec(act.session, call, dates), act.at)


def _spec(session: Session, call: Call, dates: Dates) -> CallSpec:
    room = seating.room(session, call, (seating.ANNOUNCED, seating.POLLED))
    if not room.seats:
        raise OutOfOrder(f"{' '.join(room.because)} End this call, with that reason.")
    return CallSpec(
        call.title, room.seats, **asdict(dates), rules=nominations.rules_of(call), reserves=room.reserves,
        casual=call.casual,
    )  # fmt: skip


def call_anew(act: Act, call: Call, reason: str, **terms: str) -> Call:
    """End the ballot without a result and the call with it, and make the call that follows. Only acts call it.

    Those who still stand are nominated in the new one, as they were, and told: they stand when they accept again.
    """
    spec = _spec(act.session, call, Dates.from_json(terms))
    ballot = call.ballot
    if ballot is not None and ballot.state not in ENDED:
        if needs_second(call, act.at):
            certification.annul(act, ballot, reason)
            officer_proposals.overtake(act.session, ANNUL, ballot.id, act.at)
        else:
            opening.call_off(act, ballot, reason)
            act.record(Event.BALLOT_CANCELLED, ballot)
    act.step(call, "call again")
    call.outcome = reason.strip()
    made = nominations.add(act, call.body, spec, call)
    act.record(Event.NOMINATIONS_CALLED, made, body=call.body_id, seats=spec.seats, rules=made.rules, again_of=call.id)
    for row in call.nominations:
        if row.option_key is not None and row.state == "standing":
            _carry_over(act, row, made)
    act.note(call=made.id)
    return made


def _carry_over(act: Act, row: Nomination, made: Call) -> None:
    if nominations.ineligible(made, nominations.rules_of(made), row.nominee):
        return
    kept = Nomination(
        call_id=made.id, nominee_id=row.nominee_id, proposed_by_id=row.proposed_by_id, at=act.at, state="proposed",
        group=row.group, statement=row.statement, photograph_hash=row.photograph_hash,
        supports=[
            NominationSupport(
                member_id=one.member_id, unit_id=one.unit_id, held_on=one.held_on, votes_for=one.votes_for,
                votes_against=one.votes_against, at=one.at,
            )
            for one in row.supports
        ],
    )  # fmt: skip
    act.session.add(kept)
    act.session.flush()
    act.notify(
        "stand-again", row.nominee, once=f"stand-again:{kept.id}", title=made.title, nomination=kept.id,
        opens=written(made.opens_at), until=written(made.consent_by),
    )  # fmt: skip
