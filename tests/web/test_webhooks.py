"""The pages of webhooks: registered, the secret shown once, tried out, paused, and every try to be seen."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from flask import Flask

from consult.domain.interfaces import HAPPENINGS
from consult.service import clock, gatherings, webhooks
from consult.service.gatherings import Spec
from consult.web.webhooks.views import WORDS
from tests.desk import Desk
from tests.factories import Cast, by_two
from tests.motions import stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def test_an_administrator_registers_tries_out_renews_and_sees_what_came_of_it(app: Flask, cast: Cast) -> None:
    browser = browser_of(app, cast.who["committee_1"])
    page = browser.open("/committee").click("Webhooks").click("Register an address")
    page = page.fill("Whose address is it, and what for?", "Our website").fill("Address", "http://hook.example/")
    page = page.tick("A certified result is published").tick("A motion is published").press("Save it", 422)
    assert "begins with https://" in page.main
    form = page.fill("Address", "https://hook.example/in")
    page = form.press("Save it")
    again = form.press("Save it", 409)
    assert "registered already, as “Our website”" in again.main and "whsec_" not in again.main
    assert "/webhooks/1" in again.links().values()
    assert browser.open("/webhooks").main.count("Our website") == 1
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", page.main)
    assert secret is not None
    page = page.click("Our website")
    assert secret[0] not in page.main and "A certified result is published" in page.main
    page = page.press("Send a test message")
    assert "A test message, which tells of nothing" in page.main and "waiting" in page.main.lower()
    (due,) = webhooks.claim(clock.now())
    webhooks.came_of(due.id, 503, 41, "It answered 503.", clock.now())
    page = browser.open("/webhooks/1")
    assert "HTTP 503, 41 ms. It answered 503." in page.main and "Nothing could be delivered since" in page.main
    webhooks.came_of(due.id, 200, 12, "", clock.now())
    page = browser.open("/webhooks/1").press(f"Send it again: {due.message}")
    assert "Done." in page.text
    form = page.click("Give it a new secret").fill("Why", "It was in a mail.")
    renewed = form.press("Give it a new secret")
    assert "keeps that one" in form.press("Give it a new secret", 409).main
    assert "whsec_" in renewed.main and secret[0] not in renewed.main
    page = browser.open("/webhooks/1").click("Pause it").fill("Why", "They move house.").press("Pause it")
    assert "Resume it" in page.main and "While it is paused nothing is sent." in page.main
    stage(cast).published()
    page = browser.open("/webhooks/1")
    page = page.press("Resume it").press("Send what was missed")
    assert "Done." in page.text and "never arrived" not in page.main
    page = (
        page.click("Change it").fill("Address", "https://hook.example/new").fill("Why", "They moved.").press("Save it")
    )
    assert "https://hook.example/new" in page.main
    assert "Our website" in browser.open("/webhooks").main


def test_what_messages_lead_to_can_be_read_by_a_visitor(app: Flask, cast: Cast) -> None:
    given = ("Ours", "https://hook.example/", tuple(HAPPENINGS), b"k" * 32, "m" * 32)
    webhooks.register(None, *given, by=cast.actor("committee_1"))
    scene = stage(cast)
    scene.published()
    evening = clock.now() + timedelta(days=3)
    spec = Spec("Tea", evening, evening + timedelta(hours=1), place="Library")
    row = gatherings.plan(cast.units["Alder"], spec, by=cast.actor("delegate"))
    gatherings.cancel(row, "The kettle is broken.", by=cast.actor("delegate"))
    desk = Desk(cast, keys=3, signers_needed=1)
    desk.ask("plurality")
    desk.schedule()
    desk.vote("member", 0)
    desk.publish()
    other = Desk(cast, keys=0, signers_needed=1)
    other.ask()
    other.schedule()
    why = "Somebody voted who was not on the roll."
    by_two(cast, other.ballot, why, at=other.during)
    told = {each.kind: json.loads(each.body)["data"] for each in webhooks.deliveries(1)}
    untold = {f"consultation.{each}" for each in ("timetable_set", "phase_opened", "reported")} | {"event.changed"}
    assert set(told) == set(HAPPENINGS) - untold
    for kind, data in told.items():
        for address in (data["url"], data["page"]):
            place = "/" + address.split("/", 3)[3]
            assert Browser(app).fetch(place).status_code == 200, (kind, place)


def test_every_kind_has_words_for_people() -> None:
    assert set(WORDS) == {*HAPPENINGS, "webhook.test"}
