"""The browser that signs in: its session's token in the cookie, what kind of device it is, and where it goes on to."""

from __future__ import annotations

from flask import g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from consult.model.members import SignInSession
from consult.service import accounts, actors, clock
from consult.service.sessions import token_hash
from consult.web.guards import TOKEN
from consult.web.identity import User
from consult.web.security import safe_next


def device() -> str:
    """What kind of thing this is: enough to tell one's own sessions apart, and all that is kept of it."""
    agent = request.headers.get("User-Agent", "").lower()
    if any(word in agent for word in ("mobile", "android", "iphone", "ipad")):
        return "phone"
    return "computer" if any(word in agent for word in ("windows", "macintosh", "linux", "x11", "cros")) else "unknown"


def network() -> str:
    """The network address asking; it is hashed for counting attempts and never kept."""
    return request.remote_addr or ""


def next_page() -> str | None:
    """Where the person was going, if that is a page of ours and not one of those that sign in."""
    found = safe_next(request.args.get("next"))
    return None if found is None or found.startswith(("/sign-in", "/sign-out", "/link/")) else found


def present_hash() -> str:
    """The hash of this browser's session token, or "" if it has none."""
    token = session.get(TOKEN)
    return token_hash(token) if token else ""


def keep(begun: SignInSession, token: str, *, stay: bool | None = None) -> None:
    """Keep a new session in the cookie, with nothing of what was in it before; `stay` None: for as long as before."""
    stay = session.permanent if stay is None else stay
    session.clear()
    session[TOKEN] = token
    session["_user_id"] = str(begun.member_id)  # not login_user(), which would keep a hash of address and user agent
    session.permanent = stay
    g._login_user = User(actors.actor_of(begun.member_id, second_factor=begun.second_factor))


def go_on(onward: str | None = None) -> Response:
    """To the code, the passkey, setting up an authenticator, or to where the person was going."""
    who = g._login_user.actor
    step = accounts.next_step(accounts.get(who.member_id), who, clock.now())
    onward = safe_next(onward) or next_page()
    if step == "code":
        return redirect(url_for("accounts.code", next=onward))
    if step == "passkey":
        return redirect(url_for("accounts.passkey", next=onward))
    if step == "authenticator":
        return redirect(url_for("accounts.authenticator", next=onward))
    return redirect(onward or "/")
