"""The list of sealed votes: it grows by tens at full hours, in random order, under signed heads that continue one another."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import NotFound, OutOfOrder
from consult.domain.roles import SWEEP
from consult.ledger import envelopes, heads, merkle, records
from consult.model.ballots import Envelope
from consult.model.boxes import BoardHead, BoardKey, BoardLeaf, BoardNode
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.model.triggers import take_down_fences
from consult.service import ballots, boards, opening
from tests.desk import DURING, OPENS, Desk
from tests.factories import Cast, make_member

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    made = Desk(cast)
    made.ask()
    with writing():
        made.more = [make_member(cast.units["Birch"]) for _ in range(30)]
    made.schedule()
    opening.open_ballot(made.ballot, by=SWEEP, at=OPENS)
    return made


def put_in_box(desk: Desk, first: int, last: int) -> None:
    """Envelopes of some members, as if they had been cast: only their receipts matter here."""
    rows = []
    for member in desk.more[first:last]:
        sealed = bytes([member.id % 256]) * 90
        rows.append(
            {
                "ballot_id": desk.ballot.id,
                "member_id": member.id,
                "sealed": sealed,
                "receipt": envelopes.leaf(sealed).hex(),
                "retry_key": f"{member.id:032}",
                "sealed_by": "browser",
            }
        )
    with writing() as session:
        session.execute(insert(Envelope), rows)


def extend(desk: Desk, at=DURING, seed: int = 1) -> BoardHead:
    boards.extend(desk.ballot, rng=Random(seed), by=SWEEP, at=at)
    head = boards.newest(desk.ballot)
    assert head is not None
    return head


def test_it_grows_by_whole_tens_at_full_hours(desk: Desk) -> None:
    put_in_box(desk, 0, 9)
    assert boards.due(DURING) == []
    put_in_box(desk, 9, 27)
    assert [ballot.id for ballot in boards.due(DURING)] == [desk.ballot.id]
    head = extend(desk, DURING + timedelta(minutes=37, seconds=12))
    assert (head.size, head.at.minute, head.at.second) == (20, 0, 0)
    put_in_box(desk, 27, 30)
    with pytest.raises(OutOfOrder, match="not due"):
        extend(desk, DURING + timedelta(minutes=50))
    assert extend(desk, DURING + HOUR).size == 30


def test_the_order_within_a_step_is_random_and_not_that_of_members_or_hashes(desk: Desk) -> None:
    put_in_box(desk, 0, 20)
    extend(desk, seed=3)
    listed = boards.leaves(desk.ballot)
    assert sorted(listed) != listed and len(listed) == 20
    by_member = [bytes.fromhex(r) for r in db.session.scalars(select(Envelope.receipt).order_by(Envelope.member_id))]
    assert listed != by_member


def test_heads_are_signed_and_continue_one_another(desk: Desk) -> None:
    put_in_box(desk, 0, 12)
    extend(desk)
    put_in_box(desk, 12, 30)
    extend(desk, DURING + HOUR)
    made = ballots.definition_of(desk.ballot)
    for head in boards.all_heads(desk.ballot):
        assert boards.signed(desk.ballot, head).holds(made.board_key or "")
    written = records.read_heads(boards.heads_file(desk.ballot))
    assert records.first_break(written) is None
    assert [head.size for head in written] == [10, 30]


def test_what_is_kept_of_the_tree_gives_the_roots_and_proofs_of_the_whole(desk: Desk) -> None:
    receipts = [bytes([n // 256, n % 256]) * 16 for n in range(337)]
    whole, size = merkle.Tree(receipts), 0
    with writing() as session:
        for step in (1, 10, 6, 20, 100, 200):
            some = [each.hex() for each in receipts[size : size + step]]
            assert boards.grow(session, desk.ballot, size, some).root() == whole.root(size + step)
            size += step
        nodes = session.execute(select(BoardNode.level, BoardNode.index, BoardNode.hash)).all()
    assert {(level, index): hash_ for level, index, hash_ in nodes} == merkle.Frontier().grow(receipts)[1]
    kept = boards.tree(desk.ballot, size, lambda n: n.root(), lambda n: n.inclusion(200), lambda n: n.consistency(137))
    assert kept.root() == whole.root() and kept.inclusion(200) == whole.inclusion(200)
    assert kept.consistency(137) == whole.consistency(137)
    with pytest.raises(IntegrityError), writing() as session:
        session.execute(update(BoardNode).values(hash=b"0" * 32))


def test_a_list_that_does_not_make_its_head_is_not_reconciled(desk: Desk) -> None:
    put_in_box(desk, 0, 12)
    extend(desk)
    desk.close()
    with writing() as session:  # somebody who holds the database
        take_down_fences(session.connection(), ["board_leaf"])
        session.execute(update(BoardLeaf).where(BoardLeaf.position == 3).values(receipt="0" * 64))
    with pytest.raises(OutOfOrder, match="does not make the root of its last head"):
        desk.reconcile()


def test_a_receipt_on_the_list_is_proved_and_one_that_waits_is_not(desk: Desk) -> None:
    put_in_box(desk, 0, 12)
    extend(desk)
    listed = set(boards.leaves(desk.ballot))
    sealed = list(db.session.scalars(select(Envelope.sealed)))
    on = [each for each in sealed if envelopes.leaf(each) in listed]
    off = [each for each in sealed if envelopes.leaf(each) not in listed]
    assert (len(on), len(off)) == (10, 2)
    for each in on:
        proof = heads.read(boards.proof_of(desk.ballot, envelopes.leaf(each)).dumps())
        assert heads.check(proof, envelopes.receipt(each))
    with pytest.raises(NotFound, match="not yet"):
        boards.proof_of(desk.ballot, envelopes.leaf(off[0]))


def test_at_the_end_everything_is_on_it_and_the_last_head_is_the_boxs_root(desk: Desk) -> None:
    put_in_box(desk, 0, 27)
    extend(desk)
    desk.vote("member", 0)
    desk.close()
    with writing() as session:  # what is not an envelope of this ballot would be refused at the opening anyway
        assert session.scalar(select(func.count()).select_from(BoardLeaf)) == 20
    desk.reconcile()
    last = boards.newest(desk.ballot)
    assert last is not None
    assert (last.size, last.root, last.final) == (28, desk.ballot.envelope_root, True)
    assert merkle.root(boards.leaves(desk.ballot)).hex() == last.root
    desk.open_envelopes()
    assert (desk.ballot.opened, desk.ballot.refused) == (1, 27)


def test_notices_go_out_together_without_the_time_of_voting(desk: Desk) -> None:
    put_in_box(desk, 0, 14)
    extend(desk, DURING + timedelta(minutes=7))
    told = list(db.session.scalars(select(Notice).where(Notice.kind == "ballot-recorded").order_by(Notice.id)))
    assert len(told) == 10 and len({(each.queued_at, each.send_after) for each in told}) == 1
    assert [each.member_id for each in told] == sorted(each.member_id or 0 for each in told)
    assert all(set(each.context) == {"ballot", "title"} for each in told)
    put_in_box(desk, 14, 30)
    extend(desk, DURING + HOUR)
    again = list(db.session.scalars(select(Notice.member_id).where(Notice.kind == "ballot-recorded")))
    assert len(again) == len(set(again)) == 30


def test_heads_are_mailed_to_scrutineers_once_a_day_and_at_the_end(desk: Desk) -> None:
    def mailed() -> list[int]:
        kept = db.session.scalars(select(Notice).where(Notice.kind == "board-head").order_by(Notice.id))
        return [notice.context["size"] for notice in kept]

    put_in_box(desk, 0, 10)
    extend(desk)
    put_in_box(desk, 10, 20)
    extend(desk, DURING + HOUR)
    put_in_box(desk, 20, 30)
    extend(desk, DURING + 25 * HOUR)
    assert mailed() == [10, 30]
    desk.vote("member", 0)
    desk.close()
    desk.reconcile()
    assert mailed() == [10, 30, 31]


def test_nothing_on_the_list_is_changed_or_taken_away(desk: Desk) -> None:
    put_in_box(desk, 0, 10)
    extend(desk)
    for statement in (
        update(BoardLeaf).values(receipt="0" * 64),
        update(BoardHead).values(root="0" * 64),
        BoardLeaf.__table__.delete(),
        BoardHead.__table__.delete(),
    ):
        with pytest.raises(IntegrityError, match="list of sealed votes"), writing() as session:
            session.execute(statement)


def test_the_private_half_of_the_board_key_is_sealed(desk: Desk) -> None:
    row = db.session.get_one(BoardKey, 1)
    assert row.sealed.startswith("v1.") and row.public_key == ballots.definition_of(desk.ballot).board_key
