"""What papers say of motions, what changed between two, and the times of a sitting."""

from __future__ import annotations

import doctest
from datetime import timedelta

import pytest

from consult.domain import agenda
from consult.domain.lifecycle import AMENDMENT, MOTION
from tests.factories import NOON


def paper(*motions: dict[str, object]) -> dict[str, object]:
    return {"motions": [{"amendments": [], "hash": "a", **entry} for entry in motions]}


def test_examples() -> None:
    assert doctest.testmod(agenda).failed == 0


@pytest.mark.parametrize("state", [*MOTION.states, *AMENDMENT.states])
def test_every_state_has_a_sentence(state: str) -> None:
    word = agenda.MOTION_WORDS.get(state, agenda.AMENDMENT_WORDS.get(state, state))
    assert agenda.verdict({"status": word}).endswith(".")


def test_what_is_new_gone_changed_and_reworded() -> None:
    one = {"id": 1, "label": "Motion 1", "status": "stands"}
    old = paper(one, {"id": 2, "label": "Motion 2", "status": "stands"})
    amended = {"id": 9, "label": "Amendment 1", "status": "accepted", "rubric": ["In Resolves 1 …"]}
    new = paper(one | {"hash": "b", "amendments": [amended]}, {"id": 3, "label": "Motion 3", "status": "stands"})
    assert agenda.changes(old, new) == [
        "The text of Motion 1 has changed; its line numbers are those printed here.",
        "Amendment 1 to Motion 1 is new: Accepted.",
        "Motion 3 is new: Stands.",
        "Motion 2 is no longer on this paper.",
    ]
    again = paper(one | {"hash": "b", "amendments": [amended | {"status": "withdrawn", "rubric": ["In line 2 …"]}]})
    assert agenda.changes(new, again)[:2] == [
        "Amendment 1 to Motion 1 was: Accepted. It is now: Withdrawn.",
        "Amendment 1 to Motion 1 is worded otherwise.",
    ]
    assert agenda.changes(new, new) == [] and agenda.changes(None, new) == []


def test_an_item_that_would_outlast_the_sitting_is_over() -> None:
    found = agenda.timings([60, 60, 1], NOON, NOON + timedelta(hours=2))
    assert [timed.over for timed in found] == [False, False, True]
    assert found[2].begins == NOON + timedelta(hours=2)
