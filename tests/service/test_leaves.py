"""Leave of the meeting: no late motion and no amendment to it is put without it, and what becomes of one that is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.rulebook import Lateness
from consult.model.audit import AuditEvent
from consult.model.motions import Motion
from consult.model.store import db, writing
from consult.service import ballot_questions, ballots, disposals, hall, hall_minutes, leaves, motions, scheduling
from consult.service.hall_questions import Asked
from consult.service.hall_votes import Figures
from consult.service.leaves import Voted
from tests.factories import Cast
from tests.hall import Hall, seated
from tests.motions import DAY, Stage, sent_late

MEETING = "the general meeting on 3 May"


def sitting(cast: Cast, kind: str = "late", **rules: object) -> Hall:
    scene, motion = sent_late(cast, kind, **rules)
    made = seated(scene, [motion])
    made.open()
    made.take()
    return made


def record(scene: Stage, motion: Motion, *figures: int, method: str = "hands", **values: object) -> Motion:
    voted = Voted(MEETING, method, Figures(*figures) if figures else None, **values)  # type: ignore[arg-type]
    return leaves.record(motion, voted, by=scene.actor("committee_1"), at=scene.after_amendments)


def test_a_late_motion_is_put_only_after_the_meeting_gave_leave(cast: Cast) -> None:
    made = sitting(cast)
    [amendment] = made.motions[0].amendments
    for asked in (Asked("amendment", amendment), Asked("motion")):
        with pytest.raises(OutOfOrder, match=r"That leave be given .* comes first"):
            made.go(hall.put, asked)
    with pytest.raises(Invalid, match="must be counted"):
        made.put_next("voice")
    division = made.vote(20, 10)
    assert (division.procedure, division.threshold, division.outcome) == ("give leave", "2/3", "carried")
    [kept] = leaves.of(made.motions[0].id)
    assert (kept.given, kept.division_id, kept.votes_for, kept.meeting) == (True, division.id, 20, "Saturday morning")
    assert hall_minutes.of(made.sitting.id)[-1].words.endswith(
        "(at least 2/3 of the votes needed). Motion 1 may be taken."
    )
    assert "motion.leave_decided" in set(db.session.scalars(select(AuditEvent.event)))
    assert made.put_next().amendment_id == amendment.id


@pytest.mark.parametrize(
    ("refused", "state", "amendment"),
    [
        ("not put", "not put", "on the order paper"),
        ("remitted", "remitted", "remitted"),
        ("referred back", "referred back", "falls"),
    ],
)
def test_without_leave_the_rules_say_what_becomes_of_it(cast: Cast, refused: str, state: str, amendment: str) -> None:
    made = sitting(cast, late=Lateness(refused=refused))
    division = made.vote(19, 10)
    motion = motions.get(made.motions[0].id)
    assert (division.outcome, motion.state, [row.state for row in motion.amendments]) == ("lost", state, [amendment])
    assert (made.sitting.items[0].state, division.effects) == ("disposed", [f"Motion 1 is {state}."])
    assert disposals.of(motion.id)[-1].reason == "Leave to take it was not given by Saturday morning."


def test_what_was_not_put_for_want_of_leave_needs_it_again(cast: Cast) -> None:
    made = sitting(cast)
    made.vote(1, 10)
    by, at = cast.actor("committee_1"), made.at + timedelta(hours=1)
    motion = motions.get(made.motions[0].id)
    disposals.dispose(motion, "take up again", "The executive asked for it.", by=by, at=at)
    assert leaves.missing(db.session(), motion) is not None
    leaves.record(motion, Voted(MEETING, "hands", Figures(2, 1)), by=by, at=at)
    assert leaves.missing(db.session(), motion) is None and [row.given for row in leaves.of(motion.id)] == [False, True]


def test_an_emergency_by_half_and_rules_that_ask_for_no_leave(cast: Cast) -> None:
    made = sitting(cast, "emergency")
    assert made.put_next("voice").threshold == "1/2"
    assert leaves.asked_of(db.session(), made.motions[0]) == Lateness(leave="1/2")


def test_no_leave_asked_none_needed(cast: Cast) -> None:
    made = sitting(cast, late=Lateness(leave=""))
    assert made.put_next().kind == "amendment"
    with pytest.raises(OutOfOrder, match="needs no leave"):
        record(made.scene, made.motions[0], 2, 1)


def test_a_ballot_waits_for_leave_and_the_committee_records_it(cast: Cast) -> None:
    scene, motion = sent_late(cast)
    by, at = cast.actor("committee_1"), scene.after_amendments
    ballot = ballots.create(scene.consultation, ballots.BallotSpec("The ballot", at + DAY, at + 2 * DAY), by=by, at=at)
    ballot_questions.add_motion(ballot, motion, "motion", by=by, at=at)
    [sentence] = [one for one in scheduling.paper_problems(ballot, at) if "give leave" in one]
    assert sentence.startswith("Motion 1 is a late motion: a meeting must give leave by at least 2/3 of the votes")
    with pytest.raises(OutOfOrder, match="is on the ballot"):
        record(scene, motion, 20, 10)
    ballot_questions.remove_question(ballot, ballot.questions[0].id, "resolved", by=by, at=at)
    record(scene, motion, 20, 10)
    assert leaves.problem(db.session(), motion) == ""
    with pytest.raises(OutOfOrder, match="or has it"):
        record(scene, motion, 20, 10)


@pytest.mark.parametrize(
    ("voted", "field"),
    [
        (Voted("", "nem con"), "meeting"),
        (Voted("x" * 201, "nem con"), "meeting"),
        (Voted(MEETING, "cards"), "method"),
        (Voted(MEETING, "voice", side="carried"), "method"),
        (Voted(MEETING, "hands"), "votes_for"),
        (Voted(MEETING, "hands", Figures(-1, 2)), "votes_for"),
    ],
)
def test_what_cannot_decide_it_is_refused_and_nothing_kept(cast: Cast, voted: Voted, field: str) -> None:
    scene, motion = sent_late(cast)
    with pytest.raises(Invalid) as refusal:
        leaves.record(motion, voted, by=cast.actor("committee_1"), at=scene.after_amendments)
    assert set(refusal.value.fields) == {field} and leaves.of(motion.id) == []
    with pytest.raises(NotAllowed):
        leaves.record(motion, Voted(MEETING, "nem con"), by=cast.actor("delegate"), at=scene.after_amendments)


def test_refusal_is_recorded_from_a_meeting_and_never_changed(cast: Cast) -> None:
    scene, motion = sent_late(cast, late=Lateness(leave="1/2", refused="remitted"))
    record(scene, motion, method="voice", side="lost")
    assert motions.get(motion.id).state == "remitted"
    with pytest.raises(Exception, match="never changed"), writing() as session:
        session.execute(text("UPDATE leave SET meeting = 'another'"))
