"""Files of members that wait: their columns, the worker that reads and takes them, and the bad days of a large file."""

from __future__ import annotations

import io
import os
import random
import tracemalloc
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.model.imports import ImportChunk, ImportFile, ImportMapping, ImportRow
from consult.model.members import Member
from consult.model.store import db, writing
from consult.service import (
    import_files,
    import_rows,
    import_staging,
    imports,
    merging,
    register_columns,
    register_file,
    register_places,
)
from consult.service.imports import Options
from consult.service.register_columns import Mapping
from tests.factories import NOON, Cast
from tests.service.test_imports import ADA, BEN, HEADING, lines, many, member

CIVICRM = ["Contact ID", "Contact Type", "First Name", "Last Name", "Display Name", "External Identifier", "Email",
           "Membership Type", "Member Since", "Membership Start Date", "Membership Expiration Date",
           "Membership Status", "Branch"]  # fmt: skip
NATIONBUILDER = ["nationbuilder_id", "external_id", "first_name", "middle_name", "last_name", "full_name", "email",
                 "email1", "phone_number", "membership_level_name", "membership_started_at", "membership_expires_at",
                 "created_at", "tag_list"]  # fmt: skip

#: Rows of the large file.
ROWS = 800_000 if os.environ.get("CONSULT_TEST_MATRIX") else 3000


def receive(cast: Cast, data: bytes, **options: object) -> ImportFile:
    by = cast.actor("roll_officer")
    return import_files.receive(None, io.BytesIO(data), Options(**options), by=by, at=NOON)  # type: ignore[arg-type, no-any-return]


def choose(cast: Cast, file: ImportFile, mapping: Mapping | None = None) -> None:
    chosen = mapping or Mapping.from_json(file.mapping)
    import_files.choose(file, chosen, Options(**file.options), by=cast.actor("roll_officer"), at=NOON)


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


# -- columns -----------------------------------------------------------------------------------------------------------


def test_the_exports_of_other_systems_are_known_by_their_titles() -> None:
    found = register_columns.guess(CIVICRM)
    assert {column: CIVICRM[place] for column, place in found.places.items()} == {
        "given": "First Name", "family": "Last Name", "email": "Email", "number": "Contact ID",
        "joined": "Member Since", "contact": "Contact Type", "branch": "Branch",
        "status": "Membership Status", "paid": "Membership Expiration Date",
    }  # fmt: skip
    found = register_columns.guess(NATIONBUILDER)
    assert {column: NATIONBUILDER[place] for column, place in found.places.items()} == {
        "given": "first_name", "family": "last_name", "email": "email", "number": "nationbuilder_id",
        "joined": "membership_started_at",
        "phone": "phone_number", "paid": "membership_expires_at",
    }  # fmt: skip
    assert register_columns.preset_of(HEADING.split(",")) is None


def test_an_address_of_several_columns_is_whole_and_a_second_telephone_stands_in_for_the_first() -> None:
    heading = ["nationbuilder_id", "full_name", "email", "created_at", "mobile_number", "phone_number", "primary_address1",
               "primary_address2", "primary_city", "primary_zip"]  # fmt: skip
    mapping = Mapping(register_columns.guess(heading).places, {"status": "member", "branch": "Alder"})
    reader = register_file.Reader(
        mapping, {"alder": register_places.Place(5, "Alder", "branch")}, NOON, ZoneInfo("UTC"), width=len(heading)
    )
    cells = ["7", "Ada Finch", "", "2025-03-11", "", "020 7946 0018", "Flat 2", "1 High St", "Otter", "AB1 2CD"]
    made = reader.row(2, cells)
    assert (made["phone"], made["address"], made["fault"]) == (
        "020 7946 0018",
        "Flat 2, 1 High St, Otter, AB1 2CD",
        None,
    )
    assert reader.row(2, [*cells, "", ""])["fault"] is None
    assert "more cells than the heading has titles (10); “stray”" in str(reader.row(2, [*cells, "stray"])["fault"])
    quick = list(reader.rows([(2, cells), (3, cells), (4, [*cells, "stray"])], lambda at: at))
    assert [row[-1] is None for row in quick] == [True, True, False]


