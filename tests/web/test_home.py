"""The front page of a visitor, a member, a delegate, the committee and a scrutineer: what each must do, and nothing of others'."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from consult.domain.mandates import FREE
from consult.domain.roles import Role
from consult.model.consultations import Phase
from consult.model.store import db, writing
from consult.service import clock, consultations, debate, following, gatherings, mandates
from consult.web.home import visits
from tests.factories import NOON, Cast, give_role
from tests.motions import DAY, Stage, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(clock, "source", lambda session: NOON + timedelta(hours=1))
    return stage(cast, branch_words=500)


def test_a_visitor_sees_what_is_open_and_the_same_page_again(app: Flask, scene: Stage, browser: Browser) -> None:
    scene.published()
    page = browser.open("/")
    assert "The spring conference" in page.main and "Buses that run on Sundays" in page.main
    assert "Send amendments until" in page.main and "As delegate" not in page.main
    assert page.answer.headers["Cache-Control"].startswith("public") and "Set-Cookie" not in page.answer.headers
    assert Browser(app, **{"If-None-Match": page.answer.headers["ETag"]}).fetch("/").status_code == 304
    with writing() as session:
        for phase in session.scalars(select(Phase)):
            phase.closes_at = NOON
    spec = consultations.Spec("The winter conference", paper="Why.")
    consultations.edit(scene.consultation, spec, "resolved", by=scene.actor("committee_1"), at=NOON)
    page = browser.open("/")
    assert "No consultation is open now." in page.main and "The winter conference" not in page.main


def test_a_delegate_sees_deadlines_words_and_mandates(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    scene.seconded(heading="Trams for everybody")
    mine = scene.cast.who["delegate"]
    held = next(h for h in mandates.delegates_of(scene.cast.units["Alder"], NOON) if h.member_id == mine.id)
    spec = mandates.Spec(held.id, FREE, "", date(2026, 2, 20), 31, 26, 4, "Agreed.", motion_id=motion.id)
    mandates.give(scene.cast.units["Alder"], spec, by=_officer(scene), at=NOON)
    page = browser_of(app, mine).open("/")
    assert "As delegate of Alder" in page.main
    assert "of 500 are spent" in page.main and "Amendments close" in page.main
    assert "Trams for everybody" in page.main and "Your mandates" in page.main
    assert "As delegate" not in browser_of(app, scene.cast.who["member"]).open("/").main


def _officer(scene: Stage):  # type: ignore[no-untyped-def]
    with writing():
        give_role(scene.cast.who["second"], Role.UNIT_OFFICER, scene.cast.units["Alder"])
    return scene.actor("second")


def test_the_committee_sees_its_queue_and_its_agenda(app: Flask, scene: Stage) -> None:
    scene.submitted()
    page = browser_of(app, scene.cast.who["chair"]).open("/")
    assert "For the committee" in page.main and "The agenda of The spring conference" in page.main
    assert "Standing orders committee report Not issued yet" in page.main
    assert page.click("Rule on submitted motions").title


def test_a_scrutineer_has_nothing_to_press(app: Flask, scene: Stage) -> None:
    page = browser_of(app, scene.cast.who["scrutineer"]).open("/")
    assert "As scrutineer" in page.main and "No ballot is under way." in page.main
    part = next(node for node in page.tree.iter("section") if node.get("aria-labelledby") == "to-watch")
    assert not list(part.iter("form")) and not list(part.iter("button"))


def test_a_member_sees_the_branch_and_what_is_new(app: Flask, scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    motion = scene.published()
    spec = gatherings.Spec("Branch evening", NOON + DAY, NOON + DAY + timedelta(hours=2), place="The mill")
    gatherings.plan(scene.cast.units["Alder"], spec, None, by=_officer(scene), at=NOON)
    following.follow(motion, True, by=scene.actor("member"), at=NOON)
    browser = browser_of(app, scene.cast.who["member"])
    page = browser.open("/")
    assert "Branch evening" in page.main and "since you were last here" not in page.main
    later = NOON + timedelta(hours=1) + 2 * visits.ONE_VISIT
    monkeypatch.setattr(clock, "source", lambda session: later)
    assert "Nothing has happened to them since you were last here" in browser.open("/").main
    debate.write(motion, "for", "Yes.", by=scene.actor("second"), at=later)
    assert "1 new in the debate" in browser.open("/").main


def test_the_front_page_takes_the_same_statements_however_much_there_is(app: Flask, scene: Stage) -> None:
    scene.published()
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))

    def statements(name: str) -> int:
        browser = browser_of(app, scene.cast.who[name])
        browser.open("/")
        asked.clear()
        browser.open("/")
        return len(asked)

    few = {name: statements(name) for name in ("member", "delegate", "chair")}
    for heading in ("Trams", "Ferries"):
        scene.published(heading=heading)
    stage(scene.cast)
    assert {name: statements(name) for name in few} == few
    assert max(few.values()) <= 40
