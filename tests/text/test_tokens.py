"""The one tokeniser: what is a word, what counts, and that joining gives the text back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consult.domain.errors import Invalid
from consult.text.plain import normalise
from consult.text.tokens import bare, counts, is_word, joined, spans, word_total, words
from tests.text.motions import texts


@pytest.mark.parametrize(
    "single",
    [
        "£12.50",
        "75%",
        "2026–27",
        "co-operative",
        "and/or",
        "member(s)",
        "café",
        "👩‍👩‍👧",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "1️⃣",
        "❤️",
        "10:30",
        "’90s",
    ],
)
def test_single_tokens(single: str) -> None:
    assert words(normalise(single)) == (single,)
    assert words(normalise(f"({single}), “{single}”."))[1] == single
    assert word_total(words(normalise(f"pay {single}, now"))) == 3


def test_stops_brackets_and_quotation_marks_are_words_that_do_not_count() -> None:
    own = words("(pay), “now”!")
    assert [bare(word) for word in own] == ["(", "pay", ")", ",", "“", "now", "”", "!"]
    assert [counts(word) for word in own] == [False, True, False, False, False, True, False, False]


def test_a_letter_written_with_a_combining_mark_is_the_composed_letter() -> None:
    assert words(normalise("cafe\u0301")) == words(normalise("café")) == ("café",)
    assert words(normalise("q\u0323\u0307")) == ("q\u0323\u0307",)  # no composed form: still one word


def test_dashes_and_ampersands() -> None:
    assert word_total(words("fair—and decent – pay & rest")) == 6
    assert joined(words("fair—and decent — pay")) == "fair—and decent — pay"


@given(texts | st.text(alphabet="ab£1.,()[]“”\"'—–!?&é 🎉\u0301\u200d", min_size=1))
@example("—'")
@example("a—\u0301b")
def test_joining_words_gives_the_text_back(text: str) -> None:
    try:
        plain = normalise(text)
    except Invalid:  # nothing but spaces, or an accent or a joiner beside nothing
        return
    own = words(plain)
    assert joined(own) == plain
    assert [plain[start:end] for start, end in spans(plain)] == [bare(word) for word in own]
    assert all(is_word(word) for word in own)


@given(st.lists(texts, min_size=1, max_size=4))
def test_any_words_in_any_order_join_into_a_normal_text(parts: list[str]) -> None:
    text = joined(word for part in parts for word in words(normalise(part)))
    assert unicodedata.is_normalized("NFC", text)
    assert text == normalise(text)


@pytest.mark.parametrize("bad", ["", " ", "a b", "\u2060", "a.", "(a", "a—b"])
def test_what_is_not_one_word(bad: str) -> None:
    assert not is_word(bad)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("pay\u0007 now", "U+0007"),
        ("pay\u202enow", "U+202E"),
        ("£12\u200b", "U+200B"),
        ("£1\u200d2", "U+200D"),
        ("“fair”\u200d now", "U+200D"),
        ("👩\u200d", "U+200D"),
        ("£12\ufe0f an hour", "U+FE0F"),
        ("\u0301accent", "accent without a letter"),
        ("pay \u0301now", "accent without a letter"),
        ("\ue000", "U+E000"),
        ("pay\U000e0041", "U+E0041"),
        ("x" * 501, "a word of 501"),
        ("x " * 6000, "the most is 10,000"),
    ],
)
def test_refusals_say_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(Invalid, match="The clause") as refused:
        normalise(text)
    assert says in str(refused.value)


def test_white_space_of_every_kind_is_one_space() -> None:
    assert normalise("\u00a0pay\u2003 \n\u2028now\r\n") == "pay now"
