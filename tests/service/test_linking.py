"""Linking voters to votes in a live poll of 2,000: what each trace reaches on envelopes, and that papers stay at chance.

Envelopes bear names: whoever has the database knows whose ciphertext is whose, and several traces give the order in
which people voted. What must not follow is a vote: the box that is exported stands in the order of hashes, and papers
come out of it sorted and together. Each attack here tells every voter's vote by laying a trace beside that file.
"""

from __future__ import annotations

import random
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy import func, select

from consult.domain.roles import SWEEP
from consult.ledger import envelopes
from consult.ledger.envelopes import Answer
from consult.model.audit import AuditEvent
from consult.model.ballots import Envelope
from consult.model.boxes import BoardLeaf
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import ballots, boards, casting, opening, scheduling
from tests import poll
from tests.factories import Cast

VOTERS, SEED = 2_000, 20260302
#: Shares of the three options: a vote is told right by chance as often as two voters agree.
WEIGHTS = (0.5, 0.3, 0.2)
#: Standard deviations that chance may be missed by.
DEVIATIONS = 4.5


def order_kept(truth: Sequence[int], trace: Sequence[int]) -> float:
    """How well a trace gives the order of casting: 1 for the whole of it, about 0 for none (Spearman's rank correlation)."""
    place = {voter: number for number, voter in enumerate(trace)}
    ranks = [place[voter] for voter in truth if voter in place]
    if len(ranks) < len(truth):
        return 0.0
    n = len(truth)
    return 1 - 6 * sum((number - rank) ** 2 for number, rank in enumerate(ranks)) / (n * (n * n - 1))


def traces(receipts: dict[str, int], before: tuple[int, int]) -> dict[str, list[int]]:
    """Every trace there is, as the voters in the order that it gives."""
    found = {"order of rows": list(db.session.scalars(select(Envelope.member_id)))}
    if db.engine.dialect.name == "postgresql":
        for hidden in ("xmin::text::bigint", "ctid"):
            query = f"SELECT member_id FROM envelope ORDER BY {hidden}, ctid"
            found[hidden.partition(":")[0]] = list(db.session.scalars(db.text(query)))
    else:
        log = Path(f"{db.engine.url.database}-wal").read_bytes()
        seen = [receipts[code] for code in codes_in(log) if code in receipts]
        found["write-ahead log"] = seen
        pages = codes_in(copied(Path(db.engine.url.database or "")))
        found["pages of the file"] = [receipts[code] for code in pages if code in receipts]
    listed = db.session.scalars(select(BoardLeaf.receipt).order_by(BoardLeaf.position))
    found["places on the board, by the hour"] = [receipts[code] for code in listed]
    assert len(found["places on the board, by the hour"]) == VOTERS // 2
    # of the others it is known that they came in a later hour
    found["places on the board, by the hour"] += sorted(
        set(receipts.values()) - set(found["places on the board, by the hour"])
    )
    found["order of receipts (the export's)"] = [receipts[code] for code in sorted(receipts)]
    events, notices = counts()
    assert (events, notices) == before  # the audit log and the outbox have grown by nothing
    return found


def codes_in(data: bytes) -> list[str]:
    """Every run of 64 letters and figures of a hash in some bytes, in the order of their first coming."""
    return list(dict.fromkeys(code.decode() for code in re.findall(rb"(?=([0-9a-f]{64}))", data)))


def copied(file: Path) -> bytes:
    """The database's file with everything in it that is still in its log, page after page."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "copy.db"
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(place)) as target:
            source.backup(target)
        return place.read_bytes()


def counts() -> tuple[int, int]:
    """Audit events and notices."""
    return tuple(db.session.scalar(select(func.count()).select_from(of)) or 0 for of in (AuditEvent, Notice))  # type: ignore[return-value]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def test_every_trace_is_at_chance_on_the_papers(
    cast: Cast, database: str, stack: ExitStack, capsys: pytest.CaptureFixture[str]
) -> None:
    made = poll.furnish(cast, VOTERS)
    chance = random.Random(SEED)
    voters = [voter.member_id for voter in made.voters]
    chance.shuffle(voters)
    votes = dict(zip(voters, chance.choices(range(3), WEIGHTS, k=VOTERS), strict=True))
    watcher = (
        db.engine.connect()
    )  # one who copies the log as it is written sees all of it: nothing is overwritten meanwhile
    if database.startswith("sqlite"):
        watcher.exec_driver_sql("SELECT count(*) FROM envelope")
    keys = {voter.member_id: voter.retry_key for voter in made.voters}
    before = (0, 0)
    for number, voter in enumerate(voters, start=1):
        casting.cast(made.ballot_id, voter, [Answer("q1", (votes[voter],))], retry_key=keys[voter])
        if number == VOTERS // 2:  # the hour is over
            opening.open_ballot(made.desk.ballot, by=SWEEP)
            boards.extend(made.desk.ballot, rng=random.Random(SEED), by=SWEEP)
            before = counts()
            db.session.rollback()
    rows = db.session.execute(select(Envelope.receipt, Envelope.member_id)).all()
    receipts = dict(rows)
    ballot = made.desk.ballot
    opener = envelopes.opener(ballots.definition_of(ballot), scheduling.private_key(db.session(), ballot))
    # what leaves the box: records in the order of hashes go in, papers come out sorted
    box = [sealed for (sealed,) in db.session.execute(select(Envelope.sealed).order_by(Envelope.receipt))]
    papers = sorted(opener(sealed)[0].ranking[0] for sealed in box)
    share = [papers.count(option) / VOTERS for option in range(3)]
    expected = sum(part * part for part in share)
    deviation = (expected * (1 - expected) / VOTERS) ** 0.5
    lines = [f"\n{db.engine.dialect.name}: {VOTERS} voters; chance tells {expected:.1%} of the votes"]
    try:
        for name, trace in traces(receipts, before).items():
            guessed = dict(zip(trace, papers, strict=False))
            right = mean(guessed.get(voter) == votes[voter] for voter in voters)
            lines.append(f"  {name:50} order of casting {order_kept(voters, trace):5.2f}, votes told right {right:.1%}")
            assert abs(right - expected) < DEVIATIONS * deviation, lines
    finally:
        with capsys.disabled():
            print("\n".join(lines))
    assert len(rows) == VOTERS


def test_the_measure_knows_a_whole_order_from_none() -> None:
    truth = list(range(500))
    assert order_kept(truth, truth) == 1 and order_kept(truth, truth[::-1]) == -1
    assert abs(order_kept(truth, random.Random(SEED).sample(truth, 500))) < 0.2
    assert order_kept(truth, truth[1:]) == 0
