"""The pages of debate, consultations and the policy book."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from consult.service import clock, debate, motions
from tests.factories import Cast
from tests.motions import Stage, stage
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


def test_speak_quote_answer_report_and_hide(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    address = f"/motions/{motion.id}/debate"
    member = by(app, scene, "member")
    page = member.open(address).press("Say it", 422)
    assert len(page.errors) == 2
    clause = next(clause for clause in motions.draft_of(motion).clauses if "£2" in clause.text)
    page = page.choose("You speak", "For").choose("About", f"clause:{clause.id}")
    page = page.fill("Words that you quote", "a fare of nothing").fill("What you have to say", "Fair fares.")
    page = page.press("Say it", 422)
    assert any("not in that clause" in error for error in page.errors)
    page = page.fill("Words that you quote", "a single fare of £2").press("Say it")
    assert "Fair fares." in page.text and "on Resolves 2" in page.links()
    assert "Mabel Thorn" not in browser.open(address).text
    page = by(app, scene, "supporter").open(address).click("Answer Mabel Thorn")
    page = page.choose("You speak", "Against").fill("Your answer", "Who pays?").press("Answer")
    assert "Sorrel Bright (supporter)" in page.text
    page = member.open(address).click("Report what Sorrel Bright wrote")
    page = page.fill("The reason", "It is a question, not an answer.").press("Report it")
    assert "The moderators have your report." in page.text
    member.open("/reports", 403)
    member.open("/comments/2/hide", 403)
    page = by(app, scene, "moderator").open("/reports").click("Hide it comment 2")
    page = page.fill("The reason", "It was reported by mistake, and I make one too.").press("Hide it")
    assert "Who pays?" not in page.text and "I make one too" in member.open(address).text
    page = page.press("Show it again Sorrel Bright")
    assert "Who pays?" in page.text


def test_comments_on_earlier_wording_say_so(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    clause = next(clause for clause in motions.draft_of(motion).clauses if "£2" in clause.text)
    debate.write(motion, "for", "Two pounds!", clause_id=clause.id, quote="£2", by=scene.actor("member"), at=scene.at)
    scene.answered(scene.amended(motion, ("£2", "£1.50")), True)
    scene.frozen(motion)
    assert "on earlier wording (version 1)" in browser.open(f"/motions/{motion.id}/debate").links()


def test_the_page_of_a_debate_grows_by_no_statement(app: Flask, scene: Stage, browser: Browser) -> None:
    from tests.web.test_motions import statements

    motion = scene.published()
    address = f"/motions/{motion.id}/debate"
    top = debate.write(motion, "for", "One.", by=scene.actor("member"), at=scene.at)
    debate.write(motion, "for", "Two.", answers=top, by=scene.actor("second"), at=scene.at)
    few = statements(browser, address)
    for n in range(60):
        said = debate.write(motion, ("for", "against")[n % 2], f"{n}.", by=scene.actor("member"), at=scene.at)
        if n % 4 == 0:
            debate.write(motion, "for", "So it is.", answers=said, by=scene.actor("second"), at=scene.at)
    assert statements(browser, address) == few
    assert "Pages of this list" in str([e.get("aria-label") for e in browser.open(address).find_all("nav")])


def test_a_debate_that_is_over_offers_no_form(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    scene.at = scene.at.replace(month=5)
    page = by(app, scene, "member").open(f"/motions/{motion.id}/debate")
    assert "The debate is not open now." in page.text and "Say it" not in page.buttons()
