"""The languages of pages: which there are, which one a browser asked for, and the link to the other.

A language is chosen, never guessed from what a browser says of itself: one address shows the same page to everybody who
has not chosen. The choice is kept in a cookie of its own, and for people in the register beside their entry, for mail.
What programs fetch again and again (feeds, calendars) comes without a cookie: its language stands in its address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from flask import Flask, current_app, g, request
from flask_babel import get_locale, refresh
from werkzeug.wrappers import Response

from consult.domain.languages import FIRST, LANGUAGES
from consult.domain.mutations import mutated
from consult.web.addresses import kept_url_for

COOKIE = "consult_language"
YEAR = 365 * 24 * 3600
#: The language in the address of what programs follow; without it, the organisation's own.
PARAMETER = "language"
FOLLOWED = frozenset(
    ("feeds.feed", "feeds.unit", "calendars.everything", "calendars.own", "gatherings.one_ics", "gatherings.feed")
)


@dataclass(frozen=True)
class Other:
    """A link to this page in another language: its tag, its own name for itself, and the address."""

    tag: str
    name: str
    href: str


def of_request() -> str:
    """The locale of this request: the one chosen, else the organisation's own."""
    chosen = None
    if request:
        followed = request.endpoint in FOLLOWED and not g.get("refused")
        chosen = request.args.get(PARAMETER) if followed else request.cookies.get(COOKIE)
    tag = chosen if chosen in LANGUAGES else current_app.config.get("CONSULT_LANGUAGE", FIRST)
    return LANGUAGES[tag].locale


def of_page() -> Locale | None:
    """What `get_locale` gives, which looks the request up four times over; it is known once the page has asked for a word."""
    kept = g._get_current_object().get("_flask_babel") if g else None
    return getattr(kept, "babel_locale", None) or get_locale()


def of_a_refusal() -> None:
    """Have the page that refuses in the language of whoever reads it, also where a program was meant to read."""
    g.refused = True
    refresh()


def _said_in_address(endpoint: str, values: dict[str, Any]) -> None:
    """Lead to a feed or a calendar in the language of the page that links to it."""
    if endpoint in FOLLOWED and PARAMETER not in values:
        tag = tag_of(of_request())
        if tag != current_app.config.get("CONSULT_LANGUAGE", FIRST):
            values[PARAMETER] = tag


def tag_of(locale: str) -> str:
    """Which of our languages a locale is.

    >>> tag_of("en_GB"), tag_of("cy")
    ('en', 'cy')
    """
    return locale.partition("_")[0]


def others() -> list[Other]:
    """This page in the other languages; none where the address is a secret (a link with a token), or where a form was sent."""
    if "token" in (request.view_args or {}) or request.method != "GET":
        return []
    if "home.language" not in current_app.view_functions:
        return []
    here = urlencode({"next": request.full_path.rstrip("?")}, safe="!$'()*,/:;?@")
    shown = tag_of(of_request())
    return [
        Other(tag, language.name, f"{kept_url_for('home.language', tag=tag)}?{here}")
        for tag, language in LANGUAGES.items()
        if tag != shown
    ]


def keep(response: Response, tag: str) -> None:
    """Let the browser keep the choice for a year."""
    response.set_cookie(
        COOKIE,
        tag,
        max_age=YEAR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def init_app(app: Flask) -> None:
    """Let every page link to itself in the other languages, and say what its translation is worth."""
    app.url_defaults(_said_in_address)
    app.jinja_env.globals.update(other_languages=others, translation_note=_note)
    app.after_request(_mutated)


def _mutated(response: Response) -> Response:
    """Days in the middle of a Welsh sentence as the words before them ask; see `consult.domain.mutations`."""
    if response.mimetype == "text/html" and not response.is_streamed and tag_of(of_request()) == "cy":
        response.set_data(mutated(response.get_data(as_text=True)))
    return response


def _note() -> str:
    return LANGUAGES[tag_of(of_request())].note if request else ""
