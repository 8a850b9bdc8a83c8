"""The sweep: one round of everything that is due, each part by itself, so that a fault in one stops no other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from consult.domain.errors import Refused
from consult.domain.roles import SWEEP
from consult.job import hooks, outgoing, returned
from consult.model.ballots import Ballot
from consult.model.store import db
from consult.service import (
    audit_heads,
    ballots,
    boards,
    clock,
    digests,
    gatherings,
    happenings,
    housekeeping,
    import_files,
    opening,
    policies,
    policy_steps,
    screening,
    statements,
    webhooks,
    worker_state,
)

log = logging.getLogger("consult.job")


@dataclass(frozen=True)
class Due:
    """One part of a round: `do(at)` does whatever is due at that instant and returns how many things it did."""

    name: str
    do: Callable[[datetime], int]


def _each(found: list[Ballot], take: Callable[..., object]) -> int:
    """Take a step of the timetable with each ballot; one that is refused (somebody was quicker) stops no other."""
    done = 0
    for ballot_id in [ballot.id for ballot in found]:
        try:
            take(ballots.get(ballot_id), by=SWEEP)
            done += 1
        except Refused as refusal:
            log.warning("ballot %s: %s", ballot_id, refusal)
    return done


def _open_ballots(at: datetime) -> int:
    return _each(opening.due_to_open(at), opening.open_ballot)


def _close_ballots(at: datetime) -> int:
    return _each(opening.due_to_close(at), opening.close)


def _lapse_policies(at: datetime) -> int:
    done = 0
    for policy_id in policy_steps.due_to_lapse(at):
        try:
            policy_steps.lapse(policies.get(policy_id), by=SWEEP)
            done += 1
        except Refused as refusal:
            log.warning("policy %s: %s", policy_id, refusal)
    return done


def _extend_boards(at: datetime) -> int:
    return _each(boards.due(at), boards.extend)


#: What each round does, in this order. A chapter adds a line with a function of its service.
DUE: list[Due] = [
    Due("ballots opened", _open_ballots),
    Due("ballots closed", _close_ballots),
    Due("policies lapsed", _lapse_policies),
    Due("lists of sealed votes extended", _extend_boards),
    Due("rounds of statements computed", statements.compute_due),
    Due("statements lapsed that nobody screened before the close", statements.lapse_due),
    Due("contributions released that nobody screened in time", screening.release_due),
    Due("reminders of events queued", gatherings.remind_due),
    Due("openings of phases queued for webhooks", happenings.queue_phases),
    Due("failing webhooks disabled", webhooks.disable_failing),
    Due("digests made", digests.make_due),
    Due("old messages of webhooks deleted", webhooks.forget_due),
    Due("audit log heads mailed", audit_heads.send_due),
    Due("messages that came back read", lambda at: returned.watch()),
    Due("files of members read or taken", lambda at: import_files.work_through()),
    Due("things forgotten whose time is over", housekeeping.forget_due),
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
    done["notices sent"] = outgoing.send_due(seconds=outgoing.ROUND)
    done["messages taken by webhooks"] = hooks.send_due()
    worker_state.beat(clock.now())
    return done
