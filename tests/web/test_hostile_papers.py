"""Hostile papers at the doors of the box: each is refused in a sentence, none is a fault, and nothing of them is kept."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from consult.ledger import envelopes
from consult.ledger.envelopes import Answer
from consult.model.ballots import Envelope
from consult.model.boxes import RecordedVote
from consult.model.desk import ChallengedBallot
from consult.model.store import db
from consult.service import ballots, casting
from tests.desk import DURING, Desk, retry
from tests.factories import Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser
from tests.web.signing_in import browser_of

MANY = settings(
    max_examples=2_000 if os.environ.get("CONSULT_TEST_MATRIX") else 40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
ANSWER = [Answer("q1", (0,))]


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    app.config["WTF_CSRF_ENABLED"] = False  # whoever attacks has a token of their own
    return Clock(monkeypatch, DURING)


@pytest.fixture
def voter(app: Flask, cast: Cast, clock: Clock) -> Browser:
    return browser_of(app, cast.who["member"])


def ballot(cast: Cast, level: str = "sealed", *, keys: int = 3, method: str = "plurality") -> Desk:
    made = Desk(cast, level=level, keys=keys, title=f"A ballot, {level}, {keys}")
    made.ask(method)
    if level == "sealed":
        made.hold_ceremony()
    made.schedule()
    return made


def sealed_for(desk: Desk) -> bytes:
    """An envelope as a browser would make it."""
    return envelopes.seal(ballots.definition_of(desk.ballot), ANSWER)


def spelled(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def form(desk: Desk, envelope: str = "", **more: Any) -> dict[str, Any]:
    """The form of one voter; a value of None leaves its field out."""
    made = ballots.definition_of(desk.ballot)
    sent = {"key": retry(), "paper": made.hash, "sealed": envelope, **more}
    return {name: value for name, value in sent.items() if value is not None}


def send(browser: Browser, desk: Desk, sent: dict[str, Any]) -> tuple[int, str]:
    """Status and page of one cast."""
    answer = browser.fetch(f"/ballots/{desk.ballot.id}/cast", method="POST", data=sent)
    return answer.status_code, answer.get_data(as_text=True)


def kept() -> list[tuple[Any, ...]]:
    """Whatever was taken, in any ballot and by any door."""
    db.session.rollback()
    tables = (Envelope, RecordedVote, ChallengedBallot)
    return [tuple(row) for table in tables for row in db.session.execute(select(table.ballot_id, table.member_id))]


#: What is wrong with an envelope → what is made of a right one.
SPOILT: dict[str, Callable[[bytes], str]] = {
    "cut short": lambda data: spelled(data[:-1]),
    "without its end": lambda data: spelled(data[: len(data) // 2]),
    "padded": lambda data: spelled(data + b"\0"),
    "twice": lambda data: spelled(data + data),
    "a megabyte": lambda data: spelled(data * 3_000),
    "no bytes": lambda data: "====",
    "standard base64": lambda data: base64.b64encode(data[:-1] + b"\xff").decode(),
    "hexadecimal": lambda data: data.hex(),
    "spare bits": lambda data: spelled(data)[:-1] + "_",
    "spaces": lambda data: f" {spelled(data)} ",
    "no point of the curve": lambda data: spelled(b"\x04" + b"\x01" * 64 + data[65:]),
    "a compressed point": lambda data: spelled(b"\x02" + data[1:]),
    "the point at infinity": lambda data: spelled(b"\0" * 65 + data[65:]),
    "a value of zero": lambda data: spelled(data) + "\0",
    "no base64": lambda data: "✉" * 40,
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_envelope_is_refused_and_the_voter_can_still_vote(cast: Cast, voter: Browser, how: str) -> None:
    desk = ballot(cast)
    made = sealed_for(desk)
    status, page = send(voter, desk, form(desk, SPOILT[how](made)))
    assert status in (400, 422) and kept() == [], (how, status)
    assert any(words in page for words in ("not a sealed vote", "a character that no text has")), page[-1500:]
    assert send(voter, desk, form(desk, spelled(made)))[0] == 303
    assert kept() == [(desk.ballot.id, cast.who["member"].id)]


def test_an_envelope_of_another_voter_is_not_taken_again(app: Flask, cast: Cast, voter: Browser) -> None:
    desk = ballot(cast)
    made = spelled(sealed_for(desk))
    assert send(browser_of(app, cast.who["mover"]), desk, form(desk, made))[0] == 303
    status, page = send(voter, desk, form(desk, made))
    assert status == 400 and "in the box already" in page
    assert kept() == [(desk.ballot.id, cast.who["mover"].id)]


def test_an_envelope_of_another_ballot_counts_nowhere(cast: Cast, voter: Browser) -> None:
    """Of another length it is refused at once; of the same one nobody can tell before the opening, which refuses it."""
    desk, other = ballot(cast), ballot(cast, keys=0)
    longer = ballot(cast, keys=0, method="irv")
    wrong = sealed_for(longer)
    if len(wrong) != len(sealed_for(desk)):
        assert send(voter, desk, form(desk, spelled(wrong)))[0] == 422 and kept() == []
    assert send(voter, desk, form(desk, spelled(sealed_for(other))))[0] == 303
    desk.vote("mover", 1)
    desk.close()
    desk.count()
    assert (desk.ballot.marked, desk.ballot.opened, desk.ballot.refused) == (2, 1, 1)


@pytest.mark.parametrize("level", ["sealed", "operator", "recorded"])
def test_a_form_that_is_not_this_ballots_is_refused(cast: Cast, voter: Browser, level: str) -> None:
    desk, other = ballot(cast, level), ballot(cast, "operator", keys=0)
    right = {"q1": "c1", "sealed": None}
    wrong: dict[str, dict[str, Any]] = {
        "of another ballot": right | {"paper": ballots.definition_of(other.ballot).hash},
        "of no ballot": right | {"paper": None},
        "an unknown paper": right | {"paper": "x" * 5_000},
        "no key": right | {"key": None},
        "a short key": right | {"key": "0" * 15},
        "a long key": right | {"key": "0" * 65},
        "a key of other letters": right | {"key": "🗳" * 20},
        "a key with a zero": right | {"key": "0" * 20 + "\0"},
        "two keys": right | {"key": [retry(), retry()]},
        "two papers": right | {"paper": [ballots.definition_of(desk.ballot).hash] * 2},
        "two choices": right | {"q1": ["c1", "c2"]},
        "a choice that is not there": right | {"q1": "c9"},
        "one that is and one that is not": right | {"q1": ["c1", "c9"]},
        "replacing what nobody may replace, twice": right | {"replaces": ["0" * 64, "1" * 64]},
    }
    for how, sent in wrong.items():
        status, page = send(voter, desk, form(desk, **sent))
        assert status in (400, 404, 409, 422) and kept() == [], (how, status)
        assert "</main>" in page, how
    for sent in ({}, {"q1": "c1"}, {"sealed": spelled(b"x" * 400)}):
        assert send(voter, desk, sent)[0] in (400, 404, 422) and kept() == []
    address = f"/ballots/{desk.ballot.id}/cast"
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", "multipart/form-data"):
        answer = voter.fetch(address, method="POST", data=b'{"q1": "c1", "sealed": "x"}', content_type=kind)
        assert answer.status_code in (400, 422) and kept() == [], kind
    assert send(voter, desk, form(desk, **right))[0] == 303


def test_an_envelope_sent_to_a_ballot_that_takes_none_is_not_looked_at(cast: Cast, voter: Browser) -> None:
    desk = ballot(cast, "operator")
    made = spelled(sealed_for(desk))
    assert send(voter, desk, form(desk, made, q1="c9"))[0] == 422 and kept() == []
    assert send(voter, desk, form(desk, made, q1="c2"))[0] == 303
    db.session.rollback()
    assert db.session.scalar(select(Envelope.sealed_by)) == "server"


def test_a_challenged_ballot_needs_the_key_of_a_form_too(app: Flask, cast: Cast, clock: Clock) -> None:
    desk = ballot(cast, "operator")
    browser = browser_of(app, cast.who["supporter"])
    sent = form(desk, None, q1="c1", statement="My fee was paid in January.")
    for key in ("", "short", "0" * 100, "\0" * 20):
        answer = browser.fetch(f"/ballots/{desk.ballot.id}/challenge/cast", method="POST", data=sent | {"key": key})
        assert answer.status_code in (400, 422) and kept() == [], key
    answer = browser.fetch(f"/ballots/{desk.ballot.id}/challenge/cast", method="POST", data=sent)
    assert answer.status_code == 303 and len(kept()) == 1


TYPED = st.text(max_size=30) | st.sampled_from(["c1", "c2", "c9", "1", "2", "01", "-1", "9" * 400, "²", "٣", "\0", "+"])
FIELDS = ("q1", "rank-q1-c1", "rank-q1-c2", "rank-q1-c3", "verdict-q1-c1", "seen", "at", "step", "move", "replaces", "key",
          "sealed", "paper")  # fmt: skip


@MANY
@given(st.dictionaries(st.sampled_from(FIELDS), st.lists(TYPED, max_size=3)), st.booleans())
def test_whatever_is_typed_makes_a_vote_or_a_sentence(
    app: Flask, cast: Cast, clock: Clock, typed: dict[str, list[str]], to_check: bool
) -> None:
    if not hasattr(cast, "hostile"):
        cast.hostile = (ballot(cast, "operator", method="irv"), browser_of(app, cast.who["member"]))  # type: ignore[attr-defined]
    desk, browser = cast.hostile  # type: ignore[attr-defined]
    made = ballots.definition_of(desk.ballot)
    sent = {"key": retry(), "paper": made.hash, **typed}
    door = "vote" if to_check else "cast"
    answer = browser.fetch(f"/ballots/{desk.ballot.id}/{door}", method="POST", data=sent)
    assert answer.status_code in (200, 303, 400, 404, 409, 422), answer.status_code
    if answer.status_code == 303:
        db.session.rollback()
        assert casting.receipt_of(desk.ballot.id, cast.who["member"].id) is not None
