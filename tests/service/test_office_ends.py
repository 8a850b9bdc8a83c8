"""Offices end with membership: by hand, by an import; they rest with a suspension; and they are for members."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.domain.bodies import APPOINTED
from consult.domain.errors import Invalid, NotAllowed
from consult.domain.events import Event
from consult.domain.policy import Permission, may, why_not
from consult.domain.roles import Role, Status
from consult.model.audit import AuditEvent
from consult.model.members import RoleHolding
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import affiliates, bodies, imports, members, office_ends, roles, seats, suspensions, units
from consult.service.actors import actor_of
from consult.service.affiliates import Named
from consult.service.bodies import Spec
from consult.service.imports import Options
from tests.factories import NOON, Cast, give_role, make_member

DAY = timedelta(days=1)
WHY = "resigned by letter"


def change(cast: Cast, name: str, status: Status) -> None:
    member = cast.who[name]
    members.change_status(member, status, WHY, was=member.status, by=cast.actor("roll_officer"), at=NOON)


def kinds() -> list[str]:
    return [event.event for event in db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence))]


def test_who_is_no_longer_a_member_has_no_office_from_that_moment(cast: Cast) -> None:
    spec = Spec("Disputes", "It settles disputes.", 2, confers="complaints panel")
    body = bodies.make(cast.units["Testland"], spec, "resolved", by=cast.actor("committee_1"), at=NOON - DAY)
    by, term = cast.actor("committee_1"), seats.Term(APPOINTED, "resolved")
    sits = seats.fill(body, cast.who["committee_2"], term, by=by, at=NOON - DAY)
    coming = roles.give(
        cast.who["committee_2"], Role.MODERATOR, starts_at=NOON + DAY, reason="elected", by=by, at=NOON - DAY
    )
    going = office_ends.of(cast.who["committee_2"], Status.LAPSED, NOON)
    assert {(one.what, one.where) for one in going.offices} == {
        ("governance committee", ""), ("complaints panel", ""), ("moderator", ""), ("seat", "Disputes, Testland"),
    }  # fmt: skip
    number = coming.id
    change(cast, "committee_2", Status.LAPSED)
    gone = cast.actor("committee_2")
    assert gone.holdings == ()
    assert not may(Permission.ROLE_GIVE, gone, at=NOON)
    assert sits.ends_at == NOON
    assert sits.left_because == office_ends.BECAUSE
    assert db.session.get(RoleHolding, number) is None, "what had not begun never was"
    assert kinds()[-5:] == [
        Event.SEAT_VACATED.value, *[Event.ROLE_ENDED.value] * 3, Event.MEMBER_CHANGED.value,
    ]  # fmt: skip
    told = {(n.kind, n.member_id) for n in db.session.scalars(select(Notice)) if n.kind.startswith("offices-")}
    others = {("offices-vacant", cast.who[f"committee_{n}"].id) for n in (1, 3, 4, 5)}
    assert told == {("offices-ended", cast.who["committee_2"].id), *others}
    change(cast, "committee_2", Status.MEMBER)
    assert cast.actor("committee_2").roles(NOON) == set(), "each has to be given again"


def test_a_role_that_a_lapsed_person_holds_all_the_same_gives_nothing(cast: Cast) -> None:
    with writing():
        cast.who["committee_1"].status = Status.LAPSED.value
        cast.who["scrutineer"].status = Status.REPRESENTATIVE.value
    assert cast.actor("committee_1").holdings == ()
    assert cast.actor("scrutineer").holds(Role.SCRUTINEER, NOON), "an outsider may watch"
    with pytest.raises(NotAllowed):
        roles.give(cast.who["member"], Role.MODERATOR, reason=WHY, by=cast.actor("committee_1"), at=NOON)


def test_nobody_takes_the_last_of_the_governance_committee_out(cast: Cast) -> None:
    for number in (1, 2, 3):
        change(cast, f"committee_{number}", Status.FORMER)
    by = cast.actor("roll_officer")
    suspensions.suspend(cast.who["committee_4"], None, "by decision of the panel", by=by, at=NOON)
    for refused in (
        lambda: change(cast, "committee_5", Status.LAPSED),
        lambda: suspensions.suspend(cast.who["committee_5"], None, "by decision of the panel", by=by, at=NOON),
    ):
        with pytest.raises(Invalid, match="Nobody would be left on the governance committee"):
            refused()
    assert cast.actor("committee_5").holds(Role.GOVERNANCE, NOON)


def test_offices_rest_with_a_suspension_and_are_there_again_when_it_ends(cast: Cast) -> None:
    by = cast.actor("roll_officer")
    suspensions.suspend(cast.who["moderator"], NOON + 3 * DAY, "by decision of the panel", by=by, at=NOON)
    now = cast.actor("moderator")
    assert not may(Permission.COMMENT_MODERATE, now, at=NOON + DAY)
    assert "your office as moderator rests" in str(why_not(Permission.COMMENT_MODERATE, now, at=NOON + DAY))
    assert may(Permission.COMMENT_MODERATE, now, at=NOON + 3 * DAY)
    suspensions.lift(cast.who["moderator"], "the appeal succeeded", by=by, at=NOON + DAY)
    assert may(Permission.COMMENT_MODERATE, cast.actor("moderator"), at=NOON + DAY)


def test_an_import_says_which_offices_end_and_ends_them(cast: Cast) -> None:
    with writing():
        idle = make_member(cast.units["Birch"], "Idle Hand", number="X9")
        give_role(idle, Role.UNIT_OFFICER, cast.units["Birch"])
    rows = ["name,e-mail,member number,joined,branch,status"]
    for name, member in cast.who.items():
        status = "lapsed" if name == "delegate" else member.status
        rows.append(f"{member.name},{member.email},{member.number},2025-01-26,{member.unit.name},{status}")
    report = imports.preview("\n".join(rows).encode(), Options(), at=NOON)
    assert report.counts["wrong"] == 0
    told = [(one.who, one.what, one.where) for one in imports.ending_of(report, NOON, True).offices]
    assert told == [("Delia Marsh", "delegate", "Alder"), ("Idle Hand", "unit officer", "Birch")]
    assert len(imports.ending_of(report, NOON, False).offices) == 1
    by = cast.actor("roll_officer")
    imports.apply(None, report, "The file of June.", lapse_missing=True, by=by, at=NOON)
    assert roles.standing(db.session(), cast.who["delegate"].id, NOON) == []
    assert roles.standing(db.session(), idle.id, NOON) == []
    assert roles.standing(db.session(), cast.who["moderator"].id, NOON) != []


def test_an_import_that_would_leave_nobody_to_give_roles_is_refused(cast: Cast) -> None:
    members_of = [cast.who[f"committee_{number}"] for number in range(1, 6)]
    rows = [f"{m.name},{m.email},{m.number},2025-01-26,Alder,lapsed" for m in members_of]
    file = "\n".join(["name,e-mail,member number,joined,branch,status", *rows])
    report = imports.preview(file.encode(), Options(), at=NOON)
    with pytest.raises(Invalid, match="governance committee"):
        imports.apply(None, report, "The file of June.", by=cast.actor("roll_officer"), at=NOON)
    assert {member.status for member in members_of} == {"member"}


@pytest.mark.parametrize(
    ("status", "role", "given"),
    [
        (Status.SUPPORTER, Role.MODERATOR, False), (Status.LAPSED, Role.SCRUTINEER, False),
        (Status.FORMER, Role.STANDING_ORDERS, False), (Status.REPRESENTATIVE, Role.GOVERNANCE, False),
        (Status.REPRESENTATIVE, Role.SCRUTINEER, True),
    ],
)  # fmt: skip
def test_roles_are_for_members_but_for_those_held_from_outside(
    cast: Cast, status: Status, role: Role, given: bool
) -> None:
    with writing():
        cast.who["member"].status = status.value
    by = cast.actor("committee_1")
    if given:
        assert roles.give(cast.who["member"], role, reason="appointed", by=by, at=NOON).role == role.value
        return
    with pytest.raises(Invalid) as refusal:
        roles.give(cast.who["member"], role, reason="appointed", by=by, at=NOON)
    assert list(refusal.value.fields) == ["member"]


def test_no_role_for_who_is_suspended_or_speaks_for_an_organisation_nor_for_a_lifetime(cast: Cast) -> None:
    by = cast.actor("committee_1")
    suspensions.suspend(cast.who["mover"], None, "by decision of the panel", by=cast.actor("roll_officer"), at=NOON)
    guild = units.make_unit(None, "Guild", "organisation", "affiliated", by=by, at=NOON)
    speaks = affiliates.name(guild, Named(name="Ada Quill", email="ada@guild.example"), None, WHY, by=by, at=NOON)
    for member, words in (
        (cast.who["mover"], "is suspended"),
        (speaks.member, "speaks for an affiliated organisation"),
    ):
        with pytest.raises(Invalid, match=words):
            roles.give(member, Role.SCRUTINEER, reason="appointed", by=by, at=NOON)
    with pytest.raises(Invalid, match="at most 10 years"):
        roles.give(
            cast.who["member"], Role.MODERATOR, ends_at=NOON.replace(year=2900), reason="elected", by=by, at=NOON
        )


def test_nobody_takes_a_file_by_which_their_own_office_ends(cast: Cast) -> None:
    with writing():
        second = make_member(cast.units["Alder"], "Second Officer", number="X8")
        give_role(second, Role.ROLL_OFFICER)
    mine = cast.who["roll_officer"]
    file = f"name,e-mail,member number,joined,branch,status\n{mine.name},{mine.email},{mine.number},2025-01-26,Alder,lapsed"
    report = imports.preview(file.encode(), Options(), at=NOON)
    with pytest.raises(NotAllowed, match="Your own office would end by this file"):
        imports.apply(None, report, "The file of June.", by=cast.actor("roll_officer"), at=NOON)
    other = actor_of(second.id, second_factor=True)
    with pytest.raises(NotAllowed, match="another officer has to take it"):  # the second is missing from it
        imports.apply(None, report, "The file of June.", lapse_missing=True, lapsing=report.missing, by=other, at=NOON)
    imports.apply(None, report, "The file of June.", by=other, at=NOON)
    assert roles.standing(db.session(), mine.id, NOON) == []
