"""Who is asking: the signed-in browser, its session in the database, and the actor made from it."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin

from consult.domain.roles import VISITOR, Actor
from consult.service import actors, notice_list, sessions
from consult.web.guards import TOKEN, now


class User(UserMixin):
    """The person at this browser, for Flask-Login; `actor` is what policies are asked about."""

    def __init__(self, actor: Actor, unread: int = 0) -> None:
        self.actor = actor
        #: How many notices are new to them, counted to 100.
        self.unread = unread

    @property
    def name(self) -> str:
        """How the page greets them."""
        return self.actor.name

    def get_id(self) -> str:
        return str(self.actor.member_id)


class Visitor:
    """Somebody who is not signed in."""

    is_authenticated = False
    is_active = False
    is_anonymous = True
    actor = VISITOR

    def get_id(self) -> None:
        return None


def load(user_id: str) -> User | None:
    """The user of a cookie, if its session still stands; asked once per request."""
    token = session.get(TOKEN)
    if not token:
        return None
    found = sessions.find(token, now())
    if found is None or str(found.member_id) != user_id:
        return None
    news = notice_list.unread_at_a_glance(found.member_id, now())
    actor, unread = actors.actor_and(found.member_id, news, second_factor=found.second_factor)
    return User(actor, unread or 0) if actor.member_id is not None else None


def init_app(app: Flask) -> None:
    """Set up Flask-Login."""
    manager = LoginManager(app)
    manager.anonymous_user = Visitor
    manager.session_protection = None  # sessions are ours: they can be listed and ended
    manager.user_loader(load)

    @app.before_request
    def sign_of_life() -> None:
        """Before anything of this request is loaded, for writing it down ends what was read."""
        if request.blueprint == "look":
            return  # stylesheets and scripts are the same for everybody
        token = session.get(TOKEN)
        if token and request.method == "GET":
            found = sessions.find(token, now())
            if found is not None:
                sessions.touch(found, now())

    @app.context_processor
    def person() -> dict[str, Any]:
        return {"actor": g._login_user.actor if "_login_user" in g else VISITOR}
