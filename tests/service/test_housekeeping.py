"""Forgetting in time: what goes, and what stays a while longer."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from consult.model.members import Attempt, LoginToken, SignInSession
from consult.model.notices import DevelopmentMail
from consult.model.store import db, writing
from consult.service import housekeeping
from tests.factories import NOON, Cast

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_rows_go_when_their_time_is_over_and_not_before(cast: Cast) -> None:
    who = cast.who["member"].id
    with writing() as session:
        session.add_all(
            [
                Attempt(key="old", count=1, window_started_at=NOON - HOUR - timedelta(seconds=1)),
                Attempt(key="new", count=1, window_started_at=NOON - timedelta(minutes=10)),
                LoginToken(
                    token_hash="old",
                    member_id=who,
                    purpose="invite",
                    created_at=NOON - 20 * DAY,
                    expires_at=NOON - 2 * DAY,
                ),
                LoginToken(
                    token_hash="new", member_id=who, purpose="invite", created_at=NOON - DAY, expires_at=NOON + DAY
                ),
                DevelopmentMail(address="a", subject="b", body="c", sent_at=NOON - 31 * DAY),
                DevelopmentMail(address="a", subject="b", body="c", sent_at=NOON - DAY),
            ]
        )
        for name, ended in (("old", NOON - 31 * DAY), ("new", NOON - DAY), ("standing", None)):
            session.add(
                SignInSession(
                    token_hash=name,
                    member_id=who,
                    second_factor=False,
                    device="x",
                    created_at=NOON - 40 * DAY,
                    seen_at=NOON,
                    ended_at=ended,
                )
            )
    assert housekeeping.forget(NOON) == 4
    assert db.session.scalars(select(Attempt.key)).all() == ["new"]
    assert db.session.scalars(select(LoginToken.token_hash)).all() == ["new"]
    assert set(db.session.scalars(select(SignInSession.token_hash))) == {"new", "standing"}
    assert db.session.scalar(select(func.count()).select_from(DevelopmentMail)) == 1
    assert housekeeping.forget(NOON) == 0
