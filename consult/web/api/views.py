"""The page about the API, and its OpenAPI document."""

from __future__ import annotations

import json

from flask import render_template, request
from werkzeug.wrappers import Response

from consult.domain.interfaces import SCOPES
from consult.service import marks
from consult.web.api import openapi, readers
from consult.web.api.operations import OPERATIONS, ROOT, kept, measure, pages
from consult.web.feeds.views import TITLES
from consult.web.guards import public
from consult.web.kept import for_visitors

#: What can be asked about, in the order of the page.
TAGS = ("Motions", "Policies", "Consultations", "Meetings", "Ballots", "Results", "Units", "Audit log", "The API")
#: Questions that can be asked of any installation as they stand → what comes back.
EXAMPLES = {
    "/motions?limit=5": "the five newest motions",
    "/ballots?state=open": "the ballots in which people vote now",
    "/results": "every published result, newest first",
    "/units?kind=branch": "the branches",
    "/events?since=2026-01-01T00:00:00Z": "events since the beginning of 2026",
    "/audit/heads": "the head of the audit log",
}


@pages.get("/api")
@public
@for_visitors
def home() -> str:
    """What the API is, with examples."""
    tags: dict[str, list[object]] = {tag: [] for tag in TAGS}
    for operation in OPERATIONS:
        tags[operation.tag].append(operation)
    return render_template(
        "api/index.html",
        tags=tags,
        root=request.host_url.rstrip("/") + ROOT,
        examples=EXAMPLES,
        scopes=SCOPES,
        feeds=TITLES,
    )


@pages.get(f"{ROOT}/openapi.json")
@public
def document() -> Response:
    """The OpenAPI document."""
    mark = marks.mark()
    reader = readers.reader(mark.at)
    measure(reader)
    site = request.url_root.rstrip("/")
    return kept(reader, mark, lambda: json.dumps(openapi.document(mark.organisation, site)).encode())
