"""Saying words of the `consult` command in a test, and the words that found an organisation."""

from __future__ import annotations

from click.testing import CliRunner, Result

from consult.cli import main

FOUND = [
    *("init", "--yes", "--name", "The Fen Party", "--nation", "Fenland", "--founding-until", "2999-03-31"),
    *("--officer", "Ada Marsh <ada@fen.example>: governance committee, roll officer"),
    *("--officer", "Cleo Ray <cleo@fen.example>: scrutineer, representative"),
]


def run(*words: str, **options: object) -> Result:
    """What came of `consult WORDS`."""
    return CliRunner().invoke(main, list(words), catch_exceptions=True, **options)  # type: ignore[arg-type]
