"""The pages of taking part, of what came of it, and of events: each template once in a real browser, with axe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from consult.model.store import db
from consult.service import clock, coding, gathering_records, gatherings, outcomes, paragraphs, statements
from consult.service.gatherings import Spec
from tests.browser.conftest import Visit
from tests.browser.server import Served
from tests.consulting import forum
from tests.factories import NOON, found
from tests.motions import DAY


def furnish() -> None:
    """A consultation that has been answered, coded, reported on, and talked about at a meeting; long ago by now."""
    cast = found()
    scene, officer = forum(cast, minimum_group=3), cast.actor("committee_1")
    paragraphs.write(scene.consultation, "p1", "for", "So they are.", by=cast.actor("member"), at=NOON)
    rows = [scene.sent(name) for name in ("member", "mover", "delegate")]
    row = statements.propose(scene.consultation, "Homes come before buses.", by=officer, at=NOON)
    statements.screen(row, True, by=cast.actor("moderator"), at=NOON)
    statements.answer(row, "agree", by=cast.actor("member"), at=NOON)
    statements.compute(scene.consultation, by=officer, at=NOON)
    late = NOON + 11 * DAY
    code = coding.add_code(scene.consultation, "Homes", "Asks that homes be built.", by=officer, at=late)
    for coder in (officer, cast.actor("committee_2")):
        for one in rows:
            coding.finish(one, [(str(scene.open.id), code.id, "")], by=coder, at=late)
    for kind in ("analysis", "response"):
        draft = outcomes.save(scene.consultation, kind, "## What\n\n- Homes.", revision=None, by=officer, at=late)
        outcomes.publish(draft, by=officer, at=late)
    said = outcomes.Row("Build homes.", "We have asked the council.", "under way")
    outcomes.set_row(scene.consultation, None, said, by=officer, at=late)
    hours = timedelta(hours=2)
    held = Spec("Alder in March", late, late + hours, place="Library", quorum=1)
    event = gatherings.plan(cast.units["Alder"], held, scene.consultation, by=cast.actor("second"), at=NOON)
    gathering_records.attend(event, {cast.who["member"].id: "in the room"}, by=cast.actor("second"), at=late)
    gathering_records.record_vote(event, "That we meet monthly", 1, 0, 0, "simple", by=cast.actor("second"), at=late)
    gathering_records.publish_minutes(event, "We met in the library.", by=cast.actor("second"), at=late + hours)
    begins = clock.now() + 30 * DAY
    coming = Spec("Alder to come", begins, begins + hours, place="Library", capacity=9, open_to="members")
    gatherings.plan(cast.units["Alder"], coming, by=cast.actor("second"), at=begins - DAY)
    db.session.remove()


@pytest.mark.parametrize(
    "path",
    [
        "/consultations/1",
        "/consultations/1/paper",
        "/consultations/1/submissions",
        "/submissions/1",
        "/consultations/1/statements",
        "/consultations/1/statements/groups",
        "/consultations/1/outcome",
        "/consultations/1/analysis",
        "/events",
        "/events/1",
        "/events/2",
    ],
)
def test_each_page_shuts_nobody_out(
    serve: Callable[..., Served], new_page: Callable[..., Page], visit: Visit, path: str
) -> None:
    assert visit(new_page(serve(furnish)), path).status == 200
