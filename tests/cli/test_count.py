"""`consult count`: what it prints, how it refuses, and that it needs neither a server nor a database."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import html5lib
import pytest
from click.testing import CliRunner, Result

from consult.cli.count import count
from consult.counting.count import count as fast_count
from consult.counting.files import read
from consult.counting.result import canonical
from tests.counting.elections import ROOT, real

BLT = b'3 2\n4 1 2 0\n3 2 3 0\n2 3 0\n1 0\n0\n"Ann"\n"Bo"\n"Cy"\n"The committee"\n'
TIED = b'2 1\n1 1 0\n1 2 0\n0\n"Ann"\n"Bo"\n"Even"\n'


def run(*words: str, data: bytes | None = None) -> Result:
    return CliRunner().invoke(count, words, input=data, catch_exceptions=False)


def test_counts_standard_input_in_words() -> None:
    done = run("-", "--method", "scottish-stv", data=BLT)
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:2] == ["The committee", "Elected, in this order: Ann and Bo."]
    assert "Papers: 9 valid, 1 blank, 0 invalid" in lines
    assert "Quota: 4" in lines
    assert lines[-1].startswith("Hash: ")
    assert done.stderr == ""


def test_json_is_one_object_whose_hash_can_be_checked() -> None:
    done = run("-", "--method", "scottish-stv", "--json", data=BLT)
    assert done.exit_code == 0
    body = json.loads(done.stdout)
    assert set(body) >= {
        "method", "version", "seats", "quota", "candidates", "ballots", "winners", "stages", "ties", "hash"
    }  # fmt: skip
    assert body["winners"] == ["Ann", "Bo"]
    assert body["ballots"] == {"valid": 9, "blank": 1, "invalid": 0}
    assert set(body["stages"][0]) >= {
        "number", "action", "votes", "non_transferable", "loss", "elected", "excluded", "words"
    }  # fmt: skip
    assert body["stages"][0]["votes"]["Ann"] == "4.00000"
    stated = body.pop("hash")
    assert hashlib.sha256(canonical(body)).hexdigest() == stated


def test_stages_are_told_and_shown() -> None:
    done = run("-", "--method", "irv", "--seats", "1", "--stages", data=BLT)
    assert done.exit_code == 0
    assert "Stage 2\nCy was excluded with 2, the fewest votes: 2 not transferable." in done.stdout
    assert "  Not transferable  2\n" in done.stdout


def test_a_file_by_its_name_and_the_same_by_its_format(tmp_path: Path) -> None:
    path = tmp_path / "election.abif"
    path.write_text("3:Ann>Bo\n2:Bo\n", encoding="utf-8")
    named = run(str(path), "--method", "irv", "--json")
    piped = run("-", "--method", "irv", "--json", "--format", "abif", data=path.read_bytes())
    assert named.exit_code == piped.exit_code == 0
    assert named.stdout == piped.stdout


def test_the_ballot_of_the_lot_is_the_hash_of_the_file() -> None:
    file = read(TIED, "x.blt")
    assert file.sha256 == hashlib.sha256(TIED).hexdigest()
    expected = fast_count("plurality", file.contest(), file.papers, "heather")
    done = run("-", "--method", "plurality", "--seed", "heather", "--json", data=TIED)
    assert json.loads(done.stdout) == json.loads(canonical(expected.as_json()))
    tickets = {
        key: hashlib.sha256(f"heather\n{file.sha256}\n{key}".encode()).digest() for key in ("1", "2")
    }  # fmt: skip
    first = min(tickets, key=lambda key: tickets[key])
    assert json.loads(done.stdout)["winners"] == [{"1": "Ann", "2": "Bo"}[first]]


@pytest.mark.parametrize("method", ["plurality", "irv", "scottish-stv", "meek", "meek-prf", "ers97"])
def test_a_lot_without_a_seed_is_status_3_and_names_the_tied(method: str) -> None:
    done = run("-", "--method", method, data=TIED)
    assert done.exit_code == 3
    assert "Ann and Bo" in done.stderr and "seed" in done.stderr
    assert done.stdout == ""
    assert run("-", "--method", method, "--seed", "a", data=TIED).exit_code == 0


@pytest.mark.parametrize(
    ("words", "data", "said"),
    [
        (["-", "--method", "irv"], b"2 1\n1 1 2\n0\n", "Line 2, column 6: expected 0 to end the paper"),
        (["-", "--method", "irv"], b"", "Line 1, column 1: expected an election"),
        (["-", "--method", "irv", "--format", "csv"], b"Ann,Bo\n1,Bo\n", "Line 2, column 3"),
        (["-", "--method", "tombola"], BLT, "no counting method 'tombola'"),
        (["-", "--method", "scottish-stv", "--seats", "4"], BLT, "4 places but only 3 candidates"),
        (["-", "--method", "scottish-stv", "--seats", "0"], BLT, "whole number from 1"),
        (["-", "--method", "irv"], BLT, "fills one place, not 2"),
        (["-", "--method", "scottish-stv", "--withdraw", "Dee"], BLT, "no candidate 'Dee'; there are: Ann, Bo, Cy"),
        (["-", "--method", "scottish-stv", "--reserve", "women"], BLT, "GROUP=MIN"),
        (["-", "--method", "scottish-stv", "--reserve", "women=1"], BLT, "Nobody is in the group 'women'"),
        (["-", "--method", "scottish-stv", "--reserve", "w=2", "--group", "Ann=w"], BLT, "reserved places"),
        (["-", "--method", "scottish-stv", "--group", "Ann"], BLT, "--group NAME=GROUP"),
        (["-", "--method", "scottish-stv", "--groups", "/nowhere.csv"], BLT, "/nowhere.csv: No such file"),
        (["-", "--method", "scottish-stv", "--set", "ron"], BLT, "KEY=VALUE"),
        (["-", "--method", "scottish-stv", "--set", "colour=red"], BLT, "no setting called 'colour'"),
        (["-", "--method", "majority", "--seats", "1"], BLT, "For, Against"),
        (["/nowhere.blt", "--method", "irv"], None, "/nowhere.blt: No such file"),
        (["-", "--format", "xls", "--method", "irv"], BLT, "xls"),
        (["-", "--seats", "two", "--method", "irv"], BLT, "two"),
        (["-"], BLT, "--method"),
        (["--method", "irv"], None, "FILE"),
        (["-", "--method", "irv", "--seats", "1", "--html", "/nowhere/x.html"], BLT, "/nowhere/x.html: No such file"),
    ],
)  # fmt: skip
def test_bad_input_is_status_2_and_a_sentence(words: list[str], data: bytes | None, said: str) -> None:
    done = run(*words, data=data)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    done = run(str(tmp_path), "--method", "irv")
    assert done.exit_code == 2 and "directory" in done.stderr


def test_without_a_method_they_are_listed() -> None:
    done = run()
    assert done.exit_code == 0
    assert "scottish-stv" in done.stdout and "Rank the candidates" in done.stdout
    missing = run("-", data=BLT)
    assert missing.exit_code == 2 and "policy-primary" in missing.stderr


def test_withdrawn_reserved_and_grouped(tmp_path: Path) -> None:
    groups = tmp_path / "groups.csv"
    groups.write_text("\ufeffcandidate,group\nCy,women\n\nBo,men\n", encoding="utf-8")
    kept = run(
        "-", "--method", "scottish-stv", "--reserve", "women=1..1", "--groups", str(groups), "--json", data=BLT
    )  # fmt: skip
    assert kept.exit_code == 0, kept.stderr
    assert sorted(json.loads(kept.stdout)["winners"]) == ["Ann", "Cy"]
    typed = run("-", "--method", "scottish-stv", "--reserve", "women=1..1", "--group", "Cy=women", "--json", data=BLT)
    assert json.loads(typed.stdout)["winners"] == json.loads(kept.stdout)["winners"]
    gone = run("-", "--method", "scottish-stv", "--withdraw", "Ann", "--json", data=BLT)
    assert sorted(json.loads(gone.stdout)["winners"]) == ["Bo", "Cy"]
    groups.write_text("candidate,group\nCy\n", encoding="utf-8")
    bad = run("-", "--method", "scottish-stv", "--groups", str(groups), data=BLT)
    assert bad.exit_code == 2 and "line 2" in bad.stderr


def test_candidates_of_one_name() -> None:
    data = b'3 1\n2 1 0\n3 2 0\n1 3 0\n0\n"Sam"\n"Sam"\n"Bo"\n"T"\n'
    body = json.loads(run("-", "--method", "plurality", "--json", data=data).stdout)
    assert body["candidates"] == ["Sam", "Sam #2", "Bo"]
    assert body["winners"] == ["Sam #2"]
    refused = run("-", "--method", "plurality", "--withdraw", "Sam", data=data)
    assert refused.exit_code == 2 and "'Sam #1'" in refused.stderr
    second = json.loads(run("-", "--method", "plurality", "--withdraw", "Sam #2", "--json", data=data).stdout)
    assert second["winners"] == ["Sam"]
    first = json.loads(run("-", "--method", "plurality", "--withdraw", "Sam #1", "--json", data=data).stdout)
    assert first["winners"] == ["Sam #2"] and first["withdrawn"] == ["Sam"]


def test_settings_of_a_motion() -> None:
    data = b"choice\nfor\nfor\nagainst\nabstain\n"
    plain = run("-", "--method", "majority", data=data)
    assert plain.exit_code == 0 and "The motion is carried." in plain.stdout
    hard = run(
        "-", "--method", "majority", "--set", "threshold=2/3", "--set", "base=roll", "--roll", "4", data=data
    )  # fmt: skip
    assert "The motion is lost." in hard.stdout
    exact = run("-", "--method", "majority", "--set", "threshold=0.6", "--json", data=data)
    assert json.loads(exact.stdout)["tallies"]["threshold"] == "3/5"


def test_ron() -> None:
    done = run("-", "--method", "plurality", "--seats", "1", "--ron", "Ann", "--json", data=BLT)
    body = json.loads(done.stdout)
    assert body["winners"] == [] and body["reopen_nominations"] == "Ann"


def test_check_says_that_they_agree() -> None:
    done = run("-", "--method", "irv", "--seats", "1", "--check", data=BLT)
    assert done.exit_code == 0
    assert "The plain recount agrees, byte for byte." in done.stderr
    assert "(pyrankvote " in done.stderr and "agrees: Ann." in done.stderr


def test_a_place_left_out_is_read_alike_by_both_counters() -> None:
    data = b'3 1\n2 1 - 2 0\n3 2 3 0\n4 - 3 0\n1 3 2 0\n0\n"Ann"\n"Bo"\n"Cy"\n"T"\n'
    for method, invalid in (("scottish-stv", 4), ("ers97", 4), ("irv", 0), ("meek", 0), ("schulze", 0)):
        done = run("-", "--method", method, "--check", "--json", "--seed", "a", data=data)
        assert done.exit_code == 0, done.stderr
        assert json.loads(done.stdout)["ballots"]["invalid"] == invalid


def test_counters_that_differ_give_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("consult.cli.count")
    other = read(BLT.replace(b"4 1 2 0", b"9 3 0"), "x.blt")
    monkeypatch.setattr(module, "recount", lambda m, c, p, s: fast_count(m, c, other.papers, s))
    done = run("-", "--method", "irv", "--seats", "1", "--check", data=BLT)
    assert done.exit_code == 1
    assert "The two counters differ" in done.stderr and done.stdout == ""


def test_report_is_one_strict_page(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    done = run("-", "--method", "scottish-stv", "--html", str(path), data=BLT)
    assert done.exit_code == 0
    page = path.read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    assert "The committee" in page and hashlib.sha256(BLT).hexdigest() in page


def test_names_are_printed_in_utf8_whatever_the_terminal() -> None:
    data = '1 1\n1 1 0\n0\n"Zoë"\n"Café"\n'.encode()
    program = "from consult.cli.count import count; count()"
    done = subprocess.run(
        [sys.executable, "-c", program, "-", "--method", "plurality"],
        input=data, capture_output=True, check=True, cwd=ROOT, env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert "Elected: Zoë." in done.stdout.decode("utf-8")


def test_progress_is_shown_to_a_person_and_to_nobody_else() -> None:
    program = "import importlib; m = importlib.import_module('consult.cli.count'); m.LONG = 0; m.count()"
    command = [sys.executable, "-c", program, "-", "--method", "irv", "--seats", "1", "--check"]
    screen, terminal = os.openpty()
    try:
        done = subprocess.run(command, input=BLT, stdout=subprocess.PIPE, stderr=terminal, cwd=ROOT, check=True)
        shown = os.read(screen, 100_000).decode()
    finally:
        os.close(screen)
        os.close(terminal)
    assert "reading" in shown and "counting" in shown and "100%" in shown
    assert b"Elected: Ann." in done.stdout and b"%" not in done.stdout
    piped = subprocess.run(command, input=BLT, capture_output=True, cwd=ROOT, check=True)
    assert b"%" not in piped.stderr and b"reading" not in piped.stderr


def test_neither_server_nor_database_is_imported() -> None:
    """The real command in a process of its own, on every way through, with the server's packages forbidden."""
    program = (
        "import sys\n"
        "for name in ('flask', 'sqlalchemy', 'wtforms', 'huey', 'jinja2', 'werkzeug'): sys.modules[name] = None\n"
        "sys.argv = ['consult', 'count', '-', '--method', 'irv', '--seats', '1', '--json', '--check']\n"
        "from consult.cli import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], input=BLT, capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["winners"] == ["Ann"]


@pytest.mark.parametrize(
    ("name", "words", "winners"),
    [
        ("linn-2007.blt", ["scottish-stv"], ["David Ritchie", "Sadie Docherty", "John McKenzie", "Margot Clark"]),
        ("burlington-2009.abif", ["irv"], ["Bob Kiss (Progressive)"]),
        ("burlington-2009.abif", ["schulze"], ["Andy Montroll (Democrat)"]),
        ("debian-leader-2007.tally.txt", ["schulze"], ["Sam Hocevar"]),
    ],
)
def test_real_elections(name: str, words: list[str], winners: list[str]) -> None:
    done = run(str(real(name)), "--method", *words, "--json", "--check")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["winners"] == winners


def test_what_a_file_does_not_say_or_said_oddly_is_told_beside_the_result() -> None:
    data = b"rank1,rank2,weight\nAnn,Bo,3\nBo,Bo,1\novervote,Ann,2\n"
    done = run("-", "--method", "schulze", data=data)
    assert done.exit_code == 0 and "Elected: Ann." in done.stdout
    assert done.stderr.splitlines() == [
        "One paper names a candidate more than once: all but the first time was ignored.",
        "2 papers have an overvote: the ranking ends there.",
        "Nothing says how many places there are, so one was filled; say --seats N for more.",
    ]
    assert "places there are" not in run("-", "--method", "schulze", "--seats", "1", data=data).stderr
    assert "places there are" not in run("-", "--method", "irv", data=data).stderr
