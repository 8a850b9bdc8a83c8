"""The catalogues: compiled as they stand, every placeholder kept, and complete where members vote and read results."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
TOOL: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "translations.py"))
LANGUAGES = sorted(path.name for path in (ROOT / "consult" / "translations").iterdir() if path.is_dir())

#: What a member meets from signing in to reading a result; a new sentence here needs its translation.
COMPLETE = (
    "templates/base.html",
    "templates/errors/",
    "templates/home/",
    "templates/accounts/",
    "templates/ballots/show.html",
    "templates/voting/",
    "templates/board/",
    "templates/results/",
    "consult/web/menus.py",
    "consult/web/words.py",
    "consult/web/voting/",
)


def catalogue(language: str) -> Catalog:
    with (ROOT / "consult" / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def told(message: Message | None) -> tuple[str, ...]:
    string = message.string if message else ""
    return tuple(string) if isinstance(string, list | tuple) else (string or "",)


def placeholders(words: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|%[st]\b", words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_program_reads_is_what_translators_wrote(language: str) -> None:
    compiled = (ROOT / "consult" / "translations" / language / "LC_MESSAGES" / "messages.mo").read_bytes()
    assert TOOL["written"](catalogue(language))[1] == compiled, "run `make translations`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_placeholder_is_kept(language: str) -> None:
    for message in catalogue(language):
        if not message.id or not any(told(message)):
            continue
        original = message.id if isinstance(message.id, str) else message.id[-1]
        for words in told(message):
            assert placeholders(words) == placeholders(original), original


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_voters_way_is_translated_whole(language: str) -> None:
    kept = catalogue(language)
    missing = []
    for message in TOOL["extracted"]():
        key = message.id if isinstance(message.id, str) else message.id[0]
        here = key and any(name.startswith(COMPLETE) for name, _ in message.locations)
        if here and not all(told(kept.get(key, message.context))):
            missing.append(key)
    assert missing == []
