"""Consultations: set up under a kept rulebook, with a timetable that two officers cannot set over each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder, Stale
from consult.domain.presets import QUESTIONS_ONLY
from consult.domain.rulebook import CONFERENCE
from consult.model.consultations import PhaseMove, Rulebook
from consult.model.notices import Notice
from consult.model.store import db, writing
from consult.service import consultations, following, motions, news, phase_moves, rulebooks
from consult.service.consultations import PhaseSpec, Spec
from tests.consulting import forum
from tests.factories import NOON, Cast
from tests.motions import CERTIFIED_AT_ONCE, DAY, SECTIONS, stage

#: How a move of a timetable is told: to those who took part, and to followers.
TOLD = ("consultation-moved", "place-followed")


def test_rulebooks_are_kept_in_versions_and_used_again(cast: Cast) -> None:
    stage(cast)
    stage(cast)
    changed = stage(cast, motion_words=400)
    rows = db.session.scalars(select(Rulebook).order_by(Rulebook.version)).all()
    assert [(row.version, row.rules["motion_words"]) for row in rows] == [(1, 900), (2, 400)]
    assert consultations.rules_of(changed.consultation) == replace(CERTIFIED_AT_ONCE, motion_words=400)
    assert [row.version for row in consultations.rulebooks()] == [2]


def test_the_paper_is_kept_as_headings_and_paragraphs(cast: Cast) -> None:
    scene = stage(cast)
    assert scene.consultation.paper == [{"heading": "Why"}, {"text": "Because."}, {"text": "And why not."}]
    text = consultations.paper_text(scene.consultation.paper)
    assert consultations.paper_from(text) == scene.consultation.paper
    consultations.edit(scene.consultation, Spec("Spring", paper="One."), "resolved", by=cast.actor("chair"), at=NOON)
    assert (scene.consultation.title, scene.consultation.paper) == ("Spring", [{"text": "One."}])


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_consultation_needs_a_title(cast: Cast, title: str) -> None:
    with pytest.raises(Invalid, match="title"):
        consultations.create(cast.units["Testland"], Spec(title), CONFERENCE, by=cast.actor("committee_1"), at=NOON)


def test_one_that_only_asks_takes_no_motions_and_has_no_phases_for_them(cast: Cast) -> None:
    officer, where = cast.actor("committee_1"), cast.units["Testland"]
    asked = consultations.create(where, Spec("Ours"), QUESTIONS_ONLY, by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="is set up already"):  # a button pressed twice
        consultations.create(where, Spec("Ours"), QUESTIONS_ONLY, by=officer, at=NOON)
    assert set(consultations.phases_of(QUESTIONS_ONLY)) == {"consulting", "following up"}
    consultations.set_timetable(asked, [PhaseSpec("consulting", NOON, NOON + DAY)], seen=None, by=officer, at=NOON)
    with pytest.raises(Invalid, match="is for motions"):
        consultations.set_timetable(asked, [PhaseSpec("voting", NOON, NOON + DAY)], seen=None, by=officer, at=NOON)
    with pytest.raises(OutOfOrder, match="takes no motions"):
        motions.draft(asked, cast.units["Alder"], SECTIONS, by=cast.actor("mover"), at=NOON)
    rulebooks.put_in_force(asked, stage(cast).consultation.rulebook, "Motions came of it.", by=officer, at=NOON)
    assert motions.draft(asked, cast.units["Alder"], SECTIONS, by=cast.actor("mover"), at=NOON).state == "draft"


def test_only_the_committees_set_one_up(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        consultations.create(cast.units["Testland"], Spec("Ours"), CONFERENCE, by=cast.actor("member"), at=NOON)


def test_a_timetable_is_set_whole_and_the_second_officer_is_told(cast: Cast) -> None:
    scene = stage(cast)
    seen = consultations.fingerprint(scene.consultation)
    phases = [PhaseSpec("drafting", NOON, NOON + DAY), PhaseSpec("voting", NOON + DAY, NOON + 2 * DAY)]
    consultations.set_timetable(
        scene.consultation, phases, "The hall is taken.", seen=seen, by=cast.actor("committee_1"), at=NOON
    )
    assert [phase.kind for phase in consultations.get(scene.consultation.id).phases] == ["drafting", "voting"]
    with pytest.raises(Stale, match="a timetable was set, by Amina Grove"):
        consultations.set_timetable(scene.consultation, phases, seen=seen, by=cast.actor("committee_2"), at=NOON)


def test_a_timetable_without_dates_is_none(cast: Cast) -> None:
    made = consultations.create(cast.units["Testland"], Spec("Trams"), CONFERENCE, by=cast.actor("chair"), at=NOON)
    with pytest.raises(Invalid, match="No dates are given"):
        consultations.set_timetable(made, [], seen=None, by=cast.actor("chair"), at=NOON)


def test_a_phase_closes_after_it_opens(cast: Cast) -> None:
    scene = stage(cast)
    with pytest.raises(Invalid, match="must close after it opens") as refusal:
        consultations.set_timetable(
            scene.consultation, [PhaseSpec("following up", NOON, NOON)], seen=None, by=cast.actor("chair"), at=NOON
        )
    assert "following_up_closes" in refusal.value.fields


def test_an_unknown_one_is_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound):
        consultations.get(404)


def test_the_close_of_an_open_phase_is_moved_for_a_reason_that_everybody_reads_and_with_a_day_left(cast: Cast) -> None:
    forum_ = forum(cast)
    consultation, officer = forum_.consultation, cast.actor("committee_1")

    def close(at: datetime, reason: str = "") -> None:
        phases = [PhaseSpec("consulting", NOON - DAY, at)]
        consultations.set_timetable(consultation, phases, reason, seen=None, by=officer, at=NOON)

    for moved in (NOON + 9 * DAY, NOON + 11 * DAY):
        with pytest.raises(Invalid) as refusal:
            close(moved)
        assert "reason" in refusal.value.fields
    close(NOON + DAY / 2, "Nobody has come so far.")
    close(NOON + 10 * DAY, "That was a slip of the pen.")
    forum_.sent("member")
    following.follow_place(consultation, True, by=cast.actor("mover"), at=NOON)
    with pytest.raises(Invalid, match="in 24 hours at the soonest") as refusal:
        close(NOON + DAY / 2, "The hall is taken.")
    assert "consulting_closes" in refusal.value.fields
    close(NOON + DAY, "The hall is taken.")
    told = db.session.execute(select(Notice.kind, Notice.member_id).where(Notice.kind.in_(TOLD))).all()
    assert sorted(told) == sorted(zip(TOLD, (cast.who["member"].id, cast.who["mover"].id), strict=True))
    moves = [(move.before, move.after, move.reason) for move in phase_moves.of(consultation.id)]
    assert moves[-1] == (NOON + 10 * DAY, NOON + DAY, "The hall is taken.") and len(moves) == 3
    with pytest.raises(DBAPIError, match="never changed"), writing() as session:
        session.get_one(PhaseMove, 1).reason = "Another one."


def test_a_move_is_news_of_its_phase_and_of_its_consultation(cast: Cast) -> None:
    consultation = forum(cast).consultation
    phases, later = [PhaseSpec("consulting", NOON - DAY, NOON + 5 * DAY)], NOON + DAY
    consultations.set_timetable(
        consultation, phases, "The hall is taken.", seen=None, by=cast.actor("committee_1"), at=later
    )
    assert [row.at for row in news.of_consultations(1, later)] == [later, later]
