"""The front page of a visitor, a member, a delegate, the committee and a scrutineer: what each must do, and nothing of others'."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from consult.domain.mandates import FREE
from consult.domain.roles import Role
from consult.model.consultations import Phase
from consult.model.gatherings import Gathering
from consult.model.members import Member
from consult.model.store import db, writing
from consult.model.units import Unit
from consult.service import (
    clock,
    complaints,
    consultations,
    data_cases,
    debate,
    following,
    gatherings,
    mandates,
    moderation,
    submissions,
    worker_state,
)
from consult.service.actors import actor_of
from consult.web.home import visits
from tests.consulting import forum
from tests.desk import Desk
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


def test_a_delegate_sees_what_the_branch_says_to_a_consultation_and_the_committee_what_is_left_to_do(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "source", lambda session: NOON + timedelta(hours=1))
    scene = forum(cast)
    delegate = cast.who["delegate"]
    page = browser_of(app, delegate).open("/")
    assert "Submissions close" in page.main and "Nothing can be sent for your branch now" not in page.main
    submissions.begin(scene.consultation, "unit", cast.units["Alder"], by=cast.actor("delegate"), at=NOON)
    page = browser_of(app, delegate).open("/")
    assert "Your submissions" in page.main and "Kept, and not sent yet" in page.main
    assert "a meeting of Alder" not in page.main
    submissions.begin(scene.consultation, "meeting", cast.units["Alder"], by=cast.actor("delegate"), at=NOON)
    assert "a meeting of Alder" in browser_of(app, delegate).open("/").main
    page = browser_of(app, cast.who["chair"]).open("/")
    assert "Finish setting up consultations: nobody is shown them yet Nothing waits" in page.main
    assert "Screen statements that people proposed" in browser_of(app, cast.who["chair"]).open("/committee").main


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


def _hold(person: Member, role: Role, unit: Unit | None = None) -> Member:
    with writing():
        give_role(person, role, unit)
    return person


@pytest.mark.parametrize(
    ("role", "heading", "teaches"),
    [
        (Role.UNIT_OFFICER, "As officer of Alder", "Meetings without minutes"),
        (Role.RETURNING_OFFICER, "As returning officer", "Nominations to be judged"),
        (Role.ROLL_OFFICER, "As roll officer", "Imports that wait for your word"),
        (Role.MODERATOR, "As moderator", "comments that somebody reported"),
        (Role.COMPLAINTS, "For the complaints panel", "Complaints about ballots"),
        (Role.DATA_PROTECTION, "As data protection officer", "with the day on which each is due"),
    ],
)
def test_an_office_without_anything_that_waits_says_what_will_stand_there(
    app: Flask, scene: Stage, role: Role, heading: str, teaches: str
) -> None:
    unit = scene.cast.units["Alder"] if role is Role.UNIT_OFFICER else None
    page = browser_of(app, _hold(scene.cast.who["stranger"], role, unit)).open("/")
    assert heading in page.main and "Nothing waits for you in this office now." in page.main and teaches in page.main
    assert heading not in browser_of(app, scene.cast.who["member"]).open("/").main


def test_a_unit_officer_sees_meetings_without_minutes_and_terms_that_end(app: Flask, scene: Stage) -> None:
    unit = scene.cast.units["Alder"]
    officer = _hold(scene.cast.who["stranger"], Role.UNIT_OFFICER, unit)
    for name, days in (("Branch evening", 1), ("Summer picnic", 30)):
        spec = gatherings.Spec(name, NOON + days * DAY, NOON + (days + 0.1) * DAY, place="The mill")
        gatherings.plan(unit, spec, None, by=scene.actor("committee_1"), at=NOON)
    with writing() as session:
        session.execute(update(Gathering).where(Gathering.title == "Branch evening").values(
            starts_at=NOON - 2 * DAY, ends_at=NOON - DAY
        ))  # fmt: skip
        give_role(scene.cast.who["second"], Role.DELEGATE, unit, ends_at=NOON + 10 * DAY)
    page = browser_of(app, officer).open("/")
    assert "Branch evening It was held on" in page.main and "Meetings to come Summer picnic" in page.main
    assert "end soonthe first on 12 Mar 2026" in page.main
    assert "Nothing waits for you in this office now." not in page.main


def test_the_complaints_panel_and_the_data_protection_officer_see_what_is_due(app: Flask, scene: Stage) -> None:
    officer = _hold(scene.cast.who["stranger"], Role.DATA_PROTECTION)
    data_cases.ask(None, "access", "Send me everything, please.", by=scene.actor("second"), at=NOON)
    page = browser_of(app, officer).open("/")
    assert "Request for a copy Due " in page.main and "Waits for you as an officer" not in page.main
    assert page.click("Request for a copy").title
    desk = Desk(scene.cast)
    desk.ask()
    desk.schedule()
    ballot = desk.ballot
    text = "The link in my letter never worked."
    complaints.make(
        ballot, "could not vote", text, 1, by=scene.actor("member"), at=ballot.opens_at + timedelta(hours=1)
    )
    page = browser_of(app, scene.cast.who["panel"]).open("/")
    assert f"{ballot.title} 1 complaint to decide" in page.main and "Waits for you as an officer" not in page.main


def test_a_moderator_sees_what_is_to_be_screened_and_was_reported(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    moderator = _hold(scene.cast.who["stranger"], Role.MODERATOR)
    comment = debate.write(motion, "for", "Yes.", by=scene.actor("second"), at=NOON)
    moderation.report(comment, "It is rude to say so.", by=scene.actor("member"), at=NOON)
    page = browser_of(app, moderator).open("/")
    assert "Look at comments that were reported 1" in page.main
    moderation.keep(comment, "It is not rude.", by=actor_of(moderator.id, second_factor=True), at=NOON + DAY / 24)
    assert "Look at comments that were reported Nothing waits" in browser_of(app, moderator).open("/").main


def test_the_operator_sees_how_the_machine_is(app: Flask, scene: Stage) -> None:
    operator = _hold(scene.cast.who["stranger"], Role.OPERATOR)
    page = browser_of(app, operator).open("/")
    assert "As system operator" in page.main and "The worker has never run" in page.main and "GB" in page.main
    assert "Nothing waits for you in this office now." not in page.main
    worker_state.beat(NOON + timedelta(hours=1))
    page = browser_of(app, operator).open("/")
    assert "The worker is running" in page.main and "Nothing waits for you in this office now." in page.main
    assert page.click("Webhooks that fail or were disabled").title


def test_a_supporter_is_not_told_of_ballots_that_will_ask_them(app: Flask, scene: Stage) -> None:
    page = browser_of(app, scene.cast.who["supporter"]).open("/")
    assert "Members vote in ballots." in page.main and "for which you are on the roll" not in page.main


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

    everything = scene.cast.who["stranger"]
    for role in (Role.ROLL_OFFICER, Role.MODERATOR, Role.DATA_PROTECTION, Role.RETURNING_OFFICER):
        _hold(everything, role)
    _hold(everything, Role.UNIT_OFFICER, scene.cast.units["Alder"])
    few = {name: statements(name) for name in ("member", "delegate", "chair", "panel", "stranger")}
    for heading, asks in (("Trams", "second"), ("Ferries", "mover")):
        motion = scene.published(heading=heading)
        comment = debate.write(motion, "for", "Yes.", by=scene.actor("second"), at=NOON)
        moderation.report(comment, "It is rude.", by=scene.actor("member"), at=NOON)
        data_cases.ask(None, "access", "Send me everything, please.", by=scene.actor(asks), at=NOON)
        spec = gatherings.Spec(heading, NOON + DAY, NOON + 2 * DAY, place="The mill")
        gatherings.plan(scene.cast.units["Alder"], spec, None, by=scene.actor("committee_1"), at=NOON)
    stage(scene.cast)
    assert {name: statements(name) for name in few} == few
    assert max(few.values()) <= 40
