"""The front page for each kind of person, what is promised, and the accessibility statement."""

from __future__ import annotations

import functools
import json
from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from consult import paths
from consult.domain.languages import LANGUAGES
from consult.domain.protection import KINDS
from consult.service import home
from consult.service import languages as chosen
from consult.web import kept, languages
from consult.web.guards import actor, now, public
from consult.web.home import visits
from consult.web.home.phases import UNTIL
from consult.web.security import safe_next

pages = Blueprint("home", __name__)


@pages.get("/")
@public
@kept.for_visitors
def index() -> str:
    """What I must decide, what is open, and what was decided; what is new is told to those who come again."""
    at = now()
    since = visits.last(at) if actor().member_id is not None else None
    shown = {"page_of": home.page_of(actor(), at, since), "since": since, "until": UNTIL, "case_kinds": KINDS}
    return render_template("home/index.html", **shown)


@pages.get("/promises")
@public
@kept.for_visitors
def promises() -> str:
    """What is promised, and what is not."""
    return render_template("home/promises.html")


@functools.cache
def tested() -> dict[str, Any]:
    """What the last look at every page as every role came to, as the tests wrote it down."""
    found: dict[str, Any] = json.loads((paths.templates() / "home/tested.json").read_text(encoding="utf-8"))
    return found | {"on": date.fromisoformat(found["on"])}


@pages.get("/accessibility")
@public
@kept.for_visitors
def accessibility() -> str:
    """What was done and tested so that everybody can use this."""
    return render_template("home/accessibility.html", tested=tested())


@pages.get("/language/<tag>")
@public
def language(tag: str) -> Response:
    """Show pages in another language from now on, beginning with the one that was being read."""
    if tag not in LANGUAGES:
        abort(404)
    response = redirect(safe_next(request.args.get("next")) or "/")
    languages.keep(response, tag)
    member_id = actor().member_id
    if member_id is not None:
        chosen.choose(member_id, tag)
    return response
