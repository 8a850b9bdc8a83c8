"""Voting in the browser: each form of paper, checking and changing, one vote however it is sent, and every refusal."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from consult.ledger import envelopes
from consult.ledger.envelopes import Answer
from consult.model.ballots import Envelope
from consult.model.store import db
from consult.service import ballots, casting, scheduling
from consult.service.ballot_questions import OptionSpec
from tests.desk import AFTER, CLOSES, DURING, OPENS, Desk
from tests.factories import NOON, Cast
from tests.motions import DAY, stage
from tests.web.clocks import Clock
from tests.web.pages import Browser, Page
from tests.web.signing_in import PASSWORD, browser_of, give_password


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, DURING)


@pytest.fixture
def desk(cast: Cast, clock: Clock) -> Desk:
    made = Desk(cast)
    made.ask()
    made.schedule()
    return made


@pytest.fixture
def voter(app: Flask, cast: Cast, clock: Clock) -> Browser:
    return browser_of(app, cast.who["member"])


def paper_of(desk: Desk, browser: Browser) -> Page:
    return browser.open(f"/ballots/{desk.ballot.id}/vote")


def opened(desk: Desk, name: str = "member") -> list[Answer]:
    """What is in the envelope of one of the cast, opened with the ballot's key."""
    db.session.rollback()
    sealed = db.session.scalar(select(Envelope.sealed).where(Envelope.member_id == desk.cast.who[name].id))
    assert sealed is not None, f"{name} has not voted"
    key = scheduling.private_key(db.session(), desk.ballot)
    return list(envelopes.opener(ballots.definition_of(desk.ballot), key)(sealed))


def in_the_box(desk: Desk) -> int:
    db.session.rollback()
    return ballots.turnout(desk.ballot)


def number(name: str) -> str:
    return f"Number for {name}"


def ranked(page: Page, **numbers: str) -> Page:
    for name, typed in {"Ann Ash": "ann", "Bo Birch": "bo", "Cy Cole": "cy"}.items():
        page.fill(number(name), numbers.get(typed, ""))
    return page


# -- a whole vote ----------------------------------------------------------------------------------------------------


def test_from_the_ballots_page_to_the_receipt(desk: Desk, voter: Browser) -> None:
    page = voter.open("/ballots").click("Policy committee").click("Vote now")
    assert page.title == "Policy committee"
    assert "Voting closes Friday 6 March 2026, 12 noon (UK time)" in page.main
    checked = ranked(page, bo="1", ann="2").press("Check your vote")
    assert checked.title == "Check your vote"
    assert "not cast until you confirm" in checked.main
    assert [checked.words(item) for item in checked.find_all("li", cls="order__one")] == ["Bo Birch", "Ann Ash"]
    assert "You have left some out, which is allowed." in checked.main
    assert in_the_box(desk) == 0
    receipt = checked.press("Cast my vote")
    assert receipt.title == "Your receipt"
    assert opened(desk) == [Answer("q1", (1, 0))]
    kept = casting.receipt_of(desk.ballot.id, desk.cast.who["member"].id)
    assert kept is not None and kept.code in receipt.main
    assert "Bo Birch" not in receipt.text  # what could show how somebody voted is not kept
    again = voter.open(f"/ballots/{desk.ballot.id}")
    assert "You have voted. Only you are told this." in again.main
    assert again.click("Your receipt").title == "Your receipt"
    assert paper_of(desk, voter).title == "Your receipt"
    assert "You have voted" in voter.open("/ballots").main


def test_changing_before_casting_loses_nothing(desk: Desk, voter: Browser) -> None:
    page = ranked(paper_of(desk, voter), bo="1", ann="2").press("Check your vote").press("Change it")
    assert page.find(name="rank-q1-c2").get("value") == "1"
    assert page.find(name="rank-q1-c1").get("value") == "2"
    ranked(page, cy="1").press("Check your vote").press("Cast my vote")
    assert opened(desk) == [Answer("q1", (2,))]


