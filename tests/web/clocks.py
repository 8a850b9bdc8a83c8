"""The clock that pages see, set by a test."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from consult.service import clock


class Clock:
    """`clock.set(instant)`: from then on it is that instant, wherever the application asks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
        self.now = at
        monkeypatch.setattr(clock, "source", self._tell)

    def _tell(self, session: Any) -> datetime:
        return self.now

    def set(self, at: datetime) -> None:
        """It is `at`."""
        self.now = at
