"""Serving: the pages under gunicorn, and the worker beside them, started, watched and stopped together."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import click

from consult import config
from consult.cli import application
from consult.domain.errors import OutOfOrder, Unavailable

#: Seconds that a stopped child is given before it is killed, and between looks at whether the children live.
GRACE, LOOK = 15, 0.5
#: Seconds before a worker that died is started again.
REST = 2
#: The longest first line of a request, in bytes: as much as gunicorn can be told to take.
LONGEST_LINE = 8190


@click.command()
@click.option("--prepare", is_flag=True, help="Bring the database's tables up to date first.")
@click.option("--demo", is_flag=True, help="Furnish the demonstration first, if there is no organisation yet.")
@click.option("--no-worker", is_flag=True, help="Serve the pages only; the worker runs elsewhere.")
def serve(prepare: bool, demo: bool, no_worker: bool) -> None:
    """Serve the pages, and run the worker beside them."""
    settings = config.configuration()
    with listen(settings["CONSULT_BIND"], settings["PORT"]) as taken:
        _ready(prepare, demo)
        _announce(settings)
        company = Company(_pages(settings, taken.fileno()), None if no_worker else _worker_command(), taken.fileno())
        with _counters(settings) as shared:
            sys.exit(company.run(shared))


def listen(bind: str, port: int) -> socket.socket:
    """The socket that the pages are served on, taken at once, so that no other can take it while they start.

    Raises:
        Unavailable: saying that the port is taken and how to choose another.
    """
    taken = socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((bind, port))
        taken.listen(2048)
    except (OSError, OverflowError) as fault:
        taken.close()
        raise Unavailable(
            f"Port {port} on {bind} cannot be used ({getattr(fault, 'strerror', None) or fault}). Stop what is there, "
            f"or choose another port: PORT={port + 1 if port < 65535 else 8000} consult serve"
        ) from None
    return taken


def _require_tables(remedy: str = "Run `consult db upgrade` with the version that is to run.") -> None:
    """Nothing where the tables are of the revision that this version wants; the application's context is needed.

    Raises:
        OutOfOrder: saying what to do, where they are older or newer.
    """
    from consult.model import schema
    from consult.model.store import db

    if schema.current(db.engine) != schema.head():
        raise OutOfOrder(f"The database is not up to date. {remedy}")


def _ready(prepare: bool, demo: bool) -> None:
    """Migrate and furnish if asked.

    Raises:
        OutOfOrder: if the tables are not up to date and nobody asked for that, or the operator's key is another.
    """
    from consult.model import schema
    from consult.model.store import db

    app = application()
    with app.app_context():
        if prepare:
            from consult.service import search_keeping

            schema.upgrade(db.engine)
            search_keeping.fill()
        else:
            _require_tables("Run `consult db upgrade`, or `consult serve --prepare`.")
        from consult.service import organisation

        organisation.require_key()
        empty = organisation.the() is None
        db.session.remove()
    if demo and empty:
        from consult.cli import Words, main

        command = Words().get_command(click.Context(main), "demo")
        if command is not None:
            command.main(args=[], standalone_mode=False)


def _pages(settings: dict[str, Any], listening: int) -> list[str]:
    """The command that serves the pages. The access log is off: it would keep addresses and what people looked at."""
    return [
        *(sys.executable, "-m", "gunicorn", "consult.app:create_app()"),
        *("--bind", f"fd://{listening}"),
        *("--workers", str(max(1, settings["CONSULT_WORKERS"])), "--threads", str(max(1, settings["CONSULT_THREADS"]))),
        *("--graceful-timeout", "10", "--log-level", "warning", "--worker-tmp-dir", _quick_folder()),
        *("--logger-class", "consult.cli.server_log.AddressFree"),
        *("--worker-class", "consult.cli.server_worker.Worker", "--limit-request-line", str(LONGEST_LINE)),
        *("--max-requests", "20000", "--max-requests-jitter", "2000", "--no-control-socket"),
    ]


def _quick_folder() -> str:
    """Where gunicorn keeps its heartbeat files: in memory where there is such a place, for a disk may be slow."""
    return "/dev/shm" if Path("/dev/shm").is_dir() and os.access("/dev/shm", os.W_OK) else "/tmp"  # noqa: S108


@contextlib.contextmanager
def _counters(settings: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The variable that names a folder in which the web processes add up what they count, if anything is counted."""
    if not settings["CONSULT_METRICS_TOKEN"]:
        yield {}
        return
    folder = tempfile.mkdtemp(prefix="consult-metrics-", dir=_quick_folder())
    try:
        yield {"PROMETHEUS_MULTIPROC_DIR": folder}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _worker_command() -> list[str]:
    return [sys.executable, "-m", "consult", "worker"]


