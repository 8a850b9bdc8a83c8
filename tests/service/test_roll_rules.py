"""Composing a roll: networks, units without what is below them, attestations, classes, and what each condition does."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from consult.domain.eligibility import Class, RollRule
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.model.attestations import Attestation, Attested
from consult.model.store import db, writing
from consult.model.units import NetworkMembership
from consult.service import attestations, networks, roll_rules, roll_standing, rolls, suspensions
from tests.factories import NOON, PEOPLE, Cast, make_member, make_unit

EVERYBODY = len(PEOPLE) + 1


def ids(cast: Cast, rule: RollRule) -> set[int]:
    by = cast.actor("returning_officer")
    roll = rolls.freeze(None, secrets.token_hex(4), rule, token=secrets.token_hex, by=by, at=NOON)
    assert RollRule.from_json(roll.rule).to_json() == rule.to_json()
    return set(rolls.entry_ids(roll.id))


def told(cast: Cast, rule: RollRule, name: str) -> list[tuple[str, bool]]:
    by = cast.actor("returning_officer")
    roll = rolls.freeze(None, secrets.token_hex(4), rule, token=secrets.token_hex, by=by, at=NOON)
    return [(c.sentence, c.holds) for c in roll_standing.standing(roll, cast.who[name].id).conditions][1:]


def test_a_unit_stands_for_what_is_below_it_unless_the_rule_says_itself_alone(cast: Cast) -> None:
    north = cast.units["Northmoor"]
    with writing():
        at_the_region = make_member(north, "Rea Region")
    below = RollRule(unit_paths=(north.path,))
    alone = RollRule(unit_paths=(north.path,), home_only=True)
    assert at_the_region.id in ids(cast, below) and cast.who["member"].id in ids(cast, below)
    assert ids(cast, alone) == {at_the_region.id}
    assert "whose home branch is in Northmoor itself" in roll_standing.rule_in_words(alone)
    assert told(cast, alone, "member") == [("Your home branch was not in Northmoor.", False)]


def test_a_network_lets_in_whoever_is_in_it(cast: Cast) -> None:
    with writing() as session:
        health, housing = make_unit("Health", "network"), make_unit("Housing", "network")
        session.add(NetworkMembership(unit_id=health.id, member_id=cast.who["member"].id, joined_at=NOON))
        session.add(NetworkMembership(unit_id=housing.id, member_id=cast.who["mover"].id, joined_at=NOON))
        session.add(NetworkMembership(unit_id=housing.id, member_id=cast.who["supporter"].id, joined_at=NOON))
    rule = RollRule(networks=(health.id, housing.id))
    assert ids(cast, rule) == {cast.who["member"].id, cast.who["mover"].id}
    assert told(cast, rule, "member") == [("You must be in Health or Housing, as you were.", True)]
    assert told(cast, rule, "chair") == [("You must be in Health or Housing, which you were not.", False)]
    assert [unit.name for unit in networks.listed()] == ["Health", "Housing"]


def declared(cast: Cast) -> Attestation:
    return attestations.declare(
        None, "No other party", "I confirm that I am not a member of another party.", by=cast.actor("roll_officer"),
        at=NOON - timedelta(days=9),
    )  # fmt: skip


def test_an_attestation_counts_while_it_stands(cast: Cast) -> None:
    text = declared(cast)
    for name in ("member", "mover"):
        attestations.confirm(text, by=cast.actor(name), at=NOON - timedelta(days=2))
        attestations.confirm(text, by=cast.actor(name), at=NOON - timedelta(days=1))
    attestations.take_back(text, by=cast.actor("mover"), at=NOON - timedelta(hours=1))
    rule = RollRule(attestations=(text.id,))
    assert ids(cast, rule) == {cast.who["member"].id}
    assert told(cast, rule, "member") == [("You must have confirmed “No other party”, and you did.", True)]
    assert told(cast, rule, "mover")[0][1] is False
    assert roll_standing.rule_in_words(rule) == "Everybody recorded as member, who has confirmed “No other party”."
    with pytest.raises(OutOfOrder, match="nothing to take back"):
        attestations.take_back(text, by=cast.actor("mover"), at=NOON)
    mine = attestations.of_member(cast.who["member"].id)
    assert [(each.attestation.title, each.standing is not None) for each in mine] == [("No other party", True)]
    assert [(row.title, people) for row, people in attestations.figures()] == [("No other party", 1)]


def test_a_declared_text_is_the_roll_officers_and_is_never_changed(cast: Cast) -> None:
    text = declared(cast)
    with pytest.raises(NotAllowed, match="roll officer"):
        attestations.declare(None, "Mine", "I confirm that I may.", by=cast.actor("member"), at=NOON)
    with pytest.raises(Invalid, match="begins with “I confirm”"):
        attestations.declare(None, "Short", "I", by=cast.actor("roll_officer"), at=NOON)
    for statement in (update(Attestation).values(words="Another."), update(Attested).values(made_at=NOON)):
        attestations.confirm(text, by=cast.actor("member"), at=NOON)
        with pytest.raises(IntegrityError), writing() as session:
            session.execute(statement.execution_options(synchronize_session=False))
    attestations.retire(text, "resolved", by=cast.actor("roll_officer"), at=NOON)
    with pytest.raises(OutOfOrder, match="not asked for any more"):
        attestations.confirm(text, by=cast.actor("mover"), at=NOON)
    assert attestations.standing() == []


def test_classes_are_left_out_whole(cast: Cast) -> None:
    by = cast.actor("roll_officer")
    suspensions.suspend(cast.who["member"], None, "Suspended by the congress.", by=by, at=NOON - timedelta(days=3))
    ends = NOON - timedelta(days=1)
    suspensions.suspend(cast.who["mover"], ends, "Suspended for two days.", by=by, at=NOON - timedelta(days=3))
    rule = RollRule(without=(Class.SUSPENDED, Class.CONDUCTING))
    out = {cast.who[name].id for name in ("member", "returning_officer", "scrutineer")}
    on = ids(cast, rule)
    assert on.isdisjoint(out) and len(on) == EVERYBODY - 3
    assert told(cast, rule, "member")[1] == (
        "Whoever is suspended is left out, and your membership was suspended.", False,
    )  # fmt: skip
    assert told(cast, rule, "mover")[1][1] is True
    assert told(cast, rule, "scrutineer")[0] == (
        "Returning officers and scrutineers are left out, and you were one in office.", False,
    )  # fmt: skip
    suspensions.lift(cast.who["member"], "The appeal was allowed.", by=by, at=NOON - timedelta(hours=1))
    assert cast.who["member"].id in ids(cast, rule)


def test_a_suspension_has_a_reason_and_one_end(cast: Cast) -> None:
    by, who = cast.actor("roll_officer"), cast.who["member"]
    for until, reason in ((None, "no"), (NOON - timedelta(days=1), "Suspended by the congress.")):
        with pytest.raises(Invalid):
            suspensions.suspend(who, until, reason, by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="is not suspended"):
        suspensions.lift(who, "The appeal was allowed.", by=by, at=NOON)
    suspensions.suspend(who, None, "Suspended by the congress.", by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="already"):
        suspensions.suspend(who, None, "Suspended by the congress.", by=by, at=NOON)
    with pytest.raises(NotAllowed):
        suspensions.suspend(cast.who["roll_officer"], None, "Suspended by the congress.", by=by, at=NOON)


def test_the_effect_of_each_condition_alone_and_among_the_others(cast: Cast) -> None:
    """19 living entries, one of them a supporter in Birch; Alder holds all but four."""
    cut = NOON - timedelta(days=30)
    with writing():
        make_member(cast.units["Cedar"], joined_at=NOON - timedelta(days=1))
    rule = RollRule(joined_by=cut, unit_paths=(cast.units["Northmoor"].path,))
    found = roll_rules.preview(rule, at=NOON)
    total = len(PEOPLE) + 3
    effects = {each.name: (each.lets_in, each.keeps_out, each.first, each.only) for each in found.effects}
    assert effects == {
        "status": (total - 1, 1, 1, 1),
        "joined by": (total - 1, 1, 1, 0),
        "unit": (total - 3, 3, 2, 2),
    }
    assert found.size == total - 4
    assert sum(each.first for each in found.effects) + found.size == total
    db.session.rollback()
