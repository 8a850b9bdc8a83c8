"""The timetable is obeyed by whatever it has a phase for; a refusal names the phase and both of its instants."""

from __future__ import annotations

import pytest

from consult.domain.errors import OutOfOrder
from consult.service import composites, consultations, priorities
from consult.service.consultations import PhaseSpec
from tests.factories import NOON, Cast
from tests.motions import DAY, Stage, stage


def with_phase(cast: Cast, kind: str) -> Stage:
    """A consultation whose timetable has this phase tomorrow, beside drafting."""
    scene = stage(cast)
    phases = [PhaseSpec("drafting", NOON - DAY, NOON + DAY), PhaseSpec(kind, NOON + DAY, NOON + 2 * DAY)]
    consultations.set_timetable(
        scene.consultation, phases, "The chair asked for it.", seen=None, by=cast.actor("chair"), at=NOON
    )
    return scene


SPAN = "is from 3 March 2026, 12:00 UTC to 4 March 2026, 12:00 UTC"


def test_composites_are_begun_in_their_phase(cast: Cast) -> None:
    scene = with_phase(cast, "compositing")
    motions = [scene.published(), scene.published(heading="Trains that run on Sundays")]
    for at in (NOON, NOON + 2 * DAY):
        with pytest.raises(OutOfOrder, match=f"“compositing” {SPAN}"):
            composites.begin(scene.consultation, motions, "Sundays", by=cast.actor("chair"), at=at)
    composites.begin(scene.consultation, motions, "Sundays", by=cast.actor("chair"), at=NOON + DAY)


def test_priorities_are_recorded_in_their_phase(cast: Cast) -> None:
    scene = with_phase(cast, "prioritising")
    with pytest.raises(OutOfOrder, match=f"“prioritising” {SPAN}"):
        priorities.take(scene.consultation, 1, by=cast.actor("chair"), at=NOON)
