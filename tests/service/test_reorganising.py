"""Units put under others, merged and closed: people, offices and paths go along, the record stays, and networks are joined."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.events import Event
from consult.domain.nominations import Rules
from consult.domain.roles import Role
from consult.model.audit import AuditEvent
from consult.model.members import Member, MemberChange, RoleHolding
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.model.units import UnitChange
from consult.service import affiliates, bodies, members, networks, nominations, reorganising, roles, seats, units
from consult.service.affiliates import Named
from tests.factories import NOON, Cast, by_two, make_member, make_unit

WHY = "decided by the annual meeting"
DAY = timedelta(days=1)


def test_a_branch_is_put_under_another_region_and_its_path_says_so(cast: Cast) -> None:
    alder, south = cast.units["Alder"], cast.units["Southfen"]
    moved = reorganising.move(alder, south, WHY, by=cast.actor("roll_officer"), at=NOON)
    assert (moved.parent_id, moved.path) == (south.id, f"{south.path}{alder.id}/")
    assert [unit.name for unit in units.below(south)] == ["Alder", "Cedar", "Elder"]
    last = units.changes(alder)[0]
    assert (last.what, last.old, last.new, last.reason) == ("moved", "Northmoor", "Southfen", WHY)
    with pytest.raises(Invalid, match="there already"):
        reorganising.move(alder, south, WHY, by=cast.actor("roll_officer"), at=NOON)
    with pytest.raises(Invalid, match="stands under a nation or a region"):
        reorganising.move(alder, cast.units["Birch"], WHY, by=cast.actor("roll_officer"), at=NOON)
    with pytest.raises(Invalid, match="Give the reason"):
        reorganising.move(alder, cast.units["Northmoor"], " ", by=cast.actor("roll_officer"), at=NOON)


def test_merging_branches_takes_the_people_along_and_ends_the_offices(cast: Cast) -> None:
    birch, alder = cast.units["Birch"], cast.units["Alder"]
    with writing():
        people = [make_member(birch).id for _ in range(3)]
    everybody = len(list(db.session.scalars(select(Member).where(Member.unit_id.in_([birch.id, alder.id])))))
    officer = cast.actor("committee_1")
    held = roles.standing(db.session(), cast.who["other_delegate"].id, NOON)[0].id
    body = bodies.make(birch, bodies.Spec("Executive", "It runs the branch.", 2), "resolved", by=officer, at=NOON)
    seat = seats.fill(body, cast.who["member"], seats.Term("appointed", WHY), by=officer, at=NOON)
    soon, far = NOON + 2 * DAY, NOON + 9 * DAY
    coming = seats.fill(body, cast.who["mover"], seats.Term("appointed", WHY, soon, far), by=officer, at=NOON)
    later = roles.give(cast.who["mover"], Role.DELEGATE, unit=birch, starts_at=soon, reason=WHY, by=officer, at=NOON).id
    spec = nominations.CallSpec("Executive", 1, soon, far, far, far, far, far + 90 * DAY, Rules(needed=0))
    call = nominations.call(body, spec, by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match=r"Offices of others .*Mabel Thorn \(Executive\).* takes two members"):
        reorganising.merge(birch, alder, WHY, by=officer, at=NOON + DAY)
    by_two(cast, birch, WHY, "merge unit", into=alder.id, at=NOON + DAY)
    merged = units.get(birch.id)
    told = {row.member_id for row in db.session.scalars(select(Notice).where(Notice.kind == "office-ending"))}
    assert told == {cast.who[name].id for name in ("other_delegate", "member", "mover")}
    assert merged.closed_at == NOON + DAY
    assert len(list(db.session.scalars(select(Member).where(Member.unit_id == alder.id)))) == everybody
    kept = db.session.scalars(select(MemberChange).where(MemberChange.member_id == people[0])).one()
    assert (kept.what, kept.old, kept.new) == ("branch", "Birch", "Alder")
    assert roles.get(held).ends_at == NOON + DAY and "Birch was merged into Alder" in roles.get(held).reason
    never = seats.get(coming.id)
    assert never.left_because == "Birch was merged into Alder" and never.ends_at - never.starts_at < timedelta(
        seconds=1
    )
    assert db.session.get(RoleHolding, later) is None, "a role that had not begun never was"
    assert not [row for row in roles.standing(db.session(), cast.who["mover"].id, far) if row.unit_id == birch.id]
    assert seats.get(seat.id).ends_at == NOON + DAY and bodies.get(body.id).dissolved_at == NOON + DAY
    assert (call.state, call.outcome) == ("cancelled", "Birch was merged into Alder")
    assert "Birch" not in [unit.name for unit in units.all_units()]
    assert [unit.name for unit in units.closed()] == ["Birch"]
    assert units.changes(alder)[0].what == "took in"
    events = [row.event for row in db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence))]
    assert Event.ROLE_ENDED.value in events and Event.UNIT_MERGED.value in events[-4:]
    with pytest.raises(OutOfOrder, match="Birch was closed"):
        units.rename(merged, "Ghost", WHY, was="Birch", by=officer, at=NOON + 2 * DAY)
    with pytest.raises(OutOfOrder, match="Birch was closed"):
        units.describe(merged, "A ghost.", "members", by=officer, at=NOON + 2 * DAY)
    with pytest.raises(Invalid, match="Birch is closed"):
        roles.give(
            cast.who["mover"], Role.DELEGATE, unit=merged, reason=WHY, by=cast.actor("committee_1"), at=NOON + 2 * DAY
        )
    with pytest.raises(OutOfOrder, match="was closed"):
        reorganising.merge(birch, alder, WHY, by=officer, at=NOON + DAY)
    with pytest.raises(Invalid, match="Birch is closed"):
        members.move(
            db.session.get_one(Member, people[0]),
            birch,
            WHY,
            was=alder.id,
            by=cast.actor("roll_officer"),
            at=NOON + DAY,
        )


def test_merging_regions_takes_the_branches_along(cast: Cast) -> None:
    north, south, cedar = cast.units["Northmoor"], cast.units["Southfen"], cast.units["Cedar"]
    with pytest.raises(Invalid, match="merged into another region"):
        reorganising.merge(south, cedar, WHY, by=cast.actor("committee_1"), at=NOON)
    reorganising.merge(south, north, WHY, by=cast.actor("committee_1"), at=NOON)
    assert cedar.path == f"{north.path}{cedar.id}/" and cedar.parent_id == north.id
    assert [unit.name for unit in units.below(north)] == ["Alder", "Birch", "Cedar", "Elder"]


def test_what_is_closed_has_nobody_at_home_and_nothing_below(cast: Cast) -> None:
    by = cast.actor("committee_1")
    with pytest.raises(OutOfOrder, match="people have their home in Elder"):
        reorganising.close(cast.units["Elder"], WHY, by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="stand below Southfen"):
        reorganising.close(cast.units["Southfen"], WHY, by=by, at=NOON)
    with pytest.raises(Invalid, match="whole movement"):
        reorganising.close(cast.units["Testland"], WHY, by=by, at=NOON)
    rowan = units.make_unit(cast.units["Southfen"], "Rowan Works", "branch", "resolved", workplace=True, by=by, at=NOON)
    assert rowan.kind_words == "workplace branch"
    assert reorganising.close(rowan, WHY, by=by, at=NOON).closed_at == NOON
    with pytest.raises(Invalid, match="Only a branch"):
        units.make_unit(cast.units["Testland"], "North", "region", "resolved", workplace=True, by=by, at=NOON)


def test_the_record_of_a_unit_is_never_changed(cast: Cast) -> None:
    units.rename(cast.units["Alder"], "Ash", WHY, was="Alder", by=cast.actor("committee_1"), at=NOON)
    change = db.session.scalars(select(UnitChange)).one()
    assert (change.what, change.old, change.new) == ("renamed", "Alder", "Ash")
    with pytest.raises(IntegrityError, match="never changed"), writing():
        db.session.get_one(UnitChange, change.id).old = "Elm"


def test_networks_are_joined_and_left_by_oneself_and_leave_no_line_in_the_log(cast: Cast) -> None:
    with writing():
        health = make_unit("Health", "network", cast.units["Testland"])
    before = len(list(db.session.scalars(select(AuditEvent))))
    for name in ("member", "member", "supporter"):
        networks.join(health, by=cast.actor(name), at=NOON)
    member = cast.who["member"]
    assert networks.size(health) == 2 and networks.of_member(member.id) == [health]
    assert member.unit_id == cast.units["Alder"].id
    networks.leave(health, by=cast.actor("member"), at=NOON)
    assert not networks.is_in(health, member.id)
    with pytest.raises(Invalid, match="one joins networks"):
        networks.join(cast.units["Birch"], by=cast.actor("member"), at=NOON)
    assert len(list(db.session.scalars(select(AuditEvent)))) == before


def test_an_affiliated_organisation_speaks_through_named_people_who_are_not_counted(cast: Cast) -> None:
    with writing():
        union = make_unit("Bakers’ Union", "organisation", cast.units["Testland"])
    officer = cast.actor("roll_officer")
    before = units.figures(cast.units["Testland"])
    named = Named(name="Ruth Oven", email="ruth@bakers.example")
    row = affiliates.name(union, named, NOON + 30 * DAY, WHY, by=officer, at=NOON)
    assert row.member.status == "representative" and row.member.unit_id == union.id
    assert units.figures(cast.units["Testland"]) == before
    assert affiliates.represented_by(row.member_id, NOON) == [union]
    assert affiliates.represented_by(row.member_id, NOON + 30 * DAY) == []
    also = affiliates.name(union, Named(cast.who["member"].number), None, WHY, by=officer, at=NOON)
    assert also.member.status == "member"
    with pytest.raises(Invalid, match="speaks for Bakers’ Union already"):
        affiliates.name(union, Named(cast.who["member"].number), None, WHY, by=officer, at=NOON)
    for wrong, field in (
        (Named("nobody@nowhere.example"), "who"),
        (Named(name="", email="x@y.example"), "name"),
        (Named(cast.who["member"].number, "Ann", "ann@bakers.example"), "who"),
        (Named(name="Ann", email="ruth@bakers.example"), "email"),
    ):
        with pytest.raises(Invalid) as refusal:
            affiliates.name(union, wrong, None, WHY, by=officer, at=NOON)
        assert field in refusal.value.fields
    with pytest.raises(NotAllowed):
        affiliates.name(union, named, None, WHY, by=cast.actor("delegate"), at=NOON)
    affiliates.end(also, "left the union", by=officer, at=NOON + DAY)
    assert [one.member.name for one in affiliates.of(union, NOON + DAY)] == ["Ruth Oven"]
    with pytest.raises(OutOfOrder, match="ended already"):
        affiliates.end(also, "again", by=officer, at=NOON + DAY)


def test_a_unit_is_described_by_its_own_officers(cast: Cast) -> None:
    alder = cast.units["Alder"]
    with pytest.raises(NotAllowed):
        units.describe(alder, "We meet on Mondays.", "everyone", by=cast.actor("delegate"), at=NOON)
    roles.give(cast.who["member"], Role.UNIT_OFFICER, unit=alder, reason=WHY, by=cast.actor("committee_1"), at=NOON)
    units.describe(alder, "We meet on Mondays.", "everyone", by=cast.actor("member"), at=NOON)
    assert (units.profile(alder).about, units.profile(alder).readers) == ("We meet on Mondays.", "everyone")
    with pytest.raises(NotAllowed):
        units.describe(cast.units["Birch"], "", "unit", by=cast.actor("member"), at=NOON)
    with pytest.raises(Invalid) as refusal:
        units.describe(alder, "x" * 3_001, "nobody", WHY, by=cast.actor("member"), at=NOON)
    assert set(refusal.value.fields) == {"about", "readers"}
