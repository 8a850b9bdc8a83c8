"""The hall's pages: the chair puts and declares, everybody follows, tellers and the committee do their part."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from consult.service import clock
from tests.factories import Cast
from tests.hall import Hall, assembled, seated
from tests.motions import sent_late
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def made(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """A planned sitting with two motions, and the clock of its day on every page."""
    found = assembled(cast, count=2)
    monkeypatch.setattr(clock, "source", lambda session: found.at)
    yield found


def by(app: Flask, made: Hall, name: str) -> Browser:
    return browser_of(app, made.scene.cast.who[name])


def test_from_the_opening_to_the_policy_book_with_buttons_alone(app: Flask, made: Hall, browser: Browser) -> None:
    address = f"/sittings/{made.sitting.id}"
    assert "Nothing at this moment" in browser.open(address).text
    page = by(app, made, "chair").open(f"{address}/chair").press("Open the sitting").press("Take it")
    seen = browser.open(address)
    assert "Still to be voted on, in this order" in seen.text and "until 10pm" in seen.text
    page = page.press("Put it to the vote")
    assert "The vote is being taken: Amendment 3 (Birch) to Motion 1." in browser.open(address).text
    page = page.fill("For", "20").fill("Against", "nine").press("Declare the result", 422)
    assert page.errors and page.find(name="votes_for").get("value") == "20"
    page = page.fill("Against", "9").press("Declare the result")
    assert "carried on a show of hands, 20 for, 9 against, 0 abstained" in page.text
    seen = browser.open(address)
    assert "The text as it now stands" in seen.text and "until 11pm" in seen.text
    page = page.press("Put it to the vote").fill("For", "20").fill("Against", "9").press("Declare the result")
    assert "Amendment 2 falls" in page.text
    page = page.press("The mover waived it").press("Put it to the vote")
    page = page.fill("For", "25").fill("Against", "3").press("Declare the result")
    assert "Motion 1 is carried as amended." in page.text
    assert "Decided in the hall: the minutes" in browser.open("/policy/1").links()
    minutes = browser.open("/policy/1").click("Decided in the hall: the minutes")
    assert "The mover waived the right of reply." in minutes.text
    page = page.press("Close the sitting")
    assert "The sitting is closed." in page.text and "was not reached" in browser.open(f"{address}/minutes").text


def test_the_second_of_two_chairs_and_the_second_click_are_told(app: Flask, made: Hall) -> None:
    made.open()
    made.take()
    address = f"/sittings/{made.sitting.id}/chair"
    first, second = by(app, made, "chair").open(address), by(app, made, "committee_2").open(address)
    put = first.press("Put it to the vote")
    late = second.press("Put it to the vote")
    assert any("Not done" in notice or "is before the meeting" in notice for notice in late.notices) or (
        "saved in another tab" in late.text or "is before the meeting" in late.text
    )
    again = by(app, made, "chair").open(address)
    put.fill("For", "20").fill("Against", "9").press("Declare the result")
    page = again.fill("For", "1").fill("Against", "9").press("Declare the result", 409)
    assert any("was declared at" in error and "Nothing was changed" in error for error in page.errors)


def test_the_live_part_is_fetched_only_when_something_has_happened(app: Flask, made: Hall, browser: Browser) -> None:
    address = f"/sittings/{made.sitting.id}/live"
    answer = browser.fetch(address)
    tag = answer.headers["ETag"]
    same = Browser(app, **{"If-None-Match": tag}).fetch(address)
    assert (answer.status_code, same.status_code, same.data) == (200, 304, b"")
    made.open()
    changed = Browser(app, **{"If-None-Match": tag}).fetch(address)
    assert changed.status_code == 200 and changed.headers["ETag"] != tag


def test_who_enters_which_page(app: Flask, made: Hall, browser: Browser) -> None:
    address = f"/sittings/{made.sitting.id}"
    for name in ("member", "committee_1", "panel"):
        by(app, made, name).open(f"{address}/chair", 403)
    by(app, made, "panel").open(f"{address}/count")
    by(app, made, "member").open(f"{address}/count", 403)
    by(app, made, "member").open(f"{address}/credentials", 403)
    by(app, made, "member").open(f"{address}/business", 403)
    assert "Sign in" in browser.open(f"{address}/chair").title
    browser.open("/sittings/999", 404)


def test_tellers_and_cards(app: Flask, made: Hall) -> None:
    address, cast = f"/sittings/{made.sitting.id}", made.scene.cast
    keeper = by(app, made, "committee_1").open(f"{address}/credentials")
    page = keeper.fill("Member number", "nobody").press("Admit", 422)
    assert "Nobody in the register has this number." in page.errors
    for name, votes in (("delegate", "40"), ("other_delegate", "25")):
        page = page.fill("Member number", cast.who[name].number).fill("Votes in a card vote", votes).press("Admit")
    assert "2 with a vote are present, for 65 in a card vote." in page.text
    page = page.press("Has left: card 2")
    assert "1 with a vote are present" in page.text
    made.open()
    made.take()
    made.put_next("cards")
    page = (
        by(app, made, "panel").open(f"{address}/count").fill("Card", "1").choose("Votes", "For").press("Enter the card")
    )
    assert page.rows("Cards entered")[1:] == [["1", "Alder", "For", "40"]]
    page = page.fill("Card", "2").choose("Votes", "For").press("Enter the card", 409)
    assert any("it is away" in error for error in page.errors)


def test_the_committee_plans_a_sitting_and_sets_its_business(app: Flask, made: Hall) -> None:
    committee = by(app, made, "committee_1")
    page = committee.open(f"/consultations/{made.scene.consultation.id}/sittings").click("Plan a sitting")
    page = page.press("Plan the sitting", 422)
    assert page.errors
    page = committee.open(f"/sittings/{made.sitting.id}/business")
    page = page.fill("Why", "The committee met again.").fill("Order of business", "Opening\n20 Motion 2")
    page = page.press("Save the order of business", 422)
    assert "Line 1 does not begin with its minutes, as in “20 Motion 3”." in page.errors
    page = page.fill("Order of business", "20 Motion 9").press("Save the order of business", 422)
    assert any("no “Motion 9”" in error for error in page.errors)
    page = page.fill("Order of business", "15 Opening\n20 Motion 2: buses\n100 Motion 1").press(
        "Save the order of business"
    )
    assert "If time allows" in page.text
    page = committee.open(f"/consultations/{made.scene.consultation.id}/papers/order-paper/issue").press("Issue it")
    assert "Taken only if time allows: Saturday morning" in page.text
    text = committee.fetch(f"{page.address}/txt").data.decode()
    assert "Saturday morning" in text and "Length in minutes: 15" in text


def test_procedural_motions_are_put_with_their_majority(app: Flask, made: Hall) -> None:
    made.open()
    made.take()
    page = by(app, made, "chair").open(f"/sittings/{made.sitting.id}/chair")
    page = page.choose("Procedural motion", "That standing orders be suspended (at least 2/3 of the votes)")
    page = page.press("Put the procedural motion", 422)
    assert "Say what it is about." in page.errors
    page = page.fill("About", "SO 9").press("Put the procedural motion")
    page = page.fill("For", "19").fill("Against", "10").press("Declare the result")
    assert "lost on a show of hands, 19 for, 10 against, 0 abstained (at least 2/3 of the votes needed)" in page.text


def test_a_late_motion_waits_for_leave_on_every_page(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, motion = sent_late(cast)
    found = seated(scene, [motion])
    monkeypatch.setattr(clock, "source", lambda session: found.at)
    papers = browser.open(f"/motions/{motion.id}/papers")
    assert "a meeting must agree to take it, by at least 2/3 of the votes. Without leave it is not put." in papers.text
    page = (
        by(app, found, "chair").open(f"/sittings/{found.sitting.id}/chair").press("Open the sitting").press("Take it")
    )
    assert "Next: That leave be given to take the motion (Motion 1)" in page.text
    assert "not the motion itself, is put before the meeting gives leave" in page.text
    assert "First the meeting decides whether to take it" in browser.open(f"/sittings/{found.sitting.id}").text
    page = page.press("Put it to the vote").fill("For", "20").fill("Against", "10").press("Declare the result")
    assert "Motion 1 may be taken." in page.text and "Next: Amendment 1" in page.text
    papers = browser.open(f"/motions/{motion.id}/papers")
    assert "Leave given: Saturday morning" in papers.text and "20 for, 10 against" in papers.text


def test_the_committee_records_leave_that_a_meeting_gave(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, motion = sent_late(cast)
    monkeypatch.setattr(clock, "source", lambda session: scene.after_amendments)
    page = browser_of(app, cast.who["committee_1"]).open(f"/motions/{motion.id}/papers")
    page = page.click("Record the meeting’s decision").fill("Which meeting decided?", "The general meeting")
    page = page.choose("How it voted", "By voice").press("Record it", 422)
    assert any("hands must have been counted" in error for error in page.errors)
    page = (
        page.choose("How it voted", "By show of hands, counted")
        .fill("For", "1")
        .fill("Against", "2")
        .press("Record it")
    )
    assert "Leave not given: The general meeting" in page.text and "Not put" in page.text
    browser_of(app, cast.who["delegate"]).open(f"/motions/{motion.id}/leave", 403)
