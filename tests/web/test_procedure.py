"""The pages around a motion: sent with its minute, late, as a member; disposed of; in parts; brought in; checked; rebased."""

from __future__ import annotations

import io
from collections.abc import Iterator

import docx
import pytest
from flask import Flask

from consult.domain.rulebook import BallotPreset, Lateness
from consult.model.store import db
from consult.service import amendments, clock, consultations, motions
from consult.service.consultations import PhaseSpec
from tests.desk import Desk
from tests.factories import NOON, Cast
from tests.motions import DAY, Stage, stage
from tests.service.test_disposals import decided
from tests.service.test_rebases import child_of
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A consultation, and the clock of its tests on every page."""
    made = stage(
        cast, late=Lateness(), bar_months=12, motions_per_branch=0, movers=("branch", "member"), minute_needed=True
    )
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    yield made


def by(app: Flask, scene: Stage, name: str) -> Browser:
    return browser_of(app, scene.cast.who[name])


MEETING = {
    "held_on-day": 20,
    "held_on-month": 2,
    "held_on-year": 2026,
    "present": 31,
    "votes_for": 26,
    "votes_against": 4,
}


def test_a_motion_is_sent_with_its_minute_which_few_may_read(app: Flask, scene: Stage) -> None:
    motion = scene.seconded()
    delegate = by(app, scene, "delegate")
    page = delegate.open(f"/motions/{motion.id}/submit").fill_all(**MEETING).press("Submit the motion", 422)
    assert any("the rules ask for it" in error for error in page.errors)
    page = page.attach("The minute as a file", "minute.pdf", b"%PDF-1.7 the minute").press("Submit the motion")
    assert "Motion 1 is submitted" in page.text
    page = page.click("Papers")
    for words in ("An ordinary motion", "the branch Alder", "Policy conference, version 1", "26 for, 4 against"):
        assert words in page.text
    address = page.links()["minute.pdf"]
    assert delegate.fetch(address).data.startswith(b"%PDF")
    assert by(app, scene, "chair").fetch(address).status_code == 200
    stranger = by(app, scene, "stranger")
    assert stranger.fetch(address).status_code == 403
    assert "minute.pdf" not in stranger.open(f"/motions/{motion.id}/papers").text


def test_a_member_sends_a_late_motion(app: Flask, scene: Stage) -> None:
    close = NOON + 10 * DAY
    phases = [PhaseSpec("drafting", NOON - DAY, close), PhaseSpec("late motions", close, close + 4 * DAY)]
    consultations.set_timetable(
        scene.consultation, phases, "More time was asked for.", seen=None, by=scene.actor("committee_1"), at=NOON
    )
    motion = scene.seconded()
    scene.at = NOON + 11 * DAY
    page = by(app, scene, "mover").open(f"/motions/{motion.id}").click("Submit it as a member")
    page = page.choose("As what is it sent?", "A late motion: it could not come in time")
    page = page.press("Submit the motion", 422)
    assert any("why it could not come in time" in error for error in page.errors)
    page = page.fill("Why it comes only now", "The council announced it on Wednesday evening.").press(
        "Submit the motion"
    )
    page = page.click("Papers")
    assert "A late motion" in page.text and "on Wednesday evening" in page.text and "a member" in page.text


def submitted(scene: Stage, **sections: str):  # type: ignore[no-untyped-def]
    motion = scene.seconded(**sections)
    return motions.submit_as_member(motion, by=scene.actor("mover"), at=NOON)


def published(scene: Stage, **sections: str):  # type: ignore[no-untyped-def]
    from consult.service import rulings
    from tests.motions import REASON

    motion = submitted(scene, **sections)
    rulings.rule(motion, "in order", "SO 1", REASON, by=scene.actor("chair"), at=NOON)
    return rulings.publish(motion, by=scene.actor("chair"), at=NOON)


def test_the_committee_disposes_of_a_motion_in_words(app: Flask, scene: Stage) -> None:
    motion = scene.frozen(published(scene))
    by(app, scene, "member").open(f"/motions/{motion.id}/decide/remit", 403)
    chair = by(app, scene, "chair")
    page = chair.open(f"/motions/{motion.id}/papers").click("Leave it unput").press("Record it", 422)
    page = page.choose("By what?", "Next business").choose("Who decided it?", "The meeting")
    page = page.fill("Reason", "Carried by a clear majority.").press("Record it")
    assert "Not put (next business)" in page.text
    page = page.click("Take it up again").choose("Who decided it?", "The meeting").fill("Reason", "Time was left over.")
    page = page.press("Record it").click("Remit it").choose("Who decided it?", "The meeting")
    page = page.fill("Reason", "The executive asked for it.").press("Record it", 422)
    assert any("to whom it goes" in error for error in page.errors)
    page = page.fill("To whom does it go?", "the executive").press("Record it")
    assert "to the executive" in page.text and "Remit it" not in page.links()
    chair.open(f"/motions/{motion.id}/decide/remit", 404)


def test_a_motion_is_taken_in_parts(app: Flask, scene: Stage) -> None:
    motion = scene.frozen(published(scene))
    page = by(app, scene, "chair").open(f"/motions/{motion.id}/papers").click("Take it in parts")
    page = page.press("Take it in these parts", 422)
    page = page.choose("Part of Resolves 1", "2").press("Take it in these parts")
    page = page.click("Record the vote on part 2").choose("Outcome", "Lost").press("Record the vote")
    page = page.click("Record the vote on part 1").choose("Outcome", "Carried").press("Record the vote")
    page = page.click("Text and amendments")
    assert "hourly bus" not in page.main and "single fare of £2" in page.main


def test_priorities_are_recorded_and_additions_shown_apart(app: Flask, scene: Stage, browser: Browser) -> None:
    published(scene)
    published(scene, heading="Libraries", resolves="1. To keep every library open until eight in the evening.")
    officer = by(app, scene, "committee_1")
    page = officer.open(f"/consultations/{scene.consultation.id}/priorities").click("Record the priorities")
    page = page.fill("The motions that are taken, in their order", "2, 9").fill(
        "How it was decided", "By the ballot of May."
    )
    page = page.press("Record the priorities", 422)
    assert any("“9” is not the number" in error for error in page.errors)
    page = page.fill("The motions that are taken, in their order", "2").press("Record the priorities")
    assert "Not taken" in page.text and "Libraries" in page.text
    page = page.click("Motion 1: Buses that run on Sundays").click("Papers").click("Add it to the priorities")
    page.fill("Reason", "The executive asks for it.").press("Confirm")
    page = browser.open(f"/consultations/{scene.consultation.id}/priorities")
    assert "Added by a committee or a meeting" in page.text and "The executive asks for it." in page.text


def test_the_committee_lets_a_barred_motion_be_heard(app: Flask, scene: Stage) -> None:
    decided(scene, scene.frozen(published(scene)))
    again = submitted(scene, heading="Sunday buses once more")
    chair = by(app, scene, "chair")
    page = chair.open(f"/motions/{again.id}").click("Rule on it")
    assert "the same as Motion 1" in page.text
    page = page.choose("The ruling", "In order").choose("By which standing order", "SO 1")
    page = page.fill("The reason", "It has one subject and says what to do.").press("Make the ruling", 409)
    page = page.click("Let it be heard all the same").fill("Reason", "The fare has doubled since it was decided.")
    page = page.press("Confirm")
    assert "The fare has doubled since" in page.text


def word_file() -> bytes:
    document = docx.Document()
    document.add_heading("Fair pay", 0)
    document.add_paragraph("Conference resolves:")
    document.add_paragraph("To pay £15 an hour.", style="List Number")
    document.add_paragraph("To march.", style="List Number")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def test_a_word_file_is_brought_in_and_corrected(app: Flask, scene: Stage) -> None:
    page = by(app, scene, "mover").open(f"/consultations/{scene.consultation.id}/motions/new")
    page = page.click("Bring it in from a file or pasted text instead").press("Show what was read", 422)
    assert any("Paste the motion" in error for error in page.errors)
    page = page.attach("A file", "motion.docx", word_file()).press("Show what was read")
    assert page.title == "What was read" and "To pay £15 an hour." in page.find(name="text-1").text
    page = page.fill_all(**{"text-2": "To march.\nTo sing.", "kind-1": "notes"}).press("Split at line breaks: clause 3")
    assert page.find(name="text-3").text.strip() == "To sing."
    page = page.press("Leave out: clause 4").press("Add a clause").fill_all(**{"text-3": "To dance."})
    page = page.press("Save it as a draft")
    assert page.title == "Fair pay"
    for words in ("Notes 1", "To pay £15 an hour.", "To march.", "To dance."):
        assert words in page.text


def test_the_checker_before_submission_and_beside_the_editor(app: Flask, scene: Stage) -> None:
    motion = published(scene)
    scene.amended(motion, ("£2.", "£1.50."), by="third_delegate")
    row = scene.drafted_amendment(motion, ("£2.", "£1.50."))
    delegate = by(app, scene, "other_delegate")
    page = delegate.open(f"/amendments/{row.id}").click("Check it before it is submitted")
    assert "It makes the same change as Amendment 1." in page.text and "Nothing bars it" in page.text
    scene.at = NOON + 11 * DAY
    page = delegate.open(f"/amendments/{row.id}/check")
    assert "Something bars it" in page.text and "that deadline has passed" in page.text
    scene.at = NOON
    page = delegate.open(f"/motions/{motion.id}/amend")
    token = page.find_all("input", name="csrf_token")[0]
    data = dict(amendments.sections_of(motions.draft_of(motion))) | {"csrf_token": token.get("value")}
    answer = delegate.fetch(f"/motions/{motion.id}/amend/check", method="POST", data=data)
    assert "Nothing is changed yet" in answer.text
    data["resolves"] = data["resolves"].replace("£2", "£1.50")
    answer = delegate.fetch(f"/motions/{motion.id}/amend/check", method="POST", data=data)
    assert "delete '£2' and insert '£1.50'" in answer.text.replace("&#39;", "'") and "the same change as" in answer.text


def test_a_mover_agrees_to_new_words_and_an_amendment_is_amended(app: Flask, scene: Stage) -> None:
    motion = published(scene)
    row = scene.amended(motion, ("a single fare of £2.", "a single fare of £1 for all."))
    first = scene.amended(motion, ("£2.", "£2.50."), by="third_delegate")
    scene.answered(first, True)
    page = by(app, scene, "chair").open(f"/amendments/{first.id}").click("Take it as a drafting change")
    page = page.fill("Reason", "The mover has accepted it.").press("Write it in")
    assert "waits for its mover's consent" in page.text
    page = by(app, scene, "other_delegate").open(f"/amendments/{row.id}").click("Say how it should read now")
    typed = page.find(name="resolves").text.replace("£2.50.", "£1 for all.")
    page = page.fill("Resolves", typed).press("Agree to these words")
    assert "on the new text now" in page.text and "£1 for all" in page.text
    child = child_of(scene, row, "for all", "for everybody")
    page = by(app, scene, "third_delegate").open(f"/amendments/{row.id}")
    assert "Amendments to it" in page.text and "Amend this amendment" in page.links()
    assert "is voted on before it" in page.click(child.label).text


def test_the_order_is_taken_from_the_ballot(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    presets = (BallotPreset("ranked", "Ranked (Schulze)", "schulze", seats=1),)
    scene = stage(cast, motions_per_branch=0, selection="ballot", presets=presets)
    monkeypatch.setattr(clock, "source", lambda session: scene.at)
    for subject in ("buses", "trains"):
        scene.published(heading=f"Motion about {subject}")
    desk = Desk(cast, consultation=scene.consultation, title="Priorities of May")
    officer = by(app, scene, "committee_1")
    page = officer.open(f"/ballots/{desk.ballot.id}").click("Let members rank the motions")
    page = page.fill("Question", "Which first?").press("Put it on the paper")
    assert "Motion 2: Motion about trains" in page.main
    address = f"/consultations/{scene.consultation.id}/priorities"
    page = officer.open(address)
    assert "Members choose by ballot" in page.main and "Record the priorities" not in page.main
    officer.open(f"{address}/set", 409)
    db.session.refresh(desk.ballot)
    desk.schedule()
    desk.vote("mover", 1, 0)
    desk.publish()
    page = officer.open(address).click("Take the order from this ballot: Priorities of May")
    assert "Motion 2: Motion about trains" in page.main
    page = page.fill("After which place is the line drawn?", "2").press("Take this order", 422)
    assert any("say why" in error for error in page.errors)
    page = page.fill("After which place is the line drawn?", "1").press("Take this order")
    assert "The order is that of the ballot Priorities of May" in page.main and "Not taken" in page.main
    assert "Take the order" not in browser.open(address).main
