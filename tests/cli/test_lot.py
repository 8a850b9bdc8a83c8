"""`consult lot-commitment` from the outside: what it prints, and that the desk would accept it."""

from __future__ import annotations

import hashlib

from click.testing import CliRunner, Result

from consult.cli import COMMANDS, main
from consult.counting import lots


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["lot-commitment", *arguments], input=typed)


def printed(result: Result) -> dict[str, str]:
    assert result.exit_code == 0, result.output
    return dict(line.split(":", 1) for line in result.stdout.splitlines() if ":" in line)


def test_it_prints_the_hash_that_the_desk_will_compare_with() -> None:
    shown = printed(run("--value", "heather", "--salt", "7f"))
    assert shown["Commitment"].strip() == lots.commitment("heather", "7f")
    assert shown["Commitment"].strip() == hashlib.sha256(b"heather\n7f").hexdigest()


def test_it_asks_for_the_value_and_makes_a_salt_that_is_new_each_time() -> None:
    first, second = (printed(run(typed="heather\n")) for _ in range(2))
    assert first["Value"].strip() == "heather"
    assert first["Salt"] != second["Salt"] and len(first["Salt"].strip()) == 32
    assert first["Commitment"].strip() == lots.commitment("heather", first["Salt"].strip())


def test_what_could_not_be_typed_again_exactly_is_refused() -> None:
    for value in ("  ", "two\nlines", "x" * 201):
        result = run("--value", value)
        assert result.exit_code == 2
        assert "consult lot-commitment: The value" in result.stderr
    assert printed(run("--value", " heather ", "--salt", "s"))["Value"].strip() == "heather"


def test_it_is_in_the_list_of_commands() -> None:
    assert "lot-commitment" in COMMANDS
    assert "lot-commitment" in CliRunner().invoke(main, ["--help"]).output
