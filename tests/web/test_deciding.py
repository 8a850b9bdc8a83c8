"""What I must decide: live questions only, both texts, both cases at equal length, and who recommends what."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.model.amendments import Amendment
from consult.model.store import db, writing
from consult.service import debate, recommendations
from tests.desk import DURING, Desk
from tests.factories import Cast
from tests.motions import stage
from tests.web.clocks import Clock
from tests.web.signing_in import browser_of

WHY = "It does what the branches asked the committee for."


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, DURING)


def test_a_member_reads_every_live_question_on_one_page(app: Flask, cast: Cast, clock: Clock) -> None:
    scene = stage(cast)
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    two = scene.amended(motion, ("10pm", "11pm"))
    for side, words in (("for", "cheap " * 70), ("against", "dear " * 55)):
        debate.write(motion, side, words, by=cast.actor("member"), at=scene.at)
    scene.frozen(motion)
    desk = Desk(cast)
    desk.put(motion)
    recommendations.recommend(motion, "for", WHY, by=cast.actor("chair"), at=scene.at)
    desk.schedule()
    voter = browser_of(app, cast.who["member"])
    page = voter.open("/").click("Read every question with the case for and against, on one page")
    assert page.title == "What I must decide" and page.text.count("The text as it stands") == 2
    assert "£1.50" in page.text and "Voting closes" in page.text
    assert page.text.count("cheap") == page.text.count("dear") == 55
    assert f"Recommended: vote for it. {WHY}" in page.text and "Petra Lowe, standing orders committee" in page.text
    assert "Nobody has made a recommendation." in page.text
    with writing() as session:
        fallen = session.get_one(Amendment, two.id)
        fallen.state, fallen.falls_because = "falls", "Another motion was carried."
    page = voter.open("/decide")
    assert page.text.count("The text as it stands") == 1 and "Another motion was carried." in page.text
    assert one.label in page.text


def test_who_recommends(app: Flask, cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    address = f"/motions/{motion.id}/recommend"
    browser_of(app, cast.who["member"]).open(address, 403)
    page = browser_of(app, cast.who["committee_1"]).open(f"/motions/{motion.id}").click("Recommend how to vote")
    page = page.choose("What do you recommend?", "Vote against").press("Recommend it", 422)
    page = page.fill("Why?", WHY).press("Recommend it")
    assert "with your name" in page.text
    db.session.rollback()
    row = recommendations.latest([motion.id], [])[f"motion:{motion.id}"]
    assert (row.advice, row.reason) == ("against", WHY)


def test_a_visitor_signs_in_first_and_nobody_without_a_ballot_is_asked(app: Flask, cast: Cast) -> None:
    assert "There is nothing for you to decide now" in browser_of(app, cast.who["member"]).open("/decide").text
