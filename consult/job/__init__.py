"""What runs beside the pages: the queue, the sweep of the timetable and the outbox, and mail."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Let acts that queued notices wake the worker."""
