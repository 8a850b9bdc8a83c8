"""Importing members: what a file is read as, what is wrong with it, and that all of it is taken or nothing."""

from __future__ import annotations

import csv
import io
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from consult.domain.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from consult.domain.roles import CONSOLE, Role, Status
from consult.model.audit import AuditEvent
from consult.model.imports import ImportChange, ImportFile, ImportRow
from consult.model.members import Member
from consult.model.store import db, writing
from consult.model.units import Unit
from consult.service import (
    audit,
    data_cases,
    erasure,
    housekeeping,
    import_files,
    import_history,
    import_reports,
    import_rows,
    import_writing,
    imports,
    members,
    own_copy,
    register_columns,
    reorganising,
    units,
)
from consult.service.actors import actor_of
from consult.service.imports import Options, Report
from tests.factories import NOON, Cast, give_role, make_member

HEADING = "name,e-mail,member number,joined,branch,status"
ADA = "Ada Finch,ada@post.example,N1,2025-03-11,Alder,member"
CAM = "Cam Reed,cam@post.example,N8,2025-03-11,Alder,member"
BEN = "Ben Rook,ben@post.example,N2,11/03/2025,Birch,lapsed"


def lines(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join([heading, *rows]).encode()


def many(count: int, start: int = 0) -> bytes:
    return lines(
        *(
            f"Voter {n},v{n}@post.example,V{n:06d},2025-01-{n % 28 + 1:02d},Alder,member"
            for n in range(start, start + count)
        )
    )


def preview(data: bytes, **options: object) -> Report:
    return imports.preview(data, Options(**options), at=NOON)  # type: ignore[arg-type]


def faults(report: Report) -> list[str]:
    return [row.fault for row in imports.rows_of(report, "wrong").rows]


def take(cast: Cast, report: Report, at: datetime = NOON, **more: Any) -> dict[str, int]:
    """By the roll officer; at the console where those who are missing lapse, the officer among them."""
    by = CONSOLE if more.get("lapse_missing") else cast.actor("roll_officer")
    return imports.apply(None, report, "The file of June.", by=by, at=at, **more)


def size() -> int:
    return db.session.scalar(select(func.count()).select_from(Member)) or 0


def member(number: str) -> Member:
    return db.session.scalars(select(Member).where(Member.number == number)).one()


def govern(number: str) -> None:
    """Somebody whom the file names is of the governance committee, which so is never left without anybody."""
    with writing():
        give_role(member(number), Role.GOVERNANCE)


def leftovers() -> tuple[int, int]:
    counted = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (ImportFile, ImportRow)]
    return counted[0], counted[1]


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


# -- taking a file -----------------------------------------------------------------------------------------------------


def test_new_members_come_into_the_register(cast: Cast) -> None:
    before = size()
    report = preview(lines(ADA, BEN))
    assert report.counts == {"wrong": 0, "new": 2, "changed": 0, "unchanged": 0, "merged": 0, "erased": 0}
    assert size() == before, "a preview changes nothing"
    done = take(cast, report)
    assert (done["new"], done["changed"], done["lapsed"], done["branches"]) == (2, 0, 0, 0)
    ben = member("N2")
    assert (ben.name, ben.email, ben.email_key, ben.status) == (
        "Ben Rook",
        "ben@post.example",
        "ben@post.example",
        "lapsed",
    )
    assert ben.joined_at == datetime(2025, 3, 11, tzinfo=UTC)
    assert (ben.unit_id, ben.created_at) == (cast.units["Birch"].id, NOON)
    assert size() == before + 2
    assert leftovers() == (1, 0), "nothing of the file stays but the figures"


def test_the_last_day_that_is_paid_is_said_as_the_file_says_it(cast: Cast) -> None:
    heading = HEADING + ",paid until,telephone"
    take(cast, preview(lines(ADA + ",2026-12-31,", heading=heading)))
    report = preview(lines(ADA + ",31/12/2027,", BEN + ",2026-12-31,020 7946 0018", heading=heading))
    told = "".join(import_reports.lines(import_rows.all_rows(db.session(), report.file_id)))
    assert "paid until: 2026-12-31 → 2027-12-31" in told
    assert ",lapsed,2025-03-11,020 7946 0018,,2026-12-31," in told


def test_the_audit_log_has_figures_and_the_hash_and_no_names(cast: Cast) -> None:
    report = preview(lines(ADA, BEN))
    take(cast, report)
    told = db.session.scalars(select(AuditEvent).where(AuditEvent.event == "members.imported")).one()
    assert {key: value for key, value in told.details.items() if key != "why"} == {
        "sha256": report.sha256, "new": 2, "changed": 0, "unchanged": 0, "lapsed": 0, "branches": 0,
    }  # fmt: skip
    assert len(told.details["why"]) == 64, "a commitment to the reason, and not its words"
    assert told.actor == f"member:{cast.who['roll_officer'].id}"
    assert audit.verify() == []


