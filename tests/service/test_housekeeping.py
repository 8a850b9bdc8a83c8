"""Forgetting in time: what goes, and what stays a while longer."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from consult.model.members import Attempt, LoginToken, SignInSession
from consult.model.notices import DevelopmentMail, Notice
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


def test_the_words_of_notices_go_and_that_they_were_sent_stays(cast: Cast) -> None:
    with writing() as session:
        for name, age in (("old", 91), ("new", 89)):
            session.add(
                Notice(
                    kind="ballot-opens",
                    member_id=cast.who["member"].id,
                    address="member@members.example",
                    context={"title": name},
                    once=name,
                    queued_at=NOON - age * DAY,
                    send_after=NOON - age * DAY,
                    sent_at=NOON - age * DAY,
                )
            )
    due = {name: count for name, count in housekeeping.due(NOON).items() if count}
    assert due == {"notice (address, context, fault)": 1}
    assert db.session.scalar(select(func.count()).select_from(Notice).where(Notice.address == "")) == 0
    assert housekeeping.forget(NOON) == 1
    kept = db.session.execute(select(Notice.once, Notice.address, Notice.context).order_by(Notice.once)).all()
    assert [tuple(row) for row in kept] == [
        ("new", "member@members.example", {"title": "new"}),
        ("old", "", {}),
    ]
    assert [report.removed for report in housekeeping.reports()] == [due]
    assert housekeeping.totals(NOON - DAY) == due


def test_the_clocks_run_once_an_hour_and_a_round_without_work_leaves_no_report(cast: Cast) -> None:
    with writing() as session:
        session.add(Attempt(key="old", count=1, window_started_at=NOON - 2 * HOUR))
    assert housekeeping.forget_due(NOON) == 1
    with writing() as session:
        session.add(Attempt(key="older", count=1, window_started_at=NOON - 2 * HOUR))
    assert housekeeping.forget_due(NOON + HOUR / 2) == 0
    assert housekeeping.forget_due(NOON + HOUR) == 1
    assert housekeeping.forget_due(NOON + 2 * HOUR) == 0
    assert len(housekeeping.reports()) == 2
