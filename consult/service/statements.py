"""A round of statements: proposed, screened, answered with agree, disagree or unsure; and the groups that the worker computes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Refused
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import SWEEP, Actor, Role
from consult.model.consultations import Consultation, Phase
from consult.model.consulting import Participation
from consult.model.members import Member
from consult.model.statements import OpinionResult, Statement, StatementVote
from consult.model.store import db
from consult.service import grouping, participation
from consult.service.act import Act, act
from consult.service.ballots import holders
from consult.service.threads import checked_reason

SHORTEST, LONGEST = 10, 200
#: How many statements one person may propose to a consultation.
EACH = 5
CHOICES = {"agree": 1, "disagree": -1, "unsure": 0}
#: While the round is open, groups are computed anew at most this often.
EVERY = timedelta(minutes=10)
CLOSED = "The round has closed, so nobody could answer this statement any more, and it is not admitted."


# -- reading ---------------------------------------------------------------------------------------------------------


def get(statement_id: int) -> Statement:
    """A statement.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(Statement, statement_id)
    if found is None:
        raise NotFound("There is no statement of this number.")
    return found


def listed(consultation_id: int, state: str = "admitted", session: Session | None = None) -> list[Statement]:
    """The statements of one state, in the order in which they were proposed."""
    query = select(Statement).where(Statement.consultation_id == consultation_id, Statement.state == state)
    query = query.options(joinedload(Statement.author)).order_by(Statement.id)
    return list((session or db.session()).scalars(query))


def to_screen(most: int | None = None) -> list[tuple[int, str, int]]:
    """Consultations whose statements wait to be screened, the one with most first: (number, title, how many)."""
    query = (
        select(Consultation.id, Consultation.title, func.count())
        .join(Statement, Statement.consultation_id == Consultation.id)
        .where(Statement.state == "awaiting screening")
        .group_by(Consultation.id, Consultation.title)
        .order_by(func.count().desc(), Consultation.id)
    )
    return [(number, title, many) for number, title, many in db.session.execute(query.limit(most))]


def answers_of(consultation_id: int, by: Actor) -> dict[int, int]:
    """One's own answers: statement id → 1, -1 or 0."""
    query = (
        select(StatementVote.statement_id, StatementVote.choice)
        .join(Statement, Statement.id == StatementVote.statement_id)
        .where(Statement.consultation_id == consultation_id, StatementVote.member_id == by.member_id)
    )
    return {row.statement_id: row.choice for row in db.session.execute(query)}


def next_for(rows: Sequence[Statement], given: dict[int, int], terms: Participation, by: Actor) -> Statement | None:
    """The next statement for somebody to answer: in an order of their own, so that none is always first."""
    left = [row for row in rows if row.id not in given]
    return min(left, key=lambda row: _place(terms.seed, by.member_id, row.id), default=None)


def _place(seed: int, member: int | None, statement: int) -> bytes:
    return hashlib.sha256(f"{seed} {member} {statement}".encode()).digest()


def result_of(consultation_id: int) -> OpinionResult | None:
    """The groups as they were last computed."""
    return db.session.get(OpinionResult, consultation_id)


# -- taking part -----------------------------------------------------------------------------------------------------


_DOING = "Statements can be proposed and answered"
_NO_ROUND = "This consultation holds no round of statements."


def _open(act: Act, consultation: Consultation) -> Participation:
    terms = participation.require_open(act.session, consultation, act.by, act.at, _DOING)
    if not terms.statements:
        raise OutOfOrder(_NO_ROUND)
    return terms


def why_closed(consultation: Consultation, by: Actor, at: datetime) -> str:
    """Why this person may propose and answer no statements now; "" where they may."""
    terms = participation.terms_of(consultation)
    if terms is not None and not terms.statements:
        return _NO_ROUND
    return participation.why_not(consultation, by, at, _DOING)


