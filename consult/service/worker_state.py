"""Whether the worker is alive, and how many notices wait or have failed: what the committee's page says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from consult.model.notices import Heartbeat, Notice
from consult.model.store import db, writing

WORKER = "worker"

#: A worker that has not done a round for this long is taken for dead; it does one every minute.
PATIENCE = timedelta(minutes=3)


@dataclass(frozen=True)
class WorkerState:
    """How the worker is: its last sign of life, what is due and waits, what failed and will be tried again, what was given up."""

    last: datetime | None
    alive: bool
    queued: int
    failed: int
    given_up: int

    @property
    def well(self) -> bool:
        """Whether there is nothing to tell anybody about."""
        return self.alive and not self.failed and not self.given_up

    @property
    def sentence(self) -> str:
        """The state in words, for the committee."""
        waiting = _count(self.queued, "message waits", "messages wait")
        if self.last is None:
            return f"The worker has never run: {waiting} to be sent. Nothing is lost. The operator must start it."
        if not self.alive:
            return (
                f"The worker has stopped: {waiting} to be sent. Nothing is lost, and ballots still open and close on "
                "time. The operator must start it again."
            )
        if self.failed or self.given_up:
            tried = f"{_count(self.failed, 'message', 'messages')} could not be sent yet and will be tried again"
            lost = f"{_count(self.given_up, 'message was', 'messages were')} given up"
            said = " and ".join(words for words, n in ((tried, self.failed), (lost, self.given_up)) if n)
            return f"The worker is running. {said[0].upper()}{said[1:]}."
        return f"The worker is running; {waiting} to be sent." if self.queued else "The worker is running; all is sent."


def _count(number: int, one: str, many: str) -> str:
    return f"{f'{number:,}' if number else 'no'} {one if number == 1 else many}"


def state(at: datetime) -> WorkerState:
    """How the worker is at the instant `at`: two statements. What is written ahead of its time does not wait yet."""
    last = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == WORKER))
    waiting = (Notice.sent_at.is_(None)) & (Notice.gave_up_at.is_(None))
    row = db.session.execute(
        select(
            func.sum(case((waiting & Notice.fault.is_(None) & (Notice.send_after <= at), 1), else_=0)),
            func.sum(case((waiting & Notice.fault.is_not(None), 1), else_=0)),
            func.sum(case((Notice.gave_up_at.is_not(None), 1), else_=0)),
        ).where(Notice.sent_at.is_(None))
    ).one()
    queued, failed, given_up = (int(value or 0) for value in row)
    return WorkerState(last, last is not None and at - last < PATIENCE, queued, failed, given_up)


def beat(at: datetime) -> None:
    """Leave a sign of life."""
    with writing() as session:
        row = session.get(Heartbeat, WORKER)
        if row is None:
            session.add(Heartbeat(name=WORKER, at=at))
        else:
            row.at = at
