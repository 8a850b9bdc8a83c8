"""Sending what is due in the outbox: claim, put into words, hand over, write down what came of it."""

from __future__ import annotations

import logging
import math
import time

from consult.domain.errors import Refused
from consult.job import mail
from consult.service import bounces, clock, sending, worker_state

log = logging.getLogger("consult.job")


#: Seconds after which the rest of a batch is given back, so that what somebody waits for is not behind a slow server's
#: refusals; and seconds after which a round ends, so that ballots open and close in time. What is left is due at once.
BATCH, ROUND = 20, 50

#: Notices that are claimed together.
AT_ONCE = 50


def send_due(most: int = 5000, seconds: float = math.inf) -> int:
    """Send due notices, at most `most` and for about so many seconds, and return how many went out.

    They are claimed in batches, with a sign of life after each; a mail server that takes none of as many as a batch in
    a row ends the round.
    """
    gone, in_vain, end = 0, 0, time.monotonic() + seconds
    with mail.way_out() as way_out:
        while gone < most and time.monotonic() <= end:
            results = _send(sending.claim(clock.now(), AT_ONCE), way_out)
            gone += results.count(True)
            in_vain = 0 if any(results) else in_vain + len(results)
            worker_state.beat(clock.now())
            if not results or in_vain >= AT_ONCE:
                break
    return gone


def _send(batch: list[sending.Due], way_out: mail.WayOut) -> list[bool]:
    """Send a batch for at most `BATCH` seconds; the rest is given back."""
    results: list[bool] = []
    end = time.monotonic() + BATCH
    for due in batch:
        if results and time.monotonic() > end:
            sending.give_back(batch[len(results) :], clock.now())
            break
        results.append(send(due, way_out))
    return results


def send(due: sending.Due, way_out: mail.WayOut) -> bool:
    """Send one claimed notice; whether it went out. Whatever goes wrong is written beside the notice, never raised."""
    try:
        way_out.send(mail.compose(due, sending.make_link(due)), bounces.mark_of(due.id, due.attempts))
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
    said = isinstance(fault, mail.Undeliverable | mail.BrokenOff | Refused) or type(fault) is OSError
    words = str(fault) if said else f"{type(fault).__name__}: {fault}"
    log.warning("notice %s (%s) was not sent: %s", due.id, due.kind_name, type(fault).__name__)
    sending.failed(due.id, words, clock.now(), for_good=for_good)
    return False
