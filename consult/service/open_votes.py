"""Recorded votes: cast under one's name, with the votes on one's card, and read by everybody once they are published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, literal, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from consult.domain.errors import Invalid, OutOfOrder, Unavailable
from consult.ledger import envelopes
from consult.ledger.definition import Definition
from consult.ledger.envelopes import Answer
from consult.ledger.papers import Group
from consult.ledger.votes import Vote, papers_of
from consult.model.ballots import Ballot, Question
from consult.model.boxes import Card, RecordedVote
from consult.model.members import Member
from consult.model.roll_changes import still_on
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db, writing
from consult.model.units import Unit
from consult.service import ballots, casting, clock, unit_names


def cast(
    ballot_id: int, member_id: int, answers: Sequence[Answer], *, retry_key: str, at: datetime | None = None
) -> casting.Receipt:
    """Record one open vote; the same form sent again gives the same answer, and nobody votes twice.

    Raises:
        NotFound, NotAllowed, OutOfOrder, AlreadyVoted, Invalid, Unavailable: as `casting.cast`.
    """
    casting.require_key(retry_key)
    made = ballots.definition_of(ballots.get(ballot_id))
    if made.level != "recorded":
        raise OutOfOrder("This ballot is secret: its papers are sealed, and not recorded by name.")
    casting.check_answers(made, answers)
    try:
        with writing() as session:
            moment = at or clock.now(session)
            row = casting.facts(session, ballot_id, member_id)
            earlier = session.get(RecordedVote, (ballot_id, member_id))
            if earlier is not None:
                return _again(earlier, retry_key)
            casting.require_open(row, moment)
            paper = envelopes.spelt(answers).decode()
            values = {"ballot_id": ballot_id, "member_id": member_id, "paper": paper, "retry_key": retry_key}
            session.execute(insert(RecordedVote).values(values))
    except IntegrityError as fault:
        earlier = db.session.get(RecordedVote, (ballot_id, member_id))
        if earlier is not None:
            return _again(earlier, retry_key)
        raise OutOfOrder("This ballot closed while your form was on its way. Your vote was not cast.") from fault
    except OperationalError as fault:
        raise Unavailable(
            "The database did not answer, so we do not know whether your vote was taken. Send the same form again: "
            "it can only count once."
        ) from fault
    return casting.Receipt(ballot_id, "", "recorded")


def _again(earlier: RecordedVote, retry_key: str) -> casting.Receipt:
    if earlier.retry_key != retry_key:
        raise casting.AlreadyVoted(
            "You have already voted in this ballot, from another page or tab. That vote stands; this form changed nothing."
        )
    return casting.Receipt(earlier.ballot_id, "", "recorded", again=True)


def paper_of(ballot: Ballot, member_id: int) -> envelopes.Paper | None:
    """One's own open vote, to be shown on the receipt; None before voting."""
    row = db.session.get(RecordedVote, (ballot.id, member_id))
    return envelopes.answers_of(ballots.definition_of(ballot), json.loads(row.paper)) if row is not None else None


def card_of(ballot: Ballot, member_id: int) -> int:
    """How many votes a voter's card counts for."""
    row = db.session.get(Card, (ballot.id, member_id))
    return row.votes if row is not None else 1


def deal(session: Session, ballot: Ballot, roll: Roll, at: datetime) -> None:
    """Fix how many votes each card counts for: the members of the voter's branch as the register has them now.

    Raises:
        Invalid: where two voters of one branch are on the roll; its members would be counted twice.
    """
    twice = session.execute(
        select(Unit.name)
        .join(RollEntry, RollEntry.unit_id == Unit.id)
        .where(RollEntry.roll_id == roll.id, still_on())
        .group_by(Unit.id, Unit.name)
        .having(func.count() > 1)
        .order_by(Unit.name)
    ).first()
    if twice is not None:
        raise Invalid(f"With card votes each branch has one voter, but {twice.name} has several on this roll.")
    members = (
        select(Member.unit_id, func.count().label("votes"))
        .where(Member.status == "member", Member.erased_at.is_(None), Member.joined_at <= at)
        .group_by(Member.unit_id)
        .subquery()
    )
    votes = func.coalesce(members.c.votes, 1)
    chosen = (
        select(literal(ballot.id), RollEntry.member_id, votes)
        .outerjoin(members, members.c.unit_id == RollEntry.unit_id)
        .where(RollEntry.roll_id == roll.id, still_on())
    )
    session.execute(insert(Card).from_select(["ballot_id", "member_id", "votes"], chosen))


def count_of(session: Session, ballot: Ballot) -> int:
    """How many have voted."""
    query = select(func.count()).select_from(RecordedVote).where(RecordedVote.ballot_id == ballot.id)
    return session.scalar(query) or 0


def all_votes(session: Session, ballot: Ballot, made: Definition) -> list[Vote]:
    """Every open vote, by name, with the branch as on the roll and the votes on the card."""
    query = (
        select(Member.name, RollEntry.unit_id, func.coalesce(Card.votes, 1).label("votes"), RecordedVote.paper)
        .join(Member, Member.id == RecordedVote.member_id)
        .join(RollEntry, (RollEntry.member_id == RecordedVote.member_id) & (RollEntry.roll_id == ballot.roll_id))
        .outerjoin(Card, (Card.ballot_id == RecordedVote.ballot_id) & (Card.member_id == RecordedVote.member_id))
        .where(RecordedVote.ballot_id == ballot.id)
        .order_by(Member.name, RecordedVote.member_id)
    )
    rows: Any = session.execute(query)
    units = unit_names.at_instant(session, ballot.roll.frozen_at if ballot.roll is not None else None)
    return [
        Vote(row.name, units[row.unit_id], row.votes, envelopes.answers_of(made, json.loads(row.paper))) for row in rows
    ]


def groups_of(session: Session, question: Question) -> list[Group]:
    """The open papers of a question, in groups."""
    made = ballots.definition_of(question.ballot)
    place = [each.key for each in made.questions].index(question.key)
    return list(papers_of(made, all_votes(session, question.ballot, made))[place].groups)
