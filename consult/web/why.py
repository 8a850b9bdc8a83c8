"""Why: the one question that every form asks before something is changed, taken back or ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.service.act import LONGEST_REASON
from consult.web.fields import Form, Required, TextAreaField
from consult.web.trying import instead, tried


def why(needed: bool = True, hint: Any = None) -> TextAreaField:
    """The field; `needed` is False where the service asks for it only if something stood there before."""
    return TextAreaField(
        _l("Why"),
        [
            *([Required(_l("Say why, in a few words: it stands in the audit log, where members can read it."))] if needed else ()),
            Length(max=LONGEST_REASON),
        ],
        description=hint or _l("In a few words, such as the decision that asks for it. Members can read it in the audit log."),
        render_kw={"rows": 2},
    )  # fmt: skip


class Why(Form):
    """Nothing but the reason."""

    reason = why()


def given(form: Form) -> str:
    """What was typed; "" where the form does not ask for it."""
    return (form["reason"].data or "") if "reason" in form else ""


def ask_why(
    act: Callable[[str], Any],
    *,
    title: Any,
    lede: Any = "",
    button: Any,
    back: str,
    done: Any,
    then: str = "",
    variant: str | None = "warning",
    closed: str = "",
) -> Any:
    """The page that asks why before something is ended or taken back, and does it: `act` is given the reason.

    `back` is where the page was asked from, and `then` where it leads once it is done, if that is elsewhere. Where it
    cannot be done now, `closed` says why in place of the form.
    """
    form = Why()
    result, status = tried(form, lambda: act(form.reason.data or ""))
    if result is not None:
        flash(done, "success")
        return redirect(then or back)
    shown = {
        "title": title,
        "lede": lede,
        "button": button,
        "back": back,
        "variant": variant,
        "closed": instead(closed),
    }
    return render_template("why.html", form=form, **shown), status
