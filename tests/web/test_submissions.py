"""The pages of taking part: terms and questions, the paper with its comments, and submissions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from consult.service import clock, statements
from tests.consulting import Forum, forum
from tests.factories import NOON, Cast
from tests.motions import DAY
from tests.web.pages import Browser, Page
from tests.web.signing_in import browser_of


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forum]:
    made = forum(cast, minimum_group=3)
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    yield made


def test_a_member_writes_keeps_sends_and_revises(app: Flask, scene: Forum, browser: Browser) -> None:
    member = browser_of(app, scene.cast.who["member"])
    page = member.open("/consultations").click("Homes and buses")
    assert "It informs those who decide and binds nobody" in page.text
    page = page.click("Write a submission").press("Go on")  # one voice: nothing to choose
    page = page.fill("Anything else you want to say", "Half a thought").press("Keep it as a draft")
    assert "kept as a draft" in page.text
    page = page.click("Go on writing").press("Send it", 422)
    assert any("needs an answer" in error for error in page.errors)
    page = page.fill("1. What would you do first?", "Build on the old market.").choose(
        "2. Should the movement own homes?", "Yes"
    )
    page = page.press("Send it")
    assert "It is sent" in page.text and "Build on the old market." in page.text and "Half a thought" in page.text
    page = page.click("Revise it").fill("1. What would you do first?", "Ask the council.").press("Send it")
    assert "Ask the council." in page.text
    read = browser.open("/consultations/1/submissions")
    assert "A member" in read.text and "Mabel Thorn" not in read.text and "withheld" in read.text
    assert "Mabel Thorn" in browser_of(app, scene.cast.who["delegate"]).open("/consultations/1/submissions").text
    first = browser.open("/submissions/1?version=1")
    assert "Build on the old market." in first.text
    page = page.click("Withdraw it")
    assert "counts in no figure" in page.main and "until the phase closes" in page.main.lower()
    page = page.press("Withdraw it")
    assert "It is withdrawn" in page.notices[0] and "changes that you have not sent" not in page.main
    assert page.click("Go on writing").title == "Your submission"
    browser.open("/submissions/1", 404)


def test_an_officer_speaks_for_a_meeting_with_its_minutes(app: Flask, scene: Forum, browser: Browser) -> None:
    officer = browser_of(app, scene.cast.who["second"])
    page = officer.open("/consultations/1/submissions/new")
    page = page.choose("You speak for", "A meeting of Alder, with its minutes").press("Go on")
    page = page.fill("1. What would you do first?", "Build.").fill_all(
        **{"held_on-day": 27, "held_on-month": 2, "held_on-year": 2026, "present": 14}
    )
    page = page.fill("Minutes", "Short.").press("Send it", 422)
    assert any("minutes" in error for error in page.errors)
    page = page.fill("Minutes", "We met in the library and agreed with two against.").press("Send it")
    read = browser.open("/submissions/1")
    assert "a meeting of Alder" in read.text and "Friday 27 February 2026" in read.text and "Present: 14" in read.text


def test_the_paper_is_commented_on_and_moderated(app: Flask, scene: Forum, browser: Browser) -> None:
    page = browser_of(app, scene.cast.who["member"]).open("/consultations/1/paper")
    page = page.click("Comment: paragraph 1").choose("You speak", "For it").fill("What you want to say", "So they are.")
    page = page.press("Say it")
    assert "1 comment" in page.text and "Mabel Thorn" in page.text
    page = browser_of(app, scene.cast.who["supporter"]).open("/consultations/1/paper").click("Answer: Mabel Thorn")
    page = page.fill("What you want to say", "All of them?").press("Say it")
    assert "Sorrel Bright (supporter)" in page.text
    assert "Mabel Thorn" not in browser.open("/consultations/1/paper").text
    moderator = browser_of(app, scene.cast.who["moderator"])
    page = moderator.open("/consultations/1/paper").click("Hide: what Mabel Thorn wrote")
    page = page.choose("The ground", "private").fill("The reason", "It gives an address away.").press("Hide it")
    assert "It gives an address away." in page.text and "So they are." not in page.text
    page.click("Show it again: Mabel Thorn").fill("Why", "It was aimed at nobody.").press("Show it again")
    browser_of(app, scene.cast.who["member"]).open("/consultations/1/paper/p99", 404)


def test_the_committee_declares_and_asks(app: Flask, scene: Forum) -> None:
    browser_of(app, scene.cast.who["member"]).open("/consultations/1/taking-part", 403)
    officer = browser_of(app, scene.cast.who["committee_1"])
    page = officer.open("/consultations/1/taking-part").fill("Minimum group", "2").fill("Why", "We are few.")
    page = page.press("Declare this", 422)
    assert any("from 3 to 100" in error for error in page.errors)
    page = page.fill("Minimum group", "4").press("Declare this")
    assert page.title == "Questions"
    page = page.fill("Question", "Which street?").choose("It is answered by", "one of several answers")
    page = page.fill("Answers to choose from", "High Street").press("Save the question", 422)
    page = page.fill("Answers to choose from", "High Street\nMill Lane").press("Save the question")
    page = page.press("Move up: Which street?").click("Change: Which street?")
    page = page.fill("Question", "Which road?").fill("Why", "It is no street.").press("Save the question")
    assert "Which road?" in page.text
    page = page.click("Take out: Which road?").fill("Why", "It is asked in another way.").press("Take it out")
    assert "Which road?" not in page.main


def test_one_is_set_aside_and_restored(app: Flask, scene: Forum, browser: Browser) -> None:
    scene.sent("member")
    page = browser_of(app, scene.cast.who["moderator"]).open("/submissions/1").click("Set it aside")
    page = page.fill("Reason", "It names somebody's neighbour.").press("Go on")
    assert "Build on the old market." not in browser.open("/submissions/1").text
    page.click("Restore it").fill("Why", "The name is gone.").press("Take it up again")
    assert "Build on the old market." in browser.open("/submissions/1").text


def test_after_the_close_nobody_is_invited_to_write(app: Flask, scene: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    address, member = "/consultations/1/submissions/new", browser_of(app, scene.cast.who["member"])
    assert "Go on" in member.open(address).buttons()
    monkeypatch.setattr(clock, "source", lambda session: NOON + 11 * DAY)
    page = member.open(address)
    assert "The time for submissions is over" in page.text and "Go on" not in page.buttons()
    assert page.links()["Read the submissions"] == "/consultations/1/submissions"


def test_after_the_close_what_was_written_is_read_and_no_form_is_shown(
    app: Flask, scene: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = browser_of(app, scene.cast.who["member"])
    page = member.open("/consultations/1/submissions/new").choose("You speak for", "Myself").press("Go on")
    assert "It must be answered." in page.main
    address = page.address
    page.fill("Anything else you want to say", "Half a thought").press("Keep it as a draft")
    monkeypatch.setattr(clock, "source", lambda session: NOON + 11 * DAY)
    page = member.open(address)
    assert "never sent" in page.main and "Half a thought" in page.main and "Send it" not in page.buttons()


def forms(page: Page) -> int:
    """How many forms stand in the main part of a page."""
    return len(list(next(page.tree.iter("main")).iter("form")))


def test_after_the_close_a_sentence_stands_in_place_of_each_form(
    app: Flask, scene: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.sent("member")
    member, officer = (browser_of(app, scene.cast.who[name]) for name in ("member", "committee_1"))
    member.open("/consultations/1/paper/p1").fill("What you want to say", "Good.").choose("You speak", "For it").press(
        "Say it"
    )
    proposing = member.open("/consultations/1/statements/propose").fill("Your statement", "Homes come before buses.")
    theirs = (
        "/consultations/1/paper/p1", "/paragraph-comments/1/answer", "/paragraph-comments/1/correct",
        "/consultations/1/statements/propose", "/submissions/1/withdraw",
    )  # fmt: skip
    kept = ("/consultations/1/edit", "/consultations/1/questions", "/questions/1", "/questions/1/out")
    before = [forms(member.open(address)) for address in theirs]
    monkeypatch.setattr(clock, "source", lambda session: NOON + 10 * DAY)
    for who, addresses, said in (
        (member, theirs, "that deadline has passed"),
        (officer, kept, "People were asked until"),
    ):
        for address in addresses:
            page = who.open(address)
            assert said in page.main and forms(page) == 0, address
    assert before == [1] * len(theirs)
    late = proposing.press("Propose it", 409)  # what was typed is not lost to the deadline
    assert "that deadline has passed" in late.main and "Homes come before buses." in late.html


@pytest.mark.parametrize("address", ["/submissions/1", "/consultations/1/paper"])
def test_a_version_that_there_is_not_is_no_page(app: Flask, scene: Forum, address: str) -> None:
    scene.sent("member")
    member = browser_of(app, scene.cast.who["member"])
    assert member.open(f"{address}?version=1").title == member.open(address).title
    for wanted in ("99", "0", "newest"):
        assert "There is no version of this number." in member.open(f"{address}?version={wanted}", 404).main


def test_a_second_press_sends_nothing_twice_and_an_older_page_shows_the_newer_text(app: Flask, scene: Forum) -> None:
    member = browser_of(app, scene.cast.who["member"])
    page = member.open("/consultations/1/submissions/new").choose("You speak for", "Myself").press("Go on")
    page = page.fill("1. What would you do first?", "Build.").choose("2. Should the movement own homes?", "Yes")
    assert "It is sent" in page.press("Send it").text
    again = page.press("Send it")
    assert "It is sent" in again.text and "Versions:" not in again.text
    page = page.fill("1. What would you do first?", "Ask.").press("Send it", 409)
    assert "Build." in page.main and page.links()["Your submission as it stands"] == "/submissions/1"
    assert "Ask." in page.press("Send it").main


def test_a_branch_that_has_spoken_is_led_to_what_it_sent(app: Flask, scene: Forum) -> None:
    scene.sent("second", "unit", "Alder")
    page = browser_of(app, scene.cast.who["second"]).open("/consultations/1/submissions/new")
    assert (
        "Alder has a submission already." in page.main
        and page.links()["Open it and revise it: Alder"] == "/submissions/1"
    )
    assert page.choose("You speak for", "Myself")
    with pytest.raises(AssertionError):
        page.choose("You speak for", "Alder")


def test_statements_that_wait_to_be_screened_are_counted(app: Flask, scene: Forum) -> None:
    member = browser_of(app, scene.cast.who["member"])
    assert "Propose the first one." in member.open("/consultations/1/statements").text
    text = "Homes come before buses."
    statements.propose(scene.consultation, text, by=scene.cast.actor("mover"), at=NOON)
    page = member.open("/consultations/1/statements").text
    assert "1 statement waits to be screened" in page and "Propose the first one." not in page
    queue = browser_of(app, scene.cast.who["moderator"]).open("/reports")
    assert "1 statement to screen" in queue.main and "Nothing waits" not in queue.main
    assert queue.click("Homes and buses").title.startswith("Screen")
