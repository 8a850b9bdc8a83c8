"""The policy book: found by words and topic, read with where every word came from."""

from __future__ import annotations

from flask import Flask

from consult.model.store import db
from consult.service import policies, substantive
from tests.factories import NOON, Cast
from tests.motions import DAY, stage
from tests.service.test_substantive import outcomes, publish, put
from tests.web.pages import Browser


def test_a_carried_motion_is_read_with_who_wrote_what(app: Flask, cast: Cast, browser: Browser) -> None:
    scene = stage(cast)
    motion = scene.published()
    scene.amended(motion, ("£2", "£1.50"))
    scene.frozen(motion)
    ballot = put(motion)
    replays = substantive.decide(db.session(), ballot, outcomes(ballot, "carried", "carried"))
    publish(ballot, {r.motion_id: r.to_json() for r in replays}, by=cast.actor("committee_1"), at=NOON + 3 * DAY)
    page = browser.open("/policy").click("Buses that run on Sundays")
    assert "£1.50" in page.text and "[Amendment 1 (Birch)]" in page.text
    assert "Moved by Alder as Motion 1" in page.text
    for query, found in (("q=sundays+fare", True), ("q=SÚNDAYS", True), ("q=trams", False), ("topic=Transport", True),
                         ("topic=Housing", False), ("all=1", True), ("q=%25", False), ("page=99", False)):  # fmt: skip
        assert ("Buses that run on Sundays" in browser.open(f"/policy?{query}").links()) is found, query
    browser.open("/policy/9", 404)
    policy = policies.of_motion(motion.id)
    assert policy is not None and policies.in_force_at(policy, NOON + 400 * DAY)
    assert not policies.in_force_at(policy, NOON + 6 * 366 * DAY)
    assert "In the policy book" in browser.open(f"/motions/{motion.id}").links()


def test_an_empty_book_says_what_it_is_for(app: Flask, cast: Cast, browser: Browser) -> None:
    assert "Motions enter the book" in browser.open("/policy").text
