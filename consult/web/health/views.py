"""For machines that watch this one: is the process alive, may it be sent requests, which version is it, how is it doing."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, current_app, request

from consult import __version__
from consult.model import schema
from consult.service import clock, readiness
from consult.web import metrics
from consult.web.guards import public

pages = Blueprint("health", __name__)


@pages.after_request
def never_kept(response: Response) -> Response:
    """Every answer of this folder is about this instant."""
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/health")
@public
def health() -> dict[str, str]:
    """The process answers. Nothing else is looked at: restarting it would not mend a database."""
    return {"status": "alive"}


@pages.get("/ready")
@public
def ready() -> tuple[dict[str, object], int]:
    """Whether requests may be sent here: 200 or 503, with what was looked at."""
    found = readiness.look()
    return {"ready": found.ready, "checks": found.checks}, 200 if found.ready else 503


@pages.get("/version")
@public
def version() -> dict[str, str]:
    """Which version runs, and the revision of the tables that it wants."""
    return {"name": "consult", "version": __version__, "tables": schema.head() or ""}


@pages.get("/metrics")
@public
def measures() -> Response:
    """The figures for Prometheus, to whoever shows the token of the settings; without one there is no such page."""
    token = current_app.config["CONSULT_METRICS_TOKEN"]
    if not token:
        abort(404)
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(shown.encode(), token.encode()):
        return Response("The token of CONSULT_METRICS_TOKEN is asked for.\n", 401, {"WWW-Authenticate": "Bearer"})
    return Response(metrics.exposition(readiness.figures(clock.now())), content_type=metrics.CONTENT_TYPE)
