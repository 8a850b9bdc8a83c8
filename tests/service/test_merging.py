"""Two entries of one person: found, merged with a reason, parted again; votes and frozen rolls stay as they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from consult.domain.eligibility import RollRule
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.roles import Role
from consult.model.audit import AuditEvent
from consult.model.members import Member, MemberMerge
from consult.model.rolls import RollEntry
from consult.model.store import db, writing
from consult.model.units import NetworkMembership, Unit
from consult.service import audit, growth, imports, members, merging, roll_rules, rolls
from tests import desk
from tests.factories import NOON, Cast, give_role, make_member, make_unit

WHY = "She joined twice; she says so herself."


@pytest.fixture
def twice(cast: Cast) -> tuple[Member, Member]:
    """Two entries of Mabel Thorn, the second with an address and the earlier day of joining."""
    with writing():
        first = make_member(cast.units["Alder"], "Mabel Thorne", number="D1", email=None)
        second = make_member(
            cast.units["Birch"], "Mabel Thorne", number="D2", email="mt@post.example",
            joined_at=NOON - timedelta(days=900),
        )  # fmt: skip
        network = make_unit("Health", "network", db.session.scalars(select(Unit).where(Unit.kind == "nation")).one())
        db.session.add(NetworkMembership(unit_id=network.id, member_id=second.id))
    return first, second


def merge(cast: Cast, kept: Member, merged: Member, why: str = WHY) -> MemberMerge:
    merging.merge(kept, merged, why, by=cast.actor("roll_officer"), at=NOON)
    return merging.of(kept)[0]


def networks(member: Member) -> int:
    query = select(func.count()).select_from(NetworkMembership).where(NetworkMembership.member_id == member.id)
    return db.session.scalar(query) or 0


def test_one_entry_is_kept_and_the_record_says_which_when_by_whom_and_why(cast: Cast, twice) -> None:  # type: ignore[no-untyped-def]
    kept, merged = twice
    row = merge(cast, kept, merged)
    assert (kept.email, kept.joined_at, networks(kept)) == ("mt@post.example", NOON - timedelta(days=900), 1)
    assert (merged.status, merged.email, merged.merged_into_id) == ("former", None, kept.id)
    assert (row.kept_id, row.merged_id, row.at, row.reason) == (kept.id, merged.id, NOON, WHY)
    assert row.merged_by == f"member:{cast.who['roll_officer'].id}"
    told = db.session.scalars(select(AuditEvent).where(AuditEvent.event == "members.merged")).one()
    assert (told.subject, told.details) == (f"member:{kept.id}", {"merge": row.id, "merged": merged.id})
    assert [change.new for change, _ in members.changes_of(merged)] == ["into D1"]
    assert [one.number for one in members.search("thorne").members] == ["D1"]
    assert audit.verify() == []


def test_it_can_be_undone_and_what_was_changed_since_stays(cast: Cast, twice) -> None:  # type: ignore[no-untyped-def]
    kept, merged = twice
    row = merge(cast, kept, merged)
    with writing():
        kept.email = kept.email_key = "new@post.example"
    with pytest.raises(Invalid, match="Say why"):
        merging.part(row, " ", by=cast.actor("roll_officer"))
    merging.part(row, "They are mother and daughter.", by=cast.actor("roll_officer"), at=NOON)
    assert (kept.email, kept.joined_at, networks(kept)) == ("new@post.example", NOON - timedelta(days=400), 0)
    assert (merged.status, merged.email, merged.merged_into_id) == ("member", "mt@post.example", None)
    assert (row.undone_at, row.undone_because) == (NOON, "They are mother and daughter.")
    with pytest.raises(OutOfOrder, match="parted again already"):
        merging.part(row, WHY, by=cast.actor("roll_officer"))
    assert members.search("thorne").total == 2
    merge(cast, merged, kept)
    assert len(merging.of(kept)) == 2


def test_what_stands_in_the_way_is_told_all_at_once(cast: Cast, twice) -> None:  # type: ignore[no-untyped-def]
    kept, merged = twice
    by = cast.actor("roll_officer")
    with writing():
        give_role(merged, Role.DELEGATE, cast.units["Birch"])
        third = make_member(cast.units["Birch"], "Mabel Thorne")
    with pytest.raises(OutOfOrder, match="D2 holds a role \\(delegate\\)"):
        merging.merge(kept, merged, WHY, by=by, at=NOON)
    merge(cast, merged, third)
    with pytest.raises(OutOfOrder, match="merged into another already"):
        merging.merge(kept, third, WHY, by=by, at=NOON)
    with pytest.raises(OutOfOrder, match=r"holds a role.*|Another entry is merged into that with the number D2"):
        merging.merge(kept, merged, WHY, by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="one entry, not two"):
        merging.merge(kept, kept, WHY, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        merging.merge(kept, cast.who["roll_officer"], WHY, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        merging.merge(kept, merged, WHY, by=cast.actor("returning_officer"), at=NOON)


def test_not_while_both_are_on_the_roll_of_an_open_ballot(cast: Cast, twice) -> None:  # type: ignore[no-untyped-def]
    kept, merged = twice
    held = desk.Desk(cast)
    held.ask()
    held.schedule()
    assert {kept.id, merged.id} <= set(rolls.entry_ids(held.roll.id))
    with pytest.raises(OutOfOrder, match=r"Both entries are on the roll “Members”.* each has a vote there"):
        merge(cast, kept, merged)
    with writing():
        held.ballot.state = "cancelled"
    before = list(db.session.execute(select(RollEntry.member_id, RollEntry.email).order_by(RollEntry.member_id)).all())
    merge(cast, kept, merged)
    after = list(db.session.execute(select(RollEntry.member_id, RollEntry.email).order_by(RollEntry.member_id)).all())
    assert after == before, "a frozen roll stays as it is"


def test_a_merged_entry_is_on_no_later_roll_and_an_import_leaves_it_alone(cast: Cast, twice) -> None:  # type: ignore[no-untyped-def]
    kept, merged = twice
    size = roll_rules.preview(RollRule()).size
    merge(cast, kept, merged)
    assert roll_rules.preview(RollRule()).size == size - 1
    data = b"name,e-mail,member number,joined,branch,status\nMabel Thorne,mt@post.example,D2,2023-01-01,Birch,member\n"
    report = imports.preview(data, imports.Options(shared_addresses=True), at=NOON)
    assert report.counts == {"wrong": 0, "new": 0, "changed": 0, "unchanged": 0, "merged": 1, "erased": 0}
    imports.apply(None, report, "The file of June.", by=cast.actor("roll_officer"), at=NOON)
    assert (merged.status, merged.email) == ("former", None)


def test_entries_that_look_alike_are_reported_group_by_group(cast: Cast, twice) -> None:  # type: ignore[no-untyped-def]
    with writing():
        make_member(cast.units["Cedar"], "Pat Thorne", number="D3", email="MT@post.example")
        make_member(cast.units["Birch"], "mabel thorne", number="D4", email="x@post.example")
    found = merging.alike("e-mail")
    assert [[one.number for one in group] for group in found.groups] == [["D2", "D3"]]
    found = merging.alike("name")
    assert [[one.number for one in group] for group in found.groups] == [["D2", "D4"]]
    assert (found.total, found.last) == (1, 1)


def test_how_branches_grow(cast: Cast) -> None:
    with writing():
        for days in (1, 40, 100):
            make_member(cast.units["Cedar"], joined_at=NOON - timedelta(days=days))
    year = NOON + timedelta(days=365)
    with writing():
        db.session.execute(update(Member).values(created_at=NOON - timedelta(days=1)))
    first = next(one for one in growth.by_branch(NOON) if one.name == "Cedar")
    assert (first.size, first.joined, first.entered, first.share(1)) == (4, (1, 2, 3), (4, 4, 4), 100)
    first = next(one for one in growth.by_branch(year) if one.name == "Cedar")
    assert (first.joined, first.entered, first.share(1)) == ((0, 0, 0), (0, 0, 0), 0)
    with writing():  # a file that says they joined long ago
        for _ in range(4):
            make_member(cast.units["Cedar"], joined_at=NOON - timedelta(days=900)).created_at = year - timedelta(
                days=10
            )
    first = growth.by_branch(year)[0]
    assert (first.name, first.size, first.joined, first.entered) == ("Cedar", 8, (0, 0, 0), (4, 4, 4))
    assert first.share(1) == 50
