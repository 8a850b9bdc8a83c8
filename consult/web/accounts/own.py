"""One's own account: who one is to the organisation, the password, and the browsers that are signed in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.errors import NotFound, Refused
from consult.model.members import Member
from consult.model.store import db
from consult.service import accounts, clock, identities, links, passkeys, roles, second_factor, sessions
from consult.web.accounts import browser
from consult.web.accounts.forms import Change, LayDown
from consult.web.accounts.views import Answer, pages
from consult.web.guards import actor, signed_in


def _member() -> Member:
    return db.session.get_one(Member, actor().member_id)


@pages.get("/account")
@signed_in
def home() -> Answer:
    """Everything about one's own account."""
    member, at = _member(), clock.now()
    account = accounts.get(member.id)
    return render_template(
        "accounts/home.html",
        member=member,
        mine=account,
        held=roles.standing(db.session(), member.id, at),
        sessions=sessions.standing(member.id),
        present=browser.present_hash(),
        linked={each.issuer: each for each in identities.of_member(member.id)},
        passkeys=len(passkeys.of_member(member.id)),
        codes_left=second_factor.codes_left(account),
        step=accounts.next_step(account, actor(), at),
        at=at,
    )


@pages.route("/account/password", methods=["GET", "POST"])
@signed_in
def password() -> Answer:
    """Choose another password."""
    account, form = accounts.get(actor().member_id), Change()
    has_password, status = account.password_hash is not None, 200
    if form.is_submitted():
        status, new = 422, links.new_token()
        try:
            if form.validate():
                begun = accounts.change_password(
                    account,
                    form.present.data or "",
                    form.password.data,
                    token=new,
                    device=browser.device(),
                    by=actor(),
                )
                browser.keep(begun, new)
                flash(_("Your password is changed, and all other browsers are signed out."), "success")
                return redirect(url_for("accounts.home"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("accounts/password.html", form=form, has_password=has_password), status


@pages.post("/account/sessions/end")
@signed_in
def end_session() -> Answer:
    """Sign one of one's browsers out."""
    sessions.end(_member(), request.form.get("session", ""), by=actor())
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("accounts.home"))


@pages.post("/account/sessions/end-others")
@signed_in
def end_others() -> Response:
    """Sign every browser out but this one."""
    sessions.end_others(_member(), browser.present_hash(), by=actor())
    flash(_("All other browsers are signed out."), "success")
    return redirect(url_for("accounts.home"))


@pages.route("/account/roles/<int:holding>/lay-down", methods=["GET", "POST"])
@signed_in
def lay_down(holding: int) -> Answer:
    """Lay down a role of one's own."""
    found, form, status = roles.get(holding), LayDown(), 200
    if found.member_id != actor().member_id:
        raise NotFound("You hold no such role.")
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                roles.resign(found, form.reason.data, by=actor())
                flash(_("You have laid the role down."), "success")
                return redirect(url_for("accounts.home"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("accounts/lay_down.html", form=form, holding=found), status
