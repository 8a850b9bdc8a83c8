"""The demo's votes on paper: issued to members without an address and to some who asked, come in, and entered in part."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from consult.domain.roles import Actor
from consult.ledger.envelopes import Answer
from consult.model.ballots import Ballot
from consult.model.paper_ballots import ENVELOPES, PAPERS
from consult.model.rolls import RollEntry
from consult.model.store import db
from consult.service import paper_ballots, paper_entries, paper_requests, rolls

#: One in so many envelopes has come in; so many papers are entered twice, and so many once.
_IN, _TWICE, _ONCE = 3, 5, 2
#: Members who have an address and asked for a paper.
_ASKED = 3

#: What the papers say, one after another.
_MARKED = (((0,), (2, 0), (0, 4)), ((1,), (1,), (2, 1, 0)), ((0,), (), (3,)))


def issue(ballot: Ballot, officer: Actor, keeper: Actor, asking: list[Actor]) -> None:
    """Two officers share the work, some members ask for a paper, and papers go to them and to all without an address."""
    at = ballot.opens_at + timedelta(hours=1)
    paper_ballots.take_duty(ballot, ENVELOPES, by=officer, at=at)
    paper_ballots.take_duty(ballot, PAPERS, by=keeper, at=at + timedelta(minutes=20))
    paper_ballots.issue_to_all_without_address(ballot, by=officer, at=at + timedelta(hours=1))
    for number, member in enumerate(asking[:_ASKED]):
        paper_requests.ask(ballot, by=member, at=at + timedelta(hours=2 + number))
    paper_requests.issue_to_all_who_asked(ballot, by=officer, at=at + timedelta(hours=8))


def come_in(ballot: Ballot, officer: Actor, keeper: Actor) -> None:
    """Some envelopes come back by post; their papers are entered by the officer who has seen no envelope."""
    at = ballot.opens_at + timedelta(days=3)
    for row in paper_ballots.issued(ballot)[::_IN]:
        paper_ballots.mark(ballot, row.number, by=officer, at=at)
    for number in range(_TWICE + _ONCE):
        said = [Answer(f"q{place}", marks) for place, marks in enumerate(_MARKED[number % len(_MARKED)], 1)]
        first = paper_entries.enter(ballot, said, by=keeper, at=at)
        if number < _TWICE:
            paper_entries.enter(ballot, said, serial=first.serial, by=keeper, at=at)
    paper_ballots.record_totals(ballot, by=officer, at=at + timedelta(hours=1))


def elsewhere(ballot: Ballot) -> set[int]:
    """Who on the roll does not vote online here: nobody without an address does, nor anybody who has a paper."""
    bare = select(RollEntry.member_id).where(RollEntry.roll_id == ballot.roll_id, RollEntry.email.is_(None))
    return set(db.session.scalars(bare)) | {row.member_id for row in paper_ballots.issued(ballot)}


def may_ask(ballot: Ballot, among: list[int]) -> list[int]:
    """Those among these who are on the roll and have an address there."""
    bare = elsewhere(ballot)
    return [member for member in among if member not in bare and rolls.is_on(ballot.roll_id or 0, member)]
