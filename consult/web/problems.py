"""Refusals to programs: problem details (RFC 9457) for everything under /api/, whatever refused it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import request, url_for
from werkzeug.wrappers import Response

from consult.domain.errors import Refused
from consult.web import phrases

MEDIA = "application/problem+json"

#: Kinds of refusal that have an anchor of their own on the page about the API.
KINDS = (
    "invalid-parameter",
    "invalid-cursor",
    "token-needed",
    "invalid-token",
    "scope-missing",
    "not-acceptable",
    "rate-limit",
)

#: What an answer to any other site's page carries.
ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Problem(Refused):
    """A refusal of the API itself: its kind, what is wrong with which parameter, headers that go with it."""

    def __init__(
        self,
        status: int,
        sentence: str,
        kind: str,
        faults: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.kind = kind
        self.faults = faults
        self.headers = headers or {}


def wanted() -> bool:
    """Whether this request is a program's: of the API, or of a result's figures."""
    return request.path.startswith("/api/") or request.path.endswith("/figures.json")


def answer(
    status: int,
    sentence: str,
    *,
    kind: str = "",
    faults: Sequence[tuple[str, str]] = (),
    reference: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The refusal as an answer; `kind` is one of KINDS, "" for what the status says by itself."""
    body: dict[str, object] = {
        "type": url_for("api.home", _external=True, _anchor=kind) if kind else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": phrases.on_clock(sentence),
    }
    if faults:
        body["errors"] = [{"parameter": name, "detail": phrases.on_clock(words)} for name, words in faults]
    if reference:
        body["reference"] = reference
    made = Response(json.dumps(body, ensure_ascii=False), status, content_type=MEDIA)
    made.headers.update({**ANYWHERE, "Cache-Control": "no-store", "Vary": "Authorization", **(headers or {})})
    return made


def refused(refusal: Refused) -> Response:
    """The answer to a refusal of any storey."""
    if isinstance(refusal, Problem):
        return answer(refusal.status, str(refusal), kind=refusal.kind, faults=refusal.faults, headers=refusal.headers)
    return answer(refusal.status, str(refusal))