def test_a_blank_paper_is_allowed_and_said_to_be_blank(desk: Desk, voter: Browser) -> None:
    page = paper_of(desk, voter).press("Check your vote")
    assert "You have left this blank." in page.main
    page.press("Cast my vote")
    assert opened(desk) == [Answer("q1", ())]


def test_move_buttons_work_without_scripts_and_the_page_comes_back_at_the_one_moved(desk: Desk, voter: Browser) -> None:
    page = paper_of(desk, voter).press("Move Cy Cole up").press("Move Ann Ash up").press("Move Ann Ash up")
    assert page.address.endswith("/vote#rank-q1-c1")
    assert [page.find(name=f"rank-q1-c{n}").get("value") for n in (1, 2, 3)] == ["1", "", "2"]
    page = page.press("Move Cy Cole down")
    assert page.find(name="rank-q1-c3").get("value") == ""
    page = ranked(page, ann="7", cy="3").press("Put the numbers in order")
    assert [page.find(name=f"rank-q1-c{n}").get("value") for n in (1, 2, 3)] == ["2", "", "1"]
    assert "2 of 3 ranked" in page.main
    page.press("Check your vote").press("Cast my vote")
    assert opened(desk) == [Answer("q1", (2, 0))]


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(desk: Desk, voter: Browser) -> None:
    page = ranked(paper_of(desk, voter), ann="1", bo="1", cy="first").press("Check your vote", 422)
    assert "Number 1 is also beside Bo Birch." in page.main
    assert "“first” is not a number like 1, 2 or 3." in page.main
    assert len(page.errors) == 3
    assert [page.find(name=f"rank-q1-c{n}").get("value") for n in (1, 2, 3)] == ["1", "1", "first"]
    page = ranked(page, ann="1", bo="3").press("Check your vote", 422)
    assert page.errors == ["This has number 3, but nobody has number 2."]
    assert in_the_box(desk) == 0
    page = ranked(page, ann="x" * 30_000).press("Check your vote", 422)
    assert len(page.errors[0]) < 100
    assert ranked(page, ann="1", bo="2").press("Check your vote").title == "Check your vote"


# -- every form of paper ---------------------------------------------------------------------------------------------


def test_one_choice(cast: Cast, clock: Clock, voter: Browser) -> None:
    desk = Desk(cast)
    desk.ask("plurality", (OptionSpec("Ann Ash", "For clean rivers.\n\nAnd quiet roads."), OptionSpec("Bo Birch")))
    desk.schedule()
    page = paper_of(desk, voter)
    assert "Statement: Ann Ash" in page.main and "And quiet roads." in page.main
    page.choose("Choose one", "Bo Birch").press("Check your vote").press("Cast my vote")
    assert opened(desk) == [Answer("q1", (1,))]


def test_several_choices_up_to_the_limit(cast: Cast, clock: Clock, voter: Browser) -> None:
    desk = Desk(cast)
    desk.ask("block", seats=2)
    desk.ask("approval", settings={"most": 1}, title="Which?")
    desk.ask("approval", title="Which again?")
    desk.schedule()
    page = paper_of(desk, voter).press("Begin with the first")
    assert page.title == "Who?" and "You may choose up to 2." in page.main
    page = tick_all(page).press("Save and go on", 422)
    assert page.errors == ["Choose at most 2 in “Who?”; you chose 3."]
    assert len([box for box in page.find_all("input", type="checkbox") if box.get("checked") is not None]) == 3
    del page.find("input", id="q1-c1").attrib["checked"]
    page = page.press("Save and go on")
    assert page.title == "Which?" and "You may choose up to 1." in page.main
    page = tick_all(page).press("Save and go on", 422)
    assert page.errors == ["Choose at most 1 in “Which?”; you chose 3."]
    for box in ("q2-c1", "q2-c3"):
        del page.find("input", id=box).attrib["checked"]
    checked = page.press("Save and go on").press("Save and go on")
    assert checked.title == "Check your answers" and "You have left this blank." in checked.main
    checked.press("Cast my vote")
    assert opened(desk) == [Answer("q1", ((1, 2),)), Answer("q2", (1,)), Answer("q3", ())]


