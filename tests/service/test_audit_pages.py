"""The audit log as people search it: by whom, about what, in which unit, when and why; and what a role may see."""

from __future__ import annotations

import csv
import io
import json
import secrets
from datetime import timedelta

import pytest

from consult.domain.errors import NotAllowed
from consult.domain.roles import Role, Status
from consult.ledger import chain
from consult.model.store import writing
from consult.service import audit, audit_pages, data_cases, members, removals, roles, roll_changes, sessions, units
from consult.service.actors import actor_of
from consult.service.audit_pages import Wanted
from tests.desk import Desk
from tests.factories import NOON, Cast, by_two, give_role, make_member
from tests.service.test_imports import counted_statements

DAY = timedelta(days=1)


@pytest.fixture
def logged(cast: Cast) -> Cast:
    """A unit, a role, a correction and the end of sessions, a day apart."""
    by = cast.actor("committee_1")
    units.make_unit(cast.units["Northmoor"], "Rowan", "branch", "resolved", by=by, at=NOON)
    roles.give(cast.who["mover"], Role.MODERATOR, reason="elected in Rowan hall", by=by, at=NOON + DAY)
    members.change_status(
        cast.who["second"], Status.LAPSED, "did not pay", was="member", by=cast.actor("roll_officer"), at=NOON + 2 * DAY
    )
    sessions.end_others(cast.who["member"], "", by=cast.actor("member"), at=NOON + 3 * DAY)
    return cast


def found(cast: Cast, who: str, **wanted: object) -> list[int]:
    read = audit_pages.read(cast.actor(who), Wanted(**wanted), at=NOON + 4 * DAY)
    assert read.total == len(read.lines)
    return [line.sequence for line in read.lines]


def test_it_is_narrowed_by_everything_at_once_or_one_by_one(logged: Cast) -> None:
    assert found(logged, "scrutineer") == [4, 3, 2, 1]
    assert found(logged, "scrutineer", actor="Amina Grove") == [2, 1]
    assert found(logged, "scrutineer", actor="amina") == [2, 1]
    assert found(logged, "scrutineer", actor="the timetable") == []
    assert found(logged, "scrutineer", unit=logged.units["Northmoor"].id) == [1]
    assert found(logged, "scrutineer", unit=logged.units["Southfen"].id) == []
    assert found(logged, "scrutineer", since=NOON + DAY, until=NOON + 3 * DAY) == [3, 2]
    assert found(logged, "scrutineer", words="ROWAN hall") == [2]
    assert found(logged, "scrutineer", words="100%") == []
    assert found(logged, "scrutineer", event="role.given", actor="Amina Grove", words="elected", since=NOON) == [2]


def test_members_see_what_is_public_officers_theirs_and_scrutineers_everything(logged: Cast) -> None:
    second = f"member:{logged.who['second'].id}"
    by_whom = {"mover": [], "second": [], "roll_officer": [3], "scrutineer": [3], "chair": []}
    for who, seen in by_whom.items():
        assert found(logged, who, words="did not pay") == seen, who
        assert found(logged, who, subject=second) == seen, who
        assert found(logged, who, actor="Rolf Ames") == seen, who
    lines = {
        who: {line.sequence: line for line in audit_pages.read(logged.actor(who), at=NOON + 4 * DAY).lines}
        for who in by_whom
    }
    assert (lines["mover"][3].who, lines["mover"][3].subject, lines["mover"][3].reason) == ("a member", "", "")
    assert (lines["scrutineer"][3].who, lines["scrutineer"][3].reason) == ("Rolf Ames", "did not pay")
    assert lines["mover"][2].reason == "elected in Rowan hall"
    assert lines["chair"][4].who == "a member" and lines["scrutineer"][4].who == "Mabel Thorn"


def test_the_reasons_of_rolls_roles_and_breaches_are_found(logged: Cast) -> None:
    desk = Desk(logged)
    desk.ask()
    desk.schedule()
    with writing():
        late = make_member(logged.units["Alder"], "Late Comer", joined_at=NOON + timedelta(minutes=1))
        dpo = make_member(logged.units["Cedar"], "Daphne Rook", email="dpo@members.example")
        give_role(dpo, Role.DATA_PROTECTION)
    why, roll_officer, chair = (
        "The form lay in the wrong box.",
        logged.actor("roll_officer"),
        logged.actor("committee_1"),
    )
    roll_changes.add(
        desk.roll, [late.number], why, token=secrets.token_hex, by=roll_officer, at=desk.during + timedelta(hours=1)
    )
    officer = actor_of(dpo.id, second_factor=True)
    given = roles.give(logged.who["member"], Role.MODERATOR, reason="elected", by=chair, at=NOON)
    by_two(logged, given, "Conference minutes, item 9", at=NOON + DAY)
    case = data_cases.report_breach(None, "A list was left on a train.", 4, NOON, by=officer, at=NOON)
    data_cases.step(case, "not reported", "It came back unopened.", by=officer, at=NOON + DAY)
    data_cases.close(case, "met", "The list came back and nobody had read it.", by=officer, at=NOON + 2 * DAY)
    for words, event in (
        ("wrong box", "roll.added"), ("item 9", "role.ended"), ("unopened", "data.case_step"), ("had read it", "data.case_closed"),
    ):  # fmt: skip
        read = audit_pages.read(logged.actor("scrutineer"), Wanted(words=words), at=NOON + 4 * DAY)
        assert event in {line.event for line in read.lines}, words
        assert all(words in line.reason for line in read.lines if line.event == event), words
        assert (found(logged, "mover", words=words) != []) == (event == "role.ended"), words


