"""What members do most, and what an officer does, by keyboard alone.

Signing in, reading a motion and speaking in its debate, answering a consultation, saying that one comes to a meeting, choosing
how to hear of news; and ruling on a motion.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page, expect

from consult.model.store import db
from consult.service import gatherings
from consult.service.gatherings import Spec
from tests.browser.hands import Keyboard
from tests.browser.server import Served
from tests.browser.test_journey import PASSWORD, SECRETS, keyed
from tests.consulting import forum
from tests.factories import NOON, found
from tests.motions import DAY, REASON, stage


def furnish() -> dict[str, Any]:
    """A motion in debate, one that waits for a ruling, a consultation that asks, and an event to come to."""
    cast = found()
    scene = stage(cast, motions_per_branch=0)
    motion, waiting = scene.published(), scene.submitted()
    asking = forum(cast).consultation
    held = Spec(
        "Alder in March", NOON + 3 * DAY, NOON + 3 * DAY + timedelta(hours=2), place="Library", open_to="members"
    )
    event = gatherings.plan(cast.units["Alder"], held, by=cast.actor("second"), at=NOON)
    kept = {"motion": f"/motions/{motion.id}", "asking": f"/consultations/{asking.id}", "event": f"/events/{event.id}"}
    kept |= {"waiting": waiting.label} | keyed(cast)
    db.session.remove()
    return kept


@pytest.fixture
def served(serve: Callable[..., Served], tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A server with the clock of its story."""
    clock = tmp_path_factory.mktemp("clock") / "now"
    clock.write_text(NOON.isoformat())
    return serve(furnish, CONSULT_TEST_APP="tests.browser.clocked:app", CONSULT_TEST_CLOCK=str(clock))


@pytest.fixture
def hands(served: Served, new_page: Callable[..., Page]) -> Keyboard:
    """Hands with a keyboard before an open browser."""
    return Keyboard(new_page(served))


def test_what_members_do_and_what_an_officer_does(served: Served, hands: Keyboard) -> None:
    page, kept = hands.page, served.furnished
    sign_in(hands, kept, "member")
    speak(hands, kept)
    answer(hands, kept)
    come(hands, kept)
    choose(hands)
    page.context.clear_cookies()
    sign_in(hands, kept, "chair")
    rule(hands, kept)


def sign_in(hands: Keyboard, kept: dict[str, Any], who: str) -> None:
    """With a password, and with the code of an authenticator."""
    page, main = hands.page, hands.page.get_by_role("main")
    page.goto("/sign-in")
    hands.type(page.get_by_label("E-mail address or member number"), kept[who])
    hands.type(page.get_by_label("Password", exact=True), PASSWORD)
    hands.leave(main.get_by_role("button", name="Sign in"))
    hands.type(page.get_by_label("Code"), pyotp.TOTP(SECRETS[who]).at(NOON))
    hands.leave(main.get_by_role("button", name="Go on"))
    expect(page).not_to_have_url(re.compile("/sign-in"))


def speak(hands: Keyboard, kept: dict[str, Any]) -> None:
    """Read a motion, and speak for it."""
    page, main = hands.page, hands.page.get_by_role("main")
    page.goto(kept["motion"])
    hands.leave(main.get_by_role("link", name="Debate").first)
    hands.choose(main.get_by_label("For", exact=True))
    hands.type(main.get_by_label("What you have to say"), "Fair fares.")
    hands.leave(main.get_by_role("button", name="Say it"))
    expect(main.get_by_text("Fair fares.").first).to_be_visible()


def answer(hands: Keyboard, kept: dict[str, Any]) -> None:
    """Answer the questions of a consultation."""
    page, main = hands.page, hands.page.get_by_role("main")
    page.goto(kept["asking"])
    hands.leave(main.get_by_role("link", name="Write a submission").first)
    hands.choose(main.get_by_label("Myself"))
    hands.leave(main.get_by_role("button", name="Go on"))
    hands.type(main.get_by_label("1. What would you do first?"), "Build on the old market.")
    hands.choose(main.get_by_label("Yes", exact=True))
    hands.leave(main.get_by_role("button", name="Send it"))
    expect(page.get_by_text("It is sent").first).to_be_visible()


def come(hands: Keyboard, kept: dict[str, Any]) -> None:
    """Say that one comes to an event, and what one needs there."""
    page, main = hands.page, hands.page.get_by_role("main")
    page.goto("/events")
    hands.leave(main.get_by_role("link", name="Alder in March").first)
    hands.type(main.get_by_label("What you need to take part"), "A ramp.")
    hands.leave(main.get_by_role("button", name="I am coming"))
    expect(page).to_have_url(re.compile(f"{kept['event']}$"))
    expect(main.get_by_role("button", name="I am coming")).to_have_count(0)


def choose(hands: Keyboard) -> None:
    """Have answers to what one wrote told once a week."""
    page, main = hands.page, hands.page.get_by_role("main")
    page.goto("/notices/choices")
    weekly = main.get_by_role("group", name="Answers to what you wrote").get_by_label("in a digest on Mondays")
    hands.choose(weekly)
    hands.leave(main.get_by_role("button", name="Save"))
    page.goto("/notices/choices")
    expect(weekly).to_be_checked()


def rule(hands: Keyboard, kept: dict[str, Any]) -> None:
    """Rule a motion in order, with the reason."""
    page, main = hands.page, hands.page.get_by_role("main")
    page.goto("/rulings/queue")
    hands.leave(main.get_by_role("link", name=f"Rule on {kept['waiting']}").first)
    hands.choose(main.get_by_label("In order", exact=True))
    hands.pick(main.get_by_label("By which standing order"))
    hands.type(main.get_by_label("The reason"), REASON)
    hands.leave(main.get_by_role("button", name="Make the ruling"))
    expect(page.get_by_text("The ruling is made").first).to_be_visible()
