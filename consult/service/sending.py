"""Sending the outbox: which notices are due, and what came of each attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Case, case, select
from sqlalchemy.orm import Session

from consult.domain.notices import KINDS, Kind
from consult.model.ballots import Ballot, VotingLink
from consult.model.members import Member
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import circulars, clock, deliveries, languages, links, preferences, voting_links

#: How long to wait after the first, second … failed attempt; after the last of them nobody tries again.
DELAYS: tuple[timedelta, ...] = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)

#: For so long at least a claimed notice belongs to the worker that claimed it: longer than a batch and one message that
#: a mail server takes as slowly as it can (`consult.job.outgoing.BATCH`, `consult.job.mail.SECONDS`).
LEASE = timedelta(minutes=2)

#: Notices that somebody is waiting for at this moment: an hour later they would only puzzle.
PRESSING = dict.fromkeys(("sign-in-link", "sign-in-unknown", "password-reset"), timedelta(hours=1))

#: Notices that somebody has asked for go first; links to vote that go to a whole roll can wait for those.
_FIRST = [
    name
    for name, kind in KINDS.items()
    if (kind.link not in ("", "stop circulars") and not kind.ballot) or kind.asked_for
]
#: A vote closes and news does not: links to vote, and a close that was put off, go before whatever only tells of something.
_THEN = [name for name, kind in KINDS.items() if kind.link == "vote" and not kind.asked_for] + ["close-extended"]

#: Goes to everybody on a roll whose vote is not in at the moment of sending.
REMINDER = "ballot-reminder"

#: How the fault of an attempt begins whose end nobody knows: the message may have been taken.
NO_ANSWER = "The mail server broke off"


@dataclass(frozen=True)
class Due:
    """One notice to send now, read in full, so that no transaction stays open while a mail server is talked to."""

    id: int
    kind_name: str
    address: str
    context: dict[str, Any]
    attempts: int
    member_id: int | None
    member_name: str
    #: The language to write in.
    language: str
    #: Whether an earlier attempt has no known end: the worker died, or the mail server broke off.
    interrupted: bool = False
    #: Why the attempt before this one failed.
    fault: str | None = None

    @property
    def kind(self) -> Kind:
        """What kind of notice it is."""
        return KINDS[self.kind_name]


def turn() -> Case[int]:
    """Who goes first: what somebody waits for, then links to vote, then news."""
    return case((Notice.kind.in_(_FIRST), 0), (Notice.kind.in_(_THEN), 1), else_=2)


def claim(at: datetime, most: int = 50) -> list[Due]:
    """Take up to `most` due notices, so that no other worker takes them: what somebody waits for first, then links to vote.

    A claim counts as an attempt and puts the next one off: when a worker is killed, its notices are due again later.
    Reminders to vote are dropped here where a vote is in, and marked like those that went: nothing kept tells them apart.
    """
    with writing() as session:
        query = (
            select(Notice)
            .where(Notice.sent_at.is_(None), Notice.gave_up_at.is_(None), Notice.send_after <= at)
            .order_by(turn(), Notice.send_after, Notice.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        found = list(session.scalars(query))
        people = {
            member.id: member
            for member in session.scalars(
                select(Member).where(Member.id.in_({n.member_id for n in found if n.member_id is not None}))
            )
        }
        tongues = languages.of(session, people)
        standing = _standing_ballots(session, found, at)
        voted = _voted(session, found)
        choices = preferences.of(session, people)
        asked = {n.member_id for n in found if n.kind == circulars.KIND and n.member_id is not None}
        unwilling = circulars.unwilling(session, asked) if asked else set()
        taken = []
        for notice in found:
            member = people.get(notice.member_id) if notice.member_id is not None else None
            unwanted = _unwanted(notice, member, at, standing)
            if notice.kind == circulars.KIND and notice.member_id in unwilling:
                unwanted = "The person does not want candidates' circulars any more."
            if unwanted:
                notice.gave_up_at, notice.fault = at, unwanted
                _told(session, notice, "failed", unwanted)
                continue
            if notice.id in voted:
                _done_alike(notice)
                continue
            if notice.attempts == 0 and preferences.put_by(session, notice, choices, at):
                continue
            before, notice.fault = notice.fault, None
            interrupted = notice.attempts > 0 and (before is None or before.startswith(NO_ANSWER))
            notice.attempts += 1
            notice.send_after = at + max(_delay(notice.attempts), LEASE)
            taken.append(
                Due(
                    notice.id,
                    notice.kind,
                    notice.address,
                    dict(notice.context),
                    notice.attempts,
                    notice.member_id,
                    member.name if member else "",
                    tongues[member.id] if member else current_app.config["CONSULT_LANGUAGE"],
                    interrupted,
                    before,
                )
            )
    return taken


def _standing_ballots(session: Session, notices: list[Notice], at: datetime) -> set[int]:
    """Which of the ballots to which links go can be voted in still, by the clock: they were queued long ago."""
    told = {notice.context["ballot"] for notice in notices if notice.kind in deliveries.LINKED}
    if not told:
        return set()
    open_still = (Ballot.state.in_(("scheduled", "open")), Ballot.closes_at > at)
    return set(session.scalars(select(Ballot.id).where(Ballot.id.in_(told), *open_still)))


def _voted(session: Session, notices: list[Notice]) -> set[int]:
    """The reminders among these to people whose vote is in."""
    asked = {
        notice.id: (notice.context["ballot"], notice.member_id)
        for notice in notices
        if notice.kind == REMINDER and notice.member_id is not None
    }
    found = deliveries.voted(session, set(asked.values())) if asked else set()
    return {number for number, who in asked.items() if who in found}


def _told(session: Session, notice: Notice, state: str, remark: str | None, *, doubled: bool = False) -> None:
    """Keep the ledger of a ballot with what became of a notice that carries a link to vote; not of reminders, see there."""
    if notice.kind in deliveries.LINKED and notice.kind != REMINDER and notice.member_id is not None:
        deliveries.put(session, notice.context["ballot"], notice.member_id, state, remark, doubled=doubled)


def _done_alike(notice: Notice) -> None:
    """Leave a reminder that went, one that was dropped because the vote is in, and one that failed exactly alike."""
    notice.sent_at = notice.send_after = notice.queued_at
    notice.attempts, notice.fault, notice.gave_up_at = 1, None, None


def _unwanted(notice: Notice, member: Member | None, at: datetime, standing: set[int]) -> str:
    if notice.kind in deliveries.LINKED and notice.context["ballot"] not in standing:
        return deliveries.TOO_LATE
    if member is not None and member.erased_at is not None:
        return "The person asked to be erased."
    life = PRESSING.get(notice.kind)
    if life is not None and at - notice.queued_at > life:
        return "It came too late to be of use."
    return ""


def _delay(attempts: int) -> timedelta:
    return DELAYS[min(attempts, len(DELAYS)) - 1]


def make_link(due: Due) -> str:
    """A fresh single-use link for a notice that carries one, else ""; only its hash is kept."""
    if not due.kind.link or due.member_id is None:
        return ""
    if due.kind_name == circulars.KIND:
        return circulars.stop_address(due.member_id)
    with writing() as session:
        if due.kind.link == voting_links.VOTE:
            if due.interrupted:
                _may_be_twice(session, due)
            return voting_links.mint(session, due.context["ballot"], due.member_id, links.new_token())
        return links.mint(session, due.member_id, due.kind.link, clock.now(session), links.new_token())


def _may_be_twice(session: Session, due: Due) -> None:
    """Where the attempt that broke off had got as far as a link, its message may be on its way: opening this link will end that."""
    ballot_id, member_id = due.context["ballot"], due.member_id
    if due.kind_name == REMINDER or member_id is None or session.get(VotingLink, (ballot_id, member_id)) is None:
        return
    deliveries.put(session, ballot_id, member_id, "queued", None, doubled=True)


def sent(notice_id: int, at: datetime) -> None:
    """Write down that a notice went out."""
    with writing() as session:
        notice = session.get_one(Notice, notice_id)
        notice.sent_at, notice.fault = at, None
        _told(session, notice, "sent", None)
        if notice.kind == REMINDER:
            _done_alike(notice)


def failed(notice_id: int, fault: str, at: datetime, *, for_good: bool = False) -> None:
    """Write down why an attempt failed; after the last delay, or `for_good`, it is not tried again."""
    with writing() as session:
        notice = session.get_one(Notice, notice_id)
        notice.fault, notice.send_after = fault[:500], at + _delay(notice.attempts)
        if for_good or notice.attempts > len(DELAYS):
            notice.gave_up_at = at
        _told(session, notice, "queued" if notice.gave_up_at is None else "failed", fault)
        if notice.kind == REMINDER and notice.gave_up_at is not None:
            _done_alike(notice)


def give_back(notices: list[Due], at: datetime) -> None:
    """Give claimed notices back that were not tried, so that they are due at once and no attempt is counted."""
    with writing() as session:
        before = {due.id: due.fault for due in notices}
        for notice in session.scalars(select(Notice).where(Notice.id.in_(before))):
            notice.attempts, notice.send_after, notice.fault = notice.attempts - 1, at, before[notice.id]


def waits(at: datetime) -> bool:
    """Whether anything is due."""
    query = select(Notice.id).where(Notice.sent_at.is_(None), Notice.gave_up_at.is_(None), Notice.send_after <= at)
    found = db.session.scalar(query.limit(1))
    db.session.rollback()
    return found is not None
