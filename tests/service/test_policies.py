"""Policies lapse when their time is over, once, by the timetable."""

from __future__ import annotations

import pytest

from consult.domain.errors import NotAllowed, OutOfOrder
from consult.domain.roles import SWEEP
from consult.model.store import db
from consult.service import policies, substantive
from tests.factories import NOON, Cast
from tests.motions import DAY, stage
from tests.service.test_substantive import outcomes, publish, put


def test_a_policy_lapses_after_its_years_and_stays_in_the_book(cast: Cast) -> None:
    scene = stage(cast, lapse_years=3)
    motion = scene.frozen(scene.published())
    ballot = put(motion)
    replays = substantive.decide(db.session(), ballot, outcomes(ballot, "carried"))
    publish(ballot, {r.motion_id: r.to_json() for r in replays}, by=cast.actor("committee_1"), at=NOON + 3 * DAY)
    policy = policies.of_motion(motion.id)
    assert policy is not None and policy.lapses_at is not None
    before, due = policy.lapses_at - DAY, policy.lapses_at
    assert policies.due_to_lapse(before) == []
    with pytest.raises(OutOfOrder, match="not over"):
        policies.lapse(policy, by=SWEEP, at=before)
    with pytest.raises(NotAllowed):
        policies.lapse(policy, by=cast.actor("mover"), at=due)
    assert [row.id for row in policies.due_to_lapse(due)] == [policy.id]
    policies.lapse(policy, by=SWEEP, at=due)
    assert policies.get(policy.id).state == "lapsed" and policies.due_to_lapse(due) == []
    with pytest.raises(OutOfOrder):
        policies.lapse(policy, by=SWEEP, at=due)
