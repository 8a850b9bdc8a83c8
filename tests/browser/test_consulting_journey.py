"""A consultation in a real browser, from its close to the motion that grew out of it: coded twice, analysed, answered, acted upon.

Two officers code what was said, each in a browser of their own; the figures of their agreement were worked out by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from consult.model.store import db
from tests.browser import eyes
from tests.browser.server import Served
from tests.browser.test_journey import Theatre, fill, keyed, press
from tests.consulting import forum
from tests.factories import NOON, found, make_consultation
from tests.motions import DAY, Stage

PHONE, DESK = eyes.Sight(320, "light"), eyes.Sight(1280, "dark")
ASKING, MOTION = "/consultations/1", "/motions/1"

#: What was said, and the codes that each of the two officers finds in it: they differ in one of eight judgements.
MARKET = "Build homes on the old market."
HOURLY = "A bus every hour, and homes beside every stop."
EVENING = "More buses in the evening."
NOTHING = "Leave the town as it is."
FOUND = {
    "committee_1": {MARKET: ["Homes"], HOURLY: ["Homes", "Buses"], EVENING: ["Buses"], NOTHING: []},
    "committee_2": {MARKET: ["Homes"], HOURLY: ["Buses"], EVENING: ["Buses"], NOTHING: []},
}


def furnish() -> dict[str, str]:
    """A consultation to which four people have spoken, a round of motions that is open longer, and a draft in it."""
    cast = found()
    asked = forum(cast, minimum_group=3)
    for name, words in (("member", MARKET), ("supporter", HOURLY), ("second", EVENING), ("stranger", NOTHING)):
        asked.sent(name, text=words)
    Stage(cast, make_consultation(cast, drafting=(NOON - DAY, NOON + 20 * DAY))).draft(heading="An hourly bus")
    emails = keyed(cast)
    db.session.remove()
    return emails


@pytest.fixture
def theatre(
    serve: Callable[..., Served], new_page: Callable[..., Page], tmp_path_factory: pytest.TempPathFactory
) -> Theatre:
    clock = tmp_path_factory.mktemp("clock") / "now"
    clock.write_text(NOON.isoformat())
    served = serve(furnish, CONSULT_TEST_APP="tests.browser.clocked:app", CONSULT_TEST_CLOCK=str(clock))
    return Theatre(served, clock, new_page, {})


def test_from_what_was_said_to_a_motion(theatre: Theatre) -> None:
    theatre.now(NOON + 11 * DAY)
    keep_a_code_book(theatre)
    for officer in FOUND:
        code(theatre, officer)
    analyse(theatre)
    respond(theatre)
    grow(theatre)
    say_what_was_done(theatre)
    read(theatre.open_page(theatre.served))


def keep_a_code_book(theatre: Theatre) -> None:
    page = theatre.as_("committee_1")
    page.goto(f"{ASKING}/outcome")
    press(page, "The coders’ desk")
    for name, meaning in (("Homes", "Asks that homes be built."), ("Buses", "Asks for more or later buses.")):
        fill(page, Name=name, What_it_stands_for=meaning)
        press(page, "Add it")
        expect(page.get_by_role("main").get_by_role("heading", name=name)).to_be_visible()
    eyes.look(page, DESK, "consulting-desk")


def code(theatre: Theatre, officer: str) -> None:
    """Each of the four, from the desk; whoever comes second sees nothing of what the first has found."""
    page, second = theatre.as_(officer), officer == "committee_2"
    main = page.get_by_role("main")
    for number in range(1, 5):
        page.goto(f"{ASKING}/coding")
        row = main.get_by_role("listitem").filter(has_text=f"Submission {number}")
        expect(row).to_contain_text("To code")
        expect(row).to_contain_text("1 coder" if second else "0 coders")
        press(page, f"Submission {number}")
        expect(main.locator("input:checked")).to_have_count(0)
        expect(main.get_by_label(re.compile("The words that it rests on.*Homes"))).to_have_value("")
        said = next(words for words in FOUND[officer] if words in main.inner_text())
        for name in FOUND[officer][said]:
            main.get_by_label(name, exact=True).check()
            main.get_by_label(re.compile(f"The words that it rests on.*{name}")).fill(said.split()[-1])
        if number == 2:
            eyes.look(page, PHONE, f"consulting-code-{officer}")
        press(page, "I have read it to the end")
        expect(row).to_contain_text("You have coded it")
    expect(main.locator(".figures")).to_contain_text(re.compile(f"coded twice\\s*{4 if second else 0}"))


def analyse(theatre: Theatre) -> None:
    page = theatre.as_("committee_1")
    page.goto(f"{ASKING}/outcome")
    page.get_by_role("link", name=re.compile("^Write it.*Analysis")).click()
    fill(page, Text="## What was said\n\n- Half spoke of homes, half of buses.")
    press(page, "Look at it and publish it")
    eyes.look(page, PHONE, "consulting-publish")
    press(page, "Publish it")
    expect(page).to_have_url(re.compile(f"{ASKING}/analysis$"))


def respond(theatre: Theatre) -> None:
    """The other officer writes what the committee answers."""
    page = theatre.as_("committee_2")
    page.goto(f"{ASKING}/outcome")
    page.get_by_role("link", name=re.compile("^Write it.*Official response")).click()
    fill(page, Text="## What we take from it\n\nThe committee will support a motion for an hourly bus.")
    press(page, "Look at it and publish it")
    press(page, "Publish it")
    expect(page).to_have_url(re.compile(f"{ASKING}/response$"))


def grow(theatre: Theatre) -> None:
    """The mover says what the draft grew out of, before it looks for seconders and is sent."""
    page = theatre.as_("mover")
    page.goto(MOTION)
    press(page, "It grew out of a consultation")
    page.get_by_label("Consultation").select_option(label="Homes and buses")
    fill(page, What_in_it="Half of those who spoke asked for buses.")
    eyes.look(page, PHONE, "consulting-grew")
    press(page, "Link them")
    expect(page.get_by_role("main")).to_contain_text("This motion grew out of a consultation: Homes and buses")
    press(page, "Open it for seconders")
    for name in ("second", "member"):
        seconder = theatre.as_(name)
        seconder.goto(MOTION)
        press(seconder, "Second it")
    delegate = theatre.as_("delegate")
    delegate.goto(f"{MOTION}/submit")
    meeting = delegate.get_by_role("group", name="When was the meeting?")
    for label, value in (("Day", "1"), ("Month", "3"), ("Year", "2026")):
        meeting.get_by_label(label).fill(value)
    fill(delegate, How_many_were_present="31", How_many_voted_for="26", How_many_voted_against="3")
    press(delegate, "Submit the motion")
    chair = theatre.as_("chair")
    chair.goto(f"{MOTION}/rule")
    chair.get_by_label("In order", exact=True).check()
    chair.get_by_label("By which standing order").select_option(index=1)
    fill(chair, The_reason="It has one subject and says what is to be done and by whom.")
    press(chair, "Make the ruling")
    chair.goto(MOTION)
    press(chair, "Publish it")


def say_what_was_done(theatre: Theatre) -> None:
    page = theatre.as_("committee_1")
    page.goto(f"{ASKING}/outcome")
    press(page, "Enter a row")
    fill(page, You_said="The last bus leaves too early.", We_did="A motion for an hourly bus is before the members.")
    page.get_by_label("Under way", exact=True).check()
    page.get_by_label("A motion that grew out of it").select_option(label="Motion 1: An hourly bus")
    press(page, "Save the row")
    expect(page.locator(".saidone")).to_contain_text("The last bus leaves too early.")
    eyes.look(page, PHONE, "consulting-outcome")


def read(page: Page) -> None:
    """A visitor reads how well the officers agreed, what was answered and done, and goes to the motion and back.

    Homes: alike in 3 of 4, by chance 1/2, so kappa is (3/4 - 1/2) / (1/2) = 1/2. Buses: alike in all, so 1. Over both,
    16 judgements of which 7 found a code and one pair differs: alpha is 1 - 15 · 1 / (7 · 9) = 16/21.
    """
    main = page.get_by_role("main")
    page.goto(ASKING)
    press(page, "What came of it")
    press(page, "Analysis: what was said")
    expect(main).to_contain_text("Half spoke of homes, half of buses.")
    expect(main).to_contain_text(
        "4 of 4 submissions were coded, 4 of them by two officers who did not see each other’s work."
    )
    expect(main).to_contain_text("is 0.76 (exactly 16/21)")
    kappas = main.get_by_role("table", name="Cohen’s kappa for each code").get_by_role("row")
    expect(kappas.filter(has_text="Homes")).to_have_text(re.compile(r"^Homes430\.50$"))
    expect(kappas.filter(has_text="Buses")).to_have_text(re.compile(r"^Buses441(\.00)?$"))
    for sight in (PHONE, DESK):
        eyes.look(page, sight, "consulting-analysis")
    press(page, "What came of it")
    press(page, "Official response")
    expect(main).to_contain_text("The committee will support a motion for an hourly bus.")
    press(page, "What came of it")
    expect(main.locator(".saidone")).to_contain_text("A motion for an hourly bus is before the members.")
    press(page, "Motion 1: An hourly bus")
    expect(page).to_have_url(re.compile(f"{MOTION}$"))
    expect(main).to_contain_text("This motion grew out of a consultation: Homes and buses")
    press(page, "Homes and buses")
    expect(page).to_have_url(re.compile(f"{ASKING}/outcome$"))
    expect(main.locator("#motions ~ article")).to_contain_text("Half of those who spoke asked for buses.")
