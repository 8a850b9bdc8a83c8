"""Webhooks: registered, changed, paused and tried out, with a log of every message and try."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import Length

from consult.domain.errors import Refused
from consult.domain.interfaces import HAPPENINGS
from consult.domain.policy import Permission
from consult.model.interfaces import Webhook
from consult.service import webhooks
from consult.web.fields import CheckboxesField, Form, HiddenField, Required, StringField, SubmitField
from consult.web.guards import actor, needs
from consult.web.trying import tried
from consult.web.why import Why, ask_why, given, why

pages = Blueprint("webhooks", __name__)

#: What a webhook is told, in words: kind of happening → its name for people; beside it stands the one for programs.
WORDS = {
    "motion.published": _l("A motion is published"),
    "ruling.given": _l("The committee ruled on a motion or an amendment"),
    "consultation.made": _l("A consultation or conference is set up"),
    "consultation.timetable_set": _l("The timetable of a consultation is set or changed"),
    "consultation.phase_opened": _l("A phase of a consultation opens"),
    "consultation.reported": _l("The analysis of a consultation, or the response, is published"),
    "event.planned": _l("A meeting or event is planned"),
    "event.changed": _l("A meeting or event is changed"),
    "event.cancelled": _l("A meeting or event is cancelled"),
    "ballot.opened": _l("A ballot opens"),
    "ballot.closed": _l("A ballot closes"),
    "ballot.annulled": _l("A ballot is annulled"),
    "result.published": _l("A certified result is published"),
    "webhook.test": _l("A test message, which tells of nothing"),
}


class WebhookForm(Form):
    """Where it leads and what it is told."""

    name = StringField(
        _l("Whose address is it, and what for?"),
        [Required(_l("Say whose address it is and what for.")), Length(max=80)],
    )
    address = StringField(
        _l("Address"), [Required(_l("Give the address.")), Length(max=500)], description=_l("It begins with https://."),
        render_kw={"spellcheck": False, "inputmode": "url"},
    )  # fmt: skip
    kinds = CheckboxesField(
        _l("What is it told?"), [Required(_l("Choose what it is told."))],
        choices=[(kind, WORDS[kind]) for kind in HAPPENINGS], render_kw={"hints": {kind: kind for kind in HAPPENINGS}},
    )  # fmt: skip
    reason = why()
    save = SubmitField(_l("Save it"))


class RenewForm(Why):
    """Why it gets a new secret, and which one stood when the page was made."""

    seen = HiddenField()


@pages.get("/webhooks")
@needs(Permission.WEBHOOKS_KEEP)
def index() -> str:
    """Every webhook."""
    return render_template("webhooks/index.html", rows=webhooks.listed())


@pages.route("/webhooks/new", methods=["GET", "POST"])
@needs(Permission.WEBHOOKS_KEEP)
def new() -> Any:
    """Register an address; the page that follows shows its secret, and nothing shows it again."""
    form, secret = WebhookForm(), secrets.token_bytes(32)
    del form.reason
    done, status = tried(
        form,
        lambda: webhooks.register(
            None, form.name.data or "", form.address.data or "", form.kinds.data or [], secret, secrets.token_hex(16),
            by=actor(),
        ),
    )  # fmt: skip
    if done is not None:
        return render_template("webhooks/secret.html", row=done, secret=webhooks.secret_of(secret), renewed=False)
    return render_template("webhooks/edit.html", form=form, row=None), status


@pages.get("/webhooks/<int:webhook_id>")
@needs(Permission.WEBHOOKS_KEEP)
def show(webhook_id: int) -> str:
    """One webhook with what was sent to it."""
    row = webhooks.get(webhook_id)
    return render_template(
        "webhooks/show.html", row=row, deliveries=webhooks.deliveries(webhook_id), lost=webhooks.lost(webhook_id),
        kinds=WORDS,
    )  # fmt: skip


@pages.route("/webhooks/<int:webhook_id>/edit", methods=["GET", "POST"])
@needs(Permission.WEBHOOKS_KEEP)
def edit(webhook_id: int) -> Any:
    """Change where it leads and what it is told."""
    row = webhooks.get(webhook_id)
    form = WebhookForm(data={"name": row.name, "address": row.address, "kinds": row.kinds})
    done, status = tried(
        form,
        lambda: webhooks.change(
            row, form.name.data or "", form.address.data or "", form.kinds.data or [], given(form), by=actor()
        ),
    )
    if done is not None:
        flash(_("Saved."), "success")
        return redirect(url_for("webhooks.show", webhook_id=webhook_id))
    return render_template("webhooks/edit.html", form=form, row=row), status


@pages.route("/webhooks/<int:webhook_id>/secret", methods=["GET", "POST"])
@needs(Permission.WEBHOOKS_KEEP)
def renew(webhook_id: int) -> Any:
    """Give it a new secret, with the reason; it is shown this once."""
    row, secret = webhooks.get(webhook_id), secrets.token_bytes(32)
    form = RenewForm(data={"seen": webhooks.fingerprint(row)})
    done, status = tried(
        form, lambda: webhooks.renew(row, secret, given(form), seen=form.seen.data or None, by=actor())
    )
    if done is not None:
        return render_template("webhooks/secret.html", row=row, secret=webhooks.secret_of(secret), renewed=True)
    form.seen.data = webhooks.fingerprint(row)
    return render_template(
        "why.html", form=form, title=_("Give it a new secret"), button=_("Give it a new secret"), variant=None,
        lede=_("For a day messages are signed with both secrets, so that the other side can change over."),
        back=url_for("webhooks.show", webhook_id=webhook_id),
    ), status  # fmt: skip


@pages.route("/webhooks/<int:webhook_id>/pause", methods=["GET", "POST"])
@needs(Permission.WEBHOOKS_KEEP)
def pause(webhook_id: int) -> Any:
    """Send nothing for now, with the reason."""
    row = webhooks.get(webhook_id)
    return ask_why(
        lambda reason: webhooks.pause(row, reason, by=actor()),
        title=_("Pause %(name)s", name=row.name),
        lede=_("Nothing is sent until it is resumed; what happens meanwhile can be sent afterwards."),
        button=_("Pause it"),
        back=url_for("webhooks.show", webhook_id=webhook_id),
        done=_("It is paused: nothing is sent."),
    )


_STEPS: dict[str, Callable[..., Webhook]] = {
    "resume": webhooks.resume, "try": webhooks.try_out, "missed": webhooks.send_lost,
}  # fmt: skip


@pages.post("/webhooks/<int:webhook_id>/<any(resume, try, missed):step>")
@needs(Permission.WEBHOOKS_KEEP)
def take(webhook_id: int, step: str) -> Response:
    """Resume it, send it a test message, or all that it missed."""
    _done(lambda: _STEPS[step](webhooks.get(webhook_id), by=actor()))
    return redirect(url_for("webhooks.show", webhook_id=webhook_id))


@pages.post("/webhooks/messages/<int:delivery_id>/again")
@needs(Permission.WEBHOOKS_KEEP)
def again(delivery_id: int) -> Response:
    """Send a message again."""
    row = webhooks.delivery(delivery_id)
    _done(lambda: webhooks.again(row, by=actor()))
    return redirect(url_for("webhooks.show", webhook_id=row.webhook_id))


def _done(do: Callable[[], Any]) -> None:
    try:
        do()
        flash(_("Done. The worker sends what is due within a minute."), "success")
    except Refused as refusal:
        flash(str(refusal), "error")
