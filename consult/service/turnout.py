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

from flask import current_app
from sqlalchemy import Engine, func, select

from consult.model.ballots import Ballot, Envelope
from consult.model.store import alone, db

#: Seconds for which a figure is good, and how many times as long as it took to count.
SECONDS, TIMES = 5.0, 50


@dataclass
class _Figure:
    envelopes: int
    good_until: float
    counting: bool = False


class Kept:
    """The figures of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._figures: dict[int, _Figure] = {}
        self._mutex = threading.Lock()

    def of(self, ballot_id: int, count: Callable[[], int]) -> int:
        """The kept figure; `count` is called here the first time, and in a thread when it has grown old."""
        figure = self._figures.get(ballot_id)
        if figure is None:
            return self._count(ballot_id, count)
        with self._mutex:
            due = not figure.counting and self._clock() >= figure.good_until
            figure.counting = figure.counting or due
        if due:
            threading.Thread(target=self._again, args=(ballot_id, count), daemon=True).start()
        return figure.envelopes

    def _count(self, ballot_id: int, count: Callable[[], int]) -> int:
        begun = self._clock()
        found = count()
        took = self._clock() - begun
        self._figures[ballot_id] = _Figure(found, self._clock() + max(SECONDS, TIMES * took))
        return found

    def _again(self, ballot_id: int, count: Callable[[], int]) -> None:
        try:
            self._count(ballot_id, count)
        except Exception:  # the database is away: the old figure stands, and the next who asks tries again
            self._figures[ballot_id].counting = False


def kept(ballot: Ballot) -> int:
    """How many envelopes there are, some seconds old while the ballot is open; exact once it is reconciled."""
    if ballot.marked is not None:
        return ballot.marked
    figures: Kept = current_app.extensions.setdefault("consult-turnout", Kept())
    engine, number = db.engine, ballot.id
    return figures.of(number, lambda: count(engine, number))


def count(engine: Engine, ballot_id: int) -> int:
    """Count the envelopes of a ballot now."""
    query = select(func.count()).select_from(Envelope).where(Envelope.ballot_id == ballot_id)
    with alone(engine) as connection:
        return int(connection.execute(query).scalar_one())
