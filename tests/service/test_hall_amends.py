"""In the hall: an amendment to an amendment is put first, then its parent as amended; parts that the committee declared."""

from __future__ import annotations

import pytest

from consult.domain import hall as domain
from consult.domain.errors import OutOfOrder
from consult.model.amendments import Amendment
from consult.model.store import db
from consult.service import hall, motions, parts
from consult.service.hall_questions import Asked
from consult.service.versions import document_of
from tests.factories import Cast
from tests.hall import seated
from tests.motions import stage
from tests.service.test_hall import policy_of, text_of
from tests.service.test_rebases import child_of


def test_the_parts_are_those_that_were_declared(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.frozen(scene.published())
    clauses = [clause.id for clause in parts.divisible(motion)]
    parts.divide(motion, [clauses[:-1], clauses[-1:]], by=scene.actor("chair"), at=scene.after_amendments)
    made = seated(scene, [motion])
    made.open()
    made.take()
    made.procedure("take in parts", 9, 3)
    assert made.item.parts is not None and len(made.item.parts) == 2
    assert made.item.parts[1]["name"] == "Resolves 3"
    made.replied()
    made.vote(9, 2)
    made.vote(3, 8)
    assert [(row.outcome, row.votes_for, row.votes_against) for row in parts.of(motion)] == [
        ("carried", 9, 2), ("lost", 3, 8),
    ]  # fmt: skip
    found = motions.get(motion.id)
    assert found.state == "carried as amended" and found.version is not None
    text = " ".join(clause.text for clause in document_of(found.version).clauses)
    assert "single fare of £2" in text and "the timetable" not in text and "write to every member" not in text


def test_an_amendment_to_an_amendment_is_put_first_then_its_parent_as_amended(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    parent = scene.amended(motion, ("£2.", "£1.50 at all times."))
    child = child_of(scene, parent, "at all times", "before noon")
    made = seated(scene, [scene.frozen(motion)])
    made.open()
    made.take()
    with pytest.raises(OutOfOrder, match="comes first"):
        made.go(hall.put, Asked(domain.AMENDMENT, db.session.get_one(Amendment, parent.id)))
    assert made.vote(9, 4).amendment_id == child.id
    assert "£2." in text_of(made) and "before noon" not in text_of(made)
    assert made.vote(8, 5).amendment_id == parent.id
    assert "£1.50 before noon." in text_of(made) and "at all times" not in text_of(made)
    made.replied()
    made.vote(12, 2)
    carried = motions.get(motion.id)
    assert carried.state == "carried as amended" and carried.version is not None
    assert "£1.50 before noon." in " ".join(clause.text for clause in document_of(carried.version).clauses)
    states = [db.session.get_one(Amendment, row.id).state for row in (child, parent)]
    assert states == ["carried", "carried"]
    policy = policy_of(carried)
    assert policy is not None
    assert {author for runs in policy.provenance.values() for author, _ in runs} == {"", str(child.id), str(parent.id)}


def test_the_parent_of_a_lost_amendment_is_put_as_it_was(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    parent = scene.amended(motion, ("£2.", "£1.50 at all times."))
    child_of(scene, parent, "at all times", "before noon")
    made = seated(scene, [scene.frozen(motion)])
    made.open()
    made.take()
    made.vote(4, 9)
    made.vote(8, 5)
    assert "£1.50 at all times." in text_of(made)


def test_a_lost_parent_leaves_the_text_as_it_was_moved(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    parent = scene.amended(motion, ("£2.", "£1.50 at all times."))
    child_of(scene, parent, "at all times", "before noon")
    made = seated(scene, [scene.frozen(motion)])
    made.open()
    made.take()
    made.vote(9, 4)
    made.vote(5, 8)
    assert "£2." in text_of(made) and "£1.50" not in text_of(made)
    made.replied()
    made.vote(12, 2)
    assert motions.get(motion.id).state == "carried"