def test_what_is_changed_beside_a_roll_is_found_with_the_roll(logged: Cast) -> None:
    desk = Desk(logged)
    desk.ask()
    desk.schedule()
    with writing():
        late = make_member(logged.units["Alder"], "Late Comer", joined_at=NOON + timedelta(minutes=1))
    by, at = logged.actor("roll_officer"), desk.during
    roll_changes.add(desk.roll, [late.number], "The form lay in the wrong box.", token=secrets.token_hex, by=by, at=at)
    number = logged.who["mover"].number
    removals.remove(desk.roll, number, "Expelled by the congress.", token=secrets.token_hex, by=by, at=at)
    read = audit_pages.read(logged.actor("scrutineer"), Wanted(subject=f"roll:{desk.roll.id}"), at=at)
    assert [line.event for line in read.lines] == ["roll.removed", "roll.added", "roll.frozen"]
    for odd in (f"roll:{desk.roll.id + 1}", "roll:", "roll:x", "roll:" + "9" * 30):
        assert found(logged, "scrutineer", subject=odd) == [], odd


def test_a_number_or_an_address_leads_to_no_name(logged: Cast) -> None:
    number, address = logged.who["committee_1"].number, "committee_1@members.example"
    assert found(logged, "mover", actor=number) == found(logged, "mover", actor=address) == []
    assert found(logged, "roll_officer", actor=number) == [2, 1]


def test_pages_go_on_where_the_last_ended_with_a_constant_number_of_statements(logged: Cast) -> None:
    for number in range(120):
        units.make_unit(
            logged.units["Southfen"], f"Branch {number}", "branch", "resolved", by=logged.actor("committee_1"), at=NOON
        )
    reader, wanted = logged.actor("scrutineer"), Wanted(event="unit.made", words="")
    seen: list[int] = []
    before, counts = None, set()
    while True:
        with counted_statements() as statements:
            read = audit_pages.read(reader, wanted, before=before, at=NOON + 4 * DAY)
        counts.add(len([one for one in statements if one.lstrip().upper().startswith("SELECT")]))
        seen += [line.sequence for line in read.lines]
        if read.older is None:
            break
        before = read.older
    assert seen == sorted(seen, reverse=True) and len(set(seen)) == 121
    assert len(counts) == 1 and counts.pop() <= 5
    back = audit_pages.read(reader, wanted, after=read.newer, at=NOON + 4 * DAY)
    assert back.lines[-1].sequence > read.lines[0].sequence and len(back.lines) == 50


def test_files_hold_what_the_reader_may_read_and_the_chain_verifies(logged: Cast) -> None:
    scrutineer, officer = logged.actor("scrutineer"), logged.actor("roll_officer")
    rows = list(
        csv.DictReader(io.StringIO("".join(audit_pages.stream("csv", scrutineer, Wanted(), NOON)).lstrip("\ufeff")))
    )
    assert [row["entry"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[2]["reason"] == "did not pay"
    told = [
        json.loads(line)
        for line in "".join(audit_pages.stream("jsonl", logged.actor("chair"), Wanted(), NOON)).splitlines()
    ]
    assert [row["reason"] for row in told] == ["resolved", "elected in Rowan hall", "", ""]
    for who, form in (("member", "csv"), ("roll_officer", "chain")):
        with pytest.raises(NotAllowed):
            audit_pages.take(None, form, Wanted(), by=logged.actor(who), at=NOON)
    audit_pages.take(None, "csv", Wanted(words="a name"), by=officer, at=NOON)
    audit_pages.take(None, "chain", Wanted(), by=scrutineer, at=NOON)
    taken = audit_pages.read(scrutineer, event="audit.taken", at=NOON)
    assert [json.loads(line.data) for line in taken.lines] == [
        {"form": "chain", "narrowed": []},
        {"form": "csv", "narrowed": ["words"]},
    ]
    entries = [json.loads(line) for line in audit_pages.chain_lines()]
    assert chain.verify(entries, [audit.head()]) == []
    entries[1]["data"] = {"x": 1}
    assert chain.verify(entries)
