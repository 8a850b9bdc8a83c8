"""Bad days of sending: the worker is killed again and again, and the mail server refuses every third message, slowly."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from consult.domain.errors import NotAllowed
from consult.job import mail, outgoing
from consult.model.members import Member
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import ballots, clock, delivery_ledger, sending, voting_links
from tests.desk import Desk
from tests.factories import NOON, Cast, make_member

ROOT = Path(__file__).resolve().parents[2]
WHOLE = bool(os.environ.get("CONSULT_TEST_MATRIX"))
#: Notices, and how often the worker that sends them is killed.
NOTICES, KILLS = (50_000, 60) if WHOLE else (60, 4)
PATIENCE = 3600 if WHOLE else 400

#: The worker's sending in a process of its own; what it has claimed falls due again after a second, and not two minutes.
SENDER = """
import datetime, time
from consult.app import create_app
from consult.job import outgoing
from consult.service import sending
sending.LEASE = datetime.timedelta(seconds=1)
sending.DELAYS = (datetime.timedelta(milliseconds=10),) * len(sending.DELAYS)
with create_app({"TESTING": True}).app_context():
    while True:
        outgoing.send_due()
        time.sleep(0.05)
"""


class Server:
    """A mail server that keeps what it is given, in the order in which it comes."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []
        self.connections = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: Any) -> Any:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",))
        self.kept.append((envelope.rcpt_tos[0], body.get_content() if body is not None else ""))
        return "250 kept"

    def to(self, address: str) -> list[str]:
        """The messages to one address."""
        return [body for whom, body in self.kept if whom == address]


def served(server: Server) -> tuple[Controller, int]:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    return controller, port


# -- killed half-way ---------------------------------------------------------------------------------------------------


class Killer(Server):
    """Kills the process that sends: before it takes a message, or at the one instant at which nobody can know – when the
    message is taken and the sender has not yet been told."""

    def __init__(self, moments: Iterator[int]) -> None:
        super().__init__()
        self.moments = moments
        self.next = next(moments)
        self.process: subprocess.Popen[bytes] | None = None
        self.kills: Counter[str] = Counter()

    def strike(self, where: str) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kills[where] += 1
            self.next = next(self.moments, 10**9)
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        if len(self.kept) >= self.next and self.kills.total() % 2:
            self.strike("before it was taken")
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        said = await super().handle_DATA(server, session, envelope)
        if len(self.kept) >= self.next and not self.kills.total() % 2:
            self.strike("when it was taken")
        return said


