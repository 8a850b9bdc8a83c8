"""A real election through the whole of the house: Linn ward of Glasgow, 2007, from the register to the published bundle.

Every one of its 9,567 ballots is cast through the service that the page calls, and all ten stages of the count are
compared with the council's own table to the fifth decimal. `pytest -s` shows how long each part took.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from consult.counting.files import read
from consult.domain.eligibility import RollRule
from consult.domain.roles import Status
from consult.ledger import signatures
from consult.ledger.envelopes import Answer
from consult.service import (
    ballot_questions,
    ballots,
    casting,
    certification,
    imports,
    opening,
    publication,
    reconciliation,
    rolls,
    scheduling,
    tally,
    unsealing,
)
from tests.factories import NOON, Cast, make_consultation

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("CONSULT_ELECTIONS", ROOT.parent / "shared" / "data"))

needs_data = pytest.mark.skipif(
    not (DATA / "linn-2007.blt").exists() and not os.environ.get("CONSULT_TEST_EVERYTHING"),
    reason=f"LEFT OUT: the real elections are not in {DATA}; name their folder in CONSULT_ELECTIONS",
)


@contextmanager
def timed(part: str, times: dict[str, float]) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    times[part] = time.perf_counter() - begun


def register_of(count: int) -> bytes:
    """A CSV of that many voters in four branches."""
    branches = ("Alder", "Birch", "Cedar", "Elder")
    lines = ["name,e-mail,member number,joined,branch,status"]
    lines += [
        f"Voter {n},voter{n}@linn.example,L{n:05d},2025-0{n % 9 + 1}-11,{branches[n % 4]},member" for n in range(count)
    ]
    return "\n".join(lines).encode()


@needs_data
def test_linn_2007_from_the_register_to_the_bundle(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times: dict[str, float] = {}
    election = read((DATA / "linn-2007.blt").read_bytes(), "linn-2007.blt")
    papers = [paper for paper, weight in election.papers.items() for _ in range(weight)]
    assert len(papers) == 9567
    officer, roll_officer = cast.actor("returning_officer"), cast.actor("roll_officer")

    with timed("import 9,567 members", times):
        report = imports.preview(register_of(len(papers)), at=NOON)
        imports.apply(None, report, "The file of June.", by=roll_officer, at=NOON)
    keys = {}
    for n in range(1, 6):
        name = f"committee_{n}"
        keys[name] = signatures.generate_key()
        certification.register_key(cast.who[name], signatures.public_part(keys[name]), by=cast.actor(name), at=NOON)
    opens, closes = NOON + timedelta(days=1), NOON + timedelta(days=2)
    spec = ballots.BallotSpec(
        "Linn ward",
        opens,
        closes,
        lot_words="The draw of 4 March",
        publication="all-papers",
        complaint_hours=0,
        level="operator",
    )
    ballot = ballots.create(make_consultation(cast), spec, by=officer, at=NOON)
    names = tuple(ballot_questions.OptionSpec(name) for name in election.names)
    ballot_questions.add_question(
        ballot, ballot_questions.QuestionSpec("Linn", "scottish-stv", names, seats=4), by=officer, at=NOON
    )
    with timed("freeze the roll", times):
        everybody = rolls.freeze(
            None, "Linn", RollRule((Status.MEMBER,), joined_by=NOON), token=secrets.token_hex, by=officer, at=NOON
        )
    scheduling.schedule(ballot, everybody, by=officer, at=NOON)
    voters = list(rolls.entry_ids(everybody.id))[-len(papers) :]
    with timed("cast 9,567 ballots, each sealed and committed by itself", times):
        for voter, paper in zip(voters, papers, strict=True):
            answer = Answer("q1", tuple(paper))
            casting.cast(ballot.id, voter, [answer], retry_key=secrets.token_hex(16), at=opens + timedelta(hours=1))
    opening.close(ballot, by=officer, at=closes)
    with timed("open 9,567 envelopes", times):
        reconciliation.reconcile(ballot, by=officer, at=closes)
        unsealing.open_envelopes(ballot, "3 17 20", by=officer, at=closes)
    with timed("count twice, and make the manifest", times):
        tally.count_ballot(ballot, by=officer, at=closes)
        manifest = certification.manifest_of(ballot)
    for name in ("committee_1", "committee_3", "committee_5"):
        made = signatures.sign(manifest.content, keys[name])
        certification.sign(ballot, made.key, made.signature, by=cast.actor(name), at=closes)
    with timed("publish, verified before it is written", times):
        found = publication.publish(ballot, by=cast.actor("committee_1"), at=closes)

    (result,) = certification.results_of(ballot)
    compare_with_the_council(result.count)
    with timed("verify the bundle offline", times):
        path = tmp_path / "result.zip"
        path.write_bytes(found.bundle)
        done = subprocess.run(
            [sys.executable, "-m", "consult.cli", "verify", str(path)], capture_output=True, text=True
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "This result verifies" in done.stdout
    with capsys.disabled():
        print("\nLinn 2007, 9,567 ballots:", "; ".join(f"{part} {seconds:.1f} s" for part, seconds in times.items()))


def compare_with_the_council(count: dict) -> None:
    """Every stage of the council's own table, candidate by candidate, to the fifth decimal.

    The council adds what is lost by truncation to the non-transferable papers.
    """
    official = json.loads((DATA / "linn-2007.stages.json").read_text())
    assert count["quota"] == "1914"
    assert len(count["stages"]) == len(official["stages"]) == 10
    elected: list[str] = []
    for ours, theirs in zip(count["stages"], official["stages"], strict=True):
        for name, votes in theirs["votes"].items():
            if votes is not None:
                assert Decimal(ours["votes"][name]) == Decimal(votes), (ours["number"], name)
        stays = Decimal(ours["non_transferable"]) + Decimal(ours["loss"])
        assert stays == Decimal(theirs["non_transferable"]), ours["number"]
        elected += ours["elected"]
    assert set(elected) == {"David Ritchie", "Sadie Docherty", "John McKenzie", "Margot Clark"}
