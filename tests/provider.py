"""An OpenID provider for tests, over HTTP on a loopback port: the server half of Authlib, with one client and no login page.

Whoever `who` names is signed in at once. `spoil` puts other claims into the ID tokens, `rotate()` changes the key, and
`down` makes it answer nothing but 503.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, Response, abort, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

CLIENT, SECRET = "consult", "a secret of the two"


@dataclass
class User:
    """Somebody there."""

    sub: str
    claims: dict[str, Any]


class Client(ClientMixin):
    """The one client: secret by Basic, authorisation codes, any address on this machine."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """A code that was given out, with what was asked."""

    def __init__(self, user: User, asked: Any) -> None:
        self.user = user
        self.asked: dict[str, str] = {key: asked.data[key] for key in asked.data}  # of this request, which ends
        self.code_challenge = self.asked.get("code_challenge")
        self.code_challenge_method = self.asked.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return self.asked["redirect_uri"]

    def get_scope(self) -> str:
        return self.asked["scope"]

    def get_nonce(self) -> str | None:
        return self.asked.get("nonce")

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Provider:
    """The running provider."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.who = ""
        self.spoil: dict[str, Any] = {}
        self.down = False
        self.asked: list[str] = []
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, User] = {}
        self.rotate()
        app = self._app()
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def add(self, sub: str, **claims: Any) -> None:
        """Somebody who can sign in, and does from now on."""
        self.users[sub], self.who = User(sub, claims), sub

    def rotate(self) -> None:
        """Another key, under another name; the old one is gone."""
        self.key = RSAKey.generate_key(2048, auto_kid=True)

    def logout_token(self, **claims: Any) -> str:
        """A token that says that somebody signed out (Back-Channel Logout 1.0, 2.4)."""
        now = int(time.time())
        event = {"http://schemas.openid.net/event/backchannel-logout": {}}
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "jti": "1", "events": event} | claims
        whole = {key: value for key, value in said.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, whole, self.key)

    def _app(self) -> Flask:
        app, here = Flask("provider"), self

        class CodeGrant(grants.AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

            def save_authorization_code(self, code: str, request: Any) -> None:
                here._codes[code] = Code(request.user, request.payload)

            def query_authorization_code(self, code: str, client: Any) -> Code | None:
                return here._codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                here._codes = {code: kept for code, kept in here._codes.items() if kept is not authorization_code}

            def authenticate_user(self, authorization_code: Code) -> User:
                return authorization_code.user

        class Tokens(OpenIDCode):
            def exists_nonce(self, nonce: str, request: Any) -> bool:
                return False

            def resolve_client_private_key(self, client: Any) -> RSAKey:
                return here.key

            def get_client_claims(self, client: Any) -> dict[str, Any]:
                return {"iss": here.issuer, "aud": CLIENT}

            def get_encode_header(self, client: Any) -> dict[str, Any]:
                return {"alg": "RS256", "kid": here.key.kid}

            def generate_user_info(self, user: User, scope: str) -> UserInfo:
                inside = {key: value for key, value in user.claims.items() if not key.startswith("later_")}
                return UserInfo(sub=user.sub, **(inside | here.spoil))

        def save_token(token: dict[str, Any], request: Any) -> None:
            here._tokens[token["access_token"]] = request.user

        server = AuthorizationServer(app, lambda name: Client() if name == CLIENT else None, save_token)
        server.register_grant(CodeGrant, [Tokens(require_nonce=True), CodeChallenge(required=True)])

        @app.before_request
        def note() -> None:
            here.asked.append(request.path)
            if here.down:
                abort(503)

        @app.get("/.well-known/openid-configuration")
        def about() -> Response:
            paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            paths |= {"userinfo_endpoint": "userinfo", "end_session_endpoint": "leave"}
            ways = ["client_secret_basic"]
            found: dict[str, Any] = {key: f"{here.issuer}/{path}" for key, path in paths.items()}
            return jsonify(found | {"issuer": here.issuer, "token_endpoint_auth_methods_supported": ways})

        @app.get("/keys")
        def keys() -> Response:
            return jsonify(KeySet([here.key]).as_dict(private=False))

        @app.get("/authorize")
        def authorize() -> Any:
            user = here.users[here.who]
            return server.create_authorization_response(grant_user=user, grant=server.get_consent_grant(end_user=user))

        @app.post("/token")
        def token() -> Any:
            return server.create_token_response()

        @app.get("/userinfo")
        def userinfo() -> Any:
            user = here._tokens[request.headers["Authorization"].removeprefix("Bearer ")]
            return jsonify({"sub": here.spoil.get("userinfo_sub", user.sub)} | user.claims)

        @app.get("/leave")
        def leave() -> str:
            return "You are signed out here, too."

        return app


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass
