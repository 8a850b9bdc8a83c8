"""What becomes of motions without their own vote: remitted, referred back, not put, by leave, in parts; priorities; bars."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.model.audit import AuditEvent
from consult.model.motions import Motion
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import audit, disposals, motions, parts, resubmission, rulings, versions
from consult.text import parts as text_parts
from tests.factories import NOON, Cast
from tests.motions import DAY, REASON, Stage, stage

WHY = "Moved by Alder, seconded by Birch, and carried on a show of hands."


@pytest.mark.parametrize(
    ("step", "more", "motion_state", "amendment_state"),
    [
        ("remit", {"sent_to": "the executive"}, "remitted", "remitted"),
        ("refer back", {"sent_to": "Alder branch"}, "referred back", "falls"),
        ("leave unput", {"procedure": "next business"}, "not put", "on the order paper"),
        ("withdraw by leave", {}, "withdrawn by leave", "falls"),
        ("fall", {}, "falls", "falls"),
    ],
)
def test_each_way_takes_the_amendments_with_it(
    cast: Cast, step: str, more: dict[str, str], motion_state: str, amendment_state: str
) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.amended(motion, ("£2.", "£1."))
    by = cast.actor("committee_1")
    with pytest.raises(OutOfOrder):
        disposals.dispose(motion, "remit", WHY, sent_to="the executive", by=by, at=NOON)
    scene.frozen(motion)
    with pytest.raises(NotAllowed):
        disposals.dispose(motion, step, WHY, by=cast.actor("mover"), at=NOON, **more)
    made = disposals.dispose(motion, step, WHY, by=by, at=NOON, **more)
    assert (motion.state, row.state, made.reason) == (motion_state, amendment_state, WHY)
    told = set(db.session.scalars(select(Notice.member_id).where(Notice.kind == "motion-disposed")))
    assert told == {cast.who["mover"].id, cast.who["delegate"].id}
    assert motions.may_read(cast.actor("stranger"), motion.state, motion.mover_id, motion.number)
    with pytest.raises(Exception, match="never changed"), writing() as session:
        session.execute(text("UPDATE disposal SET reason = 'x'"))


def test_what_was_not_put_is_taken_up_again(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.frozen(scene.published())
    by = cast.actor("chair")
    disposals.dispose(motion, "leave unput", WHY, procedure="lie on the table", by=by, at=NOON)
    assert {way.step for way in disposals.steps_for(motion)} == {"take up again"}
    disposals.dispose(motion, "take up again", WHY, by=by, at=NOON)
    assert motion.state == "on the order paper"
    assert [row.decision for row in disposals.of(motion.id)] == ["not put", "taken up again"]


@pytest.mark.parametrize(
    ("step", "reason", "more", "field"),
    [
        ("remit", "x", {"sent_to": "the executive"}, "reason"),
        ("remit", WHY, {}, "sent_to"),
        ("refer back", WHY, {"sent_to": " "}, "sent_to"),
        ("leave unput", WHY, {}, "procedure"),
        ("leave unput", WHY, {"procedure": "tea"}, "procedure"),
        ("remit", WHY, {"sent_to": "the executive", "source": "nobody"}, "source"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    cast: Cast, step: str, reason: str, more: dict[str, str], field: str
) -> None:
    scene = stage(cast)
    motion = scene.frozen(scene.published())
    with pytest.raises(Invalid) as refusal:
        disposals.dispose(motion, step, reason, by=cast.actor("chair"), at=NOON, **more)
    assert field in refusal.value.fields and motion.state == "on the order paper"


def test_the_rules_say_what_can_be_moved(cast: Cast) -> None:
    scene = stage(cast, hall=("withdraw by leave",))
    motion = scene.frozen(scene.published())
    assert {way.step for way in disposals.steps_for(motion)} == {"leave unput", "withdraw by leave", "fall"}
    with pytest.raises(OutOfOrder, match="do not know “remit”"):
        disposals.dispose(motion, "remit", WHY, sent_to="the executive", by=cast.actor("chair"), at=NOON)
    with pytest.raises(Invalid, match="do not know “next business”"):
        disposals.dispose(motion, "leave unput", WHY, procedure="next business", by=cast.actor("chair"), at=NOON)
    with pytest.raises(NotFound):
        disposals.dispose(motion, "burn", WHY, by=cast.actor("chair"), at=NOON)


# -- priorities ------------------------------------------------------------------------------------------------------


def test_what_members_chose_and_what_was_added_are_shown_apart(cast: Cast) -> None:
    scene = stage(cast, motions_per_branch=0)
    first, second, third = (scene.published(heading=f"Motion about {word}") for word in ("buses", "trains", "trams"))
    by = cast.actor("committee_1")
    with pytest.raises(Invalid):
        disposals.prioritise(scene.consultation, [first.id, first.id], WHY, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        disposals.prioritise(scene.consultation, [first.id], WHY, by=cast.actor("mover"), at=NOON)
    disposals.prioritise(scene.consultation, [third.id, first.id], WHY, by=by, at=NOON)
    assert [row.state for row in (first, second, third)] == ["prioritised", "not prioritised", "prioritised"]
    with pytest.raises(OutOfOrder):
        disposals.add(first, WHY, by=by, at=NOON)
    disposals.add(second, "The executive asks for it.", by=by, at=NOON)
    chosen, added = disposals.priorities(scene.consultation.id)
    assert [row.motion_id for row in chosen] == [third.id, first.id] and [row.motion_id for row in added] == [second.id]
    disposals.prioritise(scene.consultation, [first.id], WHY, by=by, at=NOON)
    assert [row.state for row in (first, second, third)] == ["prioritised", "not prioritised", "not prioritised"]
    scene.amended(first, ("£2.", "£1."))
    scene.frozen(first)
    assert first.state == "on the order paper"


# -- in parts --------------------------------------------------------------------------------------------------------


def divided(cast: Cast) -> tuple[Stage, Motion, list[list[str]]]:
    scene = stage(cast)
    motion = scene.frozen(scene.published())
    clauses = [clause.id for clause in parts.divisible(motion)]
    return scene, motion, [clauses[:-1], clauses[-1:]]


def test_a_motion_is_taken_in_parts_and_what_was_lost_leaves_the_text(cast: Cast) -> None:
    _scene, motion, wanted = divided(cast)
    by = cast.actor("chair")
    before = motion.version
    assert before is not None
    with pytest.raises(Invalid, match="two parts or more"):
        parts.divide(motion, [[*wanted[0], *wanted[1]]], by=by, at=NOON)
    with pytest.raises(Invalid, match="exactly one part"):
        parts.divide(motion, [wanted[0], wanted[0]], by=by, at=NOON)
    parts.divide(motion, wanted, by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="divided already"):
        parts.divide(motion, wanted, by=by, at=NOON)
    parts.decide(motion, 1, "carried", by=by, at=NOON)
    with pytest.raises(Invalid, match="say otherwise"):
        parts.decide(motion, 2, "lost", votes_for=9, votes_against=3, by=by, at=NOON)
    parts.decide(motion, 2, "lost", votes_for=3, votes_against=9, by=by, at=NOON)
    after = motion.version
    assert after is not None and (after.cause, after.provenance["parents"]) == ("taken in parts", [before.hash])
    # anybody can replay it: the text that was divided, without the clauses of the parts that were lost
    lost = [clause for part in after.provenance["parts"] if part["outcome"] == "lost" for clause in part["clauses"]]
    assert text_parts.remaining(versions.document_of(before), lost).hash == after.hash
    assert "write to every member" not in str(after.document) and "the timetable" not in str(after.document)
    assert motion.state == "on the order paper"
    with pytest.raises(OutOfOrder, match="decided already"):
        parts.decide(motion, 2, "carried", by=by, at=NOON)


def test_all_parts_carried_leave_the_text_and_all_lost_end_the_motion(cast: Cast) -> None:
    _scene, motion, wanted = divided(cast)
    by = cast.actor("chair")
    version = motion.version_id
    parts.divide(motion, wanted, by=by, at=NOON)
    for number in (1, 2):
        parts.decide(motion, number, "carried", by=by, at=NOON)
    assert (motion.version_id, motion.state) == (version, "on the order paper")


def test_a_motion_of_which_every_part_is_lost_falls(cast: Cast) -> None:
    _scene, motion, wanted = divided(cast)
    by = cast.actor("chair")
    parts.divide(motion, wanted, by=by, at=NOON)
    for number in (1, 2):
        parts.decide(motion, number, "lost", by=by, at=NOON)
    assert motion.state == "falls" and disposals.of(motion.id)[-1].reason == "Every part of it was lost."


def test_amendments_are_decided_before_the_motion_is_divided(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    scene.amended(motion, ("£2.", "£1."))
    scene.frozen(motion)
    clauses = [clause.id for clause in parts.divisible(motion)]
    with pytest.raises(OutOfOrder, match="Amendment 1 is not decided"):
        parts.divide(motion, [clauses[:1], clauses[1:]], by=cast.actor("chair"), at=NOON)


# -- the bar on coming back ------------------------------------------------------------------------------------------


def decided(scene: Stage, motion: Motion, state: str = "lost") -> Motion:
    """A motion as a published result leaves it."""
    with writing() as session:
        row = session.get_one(Motion, motion.id)
        row.state = state
        audit.append(
            session, Event.MOTION_DECIDED, at=NOON, actor="machine:sweep", subject=row, data={"outcome": state}
        )
    return motion


def test_the_same_motion_is_found_and_barred_until_the_committee_lets_it_be_heard(cast: Cast) -> None:
    scene = stage(cast, bar_months=12, motions_per_branch=0)
    old = decided(scene, scene.frozen(scene.published()))
    again = scene.submitted(heading="Sunday buses once more", notes="1. Something has changed.")
    [row] = resubmission.standing(again)
    assert (row.other_id, row.share) == (old.id, 100)
    by = cast.actor("chair")
    with pytest.raises(OutOfOrder, match="the same as Motion 1"):
        rulings.rule(again, "in order", "SO 1", REASON, by=by, at=NOON)
    with pytest.raises(Invalid):
        resubmission.allow(again, old.id, "Because.", by=by, at=NOON)
    resubmission.allow(again, old.id, "The fare has doubled since, which is a new circumstance.", by=by, at=NOON)
    assert rulings.rule(again, "in order", "SO 1", REASON, by=by, at=NOON).decision == "in order"
    events = set(db.session.scalars(select(AuditEvent.event)))
    assert "motion.resubmission_allowed" in events


def test_a_motion_that_does_something_else_or_comes_later_is_free(cast: Cast) -> None:
    scene = stage(cast, bar_months=12, motions_per_branch=0)
    old = decided(scene, scene.frozen(scene.published()))
    other = scene.submitted(heading="Libraries", resolves="1. To keep every library open until eight in the evening.")
    assert resubmission.standing(other) == []
    document = versions.document_of(old.version)  # type: ignore[arg-type]
    rules = scene.consultation.rulebook
    from consult.domain.rulebook import Rulebook

    book = Rulebook.from_json(rules.rules)
    session = db.session()
    assert resubmission.find(session, other, document, book, NOON + 364 * DAY)
    assert not resubmission.find(session, other, document, book, NOON + 366 * DAY)
