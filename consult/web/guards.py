"""Who may enter each route: declared beside the view, and a route that declares nothing is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotAllowed
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.service import clock
from consult.web import unsent

SIGNED_OUT = "You were signed out before this was sent, so nothing was done. Sign in, and send it again."

#: Keys in the signed cookie: of the sign-in's token; of [ballot, token] of a link to vote.
TOKEN = "token"  # noqa: S105 (a name)
VOTING = "voting"

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anybody may enter."""
    view.entry = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody who is signed in may enter; the services decide the rest."""
    view.entry = "signed in"  # type: ignore[attr-defined]
    return view


def voter(view: View) -> View:
    """Anybody who is signed in, or came by a link to vote, may enter; `consult.web.voter` says who it is."""
    view.entry = "voter"  # type: ignore[attr-defined]
    return view


def needs(permission: Permission) -> Callable[[View], View]:
    """Only those with a permission that depends on nobody's object may enter."""

    def declare(view: View) -> View:
        view.entry = permission  # type: ignore[attr-defined]
        return view

    return declare


def development(view: View) -> View:
    """Anybody, but only while developing; elsewhere there is no such page."""
    view.entry = "development"  # type: ignore[attr-defined]
    return view


def actor() -> Actor:
    """Who is asking."""
    found: Actor = current_user.actor
    return found


def now() -> datetime:
    """The instant that this page is made by, asked of the database once; an act asks again, under its lock."""
    if "consult_now" not in g:
        g.consult_now = clock.now()
    found: datetime = g.consult_now
    return found


def allowed(permission: Permission | str, subject: Any = None) -> bool:
    """Whether the person asking may; for templates, which show a button only to somebody who can use it."""
    wanted = permission if isinstance(permission, Permission) else Permission[permission]
    return policy.may(wanted, actor(), subject, at=now())


def entry_of(app: Flask, endpoint: str) -> Any:
    """What a route declares, or None."""
    return "public" if endpoint == "static" else getattr(app.view_functions.get(endpoint), "entry", None)


def turned_away() -> Response | tuple[str, int]:
    """Where somebody who is not signed in is sent: to sign in, or told that the form was not sent."""
    if request.method != "GET":
        return unsent.page(SIGNED_OUT, 401, signed_out=True)
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))


def init_app(app: Flask) -> None:
    """Stand at the door of every request, after signing in is known and before the view."""

    @app.before_request
    def door() -> Response | tuple[str, int] | None:
        if request.endpoint is None:
            return None  # no such page, or not with this method: the error handlers speak
        entry = entry_of(app, request.endpoint)
        if entry is None:
            raise NotAllowed("Nobody has said who may enter this page, so nobody may.")
        if entry == "public" or (entry == "development" and app.config["CONSULT_DEVELOPMENT"]):
            return None
        if entry == "voter" and (session.get(VOTING) or session.get(TOKEN)):
            return None  # the view asks for the person by the ballot, in one statement
        if entry == "development":
            raise NotAllowed("This page is there while developing only.")
        if not current_user.is_authenticated:
            return turned_away()
        if isinstance(entry, Permission):
            policy.require(entry, actor(), at=now())
        return None

    app.jinja_env.globals.update(allowed=allowed)
