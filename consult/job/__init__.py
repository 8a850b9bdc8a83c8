"""What runs beside the pages: the queue, the sweep of the timetable and the outbox, and mail."""

from __future__ import annotations

from flask import Flask

from consult.job import queue
from consult.service import act


def init_app(app: Flask) -> None:
    """Let acts that queued notices wake the worker; tests run the worker's rounds themselves."""
    act.after_notices[:] = [] if app.testing else [queue.wake]
