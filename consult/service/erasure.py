"""Erasing somebody: the entry is emptied in one act, “a former member” stays, and no roll, vote, result or record changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, and_, delete, or_, select
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.purposes import TERMS, Purpose
from consult.domain.roles import Actor, Status
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot, Option, Question, VotingLink
from consult.model.bodies import Body, SeatHolding
from consult.model.consulting import Contribution
from consult.model.desk import Complaint, Recount
from consult.model.gatherings import EventAnswer
from consult.model.held import HELD, is_one_of, subjects_of
from consult.model.imports import ImportChange
from consult.model.members import Member, MemberChange, MemberMerge, RoleHolding
from consult.model.motions import Appeal, Motion, Ruling
from consult.model.nominations import Call, Nomination
from consult.model.notices import Notice
from consult.model.paper_ballots import PaperRequest
from consult.model.protection import DataCase
from consult.model.rolls import RollEntry
from consult.model.signing_in import ClaimProposal
from consult.model.store import Base, db
from consult.model.units import NetworkMembership, Representative
from consult.service import data_cases, search_keeping
from consult.service.act import Act, act

#: What is put in the place of a name, everywhere.
NAME = "a former member"
#: What is put in the place of words about somebody that an officer wrote.
WORDS = "erased"

#: States of a ballot in which nobody on its roll is erased.
_OVER = ("published", "annulled", "cancelled")

#: Purposes whose rows go as they are: nothing rests on them.
_DELETED = (Purpose.SIGN_IN, Purpose.PREFERENCES)

#: What is removed, and what stays and why: shown before and after.
REMOVED = (
    "the name, e-mail address, telephone number and postal address, here, in merged entries, in rolls and in the outbox",
    "the way of signing in, with its links, codes and sessions",
    "networks, languages and motions followed, and answers to invitations with what was said of access needs",
    "drafts that nobody else has been shown",
    "the day of joining, of which the year stays",
    "what imports changed of the entry, and the words of officers who corrected or merged it",
)


def kept() -> list[tuple[str, str]]:
    """What stays, by purpose, and why."""
    return [(purpose.value, terms.erasure) for purpose, terms in TERMS.items() if terms.erasure.startswith("stays")]


def entries_of(member: Member, session: Session | None = None) -> list[Member]:
    """The entry, with those that were merged into it: they are one person's and are erased together."""
    query = select(Member).where(Member.merged_into_id == member.id).order_by(Member.id)
    return [member, *(session or db.session()).scalars(query)]


def obstacles(member: Member, at: datetime, session: Session | None = None) -> list[str]:
    """What an erasure waits for, in sentences; a fixed number of statements."""
    session = session or db.session()
    if member.erased_at is not None:
        return ["This entry was erased already."]
    if member.merged_into_id is not None:
        return ["This entry was merged into another. Erase that one: both are erased together."]
    ids = [one.id for one in entries_of(member, session)]
    return [
        sentence.format(what=what)
        for query, sentence in _waits(ids, at)
        for what in sorted(set(session.scalars(query)))
    ]


def _waits(ids: list[int], at: datetime) -> list[tuple[Select[Any], str]]:
    """Queries whose every result is something to wait for, with the sentence that says so."""
    open_ballot = Ballot.state.not_in(_OVER)
    return [
        (
            select(Ballot.title).join(RollEntry, RollEntry.roll_id == Ballot.roll_id)
            .where(RollEntry.member_id.in_(ids), open_ballot),
            "The ballot “{what}” is not over, and this person is on its roll.",
        ),
        (
            select(Ballot.title).join(Question, Question.ballot_id == Ballot.id)
            .join(Option, Option.question_id == Question.id)
            .where(Option.member_id.in_(ids), open_ballot),
            "This person stands in the ballot “{what}”, which is not over.",
        ),
        (
            select(Ballot.title).join(Complaint, Complaint.ballot_id == Ballot.id)
            .where(Complaint.made_by_id.in_(ids), Complaint.outcome.is_(None)),
            "This person's complaint about the ballot “{what}” is not decided.",
        ),
        (
            select(Ballot.title).join(Recount, Recount.ballot_id == Ballot.id)
            .where(Recount.asked_by_id.in_(ids), Recount.done_at.is_(None)),
            "The recount that this person asked for in the ballot “{what}” is not made.",
        ),
        (
            select(Motion.title).join(Ruling, Ruling.motion_id == Motion.id).join(Appeal, Appeal.ruling_id == Ruling.id)
            .where(Appeal.by_id.in_(ids), Appeal.decided_at.is_(None)),
            "This person's appeal about the motion “{what}” is not decided.",
        ),
        (
            select(Call.title).join(Nomination, Nomination.call_id == Call.id)
            .where(
                Nomination.nominee_id.in_(ids),
                Nomination.state.in_(("proposed", "standing")),
                or_(
                    Call.state == "announced", and_(Call.state == "put to a ballot", Nomination.option_key.is_not(None))
                ),
            ),
            "This person is nominated for “{what}”; the nomination has to be withdrawn first.",
        ),
        (
            select(RoleHolding.role).where(RoleHolding.member_id.in_(ids), _later(RoleHolding.ends_at, at)),
            "This person holds the role of {what}; it has to be ended first.",
        ),
        (
            select(Body.name).join(SeatHolding, SeatHolding.body_id == Body.id)
            .where(SeatHolding.member_id.in_(ids), _later(SeatHolding.ends_at, at), SeatHolding.left_because == ""),
            "This person holds a seat in “{what}”; it has to be vacated first.",
        ),
        (
            select(Representative.reason).where(Representative.member_id.in_(ids), _later(Representative.ends_at, at)),
            "This person speaks for an affiliated organisation ({what}); that has to be ended first.",
        ),
    ]  # fmt: skip


