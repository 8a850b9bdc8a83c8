"""The mark that a page for visitors is kept by: the head of the audit log, with the clock and the name read beside it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from consult.model.store import DATABASE_CLOCK, Instant, alone, db
from consult.service import clock

_CLOCK = Instant()


class Mark(NamedTuple):
    """What a page for visitors depends on besides its address."""

    #: The hash of the newest event of the audit log, which every act moves; nothing before the first.
    head: str
    at: datetime
    #: What the organisation is called.
    organisation: str


def mark() -> Mark:
    """The mark now, in one statement that is a transaction of its own."""
    engine = db.engine
    query = (
        f"SELECT {DATABASE_CLOCK[engine.dialect.name]}, "  # noqa: S608 (the clock is a constant)
        "(SELECT hash FROM audit_event ORDER BY sequence DESC LIMIT 1), (SELECT name FROM organisation WHERE id = 1)"
    )
    with alone(engine) as connection:
        at, head, name = connection.exec_driver_sql(query).one()
    return Mark(
        head or "", clock.given() or _CLOCK.process_result_value(at, engine.dialect) or clock.now(), name or "consult"
    )
