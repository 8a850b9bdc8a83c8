""" "Am I on it, and why not?": what the register said at the freezing decides, whatever it says by now."""

from __future__ import annotations

import secrets
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from consult.domain.eligibility import RollRule
from consult.domain.roles import Status
from consult.model.imports import ImportChange
from consult.model.members import Member
from consult.model.rolls import Roll
from consult.model.store import db, writing
from consult.model.units import NetworkMembership
from consult.service import (
    challenges,
    members,
    membership_days,
    merging,
    reorganising,
    roll_standing,
    roll_then,
    rolls,
    units,
)
from consult.service.membership_days import Days
from tests.desk import Desk
from tests.factories import NOON, Cast, make_member, make_unit
from tests.service.test_imports import counted_statements

LATER = NOON + timedelta(days=3)
LONDON = ZoneInfo("Europe/London")


def freeze(cast: Cast, rule: RollRule) -> Roll:
    by = cast.actor("returning_officer")
    return rolls.freeze(None, secrets.token_hex(4), rule, token=secrets.token_hex, by=by, at=NOON)


def told(roll: Roll, member: Member) -> roll_standing.Standing:
    return roll_standing.standing(roll, member.id)


def sentences(conditions: list[roll_standing.Condition]) -> list[tuple[bool, str]]:
    return [(each.holds, each.sentence) for each in conditions]


def test_who_came_afterwards_was_not_in_the_register(cast: Cast) -> None:
    with writing():
        new = make_member(cast.units["Alder"], created_at=LATER)
    roll = freeze(cast, RollRule(statuses=(Status.SUPPORTER,), unit_paths=(cast.units["Northmoor"].path,)))
    found = told(roll, new)
    assert (found.on_roll, found.then, found.today) == (False, [], [])
    assert found.against == [
        "You were not in the register when this roll was frozen (2 March 2026, 12:00 UTC). "
        "Your entry was made on 5 March 2026, 12:00 UTC."
    ]


def test_the_status_of_then_decides_and_that_of_today_is_marked(cast: Cast) -> None:
    roll, by = freeze(cast, RollRule()), cast.actor("roll_officer")
    supporter, member = cast.who["supporter"], cast.who["member"]
    for status, was in ((Status.MEMBER, "supporter"), (Status.FORMER, "member")):
        members.change_status(supporter, status, "By letter.", was=was, by=by, at=LATER)
    members.change_status(member, Status.LAPSED, "Did not pay.", was="member", by=by, at=LATER)
    found = told(roll, supporter)
    assert sentences(found.then) == [
        (False, "The roll is for those recorded as member, and you were recorded as supporter.")
    ]
    assert found.today == [] and "former" not in " ".join(found.against)
    stays = told(roll, member)
    assert stays.on_roll and sentences(stays.then) == [(True, "The roll is for those recorded as member, as you were.")]
    assert sentences(stays.today) == [
        (False, "The roll is for those recorded as member, and you are recorded as lapsed.")
    ]


def test_a_status_of_before_the_freezing_is_the_one_of_then(cast: Cast) -> None:
    who, by = cast.who["member"], cast.actor("roll_officer")
    members.change_status(who, Status.LAPSED, "Did not pay.", was="member", by=by, at=NOON - timedelta(hours=1))
    roll = freeze(cast, RollRule())
    members.change_status(who, Status.MEMBER, "Has paid.", was="lapsed", by=by, at=LATER)
    found = told(roll, who)
    assert found.against == ["The roll is for those recorded as member, and you were recorded as lapsed."]
    assert sentences(found.today) == [(True, "The roll is for those recorded as member, as you are.")]


