"""Committing together: statements that arrive while the disk is busy share one transaction, and so one sync.

Whoever arrives first leads: it waits for its turn to write, takes everybody who has come in the meantime along, runs
all statements in one transaction, commits, and only then is anybody told. Whoever comes during that waits, and one of
those leads next. Nobody waits for company: one alone commits at once. No thread of its own is needed, and nothing
survives the process but what was committed.

Each piece of work is one statement, so a refused one leaves nothing of itself behind and does not touch the others; any
other fault, and a commit that fails, fails all of them, and all are told so.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from consult.model.plain import Plain, plain
from consult.model.store import turn

#: How many share one commit at most, and how many seconds anybody waits for the leader.
MOST, PATIENCE = 256, 30.0

Statement = Callable[[Plain], Any]


class _Piece:
    """One statement and what became of it."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.woken = threading.Event()
        self.leads = False
        self.outcome: Any = None
        self.fault: BaseException | None = None

    def result(self) -> Any:
        if self.fault is not None:
            raise self.fault
        return self.outcome


class Group:
    """Those of one process who commit to one database together."""

    def __init__(self, most: int = MOST, patience: float = PATIENCE) -> None:
        self.most = most
        self.patience = patience
        self._mutex = threading.Lock()
        self._led = False
        self._waiting: list[_Piece] = []

    def run(self, engine: Engine, statement: Statement) -> Any:
        """What the statement gives, once it is committed and never before.

        Raises:
            IntegrityError: the database refused this statement alone.
            OperationalError: the database failed, or did not answer in time: whether it was taken is not known.
        """
        mine = _Piece(statement)
        with self._mutex:
            self._waiting.append(mine)
            mine.leads, self._led = not self._led, True
        if not mine.leads:
            self._wait(mine)
        if mine.leads:
            self._lead(engine)
        return mine.result()

    def _wait(self, mine: _Piece) -> None:
        if mine.woken.wait(self.patience):
            return
        with self._mutex:
            if mine in self._waiting and not mine.leads:
                self._waiting.remove(mine)
        if not mine.leads and not mine.woken.is_set():
            raise OperationalError("COMMIT", {}, TimeoutError("the one that leads did not answer"))

    def _lead(self, engine: Engine) -> None:
        batch: list[_Piece] = []
        try:
            with turn(engine):
                batch = self._take()
                _commit(engine, batch)
        except BaseException as fault:
            batch = batch or self._take()
            for piece in batch:
                piece.outcome, piece.fault = None, OperationalError("COMMIT", {}, fault)
        finally:
            self._hand_over()
            for piece in batch:
                piece.woken.set()

    def _take(self) -> list[_Piece]:
        with self._mutex:
            batch, self._waiting = self._waiting[: self.most], self._waiting[self.most :]
        return batch

    def _hand_over(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].woken.set()
            else:
                self._led = False


def _commit(engine: Engine, batch: Sequence[_Piece]) -> None:
    with plain(engine) as connection:
        if len(batch) == 1:  # one statement is a transaction of its own
            _run(batch[0], connection)
            return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        for piece in batch:
            _run(piece, connection)
        connection.exec_driver_sql("COMMIT")


def _run(piece: _Piece, connection: Plain) -> None:
    try:
        piece.outcome = piece.statement(connection)
    except IntegrityError as fault:
        piece.fault = fault


_groups: WeakKeyDictionary[Engine, tuple[int, Group]] = WeakKeyDictionary()


def of(engine: Engine) -> Group:
    """This process's group before a database; a forked child has its own."""
    process, group = _groups.get(engine, (0, None))
    if group is None or process != os.getpid():
        group = Group()
        _groups[engine] = (os.getpid(), group)
    return group