def test_the_same_file_twice_changes_nothing(cast: Cast) -> None:
    take(cast, preview(lines(ADA, BEN)))
    again = preview(lines(ADA, BEN))
    assert again.counts == {"wrong": 0, "new": 0, "changed": 0, "unchanged": 2, "merged": 0, "erased": 0}
    assert again.changes_nothing
    before = size()
    take(cast, again)
    assert size() == before


def test_what_changes_is_told_and_done(cast: Cast) -> None:
    take(cast, preview(lines(ADA, BEN)))
    report = preview(lines("Ada Finch-Hall,,N1,2025-03-12,Cedar,Former", BEN))
    assert report.counts == {"wrong": 0, "new": 0, "changed": 1, "unchanged": 1, "merged": 0, "erased": 0}
    (row,) = imports.rows_of(report, "changed").rows
    assert [(c.what, c.old, c.new) for c in row.changes] == [
        ("name", "Ada Finch", "Ada Finch-Hall"),
        ("e-mail", "ada@post.example", None),
        ("status", "member", "former"),
        ("branch", "Alder", "Cedar"),
        ("joined", datetime(2025, 3, 11, tzinfo=UTC), datetime(2025, 3, 12, tzinfo=UTC)),
    ]
    take(cast, report)
    ada = member("N1")
    assert (ada.name, ada.email, ada.email_key, ada.status) == ("Ada Finch-Hall", None, None, "former")
    assert ada.unit_id == cast.units["Cedar"].id


def test_a_day_agrees_with_any_instant_of_it(cast: Cast) -> None:
    with writing():
        make_member(cast.units["Alder"], "Ada Finch", number="N1", email="ada@post.example",
                    joined_at=datetime(2025, 3, 11, 14, 5, tzinfo=UTC))  # fmt: skip
    report = preview(lines(ADA.replace("Ada", "Ida")))
    (row,) = imports.rows_of(report, "changed").rows
    assert [change.what for change in row.changes] == ["name"]
    take(cast, report)
    assert member("N1").joined_at == datetime(2025, 3, 11, 14, 5, tzinfo=UTC)


def test_a_day_begins_on_the_organisations_clock(cast: Cast) -> None:
    take(cast, preview(lines(ADA.replace("2025-03-11", "2025-07-01")), zone="Europe/London"))
    assert member("N1").joined_at == datetime(2025, 6, 30, 23, tzinfo=UTC)


def test_those_missing_are_proposed_and_lapse_only_when_told(cast: Cast) -> None:
    report = preview(lines(ADA))
    assert report.missing == len(cast.who)
    assert imports.missing_of(report).rows[0].name == "Mabel Thorn"
    assert take(cast, report)["lapsed"] == 0
    assert cast.who["member"].status == "member"
    govern("N1")
    report = preview(lines(ADA))
    for number in (None, 1):
        with pytest.raises(Invalid, match=f"{len(cast.who)} of {len(cast.who) + 1} members and supporters are missing"):
            take(cast, report, lapse_missing=True, lapsing=number)
    assert take(cast, report, lapse_missing=True, lapsing=len(cast.who))["lapsed"] == len(cast.who)
    assert {m.status for m in db.session.scalars(select(Member).where(Member.number != "N1"))} == {"lapsed"}
    assert member("N1").status == "member"


def downloaded(report: Report) -> list[list[str]]:
    db.session.expire_all()
    told = b"".join(import_reports.download(import_files.get(report.file_id))).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(told)))


def test_the_report_as_csv_names_whoever_is_missing_and_then_whoever_lapsed(cast: Cast) -> None:
    report = preview(lines(ADA))
    rows = downloaded(report)
    assert [row[1] for row in rows[1:]] == ["new"] + ["missing"] * len(cast.who)
    number = cast.who["member"].number
    one = next(row for row in rows if row[2] == number)
    assert (one[0], one[6], one[-1]) == ("", "member", "")
    take(cast, report)
    assert [row[1] for row in downloaded(report)[1:]] == ["new"], "nothing became of those who were missing"
    govern("N1")
    report = preview(lines(ADA))
    take(cast, report, lapse_missing=True, lapsing=len(cast.who))
    one = next(row for row in downloaded(report) if row[2] == number)
    assert (one[1], one[6], one[-1]) == ("lapsed", "lapsed", "status: member → lapsed")


def test_the_report_as_csv_carries_nobody_away_whom_the_file_does_not_have(cast: Cast) -> None:
    """Else whoever imports could make up a file of numbers, and have the register without a second officer."""
    take(cast, preview(lines(ADA + ",020 7946 0018,1 Mill Lane", heading=HEADING + ",telephone,address")))
    made_up = "Nobody,no@post.example,N1,2024-01-01,Birch,supporter,020 7946 0000,2 Mill Lane"
    told = str(downloaded(preview(lines(made_up, heading=HEADING + ",telephone,address"))))
    assert "name: changed to Nobody; e-mail: changed to no@post.example; status: member → supporter" in told
    kept = [cast.who["member"].name, cast.who["member"].email, "Ada Finch", "ada@post.example", "7946 0018", "1 Mill"]
    assert [word for word in kept if str(word) in told] == []


