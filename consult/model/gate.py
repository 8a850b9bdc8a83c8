"""The gate before SQLite's one write lock: writers wait in a line instead of asking again and again.

SQLite's own way of waiting, its busy timeout, sleeps and asks again: whoever asks at the right moment is served, and
others starve for seconds. Here the threads of one process stand in a line, and the first of each line waits with the
first ones of the other processes on two locks of the operating system: whoever holds the first is next, whoever holds
the second writes. One that has just written must queue for the first again, behind those that are there already. The
kernel frees both when a process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds that a writer waits in its own process's line: as long as SQLite's own busy timeout.
PATIENCE = 15.0

#: The ends of the names of the two files beside the database.
NAMES = ("next", "turn")


class TooLong(Exception):
    """The line did not move."""


class Gate:
    """The line of one process before one database file."""

    def __init__(self, database: str, patience: float = PATIENCE) -> None:
        self._following, self._writing = (f"{database}-{name}" for name in NAMES)
        self._patience = patience
        self._mutex = threading.Lock()
        self._line: deque[threading.Event] = deque()
        self._inside: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn to write, and give it up at the end.

        Raises:
            TooLong: if the line did not move for as long as SQLite itself would have waited.
            RuntimeError: if this thread is writing already: it would wait for itself.
        """
        self._stand_in_line()
        try:
            with _locked(self._following):
                writing = _lock(self._writing)
            try:
                yield
            finally:
                os.close(writing)
        finally:
            self._leave()

    def _stand_in_line(self) -> None:
        me, mine = threading.get_ident(), threading.Event()
        with self._mutex:
            if self._inside == me:
                raise RuntimeError("This thread is inside a write transaction; one use case is one transaction.")
            if self._inside is None:
                self._inside = me
                return
            self._line.append(mine)
        if not mine.wait(self._patience):
            with self._mutex:
                if not mine.is_set():
                    self._line.remove(mine)
                    raise TooLong
        self._inside = me

    def _leave(self) -> None:
        with self._mutex:
            if self._line:
                self._inside = -1  # handed over: nobody else may step in between
                self._line.popleft().set()
            else:
                self._inside = None


def _lock(name: str) -> int:
    """The open file, locked; closing it lets the lock go."""
    file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except BaseException:
        os.close(file)
        raise
    return file


@contextmanager
def _locked(name: str) -> Iterator[None]:
    file = _lock(name)
    try:
        yield
    finally:
        os.close(file)


_gates: dict[tuple[str, int], Gate] = {}


def of(database: str) -> Gate:
    """This process's gate before a database file; a forked child has its own."""
    return _gates.setdefault((database, os.getpid()), Gate(database))
