"""Searching everything that one may see, with words, filters and pages that follow one another."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.domain import searching
from consult.domain.lifecycle import AMENDMENT, MOTION, POLICY
from consult.model.debate import STANCES
from consult.service import consultations, search, units
from consult.service.search import Wanted
from consult.web import words
from consult.web.guards import actor, now, public
from consult.web.search import presenters

pages = Blueprint("search", __name__)

#: Kind → the states that it can be narrowed down to: those that anybody but its owner finds.
STATES: dict[str, tuple[str, ...]] = {
    searching.MOTION: tuple(state for state in MOTION.states if state != "draft"),
    searching.AMENDMENT: tuple(state for state in AMENDMENT.states if state != "draft"),
    searching.POLICY: POLICY.states,
    searching.COMMENT: STANCES,
    searching.PARAGRAPH: STANCES,
}
ORDERS = {search.RELEVANCE: _l("Best match first"), search.DATE: _l("Newest first")}


@pages.get("/search")
@public
def index() -> str:
    """What was found, the filters, and where the next page begins; before anything is asked, how one asks."""
    wanted, wrong = _wanted()
    found = search.find(wanted, actor(), now())
    asked: dict[str, Any] = {name: value for name, value in request.args.items() if value and name != "after"}
    return render_template(
        "search/index.html", wanted=wanted, faults=wrong, query=found.query, asked=asked,
        rows=[presenters.entry(row, found.query) for row in found.rows],
        more=url_for("search.index", **asked, after=found.after) if found.after else "",
        first=url_for("search.index", **asked) if wanted.after else "",
        kinds={kind: names[0] for kind, names in presenters.KINDS.items()}, orders=ORDERS,
        states=[(state, words.state_words(state)) for state in STATES.get(wanted.kind, ())],
        units=[(unit.id, unit.name) for unit in units.all_units()],
        consultations=[(row.id, row.title) for row in consultations.named()],
    )  # fmt: skip


def _wanted() -> tuple[Wanted, dict[str, str]]:
    """What the address asks for, and what in it cannot be read: filter → a sentence."""
    args, wrong = request.args, {}
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        typed = args.get(name, "").strip()[:40]
        try:
            days[name] = date.fromisoformat(typed) if typed else None
        except ValueError:
            days[name] = None
            wrong[name] = _("“%(typed)s” is not a day. Write it like 2026-11-25.", typed=typed)
    if days["since"] and days["until"] and days["until"] < days["since"]:
        wrong["until"] = _("The last day is before the first. Give a later one.")
    kind = _among("kind", searching.KINDS)
    return Wanted(
        args.get("q", "")[: searching.LONGEST], kind, _number("unit"), _number("consultation"),
        _among("state", STATES.get(kind, ())), _begins(days["since"]), _begins(days["until"], 1),
        _among("order", search.ORDERS) or search.RELEVANCE, args.get("after", "")[:80],
    ), wrong  # fmt: skip


def _among(name: str, known: Any) -> str:
    value = request.args.get(name, "")
    return value if value in known else ""


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _begins(day: date | None, later: int = 0) -> datetime | None:
    """When a day begins on the organisation's clock."""
    if day is None or not 1900 <= day.year <= 2999:
        return None
    return datetime.combine(day + timedelta(days=later), time(), tzinfo=words.zone()).astimezone(UTC)
