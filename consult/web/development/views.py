"""Pages for developing. Nothing of this is there in production."""

from __future__ import annotations

import re

from flask import Blueprint, render_template, request
from markupsafe import Markup, escape

from consult.service import clock, development, organisation
from consult.service.second_factor import STEP
from consult.web.guards import development as while_developing

pages = Blueprint("development", __name__)


@pages.get("/development")
@while_developing
def index() -> str:
    """What there is."""
    the = organisation.the()
    return render_template(
        "development/index.html",
        sign_ins=organisation.demo_sign_ins(),
        demonstration=the is not None and the.demonstration,
    )


@pages.get("/development/mail")
@while_developing
def mail() -> str:
    """Mail that would have been sent, newest first."""
    address, page = request.args.get("to", "")[:254], request.args.get("page", 1, type=int)
    found, last = development.mail(page, address)
    return render_template("development/mail.html", found=found, address=address, page_number=page, last=last)


@pages.get("/development/mail/<int:mail_id>")
@while_developing
def message(mail_id: int) -> str:
    """One message, with its links as links."""
    found = development.message(mail_id)
    return render_template("development/message.html", message=found, body=_linked(found.body))


@pages.get("/development/codes")
@while_developing
def codes() -> str:
    """What the authenticators of the demonstration's people show now."""
    left = STEP - int(clock.now().timestamp()) % STEP
    return render_template("development/codes.html", codes=development.codes(), left=left)


def _linked(body: str) -> Markup:
    parts = re.split(r"(https?://\S+)", body)
    made = Markup("")
    for place, part in enumerate(parts):
        made += (
            Markup('<a class="govuk-link" href="{0}">{0}</a>').format(part)
            if place % 2
            else escape(part).replace("\n", Markup("<br>"))
        )
    return made
