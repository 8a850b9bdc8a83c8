"""The pages of a conference in a real browser, each as the role that it is for: the committee's, the branches' and the hall's.

Every template is looked at once by axe; with CONSULT_TEST_MATRIX at every width and in both schemes. With CONSULT_TEST_SHOTS
pictures of them are kept in tests/browser/shots.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from consult.domain.agenda import SOC_REPORT
from consult.service import agenda, debate, recommendations, rulings
from tests.browser import eyes
from tests.browser.server import Served
from tests.browser.test_journey import Theatre, keyed
from tests.desk import DURING, Desk
from tests.factories import NOON, found
from tests.hall import Hall, seated
from tests.motions import REASON, Stage, stage
from tests.service.test_composites import asked, begun, signed
from tests.service.test_requisitions import begun as requisition
from tests.service.test_standing import changing, entered

WHY = "The branches asked for it, and the county can pay for it out of what it spends on empty trains."
#: Who looks, when, what the picture is called, and the address.
Stop = tuple[str, datetime, str, str]


def furnish() -> dict[str, Any]:
    """A conference with everything at once: composites at each stage, a sitting, rulings, rules, requisitions, a ballot."""
    cast = found()
    scene = stage(cast, motions_per_branch=0)
    emails: dict[str, Any] = dict(keyed(cast))
    stops = [*_composites(scene), *_rulings(scene), *_rules(scene), *_hall(scene), *_deciding(scene)]
    stops.sort(key=lambda stop: stop[1])  # the clock goes forward: no authenticator shows the code of an earlier day
    return emails | {"stops": [(who, at.isoformat(), name, path) for who, at, name, path in stops]}


def _composites(scene: Stage) -> list[Stop]:
    draft, out = begun(scene), asked(scene)
    done = signed(scene, asked(scene), "Alder", "Birch")
    of, branch = f"/consultations/{scene.consultation.id}", scene.cast.units["Alder"].id
    for number in range(8):  # so many that the choice can be narrowed
        scene.published(heading=f"Trams after dark on line {number}")
    return [
        ("chair", NOON, "composites", "/composites"),
        ("chair", NOON, "composite-new", f"{of}/composites/new"),
        ("chair", NOON, "composite-workbench", f"/composites/{draft.id}/workbench"),
        ("chair", NOON, "composite-text", f"/composites/{draft.id}/text"),
        ("chair", NOON, "composite-sources", f"/composites/{draft.id}/sources"),
        ("chair", NOON, "composite-give-up", f"/composites/{out.id}/give-up"),
        ("chair", NOON, "composite-publish", f"/composites/{done.id}/publish"),
        ("delegate", NOON, "composite", f"/composites/{out.id}"),
        ("delegate", NOON, "composite-answer", f"/composites/{out.id}/branches/{branch}"),
        ("delegate", NOON, "composite-amendments", f"/composites/{out.id}/amendments"),
    ]


def _rulings(scene: Stage) -> list[Stop]:
    waiting, refused = scene.submitted(), scene.submitted()
    rulings.rule(refused, "ruled out", "SO 4", REASON, by=scene.actor("chair"), at=NOON)
    paper = agenda.issue(scene.consultation, SOC_REPORT, by=scene.actor("chair"), at=scene.at)
    of = f"/consultations/{scene.consultation.id}"
    return [
        ("member", NOON, "rulings", "/rulings"),
        ("chair", NOON, "rulings-queue", "/rulings/queue"),
        ("chair", NOON, "rule", f"/motions/{waiting.id}/rule"),
        ("member", NOON, "papers", f"{of}/papers"),
        ("member", NOON, "paper", f"/papers/{paper.id}"),
        ("chair", NOON, "paper-issue", f"{of}/papers/soc-report/issue"),
        ("member", NOON, "rulebooks", "/rulebooks"),
        ("committee_1", NOON, "rulebook-new", "/rulebooks/new"),
        ("committee_1", NOON, "rules", f"{of}/rules"),
        ("member", NOON, "requisitions", "/requisitions"),
        ("member", NOON, "requisition-new", "/requisitions/new"),
        ("member", NOON, "requisition", f"/requisitions/{requisition(scene.cast).id}"),
    ]


def _rules(scene: Stage) -> list[Stop]:
    text = entered(scene)
    motion = changing(scene, text, "£12", "£15")
    return [
        ("member", NOON, "standing-texts", "/standing-texts"),
        ("member", NOON, "standing-text", f"/standing-texts/{text.id}"),
        ("committee_1", NOON, "standing-text-new", "/standing-texts/new"),
        ("member", NOON, "changes-rules", f"/motions/{motion.id}/changes-rules"),
    ]


def _hall(scene: Stage) -> list[Stop]:
    motion = scene.published()
    scene.amended(motion, ("£2", "£1.50"))
    scene.amended(motion, ("£2", "£1"), by="third_delegate")
    scene.amended(motion, ("10pm", "11pm"))
    page = f"/motions/{motion.id}"
    made: Hall = seated(scene, [scene.frozen(motion)])
    made.open()
    made.take()
    made.card("delegate", "Alder", 3)
    made.put_next("hands")
    at, sitting = made.at + timedelta(minutes=made.acts + 1), f"/sittings/{made.sitting.id}"
    return [
        ("member", at, "motion", page),
        ("chair", at, "order-of-votes", f"{page}/order"),
        ("chair", at, "hall-chair", f"{sitting}/chair"),
        ("member", at, "hall", sitting),
        ("member", at, "hall-minutes", f"{sitting}/minutes"),
        ("panel", at, "hall-count", f"{sitting}/count"),
        ("committee_1", at, "hall-business", f"{sitting}/business"),
        ("committee_1", at, "hall-credentials", f"{sitting}/credentials"),
        ("committee_1", at, "sittings", f"/consultations/{scene.consultation.id}/sittings"),
        ("committee_1", at, "sitting-new", f"/consultations/{scene.consultation.id}/sittings/new"),
    ]


def _deciding(scene: Stage) -> list[Stop]:
    motion = scene.published(heading="Ferries that wait for the last train")
    scene.amended(motion, ("£2", "£1.50"))
    for side, words in (("for", "It is cheap. " * 20), ("against", "It is dear. " * 15)):
        debate.write(motion, side, words, by=scene.actor("member"), at=scene.at)
    desk = Desk(scene.cast)
    desk.put(scene.frozen(motion))
    recommendations.recommend(motion, "for", WHY, by=scene.actor("chair"), at=scene.at)
    desk.schedule()
    return [
        ("member", DURING, "decide", "/decide"),
        ("chair", DURING, "recommend", f"/motions/{motion.id}/recommend"),
    ]


@pytest.fixture
def theatre(
    serve: Callable[..., Served], new_page: Callable[..., Page], tmp_path_factory: pytest.TempPathFactory
) -> Theatre:
    clock: Path = tmp_path_factory.mktemp("clock") / "now"
    clock.write_text(NOON.isoformat())
    served = serve(furnish, CONSULT_TEST_APP="tests.browser.clocked:app", CONSULT_TEST_CLOCK=str(clock))
    return Theatre(served, clock, new_page, {})


def test_every_page_of_a_conference_is_for_everybody(theatre: Theatre) -> None:
    wrong: list[str] = []
    shots = bool(os.environ.get("CONSULT_TEST_SHOTS"))
    for who, moment, name, path in theatre.served.furnished["stops"]:
        at = datetime.fromisoformat(moment)
        if theatre.at != at:
            theatre.pages.clear()  # a session ends after some days: everybody signs in anew
        theatre.now(at)
        page = theatre.as_(who)
        answer = page.goto(path)
        if answer is None or answer.status != 200 or not page.url.endswith(path):
            wrong.append(
                f"{path} led {who} to {page.url} ({answer and answer.status}): {page.inner_text('main')[:200]}"
            )
            continue
        for sight in (eyes.Sight(390, "light"), eyes.Sight(1280, "light")) if shots else eyes.sights(path):
            try:
                eyes.look(page, sight, f"conference-{name}" if shots else "")
            except AssertionError as complaint:
                wrong.append(str(complaint))
    assert not wrong, "\n\n".join(wrong)
