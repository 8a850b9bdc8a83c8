"""The one clock: the database's, unless a test has set another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from consult.model.store import database_now, db

#: What tells the time; tests put their own here and take it away again.
source: Callable[[Session], datetime] = database_now


def now(session: Session | None = None) -> datetime:
    """The present instant in UTC, as the database has it."""
    return source(session or db.session())


def given() -> datetime | None:
    """The instant that a test has set, or None where the database's own clock decides."""
    return None if source is database_now else source(db.session())


def day(at: datetime) -> str:
    """The day of an instant in the organisation's time zone, for sentences: "2 December 2026"."""
    there = at.astimezone(ZoneInfo(current_app.config["CONSULT_ZONE"]))
    return f"{there.day} {there:%B %Y}"


def moved(at: datetime, days: int) -> datetime:
    """An instant so many days later at the same time of day on the organisation's clock, whatever that does in between.

    A time that the clock leaves out on that day is the one an hour later.
    """
    there = at.astimezone(ZoneInfo(current_app.config["CONSULT_ZONE"]))
    return (there + timedelta(days=days)).replace(fold=there.fold).astimezone(UTC)
