"""The whole journey in a real browser, each step as its own role: from a drafted motion to a published result.

The clock is the test's (see clocked.py), everything else is as served. Every page met is checked by axe and photographed
into tests/browser/shots.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page

from consult.model.members import Account, Member
from consult.model.store import db, writing
from consult.service import passwords, vault
from tests.browser import eyes
from tests.browser.server import Served
from tests.factories import NOON, Cast, found, make_consultation

PASSWORD = "marsh lantern gate twelve"
SECRETS = {}
DAY = timedelta(days=1)
PHONE, DESK = eyes.Sight(320, "light"), eyes.Sight(1280, "light")


def furnish() -> dict[str, str]:
    """The small movement with a consultation, and a password and an authenticator for everybody in the cast."""
    cast = found()
    make_consultation(
        cast,
        drafting=(NOON, NOON + 2 * DAY),
        amendments=(NOON + 2 * DAY, NOON + 4 * DAY),
        debating=(NOON, NOON + 20 * DAY),
    )
    emails = keyed(cast)
    db.session.remove()
    return emails


def keyed(cast: Cast) -> dict[str, str]:
    """A password and an authenticator for everybody in the cast; gives back their addresses."""
    hashed = passwords.hashed(PASSWORD)
    emails = {}
    with writing() as session:
        for name, member in cast.who.items():
            account = session.get(Account, member.id) or Account(member_id=member.id, created_at=NOON)
            session.add(account)
            secret = SECRETS.setdefault(name, pyotp.random_base32())
            account.password_hash = hashed
            account.totp_sealed = vault.seal(f"totp:{member.id}", secret.encode())
            account.totp_confirmed_at = NOON
            emails[name] = session.get_one(Member, member.id).email or ""
    return emails


@dataclass
class Theatre:
    """The server, its clock, and a signed-in page for each of the cast."""

    served: Served
    clock: Path
    open_page: Callable[..., Page]
    pages: dict[str, Page]
    at: datetime = NOON

    def now(self, at: datetime) -> None:
        """Set the clock."""
        self.at = at
        self.clock.write_text(at.isoformat())

    def as_(self, name: str) -> Page:
        """The page of one of the cast, signed in the first time, with the second factor where it is asked for."""
        if name not in self.pages:
            page = self.open_page(self.served)
            page.goto("/sign-in")
            page.get_by_label("E-mail address or member number").fill(self.served.furnished[name])
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Sign in").click()
            if "/sign-in/code" in page.url:
                page.get_by_label("Code").fill(pyotp.TOTP(SECRETS[name]).at(self.at))
                page.get_by_role("button", name="Go on").click()
            assert "/sign-in" not in page.url, page.inner_text("main")
            self.pages[name] = page
        return self.pages[name]


@pytest.fixture
def theatre(
    serve: Callable[..., Served], new_page: Callable[..., Page], tmp_path_factory: pytest.TempPathFactory
) -> Theatre:
    clock = tmp_path_factory.mktemp("clock") / "now"
    clock.write_text(NOON.isoformat())
    served = serve(furnish, CONSULT_TEST_APP="tests.browser.clocked:app", CONSULT_TEST_CLOCK=str(clock))
    return Theatre(served, clock, new_page, {})


def press(page: Page, name: str) -> None:
    """Press a button or follow a link that looks like one, in the main part of the page."""
    main = page.get_by_role("main")
    button = main.get_by_role("button", name=name, exact=True)
    (button if button.count() else main.get_by_role("link", name=name, exact=True)).first.click()


#: What axe found, page by page: the journey goes on, and fails at its end.
complaints: list[str] = []


def look(page: Page, name: str) -> None:
    """axe and a photograph, on a phone and on a desk."""
    for sight in (PHONE, DESK):
        try:
            eyes.look(page, sight, f"journey-{name}")
        except AssertionError as complaint:
            complaints.append(str(complaint))


def begins(label: str) -> re.Pattern[str]:
    """A label that begins so, whatever white space the markup has before it."""
    return re.compile(rf"^\s*{re.escape(label)}", re.I)


def fill(page: Page, **fields: str) -> None:
    """Fill fields by the beginning of their labels, underscores for spaces."""
    for label, value in fields.items():
        page.get_by_role("main").get_by_label(begins(label.replace("_", " "))).first.fill(value)


def set_instant(page: Page, legend: str, at: datetime) -> None:
    """Type a day and a time into the field of that legend; the cast lives on UTC in winter."""
    group = page.get_by_role("group", name=legend)
    for label, value in (("Day", at.day), ("Month", at.month), ("Year", at.year)):
        group.get_by_label(label).fill(str(value))
    group.get_by_label(re.compile("Time")).fill(f"{at:%H:%M}")


def test_from_a_drafted_motion_to_a_published_result(theatre: Theatre, tmp_path: Path) -> None:
    motion = draft_and_submit(theatre)
    rule_and_publish(theatre, motion)
    amend(theatre, motion)
    debate(theatre, motion)
    freeze(theatre, motion)
    ballot = prepare_ballot(theatre, motion)
    vote(theatre, ballot)
    certify(theatre, ballot)
    published(theatre, ballot, motion, tmp_path)
    assert not complaints, "\n".join(complaints)


def draft_and_submit(theatre: Theatre) -> str:
    page = theatre.as_("mover")
    page.goto("/motions")
    press(page, "Draft a motion")
    look(page, "01-draft")
    page.get_by_label("Alder").check()
    fill(
        page,
        Heading="Buses that come when people need them",
        Notes="The last bus leaves Alder at 5.40pm.\nOne household in four has no car.",
        Believes="A town without an evening bus is a town that closes at six.",
        Resolves="To ask the council for an hourly bus until 11pm.\nTo offer £500 for a survey of passengers.",
    )
    press(page, "Save draft")
    look(page, "02-motion-draft")
    motion = re.search(r"/motions/(\d+)", page.url).group(0)
    page.goto(motion)
    press(page, "Open it for seconders")
    for name in ("second", "member"):
        seconder = theatre.as_(name)
        seconder.goto(motion)
        press(seconder, "Second it")
    delegate = theatre.as_("delegate")
    delegate.goto(motion)
    press(delegate, "Submit for the branch")
    look(delegate, "03-submit")
    group = delegate.get_by_role("group", name="When was the meeting?")
    for label, value in (("Day", "1"), ("Month", "3"), ("Year", "2026")):
        group.get_by_label(label).fill(value)
    fill(delegate, How_many_were_present="31", How_many_voted_for="26", How_many_voted_against="3")
    press(delegate, "Submit the motion")
    assert "Motion 1" in delegate.inner_text("main")
    return motion


def rule_and_publish(theatre: Theatre, motion: str) -> None:
    chair = theatre.as_("chair")
    chair.goto("/committee")
    look(chair, "04-committee")
    chair.goto(motion)
    press(chair, "Rule on it")
    look(chair, "05-ruling")
    chair.get_by_label("In order", exact=True).check()
    chair.get_by_label("By which standing order").select_option(index=1)
    fill(chair, The_reason="It has one subject and says what is to be done and by whom.")
    press(chair, "Make the ruling")
    chair.goto(motion)
    press(chair, "Publish it")
    member = theatre.as_("member")
    member.goto("/rulings")
    assert "one subject" in member.inner_text("main")
    look(member, "06-rulings")


def amend(theatre: Theatre, motion: str) -> None:
    theatre.now(NOON + 2 * DAY + timedelta(hours=1))
    for name, old, new in (
        ("other_delegate", "11pm", "midnight"),
        ("third_delegate", "11pm", "10pm"),
        ("delegate", "£500", "£750"),
    ):
        page = theatre.as_(name)
        page.goto(motion)
        press(page, "Amend this motion")
        resolves = page.get_by_label(begins("Resolves"))
        resolves.fill(resolves.input_value().replace(old, new))
        fill(page, Why_your_branch="It is what our members told us that they need.")
        press(page, "Show what this changes")
        assert new in page.inner_text("main")
        look(page, f"07-amend-{name}")
        press(page, "Save draft")
        press(page, "Submit for the branch")
        press(page, "Submit the amendment")
        assert re.search(r"Amendment \d", page.inner_text("main"))
    chair = theatre.as_("chair")
    for _ in range(3):
        chair.goto("/rulings/queue")
        chair.get_by_role("main").get_by_role("link", name=re.compile("Amendment")).first.click()
        if chair.get_by_role("main").get_by_role("link", name="Rule on it").count():
            press(chair, "Rule on it")
        chair.get_by_label("In order", exact=True).check()
        chair.get_by_label("By which standing order").select_option(index=7)
        fill(chair, The_reason="It changes named words and keeps the subject.")
        press(chair, "Make the ruling")
    page = theatre.as_("mover")
    page.goto(motion)
    text = page.inner_text("main")
    assert "Amendment 1" in text and "Amendment 2" in text
    assert re.search(r"if Amendment 1 is carried, Amendment 2 falls", text), text
    look(page, "08-motion-amended")
    page.get_by_role("main").locator("a[href^='/amendments/']", has_text="Amendment 3").first.click()
    press(page, "Answer it")
    page.get_by_label(begins("Accept it")).check()
    fill(page, What_you_say="A fair sum.")
    press(page, "Answer")


def debate(theatre: Theatre, motion: str) -> None:
    for name, stance, words in (
        ("member", "For", "My daughter walks home from her shift in the dark."),
        ("supporter", "Against", "The money would do more for the school bus."),
        ("second", "I have a question", "Who pays after the first year?"),
    ):
        page = theatre.as_(name)
        page.goto(f"{motion}/debate")
        page.get_by_role("main").get_by_label(stance, exact=True).check()
        fill(page, What_you_have_to_say=words)
        press(page, "Say it")
        assert words in page.inner_text("main")
    moderator = theatre.as_("moderator")
    moderator.goto(f"{motion}/debate")
    moderator.get_by_role("main").get_by_role("link", name=re.compile("^Hide")).first.click()
    moderator.get_by_label("It tells what is private about somebody.", exact=True).check()
    fill(moderator, The_reason="It names a private person, which the rules of debate forbid.")
    press(moderator, "Hide it")
    member = theatre.as_("delegate")
    member.goto(f"{motion}/debate")
    assert "names a private person" in member.inner_text("main")
    look(member, "09-debate")


def freeze(theatre: Theatre, motion: str) -> None:
    theatre.now(NOON + 4 * DAY + timedelta(hours=1))
    chair = theatre.as_("chair")
    chair.goto(motion)
    press(chair, "Freeze the text")
    look(chair, "10-freeze")
    press(chair, "Freeze the text")
    chair.goto(motion)
    assert "£750" in chair.inner_text("main")
    press(chair, "Order of votes")
    look(chair, "11-order-of-votes")


def prepare_ballot(theatre: Theatre, motion: str) -> str:
    for name in ("committee_1", "committee_2", "committee_3"):
        page = theatre.as_(name)
        page.goto("/committee/key")
        page.get_by_role("button", name="Make a key in this browser").click()
        page.get_by_text("kept in this browser only").wait_for()
        press(page, "Register this key")
        page.get_by_text("Your key is registered").wait_for()
    look(page, "12-key")
    officer = theatre.as_("returning_officer")
    freeze_roll(theatre, officer)
    page = theatre.as_("committee_1")
    page.goto("/consultations/1/ballots/new")
    fill(page, Title="Buses that come when people need them", The_public_value="The numbers of the draw of 14 March")
    opens, closes = theatre.at + DAY, theatre.at + 3 * DAY
    page.get_by_label(begins("Secret, with the key kept by the server")).check()  # sealed ones: see test_sealing
    set_instant(page, "Voting opens", opens)
    set_instant(page, "Voting closes", closes)
    page.get_by_label("Hours for complaints and recounts").fill("0")
    press(page, "Save")
    ballot = re.search(r"/ballots/(\d+)", page.url).group(0)
    press(page, "Put a motion on the paper")
    page.get_by_label(begins("Motion")).first.select_option(index=0)
    page.get_by_label(re.compile("one in twenty")).check()
    press(page, "Put it on the paper")
    press(page, "Put a choice or an election on the paper")
    look(page, "13-choice")
    fill(
        page, Question="Who represents us at the bus inquiry?", Options="Ann Ash | I ride it daily.\nBo Birch\nCy Cole"
    )
    page.get_by_label(begins("One place")).check()
    press(page, "Put it on the paper")
    look(page, "14-ballot-prepared")
    officer.goto(ballot)
    press(officer, "Schedule it")
    officer.get_by_label("Electoral roll").select_option(index=0)
    officer.get_by_label(begins("I have read the paper")).check()
    look(officer, "15-schedule")
    press(officer, "Schedule the ballot")
    assert "scheduled" in officer.inner_text("main").lower()
    theatre.now(opens + timedelta(minutes=5))
    return ballot


def freeze_roll(theatre: Theatre, officer: Page) -> None:
    """Through the page where people do it."""
    officer.goto("/rolls/new")
    fill(officer, Title="Members on 6 March 2026")
    officer.get_by_label(begins("Member"), exact=False).first.check()
    set_instant(officer, "Joined by", theatre.at - DAY)
    look(officer, "12-roll")
    press(officer, "See what it comes to")
    look(officer, "12-roll-confirm")
    press(officer, "Freeze the roll")
    assert re.search(r"/rolls/\d+", officer.url), officer.inner_text("main")
    member = theatre.as_("member")
    member.goto(re.search(r"/rolls/\d+", officer.url).group(0) + "/me")
    look(member, "12-am-i-on-it")


def vote(theatre: Theatre, ballot: str) -> None:
    voters = ("member", "mover", "second", "delegate", "other_delegate", "third_delegate", "stranger")
    for number, name in enumerate(voters):
        page = theatre.as_(name)
        page.goto("/")
        assert "Vote" in page.inner_text("main")
        page.goto(ballot)
        press(page, "Vote now")
        if not number:
            look(page, "16-paper")
        press(page, "Begin with the first")
        for question, answer in (("q1", "for"), ("q2", "against"), ("q3", "for" if number else "against")):
            page.locator(f"#{question}-{answer}").check()
            press(page, "Save and go on")
        for place, candidate in enumerate(("c1", "c2") if number % 3 else ("c2",), 1):
            page.locator(f"#rank-q4-{candidate}").fill(str(place))
        if not number:
            look(page, "16-question")
        press(page, "Save and go on")
        if not number:
            look(page, "17-check")
        press(page, "Cast my vote")
        assert "Your receipt" in page.inner_text("main")
        if not number:
            look(page, "18-receipt")
    page = theatre.as_("member")
    page.goto(f"{ballot}/vote")
    assert page.url.endswith("/receipt")
    page.goto(f"{ballot}/desk")
    assert "one must be" in page.inner_text("main")


def certify(theatre: Theatre, ballot: str) -> None:
    theatre.now(theatre.at + 3 * DAY)
    officer = theatre.as_("returning_officer")
    officer.goto(f"{ballot}/desk")
    look(officer, "19-desk")
    press(officer, "Record the close")
    officer.get_by_role("link", name=re.compile("^Reconcile")).click()
    officer.get_by_label(begins("Nobody is still entitled")).check()
    press(officer, "Reconcile the box with the roll")
    officer.get_by_role("link", name=re.compile("^Open the envelopes")).click()
    fill(officer, The_public_value="3 17 20 41")
    officer.get_by_label(begins("The envelopes may be opened now")).check()
    press(officer, "Open the envelopes")
    press(officer, "Count twice and compare")
    look(officer, "20-counted")
    for name in ("committee_1", "committee_2", "committee_3"):
        page = theatre.as_(name)
        page.goto(f"{ballot}/sign")
        page.get_by_role("button", name="Sign with the key in this browser").click()
        page.get_by_text("Signed in this browser").wait_for()
        press(page, "Add my signature")
        assert "on the result" in page.inner_text("body")
    look(page, "21-signed")
    press(page, "Publish the result")


def published(theatre: Theatre, ballot: str, motion: str, tmp_path: Path) -> None:
    page = theatre.open_page(theatre.served)
    page.goto(ballot.replace("/ballots/", "/results/"))
    text = page.inner_text("main")
    assert "carried" in text.lower() and "Ann Ash" in text
    look(page, "22-result")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("^Download")).click()
    bundle = tmp_path / "result.zip"
    waiting.value.save_as(bundle)
    command = [sys.executable, "-m", "consult", "verify", str(bundle)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    bytes_ = bytearray(bundle.read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    bundle.write_bytes(bytes_)
    changed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert changed.returncode == 1 and "DOES NOT VERIFY" in changed.stdout
    page.goto(motion)
    assert "carried as amended" in page.inner_text("main").lower()
    page.goto("/policy")
    page.get_by_role("main").get_by_role("link", name=re.compile("Buses")).first.click()
    text = page.inner_text("main")
    assert "midnight" in text and "11pm" not in text.replace("delete '11pm'", "")
    look(page, "23-policy")
