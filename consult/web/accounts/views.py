"""Signing in: by password, by link, with a code, with a recovery code; taking up an invitation; signing out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from consult.domain.errors import Refused
from consult.domain.roles import VISITOR
from consult.model.members import Member
from consult.model.store import db
from consult.service import accounts, clock, identities, links, openid, second_factor
from consult.web.accounts import browser
from consult.web.accounts.forms import Ask, Choose, Code, Press, Recovery, SignIn
from consult.web.guards import actor, public, signed_in

pages = Blueprint("accounts", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/sign-in")
@public
def sign_in() -> Answer:
    """The door. Somebody who is signed in goes straight on."""
    if current_user.is_authenticated:
        return redirect(browser.next_page() or "/")
    out = next((each for each in openid.all_providers() if each.name == request.args.get("through")), None)
    return render_template("accounts/sign_in.html", form=SignIn(), next_page=browser.next_page(), signed_out_of=out)


@pages.post("/sign-in")
@public
def sign_in_post() -> Answer:
    """Sign in with a password."""
    form, token = SignIn(), links.new_token()
    try:
        if form.validate():
            begun = accounts.sign_in(
                form.identifier.data,
                form.password.data,
                token=token,
                device=browser.device(),
                network=browser.network(),
            )
            browser.keep(begun, token, stay=form.stay.data)
            return browser.go_on()
    except Refused as refusal:
        form.refuse(refusal)
        return _again("accounts/sign_in.html", form, refusal.status, next_page=browser.next_page())
    return _again("accounts/sign_in.html", form, next_page=browser.next_page())


def _again(template: str, form: Any, status: int = 422, **words: Any) -> Answer:
    return render_template(template, form=form, **words), status


@pages.route("/sign-in/link", methods=["GET", "POST"])
@public
def ask_for_link() -> Answer:
    """Ask for a link to sign in."""
    return _ask("sign-in-link", "accounts/ask_link.html")


@pages.route("/sign-in/forgot", methods=["GET", "POST"])
@public
def forgot() -> Answer:
    """Ask for a link to choose a new password."""
    return _ask("password-reset", "accounts/ask_password.html")


def _ask(kind: str, template: str) -> Answer:
    form = Ask()
    if form.is_submitted():
        try:
            if form.validate():
                onward = browser.next_page()
                accounts.ask_for_link(form.identifier.data, kind, network=browser.network(), next_page=onward)
                return redirect(url_for("accounts.sent", kind=kind))
        except Refused as refusal:
            form.refuse(refusal)
            return _again(template, form, refusal.status, next_page=browser.next_page())
        return _again(template, form, next_page=browser.next_page())
    return render_template(template, form=form, next_page=browser.next_page())


@pages.get("/sign-in/sent/<any('sign-in-link', 'password-reset'):kind>")
@public
def sent(kind: str) -> Answer:
    """What to do now; the same whether or not anybody has the address."""
    return render_template("accounts/sent.html", kind=kind)


@pages.get("/link/<token>")
@public
def link(token: str) -> Answer:
    """What a link in a mail opens: a page with a button, so that scanners of mail do not use the link up."""
    try:
        found = links.look(token)
    except Refused as refusal:
        return render_template("accounts/link_gone.html", sentence=str(refusal)), refusal.status
    return _link_page(found.purpose, found.member_id, Press() if _signs_in(found.purpose) else Choose())


def _signs_in(purpose: str) -> bool:
    return purpose in (links.SIGN_IN, links.RESET_SECOND_FACTOR)


def _link_page(purpose: str, member_id: int, form: Any, status: int = 200) -> Answer:
    member = db.session.get_one(Member, member_id)
    template = "accounts/link_sign_in.html" if _signs_in(purpose) else "accounts/link_password.html"
    return render_template(template, form=form, purpose=purpose, member=member), status


@pages.post("/link/<token>")
@public
def link_post(token: str) -> Answer:
    """Use the link up: sign in, or choose a password and sign in."""
    try:
        found = links.look(token)
    except Refused as refusal:
        return render_template("accounts/link_gone.html", sentence=str(refusal)), refusal.status
    purpose, member_id, new = found.purpose, found.member_id, links.new_token()
    form: Any = Press() if _signs_in(purpose) else Choose()
    if not form.validate():
        return _link_page(purpose, member_id, form, 422)
    about: dict[str, Any] = {"token": new, "device": browser.device(), "network": browser.network()}
    try:
        if _signs_in(purpose):
            begun = accounts.sign_in_by_link(token, **about)
        else:
            begun = accounts.choose_password_by_link(token, form.password.data, **about)
    except Refused as refusal:
        form.refuse(refusal)
        return _link_page(purpose, member_id, form, refusal.status)
    browser.keep(begun, new, stay=bool("stay" in form and form.stay.data))
    if not _signs_in(purpose):
        flash(_("Your password is set, and you are signed in."), "success")
    return browser.go_on()


@pages.route("/sign-in/code", methods=["GET", "POST"])
@signed_in
def code() -> Answer:
    """The code from the authenticator."""
    account = accounts.get(actor().member_id)
    if accounts.next_step(account, actor(), clock.now()) != "code":
        return browser.go_on()
    return _second(Code(), "accounts/code.html", second_factor.enter)


@pages.route("/sign-in/recovery", methods=["GET", "POST"])
@signed_in
def recovery() -> Answer:
    """A recovery code in place of the authenticator."""
    account = accounts.get(actor().member_id)
    if accounts.next_step(account, actor(), clock.now()) != "code":
        return browser.go_on()
    return _second(Recovery(), "accounts/recovery.html", second_factor.use_recovery_code)


def _second(form: Any, template: str, show: Any) -> Answer:
    status = 200
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                new, account = links.new_token(), accounts.get(actor().member_id)
                begun = show(
                    account,
                    form.code.data,
                    token=new,
                    old_hash=browser.present_hash(),
                    device=browser.device(),
                    by=actor(),
                )
                browser.keep(begun, new)
                return browser.go_on()
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template(template, form=form, next_page=browser.next_page()), status


@pages.post("/sign-out")
@public
def sign_out() -> Answer:
    """End this browser's session and forget everything in its cookie."""
    through = identities.provider_of(browser.present_hash(), openid.all_providers())
    accounts.sign_out(None, browser.present_hash(), by=VISITOR)
    session.clear()
    g.pop("_login_user", None)
    flash(_("You are signed out."), "success")
    return redirect(url_for("accounts.sign_in", through=through.name if through else None))
