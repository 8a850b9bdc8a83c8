"""Searching everything that one may see, with words, filters and pages that follow one another."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from consult.service import consultations, search, units
from consult.web import words
from consult.web.guards import actor, now, public
from consult.web.kept import for_visitors
from consult.web.search import presenters
from consult.web.search.asked import STATES, Asked, typed_as

pages = Blueprint("search", __name__)

ORDERS = {search.RELEVANCE: _l("Best match first"), search.DATE: _l("Newest first")}


@pages.get("/search")
@public
@for_visitors
def index() -> str:
    """What was found, the filters, and where the next page begins; before anything is asked, how one asks."""
    places = units.named()
    papers = [(row.id, row.title) for row in consultations.named()]
    asked = Asked({unit.id for unit in places}, dict(papers))
    wanted = asked.wanted
    found = search.find(wanted, actor(), now())
    kept: dict[str, Any] = {name: typed_as(name) for name in request.args if name not in ("after", "q")}
    kept = {name: value for name, value in (kept | {"q": wanted.words}).items() if value}
    return render_template(
        "search/index.html", wanted=wanted, faults=asked.faults, problems=asked.problems, not_days=asked.not_days,
        query=found.query, asked=kept, typed=request.args.get("q", ""),
        rows=[presenters.entry(row, found.query) for row in found.rows],
        more=url_for("search.index", **kept, after=found.after) if found.after else "",
        first=url_for("search.index", **kept) if wanted.after else "",
        kinds={kind: names[0] for kind, names in presenters.KINDS.items()}, orders=ORDERS,
        states=[(state, words.state_words(state)) for state in STATES.get(wanted.kind, ())],
        units=[(unit.id, unit.name) for unit in places if unit.closed_at is None or unit.id == wanted.unit_id],
        consultations=papers,
    )  # fmt: skip