def test_the_branch_of_then_decides_also_when_it_is_called_otherwise_by_now(cast: Cast) -> None:
    north, alder, cedar = (cast.units[name] for name in ("Northmoor", "Alder", "Cedar"))
    by = cast.actor("roll_officer")
    with writing():
        who = make_member(cedar)
    roll = freeze(cast, RollRule(unit_paths=(north.path,)))
    members.move(who, alder, "Moved house.", was=cedar.id, by=by, at=LATER)
    units.rename(cedar, "Cedar Vale", "A new name.", was="Cedar", by=by, at=LATER + timedelta(hours=1))
    found = told(roll, who)
    assert (False, "Your home branch was not in Northmoor.") in sentences(found.then)
    assert sentences(found.today) == [(True, "Your home branch is in Northmoor.")]


def test_the_days_of_then_decide(cast: Cast) -> None:
    by, who = cast.actor("roll_officer"), cast.who["member"]
    with writing():
        who.joined_at, who.paid_until = NOON - timedelta(days=5), None
        make_member(cast.units["Alder"], paid_until=LATER)
    rule = RollRule(joined_by=NOON - timedelta(days=30), paid_at=NOON - timedelta(days=1))
    roll = freeze(cast, rule)
    was = membership_days.revision(who, LONDON)
    new = Days((NOON - timedelta(days=90)).date(), (NOON + timedelta(days=90)).date())
    membership_days.correct(who, new, LONDON, "The form was found.", was=was, by=by, at=LATER)
    found = told(roll, who)
    assert [(each.name, each.holds) for each in found.then] == [
        ("status", True),
        ("joined by", False),
        ("paid up", False),
    ]
    assert "you joined on 25 February 2026, which is too late for this roll." in found.then[1].sentence
    assert found.then[2].sentence.endswith("and the register did not say that it was.")
    assert [each.holds for each in found.today] == [True, True]


def test_what_an_import_changed_since_is_taken_back(cast: Cast) -> None:
    who, birch = cast.who["member"], cast.units["Birch"]
    rule = RollRule(unit_paths=(cast.units["Alder"].path,), paid_at=NOON - timedelta(days=1))
    with writing() as session:
        who.paid_until = NOON - timedelta(days=9)
        who.unit_id = cast.units["Alder"].id
        make_member(cast.units["Alder"], paid_until=LATER)
    roll = freeze(cast, rule)
    with writing() as session:
        session.add(
            ImportChange(
                member_id=who.id, at=LATER, changed_by="member:1", missing=False, what="name, branch, paid until",
                old_unit_id=who.unit_id, new_unit_id=birch.id, old_paid_until=who.paid_until, new_paid_until=LATER,
            )
        )  # fmt: skip
        who.unit_id, who.paid_until = birch.id, LATER
    found = told(roll, who)
    assert [(each.name, each.holds) for each in found.then] == [("status", True), ("paid up", False), ("unit", True)]
    assert sorted(sentences(found.today))[0] == (False, "Your home branch is not in Alder.")


def test_merging_gives_the_one_of_then_back(cast: Cast) -> None:
    by = cast.actor("roll_officer")
    with writing():
        late = make_member(cast.units["Alder"], "Ann Twice", joined_at=NOON - timedelta(days=1))
        early = make_member(cast.units["Alder"], "Ann Twice", joined_at=NOON - timedelta(days=300))
    roll = freeze(cast, RollRule(joined_by=NOON - timedelta(days=10)))
    merging.merge(late, early, "One person.", by=by, at=LATER)
    found = told(roll, late)
    assert found.against[0].endswith("you joined on 1 March 2026, which is too late for this roll.")
    assert [each.holds for each in found.today] == [True]
    (row,) = merging.of(late)
    merging.part(row, "Two people.", by=by, at=LATER + timedelta(days=1))
    assert told(roll, late).today == [] and told(roll, early).on_roll
    merged = freeze(cast, RollRule())
    assert told(merged, late).on_roll


