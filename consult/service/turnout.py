"""Turnout as pages show it: a figure kept in the process and counted again every few seconds, beside the requests.

Counting half a million envelopes takes a while and says the same for seconds; a counter in the database, raised by
every vote, would make all votes wait for one another. So the first who asks counts, and afterwards a thread does,
at most every few seconds and never for more than a small part of the time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import Engine, func, select

from consult.domain.errors import NotFound
from consult.model.ballots import Ballot, Envelope, Question
from consult.model.boxes import RecordedVote
from consult.model.rolls import Roll
from consult.model.store import alone, db
from consult.service import electorate

#: Seconds for which a figure is good, and how many times as long as it took to count.
SECONDS, TIMES = 5.0, 50


class Turnout(NamedTuple):
    """How many of how many have voted; `exact` only once the ballot is reconciled, before that rounded down to tens."""

    voted: int
    roll: int
    exact: bool


@dataclass
class _Figure:
    value: Any
    good_until: float
    counting: bool = False


class Kept:
    """The figures of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._figures: dict[object, _Figure] = {}
        self._mutex = threading.Lock()

    def of(self, ballot_id: object, count: Callable[[], Any]) -> Any:
        """The kept figure; `count` is called here the first time, and in a thread when it has grown old."""
        figure = self._figures.get(ballot_id)
        if figure is None:
            return self._count(ballot_id, count)
        with self._mutex:
            due = not figure.counting and self._clock() >= figure.good_until
            figure.counting = figure.counting or due
        if due:
            threading.Thread(target=self._again, args=(ballot_id, count), daemon=True).start()
        return figure.value

    def _count(self, ballot_id: object, count: Callable[[], Any]) -> Any:
        begun = self._clock()
        found = count()
        took = self._clock() - begun
        self._figures[ballot_id] = _Figure(found, self._clock() + max(SECONDS, TIMES * took))
        return found

    def _again(self, ballot_id: object, count: Callable[[], Any]) -> None:
        try:
            self._count(ballot_id, count)
        except Exception:  # the database is away: the old figure stands, and the next who asks tries again
            self._figures[ballot_id].counting = False


def kept(ballot: Ballot) -> int:
    """How many envelopes there are, some seconds old while the ballot is open; exact once it is reconciled."""
    if ballot.marked is not None:
        return ballot.marked
    engine, number = db.engine, ballot.id
    return int(_figures().of(number, lambda: count(engine, number)))


def told(ballot_id: int) -> Turnout:
    """What everybody may know: in tens and some seconds old while the ballot is open, exact once it is reconciled.

    Asks the database nothing but every few seconds, however many look. Where a question has a quorum nothing is told
    before that, so that nobody can stay away at the right moment to break it.

    Raises:
        NotFound: if there is no such ballot, or none whose turnout can be told yet.
    """
    engine = db.engine
    found: Turnout = _figures().of(("told", ballot_id), lambda: _tell(engine, ballot_id))
    return found


def _figures() -> Kept:
    figures: Kept = current_app.extensions.setdefault("consult-turnout", Kept())
    return figures


def _tell(engine: Engine, ballot_id: int) -> Turnout:
    kept = select(
        Ballot.state, Ballot.level, Ballot.marked, Ballot.roll_id, Ballot.definition, Ballot.closed_at, Roll.size
    ).join(Roll, Roll.id == Ballot.roll_id)
    with alone(engine) as connection:
        row = connection.execute(kept.where(Ballot.id == ballot_id)).one_or_none()
        if row is None or row.state in ("preparing", "cancelled"):
            raise NotFound("There is no turnout to tell of this ballot.")
        roll = row.size + electorate.growth(connection, row.roll_id, row.definition, row.closed_at)
        if row.marked is not None:
            return Turnout(row.marked, roll, exact=True)
        settings = connection.execute(select(Question.settings).where(Question.ballot_id == ballot_id))
        if any(each.get("quorum") for (each,) in settings):
            raise NotFound("This ballot has a quorum: how many have voted is told after it has closed.")
        box = RecordedVote if row.level == "recorded" else Envelope
        query = select(func.count()).select_from(box).where(box.ballot_id == ballot_id)
        return Turnout(int(connection.execute(query).scalar_one()) // 10 * 10, roll, exact=False)


def count(engine: Engine, ballot_id: int) -> int:
    """Count the envelopes of a ballot now."""
    query = select(func.count()).select_from(Envelope).where(Envelope.ballot_id == ballot_id)
    with alone(engine) as connection:
        return int(connection.execute(query).scalar_one())