def _later(ends_at: Any, at: datetime) -> Any:
    return or_(ends_at.is_(None), ends_at > at)


@act(Permission.MEMBER_ERASE, None)
def erase(case: DataCase, reason: str, *, by: Actor, at: datetime, act: Act) -> Member:
    """Grant a request to be erased (UK GDPR Art. 17) and do it, in one act; the person's last address is told.

    Raises:
        OutOfOrder: if it is no such request, is closed, or with everything that it has to wait for (Art. 17(3)(e)).
        Invalid: without a reason. NotAllowed: for oneself.
    """
    data_cases.require_open(case)
    if case.kind != "erasure" or case.member_id is None:
        raise OutOfOrder("Somebody is erased only at their own request, which has to be on record first.")
    member = act.session.get_one(Member, case.member_id, with_for_update={"of": Member})
    if by.member_id == member.id:
        raise NotAllowed("Nobody erases themselves; another data protection officer decides it.")
    if not 20 <= len(reason.strip()) <= data_cases.MOST:
        sentence = f"Give the reason, in a sentence or more (20 to {data_cases.MOST:,} characters)."
        raise Invalid(sentence, {"reason": sentence})
    if found := obstacles(member, at, act.session):
        raise OutOfOrder(" ".join(found))
    if member.email:
        act.notify("erased", address=member.email, once=f"erased:{member.id}", reason=reason.strip())
    entries = entries_of(member, act.session)
    ids = [one.id for one in entries]
    data_cases.finish(case, "met", reason, by, at)
    data_cases.finish_alike(act, case, ids, every=True)
    act.session.flush()
    removed = _remove(act.session, ids)
    for entry in entries:
        _empty(entry, at)
    act.session.flush()
    act.record(Event.MEMBER_ERASED, member, case=case.id, entries=len(ids), removed=removed)
    act.record(Event.DATA_CASE_CLOSED, case, kind=case.kind, outcome="met")
    return member


def _empty(member: Member, at: datetime) -> None:
    """Everything that says who it was; the number stays, by which an import knows whom not to bring back."""
    member.name, member.status, member.erased_at = NAME, Status.FORMER.value, at
    member.email = member.email_key = member.phone = member.phone_key = member.address = member.address_key = None
    member.paid_until = None
    member.joined_at = member.joined_at.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _remove(session: Session, ids: list[int]) -> int:
    """Delete or empty what nothing rests on; how many rows. Tables that a later version adds for signing in, or for what
    somebody chose, are among them by their purpose."""
    statements: list[Any] = []
    for table in reversed(Base.metadata.sorted_tables):
        if set(HELD[table.name].fields.values()) & set(_DELETED) and subjects_of(table.name):
            statements.append(table.delete().where(_about(table, ids)))
    statements += [
        delete(model).where(model.member_id.in_(ids)) for model in (EventAnswer, NetworkMembership, ImportChange)
    ]
    over = select(Ballot.id).where(Ballot.state.in_(_OVER))
    for model in (VotingLink, PaperRequest):
        statements.append(delete(model).where(model.member_id.in_(ids), model.ballot_id.in_(over)))
    statements += [_emptied(*each, ids) for each in _EMPTIED]
    statements.append(delete(Notice).where(Notice.member_id.in_(ids), Notice.sent_at.is_(None)))
    none: Any = {"synchronize_session": False}
    done: list[Any] = [session.execute(statement, execution_options=none) for statement in statements]
    search_keeping.keep_of(session, ids)
    return sum(result.rowcount for result in done)


def _about(table: Table, ids: list[int]) -> Any:
    return or_(*(is_one_of(table, name, ids) for name in subjects_of(table.name)))


#: Table, columns that say whose it is, the state in which alone it is emptied, what is put in.
_EMPTIED: tuple[tuple[type[Base], tuple[str, ...], tuple[str, ...], dict[str, Any]], ...] = (
    (RollEntry, ("member_id",), (), {"email": None}),
    (MemberChange, ("member_id",), (), {"old": "", "new": "", "reason": WORDS}),
    (ClaimProposal, ("member_id",), (), {"old": "", "new": ""}),
    (MemberMerge, ("kept_id", "merged_id"), (), {"before": {}, "after": {}, "reason": WORDS}),
    (Notice, ("member_id",), (), {"address": "", "context": {}, "fault": None}),
    (Motion, ("mover_id",), ("draft",), {"draft": None, "title": "A draft that was erased"}),
    (Amendment, ("mover_id",), ("draft",), {"operations": [], "rubric": [], "marked": [], "reason": ""}),
    (Contribution, ("author_id",), ("draft",), {"draft": None}),
)


def _emptied(
    model: type[Base], whose: tuple[str, ...], states: tuple[str, ...], values: dict[str, Any], ids: list[int]
) -> Any:
    table: Any = model.__table__
    made = table.update().where(or_(*(table.c[name].in_(ids) for name in whose)))
    return (made.where(table.c.state.in_(states)) if states else made).values(**values)
