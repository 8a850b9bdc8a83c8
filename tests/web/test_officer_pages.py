"""Pages of officers, movers and delegates that a plain member has no use for open to those alone."""

from __future__ import annotations

from flask import Flask

from tests.factories import Cast
from tests.motions import stage
from tests.web.signing_in import browser_of


def test_a_plain_member_is_told_whose_page_it_is(app: Flask, cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.amended(motion, ("£2", "£3"), ruled=False)
    plain = browser_of(app, cast.who["stranger"])
    told = {
        "/rulings/queue": "",
        "/events/new": "Officers of a unit plan its events",
        f"/motions/{motion.id}/grew-out-of": "The mover of a motion, or the committee, says what it grew out of.",
        f"/motions/{motion.id}/summaries/for": "one must have spoken for it in the debate",
        f"/amendments/{row.id}/check": "",
    }
    for address, sentence in told.items():
        page = plain.open(address, 403)
        assert page.title == "You cannot do this" and sentence in page.main, address


def test_those_whose_pages_they_are_open_them(app: Flask, cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.amended(motion, ("£2", "£3"), ruled=False)
    mover, delegate, chair = (browser_of(app, cast.who[name]) for name in ("mover", "other_delegate", "chair"))
    for browser in (delegate, chair):
        assert browser.open(f"/amendments/{row.id}/check").title == "Check the amendment"
    assert chair.open("/rulings/queue").title == "Waiting for a ruling"
    assert mover.open(f"/motions/{motion.id}/grew-out-of").title == "What this motion grew out of"
