"""What stands around a motion: read in one statement, as the services that keep it tell it one by one; and the mark of a page."""

from __future__ import annotations

from consult.service import composites, consequences, marks, reading, surroundings
from tests.factories import NOON, Cast
from tests.motions import stage
from tests.service.test_composites import begun
from tests.service.test_consequences import another, confirmed


def test_everything_around_a_motion_is_as_its_own_services_tell_it(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    two = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    other = another(scene)
    confirmed(scene, "falls if carried", one, two)
    ended = confirmed(scene, "falls if carried", other, one)
    consequences.end(ended, "The two can both be carried out after all.", by=scene.actor("chair"), at=NOON)
    confirmed(scene, "falls if lost", motion, other)
    composite = begun(scene)
    found = surroundings.around(motion.id)
    assert found.follows == consequences.by_key(consequences.of_motion(motion.id), motion.id)
    assert set(found.follows) == {
        f"motion:{motion.id}",
        f"motion:{other.id}",
        f"amendment:{one.id}",
        f"amendment:{two.id}",
    }
    assert [(row.amendment_id, row.other_id, row.relation) for row in found.relations] == [(one.id, two.id, "overlap")]
    spans = sorted(scene.consultation.phases, key=lambda phase: phase.opens_at)
    assert [(span.kind, span.opens_at, span.closes_at) for span in found.phases] == [
        (phase.kind, phase.opens_at, phase.closes_at) for phase in spans
    ]
    assert found.composites == []
    parent = composite.parents[0].motion
    [made] = surroundings.around(parent.id).composites
    assert (made.id, made.label, made.title, made.state) == (
        composite.id, composite.label, composite.title, composites.get(composite.id).state,
    )  # fmt: skip
    assert reading.page(motion.id, scene.actor("member"), NOON).around == found


def test_the_mark_moves_with_every_act_and_knows_the_name(cast: Cast) -> None:
    scene = stage(cast)
    first = marks.mark()
    assert first.organisation and first.at.tzinfo is not None and marks.mark().head == first.head
    scene.draft()
    assert marks.mark().head != first.head
