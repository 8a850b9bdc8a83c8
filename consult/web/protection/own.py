"""One's own data: what is held, who looked at it, and asking for something about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.domain.protection import ASKED_BY_ONESELF, KINDS, clock
from consult.domain.purposes import TERMS
from consult.service import data_cases, looking, members, own_copy
from consult.web import phrases
from consult.web import words as words_of
from consult.web.guards import actor, needs, now
from consult.web.protection import forms
from consult.web.trying import tried

pages = Blueprint("protection", __name__)


@pages.get("/data")
@needs(Permission.DATA_OWN)
def own() -> str:
    """What one can do about one's data, what was asked, and who looked."""
    person = actor().member_id or 0
    return render_template(
        "protection/own.html",
        looks=looking.at_whom(person, now() - looking.SHOWN),
        cases=data_cases.of(person),
        kinds=KINDS,
        offered=ASKED_BY_ONESELF,
        clock=lambda case: clock(case.kind, case.due_at, case.settled_at, now()),
    )


@pages.get("/data/copy")
@needs(Permission.DATA_OWN)
def copy() -> str:
    """Everything that is held about oneself, to read."""
    made = own_copy.of(members.get(actor().member_id or 0), now())
    words = {"secrecy": own_copy.SECRECY, "others": own_copy.OTHERS}
    return render_template("protection/copy.html", copy=made, terms=TERMS, held=_held, **words)


def _held(value: Any) -> Any:
    """What a column holds, for people: days as pages have them, and what has parts with the name of each."""
    if isinstance(value, Mapping):
        parts = [
            (str(name).replace("_", " ").capitalize(), _held(part))
            for name, part in value.items()
            if part not in ("", None)
        ]
        return Markup("; ").join(Markup("{}: {}").format(phrases.told(name), part) for name, part in parts)
    if isinstance(value, list | tuple):
        return Markup(", ").join(_held(part) for part in value)
    if isinstance(value, datetime):
        return words_of.short_instant(value)
    if isinstance(value, date):
        return words_of.short_date(value)
    return phrases.written(phrases.on_clock(words_of.moment(value)) if isinstance(value, str) else value)


@pages.post("/data/copy.json")
@needs(Permission.DATA_OWN)
def copy_file() -> Response:
    """The same as a file that other programs read; that it was taken is put in the log."""
    person = own_copy.take(None, by=actor())
    return sent(own_copy.of(person, now()))


def sent(made: own_copy.Copy) -> Response:
    """A copy as a file."""
    text = json.dumps(own_copy.as_json(made), ensure_ascii=False, indent=2)
    answer = Response(text + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@pages.route("/data/ask/<kind>", methods=["GET", "POST"])
@needs(Permission.DATA_ASK)
def ask(kind: str) -> Any:
    """Ask for something about one's own data."""
    if kind not in ASKED_BY_ONESELF:
        raise NotFound("There is no such request.")
    form: Any = forms.AskRight() if kind == "rectification" else forms.Ask()
    wanted = form.wanted.data if kind == "rectification" else ""
    case, status = tried(form, lambda: data_cases.ask(None, kind, form.about.data, wanted or "", by=actor()))
    if case:
        flash(_("The data protection officer is told. You will be answered within a month."), "success")
        return redirect(url_for("protection.request_", case_id=case.id))
    return render_template("protection/ask.html", form=form, kind=kind, told=KINDS[kind]), status


@pages.get("/data/requests/<int:case_id>")
@needs(Permission.DATA_OWN)
def request_(case_id: int) -> str:
    """A request of one's own: where it stands."""
    case = data_cases.own(case_id, actor())
    steps = [step for step in data_cases.taken(case) if step.what in ("acknowledged", "extended")]
    clocked = clock(case.kind, case.due_at, case.settled_at, now())
    return render_template("protection/request.html", case=case, steps=steps, told=KINDS[case.kind], clock=clocked)
