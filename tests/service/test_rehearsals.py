"""The votes rehearsed from what is stored, and the orders that were set with their explanations."""

from __future__ import annotations

import pytest

from consult.domain.errors import Invalid
from consult.model.consequences import VoteOrder
from consult.model.store import db
from consult.service import consequences, order_of_votes, rehearsals
from consult.service.consequences import key_of
from tests.factories import NOON, Cast
from tests.motions import stage

WHY = "The two cannot both be carried out: there is money for one."


def test_what_falls_what_is_moot_and_which_orders_differ(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    two = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    late = scene.amended(motion, ("10pm", "11pm"))
    consequences.confirm(
        scene.consultation, "falls if carried", key_of(one), key_of(late), WHY, by=cast.actor("chair"), at=NOON
    )
    found = rehearsals.rehearsal(motion)
    assert {turn.row.id: turn.fate for turn in found.turns} == {one.id: "carried", two.id: "moot", late.id: "falls"}
    assert len(found.pairs) == 1 and found.pairs[0][1]
    lost = rehearsals.rehearsal(motion, {one.id: False})
    assert {turn.row.id: turn.fate for turn in lost.turns} == {one.id: "lost", two.id: "carried", late.id: "carried"}
    assert not lost.pairs[0][1]
    turned = rehearsals.rehearsal(motion, order=[two.id, one.id, late.id])
    assert [turn.fate for turn in turned.turns] == ["carried", "moot", "carried"]
    assert any(not other.same_text for other in turned.others)


def test_an_order_is_kept_with_its_explanation_and_obeys_consequences(cast: Cast) -> None:
    scene = stage(cast, order_of_votes="by clause")
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    two = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    late = scene.amended(motion, ("10pm", "11pm"))
    consequences.confirm(
        scene.consultation, "falls if carried", key_of(one), key_of(late), WHY, by=cast.actor("chair"), at=NOON
    )
    scene.frozen(motion)
    made = order_of_votes.latest(motion.id)
    assert made is not None and made.amendments == [one.id, late.id, two.id]
    assert "by clause" in made.sentences[0] and any("Amendment 2 would stand" in said for said in made.sentences)
    chair = cast.actor("chair")
    with pytest.raises(Invalid, match="Amendment 3 follows from Amendment 1, so Amendment 1 is put first"):
        order_of_votes.set_order(motion, [late.id, one.id, two.id], by=chair, at=NOON)
    with pytest.raises(Invalid, match="why this order departs from it"):
        order_of_votes.set_order(motion, [two.id, one.id, late.id], by=chair, at=NOON)
    words = "The lower fare goes further, so it is put first."
    order_of_votes.set_order(motion, [two.id, one.id, late.id], words, by=chair, at=NOON)
    kept = order_of_votes.history(motion.id)
    assert [row.amendments for row in kept] == [[two.id, one.id, late.id], [one.id, late.id, two.id]]
    assert kept[0].reason == words and db.session.get_one(VoteOrder, kept[1].id).reason == ""
