"""Summaries of both sides: written and approved by the side itself, of equal length, one of each side at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import exc, select, update

from consult.domain.debating import FEWEST_SUMMARY_WORDS, SUMMARY_WAITS, SUMMARY_WORDS
from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.model.audit import AuditEvent
from consult.model.moderation import SideSummary
from consult.model.motions import Motion
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import consultations, debate, debate_reading, summaries
from tests.factories import NOON, Cast
from tests.motions import DAY, Stage, in_short, stage

MINUTE = timedelta(minutes=1)
BUSES, COSTS, TRAMS = in_short("Buses matter."), in_short("Buses cost."), in_short("Trams too.")
SIDES = (("member", "for"), ("second", "for"), ("mover", "against"), ("other_delegate", "against"))


def debated(cast: Cast) -> tuple[Stage, Motion]:
    """A motion that two members have spoken for and two against."""
    scene = stage(cast)
    motion = scene.published()
    for name, side in SIDES:
        debate.write(motion, side, "Yes.", by=scene.actor(name), at=NOON)
    return scene, motion


def put(cast: Cast, motion: Motion, side: str, body: str, at=NOON) -> SideSummary:
    """A summary that one of a side drafts and another approves."""
    one, two = (name for name, of in SIDES if of == side)
    row = summaries.draft(motion, side, body, by=cast.actor(one), at=at)
    return summaries.approve(row, by=cast.actor(two), at=at)


def test_a_side_writes_and_approves_its_own_summary(cast: Cast) -> None:
    _scene, motion = debated(cast)
    typed = BUSES.replace(" ", "\n ", 3)
    both = summaries.draft(motion, "for", typed, by=cast.actor("member"), at=NOON)
    assert (both.needed, both.body, debate_reading.overview(motion.id).summaries) == (2, BUSES, {})
    with pytest.raises(NotAllowed, match="own summary"):
        summaries.approve(both, by=cast.actor("mover"), at=NOON)
    with pytest.raises(OutOfOrder, match="already"):
        summaries.approve(both, by=cast.actor("member"), at=NOON)
    summaries.approve(both, by=cast.actor("second"), at=NOON)
    found = debate_reading.overview(motion.id)
    assert found.summaries == {} and found.alone is not None  # until the other side has had its time
    assert (found.alone.side, found.alone.until, found.alone.short) == ("for", NOON + SUMMARY_WAITS, False)
    assert summaries.standing([motion.id]) == {motion.id: {"for": BUSES}}
    told = db.session.execute(select(Notice.member_id, Notice.context).where(Notice.kind == "summary-awaited")).all()
    assert {row.member_id for row in told} == {cast.who[name].id for name in ("mover", "other_delegate")}
    assert told[0].context["path"] == f"/motions/{motion.id}/summaries" and told[0].context["side"] == "against"
    entry = summaries.listed(motion.id, cast.who["second"].id)["for"][0]
    assert (entry.approvals, entry.mine, entry.stands) == (2, True, True)
    put(cast, motion, "against", COSTS)
    found = debate_reading.overview(motion.id)
    assert (found.summaries, found.alone) == ({"for": BUSES, "against": COSTS}, None)
    put(cast, motion, "for", TRAMS)  # a replacement asks nobody for anything
    assert len(db.session.scalars(select(Notice.id).where(Notice.kind == "summary-awaited")).all()) == len(told)


@pytest.mark.parametrize(("words", "asked"), [(1, "this has 1: say 89 more"), (89, "say 1 more"), (101, "leave out 1")])
def test_both_sides_have_the_same_length_from_the_first_draft(cast: Cast, words: int, asked: str) -> None:
    _scene, motion = debated(cast)
    for side, name in (("for", "member"), ("against", "mover")):
        with pytest.raises(Invalid, match=f"90 to 100 words, the same for both sides .*{asked}") as refused:
            summaries.draft(motion, side, in_short("No.", words), by=cast.actor(name), at=NOON)
        assert list(refused.value.fields) == ["body"]
    assert summaries.listed(motion.id, None) == {"for": [], "against": []}


def test_any_two_that_are_taken_stand_side_by_side_whichever_came_first(cast: Cast) -> None:
    _scene, motion = debated(cast)
    short, long = in_short("No.", FEWEST_SUMMARY_WORDS), in_short("Yes.", SUMMARY_WORDS)
    put(cast, motion, "against", short)
    assert (summaries.words_of(motion, "against"), summaries.words_of(motion, "for")) == (90, 0)
    put(cast, motion, "for", long)
    assert debate_reading.overview(motion.id).summaries == {"for": long, "against": short}


def test_dashes_fill_no_summary(cast: Cast) -> None:
    _scene, motion = debated(cast)
    with pytest.raises(Invalid, match="this has 2"):
        summaries.draft(motion, "for", "Buses – matter." + " –" * 90, by=cast.actor("member"), at=NOON)


def test_one_summary_of_a_side_stands_and_the_earlier_stays_on_the_record(cast: Cast) -> None:
    _scene, motion = debated(cast)
    older = summaries.draft(motion, "for", TRAMS, by=cast.actor("second"), at=NOON)
    first = put(cast, motion, "for", BUSES)
    with pytest.raises(OutOfOrder, match="very text is among your side's summaries already"):
        summaries.draft(motion, "for", BUSES, by=cast.actor("second"), at=NOON)
    put(cast, motion, "against", COSTS)
    # approved in the same instant: what is marked decides, not the order of times or numbers
    summaries.approve(older, by=cast.actor("member"), at=NOON)
    assert (first.replaced_at, older.replaced_at, older.approved_at) == (NOON, None, NOON)
    assert debate_reading.overview(motion.id).summaries == {"for": TRAMS, "against": COSTS}
    assert summaries.standing([motion.id]) == {motion.id: {"for": TRAMS, "against": COSTS}}
    assert [entry.stands for entry in summaries.listed(motion.id, None)["for"]] == [False, True]
    told = db.session.scalar(select(AuditEvent.data).order_by(AuditEvent.sequence.desc()).limit(1))
    assert f'"replaced":{first.id}' in told
    with pytest.raises(OutOfOrder, match="approved another summary in place of this one"):
        summaries.approve(first, by=cast.actor("second"), at=NOON)
    summaries.draft(motion, "for", BUSES, by=cast.actor("member"), at=NOON)


def test_the_database_lets_one_summary_of_a_side_stand(cast: Cast) -> None:
    _scene, motion = debated(cast)
    put(cast, motion, "for", BUSES)
    waits = summaries.draft(motion, "for", TRAMS, by=cast.actor("second"), at=NOON)
    for change in ({"approved_at": NOON}, {"replaced_at": NOON}):
        with pytest.raises(exc.IntegrityError), writing() as session:
            session.execute(update(SideSummary).where(SideSummary.id == waits.id).values(**change))


def test_a_replacement_starts_no_new_wait(cast: Cast) -> None:
    _scene, motion = debated(cast)
    put(cast, motion, "for", BUSES)
    put(cast, motion, "for", TRAMS, at=NOON + DAY)
    found = debate_reading.overview(motion.id).alone
    assert found is not None and (found.body, found.until) == (TRAMS, NOON + SUMMARY_WAITS)


def test_the_other_side_has_its_days_when_the_debate_closes_in_them(cast: Cast) -> None:
    scene, motion = debated(cast)
    last = NOON + 2 * DAY - MINUTE
    spec = [consultations.PhaseSpec("debating", NOON - DAY, last + MINUTE)]
    consultations.set_timetable(
        scene.consultation, spec, "The chair asked for it.", seen=None, by=cast.actor("chair"), at=NOON
    )
    waits = summaries.draft(motion, "for", TRAMS, by=cast.actor("second"), at=NOON)
    put(cast, motion, "for", BUSES, at=last)
    later = last + SUMMARY_WAITS - MINUTE
    assert not debate.is_open(motion, later)
    with pytest.raises(OutOfOrder, match="not debated now"):  # its own side has had its time
        summaries.approve(waits, by=cast.actor("member"), at=later)
    with pytest.raises(OutOfOrder, match="not debated now"):
        summaries.draft(motion, "against", COSTS, by=cast.actor("mover"), at=last + SUMMARY_WAITS)
    put(cast, motion, "against", COSTS, at=later)
    with pytest.raises(OutOfOrder, match="not debated now"):
        summaries.draft(motion, "against", TRAMS, by=cast.actor("mover"), at=later)


def test_supporters_speak_and_sign_for_no_side(cast: Cast) -> None:
    _scene, motion = debated(cast)
    debate.write(motion, "for", "Yes.", by=cast.actor("supporter"), at=NOON)
    row = summaries.draft(motion, "for", BUSES, by=cast.actor("member"), at=NOON)
    with pytest.raises(NotAllowed, match="member"):
        summaries.approve(row, by=cast.actor("supporter"), at=NOON)
    assert summaries.speakers(motion.id, "for") == {cast.who["member"].id, cast.who["second"].id}


def test_who_spoke_on_both_sides_approves_neither(cast: Cast) -> None:
    _scene, motion = debated(cast)
    row = summaries.draft(motion, "for", BUSES, by=cast.actor("member"), at=NOON)
    debate.write(motion, "against", "Or not.", by=cast.actor("second"), at=NOON)
    with pytest.raises(NotAllowed):
        summaries.approve(row, by=cast.actor("second"), at=NOON)
    debate.write(motion, "for", "Yes.", by=cast.actor("delegate"), at=NOON)
    debate.write(motion, "against", "On second thoughts.", by=cast.actor("member"), at=NOON)
    summaries.approve(row, by=cast.actor("delegate"), at=NOON)
    assert row.approved_at is None  # its drafter has left the side
    with pytest.raises(NotFound):
        summaries.draft(motion, "question", "Why?", by=cast.actor("mover"), at=NOON)


def test_a_draft_that_nobody_else_has_approved_is_withdrawn_by_who_drafted_it(cast: Cast) -> None:
    _scene, motion = debated(cast)
    first = summaries.draft(motion, "for", BUSES, by=cast.actor("member"), at=NOON)
    summaries.draft(motion, "for", COSTS, by=cast.actor("member"), at=NOON)
    with pytest.raises(NotAllowed, match="Only who drafted"):
        summaries.withdraw(first, by=cast.actor("second"), at=NOON)
    mine, other = cast.who["member"].id, cast.who["second"].id
    assert not any(entry.withdrawable(other) for entry in summaries.listed(motion.id, other)["for"])
    assert all(entry.withdrawable(mine) for entry in summaries.listed(motion.id, mine)["for"])
    summaries.withdraw(first, by=cast.actor("member"), at=NOON)
    assert [entry.row.body for entry in summaries.listed(motion.id, mine)["for"]] == [COSTS]
    for name, act in (("second", summaries.approve), ("member", summaries.withdraw)):
        with pytest.raises(OutOfOrder, match="withdrawn"):
            act(first, by=cast.actor(name), at=NOON)
    # it is none of the drafts that wait, and the same words can be put again
    again = summaries.draft(motion, "for", BUSES, by=cast.actor("member"), at=NOON)
    assert again.id != first.id and first.body == ""
    summaries.approve(again, by=cast.actor("second"), at=NOON)
    assert not any(
        entry.row.id == again.id and entry.withdrawable(mine) for entry in summaries.listed(motion.id, mine)["for"]
    )
    with pytest.raises(OutOfOrder, match="Others of your side"):
        summaries.withdraw(again, by=cast.actor("member"), at=NOON)
