"""Falls that a count proposes: confirmed before the certificate, or ruled not to be where the words still apply."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Refused, Stale
from consult.domain.events import Event
from consult.model.amendments import Amendment
from consult.model.audit import AuditEvent
from consult.model.proposed_falls import ProposedFall
from consult.model.store import db, writing
from consult.service import certificate, certification, motions, order_of_votes, proposed_falls, publication
from consult.service.casting import Answer
from tests.desk import Desk
from tests.factories import NOON, Cast
from tests.motions import DAY, Stage, stage

RULING = "The clause goes in any case; the figure in it was not what was debated."
VOTERS = ("member", "mover", "second", "delegate")


def counted(cast: Cast, *changes: tuple[str, str], **spec: object) -> Desk:
    """A ballot on a motion with these amendments, put in this order, all of them carried, and counted."""
    scene: Stage = stage(cast)
    motion = scene.published()
    order = [scene.amended(motion, change).id for change in changes]
    motion = scene.frozen(motion)
    order_of_votes.set_order(motion, order, RULING, by=cast.actor("chair"), at=scene.after_amendments)
    desk = Desk(cast, consultation=scene.consultation, at=NOON + 13 * DAY, signers_needed=1, **spec)
    desk.put(motion)
    desk.schedule()
    for name in VOTERS:
        desk.answer(name, *(Answer(question.key, (0,)) for question in desk.ballot.questions))
    desk.close()
    desk.count()
    return desk


WORDS, RIVAL = ("£2.", "£1.50."), ("£2.", "£1.")
DELETION = ("\n2. To ask the council for a single fare of £2.", "")


def decide(desk: Desk, stands: Mapping[int, str], by: str = "committee_1") -> list[ProposedFall]:
    seen = [row.amendment_id for row in proposed_falls.of(desk.ballot.id) if row.outcome is None]
    return proposed_falls.decide(desk.ballot, stands, seen=seen, by=desk.cast.actor(by), at=desk.after)


def finish(desk: Desk) -> None:
    certificate.draw_up(desk.ballot, by=desk.officer, at=desk.after)
    desk.sign("committee_1")
    publication.publish(desk.ballot, by=desk.cast.actor("committee_1"), at=desk.after)


def amendments_of(desk: Desk) -> dict[int, Amendment]:
    number = next(question.motion_id for question in desk.ballot.questions)
    return {row.number or 0: row for row in motions.get(number or 0).amendments}


def test_where_nothing_falls_nothing_is_asked(cast: Cast) -> None:
    desk = counted(cast, WORDS)
    assert desk.ballot.state == "drawn up" and proposed_falls.of(desk.ballot.id) == []
    assert proposed_falls.problem(db.session(), desk.ballot) == ""
    with pytest.raises(OutOfOrder, match="drawn up; what falls is confirmed after the count"):
        decide(desk, {})


def test_a_fall_is_confirmed_before_the_certificate_and_the_result(cast: Cast) -> None:
    desk = counted(cast, WORDS, RIVAL)
    (row,) = proposed_falls.of(desk.ballot.id)
    assert "Amendment 1 changed the words ‘£2’" in row.reason and not row.can_stand
    assert desk.ballot.state == "counted"
    assert certificate.missing(desk.ballot, desk.after) == ["1 proposed falls of amendments are not confirmed yet."]
    with pytest.raises(OutOfOrder, match="not confirmed yet"):
        certificate.draw_up(desk.ballot, by=desk.officer, at=desk.after)
    with pytest.raises(OutOfOrder, match="1 proposed fall is not confirmed: confirm at the desk"):
        publication.publish(desk.ballot, by=cast.actor("committee_1"), at=desk.after)
    with pytest.raises(Invalid, match="cannot be applied any more"):
        decide(desk, {row.amendment_id: RULING})
    assert decide(desk, {}) == []
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.event == Event.FALLS_DECIDED)).one()
    assert event.details["falls"] == [row.amendment_id] and event.details["stands"] == {}
    with pytest.raises(OutOfOrder, match="No proposed fall waits"):
        decide(desk, {})
    finish(desk)
    fallen = amendments_of(desk)[2]
    assert fallen.state == "falls" and "£2" in fallen.falls_because


def test_a_deletion_can_be_ruled_to_apply_to_the_clause_as_amended(cast: Cast) -> None:
    desk = counted(cast, WORDS, DELETION)
    (row,) = proposed_falls.of(desk.ballot.id)
    assert row.can_stand
    with pytest.raises(Invalid, match="why it does not fall"):
        decide(desk, {row.amendment_id: "No."})
    assert decide(desk, {row.amendment_id: RULING}) == []
    finish(desk)
    (found,) = certification.manifest_of(desk.ballot).decisions.values()
    assert found["amendments"][str(row.amendment_id)] == {"outcome": "carried", "reason": RULING}
    assert amendments_of(desk)[2].state == "carried"
    assert "single fare of £" not in str(found["document"]["clauses"][-4:])


def test_what_falls_by_a_ruling_is_proposed_in_its_turn(cast: Cast) -> None:
    desk = counted(cast, WORDS, DELETION, ("single fare", "simple fare"))
    first = proposed_falls.of(desk.ballot.id)
    assert [row.can_stand for row in first] == [True]
    (more,) = decide(desk, {first[0].amendment_id: RULING})
    assert "was deleted by" in more.reason and not more.can_stand
    with pytest.raises(OutOfOrder, match="not confirmed yet"):
        certificate.draw_up(desk.ballot, by=desk.officer, at=desk.after)
    assert decide(desk, {}) == []
    finish(desk)
    assert {number: row.state for number, row in amendments_of(desk).items()} == {
        1: "carried",
        2: "carried",
        3: "falls",
    }


def test_who_decides_and_what_they_must_have_seen(cast: Cast) -> None:
    desk = counted(cast, WORDS, RIVAL)
    for name in ("member", "scrutineer", "chair"):
        with pytest.raises(Refused):
            decide(desk, {}, by=name)
    with pytest.raises(Stale, match="than were shown"):
        proposed_falls.decide(desk.ballot, {}, seen=[], by=cast.actor("committee_1"), at=desk.after)
    with writing() as session:
        (row,) = proposed_falls.of(desk.ballot.id, session)
        row.amendment.mover_id = cast.who["committee_1"].id
    with pytest.raises(NotAllowed, match="moved or submitted"):
        decide(desk, {})
    assert decide(desk, {}, by="committee_2") == []


def test_the_database_keeps_the_decision(cast: Cast) -> None:
    desk = counted(cast, WORDS, RIVAL)
    decide(desk, {})
    for values in ({"outcome": "stands"}, {"outcome": None, "decided_at": None}):
        with pytest.raises(DBAPIError, match="never changed"), writing() as session:
            session.execute(update(ProposedFall).values(values))


def test_a_window_for_complaints_does_not_hide_the_falls(cast: Cast) -> None:
    desk = counted(cast, WORDS, RIVAL, complaint_hours=1)
    assert len(certificate.missing(desk.ballot, desk.after)) == 2
    assert decide(desk, {}) == []
    assert len(certificate.missing(desk.ballot, desk.after)) == 1
