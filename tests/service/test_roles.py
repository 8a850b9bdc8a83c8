"""Roles: given for a term with a reason, never to oneself, and ended without leaving nobody to give them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed
from consult.domain.events import Event
from consult.domain.policy import Permission, may
from consult.domain.roles import CONSOLE, Role
from consult.model.audit import AuditEvent
from consult.model.members import RoleHolding
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import roles
from tests.factories import NOON, Cast, by_two

DAY = timedelta(days=1)


def held(cast: Cast, name: str) -> RoleHolding:
    return roles.standing(db.session(), cast.who[name].id, NOON)[0]


def test_giving_a_role_gives_its_powers_for_its_term(cast: Cast) -> None:
    member = cast.who["member"]
    holding = roles.give(
        member,
        Role.MODERATOR,
        ends_at=NOON + DAY,
        reason=" elected on 1 March ",
        by=cast.actor("committee_1"),
        at=NOON,
    )
    assert (holding.reason, holding.given_by) == ("elected on 1 March", f"member:{cast.who['committee_1'].id}")
    now = cast.actor("member")
    assert may(Permission.COMMENT_MODERATE, now, at=NOON)
    assert not may(Permission.COMMENT_MODERATE, now, at=NOON + DAY)
    assert not may(Permission.COMMENT_MODERATE, cast.actor("member", second_factor=False), at=NOON)
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
    assert event is not None and event.event == Event.ROLE_GIVEN.value
    assert event.details == {"member": member.id, "role": "moderator", "unit": None}
    assert [n.kind for n in db.session.scalars(select(Notice))] == ["invitation"]


def test_nobody_gives_a_role_to_themself_and_only_officers_give_them(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="to themself"):
        roles.give(
            cast.who["committee_1"], Role.MODERATOR, reason="I am good at it", by=cast.actor("committee_1"), at=NOON
        )
    for who in ("member", "roll_officer", "chair", "scrutineer"):
        with pytest.raises(NotAllowed):
            roles.give(cast.who["mover"], Role.MODERATOR, reason="why not", by=cast.actor(who), at=NOON)
    with pytest.raises(NotAllowed, match="code from your authenticator"):
        weak = cast.actor("committee_1", second_factor=False)
        roles.give(cast.who["mover"], Role.MODERATOR, reason="why not", by=weak, at=NOON)


@pytest.mark.parametrize(
    ("who", "role", "more", "field"),
    [
        ("member", Role.DELEGATE, {}, "unit"),
        ("member", Role.MODERATOR, {"reason": "  "}, "reason"),
        ("member", Role.MODERATOR, {"reason": "x" * 801}, "reason"),
        ("member", Role.MODERATOR, {"ends_at": NOON}, "ends_at"),
        ("member", Role.MODERATOR, {"starts_at": NOON + 2 * DAY, "ends_at": NOON + DAY}, "ends_at"),
        ("moderator", Role.MODERATOR, {}, "role"),
        ("returning_officer", Role.SCRUTINEER, {}, "role"),
        ("scrutineer", Role.GOVERNANCE, {}, "role"),
        ("panel", Role.RETURNING_OFFICER, {}, "role"),
    ],
)
def test_what_is_refused(cast: Cast, who: str, role: Role, more: dict[str, object], field: str) -> None:
    given = {"reason": "elected", **more}
    with pytest.raises(Invalid) as refusal:
        roles.give(cast.who[who], role, by=cast.actor("committee_1"), at=NOON, **given)
    assert list(refusal.value.fields) == [field]


def test_one_may_be_delegate_of_one_branch_after_another(cast: Cast) -> None:
    alder, birch = cast.units["Alder"], cast.units["Birch"]
    by = cast.actor("committee_1")
    roles.give(cast.who["delegate"], Role.DELEGATE, unit=birch, reason="elected", by=by, at=NOON)
    with pytest.raises(Invalid, match="there already"):
        roles.give(cast.who["delegate"], Role.DELEGATE, unit=alder, reason="elected", by=by, at=NOON)


def test_ending_a_role_ends_its_powers_and_keeps_its_history(cast: Cast) -> None:
    ended = held(cast, "moderator")
    by_two(cast, ended, "moved away")
    assert ended.ends_at == NOON
    assert ended.reason.endswith("; ended: moved away")
    assert not may(Permission.COMMENT_MODERATE, cast.actor("moderator"), at=NOON)
    with pytest.raises(Invalid, match="ended already"):
        by_two(cast, ended, "once more")


def test_ending_a_role_that_has_not_begun(cast: Cast) -> None:
    by = cast.actor("committee_1")
    coming = roles.give(cast.who["member"], Role.MODERATOR, starts_at=NOON + DAY, reason="elected", by=by, at=NOON)
    by_two(cast, coming, "will not take it up")
    assert roles.standing(db.session(), cast.who["member"].id, NOON) == []


def test_laying_down_a_role_of_ones_own_and_of_nobody_else(cast: Cast) -> None:
    roles.resign(held(cast, "delegate"), "moved away", by=cast.actor("delegate"), at=NOON)
    with pytest.raises(NotAllowed):
        roles.resign(held(cast, "other_delegate"), "envy", by=cast.actor("delegate"), at=NOON)


def test_the_last_of_the_governance_committee_cannot_go(cast: Cast) -> None:
    for number in range(1, 5):
        roles.resign(held(cast, f"committee_{number}"), "tired", by=cast.actor(f"committee_{number}"), at=NOON)
    with pytest.raises(Invalid, match="last member of the governance committee"):
        roles.resign(held(cast, "committee_5"), "tired too", by=cast.actor("committee_5"), at=NOON)


def test_the_console_can_give_a_role(cast: Cast) -> None:
    given = roles.give(cast.who["member"], Role.GOVERNANCE, reason="all terms had ended", by=CONSOLE, at=NOON)
    assert given.given_by == "machine:console"


def test_finding_one_member(cast: Cast) -> None:
    assert roles.find_member("MEMBER@members.example").id == cast.who["member"].id
    with pytest.raises(Invalid) as refusal:
        roles.find_member("nobody")
    assert list(refusal.value.fields) == ["member"]
