"""Requests and complaints about data, and breaches: put down, acknowledged, prolonged, reported, decided, each with words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from consult.domain.errors import Again, Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.protection import ASKED_BY_ONESELF, KINDS, OUTCOMES, due, months_later
from consult.domain.roles import Actor, Role
from consult.domain.timetable import written
from consult.model.members import Member
from consult.model.protection import DataCase, DataCaseStep
from consult.model.store import db
from consult.service import ballots
from consult.service.act import Act, act

MOST = 5_000

#: Steps that a breach has and a request has not, and the other way round.
_OF_BREACHES = ("reported", "not reported", "told", "note")
_OF_REQUESTS = ("acknowledged", "extended", "note")


def steps_of(case: DataCase) -> list[str]:
    """What can still be done in a case that is open."""
    if case.closed_at is not None:
        return []
    if case.kind == "breach":
        return [what for what in _OF_BREACHES if not (what != "note" and case.reported_at and "report" in what)]
    longer = KINDS[case.kind].longer and case.extended_at is None
    return [
        what
        for what in _OF_REQUESTS
        if not (what == "acknowledged" and case.acknowledged_at) and (what != "extended" or longer)
    ]


@act(Permission.DATA_ASK, Event.DATA_CASE_OPENED)
def ask(_: None, kind: str, about: str, wanted: str = "", *, by: Actor, at: datetime, act: Act) -> DataCase:
    """Ask for something about one's own data: the clock runs from now.

    `kind` is one of `ASKED_BY_ONESELF`; `wanted` is what an entry should say, where it is to be put right.

    Raises:
        Invalid: if it says too little. OutOfOrder: if a request of this kind waits already.
    """
    if kind not in ASKED_BY_ONESELF:
        raise NotFound("There is no such request.")
    _check(kind, about, wanted)
    waits = select(DataCase.id).where(
        DataCase.member_id == by.member_id, DataCase.kind == kind, DataCase.closed_at.is_(None)
    )
    if act.session.scalar(waits.limit(1)) is not None:
        raise OutOfOrder("A request of yours of this kind is open already; add to that one.")
    return _open(act, kind, by.member_id, about, wanted, received_at=at)


@act(Permission.DATA_PROTECT, Event.DATA_CASE_OPENED)
def put_down(
    member: Member, kind: str, about: str, wanted: str, received_at: datetime, *, by: Actor, at: datetime, act: Act
) -> DataCase:
    """Put down a request or complaint that came by letter, telephone or word of mouth; its clock runs from its arrival.

    Raises:
        Invalid: if it says too little, or arrived later than now. NotAllowed: for oneself.
        Again: if the same is put down and open already, and for any second request of somebody to be erased.
        OutOfOrder: to erase somebody who was erased.
    """
    if member.id == by.member_id:
        raise NotAllowed("Ask for yourself on the page “Your data”; another data protection officer decides it.")
    if kind not in ASKED_BY_ONESELF:
        raise NotFound("There is no such request.")
    _check(kind, about, wanted)
    _check_arrival(received_at, at)
    if kind == "erasure" and member.erased_at is not None:
        raise OutOfOrder("This entry was erased already, so there is nothing left to be erased.")
    same = _alike(kind, [member.id], about.strip(), wanted.strip(), every=kind == "erasure")
    _require_new(act, same)
    return _open(act, kind, member.id, about, wanted, received_at=received_at)


def _alike(kind: str, member_ids: Sequence[int], about: str, wanted: str, *, every: bool) -> Select[DataCase]:
    """The open cases of a kind of a person: those in the same words, or every one."""
    query = select(DataCase).where(
        DataCase.kind == kind, DataCase.member_id.in_(member_ids), DataCase.closed_at.is_(None)
    )
    return query if every else query.where(DataCase.about == about, DataCase.wanted == wanted)


def _require_new(act: Act, same: Select[DataCase]) -> None:
    if (found := act.session.scalars(same.order_by(DataCase.id).limit(1)).first()) is not None:
        raise Again(
            f"This is put down already, as case {found.id}, and is open. If more came in, add a note to it there.",
            f"/protection/cases/{found.id}",
        )


@act(Permission.BREACH_REPORT, Event.DATA_CASE_OPENED)
def report_breach(
    _: None, about: str, people: int | None, aware_at: datetime, *, by: Actor, at: datetime, act: Act
) -> DataCase:
    """Report a breach: what happened, to the data of about how many people, and when the organisation became aware of it.

    Raises:
        Invalid: if it says too little, or lies in the future. Again: if the same is put down and open already.
    """
    _check("breach", about, "")
    _check_arrival(aware_at, at)
    same = select(DataCase).where(
        DataCase.kind == "breach", DataCase.closed_at.is_(None), DataCase.about == about.strip(),
        DataCase.opened_by_id == by.member_id,
    )  # fmt: skip
    _require_new(act, same)
    if people is not None and not 0 <= people <= 100_000_000:
        raise Invalid("Say about how many people it is, as a number.", {"people": "Give a number, or leave it empty."})
    case = _open(act, "breach", None, about, "", received_at=aware_at)
    case.people = people
    return case


def _check(kind: str, about: str, wanted: str) -> None:
    problems: dict[str, str] = {}
    if not 10 <= len(about.strip()) <= MOST:
        problems["about"] = f"Say what it is about, in a sentence or more (10 to {MOST:,} characters)."
    if kind == "rectification" and not 1 <= len(wanted.strip()) <= 500:
        problems["wanted"] = "Say what it should say instead, in at most 500 characters."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)


def _check_arrival(received_at: datetime, at: datetime) -> None:
    if received_at > at:
        sentence = "This lies in the future; give the instant at which it arrived or became known."
        raise Invalid(sentence, {"received_at": sentence})


def _open(act: Act, kind: str, member_id: int | None, about: str, wanted: str, *, received_at: datetime) -> DataCase:
    case = DataCase(
        kind=kind,
        member_id=member_id,
        opened_by_id=act.by.member_id,
        received_at=received_at,
        due_at=due(kind, received_at),
        about=about.strip(),
        wanted=wanted.strip(),
    )
    act.session.add(case)
    act.session.flush()
    act.note(kind=kind, due=written(case.due_at))
    breach = kind == "breach"
    told = ballots.holders(act.session, Role.DATA_PROTECTION, act.at)
    told += ballots.holders(act.session, Role.GOVERNANCE, act.at) if breach else []
    for officer in {one.id: one for one in told}.values():
        act.notify(
            "breach-reported" if breach else "data-asked",
            officer,
            once=f"data-case:{case.id}:{officer.id}",
            case=case.id,
            what=KINDS[kind].title,
            due=written(case.due_at),
        )
    return case


@act(Permission.DATA_PROTECT, Event.DATA_CASE_STEP)
def step(
    case: DataCase, what: str, words: str, done_at: datetime | None = None, *, by: Actor, at: datetime, act: Act
) -> DataCaseStep:
    """Put down what was done: acknowledged, prolonged (with the reason), reported or why not, people told, a note.

    `done_at` is when it was done, if not now: a report made in time and put down later was in time. A request may be
    prolonged by two months, within its first month, where it is complex (UK GDPR Art. 12(3), 12A).

    Raises:
        OutOfOrder: if it cannot be done any more. Invalid: without words, or if it was done before the organisation knew
            of the matter, or is still to come.
    """
    if what not in steps_of(case):
        raise OutOfOrder("This cannot be done in this matter, or was done already.")
    if not 10 <= len(words.strip()) <= MOST:
        sentence = f"Say it in a sentence or more (10 to {MOST:,} characters)."
        raise Invalid(sentence, {"words": sentence})
    _check_done(case, what, done_at, at)
    then = done_at or at
    if what == "extended":
        if at > case.due_at:
            raise OutOfOrder("The month is over: it can be prolonged only before that, and the person told why.")
        case.extended_at, case.due_at = at, months_later(case.received_at, 3)
    elif what == "acknowledged":
        case.acknowledged_at = at
    elif what == "reported":
        case.reported_at = case.settled_at = then
    elif what == "not reported":
        case.settled_at = then
    elif what == "told":
        case.told_at = then
    made = DataCaseStep(case_id=case.id, what=what, words=words.strip(), at=at, done_at=done_at, by_id=by.member_id)
    act.session.add(made)
    act.session.flush()
    act.note(case=case.id, what=what)
    if what in ("acknowledged", "extended") and case.member_id is not None:
        _answer(act, case, words.strip(), f"{what}:{made.id}")
    return made


def _check_done(case: DataCase, what: str, done_at: datetime | None, at: datetime) -> None:
    sentence = ""
    if done_at is not None and what in ("acknowledged", "extended"):
        sentence = "The person is sent this now; leave the time empty."
    elif done_at is not None and not case.received_at <= done_at <= at:
        sentence = "Give an instant between when this arrived or became known, and now."
    if sentence:
        raise Invalid(sentence, {"done_at": sentence})


@act(Permission.DATA_PROTECT, Event.DATA_CASE_CLOSED)
def close(case: DataCase, outcome: str, reason: str, *, by: Actor, at: datetime, act: Act) -> DataCase:
    """Decide a case, with the reason that the person is told. An erasure that is granted is `erasure.erase` instead.

    What the person asked in the same words, as by a letter that was put down twice, ends with it.

    Raises:
        OutOfOrder: if it is closed, or a breach whose report to the Commissioner is neither made nor explained.
        Invalid: without an outcome or a reason.
    """
    require_open(case)
    problems: dict[str, str] = {}
    if outcome not in OUTCOMES:
        problems["outcome"] = "Say how it ends."
    elif case.kind == "erasure" and outcome in ("met", "met in part"):
        problems["outcome"] = "Somebody is erased by the button for it, which does it and closes this at once."
    if not 20 <= len(reason.strip()) <= MOST:
        problems["reason"] = f"Give the reason, in a sentence or more (20 to {MOST:,} characters)."
    if problems:
        raise Invalid(" ".join(problems.values()), problems)
    if case.kind == "breach" and case.reported_at is None and not _explained(case):
        raise OutOfOrder(
            "Put down first that it was reported to the Information Commissioner, or why it need not be: a breach that "
            "is unlikely to be a risk to people is kept on record all the same (UK GDPR Art. 33(1) and (5))."
        )
    finish(case, outcome, reason, by, at)
    act.note(kind=case.kind, outcome=outcome)
    finish_alike(act, case, [case.member_id] if case.member_id is not None else [])
    if case.member_id is not None:
        _answer(act, case, reason.strip(), "closed")
    return case


def require_open(case: DataCase) -> None:
    """Nothing while a case is open.

    Raises:
        OutOfOrder: if it is closed.
    """
    if case.closed_at is not None:
        raise OutOfOrder("This was decided already; a new request is a new matter.")


def finish(case: DataCase, outcome: str, reason: str, by: Actor, at: datetime) -> None:
    """Set down how a case ended; for the acts that end one."""
    case.outcome, case.reason, case.closed_by_id, case.closed_at = outcome, reason.strip(), by.member_id, at
    case.settled_at = case.settled_at or at


def finish_alike(act: Act, case: DataCase, member_ids: Sequence[int], *, every: bool = False) -> None:
    """End what else is open and alike, as the case ended that was just finished; each has its entry in the log.

    `member_ids` are the entries of one person; `every` takes all of the kind, whatever their words.
    """
    act.session.flush()
    query = _alike(case.kind, member_ids, case.about, case.wanted, every=every).order_by(DataCase.id)
    for other in act.session.scalars(query).all():
        words = f"Decided together with case {case.id}, which asks for the same."
        finish(other, case.outcome or "", words, act.by, act.at)
        act.record(Event.DATA_CASE_CLOSED, other, kind=other.kind, outcome=other.outcome, case=case.id)


def _explained(case: DataCase) -> bool:
    query = select(DataCaseStep.id).where(DataCaseStep.case_id == case.id, DataCaseStep.what == "not reported")
    return db.session.scalar(query.limit(1)) is not None


def _answer(act: Act, case: DataCase, done: str, once: str) -> None:
    act.notify("data-answered", case.member, once=f"data-case:{case.id}:{once}", case=case.id, done=done)


# -- reading ---------------------------------------------------------------------------------------------------------

_WITH = (joinedload(DataCase.member), joinedload(DataCase.opened_by), joinedload(DataCase.closed_by))


def get(case_id: int) -> DataCase:
    """A case.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.scalars(select(DataCase).where(DataCase.id == case_id).options(*_WITH)).one_or_none()
    if found is None:
        raise NotFound("There is no such request, complaint or breach.")
    return found


