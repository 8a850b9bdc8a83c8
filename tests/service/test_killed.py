"""Workers killed in mid-cast: what was acknowledged is in the box, once, and a retry with the same form finds it."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import select

from consult.ledger import envelopes
from consult.ledger.envelopes import Answer, readable
from consult.model.ballots import Envelope
from consult.model.store import db, writing
from consult.service import ballots, scheduling
from tests.desk import DURING, Desk
from tests.factories import Cast, make_member

#: Voters and kills for each database; two databases make 60 kills.
VOTERS, KILLS, SEED = 150, 30, 20260302
#: The first voters are left alone, to see how long a cast takes here; kills then fall within so many times as long.
UNTOUCHED, WINDOW = 10, 1.3
PATIENCE = 60.0

_from_scratch = multiprocessing.get_context("forkserver")
_from_scratch.set_forkserver_preload(["consult.app", "tests.service.test_killed"])


def work(database: str, instance: str, ballot: int, pipe: Connection) -> None:
    """A web worker's part: take forms from the pipe, cast them by the service, acknowledge after that."""
    from consult.app import create_app
    from consult.service import casting

    app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": database, "CONSULT_INSTANCE": instance})
    with app.app_context():
        pipe.send("ready")
        while True:
            member, key, choice = pipe.recv()
            receipt = casting.cast(ballot, member, [Answer("q1", (choice,))], retry_key=key, at=DURING)
            pipe.send((member, receipt.code, receipt.again))


@dataclass
class Box:
    """The workers from outside: one at a time, and a new one after each kill."""

    database: str
    instance: str
    ballot: int
    kills: int = 0
    unanswered: int = 0
    found_again: int = 0
    acknowledged: dict[int, set[str]] = field(default_factory=dict)

    def start(self) -> None:
        """A fresh worker, ready for forms."""
        self.pipe, theirs = _from_scratch.Pipe()
        arguments = (self.database, self.instance, self.ballot, theirs)
        self.process = _from_scratch.Process(target=work, args=arguments, daemon=True)
        self.process.start()
        theirs.close()
        assert self.pipe.poll(PATIENCE) and self.pipe.recv() == "ready"

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        pid = self.process.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        self.process.join(PATIENCE)
        self.kills += 1

    def answered(self) -> bool:
        """Take the acknowledgement if there is one; False where the worker died without."""
        try:
            if not self.pipe.poll(PATIENCE):
                raise AssertionError("a worker neither answered nor died")
            member, code, again = self.pipe.recv()
        except (EOFError, ConnectionError):
            return False
        self.acknowledged.setdefault(member, set()).add(code)
        self.found_again += again
        return True


def test_no_acknowledged_vote_is_lost_and_none_is_doubled(
    cast: Cast, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing():
        voters = [make_member(cast.units["Birch"]).id for _ in range(VOTERS)]
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    ballot = desk.ballot.id
    db.session.remove()
    chance = random.Random(SEED)
    choice = {voter: chance.randrange(3) for voter in voters}
    doomed = set(chance.sample(voters[UNTOUCHED:], KILLS))
    took: list[float] = []
    box = Box(database, str(tmp_path), ballot)
    box.start()
    for voter in voters:
        form = (voter, f"{chance.getrandbits(128):032x}", choice[voter])
        begun = time.monotonic()
        box.pipe.send(form)
        if voter in doomed:
            time.sleep(chance.uniform(0, WINDOW) * median(took))
            box.kill()
        while not box.answered():
            box.unanswered += 1
            box.start()
            box.pipe.send(form)  # the voter presses the button again: the same form
        if not box.process.is_alive():
            box.start()
        if voter not in doomed:
            took.append(time.monotonic() - begun)
    box.process.kill()
    box.process.join(PATIENCE)
    opener = envelopes.opener(ballots.definition_of(desk.ballot), scheduling.private_key(db.session(), desk.ballot))
    rows = db.session.execute(select(Envelope.member_id, Envelope.receipt, Envelope.sealed)).all()
    held = {member: readable(bytes.fromhex(receipt)) for member, receipt, _ in rows}
    lost = [voter for voter, codes in box.acknowledged.items() if codes != {held.get(voter)}]
    figures = (
        f"\n{db.engine.dialect.name}: {box.kills} kills, {box.unanswered} forms without an answer, of which "
        f"{box.found_again} had been taken; {len(box.acknowledged)} acknowledged, {len(lost)} lost, "
        f"{len(rows) - len(held)} doubled"
    )
    with capsys.disabled():
        print(figures)
    assert box.kills == KILLS and box.unanswered > 0
    assert lost == [] and len(rows) == len(held) == len(box.acknowledged) == VOTERS
    assert {member: opener(sealed)[0].ranking for member, _, sealed in rows} == {v: (c,) for v, c in choice.items()}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_worker_of_this_test_answers_when_nobody_kills_it(cast: Cast, database: str, tmp_path: Path) -> None:
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    box = Box(database, str(tmp_path), desk.ballot.id)
    member = cast.who["member"].id
    db.session.remove()
    box.start()
    for _ in range(2):
        box.pipe.send((member, "k" * 32, 0))
        assert box.answered()
    assert box.found_again == 1 and len(box.acknowledged[member]) == 1
    box.kill()
    assert not box.answered()
