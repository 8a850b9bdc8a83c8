"""A canary vote, sealed by the server or as a browser does: searched for in the database's files, the logs and a worker's memory."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from consult.ledger import ceremony, envelopes, shape
from consult.ledger.envelopes import Answer
from consult.model.ballots import Envelope
from consult.model.store import db, writing
from consult.service import ballots, ceremonies, scheduling
from tests import poll
from tests.factories import Cast

#: So many options that an order of them occurs nowhere by chance.
OPTIONS, SEED = 16, 20260302


def memory(process: int) -> bytes:
    """What a process may write to, as it is now."""
    found = []
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 (not a file to be read whole)
        for words in Path(f"/proc/{process}/maps").read_text().splitlines():
            span = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", words)
            if span is None or "[vvar" in words:
                continue
            start, end = (int(part, 16) for part in span.groups())
            try:
                memory.seek(start)
                found.append(memory.read(end - start))
            except (OSError, ValueError, OverflowError):
                continue
    return b"\n".join(found)


def kept(database: str, request: pytest.FixtureRequest, folder: Path) -> tuple[list[Path], bytes]:
    """The database's own files and the logs, and what is in them."""
    if database.startswith("sqlite"):
        stem = database.removeprefix("sqlite:///")
        files = [Path(stem + end) for end in ("", "-wal", "-shm") if Path(stem + end).exists()]
    else:
        server = request.getfixturevalue("postgresql")
        files = [place for place in server.data.rglob("*") if place.is_file()]
    files += [place for place in folder.rglob("*") if place.is_file()]
    return files, b"\n".join(place.read_bytes() for place in files if os.access(place, os.R_OK))


def key_of(made: poll.Poll) -> bytes:
    """The private half of a poll's key: kept by the server, or put together from the holders' words."""
    ballot = made.desk.ballot
    if ballot.level != "sealed":
        return scheduling.private_key(db.session(), ballot)
    row = ceremonies.of(ballot)
    assert row is not None and row.public is not None
    return ceremony.private_key(ceremony.loads(row.public.encode()), made.desk.word_lists[:2])[0]


@pytest.mark.parametrize("level", ["operator", "sealed"])
def test_a_canary_is_in_no_file_and_what_memory_holds_is_told(
    app: Flask,
    cast: Cast,
    database: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    level: str,
) -> None:
    """Sealed by this server, as with scripts off; then again while the box is broken, so that there is a crash report."""
    names = tuple(f"Candidate {letter}" for letter in "ABCDEFGHIJKLMNOP")
    made = poll.furnish(cast, 5, method="irv", names=names, level=level)
    order = random.Random(SEED).sample(range(OPTIONS), OPTIONS)
    answers = {f"rank-q1-c{option + 1}": str(place + 1) for place, option in enumerate(order)}
    canary, last, *others = made.voters
    path, headers, body = poll.sheet(app, made, canary, answers)
    paper = json.dumps(order, separators=(",", ":")).encode()
    typed = "&".join(f"{name}={place}" for name, place in answers.items()).encode()
    assert typed in body.encode()
    pages = poll.Pages(database, tmp_path, workers=1, threads=2)
    try:
        assert poll.cast_vote(pages, (path, headers, body))[0] == 303
        (worker,) = pages.worker_ids()
        at_once = memory(worker)
        for voter in others:
            reversed_order = {f"rank-q1-c{option + 1}": str(option + 1) for option in range(OPTIONS)}
            assert poll.cast_vote(pages, poll.sheet(app, made, voter, reversed_order))[0] == 303
        later = memory(worker)
        with writing() as session:
            session.execute(text("ALTER TABLE envelope RENAME TO mislaid"))
        assert poll.cast_vote(pages, poll.sheet(app, made, last, answers))[0] in (500, 503)
        with writing() as session:
            session.execute(text("ALTER TABLE mislaid RENAME TO envelope"))
    finally:
        pages.stop()
    db.session.rollback()
    sealed = db.session.scalars(select(Envelope.sealed).where(Envelope.member_id == canary.member_id)).one()
    ballot = made.desk.ballot
    assert envelopes.opener(ballots.definition_of(ballot), key_of(made))(sealed)[0].ranking == tuple(
        order
    )  # it was cast, and is what we look for
    assert sealed[:40] in later or len(later) > 10_000_000  # and we do read the worker's memory
    files, held = kept(database, request, tmp_path)
    assert canary.retry_key.encode() in held  # the envelope itself is in these files
    report = pages.log.read_bytes()
    assert b"fault" in report or b"did not answer" in report  # the crash is in the log, with nothing of what was sent
    assert last.retry_key.encode() not in report
    with capsys.disabled():
        print(
            f"\n{db.engine.dialect.name}, {level}: in {len(files)} files and logs: the paper {held.count(paper)} times, the form as "
            f"typed {held.count(typed)} times; in the worker's memory after the reply: {at_once.count(paper)} and "
            f"{at_once.count(typed)}; after three more votes: {later.count(paper)} and {later.count(typed)}"
        )
    assert paper not in held and typed not in held


def test_a_canary_sealed_as_a_browser_does_is_in_no_file_and_in_no_workers_memory(
    app: Flask, cast: Cast, database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    names = tuple(f"Candidate {letter}" for letter in "ABCDEFGHIJKLMNOP")
    made = poll.furnish(cast, 1, method="irv", names=names, level="sealed")
    order = random.Random(SEED).sample(range(OPTIONS), OPTIONS)
    ballot, (canary,) = made.desk.ballot, made.voters
    definition = ballots.definition_of(ballot)
    envelope = envelopes.seal(definition, [Answer("q1", tuple(order))])  # in this process, which stands for the browser
    pages = poll.Pages(database, tmp_path, workers=1, threads=2)
    try:
        sent = poll.sheet(app, made, canary, {"sealed": shape.encode(envelope)})
        status, place = poll.cast_vote(pages, sent)
        assert (status, str(place).endswith("/receipt")) == (303, True)
        (worker,) = pages.worker_ids()
        in_memory = memory(worker)
    finally:
        pages.stop()
    db.session.rollback()
    assert db.session.scalars(select(Envelope.sealed)).one() == envelope
    assert envelopes.opener(definition, key_of(made))(envelope)[0].ranking == tuple(order)
    _, held = kept(database, request, tmp_path)
    assert canary.retry_key.encode() in held  # these are the files that hold the envelope
    assert canary.token.encode() in in_memory or ballot.title.encode() in in_memory  # and this is the worker's memory
    typed = "&".join(f"rank-q1-c{option + 1}={place + 1}" for place, option in enumerate(order)).encode()
    for secret in (json.dumps(order, separators=(",", ":")).encode(), repr(order).encode(), bytes(order), typed):
        assert secret not in held and secret not in in_memory
