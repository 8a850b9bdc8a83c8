"""Pages for visitors are kept and shared by proxies, without a token or a person in them; the first paint of each is light."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from flask import Flask

from consult.domain.roles import Role
from consult.model.store import writing
from consult.service import gatherings
from tests.factories import NOON, Cast, give_role
from tests.motions import DAY, Stage, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

#: Those that a proxy may keep, and others whose first paint is weighed too.
KEPT = ("/", "/policy", "/results", "/consultations", "/consultations/1", "/events", "/events/1", "/motions/1")
WEIGHED = (*KEPT, "/motions", "/search?q=bus", "/ballots", "/units", "/motions/1/debate", "/sign-in")
#: Bytes of the first paint, compressed: one page, its stylesheet and its script.
MOST = 60_000


@pytest.fixture
def scene(cast: Cast) -> Stage:
    made = stage(cast)
    made.published()
    with writing():
        give_role(cast.who["second"], Role.UNIT_OFFICER, cast.units["Alder"])
    spec = gatherings.Spec("Branch evening", NOON + DAY, NOON + DAY + timedelta(hours=2), place="The mill")
    gatherings.plan(cast.units["Alder"], spec, None, by=cast.actor("second"), at=NOON)
    return made


def test_visitors_share_a_page_and_nobody_else_gets_it(app: Flask, scene: Stage, browser: Browser) -> None:
    member = browser_of(app, scene.cast.who["member"])
    for address in KEPT:
        page = browser.open(address)
        headers = page.answer.headers
        assert headers["Cache-Control"].startswith("public, max-age=0, s-maxage="), address
        assert "Cookie" in headers["Vary"] and "Set-Cookie" not in headers, address
        assert "csrf" not in page.html, address
        again = Browser(app, **{"If-None-Match": headers["ETag"]}).fetch(address)
        assert again.status_code == 304 and not again.get_data(), address
        mine = member.open(address)
        assert "Mabel Thorn" in mine.text and "private" in mine.answer.headers["Cache-Control"], address
        assert "ETag" not in mine.answer.headers, address
        assert "Mabel Thorn" not in browser.open(address).text, address


def test_a_page_is_kept_for_each_language(app: Flask, scene: Stage, browser: Browser) -> None:
    english = browser.open("/results")
    welsh = Browser(app)
    welsh.open("/language/cy?next=/results")
    page = welsh.open("/results")
    assert page.tree.get("lang") == "cy" and english.tree.get("lang") == "en-GB"
    assert page.answer.headers["Cache-Control"] == "private, no-cache"  # a proxy is always asked for one with a cookie
    assert browser.open("/results").tree.get("lang") == "en-GB"


def test_what_is_flashed_to_somebody_is_not_kept(app: Flask, scene: Stage, browser: Browser) -> None:
    with browser.client.session_transaction() as cookie:
        cookie["_flashes"] = [("success", "For you alone.")]
    assert "For you alone." in browser.open("/policy").text
    assert "For you alone." not in Browser(app).open("/policy").text


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_first_paint_is_one_page_one_stylesheet_and_one_script(
    app: Flask, scene: Stage, browser: Browser, signed_in: bool
) -> None:
    if signed_in:
        browser = browser_of(app, scene.cast.who["member"])
    weights = {}
    for address in WEIGHED:
        html = browser.open(address).html
        styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
        scripts = re.findall(r'<script[^>]* src="([^"]+)"', html)
        assert len(styles) == 1 and len(scripts) <= 1, address
        parts = [html.encode(), *(browser.fetch(part).get_data() for part in (*styles, *scripts))]
        weights[address] = sum(len(gzip.compress(part, 6)) for part in parts)
    assert max(weights.values()) < MOST, weights
