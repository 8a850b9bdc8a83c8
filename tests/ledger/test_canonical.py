"""Canonical JSON: one value, one spelling, and nothing else is read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.ledger.canonical import LARGEST, NotCanonical, dumps, hash_of, loads, sha256

WHOLE = st.integers(-LARGEST, LARGEST)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_again(value: object) -> None:
    assert loads(dumps(value)) == value


@given(VALUES)
def test_a_line_of_plain_python_makes_the_same_bytes(value: object) -> None:
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert dumps(value) == plain.encode()


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:0123456789eE.-truefalsn \\u', max_size=40).map(str.encode))
def test_whatever_is_read_has_that_spelling_and_no_other(data: bytes) -> None:
    try:
        value = loads(data)
    except NotCanonical:
        return
    assert dumps(value) == data


def test_the_example_strings_of_rfc_8785_section_3_2_2() -> None:
    assert dumps('€$\u000f\nA\'B"\\\\"/') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()


def test_names_are_sorted_by_code_point() -> None:
    assert dumps({"\U0001f333": 1, "\uff01": 2, "a": 3}).decode() == '{"a":3,"\uff01":2,"\U0001f333":1}'


def test_text_is_not_normalised() -> None:
    assert hash_of("é") != hash_of("e\u0301")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a":1,"a":1}', "twice"),
        (b'{"b":1,"a":1}', "canonically"),
        (b"[1, 2]", "canonically"),
        (b"[1]\n", "canonically"),
        (b"\xef\xbb\xbf[]", "not JSON"),
        (b'"\\u00e9"', "canonically"),
        (b'"\\/"', "canonically"),
        (b'"\\ud800"', "surrogate"),
        (b"\xff", "UTF-8"),
        (b"1.0", "whole numbers"),
        (b"1e3", "whole numbers"),
        (b"NaN", "whole numbers"),
        (b"-Infinity", "whole numbers"),
        (b"-0", "canonically"),
        (b"9007199254740992", "beyond"),
        (b"9" * 5000, "beyond"),
        (b"[" * 100_000, "deep"),
        (b"[" * 70 + b"]" * 70, "deep"),
    ],
)
def test_other_spellings_are_refused_in_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(NotCanonical, match=words):
        loads(data)


@pytest.mark.parametrize("value", [0.1, {1: 2}, {"a": {3}}, LARGEST + 1, "\ud800", {"\ud800": 1}, b"bytes"])
def test_what_has_no_canonical_form_is_not_written(value: object) -> None:
    with pytest.raises(NotCanonical):
        dumps(value)


def test_sha256_is_the_standards_own_example() -> None:
    # FIPS 180-4, example "abc"
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
