"""What a page needs to seal a paper in the browser, and what comes back: an envelope, and nothing of the choices."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from consult.domain.errors import Invalid
from consult.ledger import envelopes, shape
from consult.ledger.definition import Definition
from consult.web.voting.paper import Sheet

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:[0-9]+)?|\[[0-9A-Fa-f:]+\](:[0-9]+)?")


def facts(definition: Definition, sheet: Sheet) -> dict[str, Any]:
    """The key, the `info`, the one length and the questions, with the sentences that the script may need."""
    questions = [
        {
            "key": part.key,
            "title": part.question.title,
            "form": part.form,
            "most": part.most,
            "options": [{"key": option.key, "name": option.name} for option in part.question.options],
        }
        for part in sheet.parts
    ]
    paper = {
        "key": definition.public_key,
        "info": envelopes.info(definition).decode("ascii"),
        "length": envelopes.paper_length(definition),
        "questions": questions,
    }
    return {"paper": paper, "words": _words()}


def _words() -> dict[str, Any]:
    return {
        "and": gettext(" and "),
        "blank": gettext("You have left this blank. A blank answer is counted as blank, and supports no option."),
        "most": gettext("Choose at most %s in “%t”."),
        "number": gettext("“%s” is not a number like 1, 2 or 3."),
        "twice": gettext("Number %s stands here more than once. Give each a number of its own."),
        "gap": gettext("Number %s is missing. Use 1, 2, 3 and so on without a gap."),
        "failed": gettext("This browser could not seal your vote, and nothing was sent: "),
        "states": {
            "to do": {"words": gettext("To do"), "colour": "blue"},
            "answered": {"words": gettext("Answered"), "colour": "green"},
            "blank": {"words": gettext("Left blank"), "colour": "grey"},
            "wrong": {"words": gettext("To be corrected"), "colour": "red"},
        },
        "verdicts": {"+": gettext("for"), "-": gettext("against"), "0": gettext("abstain")},
    }


def envelope(sent: str, definition: Definition) -> bytes:
    """The envelope that a browser sent (base64url).

    Raises:
        Invalid: if it is none of this ballot.
    """
    try:
        return shape.decode(sent, envelopes.envelope_length(definition), "the envelope")
    except shape.Malformed as fault:
        words = gettext(
            "What your browser sent is not a sealed vote of this ballot. Nothing was cast; open the paper and begin again."
        )
        raise Invalid(words) from fault


def policy() -> str:
    """The content security policy of a voting page: scripts from one folder, nothing fetched, nothing framed."""
    return _policy(request.host, request.script_root)


@lru_cache(maxsize=64)
def _policy(host: str, root: str) -> str:
    """`root` is what stands before every path of this site, as `url_for` takes it from the request."""
    folder = url_for("look.asset", version="v", name="n").removesuffix("v/n")
    source = f"{host}{folder}" if _HOST.fullmatch(host) else "'self'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {source}",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )
