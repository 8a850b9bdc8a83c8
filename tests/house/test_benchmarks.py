"""What the benchmarks load by SQL alone, past the services, is still taken by the tables and what fences them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from consult.model.ballots import Envelope
from consult.model.rolls import Roll, RollEntry
from consult.model.store import db

MORE, VOTERS = 3, 2


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_turnout_benchmark_fills_a_box_for_a_frozen_roll(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "benchmarks"))
    driving, turnout = (importlib.import_module(name) for name in ("driving", "turnout"))
    server = request.getfixturevalue(kind)
    address = server.fresh()
    bench: Any = driving.Bench(address, tmp_path, VOTERS, alike=False)
    turnout.fill(bench, MORE)
    with bench.app.app_context():
        ballot = bench.poll.ballot_id
        assert db.session.scalar(select(func.count()).select_from(Envelope).where(Envelope.ballot_id == ballot)) == MORE
        roll = bench.poll.desk.ballot.roll_id
        entries = db.session.scalar(select(func.count()).select_from(RollEntry).where(RollEntry.roll_id == roll))
        assert entries == db.session.scalar(select(Roll.size).where(Roll.id == roll)) + MORE
        db.session.remove()
        db.engine.dispose()
    server.drop(address)