def _announce(settings: dict[str, Any]) -> None:
    from consult.service import organisation

    click.echo(f"consult serves on {settings['CONSULT_URL']} (Ctrl-C stops it)")
    app = application()
    with app.app_context():
        sign_ins = organisation.demo_sign_ins()
        if organisation.the() is None:
            click.echo(
                "There is no organisation yet: `consult init` founds one, `consult demo` furnishes a demonstration."
            )
    if not sign_ins:
        return
    click.echo("\nThis is a demonstration. Sign in as:")
    width = max(len(one.role) for one in sign_ins)
    for one in sign_ins:
        click.echo(f"  {one.role:<{width}}  {one.email}{'  + code' if one.code else ''}")
    click.echo(f"The password is the same for all: {sign_ins[0].password}")
    if any(one.code for one in sign_ins):
        click.echo(f"Codes are at {settings['CONSULT_URL']}/development/codes, mail at /development/mail\n")


class Company:
    """The pages and the worker: started together, the worker again whenever it dies, all stopped by one signal."""

    def __init__(self, pages: Sequence[str], worker: Sequence[str] | None, listening: int) -> None:
        self.pages_command = pages
        self.listening = listening
        self.worker_command = worker
        self.stopping = False
        self.worker: subprocess.Popen[bytes] | None = None
        self.worker_due = 0.0

    def run(self, variables: dict[str, str]) -> int:
        """Run until told to stop or until the pages end by themselves; the exit status is that of the pages.

        The pages get `variables` on top of the environment.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        # Children get their own group, so that Ctrl-C reaches them once, through us.
        self.pages = subprocess.Popen(
            self.pages_command,
            start_new_session=True,
            pass_fds=(self.listening,),
            env=config.environment_with(**variables),
        )
        signal.signal(signal.SIGHUP, lambda number, frame: self.pages.send_signal(signal.SIGHUP))
        try:
            while not self.stopping and self.pages.poll() is None:
                self._mind_worker()
                time.sleep(LOOK)
        finally:
            status = self._end(self.pages)
            if self.worker is not None:
                self._end(self.worker)
        return 0 if self.stopping else status

    def _mind_worker(self) -> None:
        if self.worker_command is None or (self.worker is not None and self.worker.poll() is None):
            return
        now = time.monotonic()
        if self.worker is not None and self.worker_due == 0.0:
            click.echo(f"consult: the worker ended ({self.worker.returncode}); it is started again", err=True)
            self.worker_due = now + REST
        if now >= self.worker_due:
            self.worker = subprocess.Popen(self.worker_command, start_new_session=True)
            self.worker_due = 0.0

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    @staticmethod
    def _end(child: subprocess.Popen[bytes]) -> int:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                return child.wait(GRACE)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
        return child.wait()


@click.command()
def worker() -> None:
    """Run the worker: mail and the timetable."""
    from consult.job import queue
    from consult.service import organisation

    app = application()
    with app.app_context():
        _require_tables()
        organisation.require_key()
    queue.work(app)


@click.command()
def sweep() -> None:
    """Do one round of the worker now, and say what it did."""
    from consult.job import sweep as rounds

    with application().app_context():
        _require_tables()
        for name, number in rounds.go_round().items():
            click.echo(f"{number:>6}  {name}")
