"""What the operator's guide tells people to type is there: every command with its options, every setting, every figure."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from consult import config
from consult.cli import Words, main

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "SECURITY.md"])
#: A command in a line of code or between backticks, up to what ends it.
#: Words between backticks that are bytes in a file, and nothing that is typed.
LABELS = ("envelope 1",)
_COMMAND = re.compile(r"(?:^ {4}|`|\bexec |bin/)consult ([a-z][^`\n|#;)]*)", re.M)


def commands() -> list[tuple[str, str]]:
    """(page, what stands after `consult`) of every command that the documentation names."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        found += [(str(page.relative_to(ROOT)), " ".join(m[1].split())) for m in _COMMAND.finditer(text)]
    return [(page, typed) for page, typed in found if not typed.startswith(LABELS)]


def resolved(typed: str) -> tuple[click.Command, list[str]]:
    """The command that somebody would reach, and the options they give."""
    words = [word for word in re.split(r"\s+", typed) if word]
    command: click.Command = Words()
    context = click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(context, words[0])
        assert inner is not None, f"there is no `consult {typed}`"
        command, words = inner, words[1:]
    return command, [word.partition("=")[0] for word in words if word.startswith("--")]


@pytest.mark.parametrize(("page", "typed"), commands())
def test_every_command_of_the_documentation_is_there_with_its_options(page: str, typed: str) -> None:
    command, options = resolved(typed)
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {option.rstrip(".,:") for option in options} <= known | {"--help"}, f"{page}: consult {typed}"


def test_the_documentation_names_many_commands() -> None:
    assert len(commands()) > 60


def test_every_setting_that_the_documentation_names_is_one() -> None:
    known = {setting.name for setting in config.SETTINGS}
    for page in PAGES:
        named = set(re.findall(r"\b(CONSULT_[A-Z_]+[A-Z])\b", page.read_text(encoding="utf-8")))
        unknown = {name for name in named if name.removesuffix("_FILE") not in known}
        assert unknown <= OTHERS, f"{page.name}: {unknown}"


#: What is no setting: the addresses of a compose file, and switches of tests.
OTHERS = {
    "CONSULT_BOUNCES",
    "CONSULT_HOST",
    "CONSULT_TAG",
    "CONSULT_TEST_MATRIX",
    "CONSULT_TEST_MATRIX_KEPT",
    "CONSULT_TEST_EVERYTHING",
    "CONSULT_TOUR",
}


def test_every_benchmark_that_the_documentation_names_is_there() -> None:
    for page in PAGES:
        for path in re.findall(r"\b(benchmarks/\w+\.py|scripts/[\w-]+\.(?:py|sh))", page.read_text(encoding="utf-8")):
            assert (ROOT / path).is_file(), f"{page.name} names {path}"
