"""The pages of debate on policies and composites, and of questions to candidates."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.service import clock, hustings, moderation, paragraphs
from tests.consulting import forum
from tests.factories import NOON, Cast
from tests.motions import DAY, in_short, stage
from tests.service.test_composites import asked
from tests.service.test_hustings import election
from tests.service.test_policies import policy
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


def test_a_policy_is_debated_on_a_page_of_its_own(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = policy(stage(cast))
    monkeypatch.setattr(clock, "source", lambda session: NOON + 9 * DAY)
    page = browser_of(app, cast.who["member"]).open(f"/policy/{book.id}").click("What members say about this policy")
    page = page.choose("You speak", "Against").fill("What you have to say", "It came to little.").press("Say it")
    assert "It came to little." in page.text and "0 for and 1 against" in page.text
    other = browser_of(app, cast.who["second"])
    page = other.open(f"/policy/{book.id}/debate").click("Answer: Mabel Thorn")
    page = page.choose("You speak", "For").fill("Your answer", "To much.").press("Answer")
    assert "To much." in page.text
    assert "Mabel Thorn" not in browser.open(f"/policy/{book.id}/debate").text
    page = other.open(f"/policy/{book.id}/debate").click("Summaries by the two sides").click("Draft a summary for it")
    page = page.fill("The summary", in_short("It works.")).press("Put it to my side")
    assert "1 of the 2 approvals" in page.text
    page = browser_of(app, cast.who["moderator"]).open(f"/policy/{book.id}/debate").click("Slow mode and screening")
    page = (
        page.choose("What is to hold in this debate", "slow")
        .fill("The reason", "Many speak at once.")
        .press("Declare it")
    )
    assert "Slow mode." in page.text


def test_a_composite_is_debated_by_members(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = asked(stage(cast))
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    page = browser_of(app, cast.who["member"]).open(f"/composites/{made.id}").click("Debate this composite")
    page = page.choose("You speak", "For").fill("Words that you quote", "day of action")
    page = page.fill("What you have to say", "In June!").press("Say it")
    assert "In June!" in page.text and "“day of action”" in page.text
    assert any(link.startswith("on Resolves") for link in page.links())
    browser.open("/comments/1", 403)


def test_questions_to_candidates_are_asked_answered_and_end(
    app: Flask, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, found = election(cast)
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    address = f"/elections/{found.id}/questions"
    member, candidate = browser_of(app, cast.who["member"]), browser_of(app, cast.who["mover"])
    page = member.open(f"/ballots/{desk.ballot.id}/candidates").click(
        f"Questions to the candidates, and their answers: {found.title}"
    )
    assert "Nobody has asked anything yet" in page.text and "cannot answer on this page" in page.text
    page = page.fill("Your question", "Will buses run on Sundays?").press("Ask it")
    assert "to all candidates" in page.text and "No candidate has answered yet." in page.text
    assert "Answer it" not in page.links() and "Answer: Mabel Thorn" not in page.links()
    page = candidate.open(address)
    assert "Ask it" not in page.buttons()
    page = page.click("Answer it").fill("Your answer", "Every hour.").press("Answer")
    assert "The candidate’s answer" in page.text and "Every hour." in page.text
    page = member.open(f"{address}?to={found.options[1].id}")
    assert "Will buses run on Sundays?" in page.text
    monkeypatch.setattr(clock, "source", lambda session: desk.ballot.opens_at)
    page = member.open(address)
    assert "Questions and answers ended when voting opened" in page.text and "Ask it" not in page.buttons()
    assert hustings.why_closed(found, desk.ballot.opens_at)
    assert "E-mail address or member number" in browser.open(address).text


def test_the_returning_officer_declares_questions_to_candidates(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _question = election(cast, scheduled=False)
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    page = (
        browser_of(app, cast.who["returning_officer"])
        .open(f"/ballots/{desk.ballot.id}")
        .click("Questions to the candidates")
    )
    page = page.choose("Questions and answers end", "when voting closes")
    page = page.fill("Why", "Candidates asked for more time.").press("Declare it")
    assert "It is declared" in page.text
    browser_of(app, cast.who["member"]).open(f"/ballots/{desk.ballot.id}/hustings", 403)


def test_the_author_of_a_hidden_comment_on_a_paper_appeals_from_where_it_stood(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = forum(cast, minimum_group=3).consultation
    monkeypatch.setattr(clock, "source", lambda session: NOON)
    comment = paragraphs.write(talk, "p1", "for", "Zinnias!", by=cast.actor("member"), at=NOON)
    member, address = browser_of(app, cast.who["member"]), f"/consultations/{talk.id}/paper"
    link = f"Appeal against this decision: comment {comment.id}"
    assert link not in member.open(address).links()
    moderation.hide(comment, "It is about flowers.", "off the matter", by=cast.actor("moderator"), at=NOON)
    assert link not in browser_of(app, cast.who["second"]).open(address).links()
    assert link in member.open(f"{address}/p1/comments").links()
    page = member.open(address).click(link).fill("Why the decision is wrong", "The paper names them.")
    page.press("Appeal")
    assert link not in member.open(address).links()
    monkeypatch.setattr(clock, "source", lambda session: NOON + 15 * DAY)
    assert link not in member.open(address).links()
