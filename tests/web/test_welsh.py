"""A walk through every page that is linked, in Welsh: no English is left but what people wrote and names that stay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from flask import Flask
from sqlalchemy import select

from consult.model.store import Base, db
from consult.service import clock
from tests.factories import Cast
from tests.web import movement
from tests.web.pages import Browser
from tests.web.signing_in import browser_of
from tests.web.test_translations import WELSH

#: Words that hardly a sentence of English does without, and that are no words of Welsh.
ENGLISH = re.compile(
    r"\b(the|of|and|you|your|are|this|that|with|from|has|have|been|which|there|when|what|every|its|their|not|for|were)\b",
    re.IGNORECASE,
)
ATTRIBUTES = ("alt", "title", "aria-label", "placeholder", "summary")
#: Columns that hold sentences of services, which a page puts into its language; all others hold what people wrote.
KEPT = {
    ("publication", "sentence"), ("question_result", "count"), ("vote_order", "sentences"), ("nomination_call", "outcome"),
}  # fmt: skip
#: An example of what can be typed, and the law as it is cited.
EXAMPLES = re.compile(r"“the timetable”|^UK GDPR Art\. .*")
#: Pages that stay in the language they were made in: papers and texts as issued, the interface for programs, what is there
#: while developing, the components in use, and the two papers of data protection that officers sign.
AS_MADE = re.compile(
    r"/(api|style|development|papers|help|data/papers|data/copy|rulebooks|policy/\d+/print|policy/model-motions/\d+|motions/\d+/print)\b"
)


def strings(value: Any) -> Iterator[str]:
    """Every string in a value of a column, of whatever shape."""
    if isinstance(value, str):
        yield " ".join(value.split())
        if value[:1] in "[{":
            try:
                yield from strings(json.loads(value))
            except ValueError:
                return
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def written() -> list[str]:
    """What people wrote, the longest first."""
    found: set[str] = set()
    for name, table in Base.metadata.tables.items():
        columns = [column for column in table.c if (name, column.name) not in KEPT]
        for row in db.session.execute(select(*columns)):
            for value in row:
                found.update(text for text in strings(value) if len(text) > 2)
    return sorted(found, key=lambda text: (-len(text), text))


def shown(page: str) -> Iterator[str]:
    """What one reads or hears of a page, without what is marked as being in English."""
    for node in lxml.html.fromstring(page).iter():
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "code"):
            continue
        marked = any(each.get("lang") == "en" for each in (node, *node.iterancestors()))
        for text in (None if marked else node.text, node.tail, *(node.get(name) for name in ATTRIBUTES if not marked)):
            if text and ENGLISH.search(text):
                yield " ".join(text.split())


def left(text: str, people: list[str]) -> bool:
    """Whether there is English in a text besides what people wrote."""
    text = EXAMPLES.sub("", text)
    for words in people:
        if words in text:
            text = text.replace(words, " ")
            if not ENGLISH.search(text):
                return False
        elif text in words:
            return False
    return bool(ENGLISH.search(text))


def walk(browser: Browser, app: Flask, seen: set[str]) -> Iterator[tuple[str, str]]:
    """One page of each kind that is linked from another, with its address."""
    routes = app.url_map.bind(browser.host)
    waiting, met = ["/"], set()
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        if path in met or AS_MADE.match(path) or not browser.resolves(path):
            continue
        met.add(path)
        endpoint = routes.match(path, method="GET")[0]
        if endpoint in seen or "language" in endpoint or endpoint == "static":
            continue
        answer = browser.fetch(address)
        if answer.status_code in (301, 302, 303):
            waiting.append(urljoin(address, answer.headers["Location"]))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        seen.add(endpoint)
        yield address, answer.text
        found = [urljoin(address, link) for link in lxml.html.fromstring(answer.text).xpath("//a/@href")]
        waiting += [link for link in found if urlsplit(link).netloc in ("", browser.host)]


def test_no_english_is_left_on_a_page_of_a_member_who_reads_welsh(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "source", lambda session: movement.NOW)
    movement.furnish(cast)
    people = written()
    seen: set[str] = set()
    english: dict[str, list[str]] = {}
    for who in ("member", "delegate", "supporter"):
        browser = browser_of(app, cast.who[who])
        browser.fetch(WELSH)
        for address, page in walk(browser, app, seen):
            if found := sorted({text for text in shown(page) if left(text, people)}):
                english[f"{who}: {address}"] = found
    assert len(seen) > 60
    assert english == {}
