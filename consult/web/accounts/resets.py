"""Resets of lost authenticators: one officer asks, another agrees."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.service import clock, resets, roles
from consult.web.accounts.forms import Reset
from consult.web.accounts.views import Answer, pages
from consult.web.guards import actor, needs


@pages.route("/resets", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_RESET)
def reset_list() -> Answer:
    """Requests that wait for a second officer, and a form for another."""
    form, status = Reset(), 200
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                member = roles.find_member(form.member.data)
                resets.ask(member, form.reason.data, by=actor())
                flash(_("The request waits for a second officer, and %(name)s is told.", name=member.name), "success")
                return redirect(url_for("accounts.reset_list"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("accounts/resets.html", form=form, waiting=resets.waiting(clock.now())), status


@pages.post("/resets/<int:request_id>/agree")
@needs(Permission.ACCOUNT_RESET)
def reset_agree(request_id: int) -> Answer:
    """Agree as the second officer."""
    agreed = resets.agree(resets.get(request_id), by=actor())
    flash(_("%(name)s can set up a new authenticator with the link now sent.", name=agreed.member.name), "success")
    return redirect(url_for("accounts.reset_list"))
