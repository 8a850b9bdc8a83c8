"""Votes on paper in the browser: the two duties, marking, double entry, what is printed, and what a voter is told."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from consult.domain.errors import NotAllowed, OutOfOrder
from consult.model.store import db
from consult.service import looking, paper_ballots, paper_requests
from tests.desk import DURING, Desk
from tests.factories import NOON, Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, DURING)


@pytest.fixture
def desk(cast: Cast, clock: Clock) -> Desk:
    made = Desk(cast, paper_rule="first")
    made.ask("irv", title="Chair")
    made.ask("policy-primary", ("Buses", "Trams"), title="First")
    made.ask("plurality", ("Oak", "Elm"), title="Logo")
    made.schedule()
    return made


def at(desk: Desk, browser: Browser, page: str = ""):
    return browser.open(f"/ballots/{desk.ballot.id}/papers{page}")


def test_from_an_issued_paper_to_one_that_is_sealed(app: Flask, desk: Desk, cast: Cast) -> None:
    outer, inner = browser_of(app, cast.who["roll_officer"]), browser_of(app, cast.who["returning_officer"])
    page = at(desk, outer).press("Take the envelopes")
    assert "You have the envelopes" in page.main
    listed = page.click("Issue a paper to a member").fill("Member number", cast.who["member"].number)
    listed = listed.fill("Why on paper", "asked for one").press("Issue a paper")
    assert "Mabel Thorn" in listed.main and "Put the plain envelope and this slip" in listed.text
    marked = at(desk, outer, "/mark").fill("Number on the outer envelope", "1").press("Mark it")
    assert "has voted on paper" in marked.notices[0]
    assert "is returned already" in marked.fill("Number on the outer envelope", "1").press("Mark it", 409).errors[0]
    page = at(desk, inner).press("Take the papers").click("Enter papers")
    page.fill("Cy Cole", "1").fill("Buses", "2")
    told = page.press("Enter it", 422)
    assert "nobody has number 1" in told.errors[0] and told.find(name="rank-q1-c3").get("value") == "1"
    entered = told.fill("Buses", "1").press("Enter it")
    serial = re.search(r"Write (\w{3}-\w{3}) on", entered.notices[0]).group(1)
    second = entered.click(serial)
    assert second.find(name="rank-q1-c3").get("value") == ""  # nothing of the first entry is shown
    told = second.fill("Ann Ash", "1").press("Enter it", 422)
    assert "not the same as the first" in told.errors[0]
    done = second.fill("Ann Ash", "").fill("Cy Cole", "1").fill("Buses", "1").press("Enter it")
    assert f"Paper {serial} is entered twice alike and sealed." in done.notices
    db.session.rollback()
    now = paper_ballots.totals(desk.ballot)
    assert (now.issued, now.returned, now.agreed, now.to_enter) == (1, 1, 1, 0)
    assert "The totals are on record." in at(desk, inner).press("Put these numbers on record").notices


def test_a_form_sent_twice_issues_one_paper_and_another_is_issued_when_that_is_confirmed(
    app: Flask, desk: Desk, cast: Cast
) -> None:
    outer = browser_of(app, cast.who["roll_officer"])
    at(desk, outer).press("Take the envelopes")
    form = at(desk, outer, "/issue").fill("Member number", cast.who["member"].number).fill("Why on paper", "asked")
    listed = form.press("Issue a paper")
    assert "a slip for the one envelope that is out" in listed.main
    asked = form.press("Issue a paper", 409)
    assert "Paper 1 is out to Mabel Thorn already" in asked.main and "refused when it comes in" in asked.main
    db.session.rollback()
    assert (paper_ballots.totals(desk.ballot).issued, paper_ballots.totals(desk.ballot).cancelled) == (1, 0)
    asked.press("Cancel number 1 and issue another")
    again = asked.press("Cancel number 1 and issue another", 409)
    assert "Paper 2 is out to Mabel Thorn already" in again.main
    db.session.rollback()
    assert (paper_ballots.totals(desk.ballot).issued, paper_ballots.totals(desk.ballot).cancelled) == (2, 1)
    looks = looking.at_whom(cast.who["member"].id, NOON - timedelta(days=1))
    assert [look.what for look in looks] == ["saw you in a list of those who get papers by post"]


def test_a_member_asks_for_a_paper_and_the_officer_who_has_the_envelopes_issues_it(
    app: Flask, desk: Desk, cast: Cast, clock: Clock
) -> None:
    clock.set(NOON)
    for name in ("member", "mover"):
        page = browser_of(app, cast.who[name]).open(f"/ballots/{desk.ballot.id}").click("Vote on paper instead")
        told = page.press("Ask for a paper ballot")
        assert "You have asked for a paper ballot." in told.notices and "postal address" in told.main
    assert "Ask for a paper ballot" not in at(desk, browser_of(app, cast.who["member"]), "/ask").buttons()
    off = at(desk, browser_of(app, cast.who["supporter"]), "/ask")
    assert "you are not on the roll" in off.main
    with pytest.raises(NotAllowed):
        paper_requests.ask(desk.ballot, by=cast.actor("supporter"), at=NOON)
    outer = browser_of(app, cast.who["roll_officer"])
    page = at(desk, outer).press("Take the envelopes").press("Issue a paper to the 2 members who asked for one")
    assert "Mabel Thorn" in page.main and "asked for one" in page.main
    assert "who asked for one" not in " ".join(at(desk, outer).buttons())
    assert "was issued to you" in at(desk, browser_of(app, cast.who["member"]), "/ask").main
    clock.set(DURING)
    assert "not enough time left" in at(desk, browser_of(app, cast.who["second"]), "/ask").main
    with pytest.raises(OutOfOrder, match="until"):
        paper_requests.ask(desk.ballot, by=cast.actor("second"), at=DURING)
    assert "Vote on paper instead" not in browser_of(app, cast.who["second"]).open(f"/ballots/{desk.ballot.id}").links()


def test_a_paper_is_put_aside_or_begun_anew(app: Flask, desk: Desk, cast: Cast) -> None:
    outer, inner = browser_of(app, cast.who["roll_officer"]), browser_of(app, cast.who["returning_officer"])
    at(desk, outer).press("Take the envelopes")
    for name in ("member", "mover"):
        page = at(desk, outer, "/issue").fill("Member number", cast.who[name].number).fill("Why on paper", "asked")
        page.press("Issue a paper")
    for number in ("1", "2"):
        at(desk, outer, "/mark").fill("Number on the outer envelope", number).press("Mark it")
    at(desk, inner).press("Take the papers")
    page = at(desk, inner, "/reject").fill("Why it cannot be counted", "nothing in the envelope")
    assert "is put aside" in page.press("Put it aside as not counted").notices[0]
    entered = at(desk, inner, "/enter").fill("Cy Cole", "1").press("Enter it")
    serial = re.search(r"Write (\w{3}-\w{3}) on", entered.notices[0]).group(1)
    entered.click(serial).press("The first entry was wrong: start this paper anew")
    db.session.rollback()
    now = paper_ballots.totals(desk.ballot)
    assert (now.entered_once, now.rejected, now.to_enter) == (0, 1, 1)


def test_the_two_duties_and_their_pages_are_kept_apart(app: Flask, desk: Desk, cast: Cast) -> None:
    outer, inner = browser_of(app, cast.who["roll_officer"]), browser_of(app, cast.who["returning_officer"])
    at(desk, outer).press("Take the envelopes")
    at(desk, inner).press("Take the papers")
    for kept, browser, pages in (
        ("papers", inner, ("envelopes", "issue", "mark")),
        ("envelopes", outer, ("enter", "reject")),
    ):
        for page in pages:  # told on coming, and not after typing
            told = browser.open(f"/ballots/{desk.ballot.id}/papers/{page}", 403)
            assert f"You have the {kept} of this ballot, so somebody else must handle its" in told.main
    for name in ("member", "moderator"):
        browser_of(app, cast.who[name]).open(f"/ballots/{desk.ballot.id}/papers", 403)
    watching = at(desk, browser_of(app, cast.who["scrutineer"]))
    assert "Take the envelopes" not in watching.buttons() and "papers issued" in watching.main


def test_blank_papers_say_nothing_that_tells_them_apart(app: Flask, desk: Desk, cast: Cast) -> None:
    page = at(desk, browser_of(app, cast.who["returning_officer"]), "/print?copies=3")
    copies = page.find_all("div", cls="blank")
    assert len(copies) == 3 and len({page.words(copy) for copy in copies}) == 1
    assert "Write no name and no sign" in page.main


def test_a_voter_whose_paper_is_in_is_told_so(app: Flask, desk: Desk, cast: Cast) -> None:
    officer = cast.actor("roll_officer")
    paper_ballots.take_duty(desk.ballot, "envelopes", by=officer, at=DURING)
    paper_ballots.issue(desk.ballot, cast.who["member"].number, "asked", by=officer, at=DURING)
    paper_ballots.mark(desk.ballot, 1, by=officer, at=DURING)
    told = browser_of(app, cast.who["member"]).open(f"/ballots/{desk.ballot.id}/vote", 409)
    assert "on paper was received" in told.text
