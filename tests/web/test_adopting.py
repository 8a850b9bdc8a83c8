"""The pages after a ballot on priorities: adopting what a policy primary chose, and setting its order aside."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.service import clock
from tests.factories import Cast
from tests.service.test_adopting import WHY, adopted
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def test_a_primary_adopts_and_is_set_aside_from_its_page(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, desk, _made = adopted(cast)
    monkeypatch.setattr(clock, "source", lambda session: desk.after)
    address = f"/consultations/{scene.consultation.id}/priorities"
    assert "Enter what was adopted" not in browser.open(address).text
    officer = browser_of(app, cast.who["committee_1"])
    page = officer.open(address).click("Enter what was adopted in the policy book")
    assert "Motion about trams" in page.text and "Motion about trains" not in page.text
    page = page.press("Enter them in the policy book")
    assert "They are in the policy book" in page.text
    assert "Motion about trams" in browser.open("/policy").text
    page = officer.open(f"/ballots/{desk.ballot.id}/set-aside").press("Set it aside", 422)
    assert any("Give the reason" in error for error in page.errors)
    page = page.fill("Why it is set aside", WHY).press("Set it aside")
    assert "Nothing has been chosen yet." in page.text and WHY in browser.open(address).text
    officer.open(f"{address}/adopt/{desk.ballot.id}", 404)
    browser_of(app, cast.who["delegate"]).open(f"/ballots/{desk.ballot.id}/set-aside", 403)
