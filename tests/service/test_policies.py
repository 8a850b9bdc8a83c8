"""What becomes of a policy: its steps, the actions it orders, its model motions, and the round that lets it lapse."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.domain.roles import SWEEP
from consult.model.motions import Policy
from consult.model.store import db
from consult.service import model_motions, policies, policy_actions, policy_steps, substantive
from consult.service.versions import document_of
from tests.factories import NOON, Cast
from tests.motions import DAY, Stage, stage
from tests.service.test_substantive import outcomes, publish, put

WHY = "The meeting decided so by a large majority."
LATER = NOON + 10 * DAY


def policy(scene: Stage, **sections: str) -> Policy:
    """A motion carried unchanged, in the policy book."""
    motion = scene.published(**sections)
    scene.frozen(motion)
    ballot = put(motion)
    replays = substantive.decide(db.session(), ballot, outcomes(ballot, "carried"))
    publish(ballot, {r.motion_id: r.to_json() for r in replays}, by=scene.actor("committee_1"), at=NOON + 3 * DAY)
    found = policies.of_motion(motion.id)
    assert found is not None
    return found


@pytest.fixture
def scene(cast: Cast) -> Stage:
    return stage(cast)


@pytest.fixture
def buses(scene: Stage) -> Policy:
    return policy(scene)


def test_a_policy_is_superseded_by_a_later_one_with_a_reason(scene: Stage, buses: Policy) -> None:
    trams = policy(scene, heading="Trams before buses")
    chair = scene.actor("committee_1")
    with pytest.raises(NotAllowed):
        policy_steps.supersede(buses, trams, WHY, by=scene.actor("member"), at=LATER)
    with pytest.raises(Invalid, match="its own place"):
        policy_steps.supersede(buses, buses, WHY, by=chair, at=LATER)
    with pytest.raises(Invalid, match="reason"):
        policy_steps.supersede(buses, trams, " ", by=chair, at=LATER)
    policy_steps.supersede(buses, trams, WHY, by=chair, at=LATER)
    assert buses.state == "superseded" and not policies.in_force_at(buses, LATER)
    (step,) = policy_steps.history(buses.id)
    assert step.successor_id == trams.id and step.reason == WHY
    assert [old.id for old in policy_steps.superseded_by(trams.id)] == [buses.id]
    with pytest.raises(Invalid, match="is superseded"):
        policy_steps.supersede(trams, buses, WHY, by=chair, at=LATER)
    with pytest.raises(OutOfOrder):
        policy_steps.rescind(buses, WHY, by=chair, at=LATER)


def test_a_policy_is_renewed_before_its_day_and_lapses_by_the_round(scene: Stage, buses: Policy) -> None:
    chair = scene.actor("committee_1")
    assert buses.lapses_at is not None
    day = buses.lapses_at
    with pytest.raises(Invalid, match="after the one"):
        policy_steps.renew(buses, day, WHY, by=chair, at=LATER)
    with pytest.raises(OutOfOrder, match="not over"):
        policy_steps.lapse(buses, by=SWEEP, at=day - DAY)
    policy_steps.renew(buses, day + 365 * DAY, WHY, by=chair, at=LATER)
    assert policy_steps.due_to_lapse(day + DAY) == []
    after = day + 366 * DAY
    assert policy_steps.due_to_lapse(after) == [buses.id]
    with pytest.raises(OutOfOrder, match="moved again"):
        policy_steps.renew(buses, after + 365 * DAY, WHY, by=chair, at=after)
    policy_steps.lapse(buses, by=SWEEP, at=after)
    assert buses.state == "lapsed" and policy_steps.due_to_lapse(after) == []
    assert [(step.step, step.by_id is None) for step in policy_steps.history(buses.id)] == [
        ("renew", False),
        ("lapse", True),
    ]


def test_a_policy_is_rescinded_for_good(scene: Stage, buses: Policy) -> None:
    policy_steps.rescind(buses, WHY, by=scene.actor("committee_1"), at=LATER)
    assert buses.state == "rescinded"
    with pytest.raises(Exception, match="never changed"):
        db.session.execute(text("UPDATE policy_step SET reason = 'other'"))
    db.session.rollback()


def test_actions_are_given_and_reported_on(scene: Stage, buses: Policy) -> None:
    chair, delegate = scene.actor("committee_1"), scene.actor("delegate")
    document = document_of(buses.version)
    first = policy_actions.ordering(document)[0]
    notes = next(clause.id for clause in document.clauses if clause.kind == "notes")
    assert len(policy_actions.ordering(document)) == 5
    with pytest.raises(Invalid, match="resolves"):
        policy_actions.give(buses, notes, "Campaigns officer", None, by=chair, at=LATER)
    with pytest.raises(Invalid, match="before the policy"):
        policy_actions.give(buses, first, "Campaigns officer", date(2001, 1, 1), by=chair, at=LATER)
    with pytest.raises(NotAllowed):
        policy_actions.give(buses, first, "Campaigns officer", None, by=delegate, at=LATER)
    action = policy_actions.give(buses, first, "Campaigns officer", (LATER + 60 * DAY).date(), by=chair, at=LATER)
    assert action.progress == "not begun"
    policy_actions.report(action, "begun", "Wrote to the council.", by=delegate, at=LATER)
    policy_actions.report(action, "done", "The council agreed to it.", by=chair, at=LATER + DAY)
    with pytest.raises(Invalid, match="Say what was done"):
        policy_actions.report(action, "done", "", by=chair, at=LATER)
    (found,) = policy_actions.of_policy(buses.id)
    assert found.progress == "done" and [each.progress for each in found.reports] == ["begun", "done"]
    policy_steps.rescind(buses, WHY, by=chair, at=LATER)
    with pytest.raises(OutOfOrder, match="only a policy in force"):
        policy_actions.give(buses, first, "Somebody else", None, by=chair, at=LATER)


def test_a_model_motion_keeps_to_the_limit_and_is_followed(scene: Stage, buses: Policy) -> None:
    delegate = scene.actor("delegate")
    document = document_of(buses.version)
    resolves = [clause.id for clause in document.clauses if clause.kind == "resolves"]
    item = next(clause for clause in document.clauses if clause.kind == "item")
    notes = [clause.id for clause in document.clauses if clause.kind == "notes"]
    with pytest.raises(Invalid, match="leave out"):
        model_motions.make(buses, resolves + notes, "The Harbour Party", 20, by=delegate, at=LATER)
    with pytest.raises(Invalid, match="at least one clause"):
        model_motions.make(buses, notes, "The Harbour Party", 250, by=delegate, at=LATER)
    with pytest.raises(NotAllowed):
        model_motions.make(buses, resolves, "The Harbour Party", 250, by=scene.actor("member"), at=LATER)
    chosen = model_motions.chosen(document, [item.id], "Sunday buses")
    assert [clause.id for clause in chosen.clauses][1:] == [document.parents[item.id], item.id]
    policy_model = model_motions.make(buses, resolves, "The Harbour Party", 250, by=delegate, at=LATER)
    today = LATER.date()
    with pytest.raises(Invalid, match="future"):
        model_motions.send(policy_model, "Fennmoor branch", today + timedelta(days=2), "A. Ash", by=delegate, at=LATER)
    record = model_motions.send(policy_model, "Fennmoor branch", today, "A. Ash", by=delegate, at=LATER)
    model_motions.hear(record, "take up", today, "It is on their agenda for June.", revision=1, by=delegate, at=LATER)
    with pytest.raises(Stale):
        model_motions.hear(record, "carry", today, "", revision=1, by=delegate, at=LATER)
    model_motions.hear(
        record, "carry as amended", today, "Carried, without the date.", revision=2, by=delegate, at=LATER
    )
    with pytest.raises(OutOfOrder):
        model_motions.hear(record, "lose", today, "", by=delegate, at=LATER)
    (found,) = model_motions.of_policy(buses.id)
    assert [news.state for news in found.sendings[0].news] == ["on the agenda", "carried as amended"]
    assert found.sendings[0].state == "carried as amended"
