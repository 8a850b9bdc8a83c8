"""The pages of rulebooks: presets, the editor, versions with their differences, and what applied to what."""

from __future__ import annotations

from flask import Flask

from consult.domain.presets import PRESETS
from tests.factories import Cast
from tests.motions import stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def test_everybody_reads_the_presets(app: Flask, cast: Cast, browser: Browser) -> None:
    page = browser.open("/rulebooks")
    for preset in PRESETS:
        assert preset.title in page.text
    page = page.click("Policy primary (2021)")
    assert "Of 33 on the shortlist the first 8 are adopted." in page.text and "Adopt it" not in page.text
    browser.open("/rulebooks/presets/nobody", 404)
    browser.open("/rulebooks/77", 404)


def test_the_committee_adopts_a_preset_changes_it_and_puts_it_in_force(app: Flask, cast: Cast) -> None:
    scene = stage(cast)
    browser_of(app, cast.who["member"]).open("/rulebooks/new", 403)
    officer = browser_of(app, cast.who["committee_1"])
    page = officer.open("/rulebooks/presets/labour-clp").click("Adopt it")
    page = (
        page.choose("Whose rules", "Testland").fill("Words in a motion, at most", "5").press("Adopt these rules", 422)
    )
    assert any("Fill in" in error for error in page.errors)
    page = page.fill("Why this is adopted", "The annual meeting said so.").press("Adopt these rules", 422)
    assert any("from 20 to 20,000" in error for error in page.errors)
    page = page.fill("Words in a motion, at most", "300").press("Adopt these rules")
    assert "version 1" in page.title and "at most 300 words" in page.text
    page = page.click("Change it").choose("Whose rules", "Testland").fill("Words in a motion, at most", "350")
    page = page.fill("Why this is adopted", "It was too short.").press("Adopt these rules")
    assert "What changed since version 1" in page.text and "It was too short." in page.text
    assert "For a special meeting 1/20 of the members must sign within 28 days" in page.text
    page = page.click("Change it").choose("Whose rules", "Testland").fill("Why this is adopted", "Fewer are enough.")
    page = page.fill("Procedural motions that need more than a simple majority", "closure: two thirds")
    page = page.press("Adopt these rules", 422)
    assert any("closure: two thirds" in error for error in page.errors)
    page = page.fill("Procedural motions that need more than a simple majority", "closure: 3/5")
    page = page.press("Adopt these rules")
    assert "At least 3/5 of the votes" in page.text and "closure: 3/5" in page.text
    page = officer.open(f"/consultations/{scene.consultation.id}").click("Change the rules")
    page = page.choose("Rules", "Constituency party motion (Labour style), version 3").fill(
        "Why", "As adopted by the meeting."
    )
    page = page.press("Put them in force")
    assert "at most 350 words" in page.text
    page = page.click("The whole rulebook, and the versions before it")
    assert "The spring conference (in force)" in page.text
