"""What members, a delegate, an officer and a signer do every day, in three ways: by keyboard alone, without scripts, in large print.

With the keyboard the focus must be somewhere, in sight and marked after every key, and the first key leads past the menu. Without
scripts the screen is 320 pixels wide and nothing may be wider. In large print text has twice its size on a screen as narrow as
that, and nothing may be cut off. Each way has a server of its own, for a vote, a signature or a ruling can be given only once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from consult.model.store import db
from consult.service import coding, gatherings, nominations, seconding, statements
from consult.service.gatherings import Spec
from tests.browser.hands import NARROW, Keyboard, Pointer, enlarged, fits, narrow
from tests.browser.server import Served
from tests.browser.test_journey import PASSWORD, SECRETS, keyed
from tests.consulting import forum
from tests.desk import Desk
from tests.factories import NOON, found
from tests.motions import DAY, REASON, stage
from tests.nominations import Calling

Hands = Keyboard | Pointer
WAYS = ("keyboard", "no scripts", "large print")
#: What one says of oneself on the phone: the screen's width, and no scripts.
PHONE = {"viewport": {"width": 320, "height": 720}, "java_script_enabled": False}


def furnish() -> dict[str, Any]:
    """A motion at each of its stages, a consultation that asks, an event to come to, and a result to be signed."""
    cast = found()
    scene = stage(cast, motions_per_branch=0)
    motion, waiting, agreed = scene.published(), scene.submitted(heading="Trams"), scene.seconded(heading="Ferries")
    seeking = scene.draft(heading="Night buses")
    seconding.seek_support(seeking, by=cast.actor("mover"), at=NOON)
    asking = forum(cast).consultation
    for text in ("Homes come before buses.", "Buses come before homes."):
        row = statements.propose(asking, text, by=cast.actor("second"), at=NOON)
        statements.screen(row, True, by=cast.actor("moderator"), at=NOON)
    held = Spec(
        "Alder in March", NOON + 3 * DAY, NOON + 3 * DAY + timedelta(hours=2), place="Library", open_to="members"
    )
    coding.add_code(asking, "Homes", "Asks that homes be built.", by=cast.actor("committee_1"), at=NOON)
    calling = Calling(cast, uncalled=True)
    called = nominations.call(calling.body, calling.spec(opens_at=NOON - DAY), by=calling.officer, at=NOON - 2 * DAY)
    event = gatherings.plan(cast.units["Alder"], held, by=cast.actor("second"), at=NOON)
    desk = Desk(cast, keys=1, consultation=scene.consultation, at=NOON - 10 * DAY, signers_needed=1)
    desk.ask()
    desk.schedule()
    desk.vote("member", 0, 1, at=desk.during)
    desk.close()
    desk.count()
    kept = {"motion": motion.title, "agreed": f"/motions/{agreed.id}", "seeking": f"/motions/{seeking.id}"}
    kept |= {"asking": f"/consultations/{asking.id}", "event": f"/events/{event.id}", "waiting": waiting.label}
    kept |= {"call": called.title}
    kept |= {"desk": f"/ballots/{desk.ballot.id}/desk", "signature": desk.signature("committee_1").decode()}
    kept |= keyed(cast)
    db.session.remove()
    return kept


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def served(way: str, serve: Callable[..., Served], tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A server for this way, with the clock of its story."""
    clock = tmp_path_factory.mktemp("clock") / "now"
    clock.write_text(NOON.isoformat())
    return serve(furnish, CONSULT_TEST_APP="tests.browser.clocked:app", CONSULT_TEST_CLOCK=str(clock))


@pytest.fixture
def hands(way: str, served: Served, new_page: Callable[..., Page]) -> Hands:
    """Hands before an open browser, such as use this way."""
    if way == "no scripts":
        return Pointer(new_page(served, **PHONE), narrow)
    if way == "large print":
        return Pointer(enlarged(new_page(served, viewport=NARROW)), fits)
    return Keyboard(new_page(served))


def test_what_people_do_every_day(served: Served, hands: Hands) -> None:
    kept = served.furnished
    sign_in(hands, kept, "member")
    read_the_home(hands)
    speak(hands, kept)
    second(hands, kept)
    comment(hands, kept)
    answer(hands, kept)
    agree(hands, kept)
    nominate(hands, kept)
    come(hands, kept)
    choose(hands)
    sign_out(hands)
    sign_in(hands, kept, "delegate")
    draft(hands, kept)
    submit(hands, kept)
    sign_out(hands)
    sign_in(hands, kept, "chair")
    rule(hands, kept)
    sign_out(hands)
    sign_in(hands, kept, "committee_1")
    code(hands, kept)
    sign(hands, kept)


