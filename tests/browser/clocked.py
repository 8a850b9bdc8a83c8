"""The application with a clock that a test can move: the instant is read from the file named in CONSULT_TEST_CLOCK.

Everything else is as in production; the clock is the one thing that a browser test cannot wait for.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from consult.app import create_app
from consult.service import clock


def read_clock(session: object) -> datetime:
    """The instant that the test has set."""
    return datetime.fromisoformat(Path(os.environ["CONSULT_TEST_CLOCK"]).read_text().strip())


clock.source = read_clock
app = create_app()
