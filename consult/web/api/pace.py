"""How often somebody may ask: a count for each minute, token or network, kept in each web process."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

#: The window in seconds, and how many askers are remembered at most.
WINDOW, MOST = 60, 20_000


class Pace(NamedTuple):
    """Where an asker stands: the limit, how many are left, and in how many seconds the count begins anew."""

    limit: int
    left: int
    reset: int

    @property
    def over(self) -> bool:
        """Whether this request is one too many."""
        return self.left < 0

    @property
    def headers(self) -> dict[str, str]:
        """What an answer says of it."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.left, 0)),
            "RateLimit-Reset": str(self.reset),
        }


class Counter:
    """Fixed windows; the counts of a window are forgotten with it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._window = -1
        self._counts: dict[str, int] = {}
        self._lock = Lock()

    def take(self, asker: str, limit: int) -> Pace:
        """Count one request.

        >>> counter = Counter(lambda: 30.0)
        >>> [counter.take("192.0.2.1", 2).over for _ in range(3)], counter.take("192.0.2.2", 2).left
        ([False, False, True], 1)
        """
        at = self._clock()
        with self._lock:
            window = int(at // WINDOW)
            if window != self._window or len(self._counts) > MOST:
                self._window, self._counts = window, {}
            made = self._counts[asker] = self._counts.get(asker, 0) + 1
        return Pace(limit, limit - made, int((window + 1) * WINDOW - at) + 1)
