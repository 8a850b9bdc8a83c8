"""No reply before the sync that covers it: the system calls of real web workers, watched from outside."""

from __future__ import annotations

import os
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from tests import poll
from tests.factories import Cast

#: Votes cast by so many hands at the same time.
VOTES, HANDS = 40, 8
CALL = re.compile(r"^(\d+) +(.*)$")
KEY = re.compile(r"&key=([0-9a-f]{32})&")
SENDS = ("sendto", "sendmsg", "write(")


@pytest.fixture
def strace() -> str:
    found = shutil.which("strace")
    if found is None:
        if os.environ.get("CONSULT_TEST_EVERYTHING"):
            pytest.fail("strace is missing, and nothing may be left out here.")
        pytest.skip("LEFT OUT: strace is not installed (Debian: apt-get install strace)")
    return found


@dataclass
class Seen:
    """What was seen of one vote, as places in the log: its first write to the write-ahead log, its reply."""

    key: str
    written: int | None = None
    replied: int | None = None


def read(log: Path, keys: list[str]) -> tuple[dict[str, Seen], list[tuple[int, int]]]:
    """Each vote by the key of its form, and every sync of the write-ahead log as (place it began, place it ended)."""
    votes = {key: Seen(key) for key in keys}
    syncs: list[tuple[int, int]] = []
    begun: dict[str, tuple[int, str]] = {}
    asked: dict[str, str] = {}  # thread → key of the form it is working on
    for place, words in enumerate(log.read_text(errors="replace").splitlines()):
        match = CALL.match(words)
        if match is None:
            continue
        thread, call = match.groups()
        start, whole = place, call
        if call.endswith("<unfinished ...>"):
            begun[thread] = (place, call)
        elif call.startswith("<... "):
            start, first = begun.pop(thread, (place, ""))
            whole = first + call
        if call.startswith(SENDS) and "HTTP/1.1 303" in call and thread in asked:
            votes[asked.pop(thread)].replied = place  # when it began
        if call.endswith("<unfinished ...>"):
            continue
        if whole.startswith(("recvfrom", "read(")) and (key := KEY.search(whole)):
            asked[thread] = key[1]
        elif whole.startswith(("fdatasync", "fsync")) and "-wal>" in whole:
            syncs.append((start, place))
        elif whole.startswith("pwrite64") and "-wal>" in whole:
            for vote in votes.values():
                if vote.written is None and vote.key in whole:
                    vote.written = place
    return votes, syncs


@pytest.mark.parametrize("together", ["yes", "no"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_reply_precedes_the_sync_that_covers_it(
    app: Flask,
    cast: Cast,
    database: str,
    tmp_path: Path,
    strace: str,
    together: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """For each vote: written to the log, then a sync that began after that has ended, and only then the reply began."""
    made = poll.furnish(cast, VOTES)
    forms = [poll.sheet(app, made, voter) for voter in made.voters]
    log = tmp_path / "calls"
    watch = [strace, "-f", "-y", "-s", "5000", "-o", str(log)]
    watch += ["-e", "trace=pwrite64,fdatasync,fsync,recvfrom,read,sendto,sendmsg,write"]
    settings = {"CONSULT_GROUP_COMMIT": together}
    pages = poll.Pages(database, tmp_path, workers=2, threads=HANDS, before=watch, settings=settings)
    answers: list[int] = []

    def hand(own: list[tuple[str, dict[str, str], str]]) -> None:
        answers.extend(poll.cast_vote(pages, form)[0] for form in own)

    hands = [threading.Thread(target=hand, args=(forms[place::HANDS],)) for place in range(HANDS)]
    try:
        for each in hands:
            each.start()
        for each in hands:
            each.join()
    finally:
        pages.stop()
    assert answers == [303] * VOTES
    mine, syncs = read(log, [voter.retry_key for voter in made.voters])
    assert all(vote.written is not None and vote.replied is not None for vote in mine.values()), mine
    uncovered = [
        key
        for key, vote in mine.items()
        if not any((vote.written or 0) < began and ended < (vote.replied or 0) for began, ended in syncs)
    ]
    with capsys.disabled():
        print(
            f"\ncommitted together: {together}: {VOTES} votes, {len(syncs)} syncs, {len(uncovered)} replies too early"
        )
    assert uncovered == []
    assert len(syncs) >= VOTES or together == "yes"
