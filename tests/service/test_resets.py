"""Resets of lost authenticators: two different officers, a reason, and the person told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.model.members import Account, SignInSession
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import resets, sessions
from consult.service.act import Act
from tests.factories import NOON, Cast

WHY = "Telephoned on the number their branch has."


@pytest.fixture
def lost(cast: Cast) -> Cast:
    """The chair has an authenticator and a session."""
    with writing() as session:
        account = session.get_one(Account, cast.who["chair"].id)
        account.totp_sealed, account.totp_confirmed_at = "sealed", NOON
        account.password_hash = "kept"
        sessions.begin(
            Act(session, cast.actor("chair"), NOON), account.member_id, "s" * 43, second_factor=True, device="x"
        )
    return cast


def test_two_officers_take_the_authenticator_away_and_the_password_stays(lost: Cast) -> None:
    chair = lost.who["chair"]
    request = resets.ask(chair, WHY, by=lost.actor("roll_officer"), at=NOON)
    assert [r.id for r in resets.waiting(NOON)] == [request.id]
    resets.agree(request, by=lost.actor("committee_1"), at=NOON)
    account = db.session.get_one(Account, chair.id)
    assert (account.totp_sealed, account.totp_confirmed_at, account.password_hash) == (None, None, "kept")
    assert db.session.scalars(select(SignInSession.ended_at)).all() == [NOON]
    told = db.session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [n.kind for n in told] == ["account-changed", "second-factor-reset"]
    assert {n.member_id for n in told} == {chair.id}
    assert resets.waiting(NOON) == []


def test_one_officer_alone_is_not_enough(lost: Cast) -> None:
    request = resets.ask(lost.who["chair"], WHY, by=lost.actor("roll_officer"), at=NOON)
    with pytest.raises(NotAllowed, match="another officer"):
        resets.agree(request, by=lost.actor("roll_officer"), at=NOON)
    assert db.session.get_one(Account, lost.who["chair"].id).totp_sealed == "sealed"


@pytest.mark.parametrize("who", ["member", "scrutineer", "delegate", "moderator"])
def test_others_may_neither_ask_nor_agree(lost: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        resets.ask(lost.who["chair"], WHY, by=lost.actor(who), at=NOON)
    request = resets.ask(lost.who["chair"], WHY, by=lost.actor("roll_officer"), at=NOON)
    with pytest.raises(NotAllowed):
        resets.agree(request, by=lost.actor(who), at=NOON)


def test_nobody_resets_oneself_or_agrees_to_it(lost: Cast) -> None:
    with writing() as session:
        session.get_one(Account, lost.who["committee_1"].id).totp_confirmed_at = NOON
    with pytest.raises(NotAllowed):
        resets.ask(lost.who["committee_1"], WHY, by=lost.actor("committee_1"), at=NOON)
    request = resets.ask(lost.who["committee_1"], WHY, by=lost.actor("committee_2"), at=NOON)
    with pytest.raises(NotAllowed):
        resets.agree(request, by=lost.actor("committee_1"), at=NOON)


def test_an_officer_without_the_code_may_not(lost: Cast) -> None:
    with pytest.raises(NotAllowed, match="code from your authenticator"):
        resets.ask(lost.who["chair"], WHY, by=lost.actor("roll_officer", second_factor=False), at=NOON)


def test_wrong_order_and_too_late(lost: Cast) -> None:
    chair = lost.who["chair"]
    request = resets.ask(chair, WHY, by=lost.actor("roll_officer"), at=NOON)
    with pytest.raises(OutOfOrder, match="waits for a second officer already"):
        resets.ask(chair, WHY, by=lost.actor("committee_1"), at=NOON)
    with pytest.raises(OutOfOrder, match="more than seven days"):
        resets.agree(request, by=lost.actor("committee_1"), at=NOON + timedelta(days=7))
    resets.agree(request, by=lost.actor("committee_1"), at=NOON + timedelta(days=6))
    with pytest.raises(OutOfOrder, match="done already"):
        resets.agree(request, by=lost.actor("committee_2"), at=NOON + timedelta(days=6))


@pytest.mark.parametrize("why", ["", "   ", "x" * 1001])
def test_a_reason_is_needed(lost: Cast, why: str) -> None:
    with pytest.raises(Invalid) as refusal:
        resets.ask(lost.who["chair"], why, by=lost.actor("roll_officer"), at=NOON)
    assert list(refusal.value.fields) == ["reason"]


def test_there_must_be_something_to_reset(lost: Cast) -> None:
    with pytest.raises(Invalid, match="no authenticator"):
        resets.ask(lost.who["member"], WHY, by=lost.actor("roll_officer"), at=NOON)
