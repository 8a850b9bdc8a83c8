"""A form that arrives when its sender is signed out, or with a token too old: nothing is done, and nothing typed is lost."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, render_template, request
from werkzeug.exceptions import HTTPException

from consult.web import phrases
from consult.web.security import safe_next

#: Shorter entries are typed again faster than they are copied; tokens and choices of a vote are never shown back.
_WORTH_KEEPING = 8
_NEVER = ("csrf_token", "password", "key", "code", "secret", "token")
#: Where votes are cast and people sign in: what is sent there is not shown back, and not sent a second time.
_SECRET = ("voting", "accounts", "passkeys", "ceremony")


def page(sentence: str, status: int, *, signed_out: bool) -> tuple[str, int]:
    """The page that says so, leads back to the form, and shows the longer texts that were typed, to be copied."""
    return render_template(
        "errors/unsent.html",
        sentence=phrases.said(sentence),
        status=status,
        signed_out=signed_out,
        back=form_page(),
        texts=texts(),
        carried=carried(),
        address=request.full_path.rstrip("?"),
    ), status


def carried() -> list[tuple[str, str]]:
    """What was typed and chosen, for a form that sends it again once its sender is signed in; nothing that is secret.

    Empty for a vote, for signing in, for a form with a secret or a file in it, and for one that a page elsewhere sent: its
    words are not this person's, and no button of ours sends them.
    """
    if request.method != "POST" or request.blueprint in _SECRET or not _from_here() or any(request.files.values()):
        return []
    sent = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
    return [] if any(part in name for name, _text in sent for part in _NEVER) else sent


def _from_here() -> bool:
    """Whether the browser says that a page of ours sent the form."""
    came = request.headers.get("Origin") or request.referrer or ""
    return urlsplit(came).netloc == request.host


def form_page() -> str | None:
    """Where the form that was sent stands: the address it was sent to if that is a page, else the page it came from."""
    address = request.full_path.rstrip("?")
    if _is_page(address):
        return safe_next(address)
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host:
        return None
    address = f"{came.path}?{came.query}" if came.query else came.path
    return safe_next(address) if _is_page(address) else None


def _is_page(address: str) -> bool:
    try:
        current_app.url_map.bind_to_environ(request.environ).match(urlsplit(address).path, method="GET")
    except HTTPException:
        return False
    return True


def texts() -> list[str]:
    """The longer texts of the form that was sent, as they were typed; none of a vote."""
    if request.method != "POST" or request.blueprint in _SECRET:
        return []
    return [
        text
        for name, text in request.form.items(multi=True)
        if len(text) >= _WORTH_KEEPING and not any(part in name for part in _NEVER) and " " in text
    ]