@pytest.mark.parametrize(
    ("kind", "taken"), [("Individual", True), ("", True), ("Organization", False), ("Household", False)]
)
def test_only_people_of_a_contacts_file_are_taken(kind: str, taken: bool) -> None:
    mapping = Mapping(register_columns.guess(CIVICRM).places)
    reader = register_file.Reader(
        mapping, {"alder": register_places.Place(5, "Alder", "branch")}, NOON, ZoneInfo("UTC")
    )
    said = {"Contact ID": "7", "Contact Type": kind, "First Name": "Ada", "Last Name": "Finch", "Member Since": "2025-03-11",
            "Branch": "Alder", "Membership Status": "Current"}  # fmt: skip
    fault = reader.row(2, [said.get(title, "") for title in CIVICRM])["fault"]
    assert (fault is None) == taken
    assert taken or f"kind “{kind}”" in str(fault)


def test_the_dead_are_no_members_whatever_else_the_file_says() -> None:
    heading = ["nationbuilder_id", "full_name", "email", "created_at", "membership_status", "is_deceased"]
    mapping = Mapping(register_columns.guess(heading).places, {"branch": "Alder"})
    reader = register_file.Reader(
        mapping, {"alder": register_places.Place(5, "Alder", "branch")}, NOON, ZoneInfo("UTC")
    )
    rows = [
        (line, [str(line), "Ada Finch", "", "2025-03-11", "active", died])
        for line, died in enumerate(("true", "false", "true", "", "perhaps"), 2)
    ]
    made = [dict(zip(register_file.FIELDS, row, strict=True)) for row in reader.rows(rows, lambda at: at)]
    assert [row["status"] for row in made[:4]] == ["former", "member", "former", "member"]
    assert "“perhaps” does not say whether they died" in str(made[4]["fault"])


def test_a_file_without_rows_is_refused_at_once(cast: Cast) -> None:
    with pytest.raises(Invalid, match="a heading and no rows"):
        receive(cast, lines())


def test_what_is_needed_must_be_somewhere_and_nothing_twice() -> None:
    heading = HEADING.split(",")
    with pytest.raises(Invalid) as refusal:
        register_columns.checked(Mapping({"name": 0}, {"status": "member"}), heading)
    assert set(refusal.value.fields) == {"email", "number", "joined", "branch"}
    with pytest.raises(Invalid, match="chosen for the name and for the e-mail"):
        register_columns.checked(Mapping({"name": 0, "email": 0}), heading)
    with pytest.raises(Invalid, match="no such column"):
        register_columns.checked(Mapping({"name": 17}), heading)
    with pytest.raises(Invalid, match="no column “Contact”"):
        register_columns.by_titles(heading, [("number", "Contact")], {}, {})
    with pytest.raises(Invalid, match="Line 2: write the file's word"):
        register_columns.words_of("pending = lapsed\nnew = great")


def test_the_quick_way_reads_a_row_as_the_careful_one_does() -> None:
    rng = random.Random(4)
    cells = {
        "number": ["N1", "n-2", "1.23E+12", "", " 3 ", "N" * 65, "№7"],
        "name": [
            "Ada Finch",
            " Ada  Finch",
            "#NAME?",
            "#1 Ada",
            "",
            "Zoë\u00a0B",
            "x" * 201,
            "A\x07",
            "O’Brían, Ned",
            "'=Ada",
            "'s Gravesande",
        ],
        "email": [
            "",
            "a@b.example",
            "A.B+c@d-e.example",
            "no",
            "'+a@b.example",
            "a b@c.example",
            "é@post.example",
            " a@b.example ",
        ],
        "joined": ["2025-03-11", "11/03/2025", "", "2027-01-01", "never"],
        "status": ["member", "Active", "", "honorary", "pending"],
        "branch": ["Alder", " alder", "Nowhere", ""],
        "region": ["", "Northmoor", "Southfen"],
        "phone": ["", "020 7946 0018", "x\x07", "#REF!", "#31#020", "'+44 20"],
        "address": ["", " 1  High St", "2\x07"],
        "postcode": ["", "AB1 2CD"],
        "paid": ["", "2026-12-31", "never"],
        "deceased": ["", "false", "No", "TRUE", "maybe"],
    }
    mapping = Mapping({name: place for place, name in enumerate(cells)}, {}, {"pending": "lapsed"})
    places = {"alder": register_places.Place(5, "Alder", "branch", "Northmoor")}
    made = [register_file.Reader(mapping, places, NOON, ZoneInfo("UTC")) for _ in range(2)]
    rows = [(line, [rng.choice(values) for values in cells.values()]) for line in range(2, 4000)]
    rows += [(4000, ["N1"]), (4001, [])]
    quick = list(made[0].rows(rows, lambda moment: moment))
    for row, (line, written) in zip(quick, rows, strict=True):
        careful = made[1].row(line, written)
        assert row == tuple(careful[name] for name in register_file.FIELDS), written
    assert sum(row[-1] is None for row in quick) > 20


