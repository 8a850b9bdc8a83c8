"""A ranked paper as a form sends it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.web import ranking

NAMES = {"a": "Ash", "b": "Birch", "c": "Cedar", "d": "Dogwood"}


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    app = Flask("ranking")
    Babel(app)
    with app.test_request_context():
        yield


def test_what_was_typed_is_kept_right_or_wrong() -> None:
    typed = ranking.read({"rank-a": " 2 ", "rank-b": "first", "rank-z": "1"}, ["a", "b", "c"])
    assert typed == {"a": "2", "b": "first", "c": ""}


@pytest.mark.parametrize(
    ("ranks", "order", "wrong"),
    [
        ({"a": "2", "b": "1", "c": "", "d": "3"}, ["b", "a", "d"], set()),
        ({"a": "", "b": "", "c": "", "d": ""}, [], set()),
        ({"a": "1", "b": "1", "c": "2", "d": ""}, [], {"a", "b"}),
        ({"a": "1", "b": "3", "c": "4", "d": ""}, [], {"b"}),
        ({"a": "2", "b": "", "c": "", "d": ""}, [], {"a"}),
        ({"a": "1", "b": "first", "c": "", "d": ""}, [], {"b"}),
        ({"a": "0", "b": "1", "c": "", "d": ""}, [], {"a"}),
        ({"a": "-1", "b": "1", "c": "", "d": ""}, [], {"a"}),
        ({"a": "1.5", "b": "1", "c": "", "d": ""}, [], {"a"}),
        ({"a": "٢", "b": "1", "c": "", "d": ""}, [], {"a"}),
    ],
)
def test_gaps_repeats_and_other_marks_are_explained_at_the_name(
    ranks: dict[str, str], order: list[str], wrong: set[str]
) -> None:
    assert ranking.checked(ranks, NAMES)[0] == order
    assert set(ranking.checked(ranks, NAMES)[1]) == wrong


def test_the_sentences_name_what_is_wrong() -> None:
    assert ranking.checked({"a": "1", "b": "1", "c": ""}, NAMES)[1]["a"] == "Number 1 is also beside Birch."
    assert ranking.checked({"a": "1", "b": "3"}, NAMES)[1] == {"b": "This has number 3, but nobody has number 2."}
    assert ranking.checked({"a": "1", "b": "2"}, NAMES, most=1) == (
        [],
        {"b": "At most 1 may be ranked here. Take this number away."},
    )


typed = st.fixed_dictionaries({name: st.sampled_from(["", "0", "1", "2", "3", "9", "x"]) for name in NAMES})
buttons = st.builds(":".join, st.tuples(st.sampled_from(["up", "down"]), st.sampled_from([*NAMES, "z"]))) | st.just(
    "order"
)


@settings(max_examples=150, deadline=None)
@given(typed, buttons)
def test_after_any_move_the_numbers_are_1_to_n_and_nobody_is_lost(ranks: dict[str, str], button: str) -> None:
    after = ranking.moved(ranks, button)
    assert list(after) == list(ranks)
    numbers = sorted(int(n) for n in after.values() if n)
    assert numbers == list(range(1, len(numbers) + 1))
    numbered = {name for name, n in ranks.items() if n.isdigit()}
    assert abs(len(numbers) - len(numbered)) <= 1


@settings(max_examples=50, deadline=None)
@given(st.permutations(list(NAMES)), st.integers(1, 3))
def test_up_and_down_undo_each_other(order: list[str], place: int) -> None:
    ranks = ranking.of_order(order, list(NAMES))
    moved = ranking.moved(ranks, f"up:{order[place]}")
    assert moved != ranks
    assert ranking.moved(moved, f"down:{order[place]}") == ranks
