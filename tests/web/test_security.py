"""What keeps one person's pages from others: how long they are, what their tokens are worth, and where their cookie goes."""

from __future__ import annotations

import secrets

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from tests.factories import Cast
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def lengths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of characters that are drawn, from the last to the first."""
    drawn: list[int] = []
    monkeypatch.setattr(secrets, "randbelow", lambda most: drawn.pop())
    return drawn


def test_a_persons_page_is_longer_by_what_is_drawn(app: Flask, cast: Cast, lengths: list[int]) -> None:
    member = browser_of(app, cast.who["member"])
    sizes = []
    for number in (0, 1, 127):
        lengths.append(number)
        sizes.append(len(member.fetch("/search?q=elder").data))
    assert [size - sizes[0] for size in sizes] == [0, 1, 127]


def test_so_with_a_visitors_page_that_has_a_token_and_with_no_other(
    app: Flask, browser: Browser, lengths: list[int]
) -> None:
    lengths[:] = [90, 3]
    first, second = (len(browser.fetch("/sign-in?next=/motions").data) for _ in range(2))
    assert second - first == 87
    assert browser.fetch("/policy").data == browser.fetch("/policy").data  # no number is left, and none is drawn


def test_what_stays_the_same_in_every_token_of_a_session_opens_nothing(app: Flask, cast: Cast) -> None:
    """All but the time and the signature of a token is the same on each page; who knows it cannot sign it."""
    member = browser_of(app, cast.who["member"])
    token = member.open("/account").find_all(name="csrf_token")[0].get("value", "")
    constant, _time, _signature = token.split(".")
    value = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").loads(token)
    made = URLSafeTimedSerializer("a guess", salt="wtf-csrf-token").dumps(value)
    assert made.startswith(constant + ".") and made != token
    member.send("/sign-out", {"csrf_token": made}, expect=400)
    member.open("/account")
    assert "SameSite=Lax" in Browser(app).fetch("/sign-in").headers["Set-Cookie"]
