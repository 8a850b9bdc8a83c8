"""Driving the real pages from outside: whole requests on kept connections by one thread, and a furnished poll to send them to."""

from __future__ import annotations

import selectors
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import func, select

from consult.app import create_app
from consult.ledger import envelopes, shape
from consult.ledger.envelopes import Answer
from consult.model.ballots import Envelope
from consult.model.store import db
from consult.service import ballots
from tests import poll
from tests.factories import found

HANDS = 16
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
    """One database with a furnished poll whose votes are sealed by the browser or by the server; unless it is not to be
    measured against the bare view, with another like it."""

    def __init__(self, address: str, folder: Path, voters: int, by: str = "browser", *, alike: bool = True) -> None:
        self.address, self.folder, self.by = address, folder, by
        self.app = create_app({"SQLALCHEMY_DATABASE_URI": address, "CONSULT_INSTANCE": str(folder)})
        with self.app.app_context():
            cast = found()
            self.poll = poll.furnish(cast, voters, level="sealed")
            self.other = poll.furnish(cast, voters if alike else 1, level="sealed")
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


@dataclass
class Visit:
    """One voter on the way: when due, and what is still to be sent on the voter's connection."""

    due: float
    line: Line
    left: deque[bytes]
    statuses: list[int] = field(default_factory=list)


def arrive(pages: poll.Pages, visits: Sequence[Sequence[bytes]], rate: float, good: Sequence[int]) -> Run:
    """Open loop: each visit begins when it is due, at a steady rate, whether or not the pages keep up.

    A visit is the requests of one voter, sent one after the other on a connection of the voter's own; its time counts from
    the moment it was due to its last answer. A visit is good (its status the last one) if the answers are the `good` ones.
    """
    times: list[float] = []
    told: dict[int, int] = {}
    cpu, start = pages.seconds(), time.perf_counter()
    coming, under_way = deque(enumerate(visits)), 0
    with selectors.DefaultSelector() as selector:
        while coming or under_way:
            now = time.perf_counter()
            while coming and start + coming[0][0] / rate <= now:
                number, requests = coming.popleft()
                visit = Visit(start + number / rate, Line(pages.address), deque(requests))
                visit.line.send(visit.left.popleft())
                selector.register(visit.line, selectors.EVENT_READ, visit)
                under_way += 1
            wait = start + coming[0][0] / rate - now if coming else 1.0
            for key, _ in selector.select(max(0.0, wait)):
                visit = key.data
                if (status := visit.line.read()) < 0:
                    continue
                visit.statuses.append(status)
                if status and visit.left and status == good[len(visit.statuses) - 1]:
                    visit.line.send(visit.left.popleft())
                    continue
                selector.unregister(visit.line)
                visit.line.socket.close()
                under_way -= 1
                times.append(1000 * (time.perf_counter() - visit.due))
                told[status] = told.get(status, 0) + 1
    return Run(time.perf_counter() - start, pages.seconds() - cpu, times, told.get(good[-1], 0), told)
