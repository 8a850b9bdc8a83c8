"""The pages of debate, consultations and the policy book."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from consult.service import clock, debate, moderation, motions
from tests.factories import Cast
from tests.motions import Stage, in_short, stage
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A consultation, and the clock of its tests on every page."""
    made = stage(cast)
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    yield made


def by(app: Flask, scene: Stage, name: str) -> Browser:
    return browser_of(app, scene.cast.who[name])


def test_speak_quote_answer_report_and_hide(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    address = f"/motions/{motion.id}/debate"
    member = by(app, scene, "member")
    page = member.open(address).press("Say it", 422)
    assert len(page.errors) == 2
    clause = next(clause for clause in motions.draft_of(motion).clauses if "£2" in clause.text)
    page = page.choose("You speak", "For").choose("About", f"clause:{clause.id}")
    page = page.fill("Words that you quote", "a fare of nothing").fill("What you have to say", "Fair fares.")
    page = page.press("Say it", 422)
    assert any("not in that clause" in error for error in page.errors)
    page = page.fill("Words that you quote", "a single fare of £2").press("Say it")
    assert "Fair fares." in page.text and "on Resolves 2" in page.links()
    assert "Mabel Thorn" not in browser.open(address).text
    page = by(app, scene, "supporter").open(address).click("Answer: Mabel Thorn")
    page = page.choose("You speak", "Against").fill("Your answer", "Who pays?").press("Answer")
    assert "Sorrel Bright (supporter)" in page.text
    page = member.open(address).click("Report: what Sorrel Bright wrote")
    page = page.fill("The reason", "It is a question, not an answer.").press("Report it")
    assert "The moderators have your report." in page.text
    member.open("/reports", 403)
    member.open("/comments/2/hide", 403)
    page = by(app, scene, "moderator").open("/reports").click("Hide it: comment 2")
    page = page.press("Hide it", 422).choose("The ground", "off the matter")
    page = page.fill("The reason", "It was reported by mistake, and I make one too.").press("Hide it")
    assert "It is not about this matter. It was reported by mistake" in page.text
    assert "Who pays?" not in page.text and "I make one too" in member.open(address).text
    page = page.click("Show it again: Sorrel Bright").fill("Why", "It was aimed at nobody.").press("Show it again")
    assert "Who pays?" in page.text


def test_comments_on_earlier_wording_say_so(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    clause = next(clause for clause in motions.draft_of(motion).clauses if "£2" in clause.text)
    debate.write(motion, "for", "Two pounds!", clause_id=clause.id, quote="£2", by=scene.actor("member"), at=scene.at)
    scene.answered(scene.amended(motion, ("£2", "£1.50")), True)
    scene.frozen(motion)
    assert "on earlier wording (version 1)" in browser.open(f"/motions/{motion.id}/debate").links()


def test_the_page_of_a_debate_grows_by_no_statement(app: Flask, scene: Stage, browser: Browser) -> None:
    from tests.web.test_motions import statements

    motion = scene.published()
    address = f"/motions/{motion.id}/debate"
    top = debate.write(motion, "for", "One.", by=scene.actor("member"), at=scene.at)
    debate.write(motion, "for", "Two.", answers=top, by=scene.actor("second"), at=scene.at)
    few = statements(browser, address)
    for n in range(60):
        at = scene.at + n * timedelta(minutes=3)
        said = debate.write(motion, ("for", "against")[n % 2], f"{n}.", by=scene.actor("member"), at=at)
        if n % 4 == 0:
            debate.write(motion, "for", "So it is.", answers=said, by=scene.actor("second"), at=at)
    assert statements(browser, address) == few
    assert "Pages of this list" in str([e.get("aria-label") for e in browser.open(address).find_all("nav")])


def test_a_debate_that_is_over_offers_no_form(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    scene.at = scene.at.replace(month=5)
    page = by(app, scene, "member").open(f"/motions/{motion.id}/debate")
    assert "The debate is not open now." in page.text and "Say it" not in page.buttons()


def test_what_cannot_be_quoted_is_said_at_the_field_and_kept(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    page = by(app, scene, "member").open(f"/motions/{motion.id}/debate").choose("You speak", "For")
    page = page.fill("Words that you quote", "a fare of nothing").fill("What you have to say", "Fair fares.")
    page = page.press("Say it", 422)
    assert any("No clause has the words" in error for error in page.errors)
    assert "a fare of nothing" in page.html and "Fair fares." in page.html
    page = page.fill("Words that you quote", "a single fare of £2").press("Say it")
    assert "on Resolves 2" in page.links() and "People are counted, not contributions" in page.text


def test_the_author_of_what_is_hidden_appeals_from_where_it_stood(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    comment = debate.write(motion, "for", "Zinnias!", by=scene.actor("member"), at=scene.at)
    member, address = by(app, scene, "member"), f"/motions/{motion.id}/debate"
    link = f"Appeal against this decision: comment {comment.id}"
    assert link not in member.open(address).links()
    assert "wrote this yourself" in member.open(f"/comments/{comment.id}/report", 403).text
    moderation.hide(comment, "It is about flowers.", "off the matter", by=scene.actor("moderator"), at=scene.at)
    assert link not in by(app, scene, "second").open(address).links()
    assert link in member.open(f"/comments/{comment.id}").links()
    page = member.open(address).click(link).fill("Why the decision is wrong", "The motion names them.")
    page.press("Appeal")
    assert link not in member.open(address).links()


def test_a_motion_whose_time_for_amendments_is_over_says_so(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    assert "Amend this motion" in by(app, scene, "member").open(f"/motions/{motion.id}").links()
    scene.at = scene.at.replace(month=5)
    delegate = by(app, scene, "second")
    page = delegate.open(f"/motions/{motion.id}")
    assert "Amend this motion" not in page.links() and "Amendments could be made until" in page.text
    refused = delegate.open(f"/motions/{motion.id}/amend", 409)
    assert "That cannot be done now" in refused.text and "changed in the meantime" not in refused.text


def test_slow_mode_and_screening_are_said_and_what_was_typed_is_kept(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    address = f"/motions/{motion.id}/debate"
    moderator = by(app, scene, "moderator").open(address).click("Slow mode and screening")
    moderator.choose("What is to hold in this debate", "slow").choose("The interval of slow mode", "60").fill(
        "The reason", "Many speak at once."
    ).press("Declare it")
    member = by(app, scene, "member")
    page = member.open(address)
    assert "Each person speaks here once in 1 hour. Reason: Many speak at once." in page.text
    page = page.choose("You speak", "For").fill("What you have to say", "Fair fares.").press("Say it")
    page = page.choose("You speak", "For").fill("What you have to say", "Fairer fares.").press("Say it", 409)
    assert "You may speak again from" in page.text and "Fairer fares." in page.html


def test_a_screened_contribution_waits_and_its_refusal_is_appealed_against(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    address = f"/motions/{motion.id}/debate"
    rules = by(app, scene, "moderator").open(f"{address}/rules")
    rules.choose("What is to hold in this debate", "screening").fill("The reason", "A difficult day.").press(
        "Declare it"
    )
    member = by(app, scene, "member")
    page = member.open(address).choose("You speak", "For").fill("What you have to say", "Zinnias!").press("Say it")
    assert "Only you and the moderators see this." in page.text
    assert "Zinnias!" not in by(app, scene, "second").open(address).text
    page = by(app, scene, "moderator").open("/reports").click("Do not admit it")
    page.choose("The ground", "off the matter").fill("The reason", "It is about flowers.").press("Do not admit it")
    assert "1 contribution was not admitted" in by(app, scene, "second").open(address).text
    page = member.open("/moderation/1/appeal").fill("Why the decision is wrong", "Buses have flowers.").press("Appeal")
    assert "has not decided it yet" in page.text
    page = by(app, scene, "panel").open("/moderation/1/decide").choose("The moderator’s decision", "overturned")
    page.fill("The reason", "Some buses do.").press("Decide")
    assert "Zinnias!" in by(app, scene, "second").open(address).text
    assert "On appeal: overturned. Some buses do." in member.open("/moderation").text
    member.open("/moderation/1/decide", 403)
    by(app, scene, "second").open("/moderation/1/appeal", 403)


def test_a_correction_keeps_the_earlier_wording_and_both_sides_summarise(app: Flask, scene: Stage) -> None:
    motion = scene.published()
    for name in ("member", "second"):
        debate.write(motion, "for", "Fair fares!", by=scene.actor(name), at=scene.at)
    for name in ("mover", "other_delegate"):
        debate.write(motion, "against", "Who pays?", by=scene.actor(name), at=scene.at)
    member, address = by(app, scene, "member"), f"/motions/{motion.id}/debate"
    page = member.open(address).click("Correct it: comment 1").fill("What you have to say", "Fair fares?")
    page = page.press("Save the correction")
    assert "Fair fares?" in page.text
    assert "Fair fares!" in member.open("/comments/1/earlier").text
    page = member.open(f"/motions/{motion.id}/summaries").click("Draft a summary for it")
    page = page.fill("The summary", "Fair fares for all.").press("Put it to my side", 422)
    assert "this has 4: say 86 more, or more" in page.main and "Fair fares for all." in page.main
    page = page.fill("The summary", in_short("Fair fares.")).press("Put it to my side").press("Withdraw it: summary 1")
    assert page.notices == ["Your draft is withdrawn."] and "Fair fares." not in page.main
    page = page.click("Draft a summary for it").fill("The summary", in_short("Fair fares for all."))
    page = page.press("Put it to my side")
    assert "Draft" in page.main and "This side’s summary" not in page.main
    page = by(app, scene, "second").open(f"/motions/{motion.id}/summaries").press("Approve it: summary 2")
    assert "this one stands above the debate alone" in page.main and "Your side has approved it" in page.main
    for pinned in (address, f"/motions/{motion.id}"):
        assert "Fair fares for all." not in member.open(pinned).text
    assert "This side’s summary" in page.main
    page = by(app, scene, "mover").open(f"/motions/{motion.id}/summaries").click("Draft a summary against it")
    assert "The other side’s summary has 95 words." in page.main
    page.fill("The summary", in_short("The fund is empty.")).press("Put it to my side")
    by(app, scene, "other_delegate").open(f"/motions/{motion.id}/summaries").press("Approve it: summary 3")
    for pinned in (address, f"/motions/{motion.id}"):
        text = member.open(pinned).text
        assert "Fair fares for all." in text and "The fund is empty." in text


def test_many_answers_stand_on_a_page_of_their_own(app: Flask, scene: Stage, browser: Browser) -> None:
    motion = scene.published()
    top = debate.write(motion, "for", "Fair fares!", by=scene.actor("member"), at=scene.at)
    for n in range(12):
        debate.write(motion, "for", f"Answer {n}.", answers=top, by=scene.actor("second"), at=scene.at)
    page = browser.open(f"/motions/{motion.id}/debate")
    assert "Answer 9." in page.text and "Answer 10." not in page.text
    assert "Answer 11." in page.click(f"Read all 12 answers: comment {top.id}").text
