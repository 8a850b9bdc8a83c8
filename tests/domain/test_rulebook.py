"""Rulebooks: read back as they were kept, also those kept before there were more rules; every preset can be used."""

from __future__ import annotations

import pytest

from consult.counting.methods import METHODS
from consult.domain.errors import Invalid
from consult.domain.presets import BY_KEY, PRESETS, Preset
from consult.domain.rulebook import CONFERENCE, HALL, MOVERS, ORDERS, SELECTIONS, Lateness, Rulebook


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_every_preset_is_kept_and_read_back_and_names_only_what_there_is(preset: Preset) -> None:
    rules = preset.rules
    assert Rulebook.from_json(rules.to_json()) == rules and Rulebook.from_json(rules.to_json()).hash == rules.hash
    assert set(rules.movers) | set(rules.amenders) <= set(MOVERS) and set(rules.hall) <= set(HALL)
    assert rules.selection in SELECTIONS and rules.order_of_votes in ORDERS and rules.standing_orders
    for ballot in rules.presets:
        method = METHODS[ballot.method]
        assert set(ballot.settings) <= set(method.settings)
        for name, value in ballot.settings.items():
            assert method.settings[name].wrong(value) == ""


def test_the_presets_say_what_they_are_known_for() -> None:
    rules = {key: preset.rules for key, preset in BY_KEY.items()}
    assert (rules["labour-clp"].motion_words, rules["labour-clp"].motions_per_branch) == (250, 1)
    assert (rules["ucu"].amendment_words, rules["ucu"].amend_amendments) == (75, False)
    assert rules["nus"].branch_words == 1400
    assert rules["liberal-democrat"].selection == "committee" and rules["green"].selection == "ballot"
    primary = rules["policy-primary"]
    assert (primary.shortlist, primary.places, primary.presets[0].method) == (33, 8, "policy-primary")
    assert "member" not in primary.movers and "member" in rules["branch"].movers


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_the_standing_orders_of_a_preset_do_not_contradict_its_rules(preset: Preset) -> None:
    said = {order.number: order.text for order in preset.rules.standing_orders}
    spans = {0: "", 6: "six months", 12: "twelve months", 24: "two years", 36: "three years"}
    assert spans[preset.rules.bar_months] in said["SO 5"] and ("decided in the last" in said["SO 5"]) == bool(
        preset.rules.bar_months
    )
    assert ("by a member" in said["SO 3"]) == ("member" in preset.rules.movers)
    assert ("seconders" in said["SO 4"]) == bool(preset.rules.seconders)


def test_rules_kept_before_there_were_more_of_them_are_read_with_nothing_added() -> None:
    new = {
        "branch_words", "seconding_branches", "movers", "amenders", "meeting_quorum", "minute_needed", "late", "emergency",
        "amendments_need_meeting", "amend_amendments", "selection", "shortlist", "places", "bar_months", "hall", "zone",
        "appeal_days", "majorities", "special_meeting", "recall", "least_signatures", "least_complaint_hours",
    }  # fmt: skip
    old = {name: value for name, value in CONFERENCE.to_json().items() if name not in new}
    rules = Rulebook.from_json(old)
    assert (rules.branch_words, rules.bar_months, rules.late, rules.minute_needed) == (0, 0, None, False)
    assert (
        str(rules.majority("suspend standing orders")) == "at least 2/3 of the votes" and rules.majority("remit").simple
    )
    assert (rules.least_signatures, rules.least_complaint_hours) == (2, 24)
    assert (rules.terms("meeting").share, rules.terms("recall").days_to_hold) == ("1/20", 28)
    assert Rulebook.from_json(old | {"majorities": {"remit": "3/4"}}).majority("closure").simple
    with pytest.raises(Invalid):
        Rulebook.from_json(old | {"a rule of tomorrow": 1})


def test_a_late_motion_has_its_own_limit_or_that_of_any() -> None:
    assert BY_KEY["conference"].rules.words_of("emergency") == 300
    assert BY_KEY["conference"].rules.words_of("late") == 900
    assert CONFERENCE.lateness("late") is None and Lateness().leave == "2/3"


def test_in_every_preset_a_ruling_can_be_appealed_for_some_days() -> None:
    assert {
        key: preset.rules.appeal_days for key, preset in BY_KEY.items() if not 3 <= preset.rules.appeal_days <= 14
    } == {}
    assert BY_KEY["branch"].rules.appeal_days < BY_KEY["ucu"].rules.appeal_days
