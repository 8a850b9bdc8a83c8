"""Headers that every answer carries, and where a person may be sent after signing in."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, request
from flask_login import current_user
from werkzeug.wrappers import Response

from consult.domain.errors import Refused
from consult.web.pieces import has_token

#: Nothing inline, nothing from elsewhere, no framing. Pages that need more say so themselves.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

#: Characters, at most, by which a page made for one person is longer than its words.
PADDING = 128


def bound_forms(app: Flask) -> None:
    """Hold what is sent without files to the size of a form's words: Werkzeug asks that of forms with files alone."""

    @app.before_request
    def bound() -> None:
        if request.mimetype != "multipart/form-data":
            request.max_content_length = request.max_form_memory_size


def init_app(app: Flask) -> None:
    """Put the headers on every answer; keep pages made for one person out of shared caches; refuse what is no text."""

    @app.before_request
    def require_text() -> None:
        """PostgreSQL keeps no text with a character of value zero, and nobody can type one."""
        sent = (request.path, *request.args.items(multi=True), *request.form.items(multi=True))
        if any("\0" in part for each in sent for part in each):
            raise Refused("What was sent contains a character that no text has (its number is zero). Nothing was done.")

    always = list(HEADERS.items())
    if not app.config["CONSULT_DEVELOPMENT"]:
        always.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))

    @app.after_request
    def dress(response: Response) -> Response:
        headers = response.headers
        said = {name.lower() for name, _ in headers}
        headers.extend([pair for pair in always if pair[0].lower() not in said])
        if request.blueprint != "look":  # its files are the same for everybody
            if "cache-control" not in said:
                headers["Cache-Control"] = "private, no-store" if _personal(app) else "no-cache"
            if "vary" in said:
                response.vary.add("Cookie")
            else:
                headers["Vary"] = "Cookie"
        if request.method == "OPTIONS":
            _say_methods(response)
        elif response.mimetype == "text/html" and (has_token() or _personal(app)):
            _pad(response)
        return response


def _say_methods(response: Response) -> None:
    """What a page can be asked with stands in the header of the answer, which has no body and so no kind (RFC 9110, 9.3.7)."""
    if response.status_code == 200 and response.allow:
        response.status_code = 204
        response.headers["Allow"] = ", ".join(sorted(response.allow))
        del response.headers["Content-Type"]


def _pad(response: Response) -> None:
    """Make a page longer by a random number of random characters, at its end.

    A page is compressed by the proxy, and what was typed stands in it beside what is this person's alone; so its length tells
    whether the one is like the other (CRIME and BREACH, 2012 and 2013). After R. Palacios et al., "HTB: A Very Effective Method to
    Protect Web Servers Against BREACH Attack to HTTPS", IEEE Access 10, 2022.
    """
    if response.is_sequence and response.status_code not in (204, 304):
        more = secrets.token_urlsafe(PADDING)[: secrets.randbelow(PADDING)]
        response.set_data(response.get_data() + f"<!-- {more.replace('-', '.')} -->".encode())


def _personal(app: Flask) -> bool:
    """Whether an answer is made for one person: by who may enter, else by whether somebody is signed in."""
    if request.endpoint is None:
        return False
    entry = getattr(app.view_functions.get(request.endpoint), "entry", None)
    return entry == "voter" or bool(current_user and current_user.is_authenticated)


def safe_next(target: str | None) -> str | None:
    """A path on this site to go on to, or None: never another site, a scheme, or a path that a browser reads as one.

    >>> safe_next("/motions/7?line=3"), safe_next("//evil.example/"), safe_next("https://evil.example/")
    ('/motions/7?line=3', None, None)
    >>> safe_next("/\\\\evil.example"), safe_next("motions")
    (None, None)
    """
    if not target or not target.startswith("/") or "\\" in target or any(ord(c) < 33 for c in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or target.startswith("//") else target
