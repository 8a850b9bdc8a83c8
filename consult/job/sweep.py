"""The sweep: one round of everything that is due, each part by itself, so that a fault in one stops no other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from consult.job import outgoing
from consult.model.store import db
from consult.service import audit_heads, clock, housekeeping, worker_state

log = logging.getLogger("consult.job")


@dataclass(frozen=True)
class Due:
    """One part of a round: `do(at)` does whatever is due at that instant and returns how many things it did."""

    name: str
    do: Callable[[datetime], int]


#: What each round does, in this order. A chapter adds a line with a function of its service.
DUE: list[Due] = [
    Due("audit log heads mailed", audit_heads.send_due),
    Due("things forgotten whose time is over", housekeeping.forget),
]


def go_round() -> dict[str, int]:
    """Do one round: everything in `DUE`, then the outbox, with signs of life. Returns how much of each was done."""
    done: dict[str, int] = {}
    worker_state.beat(clock.now())
    for due in DUE:
        try:
            done[due.name] = due.do(clock.now())
        except Exception:
            log.exception("the round could not do: %s", due.name)
            done[due.name] = 0
        finally:
            db.session.rollback()
    done["notices sent"] = outgoing.send_due()
    worker_state.beat(clock.now())
    return done
