"""The pages of the register and its import, as the roll officer works them and as others are refused."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.domain.roles import Role
from consult.model.imports import ImportRow
from consult.model.members import Member
from consult.model.store import db, writing
from consult.service import clock, import_files, looking
from tests.factories import Cast, give_role, make_member
from tests.service.test_imports import counted_statements, govern
from tests.web.pages import Browser, Page
from tests.web.signing_in import browser_of

HEADING = "name,e-mail,member number,joined,branch,status"
ADA = "Ada Finch,ada@post.example,N1,2025-03-11,Alder,member"
BEN = "Ben Rook,ben@post.example,N2,11/03/2025,Birch,lapsed"


def lines(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join([heading, *rows]).encode()


def many(count: int) -> bytes:
    return lines(*(f"Voter {n},v{n}@post.example,V{n},2025-01-01,Alder,member" for n in range(count)))


@pytest.fixture
def officer(app: Flask, cast: Cast) -> Browser:
    return browser_of(app, cast.who["roll_officer"])


def read(officer: Browser, data: bytes, expect: int = 200, **boxes: bool) -> Page:
    page = officer.open("/members/import").attach("CSV file", "members.csv", data)
    for label in boxes:
        page.tick(label.replace("_", " ").replace("email", "e-mail").capitalize())
    page = page.press("Read the file", expect)
    return page.press("Read the rows") if page.title == "Which column holds what?" else page


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
    page = page.click("Next: page 2 →")
    assert len(page.rows("60 people, by name")) == 11
    page = page.fill("Name, member number or e-mail address", "thorn").press("Search")
    assert page.rows("1 person, by name")[1][:3] == ["Mabel Thorn", cast.who["member"].number, "Alder"]
    assert page.click("Mabel Thorn").title == "Mabel Thorn"
    page = officer.open("/members").click("Supporter")
    assert page.rows("1 person, by name")[1][0] == "Sorrel Bright"
    assert "Nobody is found" in officer.open("/members?q=" + "x" * 5000).main
    assert officer.open("/members?page=nonsense&status=nonsense").title == "Members"


def test_an_entry_is_corrected_with_a_reason(cast: Cast, officer: Browser) -> None:
    page = officer.open(f"/members/{cast.who['member'].id}").click("Change: Status")
    refused = page.choose("Status", "Former").press("Save the correction", 422)
    assert refused.errors == ["Say why, in a sentence."]
    page = refused.fill("Reason", "Resigned by letter.").press("Save the correction")
    assert page.notices == ["The entry of Mabel Thorn is corrected."]
    assert "Resigned by letter." in page.main
    assert "An entry in the register was corrected, by Rolf Ames" in page.main
    page = page.click("Change: Home branch").choose("Home branch", "Cedar").fill("Reason", "Moved house.")
    assert page.press("Save the correction").rows("Corrections, newest first")[1][2] == "Alder → Cedar"


def test_what_imports_changed_stands_on_the_entry(cast: Cast, officer: Browser) -> None:
    number = cast.who["member"].number
    for row in (
        "Mabel Thorn,m@post.example,{},2024-01-11,Alder,member",
        "Mabel Rose,m@post.example,{},2024-01-11,Cedar,lapsed",
        "Zed New,z@post.example,Z1,2024-01-11,Alder,member",
    ):
        page = read(officer, lines(row.format(number)))
        page.fill("Why", "The treasurer’s file of June.").press("Import these members")
    page = officer.open(f"/members/{cast.who['member'].id}")
    newest = page.rows("What imports changed, newest first")[1]
    assert newest[1:] == [
        "Status: Member → Lapsed; Branch: Alder → Cedar; Name",
        "The treasurer’s file of June.",
        "Rolf Ames",
    ]
    assert "an import on" not in page.main
    new = officer.open("/members?q=zed").click("Zed New").main
    assert "This entry came into the register with an import on" in new and "treasurer’s file" in new


def test_two_tabs_correct_one_entry(cast: Cast, officer: Browser) -> None:
    address = f"/members/{cast.who['member'].id}/status"
    tabs = [officer.open(address).choose("Status", "Lapsed").fill("Reason", "Unpaid.") for _ in range(2)]
    tabs[0].press("Save the correction")
    page = tabs[1].press("Save the correction", 409)
    assert "This was changed since you opened the page." in page.errors[0]
    assert page.find("textarea").text is not None
    assert "Unpaid." in (page.find("textarea").text or "")


def test_how_somebody_is_reached_is_put_right(cast: Cast, officer: Browser) -> None:
    page = officer.open(f"/members/{cast.who['member'].id}/contact")
    refused = page.fill("Name", "Mabel Rook").fill("E-mail", "mabel at home").fill("Reason", "She wrote.")
    refused = refused.press("Save the correction", 422)
    assert refused.errors == ["“mabel at home” is not an e-mail address."]
    page = refused.fill("E-mail", "mabel@post.example").press("Save the correction")
    assert page.notices == ["The entry of Mabel Rook is corrected."]
    assert "mabel@post.example" in page.main


def test_nobody_corrects_their_own_entry(cast: Cast, officer: Browser) -> None:
    me = cast.who["roll_officer"].id
    assert "Change: Status" not in officer.open(f"/members/{me}").links()
    page = officer.open(f"/members/{me}/status").choose("Status", "Lapsed").fill("Reason", "why")
    page.press("Save the correction", 403)
    officer.open("/members/98765", 404)


PAGES = ("/members", "/members/1", "/members/1/status", "/members/1/branch", "/members/1/contact", "/members/1/days",
         "/members/import", "/members/import/1", "/members/import/1/report.csv")  # fmt: skip


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
    page = page.fill("Why", "The file of June.").press("Import these members")
    assert page.notices == ["The file is imported: 2 new members, 0 changed, 0 unchanged."]
    assert size() == before + 2
    assert db.session.scalar(select(func.count()).select_from(ImportRow)) == 0
    assert page.title == "The file is taken"


def test_the_report_can_be_downloaded_after_the_file_is_taken(cast: Cast, officer: Browser) -> None:
    read(officer, lines(ADA, BEN)).fill("Why", "The file of June.").press("Import these members")
    page = (
        read(officer, lines(ADA.replace("Ada Finch", "Ada Rook"), BEN))
        .fill("Why", "The file of June.")
        .press("Import these members")
    )
    told = officer.fetch(page.links()["Download the report as CSV"], buffered=True).get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(told.removeprefix("\ufeff"))))
    assert [(row["outcome"], row["remark"]) for row in rows] == [
        ("changed", "name: changed to Ada Rook"),
        ("unchanged", ""),
    ]
    files = officer.open("/members/import")
    assert sum("taken, with its report" in files.words(link) for link in files.find_all("a")) == 2


def test_a_wrong_row_stops_it_and_the_report_can_be_downloaded(cast: Cast, officer: Browser) -> None:
    before = size()
    page = read(officer, lines(ADA, BEN.replace("11/03/2025", "31/02/2025"), "=1+1,,N3,2025-01-01,Alder,member"))
    assert [row[0] for row in page.rows("Rows of the file")[1:]] == ["3"], "what is wrong is shown first"
    assert "that month has no day 31" in page.main
    assert "Import these members" not in page.buttons()
    answer = officer.fetch(page.links()["Download the report as CSV"], buffered=True)
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row["outcome"] for row in rows] == ["new", "wrong", "new"] + ["missing"] * len(cast.who)
    assert rows[2]["name"] == "'=1+1", "no spreadsheet may take it for a formula"
    assert rows[1]["remark"].startswith("“31/02/2025”")
    page = page.press("Forget this file")
    assert page.notices == ["The file is forgotten. Nothing was imported."]
    assert size() == before


def test_what_changes_and_who_is_missing_is_shown(cast: Cast, officer: Browser) -> None:
    read(officer, lines(ADA, BEN)).fill("Why", "The file of June.").press("Import these members")
    govern("N1")
    rolf = cast.who["roll_officer"]  # whose office would end with their membership
    own = f"{rolf.name},{rolf.email or ''},{rolf.number},{rolf.joined_at:%Y-%m-%d},Alder,member"
    page = read(officer, lines(ADA.replace("Finch", "Hall").replace("Alder", "Cedar"), BEN, own)).click("Changed")
    assert page.rows("Rows of the file")[1][-1] == "Name: Ada Finch → Ada Hall; Branch: Alder → Cedar"
    missing = page.click("Missing")
    assert len(missing.rows("Missing from the file")) == len(cast.who)
    db.session.rollback()
    ada = db.session.scalars(select(Member).where(Member.number == "N1")).one()
    for seen in (ada, cast.who["member"]):
        looks = looking.at_whom(seen.id, clock.now() - looking.SHOWN)
        assert [look.what for look in looks] == ["saw you in a search of the register"]
    many = f"{len(cast.who) - 1} of the {len(cast.who) + 1} members and supporters"
    assert many in missing.text
    ticked = missing.tick("Also record as lapsed everybody who is missing from the file")
    page = ticked.fill("Why", "The file of June.").press("Import these members", 422)
    assert many.replace(" the", "") in page.errors[0]
    page = (
        page.fill("How many people will lapse", len(cast.who) - 1)
        .fill("Why", "The file of June.")
        .press("Import these members")
    )
    assert page.notices == [
        f"The file is imported: 0 new members, 1 changed, 2 unchanged, {len(cast.who) - 1} recorded as lapsed."
    ]


def test_the_officer_is_told_which_offices_end_by_hand_and_that_they_did(cast: Cast, officer: Browser) -> None:
    who = cast.who["delegate"]
    page = officer.open(f"/members/{who.id}").click("Change: Status")
    assert "Delegate, Alder" in page.main, "said beforehand"
    page = page.choose("Status", "Lapsed").fill("Reason", "Left us.").press("Save the correction")
    assert "Ended with it: Delegate, Alder. If the status was wrong, each has to be given again." in page.notices
    assert "ended: the holder is no longer a member who may hold it" in page.main
    page = (
        page.click("Change: Status")
        .choose("Status", "Member")
        .fill("Reason", "A mistake.")
        .press("Save the correction")
    )
    assert not any("Ended with it" in words for words in page.notices), "and nothing comes back or ends again"


def test_the_report_says_which_offices_a_file_ends(cast: Cast, officer: Browser) -> None:
    who = cast.who["delegate"]
    row = f"{who.name},{who.email},{who.number},{who.joined_at:%Y-%m-%d},Alder,lapsed"
    page = read(officer, lines(row))
    assert page.rows("Offices that would end") == [["Name", "Office"], [who.name, "Delegate, Alder"]]
    others = page.rows("Offices that would end as well, if those who are missing lapse")
    assert [cast.who["moderator"].name, "Moderator, the whole organisation"] in others
    assert "You are missing from the file yourself." in page.main and "Also record as lapsed" not in page.main
    page = page.fill("Why", "The file of June.").press("Import these members")
    assert page.notices == ["The file is imported: 0 new members, 1 changed, 0 unchanged."]
    assert "ended: the holder is no longer a member" in officer.open(f"/members/{who.id}").main


def test_nobody_is_offered_a_file_by_which_their_own_office_ends(app: Flask, cast: Cast, officer: Browser) -> None:
    with writing():
        second = make_member(cast.units["Alder"], "Second Officer", number="X8")
        give_role(second, Role.ROLL_OFFICER)
    me = cast.who["roll_officer"]
    page = read(officer, lines(f"{me.name},{me.email},{me.number},{me.joined_at:%Y-%m-%d},Alder,lapsed"))
    assert "another officer who imports members opens this page" in page.main
    assert "Import these members" not in page.buttons()
    page = browser_of(app, second).open(page.address).fill("Why", "The file of June.").press("Import these members")
    assert page.notices == ["The file is imported: 0 new members, 1 changed, 0 unchanged."]
    officer.open("/members/import", 403)


def test_the_same_file_again_changes_nothing(cast: Cast, officer: Browser) -> None:
    read(officer, lines(ADA)).fill("Why", "The file of June.").press("Import these members")
    page = read(officer, lines(ADA))
    assert "Every row says what the register says already." in page.main


def test_boxes_let_branches_be_created_and_addresses_shared(cast: Cast, officer: Browser) -> None:
    data = lines(
        ADA.replace("Alder", "Hazel") + ",Northmoor", BEN.replace("ben@", "ada@") + ",", heading=HEADING + ",region"
    )
    assert "no branch “Hazel”" in read(officer, data).main
    page = read(officer, data, create_branches_that_are_not_known=True, people_may_share_an_email_address=True)
    assert page.rows("Branches that would be set up")[1] == ["Hazel", "Northmoor", "Testland"]
    assert "1 branch set up" in page.fill("Why", "The file of June.").press("Import these members").notices[0]


def test_a_file_that_is_none_is_refused_at_its_field(cast: Cast, officer: Browser) -> None:
    assert read(officer, b"", 422).errors
    page = officer.open("/members/import").press("Read the file", 422)
    assert page.errors == ["Choose the CSV file with the members."]
    assert "(0xFF)" in read(officer, lines(ADA).replace(b"Ada", b"\xff\x81da"), 422).errors[0]


def test_two_officers_take_one_file_each_and_the_second_is_told(app: Flask, cast: Cast, officer: Browser) -> None:
    first, second = read(officer, lines(ADA)), read(officer, lines(ADA.replace("Ada", "Eda")))
    again = officer.open(first.address)
    first.fill("Why", "The file of June.").press("Import these members")
    page = second.fill("Why", "The file of June.").press("Import these members", 409)
    assert "The register has changed since this report was made" in page.errors[0]
    for shown in (page, officer.open(second.address)):
        assert "This report is out of date" in shown.main and "Import these members" not in shown.buttons()
    assert page.click("Read the file again").title == page.click("Import").title
    taken = again.fill("Why", "The file of June.").press("Import these members")
    assert taken.title == "The file is taken"
    assert "1 new member, 0 changed" in taken.main


def test_a_report_that_another_file_overtook_says_so_at_once_and_one_that_it_does_not_touch_stays(
    cast: Cast, officer: Browser
) -> None:
    read(officer, lines(ADA, BEN)).fill("Why", "The file of June.").press("Import these members")
    touched, apart = read(officer, lines(ADA.replace("Alder", "Cedar"))), read(officer, lines(BEN.replace("Ben", "Bo")))
    third = read(officer, lines(ADA.replace("Alder", "Birch")))
    third.fill("Why", "The file of July.").press("Import these members")
    assert "This report is out of date" in officer.open(touched.address).main
    again = officer.open(apart.address)
    assert "out of date" not in again.main
    assert again.fill("Why", "The file of July.").press("Import these members").title == "The file is taken"


def test_a_correction_by_hand_is_found_when_the_file_is_to_be_taken(cast: Cast, officer: Browser) -> None:
    number = cast.who["member"].number
    page = read(officer, lines(f"Mabel Thorn,m@post.example,{number},2024-01-11,Cedar,member"))
    form = officer.open(f"/members/{cast.who['member'].id}/branch").choose("Home branch", "Birch")
    form.fill("Reason", "Moved house.").press("Save the correction")
    assert page.fill("Why", "The file of June.").press("Import these members", 409).errors
    assert "Import these members" not in officer.open(page.address).buttons()


def test_a_long_report_is_shown_in_pages(cast: Cast, officer: Browser) -> None:
    rows = [f"Voter {n},v{n}@post.example,V{n:06d},2025-01-01,Alder,member,{'x' * 200}" for n in range(1500)]
    page = read(officer, lines(*rows, heading=HEADING + ",notes"))
    assert "1,500" in page.main
    assert len(page.rows("Rows of the file")) == 51
    assert page.click("30").rows("Rows of the file")[-1][0] == "1501"


# -- which column holds what -------------------------------------------------------------------------------------------

CIVICRM = (
    b"Contact ID,Display Name,Primary Email,Member Since,Membership Status,Where\n"
    b"7,Ada Finch,ada@post.example,2025-03-11,Current,Alder\n"
    b"8,Ben Rook,ben@post.example,2025-03-11,Pending,Birch\n"
)


def test_columns_are_guessed_corrected_and_remembered(cast: Cast, officer: Browser) -> None:
    page = officer.open("/members/import").attach("CSV file", "m.csv", CIVICRM).press("Read the file")
    assert page.title == "Which column holds what?"
    assert "looks like an export from CiviCRM" in page.main
    refused = page.press("Read the rows", 422)
    assert refused.errors == ["Say which column holds the branch."]
    page = refused.choose("Home branch", "Where (Alder)").fill("What the file’s words for a status mean", "Pending")
    refused = page.press("Read the rows", 422)
    assert "such as “pending = lapsed”" in refused.errors[0]
    page = refused.fill("What the file’s words for a status mean", "Pending = supporter").press("Read the rows")
    assert [row[2:6] for row in page.rows("Rows of the file")[1:]] == [
        ["7", "Ada Finch", "Alder", "Member"],
        ["8", "Ben Rook", "Birch", "Supporter"],
    ]
    page = officer.open("/members/import").attach("CSV file", "m.csv", CIVICRM).press("Read the file")
    assert "were read in this way before" in page.main
    assert len(page.press("Read the rows").rows("Rows of the file")) == 3


def test_one_status_and_branch_for_everybody(cast: Cast, officer: Browser) -> None:
    data = b"nationbuilder_id,full_name,email,membership_started_at\n9,Ada Finch,a@post.example,2025-03-11\n"
    page = officer.open("/members/import").attach("CSV file", "nb.csv", data).press("Read the file")
    assert "looks like an export from NationBuilder" in page.main
    page = page.choose("Or one status for everybody in the file", "Member")
    page = page.choose("Or one branch for everybody in the file", "Cedar").press("Read the rows")
    assert page.rows("Rows of the file")[1][2:6] == ["9", "Ada Finch", "Cedar", "Member"]


def test_a_large_file_is_read_and_taken_by_the_worker(
    cast: Cast, officer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "LARGE", 100)
    monkeypatch.setattr(import_files, "MANY_ROWS", 1)
    page = read(officer, lines(ADA, BEN))
    assert page.title == "The file waits to be read"
    assert "The worker, which does this, is not running" in page.main
    assert page.answer.headers["Refresh"] == "2"
    assert import_files.work_through() == 1
    page = officer.open(page.address)
    assert page.title == "What this file would do"
    page = page.fill("Why", "The file of June.").press("Import these members")
    assert page.title == "The file is being taken"
    assert size() == len(cast.who)
    assert import_files.work_through() == 1
    page = officer.open(page.address)
    assert "The file is imported: 2 new members" in page.main
    assert "Refresh" not in page.answer.headers
    assert size() == len(cast.who) + 2


def test_a_file_that_breaks_off_is_told_and_can_be_forgotten(cast: Cast, officer: Browser) -> None:
    page = read(officer, many(5) + b'\n"Ben')
    assert page.title == "The file cannot be read"
    assert "Line 7: the row that begins here cannot be taken apart" in page.main
    assert page.click("Look at the columns again").press("Forget this file").notices[0].startswith("The file is forgot")


# -- entries that look alike -------------------------------------------------------------------------------------------


def test_two_entries_are_compared_merged_and_parted(cast: Cast, officer: Browser) -> None:
    with writing():
        first = make_member(cast.units["Alder"], "Mabel Thorn", number="D1", email="mt@post.example")
        make_member(cast.units["Birch"], "Mabel Thorne", number="D2", email="mt@post.example")
    page = officer.open("/members").click("Entries that look alike")
    page = page.click("Compare: D2 with D1")
    assert page.title == "Merge D2 into D1"
    assert page.press("Merge them", 422).errors == ["Say why, in a sentence."]
    page = page.fill("Reason", "She says so.").press("Merge them")
    assert page.notices == ["The entry D2 is merged into this one."]
    assert "There are none." in officer.open("/members/alike").main
    page = page.click("D2 into D1")
    page = page.fill("Reason", "They are two after all.").press("Part them again")
    assert page.title == first.name
    assert "parted again" in page.main
    assert officer.open("/members/alike?by=name&page=x").title == "Entries that look alike"


def test_how_branches_grow_is_shown(cast: Cast, officer: Browser) -> None:
    page = officer.open("/members").click("How branches grow")
    assert ["Cedar", "1", "0", "0", "0", "0", "0", "0 %"] in page.rows("Members by home branch")


def test_the_pages_ask_a_constant_number_of_questions(cast: Cast, officer: Browser) -> None:
    def asked(address: str) -> int:
        officer.open(
            address
        )  # the first look of a day at somebody is put down, by one statement however many there are
        with counted_statements() as seen:
            officer.open(address)
        return len(seen)

    file_id = read(officer, many(60)).address.rsplit("/", 1)[1]
    pages = ("/members", "/members?q=mab", "/members/alike", "/members/growth", f"/members/import/{file_id}?show=new")
    before = [asked(address) for address in pages]
    with writing():
        for place in range(120):
            unit = cast.units["Cedar" if place % 2 else "Elder"]
            make_member(unit, f"Mabel {place // 2}", email=f"m{place // 2}@post.example")
    more = [now - then for now, then in zip([asked(address) for address in pages], before, strict=True)]
    # one more where they no longer stand on one page, for how many there are; and where somebody is looked at, for whom
    assert more == [1, 1, 1, 0, 0]
