"""Rulings: each with its rule and reason, told to the mover, never lost; publishing; appeals."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.model.motions import Ruling
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import ruling_ledger, rulings
from tests.factories import NOON, Cast
from tests.motions import REASON, stage

OUT = "It binds the organisation to break its own constitution."


def test_a_ruling_names_its_rule_its_reason_and_its_author(cast: Cast) -> None:
    motion = stage(cast).submitted()
    ruling = rulings.rule(motion, "in order", "SO 1", REASON, by=cast.actor("chair"), at=NOON)
    assert (motion.state, ruling.rule[:6], ruling.reason) == ("in order", "SO 1: ", REASON)
    assert ruling.by_id == cast.who["chair"].id
    told = set(db.session.scalars(select(Notice.member_id).where(Notice.kind == "motion-ruled")))
    assert told == {cast.who["mover"].id, cast.who["delegate"].id}


@pytest.mark.parametrize(
    ("decision", "order", "reason", "field"),
    [
        ("", "SO 1", REASON, "decision"),
        ("approved", "SO 1", REASON, "decision"),
        ("ruled out", "SO 99", REASON, "order"),
        ("ruled out", "", REASON, "order"),
        ("ruled out", "SO 6", "No.", "reason"),
        ("queried", "SO 6", " " * 40, "reason"),
        ("queried", "SO 6", "x" * 5_001, "reason"),
    ],
)
def test_no_ruling_without_decision_rule_and_reason(
    cast: Cast, decision: str, order: str, reason: str, field: str
) -> None:
    motion = stage(cast).submitted()
    with pytest.raises(Invalid) as refusal:
        rulings.rule(motion, decision, order, reason, by=cast.actor("chair"), at=NOON)
    assert field in refusal.value.fields and motion.state == "submitted"
    assert db.session.scalars(select(Ruling)).all() == []


def test_only_the_standing_orders_committee_rules_and_with_a_second_factor(cast: Cast) -> None:
    motion = stage(cast).submitted()
    for name in ("member", "mover", "committee_1", "panel"):
        with pytest.raises(NotAllowed):
            rulings.rule(motion, "in order", "SO 1", REASON, by=cast.actor(name), at=NOON)
    with pytest.raises(NotAllowed, match="authenticator"):
        rulings.rule(motion, "in order", "SO 1", REASON, by=cast.actor("chair", second_factor=False), at=NOON)


def test_the_second_officer_is_told_what_changed_and_by_whom(cast: Cast) -> None:
    motion = stage(cast).submitted()
    chair = cast.actor("chair")
    rulings.rule(motion, "queried", "SO 1", OUT, seen="submitted", by=chair, at=NOON)
    with pytest.raises(Stale, match=r"is queried by now.*the committee ruled on a motion, by Petra Lowe"):
        rulings.rule(motion, "in order", "SO 1", REASON, seen="submitted", by=chair, at=NOON)
    rulings.rule(motion, "in order", "SO 1", REASON, seen="queried", by=chair, at=NOON)
    with pytest.raises(OutOfOrder, match="by Petra Lowe"):
        rulings.rule(motion, "ruled out", "SO 6", OUT, by=chair, at=NOON)


def test_a_ruling_cannot_vanish(cast: Cast) -> None:
    motion = stage(cast).submitted()
    ruling = rulings.rule(motion, "ruled out", "SO 6", OUT, by=cast.actor("chair"), at=NOON)
    with pytest.raises(IntegrityError, match="never changed"), writing() as session:
        session.execute(delete(Ruling))
    with pytest.raises(IntegrityError, match="never changed"), writing() as session:
        session.get_one(Ruling, ruling.id).reason = "Another reason altogether."
    assert ruling_ledger.found(ruling_ledger.Wanted())[0][0].reason == OUT


def test_publishing_is_a_step_of_its_own(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.submitted()
    with pytest.raises(OutOfOrder, match="it must be in order first"):
        rulings.publish(motion, by=cast.actor("chair"), at=NOON)
    rulings.rule(motion, "in order", "SO 1", REASON, by=cast.actor("chair"), at=NOON)
    assert [row.id for row in rulings.queue()["publish"]] == [motion.id]
    with pytest.raises(NotAllowed):
        rulings.publish(motion, by=cast.actor("mover"), at=NOON)
    rulings.publish(motion, by=cast.actor("committee_1"), at=NOON)
    assert motion.state == "published" and not any(rulings.queue().values())


@pytest.mark.parametrize(("allowed", "state"), [(True, "in order"), (False, "ruled out for good")])
def test_an_appeal_is_heard_once_by_people_who_had_no_part_in_it(cast: Cast, allowed: bool, state: str) -> None:
    scene = stage(cast)
    motion = scene.submitted()
    ruling = rulings.rule(motion, "ruled out", "SO 6", OUT, by=cast.actor("chair"), at=NOON)
    grounds = "The constitution says nothing at all about buses."
    with pytest.raises(NotAllowed):
        rulings.appeal(motion, ruling, grounds, by=cast.actor("member"), at=NOON)
    with pytest.raises(Invalid, match="grounds"):
        rulings.appeal(motion, ruling, "No!", by=cast.actor("mover"), at=NOON)
    rulings.appeal(motion, ruling, grounds, by=cast.actor("mover"), at=NOON)
    with pytest.raises(OutOfOrder, match="appealed already"):
        rulings.appeal(motion, ruling, grounds, by=cast.actor("delegate"), at=NOON)
    assert [appeal.ruling_id for appeal in rulings.appeals_open()] == [ruling.id]
    for name in ("chair", "mover", "committee_1"):
        with pytest.raises(NotAllowed):
            rulings.decide(motion, ruling, allowed, REASON, by=cast.actor(name), at=NOON)
    made = rulings.decide(motion, ruling, allowed, REASON, by=cast.actor("panel"), at=NOON)
    assert (motion.state, made.outcome) == (state, "allowed" if allowed else "dismissed")
    with pytest.raises(OutOfOrder, match="has been decided"):
        rulings.decide(motion, ruling, allowed, REASON, by=cast.actor("panel"), at=NOON)
    kinds = db.session.scalars(select(Notice.kind).order_by(Notice.id)).all()
    assert kinds[-2:] == ["appeal-made", "appeal-decided"]


def test_what_is_in_order_cannot_be_appealed(cast: Cast) -> None:
    motion = stage(cast).submitted()
    ruling = rulings.rule(motion, "in order", "SO 1", REASON, by=cast.actor("chair"), at=NOON)
    with pytest.raises(OutOfOrder, match="only a ruling that rules something out"):
        rulings.appeal(motion, ruling, "I should like it out of order.", by=cast.actor("mover"), at=NOON)
    with pytest.raises(OutOfOrder, match="Nobody has appealed"):
        rulings.decide(motion, ruling, True, REASON, by=cast.actor("panel"), at=NOON)


def test_a_correction_is_a_ruling_of_its_own_and_the_first_one_stays(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.submitted()
    chair = cast.actor("chair")
    first = rulings.rule(motion, "ruled out", "SO 6", OUT, by=chair, at=NOON)
    with pytest.raises(Invalid, match="ruled out already"):
        ruling_ledger.correct(motion, first, "ruled out", "SO 1", REASON, by=chair, at=NOON)
    with pytest.raises(NotAllowed):
        ruling_ledger.correct(motion, first, "in order", "SO 1", REASON, by=cast.actor("member"), at=NOON)
    second = ruling_ledger.correct(motion, first, "in order", "SO 1", REASON, by=chair, at=NOON)
    assert motion.state == "in order" and ruling_ledger.corrections([first.id, second.id]) == {first.id: second.id}
    with pytest.raises(OutOfOrder, match="only the latest"):
        ruling_ledger.correct(motion, first, "queried", "SO 1", REASON, by=chair, at=NOON)
    third = ruling_ledger.correct(motion, second, "ruled out", "SO 6", OUT, by=chair, at=NOON)
    rulings.appeal(motion, third, "The constitution says nothing about buses.", by=cast.actor("mover"), at=NOON)
    with pytest.raises(OutOfOrder, match="was appealed"):
        ruling_ledger.correct(motion, third, "in order", "SO 1", REASON, by=chair, at=NOON)
    assert ruling_ledger.found(ruling_ledger.Wanted())[2] == 3


def test_the_ledger_is_searched_and_filtered(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.amended(motion, ("£2", "£1"))
    other = scene.submitted(heading="Trams after dark")
    rulings.rule(other, "ruled out", "SO 6", OUT, by=cast.actor("chair"), at=NOON)

    def ids(**wanted: object) -> list[tuple[int | None, int | None]]:
        return [(r.motion_id, r.amendment_id) for r in ruling_ledger.found(ruling_ledger.Wanted(**wanted))[0]]

    assert ids(decision="ruled out") == ids(words="TRAMS constitution") == ids(words="motion 2") == [(other.id, None)]
    assert ids(kind="amendment") == [(None, row.id)] and ids(kind="appealed") == ids(words="100%") == []
    assert set(ids(motion_id=motion.id)) == {(motion.id, None), (None, row.id)}
    assert len(ids(decision="nonsense")) == 3
