"""The tables of legal steps: every state is reached, ends are ends, and a step has one target out of a state."""

from __future__ import annotations

import pytest

from consult.domain.errors import OutOfOrder
from consult.domain.lifecycle import AMENDMENT, LIFECYCLES, MOTION, POLICY, Lifecycle

#: Where each kind of thing begins.
BEGINS = {
    "composite": "drafting",
    "motion": "draft",
    "amendment": "draft",
    "policy": "in force",
    "model motion": "sent",
    "call for nominations": "announced",
    "nomination": "proposed",
    "ballot": "preparing",
    "submission": "draft",
    "statement": "awaiting screening",
    "consultation report": "draft",
    "event": "planned",
}

#: What motions and amendments can come to; nothing leads out of these.
MOTION_ENDS = {
    "ruled out for good", "carried as amended", "lost", "falls", "remitted", "referred back", "withdrawn",
    "withdrawn by leave",
}  # fmt: skip
AMENDMENT_ENDS = {
    "ruled out for good", "drafting change", "incorporated", "carried", "lost", "falls", "remitted", "withdrawn",
}  # fmt: skip


def ends(lifecycle: Lifecycle) -> set[str]:
    return {state for state in lifecycle.states if not lifecycle.from_state(state)}


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.noun)
def test_every_state_can_be_reached(lifecycle: Lifecycle) -> None:
    reached, frontier = {BEGINS[lifecycle.noun]}, [BEGINS[lifecycle.noun]]
    while frontier:
        for step in lifecycle.from_state(frontier.pop()):
            if step.target not in reached:
                reached.add(step.target)
                frontier.append(step.target)
    assert reached == set(lifecycle.states)


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.noun)
def test_a_step_has_one_target_out_of_a_state(lifecycle: Lifecycle) -> None:
    taken = [(step.name, source) for step in lifecycle.steps for source in step.sources]
    assert len(taken) == len(set(taken))


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.noun)
def test_every_step_can_be_refused_in_words(lifecycle: Lifecycle) -> None:
    assert {step.name for step in lifecycle.steps} == set(lifecycle.participles)


def test_ends_are_ends() -> None:
    assert ends(MOTION) == MOTION_ENDS
    assert ends(AMENDMENT) == AMENDMENT_ENDS
    assert ends(POLICY) == {"superseded", "lapsed"}


def test_only_setting_a_ballot_aside_leads_back_from_what_a_primary_adopted() -> None:
    assert [step.name for step in MOTION.from_state("carried")] == ["set aside"]
    assert [step.name for step in POLICY.from_state("rescinded")] == ["adopt again"]


def test_once_on_the_order_paper_a_motion_is_withdrawn_only_by_leave() -> None:
    with pytest.raises(OutOfOrder, match="on the order paper cannot be withdrawn"):
        MOTION.step("withdraw", "on the order paper")
    assert MOTION.step("withdraw by leave", "on the order paper").target == "withdrawn by leave"
    assert MOTION.step("withdraw", "prioritised").target == "withdrawn"


def test_what_was_not_put_can_be_taken_up_again() -> None:
    assert MOTION.step("leave unput", "put to the vote").target == "not put"
    assert MOTION.step("take up again", "not put").target == "on the order paper"
    with pytest.raises(OutOfOrder):
        MOTION.step("take up again", "remitted")


def test_a_composited_motion_comes_back_only_from_its_composite() -> None:
    assert {step.name for step in MOTION.from_state("composited")} == {"return from composite"}
    assert MOTION.step("return from composite", "composited").target == "published"
