"""Bodies and their seats in the browser: set up, filled, resigned, as each who may and some who may not."""

from __future__ import annotations

from flask import Flask

from consult.service import bodies, seats
from consult.service.bodies import Spec
from consult.service.seats import Term
from tests.factories import Cast
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def test_a_body_is_set_up_and_its_seats_are_filled(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["committee_1"])
    page = browser.open(f"/units/{cast.units['Testland'].id}").click("Set up a body")
    assert len(page.press("Save", 422).errors) == 4
    page = page.fill("Name", "Policy committee").fill("Remit", "It prepares policy.").fill("Seats", 2)
    page = page.fill("Reason", "the annual meeting of 3 May")
    page = page.fill("Reserved places", "women 1").choose("Role that goes with a seat", "Moderator")
    assert "is not like" in page.press("Save", 422).errors[0]
    page = page.fill("Reserved places", "women = 1").press("Save")
    assert page.notices == ["Policy committee is set up."] and "At least 1 of the seats for women." in page.main
    form = page.click("Fill a seat")
    assert len(form.press("Fill the seat", 422).errors) == 3
    form = form.fill("Member number or e-mail address", "mover@members.example").choose("How?", "Appointed")
    page = form.fill("Election or decision", "the board’s decision of 1 March").press("Fill the seat")
    row = page.rows("Seats")[1]
    assert row[1:4] == ["Osric Vale", "–", "Appointed"]
    assert "1 of 2 seats held" in browser.open(f"/units/{cast.units['Testland'].id}").main
    edited = page.click("Change this body").fill("Seats", 3)
    assert edited.press("Save", 422).errors == ["Fill in “Reason”."]
    edited = edited.fill("Reason", "the work has grown").press("Save")
    assert edited.notices == ["Saved."] and "changed. the work has grown" in edited.main
    assert "set up. the annual meeting of 3 May" in edited.main


def test_a_seat_is_resigned_and_names_are_for_members(app: Flask, cast: Cast) -> None:
    officer = cast.actor("committee_1")
    body = bodies.make(
        cast.units["Alder"], Spec("Executive", "It runs the branch.", 1), "the founding meeting", by=officer
    )
    seats.fill(body, cast.who["member"], Term("appointed", "the founding meeting"), by=officer)
    assert "Mabel Thorn" not in Browser(app).open(f"/bodies/{body.id}").html
    assert "Resign" not in browser_of(app, cast.who["mover"]).open(f"/bodies/{body.id}").links()
    browser_of(app, cast.who["mover"]).open("/seats/1/leave", 403)
    page = browser_of(app, cast.who["member"]).open(f"/bodies/{body.id}").click("Resign: Mabel Thorn")
    page = page.fill("Reason", "moved away").press("Send")
    assert page.notices == ["The seat is vacant now."]
    assert "casual vacancy, for a term until" in page.main and "left before the term was over: moved away" in page.main


def test_a_body_is_dissolved_with_its_reason(app: Flask, cast: Cast) -> None:
    body = bodies.make(
        cast.units["Alder"], Spec("Fair", "It held a fair.", 1), "resolved", by=cast.actor("committee_1")
    )
    browser_of(app, cast.who["mover"]).open(f"/bodies/{body.id}/dissolve", 403)
    page = browser_of(app, cast.who["committee_1"]).open(f"/bodies/{body.id}").click("Dissolve it")
    assert page.press("Dissolve it", 422).errors == ["Fill in “Reason”."]
    page = page.fill("Reason", "the fair is over").press("Dissolve it")
    assert page.notices == ["It is dissolved."] and "dissolved. the fair is over" in page.main
