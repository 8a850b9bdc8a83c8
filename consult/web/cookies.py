"""The session in a signed cookie: Flask's own, with the serializer made once and not for every request."""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class Cookies(SecureCookieSessionInterface):
    """Flask's session interface for one application."""

    def __init__(self) -> None:
        self._kept: tuple[object, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The serializer for the application's secret keys as they are now."""
        keys = (app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if self._kept[0] != keys:
            self._kept = (keys, super().get_signing_serializer(app))
        return self._kept[1]


def init_app(app: Flask) -> None:
    """Let the application keep its sessions so."""
    app.session_interface = Cookies()