def test_only_a_roll_officer_takes_a_file(cast: Cast) -> None:
    report = preview(lines(ADA))
    for name in ("member", "committee_1", "returning_officer"):
        with pytest.raises(NotAllowed, match="import members"):
            imports.apply(None, report, "The file of June.", by=cast.actor(name), at=NOON)
    with pytest.raises(NotAllowed, match="authenticator"):
        imports.apply(None, report, "The file of June.", by=cast.actor("roll_officer", second_factor=False), at=NOON)


# -- what is wrong with a row ------------------------------------------------------------------------------------------

WRONG = [
    (ADA.replace("Ada Finch", " "), "The name is missing."),
    (ADA.replace("N1", ""), "The member number is missing."),
    (ADA.replace("N1", "N" * 65), "The member number is longer than 64 characters."),
    (ADA.replace("Ada Finch", "A" * 201), "The name is longer than 200 characters."),
    (ADA.replace("Ada", "A\x07da"), "The name has characters in it that cannot be shown."),
    (ADA.replace("ada@post", "ada at post"), "“ada at post.example” is not an e-mail address."),
    (ADA.replace("2025-03-11", ""), "The date of joining is missing."),
    (ADA.replace("2025-03-11", "31/02/2025"), "“31/02/2025” is a day that does not exist: that month has no day 31."),
    (ADA.replace("2025-03-11", "2025-13-01"), "“2025-13-01” has no month 13."),
    (ADA.replace("2025-03-11", "04/25/2025"), "“04/25/2025” has no month 25. Dates in this file are read day first."),
    (ADA.replace("2025-03-11", "03/04/25"), "“03/04/25” could be several dates. Write the year with four figures"),
    (ADA.replace("2025-03-11", "soon"), "“soon” is not a date that can be read."),
    (ADA.replace("2025-03-11", "2027-01-01"), "“2027-01-01” is still to come"),
    (ADA.replace("2025-03-11", "0205-03-11"), "has the year 205, which cannot be."),
    (ADA.replace(",member", ",honorary"), "“honorary” is no known status; write one of: member, supporter,"),
    (ADA.replace(",member", ","), "The status is missing."),
    (ADA.replace("Alder", "Aldr"), "There is no branch “Aldr”. Is it “Alder” or “Elder”?"),
    (ADA.replace("Alder", ""), "The branch is missing."),
    ("Ada Finch,ada@post.example", "The member number is missing."),
]  # fmt: skip


def test_each_wrong_row_is_told_by_its_line_and_stops_the_file(cast: Cast) -> None:
    report = preview(lines(BEN, *(row for row, _ in WRONG)))
    assert report.counts["wrong"] == len(WRONG)
    for line, (fault, (_, told)) in enumerate(zip(faults(report), WRONG, strict=True), 3):
        assert fault.startswith(f"Line {line}: ")
        assert told in fault
    before = size()
    with pytest.raises(Invalid, match=f"{len(WRONG)} rows are wrong, so nothing was imported"):
        take(cast, report)
    assert size() == before


def test_a_bad_date_on_line_731(cast: Cast) -> None:
    rows = many(1000).decode().split("\n")
    rows[730] = rows[730].replace("2025-01", "2025-31")
    report = preview("\n".join(rows).encode())
    assert faults(report)[0].startswith("Line 731: “2025-31-")
    assert report.counts["wrong"] == 1


def test_all_that_is_wrong_with_a_row_is_told_at_once(cast: Cast) -> None:
    (fault,) = faults(preview(lines(",nobody,,never,Nowhere,none")))
    for part in ("name is missing", "not an e-mail", "number is missing", "not a date", "no branch", "no known status"):
        assert part in fault


def test_a_number_twice_in_the_file(cast: Cast) -> None:
    report = preview(lines(ADA, BEN, ADA.replace("ada@", "eda@")))
    assert faults(report) == ["Line 4: The member number N1 is on line 2 already."]


def test_an_address_twice_in_the_file_unless_people_may_share_one(cast: Cast) -> None:
    data = lines(ADA, BEN.replace("ben@post", "ADA@post"))
    assert faults(preview(data)) == ["Line 3: The address ada@post.example is on line 2 already."]
    report = preview(data, shared_addresses=True)
    assert report.counts["wrong"] == 0
    take(cast, report)
    assert member("N1").email_key == member("N2").email_key


def test_an_address_of_somebody_who_is_not_in_the_file(cast: Cast) -> None:
    mabel = cast.who["member"]
    data = lines(ADA.replace("ada@post.example", mabel.email or ""))
    (fault,) = faults(preview(data))
    assert f"The address {mabel.email} is that of the member with the number {mabel.number}, who is not in" in fault
    assert preview(data, shared_addresses=True).counts["wrong"] == 0


def test_two_people_may_swap_their_addresses(cast: Cast) -> None:
    take(cast, preview(lines(ADA, BEN)))
    report = preview(lines(ADA.replace("ada@", "ben@"), BEN.replace("ben@", "ada@")))
    assert report.counts == {"wrong": 0, "new": 0, "changed": 2, "unchanged": 0, "merged": 0, "erased": 0}
    take(cast, report)
    assert member("N1").email == "ben@post.example"