def tick_all(page: Page) -> Page:
    """Choose everything on offer, whatever the rule says."""
    for box in page.find_all("input", type="checkbox"):
        box.set("checked", "")
    return page


def test_a_ranking_with_equals_keeps_them(cast: Cast, clock: Clock, voter: Browser) -> None:
    desk = Desk(cast)
    desk.ask("schulze")
    desk.schedule()
    page = paper_of(desk, voter)
    assert "Equal numbers are allowed" in page.main
    assert not [b for b in page.buttons() if b.startswith("Move")]  # a move would part equals
    page = ranked(page, ann="2", bo="1", cy="2").press("Check your vote")
    rows = [page.words(item) for item in page.find_all("li", cls="order__one")]
    assert rows == ["Bo Birch", "Ann Ash and Cy Cole"]
    page.press("Cast my vote")
    assert opened(desk) == [Answer("q1", (1, (0, 2)))]


def test_for_or_against_each_and_then_an_order(cast: Cast, clock: Clock, voter: Browser) -> None:
    desk = Desk(cast)
    desk.ask("policy-primary", ("More buses", "Fewer cars", "Free paint"), title="Priorities")
    desk.schedule()
    page = paper_of(desk, voter)
    page.choose("More buses", "For").choose("Free paint", "Against")
    page.fill(number("More buses"), "1").fill(number("Fewer cars"), "2")
    page = page.press("Check your vote")
    assert "More buses: for" in page.main and "Fewer cars: abstain" in page.main and "Free paint: against" in page.main
    assert "1. More buses" in page.main
    page = page.press("Change it")
    assert page.find("input", id="verdict-q1-c3-against").get("checked") is not None
    page.press("Check your vote").press("Cast my vote")
    assert opened(desk) == [Answer("q1", (0, 1), "+0-")]


# -- several questions -----------------------------------------------------------------------------------------------


@pytest.fixture
def three(cast: Cast, clock: Clock) -> Desk:
    made = Desk(cast)
    made.ask("irv", title="Chair")
    made.ask("scottish-stv", title="Committee", seats=2)
    made.ask("plurality", title="Logo", names=("Oak", "Elm"))
    made.schedule()
    return made


def states(page: Page) -> list[str]:
    """The states of the tasks, in order."""
    return [page.words(tag) for tag in page.find_all("strong", cls="govuk-tag")]


def test_the_questions_are_tasks_to_be_answered_in_any_order(three: Desk, voter: Browser) -> None:
    page = paper_of(three, voter)
    assert page.title == "Policy committee" and "This paper has 3 questions." in page.main
    assert [b for b in page.buttons() if b[0].isdigit()] == ["1. Chair", "2. Committee", "3. Logo"]
    assert states(page) == ["To do"] * 3
    page = page.press("3. Logo")
    assert page.title == "Logo" and "Question 3 of 3" in page.main
    page = page.choose("Choose one", "Elm").press("Back to all questions")
    assert states(page) == ["To do", "To do", "Answered"]
    assert "1 of 3 answered" in page.main
    page = page.press("2. Committee").press("Move Bo Birch up").press("Save and go on")
    assert page.title == "Chair"  # the one that is left
    page = page.press("Save and go on")
    assert page.title == "Check your answers"
    assert [page.words(item) for item in page.find_all("li", cls="order__one")] == ["Bo Birch"]
    page = page.press("Change: your answer to Chair")
    page = ranked(page, cy="1").press("Save and go on")
    assert [page.words(item) for item in page.find_all("li", cls="order__one")] == ["Cy Cole", "Bo Birch"]
    assert states(page.press("Back to all questions")) == ["Answered"] * 3
    assert in_the_box(three) == 0
    page.press("Cast my vote")
    assert opened(three) == [Answer("q1", (2,)), Answer("q2", (1,)), Answer("q3", (1,))]


