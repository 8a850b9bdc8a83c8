"""Casting against bare baselines, over HTTP against 127.0.0.1: ratios measured in one run.

`python benchmarks/casting.py [--full] [--only NAME]` serves the real pages and a bare Flask view with the same durable
statement under the same gunicorn, drives both in turn, repeats that three times, and prints for each line the median
ratio with its spread, the target, processor time per request, p50, p95 and p99, and the load average. Every acknowledged
vote is looked for in the box afterwards. `--full` takes the stated sizes (500,000 ballots, a burst of a minute).
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import os
import selectors
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import func, select

from consult.app import create_app
from consult.ledger import envelopes, shape
from consult.ledger.envelopes import Answer
from consult.model import together
from consult.model.ballots import Envelope
from consult.model.store import db
from consult.service import ballots
from tests import poll
from tests.databases import Postgresql, Sqlite
from tests.factories import found

REPETITIONS, HANDS = 3, 16
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Sent = tuple[str, str, dict[str, str], str]


@dataclass
class Run:
    """What one batch of requests came to: seconds of wall and processor time, and each one's milliseconds."""

    wall: float
    cpu: float
    times: list[float]
    good: int
    told: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.good / self.wall

    def at(self, share: float) -> float:
        """A percentile in milliseconds."""
        return sorted(self.times)[min(len(self.times) - 1, int(share * len(self.times)))]

    def __str__(self) -> str:
        own = 1000 * self.cpu / max(1, len(self.times))
        return (
            f"{self.rate:7.0f}/s {own:6.2f} ms CPU each, "
            f"p50 {self.at(0.5):6.1f} p95 {self.at(0.95):6.1f} p99 {self.at(0.99):6.1f} ms"
        )


class Line:
    """One connection: what is still to be sent on it, whole, and what has come back so far."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.came = b""
        self.open()

    def open(self) -> None:
        """Connect, afresh."""
        self.socket = socket.create_connection(self.address, timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fileno(self) -> int:
        """For a selector."""
        return self.socket.fileno()

    def send(self, request: bytes) -> None:
        """One request."""
        self.came = b""
        self.socket.sendall(request)

    def read(self) -> int:
        """What came in now: the status once an answer is whole, -1 before that, 0 where the connection broke."""
        try:
            piece = self.socket.recv(262_144)
        except OSError:
            piece = b""
        self.came += piece
        head, found, body = self.came.partition(b"\r\n\r\n")
        if not piece:
            return 0
        if not found:
            return -1
        lower = head.lower()
        _, _, length = lower.partition(b"\r\ncontent-length:")
        if len(body) < int(length.split(b"\r\n", 1)[0] or 0):
            return -1
        if b"\r\nconnection: close" in lower:
            self.socket.close()
            self.open()
        return int(head[9:12])


def spelt(sent: Sent) -> bytes:
    """A request as it goes over the wire."""
    method, path, headers, body = sent
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    lines += [f"Content-Length: {len(body)}"] if method == "POST" else []
    return "\r\n".join([*lines, "", body]).encode()


def drive(pages: poll.Pages, requests: Sequence[Sent], good: int, hands: int = HANDS) -> Run:
    """Send all, on so many connections that each have one request under way; closed loop, by one thread."""
    waiting = [spelt(sent) for sent in reversed(requests)]
    times: list[float] = []
    told: dict[int, int] = {}
    begun: dict[Line, float] = {}
    cpu, start = pages.seconds(), time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(min(hands, len(waiting))):
            line = Line(pages.address)
            selector.register(line, selectors.EVENT_READ)
            begun[line] = time.perf_counter()
            line.send(waiting.pop())
        while begun:
            for key, _ in selector.select():
                line = cast(Line, key.fileobj)
                if (status := line.read()) < 0:
                    continue
                now = time.perf_counter()
                times.append(1000 * (now - begun.pop(line)))
                told[status] = told.get(status, 0) + 1
                selector.unregister(line)
                if status == 0:
                    line.open()
                if waiting:
                    begun[line] = now
                    line.send(waiting.pop())
                    selector.register(line, selectors.EVENT_READ)
                else:
                    line.socket.close()
    wall = time.perf_counter() - start
    return Run(wall, pages.seconds() - cpu, times, told.get(good, 0), told)


class Bench:
    """One database with a furnished poll whose votes are sealed by the browser or by the server."""

    def __init__(self, address: str, folder: Path, voters: int, by: str = "browser") -> None:
        self.address, self.folder, self.by = address, folder, by
        self.app = create_app({"SQLALCHEMY_DATABASE_URI": address, "CONSULT_INSTANCE": str(folder)})
        with self.app.app_context():
            cast = found()
            self.poll, self.other = (poll.furnish(cast, voters, level="sealed") for _ in range(2))
            self.made = ballots.definition_of(self.poll.desk.ballot)
            self.length = envelopes.envelope_length(self.made)
            db.session.remove()
        self.left, self.left_bare = list(self.poll.voters), list(self.other.voters)
        self.good = 0

    def real(self, count: int) -> list[Sent]:
        """Forms of the next voters."""
        taken, self.left = self.left[:count], self.left[count:]
        with self.app.app_context():
            return [("POST", *poll.sheet(self.app, self.poll, voter, self.answers(voter))) for voter in taken]

    def answers(self, voter: poll.Voter) -> dict[str, str] | None:
        """The choice, or the envelope that the voter's browser has made of it."""
        if self.by == "server":
            return None
        return {"sealed": shape.encode(envelopes.seal(self.made, [Answer("q1", (voter.choice,))]))}

    def bare(self, count: int) -> list[Sent]:
        """The same number for the bare view, in a ballot of its own."""
        taken, self.left_bare = self.left_bare[:count], self.left_bare[count:]
        values = {"ballot": self.other.ballot_id, "length": self.length, "paper": self.other.paper, "by": self.by}
        return [
            ("POST", "/cast", FORM, urlencode({**values, "member": v.member_id, "key": v.retry_key})) for v in taken
        ]

    @contextmanager
    def serving(self, app: str = "wsgi:app", **how: object) -> Iterator[poll.Pages]:
        """The real or the bare application under gunicorn."""
        pages = poll.Pages(self.address, self.folder, app=app, **how)  # type: ignore[arg-type]
        try:
            yield pages
        finally:
            pages.stop()

    def check(self, run: Run) -> Run:
        """Count the acknowledged."""
        if set(run.told) != {303}:
            raise SystemExit(f"Not every vote was taken: {run.told}")
        self.good += run.good
        return run

    def rows(self) -> int:
        """Envelopes in the real ballot's box."""
        with self.app.app_context():
            query = select(func.count()).select_from(Envelope).where(Envelope.ballot_id == self.poll.ballot_id)
            return db.session.scalar(query) or 0


