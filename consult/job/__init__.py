"""What runs beside the pages: the queue, the sweep of the timetable and the outbox, and mail."""

from __future__ import annotations

from flask import Flask

from consult.job import queue
from consult.service import act, import_files


def init_app(app: Flask) -> None:
    """Let acts that left the worker something to do wake it; tests run the worker's rounds themselves."""
    act.after_notices[:] = [] if app.testing else [queue.wake]
    import_files.after_choice[:] = [] if app.testing else [queue.read_soon]
