"""The timetable: ballots opened and closed by the round, late or twice, and nobody told of one that was cancelled."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from consult.job import sweep
from consult.model.audit import AuditEvent
from consult.model.notices import DevelopmentMail, Notice
from consult.model.store import db
from consult.service import ballots, clock, opening
from tests.desk import CLOSES, OPENS, Desk
from tests.factories import NOON, Cast

INSTANT = timedelta(milliseconds=1)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    made = Desk(cast)
    made.ask()
    made.schedule()
    return made


def go_round(monkeypatch: pytest.MonkeyPatch, at: datetime) -> dict[str, int]:
    db.session.rollback()
    with monkeypatch.context() as patch:
        patch.setattr(clock, "source", lambda session: at)
        return sweep.go_round()


def mailed(beginning: str) -> int:
    query = select(func.count()).select_from(DevelopmentMail).where(DevelopmentMail.subject.startswith(beginning))
    return db.session.scalar(query) or 0


def test_a_ballot_opens_and_closes_by_the_round_and_not_an_instant_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert go_round(monkeypatch, OPENS - INSTANT)["ballots opened"] == 0
    assert mailed("You can vote now") == 0
    assert go_round(monkeypatch, OPENS)["ballots opened"] == 1
    told = db.session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == "ballot-opens"))
    assert told and mailed("You can vote now") == told
    bodies = select(DevelopmentMail.body).where(DevelopmentMail.body.contains("You can vote now"))
    assert all("Voting closes on " in body for body in db.session.scalars(bodies))
    assert go_round(monkeypatch, CLOSES - INSTANT)["ballots closed"] == 0
    assert go_round(monkeypatch, CLOSES)["ballots closed"] == 1
    assert ballots.get(desk.ballot.id).state == "closed"
    assert mailed("A ballot has closed") == 1
    again = go_round(monkeypatch, CLOSES + timedelta(minutes=1))
    assert (again["ballots opened"], again["ballots closed"], again["notices sent"]) == (0, 0, 0)


def test_a_worker_that_slept_through_the_whole_ballot_puts_both_on_the_record(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_round(monkeypatch, CLOSES + timedelta(days=1))
    assert ballots.get(desk.ballot.id).state == "closed"
    events = db.session.scalars(
        select(AuditEvent.event).where(AuditEvent.subject == f"ballot:{desk.ballot.id}").order_by(AuditEvent.sequence)
    ).all()
    assert events[-2:] == ["ballot.opened", "ballot.closed"]
    assert mailed("You can vote now") == 0


def test_nobody_is_told_of_a_ballot_that_was_cancelled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opening.cancel(desk.ballot, "We changed our mind about it.", by=desk.officer, at=NOON)
    assert go_round(monkeypatch, OPENS)["ballots opened"] == 0
    assert mailed("You can vote now") == 0
    faults = set(db.session.scalars(select(Notice.fault).where(Notice.kind == "ballot-opens")))
    assert faults == {"The ballot was cancelled, or had closed before this could be sent."}
