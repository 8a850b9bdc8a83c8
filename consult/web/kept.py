"""Pages that are the same for every visitor: kept by what they are made from, and not sent again to a browser that has them.

The mark of a page is the head of the audit log, which every act moves, and the minute (or ten seconds), by which phases open
and close. A
page is kept in each process until its mark changes; its ETag is the hash of what it says, so that a new mark with the
same words still answers "not modified". People who are signed in always get a page made for them.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, g, make_response, request, session
from flask_login import current_user

from consult.service import marks
from consult.web import assets
from consult.web.look import page_language
from consult.web.pieces import Bounded, has_token

#: Pages kept in one process, and the bytes that they may take together.
MOST, BYTES = 256, 16_000_000


class Shelf(Bounded[tuple[bytes, str]]):
    """The pages of one application."""

    def __init__(self) -> None:
        super().__init__(MOST, BYTES)

    def put(self, key: tuple[Any, ...], body: bytes) -> tuple[bytes, str]:
        """Keep a page; gives it back with its ETag."""
        return self.keep(key, (body, hashlib.sha256(body).hexdigest()[:32]), len(body))


#: How long a proxy may answer with a page of a visitor without asking; a browser asks each time.
SHARED = "public, max-age=0, s-maxage=10, must-revalidate"


def for_visitors(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what a view says to visitors, at most until the next minute. A page with a form's token is not kept, nor one for
    a browser that has something of its own in its session.

    To a browser without a cookie the page may be sent by a proxy for some seconds; one with a cookie is always asked for.
    """
    return _kept(view, 60)


def within_seconds(view: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a page with a figure that no act moves, as turnout: kept for ten seconds at most."""
    return _kept(view, 10)


def _kept(view: Callable[..., Any], seconds: int) -> Callable[..., Any]:
    @functools.wraps(view)
    def shown(**arguments: Any) -> Any:
        if current_user.is_authenticated or session.keys() - {current_app.config["WTF_CSRF_FIELD_NAME"]}:
            return view(**arguments)
        shelf = current_app.extensions.setdefault("consult-kept", Shelf())
        key = _key(seconds)
        found = shelf.get(key)
        if found is None:
            made = make_response(view(**arguments))
            if made.status_code != 200 or session.modified or has_token():
                return made
            found = shelf.put(key, made.get_data())
        return _answer(*found)

    return shown


def _answer(body: bytes, etag: str) -> Response:
    same = request.if_none_match.contains(etag)
    answer = Response(status=304) if same else Response(body, content_type="text/html; charset=utf-8")
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "private, no-cache" if request.headers.get("Cookie") else SHARED
    return answer


def _key(seconds: int) -> tuple[Any, ...]:
    """What the page depends on: its address, language and looks, and the mark, by whose instant and name it is made."""
    found = marks.mark()
    g.consult_now, g.consult_name = found.at, found.organisation
    where = (request.scheme, request.host, request.root_path, request.path, request.query_string)
    until = int(found.at.timestamp()) // seconds
    return (*where, page_language(), assets.shelf().version, found.organisation, found.head, until)