def test_a_mistake_in_one_question_is_kept_and_stands_in_the_list(three: Desk, voter: Browser) -> None:
    page = paper_of(three, voter).press("1. Chair")
    page = ranked(page, ann="4").press("Save and go on", 422)
    assert page.title == "Chair" and page.errors == ["This has number 4, but nobody has number 1."]
    page = page.press("Back to all questions")
    assert states(page) == ["To be corrected", "To do", "To do"]
    page = page.press("Check your answers", 422)
    assert page.errors == ["Chair: This has number 4, but nobody has number 1."]
    page = page.press("1. Chair")
    assert page.find(name="rank-q1-c1").get("value") == "4"
    page = ranked(page, ann="1").press("Back to all questions").press("Check your answers")
    assert page.main.count("You have left this blank.") == 2
    page.press("Cast my vote")
    assert opened(three) == [Answer("q1", (0,)), Answer("q2", ()), Answer("q3", ())]


def test_a_cast_with_a_mistake_in_it_casts_nothing_and_keeps_everything(three: Desk, voter: Browser) -> None:
    page = paper_of(three, voter).press("1. Chair").press("Save and go on").press("Save and go on")
    checked = page.choose("Choose one", "Oak").press("Save and go on")
    forged = checked.find("input", name="q3")
    forged.set("name", "rank-q1-c1")
    forged.set("value", "7")
    told = checked.press("Cast my vote", 422)
    assert told.errors == ["Chair: This has number 7, but nobody has number 1."]
    assert in_the_box(three) == 0


def test_the_order_button_of_one_question_leaves_the_others_alone(three: Desk, voter: Browser) -> None:
    page = paper_of(three, voter).press("1. Chair")
    page = ranked(page, ann="1").press("Save and go on")
    page.fill_all(**{"rank-q2-c1": "4", "rank-q2-c2": "9"})
    page = page.press("Put the numbers in order")
    assert [page.find(name=f"rank-{field}").get("value") for field in ("q2-c1", "q2-c2")] == ["1", "2"]
    assert page.find(name="rank-q1-c1").get("value") == "1"


def test_a_motion_with_its_amendments(cast: Cast, clock: Clock, voter: Browser) -> None:
    st = stage(cast)
    motion = st.published()
    amendment = st.amended(motion, ("until 10pm", "until midnight"))
    st.answered(amendment, accept=False)
    st.frozen(motion)
    desk = Desk(cast, consultation=st.consultation, at=NOON + 13 * DAY)
    desk.put(motion)
    desk.schedule()
    clock.set(desk.during)
    page = browser_of(voter.app, cast.who["second"]).open(f"/ballots/{desk.ballot.id}/vote")
    page = page.press("1. Amendment 1 to Motion 1")
    assert "midnight" in page.main  # the rubric says what the amendment does
    text = page.browser.open(f"/ballots/{desk.ballot.id}/text/q1")
    assert "midnight" in text.words(text.find("ins", cls="put", text="[put in: midnight end]"))
    whole = page.browser.open(f"/ballots/{desk.ballot.id}/text/q2")
    assert "To campaign for an hourly bus on Sundays until 10pm." in whole.main
    assert motion.version is not None and motion.version.hash.startswith(whole.find("code").findtext("span") or "?")
    for key, vote in (("q1", "for"), ("q2", "abstain")):
        page.find("input", id=f"{key}-{vote}").set("checked", "")
        page = page.press("Save and go on")
    checked = page
    assert [checked.words(item) for item in checked.find_all("li", cls="choice")] == ["For", "Abstain"]
    checked.press("Cast my vote")
    assert opened(desk, "second") == [Answer("q1", (0,)), Answer("q2", (2,))]


# -- one vote, however it is sent --------------------------------------------------------------------------------------


