"""Challenges to an order of votes: who may, until when, and what the committee's answer does."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.model.consequences import VoteOrder
from consult.model.motions import Motion
from consult.model.notices import Notice
from consult.model.order_challenges import OrderChallenge
from consult.model.store import db, writing
from consult.service import hall_questions, order_challenges, order_of_votes
from tests.factories import Cast
from tests.hall import seated
from tests.motions import DAY, Stage, stage

WHY = "Amendment 2 goes further, so it should be put before Amendment 1."
ANSWER = "The rule of this body is the order of the text, and both are at one place."


def frozen(cast: Cast, **rules: object) -> tuple[Stage, Motion, VoteOrder]:
    scene = stage(cast, appeal_days=3, **rules)
    motion = scene.published()
    scene.amended(motion, ("£2", "£1.50"))
    scene.amended(motion, ("£2", "£1"), by="third_delegate")
    motion = scene.frozen(motion)
    order = order_of_votes.latest(motion.id)
    assert order is not None
    return scene, motion, order


def challenged(
    scene: Stage, motion: Motion, order: VoteOrder, *, by: str = "delegate", **values: object
) -> OrderChallenge:
    proposed = list(reversed(order.amendments))
    given = {"reason": WHY, "proposed": proposed, "at": scene.after_amendments} | values
    return order_challenges.challenge(motion, order, by=scene.actor(by), **given)  # type: ignore[arg-type]


def test_a_challenge_that_is_upheld_sets_the_order_asked_for(cast: Cast) -> None:
    scene, motion, order = frozen(cast)
    made = challenged(scene, motion, order)
    assert order_challenges.problem(db.session(), motion).startswith("The order of votes on Motion 1 was challenged")
    told = set(db.session.scalars(select(Notice.member_id).where(Notice.kind == "order-challenged")))
    assert told and made.by_id not in told
    order_challenges.answer(motion, made, True, ANSWER, by=scene.actor("committee_1"), at=scene.after_amendments)
    newest = order_of_votes.latest(motion.id)
    assert newest is not None and (newest.id, newest.reason) == (made.new_order_id, ANSWER)
    assert newest.amendments == list(reversed(order.amendments)) == [row.id for row in order_of_votes.on_paper(motion)]
    assert (made.outcome, order_challenges.problem(db.session(), motion)) == ("upheld", "")
    assert "order-answered" in set(db.session.scalars(select(Notice.kind)))
    with pytest.raises(OutOfOrder, match="it was upheld"):
        order_challenges.answer(motion, made, False, ANSWER, by=scene.actor("committee_1"), at=scene.after_amendments)
    with pytest.raises(OutOfOrder, match="not in force any more"):
        challenged(scene, motion, order, by="other_delegate")


def test_one_that_is_dismissed_leaves_the_order_and_stays_on_record(cast: Cast) -> None:
    scene, motion, order = frozen(cast)
    made = challenged(scene, motion, order, proposed=())
    for upheld, field in ((True, "order"), (False, "words")):
        with pytest.raises(Invalid) as refusal:
            words = ANSWER if upheld else "No."
            order_challenges.answer(
                motion, made, upheld, words, by=scene.actor("committee_1"), at=scene.after_amendments
            )
        assert set(refusal.value.fields) == {field}
    order_challenges.answer(motion, made, False, ANSWER, by=scene.actor("committee_1"), at=scene.after_amendments)
    newest = order_of_votes.latest(motion.id)
    assert (
        newest is not None
        and newest.id == order.id
        and [row.answer for row in order_challenges.found("further")] == [ANSWER]
    )
    assert order_challenges.found("nothing like it") == []
    with pytest.raises(Exception, match="never changed"), writing() as session:
        session.execute(text("UPDATE order_challenge SET reason = 'x'"))


def test_who_may_challenge_until_when_and_with_what(cast: Cast) -> None:
    scene, motion, order = frozen(cast)
    for name in ("member", "supporter", "stranger"):
        with pytest.raises(NotAllowed):
            challenged(scene, motion, order, by=name)
    for values, field in (
        ({"reason": "No."}, "reason"),
        ({"proposed": order.amendments}, "order"),
        ({"proposed": order.amendments[:1]}, "order"),
    ):
        with pytest.raises(Invalid) as refusal:
            challenged(scene, motion, order, **values)
        assert set(refusal.value.fields) == {field}
    with pytest.raises(OutOfOrder, match="that deadline has passed"):
        challenged(scene, motion, order, at=scene.after_amendments + 3 * DAY)
    challenged(scene, motion, order)
    challenged(scene, motion, order, by="mover")
    with pytest.raises(OutOfOrder, match="challenged this order already"):
        challenged(scene, motion, order)


def test_the_hall_waits_for_the_answer(cast: Cast) -> None:
    scene, motion, order = frozen(cast)
    challenged(scene, motion, order)
    made = seated(scene, [motion])
    made.open()
    with pytest.raises(OutOfOrder, match="the committee has not answered"):
        made.take()
    assert hall_questions.before(made.sitting) is None
