"""The vault: what is sealed opens under the same key and context, and under no other."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.domain.errors import Unavailable
from consult.service import vault


def test_what_is_sealed_opens_again(app: Flask) -> None:
    for data in (b"", b"x", bytes(range(256)) * 8):
        assert vault.open("ballot:7", vault.seal("ballot:7", data)) == data


def test_a_sealing_shows_nothing_and_is_never_the_same_twice(app: Flask) -> None:
    first, second = vault.seal("totp:1", b"secret words"), vault.seal("totp:1", b"secret words")
    assert first != second
    assert "secret" not in first


def test_another_context_does_not_open_it(app: Flask) -> None:
    sealed = vault.seal("totp:1", b"secret")
    with pytest.raises(Unavailable, match="cannot be opened"):
        vault.open("totp:2", sealed)


def test_another_key_does_not_open_it(app: Flask) -> None:
    sealed = vault.seal("totp:1", b"secret")
    app.config["CONSULT_OPERATOR_KEY"] = "another key of more than thirty-two letters"
    with pytest.raises(Unavailable, match="CONSULT_OPERATOR_KEY"):
        vault.open("totp:1", sealed)


def test_every_changed_letter_is_found(app: Flask) -> None:
    sealed = vault.seal("totp:1", b"secret")
    for place in range(len(sealed) - 1):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(Unavailable):
            vault.open("totp:1", sealed[:place] + other + sealed[place + 1 :])


@pytest.mark.parametrize("sealed", ["", "v1.", "v1.AAAA", "v2." + "A" * 80, "not base64 at all!", "v1.ä"])
def test_what_was_never_sealed_is_refused(app: Flask, sealed: str) -> None:
    with pytest.raises(Unavailable):
        vault.open("totp:1", sealed)


def test_marks_differ_by_context_and_key(app: Flask) -> None:
    mark = vault.mark("attempt", "ada@members.example")
    assert mark == vault.mark("attempt", "ada@members.example")
    assert mark != vault.mark("recovery", "ada@members.example")
    before = vault.fingerprint()
    app.config["CONSULT_OPERATOR_KEY"] = "another key of more than thirty-two letters"
    assert mark != vault.mark("attempt", "ada@members.example")
    assert before != vault.fingerprint()