def test_telephone_address_and_payment_are_taken_and_an_empty_cell_changes_nothing(cast: Cast) -> None:
    ben = BEN.replace("lapsed", "member")
    heading = f"{HEADING},phone,postal address,postcode,paid until"
    take = {"by": cast.actor("roll_officer"), "at": NOON}
    imports.apply(None, imports.preview(lines(f"{ADA},020 7946 0018,1 High St,AB1 2CD,2026-12-31", f"{ben},,,,",
                                              heading=heading), at=NOON), "The file of June.", **take)  # fmt: skip
    ada = member("N1")
    assert (ada.phone, ada.address, ada.paid_until) == (
        "020 7946 0018", "1 High St, AB1 2CD", datetime(2027, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert (ada.phone_key, ada.address_key) == ("079460018", "1highstab12cd")
    again = imports.preview(lines(f"{ADA},,,,", f"{ben},+44 20 7946 0018,,,", heading=heading), at=NOON)
    assert again.counts == {"wrong": 0, "new": 0, "changed": 1, "unchanged": 1, "merged": 0, "erased": 0}
    (row,) = imports.rows_of(again, "changed").rows
    assert [(change.what, change.old, change.new) for change in row.changes] == [
        ("telephone", None, "+44 20 7946 0018")
    ]
    imports.apply(None, again, "The file of July.", **take)
    assert (member("N1").phone, member("N2").phone_key) == ("020 7946 0018", member("N1").phone_key)
    assert [[one.number for one in group] for group in merging.alike("telephone").groups] == [["N1", "N2"]]
    bad = imports.preview(lines(f"{ADA},,,,never", heading=heading), at=NOON)
    assert "Paid until: “never” is not a date" in imports.rows_of(bad, "wrong").rows[0].fault
    assert imports.preview(lines(ADA, ben), at=NOON).changes_nothing, "a file without these columns leaves them"


def test_a_choice_is_remembered_for_files_of_the_same_shape(cast: Cast) -> None:
    heading = "who,mail,ref,since,where"
    row = "Ada Finch,ada@post.example,N1,2025-03-11,Alder"
    file = receive(cast, lines(row, heading=heading))
    assert (file.state, file.examples, count(ImportChunk)) == ("received", [row.split(",")], 1)
    with pytest.raises(Invalid, match="no column “name”"):
        choose(cast, file)
    places = {"name": 0, "email": 1, "number": 2, "joined": 3, "branch": 4}
    choose(cast, file, Mapping(places, {"status": "supporter"}))
    assert import_files.work_through() == 1
    imports.apply(None, imports.report_of(imports.get(file.id)), "resolved", by=cast.actor("roll_officer"), at=NOON)
    assert member("N1").status == "supporter"
    again = receive(cast, lines(row, row, heading=heading.upper()))
    assert Mapping.from_json(again.mapping) == Mapping(places, {"status": "supporter"})
    assert count(ImportMapping) == 1
    other = receive(cast, lines(row, heading=heading + ",x"))
    assert import_files.remembered(other) is None


def test_only_who_may_import_sends_a_file(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        import_files.receive(None, io.BytesIO(lines(ADA)), Options(), by=cast.actor("member"), at=NOON)
    assert count(ImportFile) == 0


# -- the worker --------------------------------------------------------------------------------------------------------


def test_a_worker_killed_while_reading_is_followed_by_another(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    file = receive(cast, many(12_000))
    choose(cast, file)

    def die(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(import_staging, "_finish", die)
        with pytest.raises(SystemExit):
            import_files.work_through()
    db.session.rollback()
    assert count(ImportRow) == 12_000
    assert import_files.work_through() == 0, "the other may be alive still"
    with writing() as session:
        session.execute(update(ImportFile).values(touched_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert import_files.work_through() == 1
    assert (import_files.get(file.id).state, count(ImportRow), count(ImportChunk)) == ("read", 12_000, 0)
    with pytest.raises(OutOfOrder, match="was read already"):
        choose(cast, import_files.get(file.id))


def test_a_report_that_the_worker_cannot_take_says_why(cast: Cast) -> None:
    file = receive(cast, lines(ADA, BEN))
    choose(cast, file)
    import_files.work_through()
    report = imports.report_of(imports.get(file.id))
    by = cast.actor("roll_officer")
    with pytest.raises(Invalid, match="are missing from the file"):
        import_files.take_later(file, report, "The file of June.", True, 1, by=by)
    import_files.take_later(file, report, "The file of June.", False, None, by=by)
    with pytest.raises(OutOfOrder, match="being taken already"):
        import_files.take_later(file, report, "The file of June.", False, None, by=by)
    with writing():
        cast.who["member"].email_key = "ada@post.example"
    import_files.work_through()
    db.session.expire_all()
    assert file.state == "read"
    assert "register has changed" in (file.refusal or "")
    assert file.figures.keys() == {"counts", "missing", "standing", "branches", "followed", "alike", "bared", "stale"}


def test_a_file_cut_into_pieces_is_read_as_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_files, "CHUNK", 1000)
    data = lines("Zoë O’Brían,zoe@post.example,N1,2025-03-11,Alder,member", BEN) * 1 + b"\n" + many(200)[len(HEADING) :]
    file = receive(cast, data)
    assert count(ImportChunk) == -(-len(data) // 1000)
    choose(cast, file)
    import_files.work_through()
    db.session.expire_all()
    assert (file.figures["counts"]["new"], file.samples, file.done) == (202, ["Zoë O’Brían"], len(data))


# -- bad days ----------------------------------------------------------------------------------------------------------


def test_a_large_file_with_everything_wrong_in_it(cast: Cast) -> None:
    """A byte-order mark, “sep=”, quoted line ends, two people with one e-mail, a branch nobody knows: each row is told,
    nothing is taken, and the file with those rows put right is."""
    rows = many(ROWS).decode().split("\n")
    rows[1000] = '"Ada\r\nFinch",v5@post.example,N1,2025-03-11,Alder,member'
    rows[2000] = rows[2000].replace("Alder", "Nowhere")
    data = b"\xef\xbb\xbfsep=,\r\n" + "\r\n".join(rows).encode()
    report = imports.preview(data, at=NOON)
    assert report.counts == {"wrong": 2, "new": ROWS - 2, "changed": 0, "unchanged": 0, "merged": 0, "erased": 0}
    told = [row.fault for row in imports.rows_of(report, "wrong").rows]
    assert told[0] == "Line 1002: The address v5@post.example is on line 8 already."
    assert told[1].startswith("Line 2003: There is no branch “Nowhere”.")
    with pytest.raises(Invalid, match="2 rows are wrong, so nothing was imported"):
        imports.apply(None, report, "The file of June.", by=cast.actor("roll_officer"), at=NOON)
    assert import_rows.count_standing(db.session()) == len(cast.who)
    data = data.replace(b"Nowhere", b"Alder").replace(b"v5@post.example,N1", b"ada@post.example,N1")
    done = imports.apply(
        None, imports.preview(data, at=NOON), "The file of June.", by=cast.actor("roll_officer"), at=NOON
    )
    assert done["new"] == ROWS and import_rows.count_standing(db.session()) == len(cast.who) + ROWS


@pytest.mark.parametrize("rows", [40_000])
def test_memory_does_not_grow_with_the_file(cast: Cast, rows: int) -> None:
    peaks = []
    for size in (rows // 2, rows):
        data = io.BytesIO(many(size))
        tracemalloc.start()
        imports.preview(data, at=NOON)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2


def test_nothing_waits_for_ever(cast: Cast) -> None:
    from consult.service import housekeeping

    choose(cast, receive(cast, lines(ADA)))
    housekeeping.forget(NOON + timedelta(hours=25))
    assert (count(ImportFile), count(ImportChunk), count(Member)) == (0, 0, len(cast.who))
