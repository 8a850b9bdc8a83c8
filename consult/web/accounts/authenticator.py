"""The authenticator: set up from a picture or by typing, replaced, and its recovery codes shown once."""

from __future__ import annotations

import io

import pyotp
import segno
from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from consult.domain.errors import NotFound, Refused
from consult.service import accounts, clock, links, second_factor, sessions
from consult.web.accounts import browser
from consult.web.accounts.forms import Code
from consult.web.accounts.views import Answer, pages
from consult.web.guards import actor, signed_in


@pages.get("/account/authenticator")
@signed_in
def authenticator() -> Answer:
    """Where an authenticator is set up or replaced."""
    account = accounts.get(actor().member_id)
    if accounts.next_step(account, actor(), clock.now()) == "code":
        return redirect(url_for("accounts.code", next="/account/authenticator"))
    return _page(Code())


@pages.post("/account/authenticator/begin")
@signed_in
def begin_authenticator() -> Answer:
    """Make the secret of a new authenticator."""
    second_factor.begin(accounts.get(actor().member_id), pyotp.random_base32(), by=actor())
    onward = browser.next_page()
    return redirect(url_for("accounts.authenticator", next=onward))


@pages.get("/account/authenticator/picture.svg")
@signed_in
def picture() -> Response:
    """The picture that an authenticator reads; there only while one is being set up."""
    account = accounts.get(actor().member_id)
    secret = second_factor.new_secret(account)
    if secret is None:
        raise NotFound("No authenticator is being set up.")
    drawn = io.BytesIO()
    segno.make(second_factor.address_of(account, secret), error="m").save(
        drawn, kind="svg", scale=6, border=4, dark="#000", light="#fff"
    )
    return current_app.response_class(drawn.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@pages.post("/account/authenticator")
@signed_in
def confirm_authenticator() -> Answer:
    """Put it to use by a code from it, and show the recovery codes this once."""
    form, new = Code(), links.new_token()
    if not form.validate():
        return _page(form, 422)
    account = accounts.get(actor().member_id)
    try:
        codes = second_factor.confirm(account, form.code.data, token=new, device=browser.device(), by=actor())
    except Refused as refusal:
        form.refuse(refusal)
        return _page(form, refusal.status)
    browser.keep(sessions.of_token(new), new)
    return render_template("accounts/recovery_codes.html", codes=codes, next_page=browser.next_page())


@pages.post("/account/recovery-codes")
@signed_in
def recovery_codes() -> Answer:
    """Make new recovery codes and show them this once."""
    codes = second_factor.make_recovery_codes(accounts.get(actor().member_id), by=actor())
    return render_template("accounts/recovery_codes.html", codes=codes, next_page=None)


def _page(form: Code, status: int = 200) -> Answer:
    account = accounts.get(actor().member_id)
    secret = second_factor.new_secret(account)
    page = render_template(
        "accounts/authenticator.html",
        form=form,
        replaces=account.totp_confirmed_at is not None,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)) if secret else None,
        uri=second_factor.address_of(account, secret) if secret else None,
        next_page=browser.next_page(),
    )
    return page, status
