"""Consultations: set up under a kept rulebook, with a timetable that two officers cannot set over each other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from consult.domain.errors import Invalid, NotAllowed, NotFound, Stale
from consult.domain.rulebook import CONFERENCE
from consult.model.consultations import Rulebook
from consult.model.store import db
from consult.service import consultations
from consult.service.consultations import PhaseSpec, Spec
from tests.factories import NOON, Cast
from tests.motions import DAY, stage


def test_rulebooks_are_kept_in_versions_and_used_again(cast: Cast) -> None:
    stage(cast)
    stage(cast)
    changed = stage(cast, motion_words=400)
    rows = db.session.scalars(select(Rulebook).order_by(Rulebook.version)).all()
    assert [(row.version, row.rules["motion_words"]) for row in rows] == [(1, 900), (2, 400)]
    assert consultations.rules_of(changed.consultation) == replace(CONFERENCE, motion_words=400)
    assert [row.version for row in consultations.rulebooks()] == [2]


def test_the_paper_is_kept_as_headings_and_paragraphs(cast: Cast) -> None:
    scene = stage(cast)
    assert scene.consultation.paper == [{"heading": "Why"}, {"text": "Because."}, {"text": "And why not."}]
    text = consultations.paper_text(scene.consultation.paper)
    assert consultations.paper_from(text) == scene.consultation.paper
    consultations.edit(scene.consultation, Spec("Spring", paper="One."), by=cast.actor("chair"), at=NOON)
    assert (scene.consultation.title, scene.consultation.paper) == ("Spring", [{"text": "One."}])


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_consultation_needs_a_title(cast: Cast, title: str) -> None:
    with pytest.raises(Invalid, match="title"):
        consultations.create(cast.units["Testland"], Spec(title), CONFERENCE, by=cast.actor("committee_1"), at=NOON)


def test_only_the_committees_set_one_up(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        consultations.create(cast.units["Testland"], Spec("Ours"), CONFERENCE, by=cast.actor("member"), at=NOON)


def test_a_timetable_is_set_whole_and_the_second_officer_is_told(cast: Cast) -> None:
    scene = stage(cast)
    seen = consultations.fingerprint(scene.consultation)
    phases = [PhaseSpec("drafting", NOON, NOON + DAY), PhaseSpec("voting", NOON + DAY, NOON + 2 * DAY)]
    consultations.set_timetable(scene.consultation, phases, seen=seen, by=cast.actor("committee_1"), at=NOON)
    assert [phase.kind for phase in consultations.get(scene.consultation.id).phases] == ["drafting", "voting"]
    with pytest.raises(Stale, match="a timetable was set, by Amina Grove"):
        consultations.set_timetable(scene.consultation, phases, seen=seen, by=cast.actor("committee_2"), at=NOON)


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