def test_somebody_erased_is_passed_over_and_not_put_back(cast: Cast) -> None:
    before = cast.who["stranger"]
    with writing():
        before.erased_at = NOON
    number = cast.who["stranger"].number
    report = preview(lines(ADA.replace("N1", number).replace("Ada", "Back Again"), BEN))
    assert (report.counts["erased"], report.counts["new"], report.counts["wrong"]) == (1, 1, 0)
    assert take(cast, report)["new"] == 1
    assert (member(number).name, member(number).email) == (before.name, before.email)


def test_somebody_erased_since_the_report_makes_it_another(cast: Cast) -> None:
    number = cast.who["stranger"].number
    report = preview(lines(ADA.replace("N1", number)))
    with writing():
        cast.who["stranger"].erased_at = NOON
    with pytest.raises(Stale, match="The register has changed since"):
        take(cast, report)


# -- branches ----------------------------------------------------------------------------------------------------------

WITH_REGION = HEADING + ",region"


def test_a_branch_nobody_knows_is_created_only_when_told_and_with_its_region(cast: Cast) -> None:
    row = ADA.replace("Alder", "Hazel")
    assert "no branch “Hazel”" in faults(preview(lines(row + ",Northmoor", heading=WITH_REGION)))[0]
    assert "give its region" in faults(preview(lines(row), create_branches=True))[0]
    report = preview(lines(row + ",northmoor", heading=WITH_REGION), create_branches=True)
    assert report.new_branches == [("Hazel", "northmoor", "Testland")]
    assert take(cast, report)["branches"] == 1
    hazel = db.session.scalars(select(Unit).where(Unit.name == "Hazel")).one()
    assert (hazel.kind, hazel.parent_id) == ("branch", cast.units["Northmoor"].id)
    assert hazel.path == f"{cast.units['Northmoor'].path}{hazel.id}/"
    assert member("N1").unit_id == hazel.id


def test_a_branch_that_was_merged_is_followed_and_one_that_was_closed_is_refused(cast: Cast) -> None:
    officer = cast.actor("committee_1")
    zed, yew = (
        units.make_unit(cast.units["Northmoor"], name, "branch", "New.", by=officer, at=NOON) for name in ("Zed", "Yew")
    )
    rows = [ADA.replace("Alder", "Zed"), BEN.replace("Birch", "Zed")]
    take(cast, preview(lines(*rows)))
    waits = preview(lines(*rows, ADA.replace("N1", "N3").replace("Alder", "Zed").replace("ada@", "eda@")))
    reorganising.merge(zed, cast.units["Alder"], "Too small.", by=officer, at=NOON)
    reorganising.close(yew, "Nobody came.", by=officer, at=NOON)
    with pytest.raises(Stale):
        take(cast, waits)
    report = preview(lines(*rows))
    assert (report.counts["unchanged"], report.followed) == (2, [("Zed", "Alder")])
    assert take(cast, report)["changed"] == 0
    assert member("N1").unit_id == cast.units["Alder"].id
    (fault,) = faults(preview(lines(ADA, BEN.replace("Birch", "yew"))))
    assert fault.startswith("Line 3: The branch Yew was closed on ") and "nobody joins it any more" in fault


def test_names_that_differ_by_capitals_are_not_mixed_up(cast: Cast) -> None:
    with pytest.raises(Invalid, match="There is a unit called “Alder” already; two names must differ"):
        units.make_unit(cast.units["Northmoor"], "aLDER", "branch", "New.", by=cast.actor("committee_1"), at=NOON)
    with writing() as session:  # as an older version let it come to be
        cast.units["Cedar"] = session.merge(cast.units["Cedar"])
        cast.units["Cedar"].name = "ALDER"
    assert preview(lines(ADA, BEN.replace("Birch", "ALDER"))).counts["new"] == 2
    page = imports.rows_of(preview(lines(ADA, BEN.replace("Birch", "ALDER"))))
    assert [row.branch for row in page.rows] == ["Alder", "ALDER"]
    (fault,) = faults(preview(lines(ADA.replace("Alder", "alder"), BEN)))
    assert fault.startswith("Line 2: “alder” could be “Alder” and “ALDER”.")


def test_new_numbers_that_look_like_others_are_told_and_not_refused(cast: Cast) -> None:
    take(cast, preview(lines(ADA, BEN)))
    rows = [ADA, BEN, *(f"Somebody {n},s{n}@post.example,{number},2025-03-11,Alder,member" for n, number in
                        enumerate(("n1", "00777", "777", "N9")))]  # fmt: skip
    report = preview(lines(*rows))
    assert report.counts["new"] == 4 and report.alike == [(4, "n1", "N1"), (5, "00777", "777"), (6, "777", "00777")]
    take(cast, report)
    assert preview(lines(*rows)).alike == [], "they are known now"


def test_what_a_spreadsheet_has_spoilt_is_named(cast: Cast) -> None:
    told = faults(preview(lines(ADA.replace("Ada Finch", "#NAME?"), BEN.replace("N2", "1.23457E+12"))))
    assert "“#NAME?” is what a spreadsheet writes where a formula failed; give the name." in told[0]
    assert "“1.23457E+12” is a member number that a spreadsheet has rounded." in told[1]


