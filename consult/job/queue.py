"""The worker's queue: a file in the instance folder that wakes the worker; what it must do is in the database."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from flask import Flask, current_app
from huey import SqliteHuey, crontab

from consult.job import hooks, outgoing, sweep
from consult.service import clock, import_files, sending

log = logging.getLogger("consult.job")

FILE = "queue.db"


def of(app: Flask) -> SqliteHuey:
    """The application's queue, with its tasks: the round of every minute, sending what was just queued, reading imports."""
    if "consult-queue" not in app.extensions:
        app.extensions["consult-queue"] = _make(app)
    found: SqliteHuey = app.extensions["consult-queue"]
    return found


def _make(app: Flask) -> SqliteHuey:
    folder = Path(app.config["CONSULT_INSTANCE"])
    folder.mkdir(parents=True, exist_ok=True)
    huey = SqliteHuey("consult", filename=str(folder / FILE), results=False)

    @huey.periodic_task(crontab(minute="*"), name="round")  # type: ignore[untyped-decorator]
    def each_minute() -> None:
        with app.app_context():
            go_on(sweep.go_round()["notices sent"])

    @huey.task(name="send")  # type: ignore[untyped-decorator]
    def send() -> None:
        with app.app_context():
            go_on(outgoing.send_due(seconds=outgoing.ROUND))
            hooks.send_due()

    def go_on(gone: int) -> None:
        """Send more, after whatever else waits, if some went out and others are due; not while a mail server takes none."""
        if gone and sending.waits(clock.now()):
            huey.send_soon()

    @huey.task(name="import")  # type: ignore[untyped-decorator]
    def read() -> None:
        with app.app_context():
            import_files.work_through()

    huey.send_soon = send
    huey.read_soon = read
    return huey


def wake() -> None:
    """Ask the worker to look at the outbox at once. If that cannot be done its next round finds the notices anyway."""
    try:
        huey = of(current_app._get_current_object())  # type: ignore[attr-defined]
        if huey.pending_count() == 0:
            huey.send_soon()
    except (sqlite3.Error, OSError) as fault:
        log.warning("the worker could not be woken (%s); its next round will find the notices", type(fault).__name__)


def read_soon() -> None:
    """Ask the worker to look at once for files of members that wait; its next round finds them in any case."""
    try:
        of(current_app._get_current_object()).read_soon()  # type: ignore[attr-defined]
    except (sqlite3.Error, OSError) as fault:
        log.warning("the worker could not be woken (%s); its next round will find the file", type(fault).__name__)


def work(app: Flask) -> None:
    """Run the worker in this process until it is told to stop: a round at once, then one every minute."""
    with app.app_context():
        sweep.go_round()
    of(app).create_consumer(workers=1, worker_type="thread", periodic=True, check_worker_health=True).run()
