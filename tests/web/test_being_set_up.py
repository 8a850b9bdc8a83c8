"""A consultation that is being set up is shown to nobody but those who set it up: every route is asked, none lists it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.routing import IntegerConverter

from consult.domain.roles import Role
from consult.domain.rulebook import CONFERENCE
from consult.model.consultations import Consultation, Phase
from consult.model.hall import Sitting
from consult.model.store import db, writing
from consult.service import clock, consultations, gatherings, participation
from consult.service.consultations import PhaseSpec
from tests.factories import NOON, Cast, give_role
from tests.motions import DAY, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

TITLE = "Of hushed trams"
PARTS = {"paragraph": "p1", "kind": "analysis", "ballot_id": 1, "question_id": 1}
LISTS = (
    "/events",
    "/calendar",
    "/calendar.ics",
    "/events.ics",
    "/motions",
    "/search",
    "/api/v1/events",
    "/api/v1/motions",
)


@pytest.fixture
def hushed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Consultation]:
    """A consultation without a timetable, with terms, a question, a sitting, a paper and an event."""
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    officer, testland = cast.actor("committee_1"), cast.units["Testland"]
    made = consultations.create(
        testland, consultations.Spec(TITLE, TITLE, f"{TITLE} are slow."), CONFERENCE, by=officer, at=NOON
    )
    participation.declare(made, participation.Terms(), by=officer, at=NOON)
    participation.ask(made, participation.Asked("open", f"What of {TITLE}?"), by=officer, at=NOON)
    when = {"starts_at": NOON + DAY, "ends_at": NOON + 2 * DAY}
    gatherings.plan(testland, gatherings.Spec("A walk", place="The tram stop", **when), made, by=officer, at=NOON)
    with writing() as session:
        give_role(cast.who["second"], Role.UNIT_OFFICER, cast.units["Alder"])
        place = {"consultation_id": made.id, "title": f"The sitting {TITLE}"}
        session.add(Sitting(**place, number=1, place="Hall", **when, quorum=0, state="planned"))
    yield made


def asked_about(app: Flask, number: int) -> list[str]:
    """Every address that names the consultation, and every list that can be narrowed to it."""
    found = [f"{each}?consultation={number}" for each in LISTS]
    adapter = app.url_map.bind("")
    for rule in app.url_map.iter_rules():
        if "consultation_id" not in rule.arguments or "GET" not in (rule.methods or ()):
            continue
        values = {
            name: number if name == "consultation_id" else 1
            if isinstance(rule._converters[name], IntegerConverter) else PARTS[name]
            for name in rule.arguments
        }  # fmt: skip
        found.append(adapter.build(rule.endpoint, values))
    return found


def everything(app: Flask) -> list[str]:
    """Every page without a number in its address."""
    rules = [rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    return [rule.rule for rule in rules if not rule.endpoint.startswith("development")]


@pytest.mark.parametrize("who", ["", "stranger", "second"])
def test_nobody_else_is_shown_it_on_any_page(
    app: Flask, cast: Cast, hushed: Consultation, browser: Browser, who: str
) -> None:
    reader = browser_of(app, cast.who[who]) if who else browser
    asked = asked_about(app, hushed.id)
    assert len(asked) > 25
    wrong = []
    for address in [*asked, *everything(app), "/events/1", "/events/1.ics", "/api/v1/events/1", "/sittings/1",
                    "/sittings/1/live", "/sittings/1/minutes", "/events/new"]:  # fmt: skip
        answer = reader.fetch(address)
        if TITLE in answer.get_data(as_text=True):
            wrong.append(f"{address} shows it")
        if f"/consultations/{hushed.id}/" in address and answer.status_code == 200:
            wrong.append(f"{address} is there")
    assert wrong == []


def test_whoever_sets_it_up_is_shown_all_of_it_and_everybody_once_it_has_its_timetable(
    app: Flask, cast: Cast, hushed: Consultation, browser: Browser
) -> None:
    officer = browser_of(app, cast.who["committee_1"])
    tabs = [
        f"/consultations/{hushed.id}{each}"
        for each in ("", "/paper", "/papers", "/sittings", "/outcome", "/submissions")
    ]
    tabs += ["/events/1", "/sittings/1", f"/events?consultation={hushed.id}"]
    assert [each for each in tabs if TITLE not in officer.open(each).text] == []
    phases = [PhaseSpec("consulting", NOON - DAY, NOON + DAY)]
    consultations.set_timetable(hushed, phases, seen=None, by=cast.actor("committee_1"), at=NOON)
    assert [each for each in tabs if TITLE not in browser.open(each).text] == []


def test_one_to_which_a_motion_was_sent_is_shown_without_a_timetable(cast: Cast) -> None:
    scene = stage(cast)
    with writing() as session:
        session.execute(delete(Phase))
    db.session.expire_all()
    scene.draft()
    visitor = scene.cast.actor("stranger")
    assert scene.consultation not in consultations.shown(visitor, NOON)
    scene.submitted()
    assert scene.consultation in consultations.shown(visitor, NOON)
