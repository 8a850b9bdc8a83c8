"""Rulebooks: adopted with a reason, changed by a new version, put in force, and what applied to what."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.presets import BY_KEY
from consult.domain.requisitions import Terms
from consult.domain.rulebook import Rulebook
from consult.model.store import db, writing
from consult.service import consultations, rulebooks
from tests.factories import NOON, Cast
from tests.motions import stage

WHY = "Adopted by the annual meeting of 28 February."


def test_a_preset_is_adopted_and_changed_by_a_new_version(cast: Cast) -> None:
    rules = BY_KEY["ucu"].rules
    by = cast.actor("committee_1")
    first = rulebooks.adopt(cast.units["Testland"], rules, WHY, preset="ucu", by=by, at=NOON)
    shorter = rulebooks.changed(rules, {"motion_words": 120, "movers": ["branch", "member"]})
    second = rulebooks.adopt(cast.units["Testland"], shorter, WHY, by=by, at=NOON)
    assert (first.rulebook.version, second.rulebook.version) == (1, 2)
    assert rulebooks.rules_in(first.rulebook).motion_words == 150
    changes = rulebooks.differences(rules, shorter)
    assert changes == [("motion_words", 150, 120), ("movers", ("branch", "network"), ("branch", "member"))]
    with pytest.raises(OutOfOrder, match="already"):
        rulebooks.adopt(cast.units["Testland"], shorter, WHY, by=by, at=NOON)
    for name in ("member", "returning_officer"):
        with pytest.raises(NotAllowed):
            rulebooks.adopt(cast.units["Alder"], rules, WHY, by=cast.actor(name), at=NOON)


def test_no_version_is_ever_changed(cast: Cast) -> None:
    adoption = rulebooks.adopt(cast.units["Testland"], BY_KEY["nus"].rules, WHY, by=cast.actor("committee_1"), at=NOON)
    for table, column in (("rulebook_adoption", "reason"), ("rulebook", "hash")):
        with pytest.raises(Exception, match="never changed"), writing() as session:
            session.execute(text(f"UPDATE {table} SET {column} = 'x'"))
    db.session.rollback()
    assert db.session.merge(adoption).reason == WHY


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"motion_words": 3}, "motion_words"),
        ({"motion_words": None}, "motion_words"),
        ({"name": "x"}, "name"),
        ({"movers": []}, "movers"),
        ({"selection": "by lot"}, "selection"),
        ({"selection": "primary", "places": 8, "shortlist": 3}, "places"),
        ({"standing_orders": "no number here"}, "standing_orders"),
        ({"standing_orders": "SO 1: One subject.\nSO 1: Another."}, "standing_orders"),
        ({"standing_orders": ""}, "standing_orders"),
        ({"majority": "1/3"}, "majority"),
        ({"majority": "half"}, "majority"),
        ({"majority": "1/2", "quorum": "2"}, "quorum"),
        ({"late": True, "late_words": 99_999}, "late_words"),
        ({"emergency": True, "emergency_leave": "3/4"}, "emergency_leave"),
        ({"zone": "Moon/Crater"}, "zone"),
        ({"late": True, "late_refused": "burnt"}, "late_refused"),
        ({"majorities": "closure 2/3"}, "majorities"),
        ({"majorities": "a song: 2/3"}, "majorities"),
        ({"majorities": "closure: 1/3"}, "majorities"),
        ({"majorities": "closure: 4/3"}, "majorities"),
        ({"recall_share": "none"}, "recall_share"),
        ({"recall_share": "0"}, "recall_share"),
        ({"recall_share": "1/5", "recall_days_to_sign": 0}, "recall_days_to_sign"),
        ({"special_meeting_share": "1/5", "special_meeting_days_to_hold": 366}, "special_meeting_days_to_hold"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(values: dict[str, object], field: str) -> None:
    rules = BY_KEY["conference"].rules
    with pytest.raises(Invalid) as refusal:
        rulebooks.changed(rules, values)
    assert field in refusal.value.fields


def test_majority_and_quorum_go_into_the_ordinary_ballot() -> None:
    rules = rulebooks.changed(BY_KEY["conference"].rules, {"majority": "2/3", "quorum": "1/10"})
    assert dict(rules.preset("motion").settings) == {
        "threshold": "2/3", "comparison": ">=", "base": "for-against", "quorum": "1/10",
    }  # fmt: skip
    assert "quorum" not in rulebooks.changed(rules, {"majority": "1/2", "quorum": ""}).preset("motion").settings


def test_a_version_is_put_in_force_until_the_order_paper_is_made_up(cast: Cast) -> None:
    scene = stage(cast)
    by = cast.actor("committee_1")
    before = scene.consultation.rulebook
    row = rulebooks.adopt(cast.units["Testland"], BY_KEY["ucu"].rules, WHY, by=by, at=NOON).rulebook
    with pytest.raises(Invalid):
        rulebooks.put_in_force(scene.consultation, row, "", by=by, at=NOON)
    rulebooks.put_in_force(scene.consultation, row, WHY, by=by, at=NOON)
    assert consultations.rules_of(consultations.get(scene.consultation.id)).motion_words == 150
    assert [found.id for found, _ in rulebooks.applied_to(row)] == [scene.consultation.id]
    rulebooks.put_in_force(scene.consultation, before, WHY, by=by, at=NOON)
    scene.frozen(scene.published())
    with pytest.raises(OutOfOrder, match="order paper"):
        rulebooks.put_in_force(scene.consultation, row, WHY, by=by, at=NOON)


def test_majorities_and_what_members_can_demand_are_rules_like_the_rest(cast: Cast) -> None:
    given = {
        "majorities": "Closure: 3/5\nrecall: 2/3", "recall_share": "2/20", "recall_days_to_sign": 14,
        "recall_days_to_hold": 21,
    }  # fmt: skip
    rules = rulebooks.changed(BY_KEY["branch"].rules, given)
    assert str(rules.majority("closure")) == "at least 3/5 of the votes"
    assert rules.majority("challenge to the chair").simple and rules.recall == Terms("1/10", 14, 21)
    assert Rulebook.from_json(rules.to_json()) == rules
    names = [name for name, _was, _now in rulebooks.differences(BY_KEY["branch"].rules, rules)]
    assert names == ["majorities", "recall"]
    assert rulebooks.adopted_by(db.session(), cast.units["Alder"]) is None
    rulebooks.adopt(cast.units["Testland"], rules, WHY, by=cast.actor("committee_1"), at=NOON)
    found = rulebooks.adopted_by(db.session(), cast.units["Alder"])
    assert found is not None and found.recall == Terms("1/10", 14, 21)