def test_the_guard_of_a_spreadsheet_is_taken_off_and_told(cast: Cast) -> None:
    heading = f"{HEADING},telephone"
    report = preview(lines("'=Ada,ada@post.example,N1,2025-03-11,Alder,member,'+44 20 7946 0018", f"{BEN},+44 20 7946 0019",
                           "'s Gravesande,sg@post.example,N5,2025-03-11,Alder,member,",
                           heading=heading))  # fmt: skip
    told = [(row.name, row.phone) for row in imports.rows_of(report).rows]
    assert told == [("=Ada", "+44 20 7946 0018"), ("Ben Rook", "+44 20 7946 0019"), ("'s Gravesande", None)]
    assert report.bared == 2 and preview(lines(ADA, BEN)).bared == 0


def test_a_cell_that_never_ends_is_named(cast: Cast) -> None:
    with pytest.raises(Invalid, match="Line 2: a cell of the row that begins here has more than 131,072 characters"):
        preview(lines(ADA.replace("Ada Finch", f'"{"x" * 140_000}"')))


def test_a_vertical_bar_parts_columns_too(cast: Cast) -> None:
    report = preview(lines(ADA, BEN).replace(b",", b"|"))
    assert report.counts["new"] == 2 and imports.get(report.file_id).delimiter == "vertical bar"


def test_a_region_nobody_knows_is_set_up_under_the_nation(cast: Cast) -> None:
    rows = [ADA.replace("Alder", "Hazel") + ",Westmark", BEN.replace("Birch", "HAZEL") + ",Westmark"]
    report = preview(lines(*rows, heading=WITH_REGION), create_branches=True)
    assert take(cast, report)["branches"] == 1
    assert member("N1").unit.parent is not None
    assert (member("N1").unit.parent.name, member("N2").unit.name) == ("Westmark", "Hazel")


def test_regions_that_contradict_each_other_are_told(cast: Cast) -> None:
    known = preview(lines(ADA + ",Southfen", heading=WITH_REGION))
    assert faults(known) == ["Line 2: The branch Alder is in Northmoor, not in Southfen."]
    rows = [ADA.replace("Alder", "Hazel") + ",Northmoor", BEN.replace("Birch", "Hazel") + ",Southfen"]
    twice = preview(lines(*rows, heading=WITH_REGION), create_branches=True)
    assert "line 2 puts it in Northmoor" in faults(twice)[0]
    nation = preview(lines(ADA.replace("Alder", "Hazel") + ",Westmark,Nowhere", heading=WITH_REGION + ",nation"),
                     create_branches=True)  # fmt: skip
    assert "There is no nation “Nowhere”" in faults(nation)[0]


# -- what the file is --------------------------------------------------------------------------------------------------


def test_columns_are_found_by_name_in_any_order(cast: Cast) -> None:
    heading = "Shoe size;MEMBERSHIP STATUS;Surname;Date joined;First name;Home Branch;Membership No.;Email Address"
    report = preview(lines("41;Active;Finch;01.02.2025;Ada;  alder ;N1;ada@post.example", heading=heading))
    take(cast, report)
    ada = member("N1")
    assert (ada.name, ada.status, ada.unit_id) == ("Ada Finch", "member", cast.units["Alder"].id)
    assert ada.joined_at == datetime(2025, 2, 1, tzinfo=UTC)


def test_month_first_when_told(cast: Cast) -> None:
    take(cast, preview(lines(ADA.replace("2025-03-11", "03/11/2025")), dates="month first"))
    assert member("N1").joined_at == datetime(2025, 3, 11, tzinfo=UTC)


COLUMNS = [
    ("name,e-mail,joined,branch,status", "no column “member number”"),
    ("name,joined,branch,status", "no column “e-mail” and “member number”"),
    (HEADING + ",Email address", "Columns 2 (“e-mail”) and 7 (“Email address”) both hold the e-mail"),
    (HEADING + ",E-Mail", "Columns 2 (“e-mail”) and 7 (“E-Mail”) both hold the e-mail"),
    ("who,what", "its titles are “who”, “what”"),
]


def test_columns_missing_or_twice(cast: Cast) -> None:
    for heading, told in COLUMNS:
        with pytest.raises(Invalid) as refusal:
            preview(lines(ADA, heading=heading))
        assert told in str(refusal.value)
        assert leftovers() == (0, 0)


def test_two_columns_of_one_title_are_named_and_neither_is_taken() -> None:
    heading = ["Name", "E-mail", "Number", "Joined", "Branch", "Status", "e-mail ", "Notes", "Notes"]
    with pytest.raises(Invalid) as refusal:
        register_columns.checked(register_columns.guess(heading), heading)
    assert "Columns 2 (“E-mail”) and 7 (“e-mail ”) have the same title" in str(refusal.value)
    assert set(refusal.value.fields) == {"email"}
    heading[6] = "Another e-mail"  # two columns of notes, of which none is read, stand in nobody's way
    assert register_columns.checked(register_columns.guess(heading), heading).places["email"] == 1


