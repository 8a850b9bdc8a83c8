"""The votes rehearsed by anybody, and consequences confirmed and ended by the committee."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from consult.service import clock
from tests.factories import Cast
from tests.motions import Stage, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

WHY = "The two cannot both be carried out: there is money for one."


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A consultation, and the clock of its tests on every page."""
    made = stage(cast)
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    yield made


def by(app: Flask, scene: Stage, name: str) -> Browser:
    return browser_of(app, scene.cast.who[name])


def test_anybody_rehearses_the_votes_in_any_order(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    two = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    scene.amended(motion, ("10pm", "11pm"))
    page = browser.open(f"/motions/{motion.id}").click("Rehearse the votes: what falls, and what the text would be")
    assert "It is not put: In Resolves 2 Amendment 1 changed the words ‘£2’" in page.text and "£1.50" in page.text
    assert "It decides for the outcomes chosen above." in page.text
    page = page.tick("Suppose Amendment 1 is lost").press("Work it out")
    assert "It is not put" not in page.text and "It decides for the outcomes" not in page.text
    other = browser.open(f"/motions/{motion.id}/votes?order={two.id},{one.id},3")
    assert "It is not put: In Resolves 2 Amendment 2 changed the words" in other.text
    lost = browser.open(f"/motions/{motion.id}/votes?motion=lost&order=9,x&lost=a&order:1=carried")
    assert "none of this becomes policy" in lost.text
    browser.open("/motions/99/votes", 404)


def test_the_committee_confirms_adds_and_ends(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    scene.amended(motion, ("£2", "£1.50"))
    rival = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    other = scene.published(heading="Trams after dark", resolves="1. To plant forty trees.")
    chair = by(app, scene, "chair")
    page = chair.open(f"/motions/{motion.id}/consequences")
    page = page.press("Confirm: If Amendment 1 is carried, Amendment 2 falls.")
    assert "It is confirmed" in page.text and "The texts themselves suggest it." in page.text
    page = page.press("Confirm it", 422)
    assert len(page.errors) == 4
    page = page.choose("What decides", f"Motion 2: {other.title}").choose(
        "What follows", "If it is carried, the other falls"
    )
    page = page.choose("The other", "Amendment 2 to Motion 1").fill("The reason", WHY).press("Confirm it")
    assert "If Motion 2 is carried, Amendment 2 falls." in page.text
    for address in (f"/motions/{motion.id}", f"/amendments/{rival.id}", f"/motions/{motion.id}/consequences"):
        assert WHY in browser.open(address).text
    assert "If Motion 2 is carried, Amendment 2 to Motion 1 falls." in browser.open(f"/motions/{other.id}").text
    tried = browser.open(f"/motions/{motion.id}/votes?motion:{other.id}=carried")
    assert f"It is not put: Motion 2 was carried: {WHY}" in tried.text
    page = chair.open(f"/motions/{motion.id}/consequences").click("End it: If Motion 2 is carried, Amendment 2 falls.")
    page = (
        page.press("End it", 422).fill("Why it should not stand", "The branches found money for both.").press("End it")
    )
    assert "The branches found money for both." in page.text and "If Amendment 1 is carried" in page.text


def test_who_may_not(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    scene.amended(motion, ("£2", "£1.50"))
    member = by(app, scene, "member")
    page = member.open(f"/motions/{motion.id}/consequences")
    assert "Confirm it" not in page.text and "Add one" not in page.text
    member.open("/consequences/1/end", 403)
    browser.open(f"/motions/{motion.id}/consequences")


def test_an_order_is_challenged_from_its_rehearsal_and_answered(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = stage(cast)
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    two = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    scene.frozen(motion)
    monkeypatch.setattr(clock, "source", lambda session: scene.after_amendments)
    address = f"/motions/{motion.id}/votes"
    page = browser_of(app, cast.who["delegate"]).open(f"{address}?order={two.id},{one.id}")
    page = page.click("Challenge it, asking for the order shown here")
    assert page.find(name="order").get("value") == "2, 1" and "In force: amendments 1, 2." in page.text
    page = page.fill("The order that you ask for", "2, 7").press("Challenge the order", 422)
    assert page.errors and page.find(name="order").get("value") == "2, 7"
    page = page.fill("Why the order should be another", "Amendment 2 goes further, so it comes first.")
    page = page.fill("The order that you ask for", "2, 1").press("Challenge the order")
    assert "Waits for an answer" in page.text and "The order asked for: 2, 1." in page.text
    assert "Challenge the order" not in browser.open(f"{address}/challenges").text
    page = browser_of(app, cast.who["committee_1"]).open("/rulings?kind=order").click("Answer the challenge")
    page = page.choose("The answer", "Uphold it: another order is set")
    page = page.fill("The reason", "It does go further, and that is our practice.").press("Answer the challenge")
    assert "Upheld" in page.text and "In force: amendments 2, 1." in page.text
    ledger = browser_of(app, cast.who["member"]).open("/rulings")
    assert "It does go further" in ledger.text
    browser_of(app, cast.who["member"]).open("/order-challenges/1/answer", 403)
