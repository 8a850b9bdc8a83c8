"""The pages of the register and its import, as the roll officer works them and as others are refused."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.model.imports import ImportFile
from consult.model.members import Member
from consult.model.store import db, writing
from tests.factories import Cast, make_member
from tests.web.pages import Browser, Page
from tests.web.signing_in import browser_of

HEADING = "name,e-mail,member number,joined,branch,status"
ADA = "Ada Finch,ada@post.example,N1,2025-03-11,Alder,member"
BEN = "Ben Rook,ben@post.example,N2,11/03/2025,Birch,lapsed"


def lines(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join([heading, *rows]).encode()


@pytest.fixture
def officer(app: Flask, cast: Cast) -> Browser:
    return browser_of(app, cast.who["roll_officer"])


def read(officer: Browser, data: bytes, expect: int = 200, **boxes: bool) -> Page:
    page = officer.open("/members/import").attach("CSV file", "members.csv", data)
    for label in boxes:
        page.tick(label.replace("_", " ").replace("email", "e-mail").capitalize())
    return page.press("Read the file", expect)


def size() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Member)) or 0


# -- the register ------------------------------------------------------------------------------------------------------


def test_the_register_is_searched(cast: Cast, officer: Browser) -> None:
    with writing():
        for _ in range(60):
            make_member(cast.units["Cedar"], "Zed Many")
    page = officer.open("/members")
    assert page.title == "Members"
    page = page.fill("Name, member number or e-mail address", "zed").press("Search")
    assert len(page.rows("60 people, by name")) == 51
    page = page.click("Next page →")
    assert len(page.rows("60 people, by name")) == 11
    page = page.fill("Name, member number or e-mail address", "thorn").press("Search")
    assert page.rows("1 person, by name")[1][:3] == ["Mabel Thorn", cast.who["member"].number, "Alder"]
    assert page.click("Mabel Thorn").title == "Mabel Thorn"
    page = officer.open("/members").click("Supporter")
    assert page.rows("1 person, by name")[1][0] == "Sorrel Bright"
    assert "Nobody is found" in officer.open("/members?q=" + "x" * 5000).main
    assert officer.open("/members?page=nonsense&status=nonsense").title == "Members"


def test_an_entry_is_corrected_with_a_reason(cast: Cast, officer: Browser) -> None:
    page = officer.open(f"/members/{cast.who['member'].id}").click("Change Status")
    refused = page.choose("Status", "Former").press("Save the correction", 422)
    assert refused.errors == ["Say why, in a sentence."]
    page = refused.fill("Reason", "Resigned by letter.").press("Save the correction")
    assert page.notices == ["The entry of Mabel Thorn is corrected."]
    assert "Resigned by letter." in page.main
    assert "An entry in the register was corrected, by Rolf Ames" in page.main
    page = page.click("Change Home branch").choose("Home branch", "Cedar").fill("Reason", "Moved house.")
    assert page.press("Save the correction").rows("Corrections, newest first")[1][2] == "Alder → Cedar"


def test_two_tabs_correct_one_entry(cast: Cast, officer: Browser) -> None:
    address = f"/members/{cast.who['member'].id}/status"
    tabs = [officer.open(address).choose("Status", "Lapsed").fill("Reason", "Unpaid.") for _ in range(2)]
    tabs[0].press("Save the correction")
    page = tabs[1].press("Save the correction", 409)
    assert "This was changed since you opened the page." in page.errors[0]
    assert page.find("textarea").text is not None
    assert "Unpaid." in (page.find("textarea").text or "")


def test_nobody_corrects_their_own_entry(cast: Cast, officer: Browser) -> None:
    me = cast.who["roll_officer"].id
    assert "Change Status" not in officer.open(f"/members/{me}").links()
    page = officer.open(f"/members/{me}/status").choose("Status", "Lapsed").fill("Reason", "why")
    page.press("Save the correction", 403)
    officer.open("/members/98765", 404)


PAGES = ("/members", "/members/1", "/members/1/status", "/members/1/branch", "/members/import", "/members/import/1",
         "/members/import/1/report.csv")  # fmt: skip


def test_others_are_refused(app: Flask, cast: Cast, browser: Browser) -> None:
    for address in PAGES:
        assert browser.open(address).title == "Sign in"
    for name in ("member", "committee_1", "returning_officer", "delegate"):
        other = browser_of(app, cast.who[name])
        for address in PAGES:
            other.open(address, 403)
    unsure = browser_of(app, cast.who["roll_officer"], second_factor=False)
    assert "authenticator" in unsure.open("/members", 403).main


# -- the import --------------------------------------------------------------------------------------------------------


def test_a_file_is_read_looked_at_and_taken(cast: Cast, officer: Browser) -> None:
    before = size()
    page = read(officer, lines(ADA, BEN))
    assert page.title == "What this file would do"
    assert "UTF-8, columns parted by comma" in page.main
    assert [row[:4] for row in page.rows("Rows of the file")[1:]] == [
        ["2", "New", "N1", "Ada Finch"],
        ["3", "New", "N2", "Ben Rook"],
    ]
    assert size() == before
    page = page.press("Import these members")
    assert page.notices == ["The file is imported: 2 new members, 0 changed, 0 unchanged."]
    assert size() == before + 2
    assert db.session.scalar(select(func.count()).select_from(ImportFile)) == 0


def test_a_wrong_row_stops_it_and_the_report_can_be_downloaded(cast: Cast, officer: Browser) -> None:
    before = size()
    page = read(officer, lines(ADA, BEN.replace("11/03/2025", "31/02/2025"), "=1+1,,N3,2025-01-01,Alder,member"))
    assert [row[0] for row in page.rows("Rows of the file")[1:]] == ["3"], "what is wrong is shown first"
    assert "that month has no day 31" in page.main
    assert "Import these members" not in page.buttons()
    answer = officer.fetch(page.links()["Download the report as CSV"], buffered=True)
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row["outcome"] for row in rows] == ["new", "wrong", "new"]
    assert rows[2]["name"] == "'=1+1", "no spreadsheet may take it for a formula"
    assert rows[1]["remark"].startswith("Line 3: “31/02/2025”")
    page = page.press("Forget this file")
    assert page.notices == ["The file is forgotten. Nothing was imported."]
    assert size() == before


def test_what_changes_and_who_is_missing_is_shown(cast: Cast, officer: Browser) -> None:
    read(officer, lines(ADA, BEN)).press("Import these members")
    page = read(officer, lines(ADA.replace("Finch", "Hall").replace("Alder", "Cedar"), BEN)).click("Changed")
    assert page.rows("Rows of the file")[1][-1] == "Name: Ada Finch → Ada Hall; Branch: Alder → Cedar"
    missing = page.click("Missing")
    assert len(missing.rows("Missing from the file")) == len(cast.who) + 1
    many = f"{len(cast.who)} of the {len(cast.who) + 1} members and supporters"
    assert many in missing.text
    ticked = missing.tick("Also record as lapsed everybody who is missing from the file")
    page = ticked.press("Import these members", 422)
    assert many.replace(" the", "") in page.errors[0]
    page = page.fill("How many people will lapse", len(cast.who)).press("Import these members")
    assert page.notices == [
        f"The file is imported: 0 new members, 1 changed, 1 unchanged, {len(cast.who)} recorded as lapsed."
    ]


def test_the_same_file_again_changes_nothing(cast: Cast, officer: Browser) -> None:
    read(officer, lines(ADA)).press("Import these members")
    page = read(officer, lines(ADA))
    assert "Every row says what the register says already." in page.main


def test_boxes_let_branches_be_created_and_addresses_shared(cast: Cast, officer: Browser) -> None:
    data = lines(
        ADA.replace("Alder", "Hazel") + ",Northmoor", BEN.replace("ben@", "ada@") + ",", heading=HEADING + ",region"
    )
    assert "no branch “Hazel”" in read(officer, data).main
    page = read(officer, data, create_branches_that_are_not_known=True, people_may_share_an_email_address=True)
    assert page.rows("Branches that would be set up")[1] == ["Hazel", "Northmoor", "Testland"]
    assert "1 branch set up" in page.press("Import these members").notices[0]


def test_a_file_that_is_none_is_refused_at_its_field(cast: Cast, officer: Browser) -> None:
    assert read(officer, b"", 422).errors
    page = officer.open("/members/import").press("Read the file", 422)
    assert page.errors == ["Choose the CSV file with the members."]
    assert (
        "no column “member number”"
        in read(officer, lines(ADA, heading="name,e-mail,joined,branch,status"), 422).errors[0]
    )
    assert "(0xFF)" in read(officer, lines(ADA).replace(b"Ada", b"\xff\x81da"), 422).errors[0]


def test_two_officers_take_one_file_each_and_the_second_is_told(app: Flask, cast: Cast, officer: Browser) -> None:
    first, second = read(officer, lines(ADA)), read(officer, lines(ADA.replace("Ada", "Eda")))
    again = officer.open(first.address)
    first.press("Import these members")
    page = second.press("Import these members", 409)
    assert "The register has changed since this report was made" in page.errors[0]
    gone = again.press("Import these members", 404)
    assert "taken already" in gone.main


def test_a_long_report_is_shown_in_pages(cast: Cast, officer: Browser) -> None:
    rows = [f"Voter {n},v{n}@post.example,V{n:06d},2025-01-01,Alder,member,{'x' * 200}" for n in range(1500)]
    page = read(officer, lines(*rows, heading=HEADING + ",notes"))
    assert "1,500" in page.main
    assert len(page.rows("Rows of the file")) == 51
    assert page.click("30").rows("Rows of the file")[-1][0] == "1501"