def test_a_worker_killed_half_way_leaves_nobody_without_and_nobody_with_two_links(
    app: Flask, cast: Cast, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    with writing():
        for n in range(NOTICES):
            make_member(cast.units["Birch"], email=f"voter{n}@post.example", joined_at=NOON)
    desk = Desk(cast, keys=3, at=now - timedelta(days=2))
    desk.ask()
    desk.schedule()
    ballot_id = desk.ballot.id
    wanted = set(db.session.scalars(select(Member.email).where(Member.status == "member")))
    db.session.remove()
    killer = Killer(iter([NOTICES // (KILLS + 1) * n for n in range(1, KILLS + 1)]))
    controller, port = served(killer)
    environment = os.environ | {
        "DATABASE_URL": database, "CONSULT_INSTANCE": str(tmp_path), "CONSULT_MAIL_HOST": "127.0.0.1",
        "CONSULT_MAIL_PORT": str(port), "CONSULT_MAIL_FROM": "votes@movement.example",
        "CONSULT_MAIL_BOUNCES": "bounces@movement.example",
    }  # fmt: skip
    end = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < end:
            if killer.process is None or killer.process.poll() is not None:
                killer.process = subprocess.Popen([sys.executable, "-c", SENDER], cwd=ROOT, env=environment)
            if len(killer.kept) >= len(wanted) and {address for address, _ in killer.kept} == wanted and _none_waits():
                break
            time.sleep(0.1)
    finally:
        if killer.process is not None:
            killer.process.kill()
            killer.process.wait()
        controller.stop()
    db.session.rollback()
    told = delivery_ledger.totals(ballots.get(ballot_id), datetime.now(UTC))
    twice = _each_has_one_link_that_works(killer)
    with capsys.disabled():
        print(f"\n{db.engine.dialect.name}: {len(wanted):,} notices, killed {dict(killer.kills)}, {twice} sent twice")
    assert killer.kills.total() == KILLS and killer.kills["when it was taken"] == KILLS // 2
    assert {address for address, _ in killer.kept} == wanted
    assert twice == KILLS // 2  # only at that instant; and the officer is told of each time a message may have gone
    assert twice <= told.doubled <= KILLS
    assert told.states["sent"] == told.on_roll == len(wanted)


def _none_waits() -> bool:
    db.session.rollback()
    return db.session.scalar(select(Notice.id).where(Notice.sent_at.is_(None)).limit(1)) is None


def _each_has_one_link_that_works(server: Server) -> int:
    """How many had two messages; the link in the newest works, and in an older one it does not."""
    by_address: dict[str, list[str]] = defaultdict(list)
    for address, body in server.kept:
        by_address[address] += re.findall(r"/vote/([\w-]{43})", body)
    for tokens in by_address.values():
        assert 1 <= len(tokens) <= 2
        voting_links.look(tokens[-1])
        for older in tokens[:-1]:
            with pytest.raises(NotAllowed):
                voting_links.look(older)
    return sum(len(tokens) > 1 for tokens in by_address.values())


# -- a slow server that refuses ------------------------------------------------------------------------------------------


class Slow(Server):
    """Refuses every third message for now, slowly; takes it at a later attempt."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()
        self.refused: set[str] = set()
        self.at_tenth: Any = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.asked[address] += 1
        if self.asked.total() == 10 and self.at_tenth is not None:
            self.at_tenth()
        if self.asked.total() % 3 == 0 and address not in self.refused:
            self.refused.add(address)
            await asyncio.sleep(0.1)
            return "451 4.7.1 too many at once, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"


class Watch:
    """The clock of a test, moved by hand."""

    at = NOON


@pytest.fixture
def watch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    return made


@pytest.fixture
def slow(app: Flask, watch: Watch) -> Iterator[Slow]:
    server = Slow()
    controller, port = served(server)
    app.config |= {"CONSULT_MAIL_HOST": "127.0.0.1", "CONSULT_MAIL_PORT": port, "CONSULT_MAIL_FROM": "a@b.example"}
    yield server
    controller.stop()


def queue(member: Member, kind: str, address: str, **context: Any) -> int:
    with writing() as session:
        notice = Notice(
            kind=kind, member_id=member.id, address=address, context=context, queued_at=NOON, send_after=NOON
        )
        session.add(notice)
        session.flush()
        return notice.id


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_server_that_refuses_every_third_slowly_holds_nobody_up(
    app: Flask, cast: Cast, slow: Slow, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = cast.who["member"]
    member_id = member.id
    for n in range(45):
        queue(member, "account-changed", f"box{n}@post.example", change="A line was changed.")
    monkeypatch.setattr(outgoing, "BATCH", 0)  # any batch is slow: after one message the rest is given back

    def somebody_asks() -> None:
        with app.app_context():
            queue(db.session.get_one(Member, member_id), "sign-in-link", "waiting@post.example", next="")

    slow.at_tenth = somebody_asks
    assert outgoing.send_due() == len(slow.kept) and len(slow.refused) > 10
    assert slow.connections == 1  # refusals do not cost a connection each
    place = [address for address, _ in slow.kept].index("waiting@post.example")
    assert place <= 10  # it did not wait behind the others
    assert not slow.refused & {address for address, _ in slow.kept}
    db.session.rollback()
    waiting = db.session.scalars(select(Notice).where(Notice.sent_at.is_(None))).all()
    assert {notice.address for notice in waiting} == slow.refused
    assert {notice.attempts for notice in waiting} == {1}  # those given back are not counted as tried
    assert {notice.send_after for notice in waiting} == {NOON + sending.DELAYS[0]}
    assert "did not take it for now (451" in str(waiting[0].fault)
    for delay in sending.DELAYS[:3]:
        watch.at += delay
        outgoing.send_due()
    assert Counter(address for address, _ in slow.kept) == Counter(
        {f"box{n}@post.example": 1 for n in range(45)} | {"waiting@post.example": 1}
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_server_that_breaks_off_after_the_message_is_told_to_the_officer(
    cast: Cast, slow: Slow, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(cast, keys=3)
    desk.ask()
    desk.schedule()
    watch.at = desk.during
    slow.refused = set(db.session.scalars(select(Member.email)))  # refuse nobody
    keep, late = slow.handle_DATA, cast.who["member"].email

    async def hang(server: Any, session: Any, envelope: Any) -> str:
        said = await keep(server, session, envelope)
        if envelope.rcpt_tos[0] == late and len(slow.to(str(late))) == 1:
            await asyncio.sleep(1.5)
        return said

    slow.handle_DATA = hang  # type: ignore[method-assign]
    monkeypatch.setattr(mail, "SECONDS", 0.7)
    assert outgoing.send_due() == desk.roll.size - 1
    db.session.rollback()
    told = delivery_ledger.totals(desk.ballot, watch.at)
    assert (told.states["queued"], told.doubled) == (1, 0)
    monkeypatch.setattr(mail, "SECONDS", 10)
    watch.at += sending.DELAYS[0]
    assert outgoing.send_due() == 1
    db.session.rollback()
    told = delivery_ledger.totals(desk.ballot, watch.at)
    assert told.states["sent"] == told.on_roll and told.doubled == 1
    assert _each_has_one_link_that_works(slow) == 1
