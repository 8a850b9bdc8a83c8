"""Electoral rolls: what a rule lets in, that a frozen roll stays as it is, and why somebody is on it or not."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from consult.domain.eligibility import RollRule
from consult.domain.errors import Invalid, NotAllowed, NotFound, Stale
from consult.domain.roles import Status
from consult.model.audit import AuditEvent
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db, writing
from consult.service import members, roll_rules, roll_standing, rolls
from consult.service.roll_rules import Preview
from tests.desk import Desk
from tests.factories import NOON, PEOPLE, Cast, make_member

SALT = "00" * 16


def freeze(cast: Cast, rule: RollRule, title: str = "Members in March", **more: object) -> Roll:
    by = cast.actor("returning_officer")
    return rolls.freeze(None, title, rule, token=lambda length: "00" * length, by=by, at=NOON, **more)  # type: ignore[no-any-return]


def when(at: datetime) -> str:
    return f"{at:%d %B}"


def test_everybody_counts_once_under_the_first_condition_that_keeps_them_out(cast: Cast) -> None:
    with writing():
        make_member(cast.units["Cedar"], joined_at=NOON - timedelta(days=1))
        make_member(cast.units["Alder"], joined_at=NOON - timedelta(days=1), status=Status.LAPSED.value)
    north = cast.units["Northmoor"].path
    rule = RollRule(
        joined_by=NOON - timedelta(days=30), unit_paths=(north,), excluded={cast.who["member"].id: "Suspended."}
    )
    found = roll_rules.preview(rule)
    # Supporter and lapsed; the late joiner, though in the south too; third delegate and stranger; and Mabel.
    assert found.kept_out == {"status": 2, "joined by": 1, "unit": 2, "excluded": 1}
    assert found.size == len(PEOPLE) + 2 + 2 - 6


def test_a_frozen_roll_holds_whom_the_rule_lets_in_and_hashes_them(cast: Cast) -> None:
    roll = freeze(cast, RollRule())
    ids = list(rolls.entry_ids(roll.id))
    assert ids == sorted(ids)
    assert cast.who["supporter"].id not in ids
    assert len(ids) == roll.size == len(PEOPLE) + 1
    by_hand = hashlib.sha256((SALT + "".join(f"\n{one}" for one in ids)).encode()).hexdigest()
    assert roll.hash == by_hand
    told = db.session.query(AuditEvent).filter_by(event="roll.frozen").one()
    assert told.subject == f"roll:{roll.id}"
    assert told.details == {"hash": roll.hash, "size": roll.size, "kept_out": {"status": 1}}


def test_the_join_by_instant_is_included_to_the_microsecond(cast: Cast) -> None:
    cut = NOON - timedelta(days=5)
    with writing():
        on_time = make_member(cast.units["Alder"], joined_at=cut)
        late = make_member(cast.units["Alder"], joined_at=cut + timedelta(microseconds=1))
    roll = freeze(cast, RollRule(joined_by=cut))
    assert rolls.is_on(roll.id, on_time.id)
    assert not rolls.is_on(roll.id, late.id)


def test_a_roll_cannot_be_changed_by_anybody(cast: Cast) -> None:
    roll = freeze(cast, RollRule())
    for statement in (update(Roll).values(size=1), delete(RollEntry), update(RollEntry).values(unit_id=1)):
        with pytest.raises(IntegrityError, match="frozen roll"), writing() as session:
            session.execute(statement.execution_options(synchronize_session=False))
    assert rolls.get(roll.id).size == len(PEOPLE) + 1


@pytest.mark.parametrize("name", ["member", "committee_1", "roll_officer", "scrutineer"])
def test_only_the_returning_officer_freezes(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed, match="returning officer"):
        rolls.freeze(None, "Mine", RollRule(), token=lambda n: "0", by=cast.actor(name), at=NOON)


def test_rolls_that_cannot_be_frozen(cast: Cast) -> None:
    with pytest.raises(Invalid, match="still to come"):
        freeze(cast, RollRule(joined_by=NOON + timedelta(seconds=1)))
    with pytest.raises(Invalid, match="lets nobody in"):
        freeze(cast, RollRule(statuses=(Status.FORMER,)))
    with pytest.raises(Invalid, match="a title"):
        freeze(cast, RollRule(), "  ")
    assert rolls.listed() == []
    with pytest.raises(NotFound):
        rolls.get(1)


def test_what_was_seen_is_what_is_frozen(cast: Cast) -> None:
    seen = roll_rules.preview(RollRule())
    with writing():
        make_member(cast.units["Alder"])
    with pytest.raises(Stale, match=f"would now have {seen.size + 1} people on it"):
        freeze(cast, RollRule(), seen=seen)
    assert rolls.listed() == []
    seen = roll_rules.preview(RollRule())
    roll = freeze(cast, RollRule(), seen=seen)
    assert (roll.size, roll.kept_out) == (seen.size, seen.kept_out)


def test_pressing_twice_freezes_once(cast: Cast) -> None:
    seen = roll_rules.preview(RollRule())
    freeze(cast, RollRule(), seen=seen)
    with pytest.raises(Invalid, match="a roll called “Members in March” already"):
        freeze(cast, RollRule(), seen=seen)
    assert len(rolls.listed()) == 1


def test_a_preview_that_was_not_shown_is_refused(cast: Cast) -> None:
    with pytest.raises(Stale):
        freeze(cast, RollRule(), seen=Preview(3, {}))


# -- am I on it, and why not? ------------------------------------------------------------------------------------------


def said(roll: Roll, member_id: int) -> list[tuple[str, bool]]:
    return [(c.name, c.holds) for c in roll_standing.standing(roll, member_id, when).conditions]


def test_each_person_is_told_the_exact_condition(cast: Cast) -> None:
    cut = NOON - timedelta(days=30)
    with writing():
        late = make_member(cast.units["Alder"], joined_at=NOON - timedelta(days=1))
    rule = RollRule(
        joined_by=cut, unit_paths=(cast.units["Northmoor"].path,), excluded={cast.who["mover"].id: "Suspended."}
    )
    roll = freeze(cast, rule)
    fine = roll_standing.standing(roll, cast.who["member"].id, when)
    assert fine.on_roll
    assert said(roll, cast.who["supporter"].id) == [("status", False), ("joined by", True), ("unit", True)]
    assert said(roll, late.id) == [("status", True), ("joined by", False), ("unit", True)]
    assert said(roll, cast.who["stranger"].id) == [("status", True), ("joined by", True), ("unit", False)]
    out = roll_standing.standing(roll, cast.who["mover"].id, when)
    assert not out.on_roll
    assert out.conditions[-1].sentence == "You were left out by a decision: Suspended."
    elsewhere = roll_standing.standing(roll, cast.who["stranger"].id, when).conditions[-1]
    assert elsewhere.sentence == "Your home branch was not in Northmoor."


def test_what_the_register_says_later_does_not_change_who_is_on_it(cast: Cast) -> None:
    roll = freeze(cast, RollRule())
    with writing():
        cast.who["member"].status = Status.LAPSED.value
        cast.who["supporter"].status = Status.MEMBER.value
    stays, outside = (roll_standing.standing(roll, cast.who[name].id, when) for name in ("member", "supporter"))
    assert (stays.on_roll, outside.on_roll) == (True, False)
    for standing in (stays, outside):
        assert "what it said then decided" in standing.conditions[0].sentence
    assert [(c.name, c.holds) for c in stays.conditions] == [("then", True), ("today", False)]
    assert "you met every condition" in stays.conditions[0].sentence
    assert [(c.name, c.holds) for c in outside.conditions] == [("then", False), ("today", True)]
    assert "you did not meet every condition" in outside.conditions[0].sentence


def test_a_newcomer_after_the_freeze_is_told(cast: Cast) -> None:
    roll = freeze(cast, RollRule())
    with writing():
        new = make_member(cast.units["Alder"])
    assert not roll_standing.standing(roll, new.id, when).on_roll


# -- writing the rule --------------------------------------------------------------------------------------------------


def test_exclusions_are_read_by_number_with_their_reasons(cast: Cast) -> None:
    one, two = cast.who["member"], cast.who["mover"]
    found = rolls.excluded_by_number(f"{one.number}, Suspended, until May\n\n {two.number}: Asked for it \n")
    assert found == {one.id: "Suspended, until May", two.id: "Asked for it"}
    assert rolls.excluded_by_number("") == {}


def test_exclusions_that_cannot_be_read_are_told_line_by_line(cast: Cast) -> None:
    number = cast.who["member"].number
    with pytest.raises(Invalid) as refusal:
        rolls.excluded_by_number(f"{number}\nNOBODY, gone\n{number}, twice")
    assert "Line 1: after the number write a comma and the reason" in str(refusal.value)
    assert "Line 3: " in str(refusal.value)
    assert "no member with the number “NOBODY”" in str(refusal.value)
    assert set(refusal.value.fields) == {"excluded"}
    with pytest.raises(Invalid, match="At most 1,000"):
        rolls.excluded_by_number("\n".join(f"X{n}, why" for n in range(1001)))


def test_the_rule_in_words_and_the_figures_of_branches(cast: Cast) -> None:
    rule = RollRule(joined_by=NOON, unit_paths=(cast.units["Southfen"].path,))
    roll = freeze(cast, rule)
    assert roll_standing.rule_in_words(rule, when) == (
        "Everybody recorded as member, who joined by 02 March, whose home branch is in Southfen."
    )
    assert rolls.by_branch(roll) == [("Cedar", "Cedar", 1), ("Elder", "Elder", 1)]
    assert rolls.used_by(roll) == []
    assert [unit.name for unit in rolls.homes()] == [
        "Testland", "Northmoor", "Alder", "Birch", "Southfen", "Cedar", "Elder",
    ]  # fmt: skip


# -- bad days ----------------------------------------------------------------------------------------------------------


def test_somebody_joins_between_the_notice_and_the_cut_off(cast: Cast) -> None:
    """The roll goes by the register at the cut-off, not by who was told: in time is on it, a moment later is not."""
    notice, cut_off = NOON - timedelta(days=14), NOON - timedelta(days=2)
    with writing():
        between = make_member(cast.units["Alder"], joined_at=notice + timedelta(days=5))
        late = make_member(cast.units["Alder"], joined_at=cut_off + timedelta(seconds=1))
    roll = freeze(cast, RollRule(joined_by=cut_off))
    assert roll_standing.standing(roll, between.id, when).on_roll
    refused = roll_standing.standing(roll, late.id, when)
    assert not refused.on_roll
    (reason,) = [condition.sentence for condition in refused.conditions if not condition.holds]
    assert reason.startswith(f"You must have joined by {when(cut_off)}; you joined on 28 February 2026")


def test_somebody_is_expelled_on_the_eve_of_the_poll(cast: Cast) -> None:
    """A roll that is frozen keeps them on it, and their vote is taken; a roll frozen afterwards does not let them on."""
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    expelled, by = cast.who["member"], cast.actor("roll_officer")
    members.change_status(
        expelled, Status.FORMER, "Expelled by the congress.", was="member", by=by, at=desk.during - timedelta(days=1)
    )
    assert desk.vote("member", 0).code
    told = roll_standing.standing(desk.roll, expelled.id, when)
    assert told.on_roll and told.conditions[0].sentence.endswith("as you were.")
    assert [each.sentence for each in told.today] == [
        "The roll is for those recorded as member, and you are recorded as former."
    ]
    chair = cast.actor("returning_officer")
    later = rolls.freeze(None, "Afterwards", RollRule(), token=lambda n: "00" * n, by=chair, at=desk.during)
    assert not rolls.is_on(later.id, expelled.id)
    assert "you were recorded as former" in roll_standing.standing(later, expelled.id, when).conditions[0].sentence


def test_the_hash_is_the_same_however_the_ids_are_cut(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = freeze(cast, RollRule(), "Whole")
    monkeypatch.setattr(rolls, "_BATCH", 3)
    assert freeze(cast, RollRule(), "In pieces").hash == whole.hash == rolls.roll_hash(SALT, rolls.entry_ids(whole.id))


def test_only_those_who_are_paid_up_where_the_rule_asks_it(cast: Cast) -> None:
    asked = NOON - timedelta(days=1)
    with writing():
        cast.who["member"].paid_until = asked + timedelta(microseconds=1)
        cast.who["mover"].paid_until = asked
    rule = RollRule(paid_at=asked)
    found = roll_rules.preview(rule)
    assert (found.size, found.kept_out) == (1, {"status": 1, "paid up": len(PEOPLE)})
    assert RollRule.from_json(rule.to_json()).paid_at == asked
    roll = freeze(cast, rule)
    assert list(rolls.entry_ids(roll.id)) == [cast.who["member"].id]
    assert (
        roll_standing.rule_in_words(rule, when)
        == "Everybody recorded as member, whose subscription is paid for 01 March."
    )
    told = {
        name: roll_standing.standing(roll, cast.who[name].id, when).conditions[-1].sentence
        for name in ("member", "mover")
    }
    assert told["member"] == "Your subscription must be paid for 01 March, and it was."
    with pytest.raises(Invalid, match="still to come"):
        freeze(cast, RollRule(paid_at=NOON + timedelta(days=1)))