ENCODINGS = [
    ("utf-8", "UTF-8"),
    ("utf-8-sig", "UTF-8 with a byte-order mark"),
    ("utf-16", "UTF-16"),
    ("utf-16-le", "UTF-16 (little-endian, no mark)"),
    ("utf-16-be", "UTF-16 (big-endian, no mark)"),
    ("cp1252", "Windows-1252, as spreadsheets save a plain CSV in Western Europe"),
]


def test_encodings_and_delimiters_are_recognised_and_told(cast: Cast) -> None:
    for encoding, called in ENCODINGS:
        for delimiter, named in ((",", "comma"), (";", "semicolon"), ("\t", "tab")):
            rows = f"{HEADING}\r\nZoë O’Brían,zoe@post.example,N1,2025-03-11,Alder,member\r\n".replace(",", delimiter)
            report = preview(rows.encode(encoding))
            file = imports.get(report.file_id)
            assert (file.encoding, file.delimiter, file.samples) == (called, named, ["Zoë O’Brían"])
            assert [row.name for row in imports.rows_of(report).rows] == ["Zoë O’Brían"]


def test_a_file_in_two_encodings_is_refused_by_line_and_byte(cast: Cast) -> None:
    data = (
        lines("Zoë Finch,zoe@post.example,N1,2025-03-11,Alder,member")
        + b"\nAn\xefa,a@post.example,N2,2025-03-11,Alder,member"
    )
    with pytest.raises(Invalid, match=r"Line 3, byte 3 \(0xEF\) is not UTF-8, and line 2 is: .*two encodings"):
        preview(data)


def test_an_unknown_encoding_is_refused_by_line_and_byte(cast: Cast) -> None:
    data = lines("Ren\x8ee Finch,r@post.example,N1,2025-03-11,Alder,member").replace(b"\xc2\x8e", b"\x8f")
    with pytest.raises(Invalid, match=r"Line 2, byte 4 \(0x8F\) is not UTF-8, .* no letter of Windows-1252"):
        preview(data)


def test_a_mark_that_lies_and_a_wrong_choice_are_refused(cast: Cast) -> None:
    spoilt = b"\xef\xbb\xbf" + lines(ADA, BEN).replace(b"Ben", b"B\xe9n")
    with pytest.raises(Invalid, match=r"Line 3, byte 2 \(0xE9\) cannot be read as UTF-8"):
        preview(spoilt)
    with pytest.raises(Invalid, match="cannot be read as UTF-8"):
        preview(lines(ADA).replace(b"Ada", b"\xc9da"), encoding="utf-8")


def test_a_fault_far_into_the_file_is_told_by_its_own_line(cast: Cast) -> None:
    padding = "x" * 200
    rows = [f"Voter {n},v{n}@post.example,V{n},2025-01-01,Alder,member,{padding}" for n in range(9000)]
    data = (
        lines(*rows, heading=HEADING + ",notes")
        .replace(b"Voter 8000,", b"Vot\xffr \xe9000,")
        .replace(b"Voter 10,", "Voté 10,".encode())
    )
    with pytest.raises(Invalid, match=r"Line 8002, byte 4 \(0xFF\)"):
        preview(data)


NO_TABLES = [
    (b"", "The file is empty"),
    (b"\xef\xbb\xbf\n\n", "The file is empty"),
    (b"PK\x03\x04 and so on", "This is a workbook"),
    (b"name\0,e-mail", "bytes of value zero"),
    ("number,name\nN1,Ada\n".encode("utf-32"), "bytes of value zero"),
    (HEADING.encode(), "a heading and no members"),
    (lines(ADA, '"Ben'), "Line 3: the row that begins here cannot be taken apart"),
    (lines(ADA, '"Ben" Rook,b@post.example'), "Line 3: the row that begins here cannot be taken apart"),
    (lines("A" * 200_000), "Line 2: a cell of the row that begins here has more than"),
]


def test_what_is_no_table_is_refused_and_leaves_nothing(cast: Cast) -> None:
    for data, told in NO_TABLES:
        with pytest.raises(Invalid, match=told):
            preview(data)
        assert leftovers() == (0, 0)


def test_quoted_line_ends_keep_the_lines_of_the_file(cast: Cast) -> None:
    data = lines(ADA.replace("Ada Finch", '"Ada\r\nFinch"'), "", BEN.replace("11/03/2025", "never"))
    report = preview(data)
    assert faults(report) == ["Line 5: “never” is not a date that can be read. Write it like 2026-04-30 or 30/04/2026."]
    assert [row.name for row in imports.rows_of(report, "new").rows] == ["Ada Finch"]


def test_a_spreadsheets_line_about_the_delimiter_is_passed_over(cast: Cast) -> None:
    data = b"sep=;\r\n" + lines(ADA, BEN.replace("lapsed", "gone")).replace(b",", b";")
    report = preview(data)
    assert faults(report)[0].startswith("Line 4: “gone”")


# -- all or nothing ----------------------------------------------------------------------------------------------------


