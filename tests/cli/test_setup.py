"""Setting up at the console: doctor, init, invitations and roles, and production that refuses what is known to all."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from consult import config
from consult.cli.setup import read_last_day, read_officer
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.roles import Role, Status
from tests.cli.words import FOUND, run


def test_doctor_shows_each_setting_and_no_secret(console: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = config.make_secret()
    (console / "secret").write_text(secret + "\n")
    monkeypatch.setenv("CONSULT_SECRET_FILE", str(console / "secret"))
    shown = run("doctor")
    assert shown.exit_code == 0, shown.output
    assert all(setting.name in shown.output for setting in config.SETTINGS)
    assert secret not in shown.output
    assert f"file {console / 'secret'}" in shown.output
    assert shown.output.endswith("Nothing is wrong.\n")


def test_doctor_names_what_is_wrong(console: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    monkeypatch.setenv("CONSULT_ZONE", "Mars/Olympus")
    monkeypatch.setenv("CONSULT_SECRET_FILE", "/nowhere/at/all")
    shown = run("doctor")
    assert shown.exit_code == 1
    assert shown.output.count("✗") == 3 and shown.output.endswith("3 wrong.\n")


def test_doctor_finds_a_database_that_is_not_prepared(console: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{console / 'empty.db'}")
    shown = run("doctor")
    assert shown.exit_code == 1 and "consult db upgrade" in shown.output


def test_doctor_finds_another_operators_key(console: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(*FOUND).exit_code == 0
    assert run("doctor").exit_code == 0
    monkeypatch.setenv("CONSULT_OPERATOR_KEY", "another key of more than thirty-two letters")
    shown = run("doctor")
    assert shown.exit_code == 1 and "restore that key" in shown.output


def test_init_founds_once_and_prints_links(console: Path) -> None:
    shown = run(*FOUND)
    assert shown.exit_code == 0, shown.output
    assert shown.output.count("/link/") == 2
    assert "works once" in shown.output
    again = run(*FOUND)
    assert isinstance(again.exception, OutOfOrder) and "once only" in str(again.exception)
    assert run("audit", "verify").exit_code == 0


def test_init_asks_for_what_is_not_given(console: Path) -> None:
    answers = "\n".join(
        [
            "The Fen Party",
            "By and for the fen",
            "Fenland",
            "not an officer",
            "Ada Marsh <ada@fen.example>: governance committee",
            "",
            "2999-03-31",
            "y",
        ]
    )
    shown = run("init", input=answers + "\n")
    assert shown.exit_code == 0, shown.output
    assert "“not an officer” is not an officer" in shown.output
    assert "The Fen Party is founded" in shown.output


def test_init_without_what_it_needs(console: Path) -> None:
    shown = run("init", "--yes", "--name", "x")
    assert isinstance(shown.exception, Invalid) and str(shown.exception) == "--nation is missing."


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Ada",
        "Ada <ada>: moderator",
        "Ada <ada@fen.example>",
        "Ada <ada@fen.example>: queen",
        "<a@b.example>: moderator",
    ],
)
def test_lines_that_are_no_officer(line: str) -> None:
    with pytest.raises(Invalid):
        read_officer(line)


def test_reading_an_officer() -> None:
    officer = read_officer(" Cleo Ray <cleo@fen.example> : Scrutineer, representative ")
    assert (officer.name, officer.email, officer.roles, officer.status) == (
        "Cleo Ray",
        "cleo@fen.example",
        (Role.SCRUTINEER,),
        Status.REPRESENTATIVE,
    )


def test_the_last_day_ends_on_the_organisations_clock() -> None:
    assert read_last_day("2027-06-30", "Europe/London") == datetime(2027, 6, 30, 23, tzinfo=UTC)
    for wrong in ("30.6.2027", "2027-02-30", ""):
        with pytest.raises(Invalid):
            read_last_day(wrong, "Europe/London")


def test_inviting_and_giving_a_role(console: Path) -> None:
    run(*FOUND)
    shown = run("invite", "cleo@fen.example")
    assert shown.exit_code == 0 and "/link/" in shown.output
    assert isinstance(run("invite", "nobody@fen.example").exception, Invalid)
    given = run(
        "give-role",
        "F002",
        "data protection officer",
        "--until",
        f"{datetime.now(UTC).year + 2}-01-01",
        "--reason",
        "none was left",
    )
    assert given.exit_code == 0, given.output
    assert "Cleo Ray is now data protection officer" in given.output


PRODUCTION = {
    "CONSULT_MODE": "production",
    "CONSULT_SECRET": "s" * 43,
    "CONSULT_OPERATOR_KEY": "o" * 43,
    "CONSULT_URL": "https://votes.example",
    "CONSULT_MAIL_HOST": "mail.example",
}


def start(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONSULT_", "DATABASE_"))}
    environment = kept | PRODUCTION | {"CONSULT_INSTANCE": str(tmp_path)} | changes
    environment = {name: value for name, value in environment.items() if value}
    return subprocess.run(
        [sys.executable, "-c", "from consult.app import create_app; create_app(); print('started')"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_secrets_of_its_own(tmp_path: Path) -> None:
    assert start(tmp_path).stdout == "started\n"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"CONSULT_SECRET": config.DEVELOPMENT_SECRET}, "CONSULT_SECRET"),
        ({"CONSULT_OPERATOR_KEY": ""}, "CONSULT_OPERATOR_KEY"),
        ({"CONSULT_URL": "http://votes.example"}, "CONSULT_URL"),
        ({"CONSULT_MAIL_HOST": ""}, "CONSULT_MAIL_HOST"),
        ({"CONSULT_SECRET": "short"}, "CONSULT_SECRET"),
    ],
)
def test_production_refuses_to_start(tmp_path: Path, change: dict[str, str], named: str) -> None:
    ended = start(tmp_path, **change)
    assert ended.returncode != 0 and ended.stdout == ""
    assert f"{named}: " in ended.stderr
