"""The pages of notices: the list, the choices, following, and stopping with one click."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.model.store import db
from consult.service import clock, debate, preferences
from tests.factories import NOON, Cast
from tests.motions import stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of
from tests.web.test_motions import statements


def test_a_member_reads_marks_and_chooses(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = stage(cast)
    monkeypatch.setattr(clock, "source", lambda session: scene.at)
    motion = scene.published()
    top = debate.write(motion, "for", "Fair fares.", by=scene.actor("member"), at=NOON)
    debate.write(motion, "against", "Who pays?", answers=top, by=scene.actor("second"), at=NOON)
    member = browser_of(app, cast.who["member"])
    page = member.open("/notices")
    assert "Somebody answered your comment" in page.text and "1 new notice" in page.text
    page = page.press("Mark all as read")
    assert "new notice" not in page.text
    page = page.click("Choose how you hear of news").choose("Answers to what you wrote", "week").press("Save")
    db.session.rollback()
    assert preferences.of_member(cast.who["member"].id)["answers"] == "week"
    page = member.open(f"/units/{cast.units['Alder'].id}").press("Follow this unit")
    assert "Stop following" in page.buttons()
    page = member.open(f"/consultations/{scene.consultation.id}").press("Follow this consultation")
    text = member.open("/notices").text
    assert "The spring conference" in text and "Alder" in text
    page = member.open(f"/units/{cast.units['Alder'].id}").press("Stop following")
    assert "Follow this unit" in page.buttons()


def test_one_press_without_signing_in_or_a_token_stops_what_the_link_is_about(
    app: Flask, cast: Cast, browser: Browser
) -> None:
    me = cast.who["member"].id
    address = f"/notices/stop/{preferences.stop_token(me, 'answers')}"
    assert "no more e-mail about: Answers to what you wrote?" in browser.open(address).text
    assert preferences.of_member(me)["answers"] == "at once"  # to look stops nothing
    page = browser.send(address, {"List-Unsubscribe": "One-Click"})
    assert "It has stopped" in page.text
    db.session.rollback()
    assert preferences.of_member(me)["answers"] == "never"
    browser.open("/notices/stop/WzEsImFuc3dlcnMiXQ.forged", 400)
    browser.send("/notices/stop/WzEsImFuc3dlcnMiXQ.forged", {}, 400)


def test_the_head_of_every_page_says_how_many_notices_are_new_and_asks_for_no_more(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = stage(cast)
    monkeypatch.setattr(clock, "source", lambda session: scene.at)
    motion = scene.published()
    member, address = browser_of(app, cast.who["member"]), "/notices/choices"
    assert "new notice" not in member.open(address).text
    before = statements(member, address)
    top = debate.write(motion, "for", "Fair fares.", by=scene.actor("member"), at=NOON)
    debate.write(motion, "against", "Who pays?", answers=top, by=scene.actor("second"), at=NOON)
    assert any("1 new notice" in link for link in member.open(address).links())
    assert statements(member, address) == before
    member.open("/notices").press("Mark all as read")
    assert "new notice" not in member.open(address).text


def test_a_kind_is_chosen_by_itself_under_its_topic(app: Flask, cast: Cast) -> None:
    member = browser_of(app, cast.who["member"])
    page = member.open("/notices/choices")
    assert page.html.count("<details") > 5 and '<details class="govuk-details" open' not in page.html
    page = page.choose("Somebody answered your comment on a paper", "never").press("Save")
    db.session.rollback()
    assert preferences.kinds_of_member(cast.who["member"].id) == {"paragraph-answered": "never"}
    assert page.html.count('<details class="govuk-details" open') == 1
    assert "You can vote now" not in page.text
