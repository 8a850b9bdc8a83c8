"""The pages of rulings and appeals, as each role sees them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from consult.service import clock
from tests.factories import Cast
from tests.motions import REASON, Stage, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A consultation, and the clock of its tests on every page."""
    made = stage(cast)
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    yield made


def by(app: Flask, scene: Stage, name: str) -> Browser:
    return browser_of(app, scene.cast.who[name])


def test_rule_publish_and_read_the_reason(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.submitted()
    chair = by(app, scene, "chair")
    page = chair.open("/rulings/queue").click("Rule on Motion 1")
    page = page.press("Make the ruling", 422)
    assert len(page.errors) == 3
    page = page.choose("The ruling", "In order").fill("The reason", REASON)
    page = page.choose("By which standing order", "SO 1").press("Make the ruling")
    assert "The ruling is made" in page.text
    page = page.press("Publish: Motion 1")
    assert "Motion 1 is published" in page.text
    assert REASON in by(app, scene, "stranger").open("/rulings").text
    assert REASON in by(app, scene, "stranger").open(f"/motions/{motion.id}").text
    assert REASON not in browser.open(f"/motions/{motion.id}").text
    assert "Sign in" in browser.open("/rulings").text


def test_who_may_not(app: Flask, scene: Stage) -> None:
    motion = scene.submitted()
    for name in ("member", "mover", "delegate", "committee_1", "scrutineer", "panel"):
        by(app, scene, name).open(f"/motions/{motion.id}/rule", 403)
    member = by(app, scene, "member")
    member.open("/rulings/queue", 403)
    member.open("/rulings?page=-1")
    member.open("/motions/99/rule", 404)


def test_two_officers_at_once(app: Flask, scene: Stage) -> None:
    motion = scene.submitted()
    chair = by(app, scene, "chair")
    first, second = (chair.open(f"/motions/{motion.id}/rule") for _tab in range(2))
    for page, decision, status in ((first, "Queried: the mover is asked to change it", 200), (second, "In order", 409)):
        page = page.choose("The ruling", decision).choose("By which standing order", "SO 1")
        page = page.fill("The reason", REASON).press("Make the ruling", status)
    assert any("is queried by now" in error and "Petra Lowe" in error for error in page.errors)
    assert REASON in (page.find(name="reason").text or "")
    assert "The ruling is made" in page.press("Make the ruling").text


def test_an_appeal_from_the_ruling_to_the_decision(app: Flask, scene: Stage) -> None:
    motion = scene.submitted()
    chair = by(app, scene, "chair")
    page = chair.open(f"/motions/{motion.id}/rule").choose(
        "The ruling", "Ruled out: the mover or the delegate may appeal"
    )
    page.choose("By which standing order", "SO 6").fill("The reason", REASON).press("Make the ruling")
    by(app, scene, "member").open("/rulings/1/appeal", 403)
    page = by(app, scene, "mover").open(f"/motions/{motion.id}").click("Appeal against this ruling")
    page = page.fill("Why the ruling is wrong", "Because").press("Appeal", 422)
    page = page.fill("Why the ruling is wrong", "The constitution says nothing of buses.").press("Appeal")
    assert "The appeal is made" in page.text
    chair.open("/rulings/1/decide", 403)
    page = by(app, scene, "panel").open("/rulings/queue").click("Decide the appeal about Motion 1")
    page = page.choose("The decision", "Allow the appeal: it is in order").fill("The reason", REASON)
    page = page.press("Decide the appeal")
    assert "The appeal is decided" in page.text and "In order, to be published" in page.text
    assert "The appeal was allowed" in by(app, scene, "stranger").open("/rulings").text


def test_a_correction_and_the_ledger_by_pages(app: Flask, scene: Stage) -> None:
    motion = scene.submitted()
    chair = by(app, scene, "chair")
    page = chair.open(f"/motions/{motion.id}/rule").choose(
        "The ruling", "Ruled out: the mover or the delegate may appeal"
    )
    page.choose("By which standing order", "SO 6").fill("The reason", REASON).press("Make the ruling")
    page = chair.open("/rulings").click("Correct this ruling: Motion 1").choose("The ruling", "In order")
    page = page.choose("By which standing order", "SO 1").press("Make the ruling", 422)
    page = page.fill("The reason", "It was read too quickly; it binds nobody.").press("Make the ruling")
    assert "The correction is made" in page.text
    member = by(app, scene, "member")
    listed = member.open("/rulings")
    assert "Corrected by a later ruling." in listed.text and "2 rulings." in listed.text
    assert "1 ruling." in member.open("/rulings?decision=ruled+out&q=motion+1").text
    assert "None is like that" in member.open("/rulings?q=zebra&page=4").text
    member.open("/rulings/1/correct", 403)
