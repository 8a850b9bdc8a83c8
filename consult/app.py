"""The application factory, and nothing else: settings, extensions, blueprints, guards, errors, commands."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from consult import config, job, logs
from consult.cli import flask_commands
from consult.model.store import db
from consult.service import clock, search_keeping  # noqa: F401 (it listens to what is written)
from consult.web import addresses, cookies, errors, guards, identity, look, menus, metrics, security

#: One package per noun under consult/web, each with a blueprint `pages`, in the order of the URL table.
BLUEPRINTS = (
    "home",
    "help",
    "accounts",
    "members",
    "units",
    "bodies",
    "nominations",
    "mandates",
    "decisions",
    "consultations",
    "participation",
    "paragraphs",
    "submissions",
    "statements",
    "coding",
    "gatherings",
    "rulebooks",
    "agenda",
    "hall",
    "requisitions",
    "standing",
    "motions",
    "amendments",
    "votes",
    "translations",
    "composites",
    "debate",
    "moderation",
    "notices",
    "rulings",
    "rolls",
    "ballots",
    "candidates",
    "circulars",
    "ceremony",
    "voting",
    "challenges",
    "deliveries",
    "papers",
    "board",
    "desk",
    "casework",
    "proposals",
    "scrutiny",
    "results",
    "policy",
    "search",
    "protection",
    "audit",
    "api",
    "tokens",
    "calendars",
    "feeds",
    "webhooks",
    "health",
    "development",
    "style",
)


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application, configured from the environment; `settings` are put on top (tests, commands).

    Raises:
        Misconfigured: naming each setting that is wrong.
    """
    app = Flask("consult", template_folder=None, static_folder=None)
    app.jinja_environment = look.Templates
    app.config.update(config.configuration())
    app.config.update(settings or {})
    if not app.testing:
        logs.begin(app.config)
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        Path(app.config["CONSULT_INSTANCE"]).mkdir(parents=True, exist_ok=True)
    if app.config["CONSULT_PROXIES"]:
        count = app.config["CONSULT_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    db.init_app(app)
    cookies.init_app(app)
    metrics.init_app(app)  # before all that may refuse, so that refusals are counted too
    security.bound_forms(app)  # before the first that reads a form
    csrf = CSRFProtect(app)
    csrf.exempt("consult.web.notices.views.stop")  # a signed link; programs that read mail have no session
    identity.init_app(app)
    look.init_app(app, nav=menus.NAV, foot=menus.FOOT, organisation=menus.organisation, clock=clock.now)
    guards.init_app(app)
    addresses.init_app(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(f"consult.web.{name}").pages)
    security.init_app(app)
    errors.init_app(app)
    job.init_app(app)
    flask_commands(app)
    return app
