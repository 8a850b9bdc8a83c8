"""Translations on pages: made beside the original, approved by another, and a paper in the voter's language."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest
from babel.messages.pofile import read_po
from flask import Flask

from consult.service import attestations, ballots, translations
from tests.desk import DURING, Desk
from tests.factories import NOON, Cast
from tests.motions import stage
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of
from tests.web.test_voting import opened

WELSH = "/language/cy?next=/"


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, NOON)


def test_a_motion_is_translated_and_approved_and_found_by_who_reads_welsh(
    app: Flask, cast: Cast, clock: Clock, browser: Browser
) -> None:
    motion = stage(cast).published()
    mover = browser_of(app, cast.who["mover"])
    page = mover.open(f"/motions/{motion.id}").click("Welsh")
    assert "Not translated yet" in page.text
    page = page.click("Translate it").fill("Heading, translated", "Bysiau ar y Sul")
    page = page.press("Save the translation", 422)
    assert any("Notes 1" in error for error in page.errors)
    for part in translations.parts_of(motion):
        page = page.fill(f"{part.label}, translated", f"Cymraeg {part.label}")
    page = page.press("Save the translation")
    assert "Awaiting review" in page.text and "its mover" in page.text and "Mona" not in page.main
    assert "The English text is authoritative" in page.text
    assert "approve the translation" not in " ".join(page.buttons())
    reader = browser
    reader.open(WELSH)
    there = reader.open(f"/motions/{motion.id}")
    assert f"/translations/motion/{motion.id}/cy" in there.html
    assert "Read it in Welsh" not in browser_of(app, cast.who["member"]).open(f"/motions/{motion.id}").text
    judge = browser_of(app, cast.who["committee_1"]).open(f"/translations/motion/{motion.id}/cy")
    page = judge.press("I have read both: approve the translation")
    assert "Approved" in page.text and "governance committee" in page.text
    browser_of(app, cast.who["member"]).open(f"/translations/motion/{motion.id}/cy/edit", 403)


def approved(subject: translations.Subject, cast: Cast) -> None:
    words = {part.key: f"Cymraeg {part.label}" for part in translations.parts_of(subject)}
    row = translations.translate(subject, "cy", words, by=cast.actor("returning_officer"), at=NOON)
    translations.approve(row, by=cast.actor("committee_1"), at=NOON)


def test_who_reads_the_original_is_offered_the_translation_in_its_own_words(
    app: Flask, cast: Cast, clock: Clock, browser: Browser
) -> None:
    scene = stage(cast)
    motion = scene.published()
    assert "Darllen yn Gymraeg" not in browser.open(f"/motions/{motion.id}").text
    approved(motion, cast)
    page = browser.open(f"/motions/{motion.id}")
    link = page.find("a", text="Darllen yn Gymraeg")
    assert (link.get("lang"), link.get("hreflang")) == ("cy", "cy") and page.title == motion.title
    assert "Cymraeg Resolves 1" in page.click("Darllen yn Gymraeg").text


def test_who_reads_welsh_has_the_approved_text_first_and_the_one_that_binds_below(
    app: Flask, cast: Cast, clock: Clock, browser: Browser
) -> None:
    scene = stage(cast)
    motion = scene.published()
    approved(motion, cast)
    browser.open(WELSH)
    page = browser.open(f"/motions/{motion.id}")
    assert page.title == "Cymraeg Heading" and "Cymraeg Resolves 1" in page.main
    assert "Cyfieithiad a gymeradwywyd yw hwn." in page.main and page.find("h2", id="original") is not None
    assert page.main.index("Cymraeg Resolves 1") < page.main.index("Sundays")  # the original stands below, line by line
    assert "Cymraeg Heading" in browser.open("/motions").main


def test_a_ballots_page_and_the_list_of_ballots_speak_welsh_where_the_paper_does(
    app: Flask, cast: Cast, clock: Clock, browser: Browser
) -> None:
    desk = Desk(cast)
    desk.ask()
    approved(desk.ballot, cast)
    desk.schedule()
    english = browser.open(f"/ballots/{desk.ballot.id}")
    assert english.title == desk.ballot.title and english.find("a", text="Darllen yn Gymraeg") is not None
    browser.open(WELSH)
    page = browser.open(f"/ballots/{desk.ballot.id}")
    assert page.title == "Cymraeg Title of the ballot" and "1. Cymraeg Question 1" in page.main
    assert "Cymraeg Question 1, choice 2" in page.main and "Cyfieithiad a gymeradwywyd yw hwn." in page.main
    assert "Who?" in page.main  # the words that bind are one click away
    assert "Cymraeg Title of the ballot" in browser.open("/ballots").main


def test_a_translation_of_a_draft_is_nobody_elses_to_read(app: Flask, cast: Cast, clock: Clock) -> None:
    motion = stage(cast).draft()
    browser_of(app, cast.who["stranger"]).open(f"/translations/motion/{motion.id}/cy", 404)
    browser_of(app, cast.who["member"]).open("/translations/motion/999/cy", 404)
    browser_of(app, cast.who["member"]).open(f"/translations/motion/{motion.id}/en", 404)


def test_a_ballot_in_preparation_is_translated_by_its_officers(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = Desk(cast, signers_needed=1)
    desk.ask()
    officer = browser_of(app, cast.who["returning_officer"])
    page = officer.open(f"/ballots/{desk.ballot.id}").click("Welsh").click("Translate it")
    page = page.fill("Title of the ballot, translated", "Y pwyllgor polisi")
    page = page.fill("Question 1, translated", "Pwy?")
    for number in (1, 2, 3):
        page = page.fill(f"Question 1, choice {number}, translated", f"Ymgeisydd {number}")
    page.press("Save the translation")
    browser_of(app, cast.who["member"]).open(f"/translations/ballot/{desk.ballot.id}/cy", 404)
    assert translations.latest(desk.ballot, "cy") is not None


def test_a_voter_reads_the_paper_in_welsh_and_the_vote_is_the_same(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = Desk(cast, signers_needed=1)
    desk.ask()
    words = {part.key: f"Cymraeg {part.key}" for part in translations.parts_of(desk.ballot)}
    row = translations.translate(desk.ballot, "cy", words, by=cast.actor("returning_officer"), at=NOON)
    translations.approve(row, by=cast.actor("committee_1"), at=NOON)
    desk.schedule()
    clock.set(DURING)
    voter = browser_of(app, cast.who["member"])
    address = f"/ballots/{desk.ballot.id}/vote"
    english = voter.open(address)
    assert "Who?" in english.text and "Cymraeg" not in english.main
    voter.open(WELSH)
    page = voter.open(address)
    assert "Cymraeg q1" in page.text and "Who?" in page.text  # the words that bind are one click away
    assert page.title == "Cymraeg title"
    first = ballots.definition_of(desk.ballot).questions[0].options[0]
    page = page.fill_all(**{f"rank-q1-{first.key}": "1"}).press("Gwiriwch eich pleidlais")
    assert f"Cymraeg q1.{first.key}" in page.text and first.name in page.text
    assert "Cymraeg title" in page.main and desk.ballot.title not in page.main
    receipt = page.press("Bwrw fy mhleidlais")
    assert receipt.main.count("Cymraeg title") == 2 and desk.ballot.title not in receipt.main
    assert [answer.ranking for answer in opened(desk)] == [(0,)]


def test_no_page_of_a_member_in_welsh_shows_a_sentence_that_has_its_welsh(app: Flask, cast: Cast, clock: Clock) -> None:
    scene = stage(cast)
    motion = scene.published()
    amendment = scene.amended(motion, ("10pm", "9pm"))
    desk = Desk(cast, signers_needed=1, consultation=scene.consultation)
    desk.ask()
    desk.schedule()
    folder = Path(app.root_path) / "translations" / "cy" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        told = {m.id for m in read_po(file, locale="cy") if isinstance(m.id, str) and m.string and m.string != m.id}
    reader = browser_of(app, cast.who["member"])
    reader.open(WELSH)
    english = {}
    for address in (
        "/", "/motions", "/consultations", "/ballots", "/results", "/policy", "/units", "/nominations", "/events",
        "/rulebooks", "/standing-texts", "/requisitions", "/composites", "/rulings", "/account", "/accessibility",
        f"/motions/{motion.id}", f"/motions/{motion.id}/debate",
        f"/amendments/{amendment.id}", f"/ballots/{desk.ballot.id}", f"/consultations/{scene.consultation.id}",
        f"/translations/motion/{motion.id}/cy", "/rolls",
    ):  # fmt: skip
        answer = reader.fetch(address, follow_redirects=True)
        assert answer.status_code == 200, address
        page = lxml.html.fromstring(answer.text)
        shown = {
            " ".join(text.split())
            for node in page.iter()
            if node.tag != "script"
            for text in (node.text, node.tail)
            if text
        }
        english[address] = sorted(shown & {words for words in told if " " in words})
    assert {address: words for address, words in english.items() if words} == {}


def test_what_members_confirm_is_shown_in_the_members_language_beside_the_authoritative_text(
    app: Flask, cast: Cast, clock: Clock, browser: Browser
) -> None:
    keeper, words = browser_of(app, cast.who["roll_officer"]), "I confirm that I am not a member of another party."
    text = attestations.declare(None, "No other party", words, by=cast.actor("roll_officer"), at=NOON)
    place = f"/translations/attestation/{text.id}/cy"
    page = keeper.open("/attestations/declared").click("Welsh: No other party").click("Translate it")
    assert page.fill("Short title, translated", "Dim plaid arall").press("Save the translation", 422).errors
    page = page.fill("What the member confirms, translated", "Rwy’n cadarnhau hyn.").press("Save the translation")
    assert "Awaiting review" in page.text and "roll officer" in page.text
    assert "approve the translation" not in " ".join(page.buttons())
    assert keeper.open("/attestations/declared").title == "What members can confirm"
    member = browser_of(app, cast.who["member"])
    member.open("/language/cy?next=/")
    assert words in member.open("/attestations").main and "Dim plaid arall" not in member.open("/attestations").main
    member.open(f"{place}/edit", 403)
    browser.open(place, 404)
    page = browser_of(app, cast.who["returning_officer"]).open(place)
    assert page.press("I have read both: approve the translation").notices == ["The translation is approved."]
    shown = member.open("/attestations")
    assert "Rwy’n cadarnhau hyn." in shown.main and words in shown.main and "Dim plaid arall" in shown.main
    assert shown.html.count('lang="en"') >= 1
    english = browser_of(app, cast.who["mover"]).open("/attestations").main
    assert words in english and "Dim plaid arall" not in english
