"""Sending what is due in the outbox: claim, put into words, hand over, write down what came of it."""

from __future__ import annotations

import logging

from consult.domain.errors import Refused
from consult.job import mail
from consult.service import clock, sending, worker_state

log = logging.getLogger("consult.job")


def send_due(most: int = 5000) -> int:
    """Send due notices, at most `most`, and return how many went out.

    They are claimed in batches, with a sign of life after each; a mail server that does not answer ends the round.
    """
    gone = 0
    with mail.way_out() as way_out:
        for _ in range(0, most, 50):
            batch = sending.claim(clock.now())
            if not batch:
                break
            results = [send(due, way_out) for due in batch]
            gone += results.count(True)
            worker_state.beat(clock.now())
            if not any(results):
                break
    return gone


def send(due: sending.Due, way_out: mail.WayOut) -> bool:
    """Send one claimed notice; whether it went out. Whatever goes wrong is written beside the notice, never raised."""
    try:
        way_out.send(mail.compose(due, sending.make_link(due)))
    except mail.Undeliverable as fault:
        return _failed(due, fault, for_good=True)
    except (OSError, Refused) as fault:  # smtplib's own faults are OSErrors
        return _failed(due, fault)
    except Exception as fault:
        log.exception("notice %s could not be put into words", due.id)
        return _failed(due, fault)
    sending.sent(due.id, clock.now())
    return True


def _failed(due: sending.Due, fault: Exception, *, for_good: bool = False) -> bool:
    words = str(fault) if isinstance(fault, mail.Undeliverable | Refused) else f"{type(fault).__name__}: {fault}"
    log.warning("notice %s (%s) was not sent: %s", due.id, due.kind_name, type(fault).__name__)
    sending.failed(due.id, words, clock.now(), for_good=for_good)
    return False
