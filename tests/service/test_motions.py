"""Motions: drafted, seconded, submitted, withdrawn; at the right time, by the right people, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.model.audit import AuditEvent
from consult.model.notices import Notice
from consult.model.store import db
from consult.service import limits, motions, rulings, seconding
from consult.service.versions import document_of, of_motion
from tests.factories import NOON, Cast
from tests.motions import DAY, MEETING, REASON, SECTIONS, stage

MILLISECOND = timedelta(milliseconds=1)


def test_a_draft_is_kept_in_clauses_and_is_its_movers_alone(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.draft()
    document = motions.draft_of(motion)
    assert [document.labels[clause.id] for clause in document.clauses] == [
        "Heading", "Notes 1", "Notes 2", "Believes 1", "Resolves 1", "Resolves 2", "Resolves 3", "Resolves 3(a)",
        "Resolves 3(b)", "Rationale",
    ]  # fmt: skip
    assert (motion.title, motion.state, motion.number) == ("Buses that run on Sundays", "draft", None)
    assert motions.may_read(cast.actor("mover"), motion.state, motion.mover_id, motion.number)
    for name in ("member", "delegate", "chair"):
        with pytest.raises(NotFound):
            motions.require_readable(cast.actor(name), motion.state, motion.mover_id, motion.number)


def test_only_a_member_drafts_and_only_for_a_branch_of_their_own(cast: Cast) -> None:
    scene = stage(cast)
    with pytest.raises(NotAllowed, match="one must be a member"):
        scene.draft(mover="supporter", unit="Birch")
    with pytest.raises(NotAllowed, match="Birch is not one of yours"):
        scene.draft(unit="Birch")


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"heading": " "}, "heading", "heading"),
        ({"heading": "x" * 201}, "heading", "200 characters"),
        ({"notes": "", "believes": "", "resolves": "\n"}, "resolves", "at least one clause"),
        ({"notes": "y" * 40_001}, "notes", "40,001 characters"),
    ],
)
def test_what_cannot_be_a_motion_is_refused_at_its_field(
    cast: Cast, wrong: dict[str, str], field: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as refusal:
        stage(cast).draft(**wrong)
    assert field in refusal.value.fields


def test_two_tabs_the_second_save_is_told_and_nothing_is_lost(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.draft()
    first = motion.revision
    motions.save(motion, SECTIONS | {"heading": "Buses on Sundays"}, revision=first, by=cast.actor("mover"), at=NOON)
    with pytest.raises(Stale, match="another tab"):
        motions.save(motion, SECTIONS, revision=first, by=cast.actor("mover"), at=NOON)
    assert (motion.title, motion.revision) == ("Buses on Sundays", first + 1)


def test_nobody_edits_anothers_draft(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.draft()
    with pytest.raises(NotAllowed, match="its mover"):
        motions.save(motion, SECTIONS, revision=None, by=cast.actor("member"), at=NOON)


def test_members_second_and_supporters_support_and_are_counted_apart(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.draft()
    with pytest.raises(OutOfOrder, match="is draft"):
        seconding.second(motion, by=cast.actor("member"), at=NOON)
    seconding.seek_support(motion, by=cast.actor("mover"), at=NOON)
    seconding.second(motion, by=cast.actor("member"), at=NOON)
    seconding.second(motion, by=cast.actor("supporter"), at=NOON)
    assert limits.seconders(db.session(), motion) == 1
    assert [support.status for support in seconding.supports(motion)] == ["member", "supporter"]
    with pytest.raises(OutOfOrder, match="once is enough"):
        seconding.second(motion, by=cast.actor("member"), at=NOON)
    with pytest.raises(NotAllowed, match="not its mover"):
        seconding.second(motion, by=cast.actor("mover"), at=NOON)
    assert db.session.scalars(select(Notice.kind)).all() == ["motion-seconded"] * 2


def test_seconded_words_stay_as_they_are(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.seconded()
    with pytest.raises(OutOfOrder, match="seconded these words"):
        motions.save(motion, SECTIONS, revision=motion.revision, by=cast.actor("mover"), at=NOON)


def test_the_branchs_delegate_submits_with_the_meeting_and_it_gets_its_number(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.seconded()
    for name in ("mover", "other_delegate", "chair"):
        with pytest.raises(NotAllowed, match="a delegate of its branch"):
            motions.submit(motion, MEETING, by=cast.actor(name), at=NOON)
    motions.submit(motion, MEETING, by=cast.actor("delegate"), at=NOON)
    assert (motion.state, motion.number, motion.label) == ("submitted", 1, "Motion 1")
    assert motion.meeting_note == "Agreed by 26 votes to 4 at the meeting of 20 February 2026, with 31 present."
    version = motion.version
    assert version is not None and motion.draft is None
    assert (version.sequence, version.cause, version.hash) == (1, "submitted", document_of(version).hash)
    assert [line["number"] for line in version.lines["lines"]] == list(range(1, len(version.lines["lines"]) + 1))
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
    assert event is not None and event.details["hash"] == version.hash
    assert SECTIONS["heading"] not in event.data
    told = set(db.session.scalars(select(Notice.member_id).where(Notice.kind == "motion-submitted")))
    assert told == {cast.who["mover"].id, cast.who["chair"].id}
    with pytest.raises(OutOfOrder, match="cannot be submitted"):
        motions.submit(motion, MEETING, by=cast.actor("delegate"), at=NOON)


@pytest.mark.parametrize(
    ("meeting", "field"),
    [
        (replace(MEETING, held_on=date(2026, 3, 3)), "held_on"),
        (replace(MEETING, present=0, votes_for=0, votes_against=0), "present"),
        (replace(MEETING, votes_for=28), "votes_for"),
        (replace(MEETING, votes_for=4), "votes_for"),
    ],
)
def test_a_meeting_that_cannot_have_agreed_is_refused(cast: Cast, meeting: motions.Meeting, field: str) -> None:
    scene = stage(cast)
    motion = scene.seconded()
    with pytest.raises(Invalid) as refusal:
        motions.submit(motion, meeting, by=cast.actor("delegate"), at=NOON)
    assert field in refusal.value.fields and motion.state == "seeking support" and motion.number is None


def test_the_deadline_holds_at_its_instant(cast: Cast) -> None:
    scene = stage(cast)
    motion, close = scene.seconded(), NOON + 10 * DAY
    with pytest.raises(OutOfOrder, match="that deadline has passed"):
        motions.submit(motion, MEETING, by=cast.actor("delegate"), at=close)
    motions.submit(motion, MEETING, by=cast.actor("delegate"), at=close - MILLISECOND)
    assert motion.number == 1


def test_too_long_too_few_seconders_or_too_many_for_the_branch(cast: Cast) -> None:
    scene = stage(cast, motion_words=60, motions_per_branch=1)
    long = scene.draft(notes=" ".join(["word"] * 90) + ".")
    with pytest.raises(Invalid, match="the limit is 60: take out"):
        seconding.seek_support(long, by=cast.actor("mover"), at=NOON)
    alone = scene.draft()
    seconding.seek_support(alone, by=cast.actor("mover"), at=NOON)
    with pytest.raises(OutOfOrder, match="0 of the 2 seconders"):
        motions.submit(alone, MEETING, by=cast.actor("delegate"), at=NOON)
    first = scene.submitted()
    with pytest.raises(OutOfOrder, match="as many as the rules allow"):
        scene.submitted()
    motions.withdraw(first, by=cast.actor("mover"), at=NOON)
    assert scene.submitted().number == 2


def test_a_queried_motion_is_edited_and_comes_back_under_its_number(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.submitted()
    before = document_of(motion.version)  # type: ignore[arg-type]
    rulings.rule(motion, "queried", "SO 1", "Who is to write to every member?", by=cast.actor("chair"), at=NOON)
    typed = SECTIONS | {"resolves": SECTIONS["resolves"].replace("To write", "That the council write")}
    motions.save(motion, typed, revision=motion.revision, by=cast.actor("mover"), at=NOON)
    late = NOON + 11 * DAY
    motions.submit(motion, MEETING, by=cast.actor("delegate"), at=late)
    first, second = of_motion(motion.id)
    assert (motion.number, second.cause, second.provenance) == (1, "revised", {"parents": [first.hash]})
    assert document_of(second).ids == before.ids
    rulings.rule(motion, "in order", "SO 1", REASON, by=cast.actor("chair"), at=late)
    assert motion.state == "in order"


def test_a_motion_is_withdrawn_by_its_mover_or_delegate_before_the_order_paper(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.submitted()
    with pytest.raises(NotAllowed):
        motions.withdraw(motion, by=cast.actor("member"), at=NOON)
    motions.withdraw(motion, by=cast.actor("delegate"), at=NOON)
    assert motion.state == "withdrawn"
    assert motions.may_read(cast.actor("stranger"), motion.state, motion.mover_id, motion.number)
    with pytest.raises(OutOfOrder):
        motions.withdraw(motion, by=cast.actor("delegate"), at=NOON)
