"""What a vote costs a voter's telephone: from the link in the mail to the receipt, requests and bytes, everything fetched once."""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask

from consult.demo import faces
from consult.model.store import writing
from consult.service import candidates, links
from consult.service.ballots import OptionSpec
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


def test_from_link_to_receipt(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, NOON)
    desk = Desk(cast, candidate_order="random")
    names = ("Ann Ash", "Bo Birch", "Cy Cole", "Di Dale", "Ed Elm", "Fay Fern")
    desk.ask("scottish-stv", tuple(OptionSpec(name, WORDS.strip()) for name in names), title="Committee", seats=2)
    for option in desk.ballot.questions[0].options:
        spec = candidates.StatementSpec(option.statement, faces.draw(option.name))
        candidates.state(option, spec, by=cast.actor("committee_1"), at=NOON)
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
    total = sum(scales.weights.values())
    print(f"{len(scales.pages)} requests, {total:,} bytes:", *scales.weights.items(), sep="\n  ")
    assert len(scales.pages) <= MOST_REQUESTS, scales.pages
    assert total <= MOST_BYTES, sorted(scales.weights.items(), key=lambda pair: -pair[1])
