"""Replacing a vote before the close: only where declared, one at a time, and every leaf of the board accounted for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import OutOfOrder, Stale
from consult.ledger import manifest
from consult.ledger.envelopes import Answer
from consult.model.ballots import Envelope
from consult.model.paper_ballots import Superseded
from consult.model.store import db, writing
from consult.service import ballots, casting, certification, replacing
from tests.desk import CLOSES, DURING, Desk, retry
from tests.factories import Cast


@pytest.fixture
def desk(cast: Cast) -> Desk:
    made = Desk(cast, replacing=True)
    made.ask()
    made.schedule()
    return made


def again(desk: Desk, name: str, place: int, old: casting.Receipt, key: str | None = None, at=DURING):
    who = desk.cast.who[name].id
    answer = [Answer("q1", (place,))]
    return casting.cast(desk.ballot.id, who, answer, retry_key=key or retry(), replaces=old.digest, at=at)


def test_the_new_vote_takes_the_place_of_the_old_one(desk: Desk) -> None:
    first = desk.vote("member", 0)
    second = again(desk, "member", 1, first)
    me, other = desk.cast.who["member"].id, desk.cast.who["mover"].id
    assert second.code != first.code and casting.receipt_of(desk.ballot.id, me) == second
    assert replacing.is_superseded(desk.ballot.id, first.digest, me)
    assert not replacing.is_superseded(desk.ballot.id, first.digest, other)  # to its holder only
    assert not replacing.is_superseded(desk.ballot.id, second.digest, me)
    assert ballots.turnout(desk.ballot) == 1
    assert db.session.scalar(select(func.count()).select_from(Envelope)) == 1  # the old content is gone


def test_a_retry_of_either_form_gives_one_truth(desk: Desk) -> None:
    key, new = retry(), retry()
    first = desk.vote("member", 0, key=key)
    second = again(desk, "member", 1, first, key=new)
    assert again(desk, "member", 1, first, key=new).code == second.code
    with pytest.raises(casting.AlreadyVoted):  # the first form again, or a page from before the replacement
        desk.vote("member", 0, key=key)
    with pytest.raises(casting.AlreadyVoted):
        again(desk, "member", 2, first)
    assert db.session.scalar(select(func.count()).select_from(Superseded)) == 1


def test_no_vote_is_replaced_after_the_close_or_where_it_is_not_declared(desk: Desk, cast: Cast) -> None:
    first = desk.vote("member", 0)
    with pytest.raises(OutOfOrder, match="closed on"):
        again(desk, "member", 1, first, at=CLOSES)
    plain = Desk(cast, title="Another")
    plain.ask()
    plain.schedule()
    kept = plain.vote("member", 0)
    with pytest.raises(casting.AlreadyVoted):
        again(plain, "member", 1, kept)
    with writing() as session, pytest.raises(Stale):
        replacing.put_in_place(session, desk.ballot.id, cast.who["member"].id, "0" * 64, {"sealed": b"x"})


@pytest.mark.parametrize("declared", [True, False])
def test_the_database_itself_refuses_an_undeclared_or_late_replacement(cast: Cast, declared: bool) -> None:
    desk = Desk(cast, replacing=declared)
    desk.ask()
    desk.schedule()
    desk.vote("member", 0)
    if declared:
        desk.close()
    with pytest.raises(IntegrityError, match="cannot be replaced"), writing() as session:
        session.execute(update(Envelope).values(receipt="0" * 64))


def test_leaves_are_counted_superseded_or_refused_and_every_old_receipt_is_a_leaf(desk: Desk) -> None:
    first = desk.vote("member", 0)
    second = again(desk, "member", 1, first)
    third = again(desk, "member", 2, second, at=DURING + timedelta(hours=1))
    desk.vote("mover", 1)
    desk.close()
    desk.count()
    assert (desk.ballot.marked, desk.ballot.opened, desk.ballot.superseded, desk.ballot.refused) == (2, 2, 2, 0)
    content = manifest.loads(certification.manifest_of(desk.ballot).content)
    assert content.board is not None
    assert (content.board.leaves, content.board.opened, content.board.superseded) == (4, 2, 2)
    parts = casting.receipt_of(desk.ballot.id, desk.cast.who["member"].id)
    assert parts == third
