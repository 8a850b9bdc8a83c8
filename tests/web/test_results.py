"""Published results: seen by everybody, never a moment before; each rule's working out; the bundle byte for byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import pytest
from flask import Flask

from consult.counting import lots
from consult.counting.methods import METHODS
from consult.ledger.envelopes import Answer
from consult.ledger.manifest import loads
from consult.model.store import db
from consult.service import publication, reconciliation
from consult.service.ballot_questions import OptionSpec
from tests.desk import AFTER, DURING, Desk
from tests.factories import NOON, Cast
from tests.motions import DAY, stage
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

VOTERS = ("member", "mover", "second", "delegate", "other_delegate", "third_delegate", "chair")
RANKINGS = ((0, 1, 2), (0, 2), (1, 0, 2), (1, 2), (2, 0, 1), (0,), (1,))


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, AFTER)


@pytest.fixture
def published(cast: Cast, clock: Clock) -> Desk:
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    for name, ranking in zip(VOTERS, RANKINGS, strict=True):
        desk.vote(name, *ranking)
    desk.publish()
    return desk


def answer_of(key: str, method: str, ranking: Sequence[int]) -> Answer:
    """A paper that fits the form of the method's own paper."""
    form = METHODS[method].form
    if form in ("choice", "one"):
        return Answer(key, tuple(ranking[:1]))
    if form == "several":
        marks = tuple(sorted(ranking[:2]))
        return Answer(key, (marks if len(marks) > 1 else marks[0],))
    return Answer(key, tuple(ranking), "+-0" if form == "adopt-and-rank" else "")


def test_everybody_sees_the_outcome_the_certificate_and_how_to_check(published: Desk, browser: Browser) -> None:
    page = browser.open("/results").click("Policy committee")
    assert page.title == "Policy committee"
    assert page.words(page.find("p", cls="outcome__sentence")).startswith("Elected: Ann Ash")
    figures = [page.words(part) for part in page.find_all("div", cls="figures__one")]
    assert figures[1:] == ["voted 7", "turnout 38.8%", "papers counted 7"]
    signers = [row[0] for row in page.rows("Who signed")[1:]]
    assert signers == ["Amina Grove", "Bevan Holt", "Carys Dunn"]
    assert f"consult verify result-{published.ballot.id}.zip" in page.main
    assert "agree" in page.main


def test_who_committed_to_the_lot_and_did_not_reveal_is_named(cast: Cast, clock: Clock, browser: Browser) -> None:
    desk = Desk(cast, lot_rule="commit-and-reveal", signers_needed=1)
    desk.ask()
    desk.schedule()
    for name in ("committee_1", "committee_2"):
        commitment = lots.commitment(name, "salt")
        reconciliation.commit_seed(desk.ballot, commitment, by=cast.actor(name), at=DURING)
    desk.vote("member", 0)
    desk.close()
    reconciliation.reveal_seed(desk.ballot, "committee_1", "salt", by=cast.actor("committee_1"), at=AFTER)
    desk.count()
    desk.sign("committee_1")
    publication.publish(desk.ballot, by=cast.actor("committee_1"), at=AFTER)
    page = browser.open(f"/results/{desk.ballot.id}")
    assert "Committed to the lot and did not reveal Bevan Holt" in page.main
    with zipfile.ZipFile(io.BytesIO(publication.of(desk.ballot.id).bundle)) as held:
        assert loads(held.read("manifest.json")).lot.silent == (str(cast.who["committee_2"].id),)


def test_nothing_is_public_before_publication(cast: Cast, clock: Clock, browser: Browser) -> None:
    desk = Desk(cast)
    desk.ask()
    desk.schedule()
    for name, ranking in zip(VOTERS, RANKINGS, strict=True):
        desk.vote(name, *ranking)
    member = browser_of(browser.app, cast.who["member"])

    def silent() -> None:
        for someone in (browser, member):
            here = f"/ballots/{desk.ballot.id}"
            for path in ("/", "/ballots", here, "/results"):
                page = someone.open(path)
                assert "Elected" not in page.text and "Provisional" not in page.text
            someone.open(f"/results/{desk.ballot.id}", 404)
            someone.open(f"/results/{desk.ballot.id}/result-{desk.ballot.id}.zip", 404)
        for path in ("desk", "manifest.json", "sign", "reconcile"):
            member.open(f"/ballots/{desk.ballot.id}/{path}", 403)
            assert browser.open(f"/ballots/{desk.ballot.id}/{path}").title == "Sign in"

    silent()
    desk.close()
    silent()
    desk.count()
    silent()
    for name in ("committee_1", "committee_2", "committee_3"):
        desk.sign(name)
    assert desk.ballot.state == "certified"
    silent()
    publication.publish(desk.ballot, by=cast.actor("committee_1"), at=AFTER)
    assert "Elected: Ann Ash" in browser.open(f"/results/{desk.ballot.id}").main


def test_the_bundle_is_served_byte_for_byte_and_once(published: Desk, browser: Browser) -> None:
    address = f"/results/{published.ballot.id}/result-{published.ballot.id}.zip"
    answer = browser.fetch(address)
    assert answer.status_code == 200 and answer.mimetype == "application/zip"
    db.session.rollback()
    kept = publication.of(published.ballot.id)
    assert answer.data == kept.bundle
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert answer.headers["ETag"] == f'"{kept.hash}"'
    assert f'filename="result-{published.ballot.id}.zip"' in answer.headers["Content-Disposition"]
    again = Browser(browser.app, **{"If-None-Match": answer.headers["ETag"]}).fetch(address)
    assert again.status_code == 304 and again.data == b"" and again.headers["ETag"] == answer.headers["ETag"]
    assert Browser(browser.app, **{"If-None-Match": '"other"'}).fetch(address).status_code == 200
    assert browser.fetch(f"/results/{published.ballot.id}/result-999.zip").status_code == 404


