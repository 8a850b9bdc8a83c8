"""The levels in the browser: said before voting and after, sealed in the browser or here, and open votes by name."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask import Flask

from consult.ledger import envelopes, shape
from consult.ledger.levels import LEVELS
from consult.model.store import db
from consult.service import ballots, casting
from consult.web.voting import sealing
from tests.desk import AFTER, DURING, Desk, retry
from tests.factories import Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, DURING)


def ready(cast: Cast, level: str, method: str = "irv") -> Desk:
    made = Desk(cast, level=level, signers_needed=2)
    made.ask(method)
    if level == "sealed":
        made.hold_ceremony()
    made.schedule()
    return made


@pytest.fixture
def voter(app: Flask, cast: Cast, clock: Clock) -> Browser:
    return browser_of(app, cast.who["member"])


@pytest.mark.parametrize("level", ["sealed", "operator"])
def test_who_could_find_out_is_said_before_voting_and_on_the_receipt(cast: Cast, voter: Browser, level: str) -> None:
    desk = ready(cast, level)
    page = voter.open(f"/ballots/{desk.ballot.id}/vote")
    assert LEVELS[level].who in page.main and LEVELS[level].takes in page.main
    desk.vote("member", 0)
    receipt = voter.open(f"/ballots/{desk.ballot.id}/receipt")
    assert LEVELS[level].who in receipt.main
    assert LEVELS[level].name in voter.open(f"/ballots/{desk.ballot.id}").main


def test_what_the_page_gives_the_script_seals_a_paper_that_is_taken(app: Flask, cast: Cast, voter: Browser) -> None:
    desk = ready(cast, "sealed")
    page = voter.open(f"/ballots/{desk.ballot.id}/vote")
    (box,) = [node for node in page.find_all("div") if node.get("data-seal")]
    facts = json.loads(box.get("data-seal", ""))["paper"]
    paper = json.dumps([{"question": "q1", "ranking": [2, 0], "verdicts": ""}], separators=(",", ":"))
    key = envelopes.public_key(shape.decode(facts["key"], 65, "key"))
    sealed = envelopes.SUITE.encrypt(paper.ljust(facts["length"]).encode(), key, facts["info"].encode())
    (token,) = {node.get("value", "") for node in page.find_all("input", name="csrf_token")}
    sent = {"csrf_token": token, "key": retry(), "paper": desk.ballot.definition_hash, "sealed": shape.encode(sealed)}
    page = voter.send(f"/ballots/{desk.ballot.id}/cast", sent)
    assert "sealed in your browser" in page.main and envelopes.receipt(sealed) in page.main
    db.session.rollback()
    desk.close()
    desk.reconcile()
    desk.freeze_box()
    papers, _ = desk.open_off_line()
    assert b'"ranking":[2,0]' in papers


@pytest.mark.parametrize("sent", ["AAAA", "!", "a" * 10_000])
def test_what_is_no_envelope_is_refused_in_words(cast: Cast, voter: Browser, sent: str) -> None:
    desk = ready(cast, "sealed")
    page = voter.open(f"/ballots/{desk.ballot.id}/vote")
    token = page.find_all("input", name="csrf_token")[0].get("value", "")
    sent_form = {"csrf_token": token, "key": retry(), "sealed": sent}
    page = voter.send(f"/ballots/{desk.ballot.id}/cast", sent_form, 422)
    assert "is not a sealed vote of this ballot" in page.main
    assert casting.receipt_of(desk.ballot.id, cast.who["member"].id) is None


def test_without_scripts_the_server_seals_and_the_page_says_so(cast: Cast, voter: Browser) -> None:
    desk = ready(cast, "sealed")
    page = voter.open(f"/ballots/{desk.ballot.id}/vote")
    assert "this server would seal your vote" in page.main
    page = page.fill("Number for Ann Ash", 1).press("Check your vote").press("Cast my vote")
    assert "sealed by this server" in page.main


def test_pages_where_a_vote_is_filled_in_allow_one_folder_of_scripts_and_no_connection(
    cast: Cast, voter: Browser
) -> None:
    desk = ready(cast, "sealed")
    policy = voter.fetch(f"/ballots/{desk.ballot.id}/vote").headers["Content-Security-Policy"]
    assert "connect-src 'none'" in policy and "default-src 'none'" in policy
    assert re.search(r"script-src [a-z.:0-9]+/look/;", policy)
    assert "connect-src 'self'" in voter.fetch(f"/ballots/{desk.ballot.id}").headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["evil.example; script-src *", "a b", "x'y"])
def test_a_host_that_is_none_does_not_reach_the_policy(app: Flask, host: str) -> None:
    with app.test_request_context():
        assert "script-src 'self'" in sealing._policy(host, "")


def test_an_open_vote_warns_first_and_is_published_by_name(
    app: Flask, cast: Cast, voter: Browser, clock: Clock
) -> None:
    desk = ready(cast, "recorded", "plurality")
    page = voter.open(f"/ballots/{desk.ballot.id}/vote")
    assert "Everybody will see how you voted." in page.main
    page = page.choose("Choose one", "Bo Birch").press("Check your vote")
    assert "Everybody will see how you voted." in page.main
    page = page.press("Cast my vote")
    assert page.title == "Your vote is recorded" and "Bo Birch" in page.main
    assert voter.open(f"/ballots/{desk.ballot.id}/vote").title == "Your vote is recorded"
    db.session.rollback()
    assert ballots.turnout(desk.ballot) == 1
    desk.publish()
    clock.set(AFTER)
    result = voter.open(f"/results/{desk.ballot.id}")
    row = result.rows("Votes by name")[-1]
    assert row == [cast.who["member"].name, "Alder", "1", "Bo Birch"]
    voter.open(f"/ballots/{desk.ballot.id}/sealed-votes", 409)


def test_the_editor_offers_the_levels_sealed_first(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = Desk(cast, level="recorded", weighting="members")
    page = browser_of(app, cast.who["committee_1"]).open(f"/ballots/{desk.ballot.id}/edit")
    assert "Who could find out how somebody voted?" in page.main and "Card votes" in page.main
    text = html.unescape(page.html)
    assert text.index("Sealed: the key is split") < text.index("Secret, with the key") < text.index("Open: names")
    new = browser_of(app, cast.who["committee_1"]).open(f"/consultations/{desk.consultation.id}/ballots/new")
    (chosen,) = [n for n in new.find_all("input", name="level") if n.get("checked") is not None]
    assert chosen.get("value") == "sealed"
