"""The register: found in pages by a constant number of statements, and corrected with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, NotFound, Stale
from consult.domain.roles import Status
from consult.model.audit import AuditEvent
from consult.model.store import writing
from consult.service import audit_pages, members, membership_days
from tests.factories import NOON, Cast, make_member


def test_search_finds_by_name_number_and_address(cast: Cast) -> None:
    mabel = cast.who["member"]
    for words in ("mabel", "THORN", " Mabel  Thorn ", mabel.number, mabel.number[:7].lower(), "Member@members.example"):
        assert mabel in members.search(words).members, words
    assert members.search("100%").total == 0
    assert members.search("_").total == 0, "what is typed is no pattern"
    assert [m.name for m in members.search(status="supporter").members] == ["Sorrel Bright"]


def test_a_number_finds_its_holder_alone_and_what_is_nobodys_finds_all_that_begin_so(cast: Cast) -> None:
    with writing():
        short, long = (make_member(cast.units["Cedar"], name) for name in ("Short Number", "Long Number"))
        short.number, long.number, long.status = "Q 7", "Q 7x", "supporter"
    assert members.search(" Q  7 ").members == [short]
    assert members.search("q 7").members == [long, short], "a number in other letters is the beginning of words"
    assert members.search("Q 7", status="supporter").members == [long]
    assert members.search("Q 7x").members == [long]
    with writing():
        short.erased_at = NOON
    assert members.search("Q 7").members == [long]


def test_pages_are_of_fifty_and_stay_within_the_list(cast: Cast) -> None:
    with writing():
        for _ in range(60):
            make_member(cast.units["Cedar"], "Zed")
    first, last = members.search("zed"), members.search("zed", page=99)
    assert (len(first.members), first.last, first.total) == (50, 2, 60)
    assert (len(last.members), last.page) == (10, 2)
    assert members.search("zed", page=-3).page == 1


def test_erased_people_are_not_found_nor_counted(cast: Cast) -> None:
    before = members.figures()
    with writing():
        cast.who["member"].erased_at = NOON
    assert members.search("mabel").total == 0
    assert members.figures()["member"] == before["member"] - 1


def test_a_status_is_changed_with_a_reason_that_the_log_does_not_hold(cast: Cast) -> None:
    by, mabel = cast.actor("roll_officer"), cast.who["member"]
    members.change_status(mabel, Status.FORMER, "Resigned by letter.", was="member", by=by, at=NOON)
    assert mabel.status == "former"
    ((change, officer),) = members.changes_of(mabel)
    assert (change.old, change.new, change.reason, officer) == ("member", "former", "Resigned by letter.", "Rolf Ames")
    told = audit_pages.read(by, subject=f"member:{mabel.id}").lines
    assert [line.sentence for line in told] == ["An entry in the register was corrected"]
    assert "Resigned" not in told[0].data
    assert "former" not in told[0].data
    other = audit_pages.read(cast.actor("second"), event="member.changed").lines
    assert (other[0].subject, other[0].data) == ("", "")


def test_a_member_is_moved(cast: Cast) -> None:
    mabel, cedar = cast.who["member"], cast.units["Cedar"]
    members.move(mabel, cedar, "Moved house.", was=mabel.unit_id, by=cast.actor("roll_officer"), at=NOON)
    assert mabel.unit_id == cedar.id
    assert [(c.old, c.new) for c, _ in members.changes_of(mabel)] == [("Alder", "Cedar")]


def test_the_days_by_which_rolls_go_are_put_right(cast: Cast) -> None:
    by, mabel, london = cast.actor("roll_officer"), cast.who["member"], ZoneInfo("Europe/London")

    def correct(joined: date, paid: date | None, was: str) -> None:
        days = membership_days.Days(joined, paid)
        membership_days.correct(mabel, days, london, "The card says so.", was=was, by=by, at=NOON)

    was = membership_days.revision(mabel, london)
    correct(date(2020, 7, 1), date(2026, 6, 30), was)
    assert mabel.joined_at == datetime(2020, 6, 30, 23, tzinfo=UTC), "midnight in the summer of London"
    assert mabel.paid_until == datetime(2026, 6, 30, 23, tzinfo=UTC), "until the last day is over"
    assert membership_days.of(mabel, london) == membership_days.Days(date(2020, 7, 1), date(2026, 6, 30))
    assert {(c.what, c.new) for c, _ in members.changes_of(mabel)} == {
        ("joined", "2020-07-01"),
        ("paid until", "2026-06-30"),
    }
    with pytest.raises(Stale):
        correct(date(2020, 7, 2), None, was)
    was = membership_days.revision(mabel, london)
    with pytest.raises(Invalid, match="Nothing is changed"):
        correct(date(2020, 7, 1), date(2026, 6, 30), was)
    with pytest.raises(Invalid, match="in the future"):
        correct(date(2100, 1, 1), None, was)
    kept = mabel.joined_at
    correct(date(2020, 7, 1), None, was)
    assert (mabel.joined_at, mabel.paid_until) == (kept, None)


def test_corrections_that_are_refused(cast: Cast) -> None:
    by, mabel = cast.actor("roll_officer"), cast.who["member"]
    with pytest.raises(Invalid, match="Say why"):
        members.change_status(mabel, Status.LAPSED, "  ", was="member", by=by, at=NOON)
    with pytest.raises(Invalid, match="recorded as member already"):
        members.change_status(mabel, Status.MEMBER, "why", was="member", by=by, at=NOON)
    with pytest.raises(Invalid, match="a home is a branch"):
        members.move(mabel, cast.units["Northmoor"], "why", was=mabel.unit_id, by=by, at=NOON)
    with pytest.raises(Invalid, match="the home branch already"):
        members.move(mabel, cast.units["Alder"], "why", was=mabel.unit_id, by=by, at=NOON)
    with pytest.raises(Invalid, match="1,000 characters"):
        members.change_status(mabel, Status.LAPSED, "x" * 1001, was="member", by=by, at=NOON)
    with pytest.raises(NotAllowed):
        members.change_status(mabel, Status.LAPSED, "why", was="member", by=cast.actor("committee_1"), at=NOON)
    with pytest.raises(NotAllowed):
        members.change_status(cast.who["roll_officer"], Status.LAPSED, "why", was="member", by=by, at=NOON)
    with pytest.raises(NotFound):
        members.get(987654)
    assert members.changes_of(mabel) == []


def test_the_second_of_two_officers_is_told_what_changed(cast: Cast) -> None:
    by, mabel = cast.actor("roll_officer"), cast.who["member"]
    members.change_status(mabel, Status.LAPSED, "Unpaid.", was="member", by=by, at=NOON)
    with pytest.raises(Stale, match=r"entry in the register was corrected, by Rolf Ames"):
        members.change_status(mabel, Status.FORMER, "Left.", was="member", by=by, at=NOON + timedelta(minutes=1))


def test_an_event_is_written_for_each_correction_and_no_refusal(cast: Cast) -> None:
    from consult.model.store import db

    by, mabel = cast.actor("roll_officer"), cast.who["member"]
    members.change_status(mabel, Status.LAPSED, "Unpaid.", was="member", by=by, at=NOON)
    with pytest.raises(Invalid):
        members.change_status(mabel, Status.LAPSED, "Again.", was="lapsed", by=by, at=NOON)
    assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.event == "member.changed")).all()) == 1
