"""An open poll with its voters, and the real pages served by gunicorn, for attacks from outside and for benchmarks.

Voters come by links; their cookies and filled-in forms are made beforehand, so that one POST is one vote.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert

from consult.model.ballots import VotingLink
from consult.model.members import Member
from consult.model.store import db, writing
from consult.service import ballots
from consult.service.sessions import token_hash
from tests.desk import THREE, Desk
from tests.factories import NOON, Cast

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
CHOICES = ("c1", "c2", "c3")


@dataclass(frozen=True)
class Voter:
    """One voter with a link, the key of the form, and the place of the option that this voter will choose."""

    member_id: int
    token: str
    retry_key: str
    choice: int


@dataclass(frozen=True)
class Poll:
    """A ballot of one question, “Who?”, by plurality among three, that is open now."""

    desk: Desk
    ballot_id: int
    paper: str
    voters: tuple[Voter, ...]


def furnish(
    cast: Cast, count: int, *, method: str = "plurality", names: tuple[str, ...] = THREE, level: str = "operator"
) -> Poll:
    """An open poll with `count` voters who have links."""
    start = (datetime.now(UTC) - timedelta(days=2)).replace(microsecond=0)
    unit = cast.units["Birch"].id
    serial = secrets.token_hex(4)
    with writing() as session:
        rows = [
            {
                "number": f"V{serial}{n:07d}",
                "name": f"Voter {n}",
                "status": "member",
                "joined_at": NOON - timedelta(days=400),
                "unit_id": unit,
                "created_at": NOON - timedelta(days=400),
            }
            for n in range(count)
        ]
        members = list(session.scalars(insert(Member).returning(Member.id), rows))
    desk = Desk(cast, keys=3, at=start, level=level)
    desk.ask(method, names)
    if level == "sealed":
        desk.hold_ceremony()
    desk.schedule()
    voters = tuple(
        Voter(member, secrets.token_urlsafe(32), secrets.token_hex(16), secrets.randbelow(3)) for member in members
    )
    ballot = desk.ballot.id
    with writing() as session:
        session.execute(
            insert(VotingLink),
            [{"ballot_id": ballot, "member_id": v.member_id, "token_hash": token_hash(v.token)} for v in voters],
        )
    paper = ballots.definition_of(desk.ballot).hash
    db.session.rollback()
    return Poll(desk, ballot, paper, voters)


def sheet(
    app: Flask, poll: Poll, voter: Voter, answers: Mapping[str, str] | None = None
) -> tuple[str, dict[str, str], str]:
    """Path, headers and body of the POST with which this voter casts: as the browser would send it."""
    raw = hashlib.sha1(voter.token.encode()).hexdigest()
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = signer.dumps({"voting": [poll.ballot_id, voter.token], "csrf_token": raw})
    body = {
        "csrf_token": URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(raw),
        "key": voter.retry_key,
        "paper": poll.paper,
        **(answers or {"q1": CHOICES[voter.choice]}),
    }
    headers = {"Cookie": f"consult={cookie}", "Content-Type": "application/x-www-form-urlencoded"}
    return f"/ballots/{poll.ballot_id}/cast", headers, urlencode(body)


class Pages:
    """gunicorn with real workers on a loopback address."""

    def __init__(
        self,
        database: str,
        folder: Path,
        *,
        workers: int = 1,
        threads: int = 4,
        host: str = "127.0.0.1",
        app: str = "wsgi:app",
        before: Sequence[str] = (),
        preload: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / f"pages-{secrets.token_hex(4)}.log"
        listening = socket.create_server((host, 0), backlog=2048)
        self.address: tuple[str, int] = listening.getsockname()[:2]
        environment = os.environ | {
            "DATABASE_URL": database,
            "CONSULT_INSTANCE": str(folder),
            "CONSULT_MODE": "development",
            "CONSULT_THREADS": str(threads),
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "benchmarks"))),
            **(settings or {}),
        }
        command = [sys.executable, "-m", "gunicorn", app, "--bind", f"fd://{listening.fileno()}"]
        command += ["--workers", str(workers), "--threads", str(threads), "--no-control-socket"]
        command += ["--log-level", "warning", "--graceful-timeout", "5"]
        command += ["--preload"] if preload else []
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*before, *command],
                cwd=ROOT,
                env=environment,
                pass_fds=[listening.fileno()],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        listening.close()
        self.workers = workers
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise

    def wait(self) -> None:
        """Until it answers.

        Raises:
            RuntimeError: with the end of its log.
        """
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.ask("GET", "/no-such-page")[0] == 404:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        raise RuntimeError(f"The pages did not begin to answer:\n{self.log.read_text(errors='replace')[-4000:]}")

    def connect(self) -> http.client.HTTPConnection:
        """A connection to it."""
        return http.client.HTTPConnection(*self.address, timeout=PATIENCE)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> tuple[int, bytes]:
        """Status and body of one answer, on a connection of its own."""
        connection = self.connect()
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def worker_ids(self) -> list[int]:
        """The process ids of the workers that live now."""
        found = []
        for place in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = place.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == self.master and fields[0] != "Z":
                found.append(int(place.parent.name))
        return sorted(found)

    @property
    def master(self) -> int:
        """gunicorn's own process, also where it was started through another program."""
        return getattr(self, "_master", None) or self.process.pid

    def seconds(self) -> float:
        """Processor time, user and system, that the workers have used."""
        ticks = 0
        for worker in self.worker_ids():
            fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Kill it and what it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


def cast_vote(pages: Pages, sent: tuple[str, dict[str, str], str]) -> tuple[int, Any]:
    """Status and place to go on to, of one cast."""
    path, headers, body = sent
    connection = pages.connect()
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location")
    finally:
        connection.close()