@act(Permission.STATEMENT_WRITE, Event.STATEMENT_PROPOSED)
def propose(consultation: Consultation, text: str, *, by: Actor, at: datetime, act: Act) -> Statement:
    """Propose a statement; others answer it once it has been screened.

    Raises:
        Invalid: for one that is too short, too long or there already. OutOfOrder: out of the phase, or after five.
    """
    _open(act, consultation)
    words = " ".join(text.split())
    if not SHORTEST <= len(words) <= LONGEST:
        sentence = f"A statement is one short sentence, of {SHORTEST} to {LONGEST} characters; this has {len(words)}."
        raise Invalid(sentence, {"text": sentence})
    known = select(Statement).where(Statement.consultation_id == consultation.id)
    kept = list(act.session.scalars(known))
    if any(row.text.casefold().rstrip(".!") == words.casefold().rstrip(".!") for row in kept):
        sentence = "This statement has been proposed already; you can agree or disagree with it once it is admitted."
        raise Invalid(sentence, {"text": sentence})
    if sum(row.author_id == by.member_id for row in kept) >= EACH:
        raise OutOfOrder(f"Each person proposes at most {EACH} statements, so that there is room for everybody’s.")
    made = Statement(
        consultation_id=consultation.id, text=words, author_id=by.member_id,
        author_status=by.status.value if by.status else "", created_at=at,
    )  # fmt: skip
    act.session.add(made)
    _tell_moderators(act, consultation)
    return made


def _tell_moderators(act: Act, consultation: Consultation) -> None:
    """Statements wait: once a day for each consultation, to moderators, or to the committee where there are none; not the author."""
    people: dict[int, Member] = {}
    for role in (Role.MODERATOR, Role.GOVERNANCE):
        people = people or {each.id: each for each in holders(act.session, role, act.at) if each.id != act.by.member_id}
    waiting = select(func.count()).where(
        Statement.consultation_id == consultation.id, Statement.state == "awaiting screening"
    )
    act.session.flush()
    many = act.session.scalar(waiting) or 0
    for member in people.values():
        once = f"statements-wait {consultation.id} {act.at:%Y-%m-%d} {member.id}"
        act.notify(
            "statements-wait", member, once=once, consultation=consultation.id, title=consultation.title, many=many
        )


# no event: an ordered record of who answered when would lead from answers to people
@act(Permission.STATEMENT_WRITE, None)
def answer(statement: Statement, choice: str, *, by: Actor, at: datetime, act: Act) -> Statement:
    """Agree, disagree or be unsure; it can be changed until the phase closes.

    Raises:
        OutOfOrder: out of the phase, or for a statement that is not admitted. Invalid: for any other choice.
    """
    _open(act, statement.consultation)
    if statement.state != "admitted":
        raise OutOfOrder("This statement is not admitted, so it cannot be answered.")
    if choice not in CHOICES:
        raise Invalid("Choose whether you agree, disagree or are unsure.")
    status = "member" if by.status is not None and by.status.value == "member" else "supporter"
    kept = act.session.get(StatementVote, (statement.id, by.member_id))
    if kept is None:
        kept = StatementVote(statement_id=statement.id, member_id=by.member_id)
        act.session.add(kept)
    kept.status, kept.choice = status, CHOICES[choice]
    return statement


@act(Permission.STATEMENT_SCREEN, None)
def screen(statement: Statement, admit: bool, reason: str = "", *, by: Actor, at: datetime, act: Act) -> Statement:
    """Admit a statement, refuse it or take it out, with a reason its author reads; nobody screens their own.

    Raises:
        NotAllowed: for one's own. OutOfOrder: for a step that its state does not know, or for admitting one when nobody
        can answer it any more. Invalid: without a reason.
    """
    if statement.author_id == by.member_id:
        raise NotAllowed("Nobody screens a statement of their own: another officer does.")
    if admit and has_closed(statement.consultation, at):
        raise OutOfOrder(CLOSED)
    statement.reason = "" if admit else checked_reason(reason)
    statement.screened_at, statement.screened_by_id = at, by.member_id
    name = "admit" if admit else "take out" if statement.state == "admitted" else "not admit"
    step = act.step(statement, name)
    act.record(step.event, statement, admitted=admit)
    act.notify(
        "statement-screened", statement.author, consultation=statement.consultation_id, text=statement.text,
        admitted=admit, reason=statement.reason,
    )  # fmt: skip
    return statement


def has_closed(consultation: Consultation, at: datetime) -> bool:
    """Whether the round is over, and not open again."""
    return participation.is_over(consultation, at) and not participation.is_open(consultation, at)


@act(Permission.STATEMENTS_LAPSE, Event.STATEMENT_LAPSED)
def lapse(statement: Statement, *, by: Actor, at: datetime, act: Act) -> Statement:
    """Let a statement lapse that nobody has screened before the close; its author is told."""
    if not has_closed(statement.consultation, at):
        raise OutOfOrder("The round is open, so this statement still waits to be screened.")
    act.step(statement, "lapse")
    act.notify(
        "statement-lapsed", statement.author, consultation=statement.consultation_id, text=statement.text,
        title=statement.consultation.title,
    )  # fmt: skip
    return statement


