"""What a vote costs a voter's telephone: from the link in the mail to the receipt, requests and bytes, everything fetched once."""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask

from consult.demo import faces
from consult.ledger import envelopes
from consult.model.store import db, writing
from consult.service import ballots, candidates, casting, links, voting_links
from consult.service.ballot_questions import OptionSpec
from tests.desk import DURING, Desk
from tests.factories import NOON, Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser

MOST_REQUESTS, MOST_BYTES = 6, 150_000

#: A statement of 120 words.
WORDS = "I would see to it that every branch has a room, a key and a kettle of its own. " * 7


class Scales(Browser):
    """A browser that counts what it asks for and weighs what it gets; helpers and pictures are fetched once."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, **{"Accept-Encoding": "gzip"})
        self.pages: list[str] = []
        self.weights: dict[str, int] = {}

    def fetch(self, address: str, **request: Any) -> Any:
        answer = super().fetch(address, **request)
        self.pages.append(address)
        self.weights[f"{len(self.pages)}: {address}"] = self._weight(answer)
        if answer.mimetype == "text/html":
            html = answer.get_data(as_text=True)
            for found in re.findall(r'(?:src|href)="(/(?:look|photographs)/[^"]+)"', html):
                self._also(found)
        return answer

    def _also(self, address: str) -> None:
        """A file that a page or a script needs, once; of scripts those that they can load, whether or not they do."""
        if address in self.weights:
            return
        answer = super().fetch(address)
        self.weights[address] = self._weight(answer)
        if address.endswith(".js"):
            body = answer.get_data()
            script = (gzip.decompress(body) if answer.content_encoding == "gzip" else body).decode()
            for helper in re.findall(r'"(\.{1,2}/[^"]+\.js)"', script):
                if "key.js" not in helper and "words.js" not in helper:  # on other pages only
                    self._also(urljoin(address, helper))

    @staticmethod
    def _weight(answer: Any) -> int:
        return len(answer.get_data()) + sum(len(name) + len(value) + 4 for name, value in answer.headers)


def candidates_with_faces(cast: Cast, **options: object) -> Desk:
    """An election of six, each with a statement and a portrait."""
    desk = Desk(cast, candidate_order="random", **options)
    names = ("Ann Ash", "Bo Birch", "Cy Cole", "Di Dale", "Ed Elm", "Fay Fern")
    desk.ask("scottish-stv", tuple(OptionSpec(name, WORDS.strip()) for name in names), title="Committee", seats=2)
    for option in desk.ballot.questions[0].options:
        spec = candidates.StatementSpec(option.statement, faces.draw(option.name))
        candidates.state(option, spec, "Sent by post.", by=cast.actor("committee_1"), at=NOON)
    return desk


def test_from_link_to_receipt(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, NOON)
    desk = candidates_with_faces(cast)
    desk.schedule()
    clock.set(DURING)
    token = links.new_token()
    with writing() as session:
        links.mint(session, cast.who["member"].id, links.SIGN_IN, DURING, token)
    scales = Scales(app)
    page = scales.open(f"/link/{token}?next=/ballots/{desk.ballot.id}/vote").press("Sign in")
    assert page.address == f"/ballots/{desk.ballot.id}/vote"
    page = page.fill("Number for Bo Birch", "1").press("Check your vote").press("Cast my vote")
    assert page.title == "Your receipt"
    check(scales)


def check(scales: Scales) -> None:
    """Print everything that was fetched with its bytes, and hold it to the bounds."""
    total = sum(scales.weights.values())
    print(f"{len(scales.pages)} requests, {total:,} bytes:", *scales.weights.items(), sep="\n  ")
    assert len(scales.pages) <= MOST_REQUESTS, scales.pages
    assert total <= MOST_BYTES, sorted(scales.weights.items(), key=lambda pair: -pair[1])


def test_from_link_to_receipt_where_the_browser_seals(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What seals is fetched as well: the page's scripts and the bundle of HPKE."""
    clock = Clock(monkeypatch, NOON)
    desk = candidates_with_faces(cast, level="sealed")
    desk.hold_ceremony()
    desk.schedule()
    clock.set(DURING)
    token = links.new_token()
    with writing() as session:
        voting_links.mint(session, desk.ballot.id, desk.cast.who["member"].id, token)
    scales = Scales(app)
    page = scales.open(f"/vote/{token}")
    assert any("hpke" in address for address in scales.weights), list(scales.weights)
    _, form = page._button("Seal and cast my vote", "")
    made = ballots.definition_of(desk.ballot)
    envelope = envelopes.shape.encode(envelopes.seal(made, [envelopes.Answer("q1", (1,))]))
    page = scales.send(form.get("action", ""), {**dict(page._values(form)), "sealed": envelope})
    db.session.rollback()
    assert page.title == "Your receipt" and casting.receipt_of(desk.ballot.id, desk.cast.who["member"].id) is not None
    check(scales)