def main(hands: Hands) -> Locator:
    """The main part of the page."""
    return hands.page.get_by_role("main")


def sign_in(hands: Hands, kept: dict[str, Any], who: str) -> None:
    """With a password, and with the code of an authenticator where the office asks for it."""
    page = hands.page
    hands.go("/sign-in")
    hands.type(page.get_by_label("E-mail address or member number"), kept[who])
    hands.type(page.get_by_label("Password", exact=True), PASSWORD)
    hands.leave(main(hands).get_by_role("button", name="Sign in"))
    if page.url.endswith("/sign-in/code") or "/sign-in/code?" in page.url:
        hands.type(page.get_by_label("Code"), pyotp.TOTP(SECRETS[who]).at(NOON))
        hands.leave(main(hands).get_by_role("button", name="Go on"))
    expect(page).not_to_have_url(re.compile("/sign-in"))


def sign_out(hands: Hands) -> None:
    """By the button in the head of every page."""
    hands.leave(hands.page.get_by_role("banner").get_by_role("button", name="Sign out"))
    expect(hands.page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


def read_the_home(hands: Hands) -> None:
    """What one must decide, and the menu from there."""
    page = hands.page
    hands.go("/")
    expect(main(hands).get_by_role("heading", level=1)).to_be_visible()
    menu = page.get_by_role("banner").locator("summary")
    if menu.is_visible():
        menu.click()
    hands.leave(page.get_by_role("banner").get_by_role("link", name="Motions").filter(visible=True))
    expect(page).to_have_url(re.compile("/motions$"))


def speak(hands: Hands, kept: dict[str, Any]) -> None:
    """Find a motion by a word of it, read it, and speak for it."""
    hands.type(main(hands).get_by_role("searchbox"), "Sundays")
    hands.leave(main(hands).get_by_role("button", name="Show").or_(main(hands).get_by_role("button", name="Search")))
    hands.leave(main(hands).get_by_role("link", name=kept["motion"]).first)
    hands.leave(main(hands).get_by_role("link", name="Debate").first)
    hands.choose(main(hands).get_by_label("For", exact=True))
    hands.type(main(hands).get_by_label("What you have to say"), "Fair fares.")
    hands.leave(main(hands).get_by_role("button", name="Say it"))
    expect(main(hands).get_by_text("Fair fares.").first).to_be_visible()


def second(hands: Hands, kept: dict[str, Any]) -> None:
    """Second a motion that looks for support."""
    hands.go(kept["seeking"])
    hands.leave(main(hands).get_by_role("button", name="Second it"))
    expect(main(hands).get_by_text("You have seconded this motion.")).to_be_visible()


def comment(hands: Hands, kept: dict[str, Any]) -> None:
    """Comment on a paragraph of a paper."""
    hands.go(f"{kept['asking']}/paper")
    hands.leave(main(hands).get_by_role("link", name=re.compile("Comment.*paragraph 1")))
    hands.choose(main(hands).get_by_label("For it", exact=True))
    hands.type(main(hands).get_by_label("What you want to say"), "So they are.")
    hands.leave(main(hands).get_by_role("button", name="Say it"))
    expect(main(hands).get_by_text("1 comment").first).to_be_visible()


def answer(hands: Hands, kept: dict[str, Any]) -> None:
    """Answer the questions of a consultation."""
    hands.go(kept["asking"])
    hands.leave(main(hands).get_by_role("link", name="Write a submission").first)
    hands.choose(main(hands).get_by_label("Myself"))
    hands.leave(main(hands).get_by_role("button", name="Go on"))
    hands.type(main(hands).get_by_label("1. What would you do first?"), "Build on the old market.")
    hands.choose(main(hands).get_by_label("Yes", exact=True))
    hands.tick(main(hands).get_by_label("Homes", exact=True))
    hands.leave(main(hands).get_by_role("button", name="Send it"))
    expect(main(hands).get_by_text("It is sent").first).to_be_visible()


def agree(hands: Hands, kept: dict[str, Any]) -> None:
    """Say what one thinks of two statements, and propose a third."""
    hands.go(f"{kept['asking']}/statements")
    for name in ("Agree", "Unsure"):
        hands.leave(main(hands).get_by_role("button", name=name, exact=True))
    expect(main(hands).get_by_text("You have answered every statement")).to_be_visible()
    hands.leave(main(hands).get_by_role("link", name="Propose a statement"))
    hands.type(main(hands).get_by_label("Your statement"), "Both can be had.")
    hands.leave(main(hands).get_by_role("button", name="Propose it"))
    expect(main(hands).get_by_role("heading", level=1)).to_have_text("Statements")


def nominate(hands: Hands, kept: dict[str, Any]) -> None:
    """Nominate somebody where nominations are called for."""
    hands.go("/nominations")
    hands.leave(main(hands).get_by_role("link", name=kept["call"]).first)
    hands.leave(main(hands).get_by_role("link", name="Nominate somebody"))
    hands.type(main(hands).get_by_label("Member number or e-mail address"), kept["mover"])
    hands.leave(main(hands).get_by_role("button", name="Nominate"))
    expect(main(hands).get_by_text("Your nomination is recorded.")).to_be_visible()


def come(hands: Hands, kept: dict[str, Any]) -> None:
    """Say that one comes to an event, and what one needs there."""
    hands.go("/events")
    hands.leave(main(hands).get_by_role("link", name="Alder in March").first)
    hands.type(main(hands).get_by_label("What you need to take part"), "A ramp.")
    hands.leave(main(hands).get_by_role("button", name="I am coming"))
    expect(hands.page).to_have_url(re.compile(f"{kept['event']}$"))
    expect(main(hands).get_by_role("button", name="I am coming")).to_have_count(0)


def choose(hands: Hands) -> None:
    """Have answers to what one wrote told once a week."""
    hands.go("/notices/choices")
    weekly = main(hands).get_by_role("group", name="Answers to what you wrote").get_by_label("in a digest on Mondays")
    hands.choose(weekly)
    hands.leave(main(hands).get_by_role("button", name="Save"))
    hands.go("/notices/choices")
    expect(weekly).to_be_checked()


def draft(hands: Hands, kept: dict[str, Any]) -> None:
    """Draft a motion, and read it as it would stand."""
    hands.go("/motions")
    hands.leave(main(hands).get_by_role("link", name="Draft a motion").first)
    hands.choose(main(hands).get_by_label("Alder", exact=True))
    hands.type(main(hands).get_by_label("Heading"), "Benches in every street")
    hands.type(main(hands).get_by_label("Notes"), "There are no benches in Mill Street.")
    hands.type(main(hands).get_by_label("Resolves"), "To put up benches.")
    hands.leave(main(hands).get_by_role("button", name="Save draft"))
    expect(main(hands).get_by_role("heading", level=1)).to_contain_text("Benches in every street")


def submit(hands: Hands, kept: dict[str, Any]) -> None:
    """Submit what one's branch has agreed."""
    hands.go(kept["agreed"])
    hands.leave(main(hands).get_by_role("link", name="Submit for the branch"))
    meeting = main(hands).get_by_role("group", name="When was the meeting?")
    for label, value in (("Day", "1"), ("Month", "3"), ("Year", "2026")):
        hands.type(meeting.get_by_label(label), value)
    for label, value in (("How many were present?", "31"), ("How many voted for the motion?", "26")):
        hands.type(main(hands).get_by_label(label), value)
    hands.type(main(hands).get_by_label("How many voted against?"), "3")
    hands.leave(main(hands).get_by_role("button", name="Submit the motion"))
    expect(hands.page).to_have_url(re.compile(f"{kept['agreed']}$"))
    expect(main(hands).get_by_role("link", name="Submit for the branch")).to_have_count(0)


def rule(hands: Hands, kept: dict[str, Any]) -> None:
    """Rule a motion in order, with the reason."""
    hands.go("/rulings/queue")
    hands.leave(main(hands).get_by_role("link", name=f"Rule on {kept['waiting']}").first)
    hands.choose(main(hands).get_by_label("In order", exact=True))
    hands.pick(main(hands).get_by_label("By which standing order"))
    hands.type(main(hands).get_by_label("The reason"), REASON)
    hands.leave(main(hands).get_by_role("button", name="Make the ruling"))
    expect(main(hands).get_by_text("The ruling is made").first).to_be_visible()


def code(hands: Hands, kept: dict[str, Any]) -> None:
    """Code what was said in a consultation."""
    hands.go(f"{kept['asking']}/coding")
    hands.leave(main(hands).get_by_role("link", name="Submission 1", exact=True))
    hands.tick(main(hands).get_by_label("Homes", exact=True))
    hands.leave(main(hands).get_by_role("button", name="I have read it to the end"))
    expect(main(hands).get_by_text("It is coded.")).to_be_visible()


def sign(hands: Hands, kept: dict[str, Any]) -> None:
    """Sign a result with what the command has printed."""
    hands.go(kept["desk"])
    hands.leave(main(hands).get_by_role("link", name="Sign the result").first)
    hands.type(main(hands).get_by_label("Signature", exact=True), kept["signature"])
    hands.leave(main(hands).get_by_role("button", name="Add my signature"))
    expect(main(hands).get_by_text("Your signature is on the result.")).to_be_visible()
