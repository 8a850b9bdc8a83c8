"""Pages that list things ask the database the same few questions, however many things there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from consult.domain.roles import Role
from consult.model.store import db, writing
from consult.service import clock, debate, gatherings
from tests.factories import NOON, Cast, give_role, make_member, make_unit
from tests.motions import DAY, Stage, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

#: Lists with an object in their address; those without one are found in the table of routes.
OF_ONE = ("/motions/1", "/motions/1/debate", "/motions/1/versions", "/consultations/1", "/units/1", "/search?q=bus")
READERS = ("committee_1", "roll_officer", "moderator")


def more(scene: Stage, turn: int) -> None:
    """More of everything that is listed."""
    cast = scene.cast
    for number in range(2):
        motion = scene.published(heading=f"Buses that run on day {turn}{number}")
        scene.amended(motion, ("10pm", "9pm"))
        scene.amended(motion, ("£2", "£1.50"))
    first = scene.made[0] if scene.made else motion
    scene.made = [first]
    for number in range(4):
        said = debate.write(first, "for", f"Point {turn}{number}.", by=scene.actor("member"), at=scene.at)
        debate.write(first, "against", "Not so.", answers=said, by=scene.actor("second"), at=scene.at)
    for number in range(2):
        other = stage(cast)
        assert other.consultation.id
        spec = gatherings.Spec(f"Evening {turn}{number}", NOON + DAY, NOON + DAY + timedelta(hours=2), place="The mill")
        gatherings.plan(cast.units["Alder"], spec, None, by=cast.actor("second"), at=NOON)
        with writing():
            unit = make_unit(f"Elm {turn}{number}", "branch", cast.units["Testland"])
            give_role(make_member(unit), Role.DELEGATE, unit)
            make_member(cast.units["Alder"])


def counts(app: Flask, readers: dict[str, Browser], addresses: list[str]) -> dict[tuple[str, str], int]:
    """(reader, address) → statements of a page made anew; pages that are not there for a reader are left out."""
    found = {}
    for name, browser in readers.items():
        for address in addresses:
            browser.client.get(address)  # what is asked once in each process, and the sign of life
            app.extensions.pop("consult-kept", None)
            db.session.rollback()
            db.session.expire_all()  # what the test has loaded would spare the page its questions
            seen: list[Any] = []

            def listen(*arguments: Any, seen: list[Any] = seen) -> None:
                seen.append(arguments[2])

            event.listen(db.engine, "before_cursor_execute", listen)
            try:
                answer = browser.client.get(address)
            finally:
                event.remove(db.engine, "before_cursor_execute", listen)
            if answer.status_code == 200:
                found[name, address] = len(seen)
    return found


def test_three_times_the_rows_take_no_more_statements(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    app.config["CONSULT_API_RATE"] = 1_000  # the test's clock stands still, and with it the minute
    scene = stage(cast, motions_per_branch=0, amendments_per_branch=0)
    with writing():
        give_role(cast.who["second"], Role.UNIT_OFFICER, cast.units["Alder"])
    more(scene, 1)
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    lists = sorted({rule.rule for rule in rules if not rule.rule.startswith(("/static", "/development"))})
    readers = {"visitor": Browser(app), **{name: browser_of(app, cast.who[name]) for name in READERS}}
    before = counts(app, readers, [*lists, *OF_ONE])
    more(scene, 2)
    more(scene, 3)
    after = counts(app, readers, [*lists, *OF_ONE])
    assert len(before) > 100 and before.keys() <= after.keys(), before.keys() - after.keys()
    grown = {key: (before[key], after[key]) for key in before if after[key] > before[key]}
    assert not grown, grown
