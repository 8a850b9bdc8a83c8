"""How a form is sent to a service: checked, tried once, and shown again with what was typed where it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import request

from consult.domain.errors import Refused
from consult.web.fields import Form

T = TypeVar("T")


def revision_of(form: Form) -> int | None:
    """The revision that a form was made from; None where there is none, or it is no number that we wrote."""
    text = str(form["revision"].data or "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


def tried(form: Form, act: Callable[[], T]) -> tuple[T | None, int]:
    """What the act gave and status 200; or None and the status of the page that shows the form again.

    A form that was only fetched gives (None, 200). A refusal stands at the fields that it names, or at the top.
    """
    if not form.validate_on_submit():
        return None, 422 if request.method == "POST" else 200
    try:
        return act(), 200
    except Refused as refusal:
        form.refuse(refusal)
        return None, refusal.status


def instead(sentence: str) -> str:
    """The sentence that stands in place of a form which cannot be sent now, where the page is opened.

    "" where the form was sent: it is refused then with what was typed in it, which nobody loses to a deadline.
    """
    return sentence if request.method == "GET" else ""