LINES: list[tuple[str, float, float, bool]] = []


def line(name: str, values: Sequence[float], target: float, *, most: bool = False) -> None:
    """Print one ratio with its spread beside its target."""
    middle = statistics.median(values)
    missed = middle > target if most else middle < target
    LINES.append((name, middle, target, missed))
    sign = "<=" if most else ">="
    print(
        f"{name:58} {middle:6.2f} ({min(values):.2f} to {max(values):.2f})  target {sign} {target:g}"
        f"{'  MISSED' if missed else ''}  load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def casts(bench: Bench, name: str, target: float, count: int) -> None:
    """Real cast against the bare view; the tail; two workers against one."""
    ratios, costs, tails, growth = [], [], [], []
    with ExitStack() as stack:
        real = stack.enter_context(bench.serving(threads=HANDS))
        bare = stack.enter_context(bench.serving("bare:app", threads=HANDS))
        two = stack.enter_context(bench.serving(threads=HANDS // 2, workers=2))
        for pages in (real, two):
            bench.check(drive(pages, bench.real(HANDS * 2), 303))
        drive(bare, bench.bare(HANDS * 2), 303)
        for _ in range(REPETITIONS):
            base, mine = drive(bare, bench.bare(count), 303), bench.check(drive(real, bench.real(count), 303))
            both = bench.check(drive(two, bench.real(count), 303))
            print(f"  bare {base}\n  real {mine}\n  two  {both}")
            ratios.append(mine.rate / base.rate)
            costs.append(base.cpu / mine.cpu)
            tails.append(mine.at(0.99) / mine.at(0.5))
            growth.append(both.rate / mine.rate)
    line(f"{name}: real cast / bare view, casts a second", ratios, target)
    line(f"{name}: bare view / real cast, processor time", costs, target)
    if name == "SQLite":
        line(f"{name}: p99 / p50 at {HANDS} connections", tails, 4, most=True)
    line(f"{name}: two workers / one", growth, 1.7)
    print(f"  {bench.good} acknowledged, {bench.rows()} rows in the box")
    if bench.rows() != bench.good:
        raise SystemExit("The box does not hold what was acknowledged.")


def _slow_disk(folder: Path, queue: multiprocessing.Queue[float], grouped: bool, count: int) -> None:
    """Statements a second from 16 threads with a sync of 2 ms, which this process is given by a library of ours."""
    import sqlalchemy as sa

    from consult.model.store import alone, turn

    engine = sa.create_engine(f"sqlite:///{folder / f'slow-{grouped}-{time.monotonic_ns()}.db'}", pool_size=HANDS)
    with alone(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE box (voter INTEGER PRIMARY KEY, paper BLOB)")
    group = together.of(engine)
    left = iter(range(count))
    mutex = threading.Lock()

    def work() -> None:
        while True:
            with mutex:
                voter = next(left, None)
            if voter is None:
                return

            def put(connection: sa.Connection, voter: int = voter) -> int:
                return connection.exec_driver_sql("INSERT INTO box VALUES (?, randomblob(400))", (voter,)).rowcount

            if grouped:
                group.run(engine, put)
            else:
                with turn(engine), alone(engine) as connection:
                    put(connection)

    threads = [threading.Thread(target=work) for _ in range(HANDS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put(count / (time.perf_counter() - begun))


SLOW = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
int fdatasync(int fd) { static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
  int answer = real(fd); usleep(2000); return answer; }
int fsync(int fd) { static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, "fsync");
  int answer = real(fd); usleep(2000); return answer; }
"""


def groups(folder: Path, count: int) -> None:
    """Committing together against one commit each, where a sync takes 2 ms longer."""
    import shutil
    import subprocess

    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        print("group commit: NOT MEASURED, for there is no C compiler to make a slow disk with")
        return
    source, library = folder / "slow.c", folder / "slow.so"
    source.write_text(SLOW)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    context = multiprocessing.get_context("spawn")
    os.environ["LD_PRELOAD"] = str(library)
    ratios = []
    try:
        for _ in range(REPETITIONS):
            rates = {}
            for grouped in (False, True):
                queue: multiprocessing.Queue[float] = context.Queue()
                child = context.Process(target=_slow_disk, args=(folder, queue, grouped, count))
                child.start()
                rates[grouped] = queue.get(timeout=300)
                child.join()
            print(f"  one commit each {rates[False]:.0f}/s, together {rates[True]:.0f}/s")
            ratios.append(rates[True] / rates[False])
    finally:
        del os.environ["LD_PRELOAD"]
    line("SQLite: group commit / single commit with a 2 ms sync", ratios, 3)


def _open_bare(arguments: tuple[bytes, bytes, list[bytes]]) -> int:
    """The HPKE opens alone."""
    private, info, sealed = arguments
    from consult.ledger.envelopes import SUITE, _private

    key = _private(private)
    return sum(len(SUITE.decrypt(one, key, info)) > 0 for one in sealed)


def burst(bench: Bench, seconds: int, target: float) -> None:
    """The burst, open loop: voters come by one-time links at a steady rate whether or not the pages keep up."""
    held = 0.0
    with bench.serving(threads=HANDS, workers=2) as pages:
        for rate in (target / 4, target / 2, target, target * 1.5):
            count = int(rate * seconds)
            if count > len(bench.left):
                break
            sent = bench.real(count)
            links = [("GET", f"/vote/{v.token}", {}, "") for v in bench.poll.voters if v.retry_key in _keys(sent)]
            late = _open_loop(pages, links, sent, rate)
            print(f"  {rate:5.0f} voters a second for {seconds} s: {late}")
            bench.good += late.good
            if late.good < count or late.at(0.99) > 5000:
                break
            held = rate
    print(f"highest burst held for {seconds} s without an error: {held:.0f} voters a second; wanted {target:.0f}")


def _keys(sent: Sequence[Sent]) -> set[str]:
    return {part.removeprefix("key=") for one in sent for part in one[3].split("&") if part.startswith("key=")}


def _open_loop(pages: poll.Pages, links: Sequence[Sent], sent: Sequence[Sent], rate: float, hands: int = 128) -> Run:
    """Each voter opens the link and casts, at the instant due; lateness counts as waiting."""
    times: list[float] = []
    told: dict[int, int] = {}
    mutex, place = threading.Lock(), iter(range(len(sent)))
    cpu, begun = pages.seconds(), time.perf_counter()

    def hand() -> None:
        while True:
            with mutex:
                number = next(place, None)
            if number is None:
                return
            due = begun + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            status = 0
            try:
                connection = pages.connect()
                for method, path, headers, body in (links[number], sent[number]):
                    connection.request(method, path, body, headers)
                    answer = connection.getresponse()
                    answer.read()
                    status = answer.status
                connection.close()
            except (OSError, http.client.HTTPException):
                status = 0
            with mutex:
                times.append(1000 * (time.perf_counter() - due))
                told[status] = told.get(status, 0) + 1

    threads = [threading.Thread(target=hand) for _ in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Run(time.perf_counter() - begun, pages.seconds() - cpu, times, told.get(303, 0), told)


def main() -> int:
    """Print the table; 1 when a target is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="the stated sizes")
    parser.add_argument("--only", default="", help="SQLite | PostgreSQL | group | burst")
    options = parser.parse_args()
    count = 2_000 if options.full else 400
    seconds = 60 if options.full else 5
    wanted: Callable[[str], bool] = lambda name: options.only in ("", name)  # noqa: E731
    with tempfile.TemporaryDirectory(prefix="consult-bench-") as place:
        folder = Path(place)
        if wanted("group"):
            groups(folder, count)
        if wanted("SQLite") or wanted("burst"):
            maker = Sqlite(folder)
            voters = count * (2 * REPETITIONS) + 64 + (int(150 * seconds * 3.3) if wanted("burst") else 0)
            bench = Bench(maker.fresh(), folder, voters)
            if wanted("SQLite"):
                casts(bench, "SQLite", 0.55, count)
            if wanted("burst"):
                burst(bench, seconds, 150)
        if wanted("PostgreSQL"):
            server = Postgresql(durable=True)
            try:
                casts(Bench(server.fresh(), folder, count * (2 * REPETITIONS) + 64), "PostgreSQL", 0.40, count)
            finally:
                server.stop()
    return 1 if any(missed for *_, missed in LINES) else 0


if __name__ == "__main__":
    sys.exit(main())
