"""Standing texts: amended by motions alone, exactly, and with their own majority."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.model.motions import Motion
from consult.model.standing import StandingText, StandingVersion
from consult.model.store import db, writing
from consult.service import motions as motion_service
from consult.service import rulings, sittings, standing
from consult.service.sittings import Business, Spec
from consult.text.clauses import Document
from tests.factories import NOON, Cast
from tests.hall import Hall
from tests.motions import DAY, MEETING, REASON, Stage, stage

RULES = "1 The movement is open to all who share its aims.\n2 The subscription is £12 a year.\n3 The quorum of a branch is ten."


def entered(scene: Stage) -> StandingText:
    return standing.enter(scene.cast.units["Testland"], "Constitution", RULES, by=scene.actor("committee_1"), at=NOON)


def words(text: StandingText) -> str:
    found = standing.get(text.id)
    assert found.version is not None
    return standing.typed(Document.from_data(found.version.document))


def changing(scene: Stage, text: StandingText, *change: str) -> Motion:
    """A motion on the order paper that exchanges words of the standing text."""
    motion = scene.seconded()
    standing.propose(motion, text, RULES.replace(*change), by=scene.actor("mover"), at=NOON)
    motion_service.submit(motion, MEETING, by=scene.actor("delegate"), at=scene.at)
    rulings.rule(motion, "in order", "SO 1", REASON, by=scene.actor("chair"), at=scene.at)
    rulings.publish(motion, by=scene.actor("chair"), at=scene.at)
    return scene.frozen(motion)


def sitting_of(scene: Stage, *motions: Motion) -> Hall:
    at = scene.at + 15 * DAY
    spec = Spec("Saturday morning", "The Corn Hall", at, at + DAY)
    sitting = sittings.plan(scene.consultation, spec, by=scene.actor("committee_1"), at=at - DAY)
    made = Hall(scene, sitting, list(motions), at)
    made.go(sittings.set_business, [Business(20, motion_id=motion.id) for motion in motions], by="committee_1")
    made.go(sittings.appoint, scene.cast.who["chair"], "chair", by="committee_1")
    made.open()
    return made


def decide(made: Hall, place: int, votes_for: int, votes_against: int) -> str | None:
    made.take(place)
    made.replied()
    return made.vote(votes_for, votes_against).outcome


def test_two_thirds_amend_the_text_exactly_and_a_bare_majority_does_not(cast: Cast) -> None:
    scene = stage(cast, motions_per_branch=0)
    text = entered(scene)
    lost, carried = changing(scene, text, "£12", "£15"), changing(scene, text, "is ten", "is twelve")
    change = standing.change_of(lost.id)
    assert change is not None and "delete '£12' and insert '£15'" in change.rubric[0]
    made = sitting_of(scene, lost, carried)
    assert decide(made, 0, 19, 10) == "lost" and "£12" in words(text)
    assert decide(made, 1, 20, 10) == "carried"
    assert words(text) == RULES.replace("is ten", "is twelve")
    found = standing.get(text.id)
    assert [version.motion_id for version in found.versions] == [None, carried.id]
    with pytest.raises(DBAPIError, match="never changed"), writing() as session:
        session.execute(update(StandingVersion).where(StandingVersion.text_id == text.id).values(hash="x"))


def test_a_second_change_follows_the_first_and_one_whose_words_are_gone_is_said_not_to_apply(cast: Cast) -> None:
    scene = stage(cast, motions_per_branch=0)
    text = entered(scene)
    made = sitting_of(
        scene,
        changing(scene, text, "£12", "£15"),
        changing(scene, text, "is ten", "is twelve"),
        changing(scene, text, "£12", "£9"),
    )
    for place in range(3):
        assert decide(made, place, 20, 1) == "carried"
    assert words(text) == RULES.replace("£12", "£15").replace("is ten", "is twelve")
    db.session.rollback()
    last = standing.change_of(made.motions[2].id)
    assert last is not None and last.outcome == "does not apply" and last.because


def test_who_enters_and_who_proposes(cast: Cast) -> None:
    scene = stage(cast, motions_per_branch=0)
    with pytest.raises(NotAllowed):
        standing.enter(cast.units["Testland"], "Constitution", RULES, by=cast.actor("member"), at=NOON)
    with pytest.raises(Invalid):
        standing.enter(cast.units["Testland"], "Constitution", " ", by=cast.actor("committee_1"), at=NOON)
    text = entered(scene)
    with pytest.raises(Invalid, match="of this title already"):
        entered(scene)
    motion = scene.seconded()
    with pytest.raises(NotAllowed):
        standing.propose(motion, text, RULES + "\n4 More.", by=cast.actor("member"), at=NOON)
    with pytest.raises(Invalid, match="Nothing is changed"):
        standing.propose(motion, text, RULES, by=cast.actor("mover"), at=NOON)
    standing.propose(motion, text, RULES + "\n4 More.", by=cast.actor("mover"), at=NOON)
    standing.propose(motion, text, RULES + "\n4 Less.", by=cast.actor("mover"), at=NOON)
    motion_service.submit(motion, MEETING, by=scene.actor("delegate"), at=scene.at)
    with pytest.raises(OutOfOrder, match="is settled"):
        standing.propose(motion, text, RULES, by=cast.actor("mover"), at=NOON)