def own(case_id: int, reader: Actor) -> DataCase:
    """A case of one's own.

    Raises:
        NotFound: if there is none of this number, or it is somebody else's.
    """
    case = get(case_id)
    if reader.member_id is None or case.member_id != reader.member_id:
        raise NotFound("There is no such request of yours.")
    return case


def taken(case: DataCase) -> list[DataCaseStep]:
    """What was done in a case, in order."""
    query = select(DataCaseStep).where(DataCaseStep.case_id == case.id).options(joinedload(DataCaseStep.by))
    return list(db.session.scalars(query.order_by(DataCaseStep.id)))


def of(member_id: int) -> list[DataCase]:
    """Every case of a person, the newest first."""
    query = select(DataCase).where(DataCase.member_id == member_id).order_by(DataCase.id.desc())
    return list(db.session.scalars(query))


def open_ones() -> list[DataCase]:
    """Every open case, the one that is due first at the top."""
    query = select(DataCase).where(DataCase.closed_at.is_(None)).options(*_WITH)
    return list(db.session.scalars(query.order_by(DataCase.due_at, DataCase.id)))


def closed_ones(most: int = 50) -> list[DataCase]:
    """The cases that were closed last."""
    query = select(DataCase).where(DataCase.closed_at.is_not(None)).options(*_WITH)
    return list(db.session.scalars(query.order_by(DataCase.closed_at.desc(), DataCase.id.desc()).limit(most)))


def figures(at: datetime) -> dict[str, int]:
    """How many are open, overdue, and how many of those settled in the last year were late."""
    is_open = DataCase.closed_at.is_(None)
    late = (DataCase.settled_at > DataCase.due_at) & (DataCase.settled_at > at - timedelta(days=365))
    row = db.session.execute(
        select(
            func.count().filter(is_open),
            func.count().filter(DataCase.settled_at.is_(None) & (DataCase.due_at < at)),
            func.count().filter(late),
        ).select_from(DataCase)
    ).one()
    return {"open": row[0], "overdue": row[1], "late in the last year": row[2]}
