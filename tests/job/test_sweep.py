"""The round: every part by itself, signs of life, and the queue that wakes the worker."""

from __future__ import annotations

import logging
import sqlite3
from datetime import datetime

import pytest
from flask import Flask

from consult.job import queue, sweep
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import clock, worker_state
from tests.factories import Cast


def test_a_round_leaves_a_sign_of_life_and_sends(cast: Cast) -> None:
    with writing() as session:
        at = clock.now(session)
        session.add(
            Notice(kind="account-changed", address="a@b.example", context={"change": "x"}, queued_at=at, send_after=at)
        )
    done = sweep.go_round()
    assert done["notices sent"] == 1
    assert set(done) == {*(due.name for due in sweep.DUE), "notices sent", "messages taken by webhooks"}
    db.session.rollback()
    assert worker_state.state(clock.now()).well


def test_a_fault_in_one_part_stops_no_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[datetime] = []

    def breaks(at: datetime) -> int:
        raise ZeroDivisionError

    def works(at: datetime) -> int:
        asked.append(at)
        return 3

    monkeypatch.setattr(sweep, "DUE", [sweep.Due("broken", breaks), sweep.Due("whole", works)])
    with caplog.at_level(logging.ERROR, logger="consult.job"):
        assert sweep.go_round() == {"broken": 0, "whole": 3, "notices sent": 0, "messages taken by webhooks": 0}
    assert "could not do: broken" in caplog.text
    assert len(asked) == 1


def test_waking_the_worker_twice_queues_one_task(app: Flask) -> None:
    queue.wake()
    queue.wake()
    huey = queue.of(app)
    assert huey.pending_count() == 1
    task = huey.dequeue()
    assert task is not None and task.name.endswith("send")
    huey.execute(task)
    huey.storage.close()


def test_a_queue_that_cannot_be_written_is_no_fault_of_the_act(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(app: Flask) -> None:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(queue, "of", broken)
    queue.wake()
