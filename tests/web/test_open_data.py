"""Open data of results: from what is published alone, on stable addresses, for every other site."""

from __future__ import annotations

import csv
import io
import json

import pytest
from flask import Flask

from consult.counting.files import blt
from tests.desk import AFTER, Desk
from tests.factories import Cast
from tests.web.clocks import Clock
from tests.web.pages import Browser

RANKINGS = {
    "member": (0, 1, 2), "mover": (0, 2), "second": (1, 0, 2), "delegate": (1, 2), "other_delegate": (2, 0, 1),
    "third_delegate": (0,), "chair": (1,),
}  # fmt: skip


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, AFTER)


def voted(cast: Cast, publication: str) -> Desk:
    desk = Desk(cast, publication=publication)
    desk.ask(names=("Ann Ash", "=Bo Birch", "Cy Cole"))
    desk.schedule()
    for name, ranking in RANKINGS.items():
        desk.vote(name, *ranking)
    return desk


def test_the_figures_are_those_of_the_certified_count(cast: Cast, clock: Clock, browser: Browser) -> None:
    desk = voted(cast, "all-papers")
    address = f"/results/{desk.ballot.id}/figures"
    assert browser.fetch(f"{address}.json").status_code == 404
    assert browser.fetch(f"{address}.csv").status_code == 404
    desk.publish()
    answer = browser.fetch(f"{address}.json")
    data = json.loads(answer.data)
    (question,) = data["questions"]
    assert (data["format"], data["marked"], data["papers"]["counted"]) == ("consult-open-data/1", 7, 7)
    assert question["options"] == ["Ann Ash", "=Bo Birch", "Cy Cole"] and question["winners"] == ["Ann Ash"]
    assert question["count"]["stages"][0]["votes"] == {"Ann Ash": "3", "=Bo Birch": "3", "Cy Cole": "1"}
    rows = list(csv.DictReader(io.StringIO(browser.fetch(f"{address}.csv").text, newline="")))
    first = [(row["option"], row["votes"]) for row in rows if row["stage"] == "1" and row["option"]]
    assert first == [("Ann Ash", "3"), ("'=Bo Birch", "3"), ("Cy Cole", "1")]
    file = blt.read(browser.fetch(f"/results/{desk.ballot.id}/papers/{question['key']}.blt").data)
    assert file.weight == 7 and file.names == ("Ann Ash", "=Bo Birch", "Cy Cole")
    assert "(BLT)" in browser.open(f"/results/{desk.ballot.id}").main


def test_papers_that_the_rule_keeps_back_are_no_file(cast: Cast, clock: Clock, browser: Browser) -> None:
    desk = voted(cast, "ten-copies")
    desk.publish()
    (question,) = json.loads(browser.fetch(f"/results/{desk.ballot.id}/figures.json").data)["questions"]
    assert question["papers_published"] is False
    for key in (question["key"], "nothing"):
        assert browser.fetch(f"/results/{desk.ballot.id}/papers/{key}.blt").status_code == 404
    assert "(BLT)" not in browser.open(f"/results/{desk.ballot.id}").main


def test_they_are_cached_and_read_by_other_sites(cast: Cast, clock: Clock, browser: Browser) -> None:
    desk = voted(cast, "ten-copies")
    desk.publish()
    for name in ("json", "csv"):
        answer = browser.fetch(f"/results/{desk.ballot.id}/figures.{name}")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers.getlist("Cross-Origin-Resource-Policy") == ["cross-origin"]
        assert answer.headers["Cache-Control"].startswith("public")
        browser.headers["If-None-Match"] = answer.headers["ETag"]
        again = browser.fetch(f"/results/{desk.ballot.id}/figures.{name}")
        assert again.status_code == 304 and again.data == b""
        del browser.headers["If-None-Match"]
    assert "Access-Control-Allow-Origin" not in browser.fetch("/results").headers
