"""Ballots in the browser: the list, a ballot's page, the editor that prepares one, scheduling and cancelling."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta

import pytest
from flask import Flask

from consult.counting.methods import METHODS
from consult.domain.eligibility import RollRule
from consult.model.ballots import Ballot
from consult.model.consultations import Consultation
from consult.model.store import db
from consult.service import ballots, rolls
from tests.desk import AFTER, DURING, OPENS, Desk
from tests.factories import NOON, Cast, make_consultation
from tests.motions import DAY, stage
from tests.web.clocks import Clock
from tests.web.pages import Browser, Page
from tests.web.signing_in import browser_of

LOT = "The public value that would decide a lot"


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, NOON)


@pytest.fixture
def committee(app: Flask, cast: Cast, clock: Clock) -> Browser:
    return browser_of(app, cast.who["committee_1"])


@pytest.fixture
def desk(cast: Cast, clock: Clock) -> Desk:
    """A ballot in preparation with nothing on the paper."""
    return Desk(cast)


def instant(page: Page, legend: str, day: int, clock: str = "12:00") -> Page:
    for label, value in (("Day", day), ("Month", 3), ("Year", 2026), ("Time", clock)):
        page.fill(label, value, within=legend)
    return page


def begun(committee: Browser, consultation: Consultation) -> Page:
    page = committee.open(f"/consultations/{consultation.id}/ballots/new")
    page = page.fill("Title", "The committee").fill(LOT, "The draw of 7 March")
    return instant(instant(page, "Voting opens", 3), "Voting closes", 6)


def fetched(ballot_id: int) -> Ballot:
    db.session.rollback()
    return ballots.get(ballot_id)


def choice(page: Page, title: str = "Who?", options: str = "Ann Ash\nBo Birch\nCy Cole") -> Page:
    return page.fill("Question", title).fill("Options or candidates", options)


def form_of(desk: Desk, committee: Browser, path: str) -> Page:
    return committee.open(f"/ballots/{desk.ballot.id}/{path}")


# -- preparing -------------------------------------------------------------------------------------------------------


def test_a_ballot_from_nothing_to_scheduled(app: Flask, cast: Cast, clock: Clock, committee: Browser) -> None:
    Desk(cast)  # the committee's keys
    consultation = make_consultation(cast)
    officer = cast.actor("returning_officer")
    rolls.freeze(None, "Members", RollRule(joined_by=NOON), token=secrets.token_hex, by=officer, at=NOON)
    page = begun(committee, consultation)
    page = page.choose("Who could find out how somebody voted?", "operator").press("Save")
    assert page.title == "The committee" and page.notices == [
        "The ballot is begun. Now put its questions on the paper."
    ]
    assert "There is nothing on the paper yet" in page.main
    page = choice(page.click("Put a choice or an election on the paper"))
    page = page.choose("How it is counted", "One place: rank the candidates (IRV)").press("Put it on the paper")
    assert "1. Who?" in page.main
    assert "Put at least one question" not in page.main
    page = page.click("Schedule it")
    assert "it opens Tuesday 3 March 2026, 12 noon (UK time)" in page.main
    assert page.press("Schedule the ballot", 422).errors[-1].startswith("Tick the box")
    page = page.tick("I have read the paper, and know that nothing on it can be changed once it is scheduled")
    page = page.press("Schedule the ballot")
    assert page.notices == ["The ballot is scheduled. It opens and closes by itself."]
    assert "3 of 5 committee members" in page.main
    assert "Voting opens Tuesday 3 March 2026" in page.main
    ballot_id = int(page.address.rpartition("/")[2])
    answer = committee.fetch(f"/ballots/{ballot_id}/definition.json")
    assert json.loads(answer.data)["questions"][0]["title"] == "Who?"
    for path in ("edit", "motion", "question", "schedule"):
        assert "can no longer be changed" in committee.open(f"/ballots/{ballot_id}/{path}", 409).main


def test_what_is_wrong_with_a_ballot_is_said_and_nothing_typed_is_lost(cast: Cast, committee: Browser) -> None:
    page = committee.open(f"/consultations/{make_consultation(cast).id}/ballots/new")
    empty = page.press("Save", 422)
    assert "Give the ballot a title." in empty.errors
    assert "Name the public value that would decide a lot." in empty.errors
    page = instant(
        instant(page.fill("Title", "The committee").fill(LOT, "A draw"), "Voting opens", 6), "Voting closes", 3
    )
    wrong = page.press("Save", 422)
    assert wrong.errors == ["The ballot must close after it opens."]
    assert wrong.find(name="title").get("value") == "The committee"
    assert "open in the future" in instant(page, "Voting opens", 1).press("Save", 422).errors[0]
    assert "between 0 and 60" in page.fill("Minutes of grace", "600").press("Save", 422).errors[0]
    long = page.fill("Title", "x" * 5000).press("Save", 422)
    assert len(long.errors[0]) < 200


def test_an_edit_from_an_older_page_shows_both_and_goes_through_when_meant(desk: Desk, committee: Browser) -> None:
    one, two = form_of(desk, committee, "edit"), form_of(desk, committee, "edit")
    one.fill("Title", "The first title").fill("Why", "A better title.").press("Save")
    told = two.fill("Title", "The second title").fill("Why", "Better still.").press("Save", 409)
    assert "saved in another tab or by somebody else" in told.errors[0]
    assert "What was saved in the meantime" in told.main and "The first title" in told.main
    assert told.find(name="title").get("value") == "The second title"
    assert told.press("Save").title == "The second title"
    assert fetched(desk.ballot.id).title == "The second title"


@pytest.mark.parametrize("method", [name for name in METHODS if name != "majority"])
def test_every_method_can_be_put_on_a_paper(desk: Desk, committee: Browser, method: str) -> None:
    page = choice(form_of(desk, committee, "question")).choose("How it is counted", "most-votes")
    page = page.choose("Another method", method).press("Put it on the paper")
    assert METHODS[method].title in page.main
    (question,) = fetched(desk.ballot.id).questions
    assert (question.method, [option.name for option in question.options]) == (
        method,
        ["Ann Ash", "Bo Birch", "Cy Cole"],
    )


def test_presets_of_the_rulebook_bring_their_settings_and_places(desk: Desk, committee: Browser) -> None:
    wide = "A\nB\nC\nD\nE"
    page = choice(form_of(desk, committee, "question"), options=wide)
    page.choose("How it is counted", "several-places").fill("Places to fill", "").press("Put it on the paper")
    (question,) = fetched(desk.ballot.id).questions
    assert (question.method, question.seats) == ("scottish-stv", 4)


def test_statements_groups_reserved_places_and_re_open_nominations(desk: Desk, committee: Browser) -> None:
    options = "Ann Ash | For clean rivers. | north\n\nBo Birch || south\nCy Cole|Quiet roads|north"
    page = choice(form_of(desk, committee, "question"), options=options).choose("How it is counted", "several-places")
    page = page.fill("Places to fill", "2").fill("Reserved places", "south = one")
    page = page.tick("Add “Re-open nominations” as an option")
    wrong = page.press("Put it on the paper", 422)
    assert "Line 1 of the reserved places" in wrong.errors[0]
    assert wrong.words(wrong.find("textarea", name="reserves")) == "south = one"
    impossible = wrong.fill("Reserved places", "south = 2").press("Put it on the paper", 422)
    assert "south" in impossible.errors[0]
    wrong.fill("Reserved places", "south = 1..2").press("Put it on the paper")
    (question,) = fetched(desk.ballot.id).questions
    assert question.reserves == [{"group": "south", "minimum": 1, "maximum": 2}]
    assert [(o.name, o.statement, o.group) for o in question.options] == [
        ("Ann Ash", "For clean rivers.", "north"),
        ("Bo Birch", "", "south"),
        ("Cy Cole", "Quiet roads", "north"),
        ("Re-open nominations", "", ""),
    ]


def test_a_question_that_cannot_be_counted_is_refused_in_the_rules_own_words(desk: Desk, committee: Browser) -> None:
    page = choice(form_of(desk, committee, "question"), options="Ann Ash").choose("How it is counted", "one-place")
    assert "one alone is no choice" in page.press("Put it on the paper", 422).errors[0]
    page = choice(page, options="Ann Ash\nAnn Ash")
    assert "“Ann Ash” stands there twice" in page.press("Put it on the paper", 422).errors[0]
    page = choice(page, options="Ann Ash\nBo Birch").choose("How it is counted", "several-places")
    page = page.fill("Places to fill", "9")
    assert "9 places but only 2" in page.press("Put it on the paper", 422).errors[0]
    huge = choice(page, options="\n".join(f"Name {n}" for n in range(300))).press("Put it on the paper", 422)
    assert huge.errors
    assert fetched(desk.ballot.id).questions == []


def test_names_too_long_for_the_paper_are_refused(desk: Desk, committee: Browser) -> None:
    page = choice(form_of(desk, committee, "question"), options=f"{'x' * 300}\nBo Birch")
    told = page.choose("How it is counted", "most-votes").press("Put it on the paper", 422)
    assert "200" in told.errors[0]


def test_a_question_is_removed_once(desk: Desk, committee: Browser) -> None:
    desk.ask(title="Chair")
    desk.ask(title="Treasurer")
    page = committee.open(f"/ballots/{desk.ballot.id}")
    asked = page.click("Remove: Chair")
    one = asked.fill("Why", "Nobody stood.").press("Take it off")
    assert one.notices == ["The question is off the paper."] and "Chair" not in one.main
    assert "somebody may have removed it already" in asked.fill("Why", "Nobody stood.").press("Take it off", 404).main
    assert [question.title for question in fetched(desk.ballot.id).questions] == ["Treasurer"]


def test_a_motion_comes_with_its_amendments_and_goes_with_them(app: Flask, cast: Cast, clock: Clock) -> None:
    st = stage(cast)
    motion = st.published()
    st.answered(st.amended(motion, ("until 10pm", "until midnight")), accept=False)
    st.frozen(motion)
    clock.set(NOON + 13 * DAY)
    desk = Desk(cast, consultation=st.consultation, at=NOON + 13 * DAY)
    committee = browser_of(app, cast.who["committee_2"])
    page = form_of(desk, committee, "motion").choose("Majority and quorum", "two-thirds").press("Put it on the paper")
    assert "1. Amendment 1 to Motion 1" in page.main and "2. Motion 1: Buses that run on Sundays" in page.main
    assert "Majority: at least 2/3 of the votes for and against." in page.main
    again = form_of(desk, committee, "motion").choose("Majority and quorum", "motion").press("Put it on the paper", 409)
    assert "already on the ballot" in again.errors[0]
    page = page.click("Remove: Amendment 1 to Motion 1").fill("Why", "It is not ready.").press("Take it off")
    assert "There is nothing on the paper yet" in page.main


def test_without_a_frozen_motion_the_page_says_what_to_do(desk: Desk, committee: Browser) -> None:
    assert "No motion is on the order paper" in form_of(desk, committee, "motion").main


# -- scheduling and cancelling ---------------------------------------------------------------------------------------


def test_scheduling_names_everything_that_is_missing(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = Desk(cast, keys=1)
    committee = browser_of(app, cast.who["committee_1"])
    page = form_of(desk, committee, "schedule")
    assert "Put at least one question on the paper." in page.main
    assert "only 1 have registered a signing key" in page.main
    page = page.tick("I have read the paper, and know that nothing on it can be changed once it is scheduled")
    assert page.press("Schedule the ballot", 422).errors == ["Choose a frozen electoral roll."]
    officer = cast.actor("returning_officer")
    rolls.freeze(None, "Members", RollRule(joined_by=NOON), token=secrets.token_hex, by=officer, at=NOON)
    page = form_of(desk, committee, "schedule")
    page = page.tick("I have read the paper, and know that nothing on it can be changed once it is scheduled")
    assert "cannot be scheduled yet" in page.press("Schedule the ballot", 422).errors[0]
    clock.set(OPENS + timedelta(seconds=1))
    assert "The opening has passed; set a later one." in form_of(desk, committee, "schedule").main


def test_two_officers_scheduling_at_once(desk: Desk, committee: Browser) -> None:
    desk.ask()
    officer = desk.officer
    rolls.freeze(None, "Members", RollRule(joined_by=NOON), token=secrets.token_hex, by=officer, at=NOON)
    one, two = form_of(desk, committee, "schedule"), form_of(desk, committee, "schedule")
    for page in (one, two):
        page.tick("I have read the paper, and know that nothing on it can be changed once it is scheduled")
    one.press("Schedule the ballot")
    assert "is scheduled" in two.press("Schedule the ballot", 409).main


def test_cancelling_before_it_opens_says_why(app: Flask, desk: Desk, clock: Clock, browser: Browser) -> None:
    desk.ask()
    desk.schedule()
    committee = browser_of(app, desk.cast.who["committee_1"])
    page = committee.open(f"/ballots/{desk.ballot.id}").click("Cancel this ballot")
    assert page.fill("Reason", "no").press("Cancel the ballot", 422).errors == ["Say why, in a sentence."]
    clock.set(DURING)
    late = page.fill("Reason", "The hall has burnt down.").press("Cancel the ballot", 409)
    assert "can only be annulled now" in late.errors[0]
    clock.set(NOON)
    page = page.press("Cancel the ballot")
    assert "was cancelled and will not be held" in page.main
    assert "Cancelled: The hall has burnt down." in browser.open(f"/ballots/{desk.ballot.id}").main
    committee.open(f"/ballots/{desk.ballot.id}/edit", 409)


# -- who sees what ---------------------------------------------------------------------------------------------------


def test_a_ballot_in_preparation_is_the_committees_alone(app: Flask, desk: Desk, cast: Cast, browser: Browser) -> None:
    for name in ("committee_1", "returning_officer"):
        assert "In preparation" in browser_of(app, cast.who[name]).open("/ballots").main
    for name in ("member", "scrutineer", "chair", "supporter"):
        other = browser_of(app, cast.who[name])
        assert "Policy committee" not in other.open("/ballots").main
        other.open(f"/ballots/{desk.ballot.id}", 403)
        for path in ("edit", "motion", "question", "schedule", "cancel"):
            other.open(f"/ballots/{desk.ballot.id}/{path}", 403)
        other.open(f"/consultations/{desk.consultation.id}/ballots/new", 403)
    assert "Policy committee" not in browser.open("/ballots").main
    browser.open(f"/ballots/{desk.ballot.id}", 403)
    browser.open(f"/ballots/{desk.ballot.id}/text/q1", 404)
    browser.open(f"/ballots/{desk.ballot.id}/definition.json", 409)


def test_the_list_says_where_each_ballot_stands(desk: Desk, clock: Clock, browser: Browser) -> None:
    assert "No ballot is open now" in browser.open("/ballots").main
    desk.ask()
    desk.schedule()
    assert "To come" in browser.open("/ballots").main
    clock.set(DURING)
    assert "Open now" in browser.open("/ballots").main
    clock.set(AFTER)
    assert "Over" in browser.open("/ballots").main
    assert "Voting has closed." in browser.open(f"/ballots/{desk.ballot.id}").main


def test_anybody_reads_in_one_sentence_how_many_have_voted(app: Flask, desk: Desk, clock: Clock) -> None:
    desk.ask()
    desk.schedule()
    clock.set(DURING)
    desk.vote("member", 0)
    visitor = Browser(app)
    page = visitor.open(f"/ballots/{desk.ballot.id}")
    assert f'href="/ballots/{desk.ballot.id}/turnout"' in page.html
    answer = visitor.fetch(f"/ballots/{desk.ballot.id}/turnout")
    assert answer.text == f"Fewer than 10 of {desk.roll.size} have voted." and answer.mimetype == "text/plain"
    assert visitor.fetch(f"/ballots/{desk.ballot.id + 1}/turnout").status_code == 404


def test_the_ballot_leads_to_its_roll_and_from_there_to_what_is_wrong_in_the_register(
    app: Flask, desk: Desk, cast: Cast
) -> None:
    desk.ask("plurality")
    desk.schedule()
    supporter = browser_of(app, cast.who["supporter"])
    page = supporter.open(f"/ballots/{desk.ballot.id}")
    page = page.click("The electoral roll: its rule, its hash, what was changed, and how to inspect it")
    assert page.title == "Members" and "No, you are not on this roll." in page.main
    page = page.click("Ask to have something put right")
    assert page.address.endswith("/data/ask/rectification")
    page = browser_of(app, cast.who["mover"]).open("/account").click("Ask to have something put right")
    assert page.address.endswith("/data/ask/rectification")
    page = (
        page.fill("What is it about?", "My status is wrong there.")
        .fill("What should it say?", "member")
        .press("Send it")
    )
    assert page.notices