def test_whoever_left_a_network_is_told_so_only_where_that_can_be_known(cast: Cast) -> None:
    who = cast.who["member"]
    with writing() as session:
        health = make_unit("Health", "network")
        session.add(NetworkMembership(unit_id=health.id, member_id=who.id, joined_at=NOON - timedelta(days=1)))
    roll = freeze(cast, RollRule(networks=(health.id,)))
    with writing() as session:
        session.delete(session.get(NetworkMembership, (health.id, who.id)))
        session.add(NetworkMembership(unit_id=health.id, member_id=cast.who["mover"].id, joined_at=LATER))
    left, came = told(roll, who), told(roll, cast.who["mover"])
    assert left.on_roll and (True, "You must be in Health, as you were.") in sentences(left.then)
    assert sentences(left.today) == [(False, "You must be in Health, which you are not.")]
    assert not came.on_roll and came.against == ["You must be in Health, which you were not."]
    assert sentences(came.today) == [(True, "You must be in Health, as you are.")]
    supporter = told(roll, cast.who["supporter"])  # who may have been in it then, and was no member
    assert supporter.against == ["The roll is for those recorded as member, and you were recorded as supporter."]


def test_what_left_no_trace_is_not_made_up(cast: Cast) -> None:
    roll = freeze(cast, RollRule())
    with writing():
        cast.who["supporter"].status = Status.MEMBER.value
    found = told(roll, cast.who["supporter"])
    assert found.against == [
        "When the roll was frozen, you did not meet every condition. "
        "Your entry in the register has changed since; what it said then decided."
    ]
    assert sentences(found.today) == [(True, "The roll is for those recorded as member, as you are.")]


def test_left_out_by_name_is_what_is_told_whatever_changed(cast: Cast) -> None:
    who, by = cast.who["mover"], cast.actor("roll_officer")
    roll = freeze(cast, RollRule(excluded={who.id: "Asked not to be on it."}))
    members.change_status(who, Status.FORMER, "Left us.", was="member", by=by, at=LATER)
    found = told(roll, who)
    assert found.against == ["You were left out by a decision: Asked not to be on it."]
    assert [each.sentence for each in found.today] == [
        "The roll is for those recorded as member, and you are recorded as former."
    ]


def test_units_that_moved_since_leave_it_open_and_the_outcome_settles_it(cast: Cast) -> None:
    north, cedar, by = cast.units["Northmoor"], cast.units["Cedar"], cast.actor("roll_officer")
    with writing():
        who = make_member(cedar)
    roll = freeze(cast, RollRule(unit_paths=(north.path,)))
    reorganising.move(cedar, north, "A new border.", by=by, at=LATER)
    found = told(roll, who)
    assert found.against == ["Your home branch was not in Northmoor."]
    assert sentences(found.today) == [(True, "Your home branch is in Northmoor.")]


def test_whoever_judges_a_challenged_ballot_reads_what_decided(cast: Cast) -> None:
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    who, by = cast.who["supporter"], cast.actor("roll_officer")
    for status, was in ((Status.LAPSED, "supporter"), (Status.FORMER, "lapsed")):
        members.change_status(who, status, "By letter.", was=was, by=by, at=desk.during - timedelta(hours=1))
    told_then = challenges._standing(desk.ballot, who.id)
    assert "you were recorded as supporter" in told_then and "former" not in told_then


def test_as_many_statements_for_many_as_for_one(cast: Cast) -> None:
    rule = RollRule(joined_by=NOON, unit_paths=(cast.units["Northmoor"].path,), paid_at=NOON - timedelta(days=1))
    with writing():
        make_member(cast.units["Alder"], paid_until=LATER)
    roll, by = freeze(cast, rule), cast.actor("roll_officer")
    everybody = [member.id for member in cast.who.values()]
    for name in ("member", "mover"):
        members.change_status(cast.who[name], Status.LAPSED, "Did not pay.", was="member", by=by, at=LATER)

    def statements(ids: list[int]) -> int:
        db.session.expire_all()
        roll_of = rolls.get(roll.id)
        with counted_statements() as seen:
            assert len(roll_standing.standings(roll_of, ids)) == len(ids)
        return len(seen)

    assert statements(everybody) == statements([cast.who["member"].id])


@pytest.mark.parametrize("path", ["9/", "1/4/9/"])
def test_a_rule_names_a_unit_wherever_it_stands_by_now(path: str) -> None:
    assert roll_then.number_of(path) == 9
