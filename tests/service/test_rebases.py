"""A motion's new text: drafting changes, amendments carried over or waiting for consent, amendments to amendments."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.model.amendments import Amendment
from consult.model.motions import Motion
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import amendments, freezing, order_of_votes, rebases, rulings, versions
from consult.service.wording import sections_of
from consult.text.operations import operations_from_data
from consult.text.weave import apply
from tests.factories import NOON, Cast
from tests.motions import REASON, Stage, stage

WHY = "A capital letter was missing in the name."


def drafting(scene: Stage, motion: Motion, *changes: tuple[str, str]) -> Amendment:
    """An amendment that changes spelling only, taken as a drafting change."""
    row = scene.amended(motion, *changes, by="third_delegate")
    return rebases.take_as_drafting(row, WHY, by=scene.actor("chair"), at=NOON)


def text_of(motion: Motion) -> str:
    assert motion.version is not None
    return versions.document_of(motion.version).canonical.decode()


def test_a_drafting_change_is_written_in_and_the_others_are_carried_over(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    clean = scene.amended(motion, ("£2.", "£1.50."))
    before = motion.version
    assert before is not None
    row = drafting(scene, motion, ("council", "Council"))
    assert row.state == "drafting change" and motion.version is not None
    assert (motion.version.cause, motion.version.provenance["parents"]) == ("drafting change", [before.hash])
    assert motion.version.provenance["reason"] == WHY and "Council" in text_of(motion)
    assert clean.base_version_id == motion.version_id and rebases.waiting(clean) is None
    assert apply(versions.document_of(motion.version), operations_from_data(clean.operations)) is not None
    told = db.session.scalars(select(Notice).where(Notice.kind == "amendment-rebased")).one()
    assert told.member_id == clean.mover_id
    [kept] = rebases.of_motion(motion.id)
    assert (kept.status, kept.amendment_id) == ("clean", clean.id)


def test_words_are_no_drafting_change_unless_the_mover_accepted_them(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.amended(motion, ("£2.", "£1.50."))
    by = cast.actor("chair")
    with pytest.raises(OutOfOrder, match="no drafting change"):
        rebases.take_as_drafting(row, WHY, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        rebases.take_as_drafting(row, WHY, by=cast.actor("mover"), at=NOON)
    scene.answered(row, True)
    with pytest.raises(Invalid):
        rebases.take_as_drafting(row, "", by=by, at=NOON)
    rebases.take_as_drafting(row, WHY, by=by, at=NOON)
    assert "£1.50" in text_of(motion)


def test_an_amendment_of_changed_words_waits_for_its_movers_consent(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.amended(motion, ("a single fare of £2.", "a single fare of £1 for all."))
    first = scene.amended(motion, ("£2.", "£2.50."), by="third_delegate")
    scene.answered(first, True)
    words = [dict(operation) for operation in row.operations]
    old = row.base_version_id
    rebases.take_as_drafting(first, WHY, by=cast.actor("chair"), at=NOON)
    offer = rebases.waiting(row)
    assert offer is not None and offer.status == "needs consent" and offer.conflicts
    # nothing moved silently: its words and its base are as they were
    assert row.operations == words and row.base_version_id == old and offer.operations == words
    plan = freezing.plan(motion, at=scene.after_amendments)
    assert [fall.row.id for fall in plan.falls] == [row.id] and "not agreed to new words" in plan.falls[0].reason
    sections = sections_of(rebases.proposed(row))
    with pytest.raises(Invalid, match="Nothing is changed"):
        rebases.consent(row, sections, by=cast.actor("other_delegate"), at=NOON)
    typed = {name: text.replace("£2.50.", "£1 for all.") for name, text in sections.items()}
    with pytest.raises(NotAllowed):
        rebases.consent(row, typed, by=cast.actor("mover"), at=NOON)
    rebases.consent(row, typed, by=cast.actor("other_delegate"), at=NOON)
    assert row.base_version_id == motion.version_id and rebases.waiting(row) is None
    assert "£1 for all" in str(row.rubric)
    assert freezing.plan(motion, at=scene.after_amendments).falls == []
    with pytest.raises(OutOfOrder, match="does not wait"):
        rebases.consent(row, typed, by=cast.actor("other_delegate"), at=NOON)


# -- amendments to amendments ----------------------------------------------------------------------------------------


def child_of(scene: Stage, parent: Amendment, old: str, new: str, by: str = "third_delegate") -> Amendment:
    """An amendment to an amendment, submitted and ruled in order."""
    sections = sections_of(amendments.text_with(parent))
    typed = {name: text.replace(old, new) for name, text in sections.items()}
    unit = scene.cast.who[by].unit
    row = amendments.draft(parent.motion, unit, typed, parent=parent, by=scene.actor(by), at=NOON)
    amendments.submit(row, by=scene.actor(by), at=NOON)
    return rulings.rule(row, "in order", "SO 7", REASON, by=scene.actor("chair"), at=NOON).amendment  # type: ignore[return-value]


def test_an_amendment_to_an_amendment_is_put_first(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    parent = scene.amended(motion, ("£2.", "£1.50 at all times."))
    child = child_of(scene, parent, "at all times", "before noon")
    assert child.parent_id == parent.id and "before noon" in str(child.rubric)
    assert [(relation, other.id) for relation, other in amendments.related(child)] == [("depends on", parent.id)]
    with pytest.raises(OutOfOrder, match="as far as it goes"):
        child_of(scene, child, "noon", "one", by="other_delegate")
    scene.frozen(motion)
    rows = order_of_votes.on_paper(motion)
    assert [row.id for row in rows] == [child.id, parent.id]
    with pytest.raises(Invalid, match="it is put before Amendment 1"):
        order_of_votes.set_order(motion, [parent.id, child.id], by=cast.actor("chair"), at=NOON)


def test_an_amendment_to_one_that_is_written_in_amends_the_motion_then(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    parent = scene.amended(motion, ("£2.", "£1.50 at all times."))
    child = child_of(scene, parent, "at all times", "before noon")
    scene.answered(parent, True)
    scene.frozen(motion)
    assert (parent.state, child.state, child.parent_id) == ("incorporated", "on the order paper", None)
    assert child.base_version_id == motion.version_id
    assert (
        "£1.50 before noon"
        in apply(versions.document_of(child.base_version), operations_from_data(child.operations)).canonical.decode()
    )


def test_it_follows_its_parent_to_a_new_text(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    parent = scene.amended(motion, ("£2.", "£1.50 at all times."))
    child = child_of(scene, parent, "at all times", "before noon")
    drafting(scene, motion, ("hourly bus", "Hourly bus"))
    assert parent.base_version_id == child.base_version_id == motion.version_id
    assert "before noon" in amendments.text_with(child).canonical.decode()
    assert "Hourly" in amendments.text_with(child).canonical.decode()


def test_rules_may_not_know_them_and_taking_it_back_is_no_amendment(cast: Cast) -> None:
    scene = stage(cast, amend_amendments=False)
    parent = scene.amended(scene.published(), ("£2.", "£1.50."))
    with pytest.raises(OutOfOrder, match="cannot be amended"):
        child_of(scene, parent, "£1.50", "£1.20")
    other = stage(cast)
    parent = other.amended(other.published(), ("£2.", "£1.50."))
    sections = sections_of(versions.document_of(parent.base_version))
    _made, found = amendments.preview(parent.motion, sections, parent=parent)
    assert any("only takes" in finding.sentence for finding in found)


def test_one_withdrawn_by_leave_takes_the_amendments_to_it_along(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    parent = scene.amended(motion, ("£2.", "£1.50 at all times."))
    child = child_of(scene, parent, "at all times", "before noon")
    by = cast.actor("chair")
    with pytest.raises(OutOfOrder):
        amendments.withdraw_by_leave(parent, "Its mover asked for leave.", by=by, at=NOON)
    scene.frozen(motion)
    with pytest.raises(Invalid):
        amendments.withdraw_by_leave(parent, "", by=by, at=NOON)
    with pytest.raises(NotAllowed):
        amendments.withdraw_by_leave(parent, "Its mover asked for leave.", by=cast.actor("mover"), at=NOON)
    amendments.withdraw_by_leave(parent, "Its mover asked for leave.", by=by, at=NOON)
    assert (parent.state, child.state) == ("withdrawn", "falls") and "was withdrawn" in child.falls_because


def test_members_amend_where_the_rules_let_them(cast: Cast) -> None:
    scene = stage(cast, amenders=("member",))
    row = scene.drafted_amendment(scene.published(), ("£2.", "£1."))
    with pytest.raises(NotAllowed, match="a member, for themselves"):
        amendments.submit(row, by=cast.actor("other_delegate"), at=NOON)
    with pytest.raises(NotAllowed):
        amendments.submit_as_member(row, by=cast.actor("member"), at=NOON)
    assert amendments.submit_as_member(row, by=cast.actor("other_delegate"), at=NOON).number == 1
    other = stage(cast)
    row = other.drafted_amendment(other.published(), ("£2.", "£1."))
    with pytest.raises(NotAllowed, match="a branch, by its delegate"):
        amendments.submit_as_member(row, by=cast.actor("other_delegate"), at=NOON)
