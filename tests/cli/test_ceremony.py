"""`consult ceremony` and `consult open-envelopes`: from the plan to the opened papers, as holders do it."""

from __future__ import annotations

import re
import stat
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consult.cli.ceremony import ceremony as command
from consult.cli.open_envelopes import open_envelopes
from consult.ledger import canonical, ceremony, envelopes, opening, transcripts
from consult.ledger.ceremony import Ceremony, Holder
from consult.ledger.definition import KeyShares
from tests.ledger import examples

PLAN = Ceremony(
    "orchard-2026", "The <summer> ballot", 2, tuple(Holder(f"M{n}", name) for n, name in enumerate(("Ann", "Bo", "Cy")))
)


def run(*words: object, answers: str = "y\n") -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], input=answers)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    plan = tmp_path / "plan.json"
    plan.write_bytes(PLAN.dumps())
    result = run("make", plan, "--out", tmp_path / "made")
    assert result.exit_code == 0, result.output
    return tmp_path / "made"


def sheets(made: Path) -> list[Path]:
    return sorted(made.glob("share-*.txt"))


def words_of(sheet: Path) -> str:
    """The words as they stand on a sheet, column by column."""
    numbered = dict(re.findall(r"(\d+)\. ([a-z]+)", sheet.read_text(encoding="utf-8")))
    return " ".join(numbered[str(number)] for number in range(1, 34))


def test_each_holder_gets_a_private_sheet_and_the_key_stands_nowhere(made: Path) -> None:
    public = ceremony.loads((made / "public-key-orchard-2026.json").read_bytes())
    assert [path.name for path in sheets(made)] == ["share-1-ann.txt", "share-2-bo.txt", "share-3-cy.txt"]
    private, _ = ceremony.private_key(public, [words_of(path) for path in sheets(made)])
    for path in made.iterdir():
        text = path.read_text(encoding="utf-8")
        assert private.hex() not in text and envelopes.shape.encode(private) not in text
        if path.name.startswith("share"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert public.fingerprint in text
    page = (made / "share-1-ann.html").read_text(encoding="utf-8")
    assert "&lt;summer&gt;" in page and "src=" not in page and "http" not in page
    assert page.count("<li>") == 33 + 5


def test_saying_no_makes_nothing_and_nothing_is_overwritten(tmp_path: Path, made: Path) -> None:
    plan = tmp_path / "plan.json"
    refused = run("make", plan, "--out", tmp_path / "none", answers="n\n")
    assert (refused.exit_code, (tmp_path / "none").exists()) == (1, False)
    again = run("make", plan, "--out", made)
    assert again.exit_code == 2 and "not overwritten" in again.stderr


def test_the_rehearsal_takes_typed_words_and_forgives_a_slip(tmp_path: Path, made: Path) -> None:
    public = ceremony.loads((made / "public-key-orchard-2026.json").read_bytes())
    trial = ceremony.make_trial(public, b"t" * 32)
    (tmp_path / "trial.json").write_bytes(trial.dumps())
    lists = [words_of(path) for path in sheets(made)]
    slip = lists[0].replace(lists[0].split()[4], "zzzz", 1)
    typed = "\n".join([slip, lists[0], lists[0], *lists[1].split(), lists[2]]) + "\n"
    result = run("rehearse", tmp_path / "trial.json", "--out", tmp_path, answers=typed)
    assert result.exit_code == 0, result.output
    assert "is none of the words" in result.stderr and "is there already" in result.stderr
    found = ceremony.read_rehearsal((tmp_path / "rehearsal-orchard-2026.json").read_bytes())
    assert ceremony.answers(trial.envelope, sha256(b"t" * 32).hexdigest(), found)
    assert "Ann, Bo, Cy" in result.stdout


def test_a_rehearsal_with_too_few_says_so(tmp_path: Path, made: Path) -> None:
    public = ceremony.loads((made / "public-key-orchard-2026.json").read_bytes())
    (tmp_path / "trial.json").write_bytes(ceremony.make_trial(public, b"t" * 32).dumps())
    result = run("rehearse", tmp_path / "trial.json", "--words", sheets_words(tmp_path, made)[0], "--out", tmp_path)
    assert result.exit_code == 2 and "2 holders must come together; 1 are here." in result.stderr


def sheets_words(tmp_path: Path, made: Path) -> list[Path]:
    found = []
    for sheet in sheets(made):
        path = tmp_path / f"{sheet.stem}.words"
        path.write_text(words_of(sheet), encoding="utf-8")
        found.append(path)
    return found


@pytest.mark.parametrize("processes", [1, 2])
def test_the_box_opens_to_one_hash_however_many_processes_open_it(tmp_path: Path, made: Path, processes: int) -> None:
    public = ceremony.loads((made / "public-key-orchard-2026.json").read_bytes())
    shares = KeyShares(2, ("Ann", "Bo", "Cy"), public.hash)
    ballot = examples.ballot(level="sealed", public_key=public.public_key, shares=shares)
    found = sorted((envelopes.seal(ballot, paper) for paper in examples.votes()), key=envelopes.leaf)
    top = opening.Header(public, ballot, 35, opening.root(map(envelopes.leaf, found)))
    box = tmp_path / "box"
    box.write_bytes(b"".join(opening.write(top, ((0, each) for each in found))))
    lists = sheets_words(tmp_path, made)
    options = ["--words", lists[0], "--words", lists[2], "--out", tmp_path / "out", "--processes", processes]
    result = CliRunner().invoke(open_envelopes, [str(word) for word in (box, *options)])
    assert result.exit_code == 0, result.output
    (papers,), (transcript,) = ((tmp_path / "out").glob(f"{kind}-*.json") for kind in ("opened", "transcript"))
    plain = opening.open_box(BytesIO(box.read_bytes()), [words_of(path) for path in sheets(made)[:2]])
    assert papers.read_bytes() == plain.dumps()
    said = transcripts.read(transcript.read_bytes())
    assert said.holders == ("1. Ann", "3. Cy")
    assert said.opened == canonical.sha256(papers.read_bytes())
    assert said.opened in result.stdout


def test_a_box_that_was_changed_is_not_opened(tmp_path: Path, made: Path) -> None:
    (tmp_path / "box").write_bytes(b"{}\n")
    result = CliRunner().invoke(open_envelopes, [str(tmp_path / "box")])
    assert result.exit_code == 2 and "consult open-envelopes:" in result.stderr
