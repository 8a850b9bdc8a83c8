"""The policy book: found by words and topic, read with where every word came from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from consult.model.store import db
from consult.service import clock, policies, substantive
from tests.factories import NOON, Cast
from tests.motions import DAY, Stage, stage
from tests.service.test_policies import policy as carried
from tests.service.test_substantive import outcomes, publish, put
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


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


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    made = stage(cast)
    made.at = NOON + 10 * DAY
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    yield Stage(cast, made.consultation)


def by(app: Flask, scene: Stage, name: str) -> Browser:
    return browser_of(app, scene.cast.who[name])


def test_the_committee_keeps_the_book(app: Flask, scene: Stage, browser: Browser) -> None:
    buses, trams = carried(scene), carried(scene, heading="Trams before buses")
    chair = by(app, scene, "committee_1")
    page = chair.open(f"/policy/{buses.id}").click("Set down an action")
    page = page.choose("What is to be done?", "Resolves 1: To campaign for an hourly bus on Sundays until 10pm.")
    page = page.fill("Who is to do it?", "Campaigns officer").press("Set it down")
    assert "Campaigns officer" in page.text and "Not begun" in page.text
    page = page.click("Report on what Campaigns officer did (Resolves 1)").choose("How far is it?", "Done")
    page = page.fill("What was done?", "short").press("Report", 422)
    page = page.fill("What was done?", "The council agreed to it.").press("Report")
    assert "The council agreed to it." in page.text
    assert "Amina Grove" not in browser.open(f"/policy/{buses.id}").text
    page = page.click("Renew it").fill("Day", "1").fill("Month", "1").fill("Year", "2050")
    page = page.fill("Reason", "Renewed by the conference.").press("Renew it")
    assert "Renewed by the conference." in page.text
    page = page.click("Supersede it").choose("Which policy stands in its place?", trams.title)
    page = page.fill("Reason", "The conference chose trams.").press("Supersede it")
    assert "Superseded by" in page.text and "Set down an action" not in page.links()
    assert "It stands in the place of" in browser.open(f"/policy/{trams.id}").text
    page = chair.open(f"/policy/{trams.id}").click("Rescind it").fill("Reason", "Taken back by the members.")
    assert "Taken back by the members." in page.press("Rescind it").text
    for way in ("supersede", "rescind", "renew", "actions/new", "model-motions/new"):
        by(app, scene, "member").open(f"/policy/{trams.id}/{way}", 403)


def test_a_model_motion_is_chosen_counted_kept_and_followed(app: Flask, scene: Stage, browser: Browser) -> None:
    buses = carried(scene)
    page = by(app, scene, "delegate").open(f"/policy/{buses.id}").click("Make a model motion")
    page = page.fill("For which party or body?", "The Harbour Party").fill("Its limit of words", 20)
    page = page.press("Count the words")
    assert "too many" in page.text
    assert any("leave out" in error for error in page.press("Make the model motion", 422).errors)
    page = page.fill("Its limit of words", 250).press("Make the model motion")
    assert page.title == "Buses that run on Sundays" and "It has not been sent anywhere yet." in page.text
    for form in ("txt", "docx", "odt"):
        assert browser.fetch(f"{page.address}/{form}").status_code == 200
    page = page.click("Record where it was sent").fill("Which body of the party was it sent to?", "Fennmoor branch")
    page = page.fill("Who sent it?", "Alder branch").press("Record it")
    assert "Nothing has been heard of it yet." in page.text
    page = page.click("Record what became of it at Fennmoor branch").choose("What became of it?", "Carried")
    page = page.fill("Report back", "Carried by 31 to 4.").press("Record it")
    assert "Carried by 31 to 4." in browser.open(f"/policy/{buses.id}").text
    assert browser.fetch(f"/policy/{buses.id}/print/txt").status_code == 200


def test_a_draft_is_told_of_policy_in_force_on_the_same_matter(app: Flask, scene: Stage) -> None:
    buses = carried(scene)
    draft = scene.draft(resolves="1. To ask the council for a single fare of £3.", heading="Dearer buses")
    page = by(app, scene, "mover").open(f"/motions/{draft.id}")
    assert buses.title in page.links() and "yours has £3; the policy has £2" in page.text
    other = scene.draft(resolves="1. To plant an oak in the churchyard.", heading="Oaks")
    assert "Policy in force on the same matter" not in by(app, scene, "mover").open(f"/motions/{other.id}").text
    scene.at = NOON
    sent = scene.submitted(resolves="1. To ask the council for a single fare of £3.", heading="Dearer buses")
    assert buses.title in by(app, scene, "chair").open(f"/motions/{sent.id}/rule").links()
