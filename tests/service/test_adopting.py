"""A policy primary adopts: into the policy book with its ballot; what was taken from a ballot is set aside or replaced."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.ledger.envelopes import Answer
from consult.model.motions import Motion, Policy
from consult.model.policies import PolicyStep
from consult.model.store import db, writing
from consult.service import adopting, disposals
from consult.service.versions import document_of
from tests.desk import Desk
from tests.factories import Cast
from tests.motions import Stage
from tests.service.test_priorities import PAPERS, PRIMARY, ask, begun, held, states, take

WHY = "The complaints panel found that the roll was wrong, on 3 June."


def adopted(cast: Cast, **rules: object) -> tuple[Stage, Desk, list[Motion]]:
    """A primary whose first two places are taken: motions 3 and 4."""
    given = {"selection": "primary", "presets": (PRIMARY,), "shortlist": 4, "places": 2} | rules
    scene, desk, made = begun(cast, **given)
    ask(desk, made, "primary")
    desk.schedule()
    for name, ranking in PAPERS.items():
        desk.answer(name, Answer("q1", tuple(ranking), "-+++"))
    desk.publish()
    take(scene, desk)
    return scene, desk, made


def adopt(scene: Stage, desk: Desk, name: str = "committee_1") -> None:
    adopting.adopt(scene.consultation, desk.ballot, by=scene.actor(name), at=desk.after)


def test_what_a_primary_adopted_becomes_policy_with_its_ballot(cast: Cast) -> None:
    scene, desk, made = adopted(cast, lapse_years=2)
    waiting = adopting.adoptable(scene.consultation)
    assert list(waiting) == [desk.ballot.id] and {row.id for row in waiting[desk.ballot.id]} == {made[2].id, made[3].id}
    with pytest.raises(NotAllowed):
        adopt(scene, desk, "delegate")
    adopt(scene, desk)
    assert states(made) == ["not prioritised", "not prioritised", "carried", "carried"]
    policies = list(db.session.scalars(select(Policy).order_by(Policy.motion_id)))
    assert [(row.motion_id, row.ballot_id, row.version_id) for row in policies] == [
        (row.id, desk.ballot.id, row.version_id) for row in made[2:]
    ]
    clauses = {clause.id for clause in document_of(made[2].version).clauses}  # type: ignore[arg-type]
    assert set(policies[0].provenance) == clauses
    assert policies[0].lapses_at == desk.after.replace(year=desk.after.year + 2)
    with pytest.raises(OutOfOrder, match="Nothing that"):
        adopt(scene, desk)


def test_an_amendment_that_is_not_decided_stands_in_the_way_of_all(cast: Cast) -> None:
    scene, desk, made = begun(cast, selection="primary", presets=(PRIMARY,), shortlist=4, places=2)
    scene.amended(made[2], ("£2", "£1.50"))
    ask(desk, made, "primary")
    desk.schedule()
    for name, ranking in PAPERS.items():
        desk.answer(name, Answer("q1", tuple(ranking), "-+++"))
    desk.publish()
    take(scene, desk)
    with pytest.raises(OutOfOrder, match="Amendment 1 to Motion 3 is not decided"):
        adopt(scene, desk)
    assert db.session.scalar(select(Policy.id)) is None and made[3].state == "prioritised"


def test_only_a_primary_adopts(cast: Cast) -> None:
    scene, desk, _made = held(cast)
    take(scene, desk)
    assert adopting.adoptable(scene.consultation) == {}
    with pytest.raises(OutOfOrder, match="hold no policy primary"):
        adopt(scene, desk)


def test_setting_a_ballot_aside_undoes_places_and_adoptions_on_the_record(cast: Cast) -> None:
    scene, desk, made = adopted(cast)
    adopt(scene, desk)
    by = scene.actor("committee_1")
    with pytest.raises(Invalid):
        adopting.set_aside(desk.ballot, "No.", by=by, at=desk.after)
    with pytest.raises(NotAllowed):
        adopting.set_aside(desk.ballot, WHY, by=scene.actor("delegate"), at=desk.after)
    adopting.set_aside(desk.ballot, WHY, by=by, at=desk.after)
    assert states(made) == ["published"] * 4 and disposals.priorities(scene.consultation.id) == ([], [])
    assert set(db.session.scalars(select(Policy.state))) == {"rescinded"}
    assert set(db.session.scalars(select(PolicyStep.reason))) == {WHY}
    assert [row.reason for row in adopting.aside(scene.consultation.id)] == [WHY]
    with pytest.raises(OutOfOrder, match="set aside already"):
        adopting.set_aside(desk.ballot, WHY, by=by, at=desk.after)
    with pytest.raises(OutOfOrder, match="not taken again"):
        take(scene, desk)
    with pytest.raises(Exception, match="never changed"), writing() as session:
        session.execute(text("UPDATE set_aside SET reason = 'x'"))


def test_what_went_on_to_the_order_paper_is_settled_first(cast: Cast) -> None:
    scene, desk, made = held(cast)
    take(scene, desk)
    scene.frozen(made[2])
    with pytest.raises(OutOfOrder, match="Motion 3 is on the order paper by this ballot"):
        adopting.set_aside(desk.ballot, WHY, by=scene.actor("committee_1"), at=desk.after)


def test_the_places_of_a_second_ballot_replace_those_of_the_first(cast: Cast) -> None:
    scene, desk, made = held(cast)
    take(scene, desk)
    for word in ("canals", "roads"):
        made.append(scene.published(heading=f"Motion about {word}"))
    later = Desk(cast, consultation=scene.consultation, title="Priorities of June", at=desk.after + timedelta(days=1))
    ask(later, made[4:], "schulze")
    later.schedule()
    for name in PAPERS:
        later.vote(name, 1, 0)
    later.publish()
    take(scene, later)
    chosen, _added = disposals.priorities(scene.consultation.id)
    assert (chosen[0].place, chosen[0].motion_id) == (1, made[5].id)
    assert {row.ballot_id for row in chosen} == {later.ballot.id} and states(made)[:4] == ["published"] * 4
    [gone] = adopting.aside(scene.consultation.id)
    assert (gone.ballot_id, gone.replaced_by_id) == (desk.ballot.id, later.ballot.id)