@pytest.mark.parametrize("method", [name for name in METHODS if name != "majority"])
def test_each_rule_shows_its_working_out(cast: Cast, clock: Clock, browser: Browser, method: str) -> None:
    desk = Desk(cast, signers_needed=1)
    desk.ask(method, seats=2 if method == "block" else 1)
    desk.schedule()
    for name, ranking in zip(VOTERS, RANKINGS, strict=True):
        desk.answer(name, answer_of("q1", method, ranking))
    desk.publish()
    page = browser.open(f"/results/{desk.ballot.id}")
    assert page.words(page.find("p", cls="outcome__sentence"))
    assert page.find_all("ul", cls="bars")
    if method in ("schulze", "ranked-pairs"):
        assert "How many prefer the candidate in the row to the one in the column" in page.main
    if method == "policy-primary":
        assert page.rows("For and against each")[1] == ["Ann Ash", "7", "0", "0"]
        assert "Adopted: Ann Ash" in page.main
    if method in ("irv", "scottish-stv", "meek", "ers97"):
        assert page.rows("Votes at the end of each stage")[0][0] == "Candidate"


def test_several_questions_on_one_page_keep_their_ids_apart(cast: Cast, clock: Clock, browser: Browser) -> None:
    desk = Desk(cast, signers_needed=1)
    methods = ("irv", "scottish-stv", "irv", "schulze", "policy-primary")
    for number, method in enumerate(methods, 1):
        desk.ask(method, title=f"Question {number}")
    desk.schedule()
    for name, ranking in zip(VOTERS, RANKINGS, strict=True):
        desk.answer(name, *(answer_of(f"q{n}", method, ranking) for n, method in enumerate(methods, 1)))
    desk.publish()
    page = browser.open(f"/results/{desk.ballot.id}")  # the browser refuses ids that are used twice
    assert [page.words(h) for h in page.find_all("h2")][:5] == [f"Question {n}" for n in range(1, 6)]
    assert len(page.find_all("p", cls="outcome__sentence")) == 5
    listed = [browser.open("/results").words(row) for row in browser.open("/results").find_all("li")]
    assert sum(row.startswith("Question ") for row in listed) == 5


def test_reserved_places_are_shown(cast: Cast, clock: Clock, browser: Browser) -> None:
    desk = Desk(cast, signers_needed=1)
    groups = {"Ann Ash": "north", "Bo Birch": "north", "Cy Cole": "south"}
    names = tuple(OptionSpec(name, group=group) for name, group in groups.items())
    reserve = {"group": "south", "minimum": 1, "maximum": None}
    desk.ask("scottish-stv", names, seats=2, reserves=(reserve,), ron=True)
    desk.schedule()
    for name, ranking in zip(VOTERS, RANKINGS, strict=True):
        desk.vote(name, *ranking)
    desk.publish()
    page = browser.open(f"/results/{desk.ballot.id}")
    assert "Cy Cole" in page.words(page.find("p", cls="outcome__sentence"))
    assert "Re-open nominations" in page.main


def test_a_motion_by_units_and_its_amendment(cast: Cast, clock: Clock, browser: Browser) -> None:
    st = stage(cast)
    motion = st.published()
    st.answered(st.amended(motion, ("until 10pm", "until midnight")), accept=False)
    st.frozen(motion)
    desk = Desk(cast, consultation=st.consultation, at=NOON + 13 * DAY, signers_needed=1)
    desk.put(motion)
    for question in desk.ballot.questions:
        question.settings = {**question.settings, "by_unit": True}
    db.session.commit()
    desk.schedule()
    for name in VOTERS:
        desk.answer(name, Answer("q1", (0,)), Answer("q2", (0 if name != "chair" else 1,)))
    clock.set(desk.after)
    desk.publish()
    page = browser.open(f"/results/{desk.ballot.id}")
    sentences = [page.words(p) for p in page.find_all("p", cls="outcome__sentence")]
    assert len(sentences) == 2 and all("arried" in sentence for sentence in sentences), sentences
    assert "The majority of units" in page.main
    assert "For 7" in page.main
    assert page.click("The motion").title
    assert "needed" not in browser.open("/results").main  # the figures stand on the page of the result


def test_a_lot_is_told(cast: Cast, clock: Clock, browser: Browser) -> None:
    desk = Desk(cast, signers_needed=1)
    desk.ask(names=("Ann Ash", "Bo Birch"))
    desk.schedule()
    desk.vote("member", 0)
    desk.vote("mover", 1)
    desk.publish()
    page = browser.open(f"/results/{desk.ballot.id}")
    assert "A tie in this count was broken by lot" in page.main
    assert "by lot" in " ".join(cell for row in page.rows("Ties and how they were broken") for cell in row)
    assert "The draw of 6 March – 3 17 20 41" in page.main


def test_nobody_voted(cast: Cast, clock: Clock, browser: Browser) -> None:
    desk = Desk(cast, signers_needed=1)
    desk.ask("scottish-stv", seats=2)
    desk.schedule()
    desk.publish()
    page = browser.open(f"/results/{desk.ballot.id}")
    assert "turnout 0%" in page.main or "turnout 0.0%" in page.main