def test_the_same_form_twice_gives_the_same_receipt(desk: Desk, voter: Browser) -> None:
    checked = ranked(paper_of(desk, voter), ann="1").press("Check your vote")
    first, second = checked.press("Cast my vote"), checked.press("Cast my vote")
    assert first.main == second.main
    assert in_the_box(desk) == 1


def test_two_tabs_and_the_way_back_change_nothing(desk: Desk, voter: Browser) -> None:
    one, two = paper_of(desk, voter), paper_of(desk, voter)
    late = ranked(two, bo="1").press("Check your vote")
    ranked(one, ann="1").press("Check your vote").press("Cast my vote")
    told = late.press("Cast my vote", 409)
    assert told.title == "You have already voted"
    assert "That vote stands, and this form changed nothing." in told.main
    assert told.click("See your receipt").title == "Your receipt"
    assert ranked(one, cy="1").press("Check your vote", 409).title == "You have already voted"  # the back button
    assert late.press("Change it", 409).title == "You have already voted"
    assert opened(desk) == [Answer("q1", (0,))]


def test_a_form_of_another_ballot_is_refused(cast: Cast, desk: Desk, voter: Browser) -> None:
    other = Desk(cast, title="Another committee")
    other.ask(names=("Ann Ash", "Bo Birch", "Cy Cole"))
    other.schedule()
    checked = ranked(paper_of(other, voter), ann="1").press("Check your vote")
    for address in ("vote", "cast"):
        form = checked.find("form", action=f"/ballots/{other.ballot.id}/cast")
        data = {field.get("name"): field.get("value") for field in form.iter("input")}
        told = voter.open(f"/ballots/{desk.ballot.id}/{address}", 422, method="POST", data=data)
        assert "This form is not the paper of this ballot." in told.main
    empty = {"csrf_token": data["csrf_token"]}
    assert voter.open(f"/ballots/{desk.ballot.id}/cast", 422, method="POST", data=empty).title
    forged = data | {"paper": desk.ballot.definition_hash, "key": "short"}
    told = voter.open(f"/ballots/{desk.ballot.id}/cast", 422, method="POST", data=forged)
    assert "not one of ours" in told.main
    assert in_the_box(desk) == in_the_box(other) == 0


def test_a_form_without_its_token_is_refused(desk: Desk, voter: Browser) -> None:
    told = voter.send(f"/ballots/{desk.ballot.id}/cast", {"key": "k" * 32, "rank-q1-c1": "1"}, 400)
    assert "nothing was changed" in told.main
    assert in_the_box(desk) == 0


# -- who and when ----------------------------------------------------------------------------------------------------


def test_a_visitor_signs_in_and_comes_back_to_the_paper(desk: Desk, cast: Cast, browser: Browser) -> None:
    give_password(cast.who["member"])
    page = browser.open(f"/ballots/{desk.ballot.id}").click("Sign in to vote")
    page = page.fill("E-mail address or member number", "member@members.example").fill("Password", PASSWORD)
    page = page.press("Sign in")
    assert page.address == f"/ballots/{desk.ballot.id}/vote"
    assert page.title == "Policy committee" and "Ballot paper" in page.main


def test_a_vote_sent_after_signing_out_is_not_taken_and_leads_back_to_the_paper(desk: Desk, voter: Browser) -> None:
    page = ranked(paper_of(desk, voter), ann="1").press("Check your vote")
    with voter.client.session_transaction() as cookie:
        cookie["token"] = "ended"
    voter.headers["Referer"] = f"http://{voter.host}/ballots/{desk.ballot.id}/vote"
    told = page.press("Cast my vote", 401)
    assert "nothing was done" in told.main and in_the_box(desk) == 0
    assert f"next=/ballots/{desk.ballot.id}/vote" in told.links()["Sign in and go on"].replace("%2F", "/")


