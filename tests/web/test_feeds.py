"""Atom feeds: valid, found from their pages, stable in their ids, and with nothing that a visitor does not read."""

from __future__ import annotations

import re
from datetime import timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask import Flask

from consult.service import decisions, gatherings, news, units
from consult.service.gatherings import Spec
from tests.desk import AFTER, Desk
from tests.factories import NOON, Cast, make_consultation
from tests.motions import Stage, stage
from tests.web.clocks import Clock
from tests.web.pages import Browser

A = "{http://www.w3.org/2005/Atom}"
DAY = timedelta(days=1)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, NOON)


def links(part: Element) -> dict[str, str]:
    return {link.get("rel", ""): link.get("href", "") for link in part.iter(f"{A}link")}


def read(browser: Browser, address: str) -> Element:
    """A feed, held to what RFC 4287 asks of one."""
    answer = browser.fetch(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    root = fromstring(answer.data)
    assert root.tag == f"{A}feed" and root.findtext(f"{A}author/{A}name") == "The Test Movement"
    assert [len(root.findall(f"{A}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
    own = {link.get("rel"): link.get("href", "") for link in root.findall(f"{A}link")}
    assert own["self"].endswith(address) and own["alternate"].startswith("http")
    ids = [entry.findtext(f"{A}id", "") for entry in root.iter(f"{A}entry")]
    assert len(set(ids)) == len(ids)
    instants = [entry.findtext(f"{A}updated", "") for entry in root.iter(f"{A}entry")]
    assert instants == sorted(instants, reverse=True)
    assert root.findtext(f"{A}updated") == (instants[0] if instants else "2024-10-18T12:00:00Z")
    for each in (root, *root.iter(f"{A}entry")):
        assert re.fullmatch(r"tag:[\w.]+,2024-10-18:[\w:-]+", each.findtext(f"{A}id", ""))
        assert INSTANT.fullmatch(each.findtext(f"{A}updated", ""))
        assert each.findtext(f"{A}title")
    for entry in root.iter(f"{A}entry"):
        assert entry.findtext(f"{A}summary")
        place = "/" + links(entry)["alternate"].split("/", 3)[3]
        assert browser.fetch(place).status_code == 200, place
    return root


def titles(root: Element) -> list[str]:
    return [entry.findtext(f"{A}title", "") for entry in root.iter(f"{A}entry")]


def test_a_motion_is_in_its_feed_once_it_is_published_and_its_id_stays(
    cast: Cast, clock: Clock, browser: Browser
) -> None:
    scene = stage(cast)
    scene.submitted()
    assert titles(read(browser, "/feeds/motions.atom")) == titles(read(browser, "/feeds/rulings.atom")) == []
    scene.at = NOON + timedelta(hours=1)
    motion = scene.published()
    first = read(browser, "/feeds/motions.atom")
    assert titles(first) == [f"Motion {motion.number}: {motion.title}"]
    assert titles(read(browser, "/feeds/rulings.atom")) == [f"Motion {motion.number}: in order"]
    changed(scene, motion)
    again = read(browser, "/feeds/motions.atom")
    assert [e.findtext(f"{A}id") for e in again.iter(f"{A}entry")] == [
        e.findtext(f"{A}id") for e in first.iter(f"{A}entry")
    ]
    assert again.findtext(f"{A}updated", "") > first.findtext(f"{A}updated", "")
    entry = next(again.iter(f"{A}entry"))
    assert entry.findtext(f"{A}published") == "2026-03-02T13:00:00Z"


def changed(scene: Stage, motion: object) -> None:
    """An amendment is ruled in order and accepted, so that a new version is in force later."""
    scene.at = NOON + DAY
    row = scene.amended(motion, ("£2", "£1.50"))  # type: ignore[arg-type]
    scene.answered(row, True)
    scene.frozen(motion)  # type: ignore[arg-type]


def test_results_consultations_decisions_and_a_units_news(
    app: Flask, cast: Cast, clock: Clock, browser: Browser
) -> None:
    clock.set(AFTER)
    later = (AFTER + DAY, AFTER + 2 * DAY)
    desk = Desk(cast, consultation=make_consultation(cast, **{"following up": later}), keys=3, signers_needed=1)
    desk.ask("plurality")
    desk.schedule()
    desk.vote("member", 0)
    desk.publish()
    assert titles(read(browser, "/feeds/results.atom")) == ["Result: Policy committee"]
    assert titles(read(browser, "/feeds/consultations.atom")) == ["Annual conference"]
    alder = cast.units["Alder"]
    evening = AFTER + DAY
    gatherings.plan(alder, Spec("Tea", evening, evening + DAY, place="Library"), by=cast.actor("delegate"), at=AFTER)
    decided = ("meeting", "New banner", "We buy a banner.", "", NOON.date())
    decisions.record(alder, *decided, by=cast.actor("committee_1"), at=AFTER)
    unit = f"/units/{alder.id}/news.atom"
    assert "New banner" not in titles(read(browser, "/feeds/decisions.atom")) + titles(read(browser, unit))
    units.describe(alder, "", "everyone", by=cast.actor("committee_1"), at=AFTER)
    assert "New banner" in titles(read(browser, "/feeds/decisions.atom"))
    assert {"New banner", "Tea"} <= set(titles(read(browser, unit)))


def test_phases_are_told_as_they_open_and_a_long_feed_has_pages(
    cast: Cast, clock: Clock, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage(cast)
    monkeypatch.setattr(news, "A_PAGE", 2)
    monkeypatch.setattr("consult.web.feeds.views.A_PAGE", 2)
    first = read(browser, "/feeds/consultations.atom")
    assert len(titles(first)) == 2 and "first" in links(first) and "previous" not in links(first)
    second = read(browser, "/" + links(first)["next"].split("/", 3)[3])
    assert "next" not in links(second) and links(second)["previous"] == links(first)["self"]
    assert sorted(titles(first) + titles(second)) == sorted(
        [
            "The spring conference",
            *(f"The spring conference: {k}" for k in ("drafting opens", "amendments open", "debating opens")),
        ]
    )


def test_readers_find_the_feeds_and_do_not_fetch_what_they_have(cast: Cast, clock: Clock, browser: Browser) -> None:
    unit = f"/units/{cast.units['Alder'].id}"
    for page in ("/", "/motions", "/results", "/consultations", unit):
        browser.open(page)  # which holds it to the house rules of pages
        found = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">',
                           browser.fetch(page).text)  # fmt: skip
        assert found, page
        for address in found:
            read(browser, address)
    answer = browser.fetch("/feeds/motions.atom")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    browser.headers["If-None-Match"] = answer.headers["ETag"]
    assert browser.fetch("/feeds/motions.atom").status_code == 304
