"""Fields: what is read from what was typed, and what is said about it when it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import Babel

from consult.domain.errors import Invalid, OutOfOrder
from consult.web import moments
from consult.web.fields import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    InstantField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    StringField,
    TextAreaField,
    WordLimit,
    problems,
)
from consult.web.trying import revision_of

LONDON = ZoneInfo("Europe/London")


class Sample(Form):
    title = StringField("Title", [Required()])
    text = TextAreaField("Text", [WordLimit(3)])
    seats = IntegerField("Seats", [Required()])
    day = DateField("Adopted")
    closes = InstantField("Closes", [Required("Say when voting closes.")])
    side = RadioField("Side", choices=[("for", "For"), ("against", "Against")])
    unit = SelectField("Unit", choices=[(1, "One"), (2, "Two")], coerce=int)


@pytest.fixture
def bare() -> Iterator[Flask]:
    app = Flask("fields")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    Babel(app)
    yield app


def sent(app: Flask, **data: str) -> Sample:
    data = {key.replace("__", "-"): value for key, value in data.items()}
    with app.test_request_context("/", method="POST", data=data):
        form = Sample()
        form.validate_on_submit()
        return form


RIGHT = {
    "title": "  Buses ",
    "seats": "1,204",
    "closes__day": "27",
    "closes__month": "11",
    "closes__year": "2027",
    "closes__time": "5:30 pm",
    "unit": "2",
}


def test_right_answers_are_read(bare: Flask) -> None:
    form = sent(bare, **RIGHT, text="a\r\nb")
    assert not form.errors
    assert form.title.data == "Buses"
    assert form.seats.data == 1204
    assert form.text.data == "a\nb"
    assert form.closes.data == datetime(2027, 11, 27, 17, 30, tzinfo=UTC)
    assert form.day.data is None and form.side.data is None and form.unit.data == 2


def test_summer_time_is_the_organisations_clock(bare: Flask) -> None:
    form = sent(bare, **RIGHT | {"closes__month": "jul"})
    assert form.closes.data == datetime(2027, 7, 27, 16, 30, tzinfo=UTC)


def test_zero_is_an_answer(bare: Flask) -> None:
    assert "seats" not in sent(bare, **RIGHT | {"seats": "0"}).errors


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"title": "   "}, "title", "Fill in “Title”."),
        ({"seats": ""}, "seats", "Fill in “Seats”."),
        ({"seats": "two"}, "seats", "Write a whole number, like 12. “two” is not one."),
        ({"text": "a b c d"}, "text", "This has 4 words and the limit is 3: take out 1."),
        ({"closes__time": ""}, "closes", "Enter a time, like 17:30 or noon."),
        ({"closes__day": "", "closes__year": ""}, "closes", "The date must include a day and a year."),
        ({f"closes__{part}": "" for part in ("day", "month", "year", "time")}, "closes", "Say when voting closes."),
        ({"day__day": "31", "day__month": "4", "day__year": "2027"}, "day", "There is no such day in that month."),
        ({"side": "neither"}, "side", "Choose one of the answers on offer"),
        ({"unit": "9"}, "unit", "Choose one of the answers on offer"),
    ],
)
def test_wrong_answers_are_explained_once(bare: Flask, changed: dict[str, str], field: str, told: str) -> None:
    form = sent(bare, **RIGHT | changed)
    assert list(form.errors) == [field]
    assert len(form[field].errors) == 1 and form[field].errors[0].startswith(told)


def test_the_summary_leads_to_the_wrong_part(bare: Flask) -> None:
    form = sent(bare, **RIGHT | {"closes__month": "13"})
    assert problems(form) == [{"text": "The month must be a number from 1 to 12.", "href": "#closes-month"}]


def test_a_services_refusal_goes_to_the_fields_it_names(bare: Flask) -> None:
    form = sent(bare, **RIGHT)
    form.refuse(Invalid("Two things are wrong.", {"title": "That title is taken.", "elsewhere": "x"}))
    assert problems(form) == [{"text": "That title is taken.", "href": "#title"}]
    form = sent(bare, **RIGHT)
    form.refuse(OutOfOrder("The ballot is open already."))
    assert problems(form) == [{"text": "The ballot is open already."}]
    form = sent(bare, **RIGHT)
    form.refuse("Too long.", "title")
    assert problems(form) == [{"text": "Too long.", "href": "#title"}]


def test_a_value_given_is_shown_on_the_organisations_clock(bare: Flask) -> None:
    with bare.test_request_context("/"):
        form = Sample(closes=datetime(2027, 7, 1, 11, 5, tzinfo=UTC), day=date(2027, 1, 2))
        assert form.closes.typed == {"day": "1", "month": "7", "year": "2027", "time": "12:05"}
        assert form.day.typed == {"day": "2", "month": "1", "year": "2027"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("17:30", time(17, 30)),
        ("17.30", time(17, 30)),
        ("5:30pm", time(17, 30)),
        ("5 pm", time(17)),
        ("5 p.m.", time(17)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("12 noon", time(12)),
        ("Noon", time(12)),
        ("00:00", time(0)),
        ("9:05", time(9, 5)),
    ],
)
def test_times_as_people_write_them(bare: Flask, typed: str, meant: time) -> None:
    with bare.test_request_context():
        assert moments.read_clock(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "midnight", "12 midnight", "25:00", "13pm", "9:60", "five", "930", "0am", "11 noon", "9"]
)
def test_times_that_are_not_or_could_be_two(bare: Flask, typed: str) -> None:
    with bare.test_request_context(), pytest.raises(Invalid) as told:
        moments.read_clock(typed)
    assert told.value.fields == {"time": ""}


@pytest.mark.parametrize(
    ("day", "month", "year", "wrong"),
    [
        ("", "", "2027", {"day", "month"}),
        ("1", "0", "2027", {"month"}),
        ("1", "1", "27", {"year"}),
        ("29", "2", "2027", {"day"}),
        ("x", "1", "2027", {"day"}),
        ("１", "1", "2027", {"day"}),
    ],
)
def test_dates_that_are_not(bare: Flask, day: str, month: str, year: str, wrong: set[str]) -> None:
    with bare.test_request_context(), pytest.raises(Invalid) as told:
        moments.read_day(day, month, year)
    assert set(told.value.fields) == wrong


@pytest.mark.parametrize(
    ("day", "at", "told"),
    [
        (date(2027, 3, 28), time(1, 0), "never comes"),
        (date(2027, 3, 28), time(1, 59), "never comes"),
        (date(2027, 10, 31), time(1, 0), "comes twice"),
        (date(2027, 10, 31), time(1, 59), "comes twice"),
    ],
)
def test_clock_changes_are_never_guessed(bare: Flask, day: date, at: time, told: str) -> None:
    with bare.test_request_context(), pytest.raises(Invalid, match=told):
        moments.on_clock(day, at, LONDON)


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2027, 3, 28), time(0, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (date(2027, 3, 28), time(2, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (date(2027, 10, 31), time(0, 59), datetime(2027, 10, 30, 23, 59, tzinfo=UTC)),
        (date(2027, 10, 31), time(2, 0), datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
    ],
)
def test_the_minutes_beside_a_clock_change_are_plain(day: date, at: time, utc: datetime) -> None:
    assert moments.on_clock(day, at, LONDON) == utc


def test_required_gives_no_second_opinion(bare: Flask) -> None:
    class Choice(Form):
        side: Any = RadioField("Which side?", [Required()], choices=[("for", "For")])

    with bare.test_request_context("/", method="POST", data={"x": "1"}):
        form = Choice()
        assert not form.validate_on_submit()
        assert form.side.errors == ["Choose an answer to “Which side”."]


def test_the_hint_of_a_box_stands_under_its_label(app: Flask) -> None:
    class One(Form):
        box = BooleanField("Tick it", description="So that it holds.")

    with app.test_request_context():
        drawn = str(One(meta={"csrf": False}).box())
    assert drawn.index("<input") < drawn.index("Tick it") < drawn.index("So that it holds.")
    assert 'aria-describedby="box-item-hint"' in drawn


@pytest.mark.parametrize(
    ("written", "read"), [("7", 7), ("", None), ("seven", None), ("-1", None), ("²", None), ("9" * 30, None)]
)
def test_a_revision_that_we_did_not_write_is_none(bare: Flask, written: str, read: int | None) -> None:
    class Text(Form):
        revision = HiddenField()

    with bare.test_request_context("/", method="POST", data={"revision": written}):
        assert revision_of(Text()) == read
