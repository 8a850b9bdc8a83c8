"""The pages of reports and agendas, issuing one, and every file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from consult.printing import FORMATS, Format
from consult.service import clock
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


def test_the_committee_issues_a_report_and_members_read_it(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    address = f"/consultations/{scene.consultation.id}/papers"
    chair = browser_of(app, scene.cast.who["chair"])
    page = chair.open(address)
    assert "Nothing has been issued yet" in page.text
    page = page.click("Standing orders committee report")
    assert "Stands." in page.text
    page = page.fill("What the committee says", "We met on Monday.").press("Issue it")
    assert page.title == "Standing orders committee report 1" and "We met on Monday." in page.text
    scene.amended(motion, ("£2", "£1.50"))
    other = chair.open(f"{address}/soc-report/issue")
    assert "Amendment 1 to Motion 1 is new" in other.text
    assert "What has changed" in other.press("Issue it").text
    assert "A newer one has been issued" in chair.open(page.address).text
    member = browser_of(app, scene.cast.who["member"])
    assert "Issue the next" not in member.open(address).text
    member.open(f"{address}/soc-report/issue", 403)
    browser.open(page.address, 403)
    text = member.open(page.address).click(motion.title)
    assert text.title == motion.title and text.find(id="l3") is not None
    chair.open(f"{address}/shopping-list/issue", 404)


def test_a_page_from_before_a_change_is_told_and_keeps_the_words(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    chair = browser_of(app, scene.cast.who["chair"])
    page = chair.open(f"/consultations/{scene.consultation.id}/papers/preliminary-agenda/issue")
    scene.amended(motion, ("£2", "£1.50"))
    page = page.fill("What the committee says", "Welcome.").press("Issue it", 409)
    assert any("has changed since you opened" in error for error in page.errors)
    assert page.find(name="words").text.strip() == "Welcome."
    assert page.press("Issue it").title == "Preliminary agenda"


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.key)
def test_every_form_is_a_file_that_a_visitor_can_take(app: Flask, scene: Stage, browser: Browser, form: Format) -> None:
    scene.published()
    chair = browser_of(app, scene.cast.who["chair"])
    paper = chair.open(f"/consultations/{scene.consultation.id}/papers/preliminary-agenda/issue").press("Issue it")
    answer = browser.fetch(f"{paper.address}/{form.key}")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == form.media.partition(";")[0]
    assert (
        f"preliminary-agenda{'-large-print' if form.large else ''}.{form.ending}"
        in answer.headers["Content-Disposition"]
    )
    assert len(answer.data) > 500
    assert browser.fetch(f"{paper.address}/wordstar").status_code == 404
