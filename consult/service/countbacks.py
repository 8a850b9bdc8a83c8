"""Countback: a casual vacancy filled by counting the papers of the election again without those who left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session, joinedload

from consult.counting import reserves
from consult.counting.contest import Contest
from consult.counting.data import contest_from
from consult.domain.bodies import COUNTBACK
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.nominations import COUNTBACK as BY_COUNTBACK
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger.definition import contest_of
from consult.model.ballots import Ballot, OpenedPaper, Question
from consult.model.bodies import Body, SeatHolding
from consult.model.members import Member
from consult.model.nominations import Call, Nomination
from consult.model.results import Countback
from consult.model.store import db
from consult.service import ballots, counts, electorate, nominations, seats
from consult.service.act import Act, act
from consult.service.counts import Counted
from consult.service.seats import Term

NOBODY_LEFT = "Nobody is left to count: hold a by-election for the rest of the term."


def call_behind(seat: SeatHolding) -> Call | None:
    """The call by which the holder of a seat was elected, if its papers are there to be counted again."""
    query = db.select(Call).join(Nomination).where(
        Call.body_id == seat.body_id, Nomination.nominee_id == seat.member_id, Call.question_id.is_not(None),
        Call.state == "filled", Nomination.option_key.is_not(None),
    )  # fmt: skip
    found = db.session.scalars(query.order_by(Call.id.desc()).limit(1)).first()
    if found is None:
        return None
    kept = db.session.scalar(
        db.select(OpenedPaper.question_id).where(OpenedPaper.question_id == found.question_id).limit(1)
    )
    return found if kept is not None else None


def offered(body: Body, left: Iterable[SeatHolding], at: datetime) -> dict[int, bool]:
    """For each term that was left and whose seat is filled by a countback: whether anybody is left to count.

    Seats that were filled without a poll, by another rule, or whose papers are not kept are not in it.
    """
    found = {}
    for row in left:
        if not row.left_because or not _vacant(row, at):
            continue
        call = call_behind(row)
        if call is not None and nominations.rules_of(call).casual == BY_COUNTBACK:
            found[row.id] = bool(_field(call, body, row, at).new)
    return found


def _vacant(gone: SeatHolding, at: datetime) -> bool:
    held = any(row.seat == gone.seat and row.held(at) for row in gone.body.holdings)
    return not held and not gone.held(at) and at < gone.term_until


def require_vacant(gone: SeatHolding, at: datetime) -> None:
    """Nothing if the seat that somebody left can be filled for the rest of its term.

    Raises:
        OutOfOrder: if it is filled, or that term is over.
    """
    if at >= gone.term_until:
        raise OutOfOrder("The term that this seat was left in is over, so there is no rest of it to fill.")
    if not _vacant(gone, at):
        raise OutOfOrder("This seat is not vacant.")


@dataclass(frozen=True)
class _Field:
    """Who takes part in a countback: by option `rows`, without those `out`; `new` hold no seat yet."""

    rows: dict[str, Nomination]
    out: frozenset[str]
    new: tuple[Nomination, ...]


def _field(call: Call, body: Body, gone: SeatHolding, at: datetime) -> _Field:
    question = db.session.get_one(Question, call.question_id)
    holding = {row.member_id for row in body.holdings if row.held(at)}
    left = {row.member_id for row in body.holdings if row.left_because} - holding | {gone.member_id}
    rows = {row.option_key: row for row in call.nominations if row.option_key}
    out, rules = set(counts.withdrawn_of(question)), nominations.rules_of(call)
    for key, row in rows.items():
        lost = nominations.ineligible(call, rules, row.nominee)
        if row.nominee_id in left or (row.nominee_id not in holding and (lost or row.state != "standing")):
            out.add(key)
    new = tuple(row for key, row in rows.items() if key not in out and row.nominee_id not in holding)
    return _Field(rows, frozenset(out), new)


@dataclass(frozen=True)
class Again:
    """The papers counted again: without the options of these keys, and who is newly elected, if anybody is."""

    without: tuple[str, ...]
    counted: Counted
    elected: Nomination | None


def count_again(session: Session, call: Call, body: Body, gone: SeatHolding, at: datetime) -> Again | None:
    """The same papers counted twice without those who left; None where nobody new is left to count.

    Everybody on the paper who is no longer a member, has withdrawn, or left a seat of this body takes no part. Those who
    hold seats take part and keep them, whatever this count says; the first newly elected fills the vacancy. Where fewer
    take part than there are places, they are counted for as many places as they are.
    """
    field = _field(call, body, gone, at)
    if not field.new:
        return None
    question = session.get_one(Question, call.question_id)
    made = ballots.definition_of(session.get_one(Ballot, question.ballot_id))
    roll = electorate.roll_of(session.get_one(Ballot, question.ballot_id), made, session)
    contest = _fitting(contest_from(contest_of(made, made.question(question.key), sorted(field.out), roll)))
    counted = counts.count_papers(session, question, made, contest, session.get_one(Ballot, question.ballot_id).seed)
    keys = [option.key for option in question.options]
    elected = [field.rows[keys[place]] for place in counted.count.winners if keys[place] in field.rows]
    new = next((row for row in elected if row in field.new), None)
    return Again(tuple(sorted(field.out)), counted, new)


def kept(holding_id: int) -> Countback:
    """The countback that filled a seat.

    Raises:
        NotFound: if the term was not filled by one, or by one from before they were kept.
    """
    query = db.select(Countback).where(Countback.holding_id == holding_id)
    query = query.options(joinedload(Countback.question), joinedload(Countback.holding).joinedload(SeatHolding.body))
    found: Countback | None = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("No countback is on record for this seat.")
    return found


def kept_of(body: Body) -> set[int]:
    """Which terms in the seats of a body have their countback on record."""
    query = db.select(Countback.holding_id).join(Countback.holding).where(SeatHolding.body_id == body.id)
    return set(db.session.scalars(query))


def _fitting(contest: Contest) -> Contest:
    """The contest with no more places than candidates, and no reserved place that nobody is left for."""
    people = [index for index in contest.standing if index != contest.ron]
    made = replace(contest, seats=min(contest.seats, len(people)))
    if reserves.possible(made):
        return made
    there = {row.group: sum(row.group in contest.groups_of(index) for index in people) for row in contest.reserves}
    least = tuple(replace(row, minimum=min(row.minimum, there[row.group])) for row in contest.reserves)
    made = replace(made, reserves=least)
    return made if reserves.possible(made) else replace(made, reserves=())


@act(Permission.NOMINATION_JUDGE, Event.SEAT_FILLED)
def fill(
    gone: SeatHolding, expected: Member, *, lot_seen: bool = False, by: Actor, at: datetime, act: Act
) -> SeatHolding:
    """Fill the seat that somebody left with whom the countback elects; `expected` is the person the page showed.

    The count stays on the record. Where a lot broke a tie in it, `lot_seen` says that whoever seats the person knows it.

    Raises:
        OutOfOrder: if the declared rule is another, the papers are gone, the seat is filled, nobody is left to count,
            nobody new is elected, or the two counts differ. Invalid: if a lot decided and it was not acknowledged.
    """
    body, call = gone.body, call_behind(gone)
    if call is None or nominations.rules_of(call).casual != BY_COUNTBACK:
        raise OutOfOrder("The declared rule of the election is not a countback, or its papers are not kept.")
    require_vacant(gone, at)
    if not _field(call, body, gone, at).new:
        raise OutOfOrder(NOBODY_LEFT)
    again = count_again(act.session, call, body, gone, at)
    found = again.elected if again is not None else None
    if again is None or found is None:
        raise OutOfOrder("Counting again elects nobody new: there has to be an election for the rest of the term.")
    if found.nominee_id != expected.id:
        raise OutOfOrder("The count elects somebody else now; look at the page again.")
    counted = again.counted
    if counted.count.needed_lot and not lot_seen:
        sentence = "A lot broke a tie in this count. Look at the count, and say that you know it."
        raise Invalid(sentence, {"lot_seen": sentence})
    words = f"“{call.title}”: counted again without {gone.member.name}"
    filled = seats.put(act, body, found.nominee, Term(COUNTBACK, words, at, gone.term_until, gone.group))
    act.session.add(
        Countback(
            holding_id=filled.id, question_id=counted.question.id, without=list(again.without),
            count=counted.count.as_json(), hash=counted.count.hash,
            package_verdict=counted.verdict[:300], needed_lot=counted.count.needed_lot, outcome=counted.outcome,
        )
    )  # fmt: skip
    act.note(counted=counted.count.hash, without=len(again.without))
    return filled
