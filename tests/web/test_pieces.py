"""Pieces of pages that are kept: bounded, never out of date, and never somebody else's."""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask, g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import update

from consult.model.amendments import Amendment
from consult.model.store import writing
from consult.service import amendments, rulings
from consult.web.identity import User
from consult.web.pieces import Bounded, for_visitors, newest, piece, unchanged
from tests.factories import NOON, Cast
from tests.motions import REASON, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def test_the_least_recently_asked_for_give_way() -> None:
    shelf: Bounded[str] = Bounded(3, 10)
    for key in "abc":
        shelf.keep(key, key * 2, 2)
    assert shelf.get("a") == "aa"
    shelf.keep("d", "dd", 2)
    assert [shelf.get(key) for key in "abcd"] == ["aa", None, "cc", "dd"]
    shelf.keep("e", "e" * 8, 8)  # with this only one of two fits
    assert [shelf.get(key) for key in "acde"] == [None, None, "dd", "e" * 8]
    shelf.keep("f", "f" * 11, 11)
    assert [shelf.get(key) for key in "def"] == [None, None, None]


def test_a_piece_is_made_once_for_the_same_and_again_for_anything_else(app: Flask) -> None:
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word.upper()

    with app.test_request_context("/"):
        assert [piece(make, word, of=word) for word in ("one", "one", "two", "one")] == ["ONE", "ONE", "TWO", "ONE"]
    assert made == ["one", "two"]


class Row(NamedTuple):
    """A row of a list."""

    id: int
    words: str


def test_of_a_list_only_the_rows_that_changed_are_made_anew(app: Flask) -> None:
    made: list[str] = []

    def make(row: Row) -> str:
        made.append(row.words)
        return row.words.upper()

    with app.test_request_context("/"):
        for words in (["one", "two"], ["one", "two"], ["one", "three"], ["three", "one"], ["one"]):
            rows = [Row(place, word) for place, word in enumerate(words)]
            assert list(unchanged(make, rows, slot="list", size=9).values()) == [word.upper() for word in words]
    assert made == ["one", "two", "three", "three", "one", "one"]  # a row is known by its id and all its columns


def test_the_newest_of_a_slot_is_kept_until_anything_is_another(app: Flask) -> None:
    made: list[int] = []

    def make(*numbers: int) -> str:
        made.append(len(numbers))
        return str(numbers)

    with app.test_request_context("/"):
        for of in ([1], [1], [1, 2], [1]):
            assert newest(make, *of, of=of, slot="numbers", size=1) == str(tuple(of))
    assert made == [1, 2, 1]


def test_a_passage_is_kept_for_visitors_alone_and_never_with_a_token(app: Flask, cast: Cast) -> None:
    made: list[str] = []

    def caller() -> Markup:
        made.append("passage")
        return Markup("words")

    with app.test_request_context("/"):
        for _time in range(2):
            assert for_visitors("passage", "x", caller) == "words"
        assert len(made) == 1
        generate_csrf()
        for _time in range(2):
            for_visitors("passage with a token", "x", caller)
        assert len(made) == 3
    with app.test_request_context("/"):
        g._login_user = User(cast.actor("member"))
        for _time in range(2):
            for_visitors("passage", "x", caller)
    assert len(made) == 5


def test_nobody_is_shown_the_amendments_that_another_may_read(app: Flask, cast: Cast, browser: Browser) -> None:
    """Whoever asks first: the delegate whose draft it is, a stranger, a visitor, and the delegate again."""
    scene = stage(cast)
    motion = scene.published()
    scene.amended(motion, ("10pm", "9pm"))
    scene.drafted_amendment(motion, ("£2", "a zinnia"))
    address = f"/motions/{motion.id}"
    own, other = browser_of(app, cast.who["other_delegate"]), browser_of(app, cast.who["stranger"])
    for _time in range(2):
        assert "zinnia" in own.open(address).html
        assert "zinnia" not in other.open(address).html
        assert "zinnia" not in browser.open(address).html
        assert "Amendment 1" in browser.open(address).html


def test_a_piece_is_never_out_of_date_and_speaks_the_language_of_its_page(
    app: Flask, cast: Cast, browser: Browser
) -> None:
    scene = stage(cast)
    motion = scene.published()
    first = scene.amended(motion, ("10pm", "9pm"))
    address, reader = f"/motions/{motion.id}", browser_of(app, cast.who["member"])
    welsh = Browser(app)
    welsh.open(f"/language/cy?next={address}")
    for _time in range(2):
        assert "Read the motion with amendment 1" in reader.open(address).text
        assert "Gwelliant 1" in welsh.open(address).text and "Gwelliant" not in reader.open(address).text
    second = scene.drafted_amendment(motion, ("10pm", "11pm"))
    amendments.submit(second, by=cast.actor("other_delegate"), at=NOON)
    rulings.rule(second, "in order", "SO 7", REASON, by=cast.actor("chair"), at=NOON)
    text = reader.open(address).text
    assert "Amendment 2" in text and "touches the same words as" in text
    with writing() as session:  # not by an act: the page of a member is made from what is there
        session.execute(update(Amendment).where(Amendment.id == first.id).values(rubric=["Leave out <b>all</b>."]))
    html = reader.open(address).html
    assert "Leave out &lt;b&gt;all&lt;/b&gt;." in html