def test_killed_half_way_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    take(cast, preview(lines(ADA)))
    govern("N1")
    rows = [ADA.replace("Ada", "Ida"), BEN.replace("Birch", "Hazel") + ",Northmoor"]
    report = preview(lines(*rows, heading=WITH_REGION), create_branches=True)
    before, events = size(), audit.length()

    def stop(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(import_rows, "lapse_missing", stop)
        with pytest.raises(KeyboardInterrupt):
            take(cast, report, lapse_missing=True, lapsing=report.missing)
    assert (size(), audit.length(), member("N1").name) == (before, events, "Ada Finch")
    assert db.session.scalar(select(Unit.id).where(Unit.name == "Hazel")) is None
    assert take(cast, report)["new"] == 1, "and the same report can be taken afterwards"


def test_killed_while_reading_leaves_nothing(cast: Cast) -> None:
    def stop(position: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.preview(many(6000), at=NOON, progress=stop)
    assert leftovers() == (0, 0)


def test_totals_that_do_not_reconcile_write_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    report = preview(lines(ADA, BEN))
    before = size()
    monkeypatch.setattr(import_writing, "change", lambda session, file_id: 1)
    with pytest.raises(Stale, match="totals do not reconcile: 2 new and 0 changed"):
        take(cast, report)
    assert size() == before


def test_a_report_is_taken_once(cast: Cast) -> None:
    report = preview(lines(ADA))
    take(cast, report)
    with pytest.raises(NotFound, match="taken already"):
        take(cast, report)
    dropped = preview(lines(BEN))
    imports.drop(dropped.file_id)
    with pytest.raises(NotFound):
        take(cast, dropped)


def test_a_register_that_changed_meanwhile_refuses_the_report(cast: Cast) -> None:
    take(cast, preview(lines(ADA, BEN)))
    first, second = preview(lines(ADA.replace("Ada", "Ida"), BEN)), preview(lines(ADA.replace("Ada", "Eda"), BEN))
    take(cast, first)
    with pytest.raises(Stale, match="register has changed since this report was made"):
        take(cast, second)
    assert member("N1").name == "Ida Finch"


def test_an_address_taken_meanwhile_refuses_the_report(cast: Cast) -> None:
    report = preview(lines(ADA), dates="day first")
    with writing() as session:
        session.execute(update(Member).where(Member.id == cast.who["member"].id).values(email_key="ada@post.example"))
    with pytest.raises(Stale, match="register has changed"):
        take(cast, report)


def test_a_branch_set_up_meanwhile_refuses_the_report(cast: Cast) -> None:
    row = ADA.replace("Alder", "Hazel") + ",Northmoor"
    first = preview(lines(row, heading=WITH_REGION), create_branches=True)
    other = preview(lines(BEN.replace("Birch", "Hazel") + ",Southfen", heading=WITH_REGION), create_branches=True)
    take(cast, other)
    with pytest.raises(Stale):
        take(cast, first)


def test_what_does_not_touch_the_report_does_not_refuse_it(cast: Cast) -> None:
    report = preview(lines(ADA))
    with writing():
        cast.who["member"].name = "Mabel Thorne"
    assert take(cast, report)["new"] == 1


def test_somebody_who_is_missing_and_leaves_meanwhile_matters_only_where_the_missing_lapse(cast: Cast) -> None:
    first, other = preview(lines(ADA)), preview(lines(BEN))
    members.change_status(
        cast.who["stranger"], Status.FORMER, "Left.", was="member", by=cast.actor("roll_officer"), at=NOON
    )
    with pytest.raises(Stale, match="register has changed"):
        take(cast, first, lapse_missing=True, lapsing=first.missing)
    assert take(cast, first)["new"] == 1 and take(cast, other)["lapsed"] == 0


def test_two_officers_at_once(app: Flask, cast: Cast) -> None:
    """Both give their word for their own file in the same instant; one file is taken, the other is told."""
    reports = [preview(lines(ADA)), preview(lines(ADA.replace("Ada", "Eda")))]
    by, told, gate = cast.actor("roll_officer"), [], threading.Barrier(2)

    def officer(report: Report) -> None:
        with app.app_context():
            gate.wait()
            try:
                imports.apply(None, report, "The file of June.", by=by, at=NOON)
                told.append("taken")
            except Refused as refusal:
                told.append(type(refusal).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=officer, args=(report,)) for report in reports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["Stale", "taken"]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Member.number == "N1")) == 1


# -- what was changed, person by person --------------------------------------------------------------------------------


def imported(number: str) -> list[import_history.Imported]:
    return import_history.of(member(number))


