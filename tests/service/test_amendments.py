"""Amendments: worked out exactly, submitted in time, answered by the mover, related, and frozen with the text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.model.amendments import AmendmentRelation
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import amendments, freezing, order_of_votes, rulings
from consult.service.versions import document_of, of_motion
from consult.text.weave import apply
from tests.factories import NOON, Cast
from tests.motions import DAY, REASON, stage

MILLISECOND = timedelta(milliseconds=1)


def test_editing_the_text_gives_operations_rubric_marks_and_words(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.drafted_amendment(motion, ("£2.", "£1.50 and nothing at night."))
    assert (row.state, row.number, row.words_added, row.words_deleted) == ("draft", None, 5, 1)
    assert row.rubric[0] == "In Resolves 2, line 6, delete '£2' and insert '£1.50 and nothing at night'."
    assert [clause["label"] for clause in row.marked] == ["Resolves 2"]
    made = apply(document_of(row.base_version), amendments.text_of(row).operations)
    assert made.hash == amendments.text_with(row).hash
    assert any("£1.50 and nothing at night." in clause.text for clause in made.clauses)


def test_nothing_changed_is_no_amendment(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    with pytest.raises(Invalid, match="Nothing is changed yet"):
        scene.drafted_amendment(motion)


def test_new_clauses_have_names_that_never_collide(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    rows = [
        scene.amended(motion, ("(b) the fares.", "(b) the fares;\n   (c) the drivers."), by=name)
        for name in ("other_delegate", "third_delegate")
    ]
    names = [row.operations[-1]["clauses"][0]["id"] for row in rows]
    assert len(set(names)) == 2
    relations = db.session.scalars(select(AmendmentRelation.relation)).all()
    assert relations == ["identical"]


def test_only_a_published_motion_is_amended_and_only_in_its_phase(cast: Cast) -> None:
    scene = stage(cast)
    submitted = scene.submitted()
    with pytest.raises(OutOfOrder, match="while it is published"):
        scene.drafted_amendment(submitted, ("£2", "£1"))
    motion = scene.published()
    row = scene.drafted_amendment(motion, ("£2", "£1"))
    close = NOON + 10 * DAY
    with pytest.raises(OutOfOrder, match="that deadline has passed"):
        amendments.submit(row, by=cast.actor("other_delegate"), at=close)
    amendments.submit(row, by=cast.actor("other_delegate"), at=close - MILLISECOND)
    assert (row.state, row.number, row.label) == ("submitted", 1, "Amendment 1")
    with pytest.raises(OutOfOrder):
        amendments.submit(row, by=cast.actor("other_delegate"), at=NOON)


def test_a_branch_submits_through_its_own_delegate(cast: Cast) -> None:
    scene = stage(cast)
    row = scene.drafted_amendment(scene.published(), ("£2", "£1"), by="member")
    for name in ("member", "other_delegate", "chair"):
        with pytest.raises(NotAllowed):
            amendments.submit(row, by=cast.actor(name), at=NOON)
    with pytest.raises(NotFound):
        amendments.require_readable(cast.actor("stranger"), row, NOON)
    amendments.require_readable(cast.actor("delegate"), row, NOON)
    amendments.submit(row, by=cast.actor("delegate"), at=NOON)
    told = db.session.scalars(select(Notice.member_id).where(Notice.kind == "amendment-submitted")).all()
    assert told == [cast.who["mover"].id]


def test_too_many_words_too_many_amendments_and_a_direct_negative(cast: Cast) -> None:
    scene = stage(cast, amendment_words=5, amendments_per_branch=1)
    motion = scene.published()
    with pytest.raises(Invalid, match="adds 6 words and the limit is 5"):
        scene.amended(motion, ("£2", "£1 and not a penny more"))
    scene.amended(motion, ("£2", "£1"))
    with pytest.raises(OutOfOrder, match="as many as the rules allow"):
        scene.amended(motion, ("10pm", "11pm"))
    turned = [(words, words.replace("To", "To not")) for words in ("To campaign", "To ask", "To write")]
    row = scene.drafted_amendment(motion, *turned)
    base = document_of(row.base_version)
    found = amendments.findings(motion, base, amendments.text_of(row).operations, row)
    assert any("direct negative" in finding.sentence for finding in found)


def test_two_tabs_and_somebody_elses_draft(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.drafted_amendment(motion, ("£2", "£1"))
    first = row.revision
    mine = cast.actor("other_delegate")
    amendments.save(row, scene.edited(motion, ("£2", "£3")), revision=first, by=mine, at=NOON)
    with pytest.raises(Stale):
        amendments.save(row, scene.edited(motion, ("£2", "£4")), revision=first, by=mine, at=NOON)
    with pytest.raises(NotAllowed, match="its mover"):
        amendments.save(row, scene.edited(motion, ("£2", "£4")), revision=None, by=cast.actor("delegate"), at=NOON)
    assert "insert '£3'" in row.rubric[0]


def test_the_mover_of_the_motion_answers_until_the_text_is_frozen(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.amended(motion, ("£2", "£1"), ruled=False)
    with pytest.raises(OutOfOrder, match="cannot be accepted"):
        scene.answered(row, True)
    rulings.rule(row, "in order", "SO 7", REASON, by=cast.actor("chair"), at=NOON)
    with pytest.raises(NotAllowed):
        amendments.respond(motion, row, True, by=cast.actor("other_delegate"), at=NOON)
    assert scene.answered(row, False).state == "not accepted"
    assert scene.answered(row, True).state == "accepted by mover"
    other = scene.published()
    with pytest.raises(NotFound):
        amendments.respond(other, row, True, by=cast.actor("mover"), at=NOON)
    scene.frozen(motion)
    with pytest.raises(OutOfOrder, match="no longer be answered"):
        scene.answered(row, False)


def test_alternatives_are_found_and_named_from_both_sides(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    two = scene.amended(motion, ("a single fare of £2", "free travel"), by="third_delegate")
    apart = scene.amended(motion, ("10pm", "11pm"), by="third_delegate")
    assert [(relation, row.id) for relation, row in amendments.related(one)] == [("contained", two.id)]
    assert [(relation, row.id) for relation, row in amendments.related(two)] == [("contains", one.id)]
    assert amendments.related(apart) == []
    amendments.withdraw(two, by=cast.actor("third_delegate"), at=NOON)
    assert amendments.related(one) == []


def test_freezing_writes_in_what_was_accepted_and_carries_the_others_over(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    before = document_of(motion.version)  # type: ignore[arg-type]
    taken = scene.answered(scene.amended(motion, ("hourly bus on Sundays", "hourly low-floor bus on Sundays")), True)
    placed = scene.amended(motion, ("10pm", "11pm"))
    refused = scene.answered(scene.amended(motion, ("£2", "£1.50"), by="third_delegate"), False)
    scene.frozen(motion)
    first, second = of_motion(motion.id)
    assert (second.cause, second.provenance["parents"]) == ("accepted amendments", [before.hash])
    assert second.provenance["amendments"] == [taken.id]
    assert "low-floor" in next(clause.text for clause in document_of(second).clauses if "hourly" in clause.text)
    assert (taken.state, placed.state, refused.state) == ("incorporated", "on the order paper", "on the order paper")
    assert placed.base_version_id == second.id and (placed.order, refused.order) == (1, 2)
    result = apply(document_of(second), amendments.text_of(placed).operations)
    assert any("low-floor bus on Sundays until 11pm" in clause.text for clause in result.clauses)
    assert motion.state == "on the order paper" and first.hash == before.hash


def test_what_no_longer_applies_must_be_confirmed_by_an_officer(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    scene.answered(scene.amended(motion, ("£2", "£1.50")), True)
    rival = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    found = freezing.plan(motion, at=scene.after_amendments)
    assert [fall.row.id for fall in found.falls] == [rival.id] and "‘£2’" in found.falls[0].reason
    with pytest.raises(Invalid, match="Confirm that Amendment 2 falls"):
        scene.frozen(motion)
    assert motion.state == "published" and len(of_motion(motion.id)) == 1
    scene.frozen(motion, falls=[rival.id])
    assert rival.state == "falls" and "‘£2’" in rival.falls_because


def test_an_officer_may_put_an_accepted_amendment_to_the_vote_all_the_same(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    taken = scene.answered(scene.amended(motion, ("£2", "£1.50")), True)
    rival = scene.amended(motion, ("£2", "£1"), by="third_delegate")
    scene.frozen(motion, to_vote=[taken.id])
    assert {taken.state, rival.state} == {"on the order paper"} and len(of_motion(motion.id)) == 1


def test_what_stands_in_the_way_of_freezing(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.amended(motion, ("£2", "£1.50"), ruled=False)
    with pytest.raises(OutOfOrder, match="not ruled yet on Amendment 1"):
        scene.frozen(motion)
    ruling = rulings.rule(row, "ruled out", "SO 7", REASON, by=cast.actor("chair"), at=NOON)
    rulings.appeal(row, ruling, "It changes only one figure of it.", by=cast.actor("other_delegate"), at=NOON)
    with pytest.raises(OutOfOrder, match="The appeal about Amendment 1 is not decided"):
        scene.frozen(motion)
    rulings.decide(row, ruling, False, REASON, by=cast.actor("panel"), at=NOON)
    with pytest.raises(OutOfOrder, match="Amendments can still be submitted"):
        freezing.freeze(motion, by=cast.actor("chair"), at=NOON)
    with pytest.raises(NotAllowed):
        freezing.freeze(motion, by=cast.actor("mover"), at=scene.after_amendments)
    scene.frozen(motion)
    with pytest.raises(OutOfOrder, match="cannot be frozen"):
        scene.frozen(motion)


def test_a_page_of_freezing_that_is_out_of_date_is_refused(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = scene.amended(motion, ("£2", "£1.50"))
    seen = freezing.fingerprint(freezing.plan(motion, at=scene.after_amendments))
    scene.answered(row, True)
    with pytest.raises(Stale, match="has changed since you opened this page"):
        scene.frozen(motion, seen=seen)


def test_the_order_of_votes_names_each_amendment_once(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    one = scene.amended(motion, ("£2", "£1.50"))
    two = scene.amended(motion, ("10pm", "11pm"))
    chair = cast.actor("chair")
    with pytest.raises(OutOfOrder, match="while it is on the order paper"):
        order_of_votes.set_order(motion, [one.id, two.id], by=chair, at=NOON)
    scene.frozen(motion)
    assert [row.id for row in order_of_votes.on_paper(motion)] == [two.id, one.id]
    for wrong in ([one.id], [one.id, one.id], [one.id, two.id, 999], []):
        with pytest.raises(Invalid, match="each amendment"):
            order_of_votes.set_order(motion, wrong, by=chair, at=NOON)
    with pytest.raises(NotAllowed):
        order_of_votes.set_order(motion, [one.id, two.id], by=cast.actor("mover"), at=NOON)
    order_of_votes.set_order(motion, [one.id, two.id], by=chair, at=NOON)
    assert [row.id for row in order_of_votes.on_paper(motion)] == [one.id, two.id]


def test_delete_all_and_insert_is_voted_on_first(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    small = scene.amended(motion, ("10pm", "11pm"))
    sections = scene.edited(motion) | {"notes": "", "believes": "", "resolves": "1. To buy a boat for every village."}
    whole = amendments.draft(motion, cast.units["Cedar"], sections, by=cast.actor("third_delegate"), at=NOON)
    assert whole.operations[0]["op"] == "replace all" and whole.rubric[0].startswith("Delete all")
    amendments.submit(whole, by=cast.actor("third_delegate"), at=NOON)
    rulings.rule(whole, "in order", "SO 7", REASON, by=cast.actor("chair"), at=NOON)
    scene.frozen(motion)
    assert (whole.order, small.order) == (1, 2)
