"""Showing again that it is oneself, before changing how one signs in: by password, passkey or a link."""

from __future__ import annotations

from flask import redirect, render_template
from werkzeug.wrappers import Response

from consult.domain.errors import Refused
from consult.service import accounts, confirming, links
from consult.web.accounts import browser, passkeys
from consult.web.accounts.forms import Confirm
from consult.web.accounts.views import Answer, pages
from consult.web.guards import actor, signed_in


@pages.route("/account/confirm", methods=["GET", "POST"])
@signed_in
def confirm() -> Answer:
    """The ways in which this person can show it."""
    form, status, mine = Confirm(), 200, accounts.get(actor().member_id)
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                return _confirmed(form)
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    page = render_template(
        "accounts/confirm.html",
        form=form,
        ways=accounts.ways_in(accounts.get(mine.member_id)),
        next_page=browser.next_page(),
        here=passkeys.here(),
    )
    return page, status


def _confirmed(form: Confirm) -> Response:
    new = links.new_token()
    begun = confirming.confirm(
        accounts.get(actor().member_id),
        form.password.data,
        token=new,
        old_hash=browser.present_hash(),
        device=browser.device(),
        by=actor(),
    )
    browser.keep(begun, new)
    return redirect(browser.next_page() or "/account")
