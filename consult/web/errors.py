"""Turning refusals and faults into pages that help, in one place."""

from __future__ import annotations

import logging
import uuid

from flask import Flask, current_app, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from consult import config
from consult.domain.errors import OutOfOrder, Refused, SecondFactorNeeded, Unavailable
from consult.model.store import db
from consult.web import guards, languages, look, phrases, problems, unsent

log = logging.getLogger("consult")

TEMPLATES = {403: "forbidden", 404: "not_found", 409: "conflict", 500: "server", 503: "unavailable"}

WORDS = {
    400: "The request could not be understood.",
    403: "You may not do this.",
    404: "There is no such page, or it is not for you to see.",
    405: "This page does not take that kind of request. Go back and use its buttons.",
    409: "Something changed in the meantime.",
    413: (
        f"What you sent is too large: the words of a form take {config.FORM_MB} MB at the most, and a form with files "
        f"{config.UPLOAD_MB} MB together. Shorten the text, or send a smaller file."
    ),
    429: "That was tried too often. Wait a little and try again.",
}

STALE_FORM = (
    "This form is too old, or was opened before you signed in, so nothing was changed. Open it again and send it "
    "once more."
)


Answer = Response | tuple[str, int]


def _page(status: int, sentence: str, reference: str = "", name: str = "", factor: bool = False) -> Answer:
    if problems.wanted():
        return problems.answer(status, sentence, reference=reference)
    if status >= 500:
        look.undress()
    languages.of_a_refusal()
    name = name or TEMPLATES.get(status, "refused")
    shown, typed = phrases.said(sentence), unsent.texts() if status in (403, 409) else []
    return render_template(
        f"errors/{name}.html", sentence=shown, status=status, reference=reference, texts=typed, factor=factor
    ), status


def _kept(error: HTTPException) -> dict[str, str]:
    """What the protocol wants said with a refusal: which methods a page takes, and when to come back."""
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return {name: ", ".join(sorted(value.split(", "))) if name == "Allow" else value for name, value in headers.items()}


def _log_silence(cause: object) -> None:
    log.error("the database did not answer: %s", type(cause).__name__)


def init_app(app: Flask) -> None:
    """Every refusal is a page with its sentence; every fault a page with a reference that the log knows."""

    @app.errorhandler(Refused)
    def refused(refusal: Refused) -> Answer:
        db.session.rollback()
        if refusal.status >= 500:
            _log_silence(getattr(refusal.__cause__, "orig", refusal))
        if problems.wanted():
            return problems.refused(refusal)
        name = "out_of_order" if isinstance(refusal, OutOfOrder) else ""
        return _page(refusal.status, str(refusal), name=name, factor=isinstance(refusal, SecondFactorNeeded))

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> Answer:
        entry = guards.entry_of(app, request.endpoint or "")
        out = entry not in ("public", "development") and not current_user.is_authenticated
        return unsent.page(guards.SIGNED_OUT if out else STALE_FORM, 400, signed_out=out)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Answer:
        status = error.code or 500
        headers = _kept(error)
        if problems.wanted() and isinstance(error, MethodNotAllowed):
            return problems.answer(405, "The API only reads: ask with GET.", headers=headers)
        made = current_app.make_response(_page(status, WORDS.get(status, error.description or "Something went wrong.")))
        made.headers.update(headers)
        return made

    @app.errorhandler(OperationalError)
    @app.errorhandler(TimeoutError)
    def gone(error: OperationalError | TimeoutError) -> Answer:
        db.session.rollback()
        _log_silence(getattr(error, "orig", error))
        return _page(503, str(Unavailable("The database did not answer. Nothing was changed; please try again soon.")))

    @app.errorhandler(Exception)
    def fault(error: Exception) -> Answer:
        db.session.rollback()
        if app.testing or app.debug:
            raise error
        reference = uuid.uuid4().hex[:12]
        log.exception("fault %s", reference)
        return _page(500, "Something went wrong on our side. Nothing was changed.", reference)
