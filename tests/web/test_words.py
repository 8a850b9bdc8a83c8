"""How instants, numbers and states are written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from flask_babel import Babel

from consult.domain import lifecycle
from consult.web import phrases, words


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    app = Flask("words")
    app.config["CONSULT_LANGUAGE"] = "en"
    Babel(app)
    with app.test_request_context():
        yield


def test_an_address_breaks_at_its_joints_and_is_escaped() -> None:
    assert words.mailbox("a.b@c.example") == "a<wbr>.b<wbr>@c<wbr>.example"
    assert words.mailbox("<b>@c") == "&lt;b&gt;<wbr>@c" and words.mailbox("ada") == "ada"


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 11, 27, 12, tzinfo=UTC), "Friday 27 November 2026, 12 noon (UK time)"),
        (datetime(2026, 7, 3, 11, tzinfo=UTC), "Friday 3 July 2026, 12 noon (UK time)"),
        (datetime(2026, 11, 27, tzinfo=UTC), "Friday 27 November 2026, midnight at the start of the day (UK time)"),
        (datetime(2026, 7, 2, 23, tzinfo=UTC), "Friday 3 July 2026, midnight at the start of the day (UK time)"),
        (datetime(2026, 11, 27, 17, 30, tzinfo=UTC), "Friday 27 November 2026, 5:30pm (UK time)"),
        (datetime(2026, 11, 27, 0, 5, tzinfo=UTC), "Friday 27 November 2026, 12:05am (UK time)"),
        (datetime(2026, 11, 27, 23, 59, 59, tzinfo=UTC), "Friday 27 November 2026, 11:59:59pm (UK time)"),
    ],
)
def test_instants(at: datetime, told: str) -> None:
    assert words.instant_text(at) == told
    assert words.instant(at) == f'<time datetime="{at.isoformat(timespec="seconds")}">{told}</time>'


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        words.instant(datetime(2026, 1, 1))  # noqa: DTZ001


def test_short_forms() -> None:
    assert words.short_date(date(2026, 9, 5)) == '<time datetime="2026-09-05">5 Sept 2026</time>' or "5 Sep 2026" in (
        words.short_date(date(2026, 9, 5))
    )
    assert "3 Jul 2026, 12 noon" in words.short_instant(datetime(2026, 7, 3, 11, tzinfo=UTC))
    half_past = datetime(2026, 7, 3, 11, 30, 8, tzinfo=UTC)
    assert "3 Jul 2026, 12:30pm<" in words.short_instant(half_past) and ":30:08+" in words.short_instant(half_past)
    assert "3 Jul 2026, 12:30:08pm<" in words.exact_instant(half_past)
    assert words.instant(None) == words.short_date(None) == words.short_instant(None) == ""


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(days=3, hours=5), "3 days left"),
        (timedelta(days=2), "2 days left"),
        (timedelta(days=1, hours=23, minutes=59), "47 hours left"),
        (timedelta(hours=1), "1 hour left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(seconds=59), "less than a minute left"),
        (timedelta(milliseconds=1), "less than a minute left"),
        (timedelta(0), "closed"),
        (timedelta(milliseconds=-1), "closed"),
    ],
)
def test_time_left_is_never_more_than_there_is(length: timedelta, told: str) -> None:
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert words.time_left(now + length, now) == told


def test_ago() -> None:
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert words.ago(now - timedelta(days=2), now) == "2 days ago"
    assert words.ago(now + timedelta(hours=2), now) == "in 2 hours"


@pytest.mark.parametrize(
    ("value", "places", "told"),
    [
        (1204, None, "1,204"),
        (Fraction(2999999, 1000), 2, "2,999.99"),  # never 3,000.00: no quota may seem met that is not
        (Fraction(1, 3), 5, "0.33333"),
        (Fraction(-7, 2), 1, "-3.5"),
        (Fraction(5), None, "5"),
        (Fraction(5), 2, "5.00"),
        (0, 0, "0"),
        (None, None, ""),
    ],
)
def test_numbers_are_cut_off_and_never_rounded_up(value: Fraction | int | None, places: int | None, told: str) -> None:
    assert words.number(value, places) == told


def test_percentages() -> None:
    assert words.percent(1, 3) == "33.3%"
    assert words.percent(1999, 2000) == "99.9%"
    assert words.percent(1, 0) == "–"


def test_hashes_keep_the_whole_for_those_who_ask() -> None:
    full = "ab" * 32
    assert words.short_hash(full) == f'<code class="hash" title="{full}">abababababab…</code>'
    assert words.short_hash(bytes.fromhex(full)) == words.short_hash(full)
    assert words.short_hash("abc") == '<code class="hash">abc</code>'


def test_plain_text_is_escaped_and_keeps_its_lines() -> None:
    made = words.lines("a <b>\r\nc\n\nd")
    assert made == '<p class="govuk-body">a &lt;b&gt;<br>c</p><p class="govuk-body">d</p>'


def test_every_state_of_every_lifecycle_has_words_and_a_colour() -> None:
    tables = [value for value in vars(lifecycle).values() if isinstance(value, lifecycle.Lifecycle)]
    assert len(tables) >= 2
    states = {state for table in tables for state in table.states}
    uncoloured = {state for state in states if state.replace(" ", "_") not in words.STATE_COLOURS}
    assert not uncoloured
    assert words.state_words("on the order paper") == "On the order paper"
    assert words.state_words("ruled_out") == "Ruled out"


def test_slugs() -> None:
    assert words.slug("Votes by région, 2026!") == "votes-by-region-2026"
    assert words.slug("…") == "part"


def test_instants_in_sentences_of_services_are_on_the_organisation_s_clock() -> None:
    said = phrases.said("Until 24 October 2026, 00:00 UTC. The last change was at 23:30 UTC on 1 July 2026: x.")

    assert said == (
        "Until Saturday 24 October 2026, 1am (UK time). The last change was at 12:30am (UK time) on Thursday 2 July 2026: x."
    )
    assert phrases.said("On 31 February 2026, 00:00 UTC.") == "On 31 February 2026, 00:00 UTC."
