"""Delivering what is due to webhooks: claim, call, write down what came of it."""

from __future__ import annotations

import logging
import time

from flask import current_app

from consult.job import wire
from consult.service import clock, webhooks, worker_state

log = logging.getLogger("consult.job")


#: For how many seconds one round calls others, so that the timetable never waits long for somebody else's server.
ROUND = 20.0


def send_due(seconds: float = ROUND) -> int:
    """Send due messages for so long and return how many were taken; a sign of life after each.

    A webhook that has not answered is left alone for the rest of the round.
    """
    taken, silent, begun = 0, set[int](), time.monotonic()
    while time.monotonic() - begun < seconds and (batch := webhooks.claim(clock.now(), silent)):
        for due in batch:
            if send(due):
                taken += 1
            else:
                silent.add(due.webhook_id)
            worker_state.beat(clock.now())
    return taken


def send(due: webhooks.Due) -> bool:
    """Send one claimed message; whether it was taken. Whatever goes wrong is written beside it, never raised."""
    inside, begun = current_app.config["CONSULT_WEBHOOKS_INSIDE"], time.monotonic()
    status: int | None = None
    words = ""
    try:
        status = wire.post(due.address, due.body, due.headers(clock.now()), inside=inside)
    except wire.Failed as fault:
        status, words = getattr(fault, "status", None), str(fault)
    except Exception as fault:
        log.exception("webhook message %s could not be sent", due.id)
        words = f"A fault on our side: {type(fault).__name__}."
    webhooks.came_of(due.id, status, int((time.monotonic() - begun) * 1000), words, clock.now())
    return not words