def test_who_is_not_on_the_roll_is_told_so(app: Flask, desk: Desk, cast: Cast) -> None:
    supporter = browser_of(app, cast.who["supporter"])
    page = supporter.open(f"/ballots/{desk.ballot.id}")
    assert "No, you are not on this roll." in page.main
    assert "Vote now" not in page.links()
    assert "not on the electoral roll" in supporter.open(f"/ballots/{desk.ballot.id}/vote", 403).main


def test_before_the_opening_and_after_the_close(app: Flask, desk: Desk, clock: Clock, voter: Browser) -> None:
    late = ranked(paper_of(desk, browser_of(app, desk.cast.who["mover"])), ann="1").press("Check your vote")
    checked = ranked(paper_of(desk, voter), ann="1").press("Check your vote")
    clock.set(OPENS - timedelta(milliseconds=1))
    assert "is not open now" in voter.open(f"/ballots/{desk.ballot.id}/vote", 409).main
    assert "Vote now" not in voter.open(f"/ballots/{desk.ballot.id}").links()
    assert "opens on" in checked.press("Cast my vote", 409).main
    assert in_the_box(desk) == 0
    clock.set(CLOSES - timedelta(milliseconds=1))
    assert checked.press("Cast my vote").title == "Your receipt"
    clock.set(CLOSES)
    told = late.press("Cast my vote", 409)
    assert "closed on" in told.main and "Your vote was not cast." in told.main
    clock.set(CLOSES - timedelta(milliseconds=1))
    assert "no more votes are taken" in late.press("Cast my vote", 409).main  # a clock that steps back opens nothing
    clock.set(AFTER)
    assert checked.press("Cast my vote").title == "Your receipt"  # the first reply was lost; it was cast all the same
    assert "Voting has closed" in voter.open(f"/ballots/{desk.ballot.id}").main
    assert in_the_box(desk) == 1


def test_a_paper_on_its_way_arrives_within_the_grace(cast: Cast, clock: Clock, voter: Browser) -> None:
    desk = Desk(cast, grace_minutes=5)
    desk.ask()
    desk.schedule()
    page = paper_of(desk, voter)
    clock.set(CLOSES + timedelta(minutes=4))
    assert ranked(page, ann="1").press("Check your vote").press("Cast my vote").title == "Your receipt"


def test_how_secret_it_is_is_said_before_voting(desk: Desk, voter: Browser) -> None:
    words = "The people who run this server could see how you voted, if they set out to."
    assert words in voter.open(f"/ballots/{desk.ballot.id}").main
    page = paper_of(desk, voter)
    assert words in page.main
    checked = page.press("Check your vote")
    assert words in checked.main
    assert words in checked.press("Cast my vote").main


def test_a_receipt_is_its_voters_alone(app: Flask, desk: Desk, cast: Cast, browser: Browser) -> None:
    code = desk.vote("mover", 0).code
    for other in (browser_of(app, cast.who["member"]), browser_of(app, cast.who["returning_officer"])):
        page = other.open(f"/ballots/{desk.ballot.id}/receipt")
        assert page.address == f"/ballots/{desk.ballot.id}"
        assert code not in page.text
    assert browser.open(f"/ballots/{desk.ballot.id}/receipt").title == "Sign in"
    assert browser_of(app, cast.who["mover"]).open(f"/ballots/{desk.ballot.id}/receipt").text.count(code) == 1


def test_a_ballot_that_is_not_there(voter: Browser) -> None:
    for path in ("/ballots/999", "/ballots/999/vote", "/ballots/999/desk", "/results/999"):
        voter.open(path, 404)


def test_when_the_database_does_not_answer_nothing_is_acknowledged(
    desk: Desk, voter: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = ranked(paper_of(desk, voter), ann="1").press("Check your vote")

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the database is gone"))

    monkeypatch.setattr(casting, "_envelope", gone)
    told = checked.press("Cast my vote", 503)
    assert re.search("we do not know whether your vote was taken", told.main)
    monkeypatch.undo()
    assert in_the_box(desk) == 0
