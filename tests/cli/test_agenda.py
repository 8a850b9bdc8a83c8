"""Writing issued papers to files at the console."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from consult.cli import agenda as command
from consult.domain.agenda import PRELIMINARY, SOC_REPORT
from consult.domain.errors import NotFound
from consult.service import agenda
from tests.factories import Cast
from tests.motions import Stage, stage


@pytest.fixture
def scene(app: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A consultation with a report and an agenda, and an empty folder to write to."""
    monkeypatch.setattr(command, "application", lambda: app)
    monkeypatch.chdir(tmp_path)
    made = stage(cast)
    made.published()
    for kind in (SOC_REPORT, PRELIMINARY):
        agenda.issue(made.consultation, kind, by=cast.actor("chair"), at=made.at)
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(command.agenda, list(words), catch_exceptions=False)


def test_it_lists_the_papers_and_writes_one_by_its_own_name(scene: Stage, tmp_path: Path) -> None:
    listed = run().output
    assert (
        "1  Standing orders committee report 1 – The spring conference" in listed and "2  Preliminary agenda" in listed
    )
    done = run("1", "--form", "txt")
    assert "is in standing-orders-committee-report-1.txt." in done.output
    text = (tmp_path / "standing-orders-committee-report-1.txt").read_text()
    assert "    2  The last Sunday bus from Alder leaves at 4pm.\n" in text
    run("2", "--form", "html", "--out", "own.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.html", "standing-orders-committee-report-1.txt"]


def test_a_paper_that_there_is_not_leaves_no_file(scene: Stage, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        run("99")
    assert list(tmp_path.iterdir()) == []
