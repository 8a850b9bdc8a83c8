"""What the rules ask of a motion that is sent: minutes, budgets, seconders' branches, movers, late and emergency motions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from consult.domain.errors import Invalid, NotAllowed, OutOfOrder
from consult.domain.rulebook import Lateness
from consult.model.store import db, writing
from consult.service import amendments, consultations, limits, minutes, motions, seconding
from consult.service.consultations import PhaseSpec
from consult.service.limits import Sending
from consult.service.minutes import Attached
from tests.factories import NOON, Cast
from tests.motions import DAY, MEETING, Stage, stage

PDF = Attached("minute.pdf", b"%PDF-1.7 the minute")
WHY = "The council decided on Tuesday to end all Sunday buses."


def with_late_phases(cast: Cast, **rules: object) -> Stage:
    """Drafting until the tenth day, late and emergency motions from then until the fourteenth."""
    scene = stage(cast, late=Lateness(words=500), emergency=Lateness(words=80), **rules)
    close = NOON + 10 * DAY
    phases = [PhaseSpec("drafting", NOON - DAY, close), PhaseSpec("late motions", close, close + 4 * DAY)]
    phases.append(PhaseSpec("emergency motions", close, close + 4 * DAY))
    consultations.set_timetable(
        scene.consultation, phases, "More time was asked for.", seen=None, by=cast.actor("committee_1"), at=NOON
    )
    return scene


def test_the_minute_is_kept_with_its_file_and_never_changed(cast: Cast) -> None:
    scene = stage(cast, minute_needed=True, meeting_quorum=20)
    motion, by = scene.seconded(), cast.actor("delegate")
    with pytest.raises(Invalid) as refusal:
        motions.submit(motion, MEETING, by=by, at=NOON)
    assert set(refusal.value.fields) == {"minute"}
    motions.submit(motion, replace(MEETING, quorum=25, text="It was resolved.", file=PDF), by=by, at=NOON)
    assert motion.meeting_note.endswith("with 31 present (quorum 25).")
    [kept] = minutes.of(motion)
    assert (kept.present, kept.quorum, kept.text, kept.file_type) == (31, 25, "It was resolved.", "application/pdf")
    assert minutes.get(kept.id).file == PDF.content and len(kept.file_hash) == 64
    with pytest.raises(Exception, match="never changed"), writing() as session:
        session.execute(text("UPDATE minute SET present = 99"))


@pytest.mark.parametrize(
    ("meeting", "field"),
    [
        (replace(MEETING, present=19, votes_for=12, votes_against=1), "present"),
        (replace(MEETING, quorum=32), "present"),
        (replace(MEETING, quorum=-1), "quorum"),
        (replace(MEETING, file=Attached("a.exe", b"MZ")), "file"),
        (replace(MEETING, file=Attached("a.pdf", b"no pdf at all")), "file"),
        (replace(MEETING, file=Attached("a.pdf", b"")), "file"),
        (replace(MEETING, file=Attached("a.pdf", b"%PDF-" + b"x" * minutes.LARGEST)), "file"),
        (replace(MEETING, text="x" * 50_001), "minute"),
    ],
)
def test_a_meeting_without_quorum_and_a_file_that_is_none_are_refused(
    cast: Cast, meeting: minutes.Meeting, field: str
) -> None:
    scene = stage(cast, meeting_quorum=20)
    motion = scene.seconded()
    with pytest.raises(Invalid) as refusal:
        motions.submit(motion, meeting, by=cast.actor("delegate"), at=NOON)
    assert field in refusal.value.fields and minutes.of(motion) == [] and motion.number is None


def test_only_those_whom_the_rules_let_in_may_move(cast: Cast) -> None:
    scene = stage(cast, movers=("network", "member"))
    motion = scene.seconded()
    with pytest.raises(NotAllowed, match="a network or group"):
        motions.submit(motion, MEETING, by=cast.actor("delegate"), at=NOON)
    with pytest.raises(NotAllowed):
        motions.submit_as_member(motion, by=cast.actor("delegate"), at=NOON)
    motions.submit_as_member(motion, by=cast.actor("mover"), at=NOON)
    sent = motions.submission_of(motion)
    assert sent is not None and (motion.number, sent.moved_by, sent.kind) == (1, "member", "ordinary")
    assert sent.rulebook_id == scene.consultation.rulebook_id


def test_members_do_not_move_where_branches_do(cast: Cast) -> None:
    motion = stage(cast).seconded()
    with pytest.raises(NotAllowed, match="a branch, by its delegate"):
        motions.submit_as_member(motion, by=cast.actor("mover"), at=NOON)


def test_seconders_from_enough_branches(cast: Cast) -> None:
    scene = stage(cast, seconding_branches=2)
    motion = scene.seconded()
    with pytest.raises(OutOfOrder, match="1 of the 2 branches"):
        motions.submit(motion, MEETING, by=cast.actor("delegate"), at=NOON)
    seconding.second(motion, by=cast.actor("other_delegate"), at=NOON)
    assert motions.submit(motion, MEETING, by=cast.actor("delegate"), at=NOON).number == 1


def test_a_branch_spends_its_budget_on_motions_and_amendments_together(cast: Cast) -> None:
    scene = stage(cast, branch_words=120)
    first = scene.published()
    assert first.version is not None
    spent = first.version.word_count
    with pytest.raises(Invalid, match=f"has {120 - spent} of its 120 words left") as refusal:
        scene.submitted(notes=" ".join(["word"] * 90))
    assert "take out" in str(refusal.value)
    own = scene.drafted_amendment(first, ("£2.", "£2 " + "word " * (121 - spent) + "."), by="delegate")
    with pytest.raises(Invalid, match="words left"):
        amendments.submit(own, by=cast.actor("delegate"), at=NOON)
    other = scene.drafted_amendment(first, ("£2.", "£2 " + "word " * 60 + "."), by="other_delegate")
    assert amendments.submit(other, by=cast.actor("other_delegate"), at=NOON).number == 1
    motions.withdraw(first, by=cast.actor("mover"), at=NOON)
    assert limits.words_spent(db.session(), scene.consultation.id, cast.units["Alder"].id) == 0


def test_a_late_motion_comes_after_the_closing_date_and_says_why(cast: Cast) -> None:
    scene = with_late_phases(cast)
    motion, by = scene.seconded(), cast.actor("delegate")
    late, after = Sending("late", WHY), NOON + 11 * DAY
    with pytest.raises(OutOfOrder, match="has not passed"):
        motions.submit(motion, MEETING, sending=late, by=by, at=NOON)
    with pytest.raises(OutOfOrder, match="deadline has passed"):
        motions.submit(motion, MEETING, by=by, at=after)
    with pytest.raises(Invalid) as refusal:
        motions.submit(motion, MEETING, sending=Sending("late", "No."), by=by, at=after)
    assert "why" in refusal.value.fields
    with pytest.raises(OutOfOrder, match="deadline has passed"):
        motions.submit(motion, MEETING, sending=late, by=by, at=NOON + 14 * DAY)
    motions.submit(motion, MEETING, sending=late, by=by, at=after)
    sent = motions.submission_of(motion)
    assert sent is not None and (sent.kind, sent.reason) == ("late", WHY)


def test_a_late_motion_can_still_be_drafted_after_the_closing_date(cast: Cast) -> None:
    scene = with_late_phases(cast)
    scene.at = NOON + 11 * DAY
    motion = scene.seconded()
    motions.submit(motion, MEETING, sending=Sending("late", WHY), by=cast.actor("delegate"), at=scene.at)
    assert motion.number == 1
    other = scene.seconded()
    with pytest.raises(OutOfOrder, match="1 late motions, as many"):
        motions.submit(other, MEETING, sending=Sending("late", WHY), by=cast.actor("delegate"), at=scene.at)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (None, "Give the day"),
        (date(2026, 3, 11), "it is no emergency"),
        (date(2026, 3, 14), "still to come"),
    ],
)
def test_an_emergency_is_about_what_happened_since(cast: Cast, day: date | None, says: str) -> None:
    scene = with_late_phases(cast)
    motion, by, after = scene.seconded(), cast.actor("delegate"), NOON + 11 * DAY
    with pytest.raises(Invalid, match=says) as refusal:
        motions.submit(motion, MEETING, sending=Sending("emergency", WHY, day), by=by, at=after)
    assert "arose_on" in refusal.value.fields
    motions.submit(motion, MEETING, sending=Sending("emergency", WHY, date(2026, 3, 12)), by=by, at=after)
    sent = motions.submission_of(motion)
    assert sent is not None and sent.arose_on == date(2026, 3, 12)


def test_an_emergency_motion_has_its_own_limit_and_rules_may_take_none(cast: Cast) -> None:
    scene = with_late_phases(cast)
    long, by, after = scene.seconded(notes=" ".join(["word"] * 90)), cast.actor("delegate"), NOON + 11 * DAY
    with pytest.raises(Invalid, match="the limit is 80"):
        motions.submit(long, MEETING, sending=Sending("emergency", WHY, date(2026, 3, 12)), by=by, at=after)
    none = stage(cast)
    with pytest.raises(OutOfOrder, match="take no late motions"):
        motions.submit(none.seconded(), MEETING, sending=Sending("late", WHY), by=by, at=after)


def test_an_amendment_needs_its_meeting_where_the_rules_say_so(cast: Cast) -> None:
    scene = stage(cast, amendments_need_meeting=True)
    row = scene.drafted_amendment(scene.published(), ("£2.", "£1."))
    by = cast.actor("other_delegate")
    with pytest.raises(Invalid) as refusal:
        amendments.submit(row, by=by, at=NOON)
    assert "held_on" in refusal.value.fields
    amendments.submit(row, meeting=MEETING, by=by, at=NOON)
    assert [kept.present for kept in minutes.of(row)] == [31]
