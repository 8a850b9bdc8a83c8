"""The catalogues: compiled as they stand, every placeholder kept, and complete on every page, members' and officers' alike."""

from __future__ import annotations

import gettext
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale, ngettext

from consult.domain.lifecycle import LIFECYCLES
from consult.domain.policy import POLICY, Permission
from consult.ledger.levels import LEVELS
from consult.web.levels import words_of_levels
from consult.web.words import state_key

ROOT = Path(__file__).resolve().parents[2]
TOOL: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "translations.py"))
LANGUAGES = sorted(path.name for path in (ROOT / "consult" / "translations").iterdir() if path.is_dir())


def catalogue(language: str, name: str = "messages") -> Catalog:
    with (ROOT / "consult" / "translations" / language / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
        return read_po(file, locale=language)


def told(message: Message | None) -> tuple[str, ...]:
    string = message.string if message else ""
    return tuple(string) if isinstance(string, list | tuple) else (string or "",)


def placeholders(words: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|%[st]\b", words))


@pytest.mark.parametrize("name", TOOL["METHODS"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_program_reads_is_what_translators_wrote(language: str, name: str) -> None:
    compiled = (ROOT / "consult" / "translations" / language / "LC_MESSAGES" / f"{name}.mo").read_bytes()
    assert TOOL["written"](catalogue(language, name))[1] == compiled, "run `make translations`"


@pytest.mark.parametrize("name", TOOL["METHODS"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_placeholder_is_kept(language: str, name: str) -> None:
    for message in catalogue(language, name):
        if not message.id or not any(told(message)):
            continue
        original = message.id if isinstance(message.id, str) else message.id[-1]
        for words in told(message):
            assert placeholders(words) == placeholders(original), original


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_translated_whole(language: str) -> None:
    assert missing(language, "messages") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_services_say_to_members_is_translated_whole(language: str) -> None:
    assert missing(language, "sentences") == []


def test_no_desk_that_is_left_in_english_is_reached_by_the_rights_of_a_member() -> None:
    anybody = re.compile(
        r"anyone|signed in|person concerned|a member(?! of)|supporter|delegate|mover|candidate|it has named|voter"
    )
    found = []
    for name in TOOL["OFFICERS"]:
        acts = re.findall(
            r"@act\(\s*Permission\.(\w+)", (ROOT / f"consult/service/{name}.py").read_text(encoding="utf-8")
        )
        rights = {act: re.sub(r",? and not [^,]*", "", POLICY[Permission[act]].who) for act in acts}
        found += [f"{name}: {act}, {who}" for act, who in rights.items() if anybody.search(who)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_its_word(language: str) -> None:
    words = catalogue(language)
    states = {state_key(state) for lifecycle in LIFECYCLES for state in lifecycle.states}
    assert len(states) > 50
    assert sorted(state for state in states if not any(told(words.get(state)))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_level_of_secrecy_is_promised_in_the_language_of_the_page(app: Flask, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        for level, words in words_of_levels().items():
            assert not set(words) & set(LEVELS[level])


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 penderfyniad"), (1, "1 penderfyniad"), (2, "2 benderfyniad"), (3, "3 phenderfyniad"),
        (4, "4 penderfyniad"), (6, "6 phenderfyniad"), (7, "7 penderfyniad"), (1204, "1204 penderfyniad"),
    ],
)  # fmt: skip
def test_a_noun_is_mutated_as_the_number_before_it_asks(app: Flask, number: int, said: str) -> None:
    with app.test_request_context(), force_locale("cy"):
        assert ngettext("%(num)s decision", "%(num)s decisions", number) == said


@pytest.mark.parametrize(
    ("number", "years", "people"),
    [
        (0, "o flynyddoedd", "person"), (1, "flwyddyn", "person"), (2, "flynedd", "berson"), (3, "blynedd", "pherson"),
        (4, "o flynyddoedd", "person"), (6, "blynedd", "pherson"), (7, "o flynyddoedd", "person"),
    ],
)  # fmt: skip
def test_plurals_are_in_welsh_what_each_number_asks(app: Flask, number: int, years: str, people: str) -> None:
    with app.test_request_context(), force_locale("cy"):
        policy = ngettext(
            "What is carried is policy for %(num)s year.", "What is carried is policy for %(num)s years.", number
        )
        assert policy == f"Mae'r hyn a gerir yn bolisi am {number} {years}."
        added = ngettext("%(num)s person is added to the roll.", "%(num)s people are added to the roll.", number)
        assert added == f"Ychwanegwyd {number} {people} at y rhestr."


def test_the_forms_after_a_number_are_those_of_unicode_but_for_nought() -> None:
    """CLDR has six: zero is here as other numbers are, since no noun of ours is another after it."""
    with (ROOT / "consult" / "translations" / "cy" / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        form = gettext.GNUTranslations(file).plural  # type: ignore[attr-defined]
    places = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 4, "other": 0}
    rule = Locale("cy").plural_form
    assert [form(number) for number in range(300)] == [places[rule(number)] for number in range(300)]


def missing(language: str, name: str) -> list[str]:
    """The messages which have no translation."""
    kept = catalogue(language, name)
    found = []
    for message in TOOL["extracted"](name):
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key and not all(told(kept.get(key, message.context))):
            found.append(key)
    return found
