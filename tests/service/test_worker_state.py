"""What the committee's page says of the worker."""

from __future__ import annotations

from datetime import timedelta

from consult.model.notices import Notice
from consult.model.store import writing
from consult.service import worker_state
from tests.factories import NOON, Cast


def queue(**values: object) -> None:
    with writing() as session:
        session.add(
            Notice(
                kind="account-changed",
                address="a@b.example",
                context={},
                queued_at=NOON,
                send_after=NOON,
                **values,
            )
        )


def test_a_worker_that_never_ran(cast: Cast) -> None:
    queue()
    state = worker_state.state(NOON)
    assert (state.last, state.alive, state.queued, state.well) == (None, False, 1, False)
    assert state.sentence == (
        "The worker has never run: 1 message waits to be sent. Nothing is lost. The operator must start it."
    )


def test_a_worker_that_is_well(cast: Cast) -> None:
    worker_state.beat(NOON)
    assert worker_state.state(NOON + timedelta(minutes=2)).sentence == "The worker is running; all is sent."
    queue()
    queue(sent_at=NOON)
    state = worker_state.state(NOON + timedelta(minutes=2))
    assert state.well and state.sentence == "The worker is running; 1 message waits to be sent."


def test_a_worker_that_stopped(cast: Cast) -> None:
    worker_state.beat(NOON)
    worker_state.beat(NOON + timedelta(minutes=1))
    queue()
    queue()
    state = worker_state.state(NOON + timedelta(minutes=4))
    assert not state.alive
    assert "has stopped: 2 messages wait" in state.sentence
    assert "ballots still open and close on time" in state.sentence


def test_messages_that_fail(cast: Cast) -> None:
    worker_state.beat(NOON)
    queue(fault="refused")
    queue(fault="refused", gave_up_at=NOON)
    queue(fault="refused", gave_up_at=NOON)
    state = worker_state.state(NOON)
    assert (state.queued, state.failed, state.given_up, state.well) == (0, 1, 2, False)
    assert state.sentence == (
        "The worker is running. 1 message could not be sent yet and will be tried again and 2 messages were given up."
    )


def test_what_is_written_ahead_does_not_wait_yet(cast: Cast) -> None:
    worker_state.beat(NOON)
    with writing() as session:
        for number in range(1200):
            session.add(
                Notice(
                    kind="ballot-opens",
                    address=f"a{number}@b.example",
                    context={},
                    queued_at=NOON,
                    send_after=NOON + timedelta(days=5),
                )
            )
    assert worker_state.state(NOON).sentence == "The worker is running; all is sent."
    assert "has stopped: 1,200 messages wait" in worker_state.state(NOON + timedelta(days=5)).sentence