def test_what_an_import_changed_is_told_on_each_entry(cast: Cast) -> None:
    take(cast, preview(lines(ADA, BEN, CAM)), NOON + timedelta(hours=1))
    govern("N8")
    assert imported("N1") == [] and import_history.came_by(member("N1")) == "The file of June."
    report = preview(lines("Ada Finch-Hall,,N1,2025-03-12,Cedar,Former", BEN, CAM))
    done = take(cast, report, lapse_missing=True, lapsing=report.missing)
    (told,) = imported("N1")
    assert (told.at, told.who, told.reason, told.missing) == (NOON, "the console", "The file of June.", False)
    assert [(c.what, c.old, c.new) for c in told.changes] == [
        ("status", "member", "former"),
        ("branch", "Alder", "Cedar"),
        ("joined", datetime(2025, 3, 11, tzinfo=UTC), datetime(2025, 3, 12, tzinfo=UTC)),
    ]
    assert told.others == ("name", "e-mail")
    assert imported("N2") == []
    (lapsed,) = imported(cast.who["member"].number)
    assert lapsed.missing and lapsed.changes == (import_rows.Change("status", "member", "lapsed"),)
    assert import_history.came_by(cast.who["member"]) is None
    kept = db.session.scalar(select(func.count()).select_from(ImportChange))
    assert kept == done["changed"] + done["lapsed"] == 1 + len(cast.who)
    assert not any("ada" in str(tuple(row)).lower() for row in db.session.execute(select(ImportChange.__table__)))


def test_the_last_paid_day_is_told_and_what_the_file_does_not_say_is_not_changed(cast: Cast) -> None:
    heading = "member number,name,e-mail,joined,branch,status,phone,paid until\n"
    row = "N1,Ada Finch,ada@post.example,2025-03-11,Alder,member,"
    take(cast, preview((heading + row + "01632 960001,2026-03-31\n").encode()))
    take(cast, preview((heading + row + ",2027-03-31\n").encode()))
    (told,) = imported("N1")
    assert [(c.what, f"{c.old:%d %b %Y}", f"{c.new:%d %b %Y}") for c in told.changes] == [
        ("paid until", "31 Mar 2026", "31 Mar 2027")
    ]
    assert told.others == ()


def test_an_import_that_writes_nothing_puts_nothing_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    take(cast, preview(lines(ADA)))
    report = preview(lines(ADA.replace("Alder", "Cedar")))
    monkeypatch.setattr(import_writing, "change", lambda *_: 0)
    with pytest.raises(Stale, match="do not reconcile"):
        take(cast, report)
    assert imported("N1") == []


def test_what_imports_changed_is_forgotten_after_two_years_and_with_the_person(cast: Cast) -> None:
    take(cast, preview(lines(ADA, BEN)))
    take(cast, preview(lines(ADA.replace("Alder", "Cedar"), BEN.replace("Birch", "Cedar"))))
    assert imported("N1") and imported("N2")
    copied = [rows for part in own_copy.of(member("N2"), NOON).parts for rows in part.rows]
    (told,) = next(rows for rows in copied if rows.table == "import_change").rows
    assert (told["what"], told["old_unit_id"], told["new_unit_id"]) == ("branch", "Birch", "Cedar")
    with writing() as session:
        dpo = make_member(cast.units["Cedar"], "Daphne Rook", email="dpo@members.example")
        give_role(dpo, Role.DATA_PROTECTION)
        session.flush()
    case = data_cases.ask(None, "erasure", "Please take me out.", by=actor_of(member("N1").id), at=NOON)
    why = "Asked for, and nothing stands against it."
    erasure.erase(case, why, by=actor_of(dpo.id, second_factor=True), at=NOON + timedelta(days=1))
    assert imported("N1") == [] and imported("N2")
    housekeeping.forget(NOON + timedelta(days=729))
    assert imported("N2")
    housekeeping.forget(NOON + timedelta(days=731))
    assert imported("N2") == []


# -- size --------------------------------------------------------------------------------------------------------------


def test_20000_rows_take_a_constant_number_of_statements(cast: Cast) -> None:
    with counted_statements() as small:
        report = imports.preview(many(5000), at=NOON)
    with counted_statements() as large:
        report = imports.preview(io.BytesIO(many(20_000)), at=NOON)
    per_batch = [statement for statement in large if statement.startswith("INSERT INTO import_row")]
    if db.engine.dialect.name == "sqlite":  # PostgreSQL's COPY is no statement that is seen here
        assert len(per_batch) == 2
    assert len(large) - len(small) <= 3 * 3, "one INSERT, and what begins a transaction, for each further batch"
    with counted_statements() as paged:
        assert [row.outcome for row in imports.rows_of(report, "", 400).rows] == ["new"] * 50
    assert len(paged) <= 2
    with counted_statements() as applied:
        take(cast, report)
    assert len(applied) < 40
    assert db.session.scalar(select(func.count()).where(Member.number.startswith("V"))) == 20_000


def test_an_upload_that_was_spooled_to_the_disk_is_read(cast: Cast) -> None:
    with tempfile.SpooledTemporaryFile(max_size=10) as file:
        file.write(many(20))
        assert imports.preview(file, at=NOON).counts["new"] == 20  # type: ignore[arg-type]
        assert not file.closed


def test_progress_goes_from_nothing_to_the_whole_file(cast: Cast) -> None:
    data, told = many(12_000), []
    imports.preview(data, at=NOON, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == len(data)
    assert len(told) == 2


def test_files_nobody_took_are_forgotten_after_a_day(cast: Cast) -> None:
    from consult.service import housekeeping

    preview(lines(ADA))
    housekeeping.forget(NOON + timedelta(hours=23))
    assert leftovers() == (1, 1)
    housekeeping.forget(NOON + timedelta(hours=25))
    assert leftovers() == (0, 0)
