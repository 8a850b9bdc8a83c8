"""Sending the outbox: which notices are due, and what came of each attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import case, select
from sqlalchemy.orm import Session

from consult.domain.notices import KINDS, Kind
from consult.model.ballots import Ballot
from consult.model.members import Member
from consult.model.notices import Notice
from consult.model.store import writing
from consult.service import clock, languages, links, voting_links

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

#: Notices that somebody is waiting for at this moment: an hour later they would only puzzle.
PRESSING = dict.fromkeys(("sign-in-link", "sign-in-unknown", "password-reset"), timedelta(hours=1))

#: Notices with a link to sign in go first; links to vote go to a whole roll, and can wait for those.
_LINKED = [name for name, kind in KINDS.items() if kind.link and not kind.ballot]


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

    @property
    def kind(self) -> Kind:
        """What kind of notice it is."""
        return KINDS[self.kind_name]


def claim(at: datetime, most: int = 50) -> list[Due]:
    """Take up to `most` due notices, the ones with links first, so that no other worker takes them.

    A claim counts as an attempt and puts the next one off: when a worker is killed, its notices are due again later.
    """
    with writing() as session:
        query = (
            select(Notice)
            .where(Notice.sent_at.is_(None), Notice.gave_up_at.is_(None), Notice.send_after <= at)
            .order_by(case((Notice.kind.in_(_LINKED), 0), else_=1), Notice.send_after, Notice.id)
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
        standing = _standing_ballots(session, found)
        taken = []
        for notice in found:
            member = people.get(notice.member_id) if notice.member_id is not None else None
            unwanted = _unwanted(notice, member, at, standing)
            if unwanted:
                notice.gave_up_at, notice.fault = at, unwanted
                continue
            notice.attempts += 1
            notice.send_after = at + _delay(notice.attempts)
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
                )
            )
    return taken


def _standing_ballots(session: Session, notices: list[Notice]) -> set[int]:
    """Which of the ballots whose opening is told of can be voted in still: their opening was queued long ago."""
    told = {notice.context["ballot"] for notice in notices if notice.kind == "ballot-opens"}
    if not told:
        return set()
    return set(session.scalars(select(Ballot.id).where(Ballot.id.in_(told), Ballot.state.in_(("scheduled", "open")))))


def _unwanted(notice: Notice, member: Member | None, at: datetime, standing: set[int]) -> str:
    if notice.kind == "ballot-opens" and notice.context["ballot"] not in standing:
        return "The ballot was cancelled, or had closed before this could be sent."
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
    with writing() as session:
        if due.kind.link == voting_links.VOTE:
            return voting_links.mint(session, due.context["ballot"], due.member_id, links.new_token())
        return links.mint(session, due.member_id, due.kind.link, clock.now(session), links.new_token())


def sent(notice_id: int, at: datetime) -> None:
    """Write down that a notice went out."""
    with writing() as session:
        notice = session.get_one(Notice, notice_id)
        notice.sent_at, notice.fault = at, None


def failed(notice_id: int, fault: str, at: datetime, *, for_good: bool = False) -> None:
    """Write down why an attempt failed; after the last delay, or `for_good`, it is not tried again."""
    with writing() as session:
        notice = session.get_one(Notice, notice_id)
        notice.fault = fault[:500]
        if for_good or notice.attempts > len(DELAYS):
            notice.gave_up_at = at
