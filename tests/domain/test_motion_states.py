"""The named groups of a motion's states are of its lifecycle, and hold what their names say."""

from __future__ import annotations

import pytest

from consult.domain import motion_states
from consult.domain.lifecycle import MOTION

STATES = {step.target for step in MOTION.steps} | {source for step in MOTION.steps for source in step.sources}
LEFT = {source for step in MOTION.steps for source in step.sources}


@pytest.mark.parametrize("name", ["VOTED", "DISPOSED", "OVER", "STANDING", "PUBLIC"])
def test_a_group_names_states_of_the_lifecycle_once_each(name: str) -> None:
    group = getattr(motion_states, name)
    assert set(group) <= STATES and len(set(group)) == len(group)


def test_what_no_step_leads_out_of_is_over() -> None:
    assert set(motion_states.OVER) - LEFT == STATES - LEFT


def test_a_motion_stands_until_it_is_over() -> None:
    assert not set(motion_states.STANDING) & set(motion_states.OVER)
    assert set(motion_states.PUBLIC) & set(motion_states.OVER) == {*motion_states.DISPOSED, "withdrawn by leave"}