def lapse_due(at: datetime) -> int:
    """For the worker: let everything lapse that waits in a round which has closed; how many did."""
    over = select(Phase.consultation_id).where(Phase.kind == participation.PHASE, Phase.closes_at <= at)
    query = select(Statement).where(Statement.state == "awaiting screening", Statement.consultation_id.in_(over))
    done = 0
    for number, consultation in [(row.id, row.consultation) for row in db.session.scalars(query.limit(500))]:
        if not has_closed(consultation, at):
            continue
        try:
            lapse(get(number), by=SWEEP, at=at)
            done += 1
        except Refused:
            continue  # a moderator was quicker
    return done


# -- groups ----------------------------------------------------------------------------------------------------------


def rows_of(session: Session, consultation_id: int) -> tuple[list[grouping.Row], list[int]]:
    """Everybody's answers to the admitted statements, without names, and those statements."""
    keys = [row.id for row in listed(consultation_id, session=session)]
    query = select(StatementVote).where(StatementVote.statement_id.in_(keys)).order_by(StatementVote.member_id)
    found: dict[int, tuple[str, dict[int, int]]] = {}
    for vote in session.scalars(query) if keys else ():
        found.setdefault(vote.member_id, (vote.status, {}))[1][vote.statement_id] = vote.choice
    return [grouping.Row(status, answers) for status, answers in found.values()], keys


def basis_of(rows: Sequence[grouping.Row], keys: Sequence[int]) -> str:
    """The hash of what a result is computed from."""
    lines = sorted(f"{row.voice} {sorted(row.answers.items())}" for row in rows)
    return hashlib.sha256("\n".join([grouping.METHOD, str(list(keys)), *lines]).encode()).hexdigest()


@act(Permission.OPINIONS_COMPUTE, None)
def compute(consultation: Consultation, *, by: Actor, at: datetime, act: Act) -> bool:
    """Compute the groups anew and store them, unless nothing changed; returns whether they were."""
    terms = act.session.get(Participation, consultation.id)
    if terms is None or not terms.statements:
        raise OutOfOrder("This consultation holds no round of statements.")
    rows, keys = rows_of(act.session, consultation.id)
    basis = basis_of(rows, keys)
    kept = act.session.get(OpinionResult, consultation.id)
    if kept is not None and kept.basis == basis:
        return False
    if kept is None:
        kept = OpinionResult(consultation_id=consultation.id)
        act.session.add(kept)
    kept.result = grouping.computed(rows, keys, terms.minimum_group, terms.seed)
    kept.basis, kept.computed_at = basis, at
    return True


def compute_due(at: datetime) -> int:
    """For the worker: compute every round whose answers changed, each at most every ten minutes; how many were."""
    late = select(OpinionResult.consultation_id).where(OpinionResult.computed_at > at - EVERY)
    voted = select(Statement.consultation_id).join(StatementVote, StatementVote.statement_id == Statement.id).distinct()
    query = select(Consultation.id).where(
        Consultation.id.in_(voted), Consultation.id.not_in(late),
        Consultation.id.in_(select(Participation.consultation_id).where(Participation.statements.is_(True))),
    )  # fmt: skip
    done = 0
    for consultation_id in list(db.session.scalars(query)):
        done += compute(db.session.get_one(Consultation, consultation_id), by=SWEEP, at=at)
    return done


def export(consultation: Consultation, at: datetime) -> list[list[str]]:
    """The matrix of answers without identities, once the phase has closed and enough people answered.

    Raises:
        OutOfOrder: while the round is open, or where fewer people than twice the minimum group answered.
    """
    terms = db.session.get(Participation, consultation.id)
    if terms is None or not terms.statements:
        raise NotFound("This consultation holds no round of statements.")
    if not participation.is_over(consultation, at):
        raise OutOfOrder("The answers are given out, without names, once the phase has closed.")
    rows, keys = rows_of(db.session(), consultation.id)
    if len(rows) < 2 * terms.minimum_group:
        raise OutOfOrder(f"Fewer than {2 * terms.minimum_group} people answered, so their answers are not given out.")
    return grouping.matrix(rows, keys, terms.minimum_group, terms.seed)


def how_many_answered(consultation_id: int) -> int:
    """How many people have answered at least one statement."""
    query = (
        select(func.count(func.distinct(StatementVote.member_id)))
        .join(Statement, Statement.id == StatementVote.statement_id)
        .where(Statement.consultation_id == consultation_id)
    )
    return db.session.scalar(query) or 0
