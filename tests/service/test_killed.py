"""Web workers killed while people cast: what was acknowledged is in the box, once, and a retry of the form finds it."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from consult.ledger import envelopes
from consult.model.ballots import Envelope
from consult.model.store import db
from consult.service import ballots, scheduling
from tests import poll
from tests.factories import Cast

#: Kills for each database; two databases. `make test-all` makes a thousand together.
KILLS = 500 if os.environ.get("CONSULT_TEST_MATRIX") else 25
#: Voters for each kill, hands that cast at the same time, and the seed of the killer's moments.
VOTERS, HANDS, SEED = 8, 6, 20260302
REST = 0.02


class Electorate:
    """Voters who press the button until they are answered."""

    def __init__(self, pages: poll.Pages, waiting: list[tuple[int, tuple[str, dict[str, str], str]]]) -> None:
        self.pages = pages
        self.waiting = waiting
        self.acknowledged: dict[int, int] = {}
        #: How many may be acknowledged before the next kill, so that no crowd outruns its killer.
        self.allowed = VOTERS
        self.unanswered = 0
        self.told_otherwise: Counter[int] = Counter()
        self._mutex = threading.Lock()

    def hand(self) -> None:
        """One pair of hands: one voter after another."""
        while True:
            while len(self.acknowledged) >= self.allowed:
                time.sleep(0.001)
            with self._mutex:
                if not self.waiting:
                    return
                member, form = self.waiting.pop()
            until = time.monotonic() + poll.PATIENCE
            while not self._press(member, form):
                assert time.monotonic() < until, f"{member} was never answered"
                time.sleep(REST)

    def _press(self, member: int, form: tuple[str, dict[str, str], str]) -> bool:
        try:
            status, location = poll.cast_vote(self.pages, form)
        except (OSError, http.client.HTTPException):
            with self._mutex:
                self.unanswered += 1
            return False
        with self._mutex:
            if status == 303 and str(location).endswith("/receipt"):
                self.acknowledged[member] = self.acknowledged.get(member, 0) + 1
                return True
            self.told_otherwise[status] += 1
        return False


def test_no_acknowledged_vote_is_lost_and_none_is_doubled(
    app: Flask, cast: Cast, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = poll.furnish(cast, (KILLS + 1) * VOTERS)
    forms = [(voter.member_id, poll.sheet(app, made, voter)) for voter in made.voters]
    pages = poll.Pages(database, tmp_path, workers=2, threads=4, preload=True)  # a killed one is followed at once
    chance, kills = random.Random(SEED), 0
    crowd = Electorate(pages, forms)
    hands = [threading.Thread(target=crowd.hand) for _ in range(HANDS)]
    try:
        for hand in hands:
            hand.start()
        while any(hand.is_alive() for hand in hands) and kills < KILLS:
            until = time.monotonic() + poll.PATIENCE
            while len(crowd.acknowledged) < crowd.allowed - VOTERS // 2 and crowd.waiting and time.monotonic() < until:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.02))
            if living := pages.worker_ids():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(chance.choice(living), signal.SIGKILL)
                    kills += 1
                    crowd.allowed += VOTERS
        crowd.allowed = len(made.voters) + 1
        for hand in hands:
            hand.join(poll.PATIENCE * 2)
    finally:
        crowd.allowed = len(made.voters) + 1
        pages.stop()
    db.session.rollback()
    opener = envelopes.opener(
        ballots.definition_of(made.desk.ballot), scheduling.private_key(db.session(), made.desk.ballot)
    )
    rows = db.session.execute(select(Envelope.member_id, Envelope.retry_key, Envelope.sealed)).all()
    held = {member: (key, opener(sealed)[0].ranking) for member, key, sealed in rows}
    wanted = {voter.member_id: (voter.retry_key, (voter.choice,)) for voter in made.voters}
    lost = [member for member in crowd.acknowledged if held.get(member) != wanted[member]]
    with capsys.disabled():
        print(
            f"\n{db.engine.dialect.name}: {kills} web workers killed, {crowd.unanswered} forms without an answer, "
            f"{dict(crowd.told_otherwise)} told otherwise; {len(crowd.acknowledged)} acknowledged, {len(lost)} lost, "
            f"{len(rows) - len(held)} doubled"
        )
    assert not any(hand.is_alive() for hand in hands)
    assert kills == KILLS and crowd.unanswered > 0
    assert lost == [] and len(rows) == len(held) == len(crowd.acknowledged) == len(made.voters)
    assert held == wanted and crowd.told_otherwise.total() == 0
