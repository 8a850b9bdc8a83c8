"""Passkeys: signing in with one, and one's own: made, named and removed. What a device signs goes through a script."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from consult.domain.errors import OutOfOrder, Refused
from consult.service import accounts, clock, links, passkeys, sessions
from consult.web.accounts import browser
from consult.web.accounts.forms import Passkey, PasskeyName, Press
from consult.web.accounts.views import Answer, pages
from consult.web.guards import actor, public, signed_in

#: Key in the signed cookie: the challenge given to this browser, and the user id that goes with a new passkey.
CHALLENGE = "passkey"


def here() -> bool:
    """Whether passkeys are taken at the address by which this page was asked for."""
    party = current_app.config["CONSULT_PASSKEYS"]
    return party is not None and request.host_url.rstrip("/") in party.origins


def elsewhere() -> str | None:
    """An address at which passkeys are taken, where they are not taken here."""
    party = current_app.config["CONSULT_PASSKEYS"]
    return party.origins[0] if party is not None and not here() else None


def _options(ask: Any, **about: Any) -> tuple[Response, int]:
    """The options for the browser; the challenge stays in its cookie, for one answer."""
    try:
        made, challenge = ask(network=browser.network(), **about)
    except Refused as refusal:
        return jsonify(problem=str(refusal)), refusal.status
    session[CHALLENGE] = [challenge, made.get("user", {}).get("id", "")]
    return jsonify(made), 200


def _challenge() -> tuple[str, str]:
    given = session.pop(CHALLENGE, None)
    if given is None:
        raise OutOfOrder(_("This page waited too long, or its answer was sent before. Try again."))
    return given[0], given[1]


@pages.get("/sign-in/passkey")
@public
def passkey() -> Answer:
    """Sign in with a passkey; also where officers are led who signed in without their second factor."""
    return _sign_in_page(Press())


def _sign_in_page(form: Any, status: int = 200) -> Answer:
    page = render_template(
        "accounts/passkey.html", form=form, next_page=browser.next_page(), here=here(), elsewhere=elsewhere()
    )
    return page, status


@pages.post("/sign-in/passkey/options")
@public
def passkey_options() -> tuple[Response, int]:
    """What the browser has its device sign."""
    return _options(passkeys.sign_in_options)


@pages.post("/sign-in/passkey")
@public
def passkey_post() -> Answer:
    """Sign in by what the device signed."""
    form, new = Passkey(), links.new_token()
    stay = None if current_user.is_authenticated else Press().stay.data
    try:
        challenge, _handle = _challenge()
        begun = passkeys.sign_in(
            form.answer.data or "",
            challenge,
            token=new,
            device=browser.device(),
            network=browser.network(),
            old_hash=browser.present_hash(),
        )
    except Refused as refusal:
        shown = Press()
        shown.refuse(refusal)
        return _sign_in_page(shown, refusal.status)
    browser.keep(begun, new, stay=stay)
    return browser.go_on()


@pages.get("/account/passkeys")
@signed_in
def passkey_list() -> Answer:
    """One's own passkeys, and a form for another."""
    return _list(PasskeyName(formdata=None, name=_suggestion()))


def _suggestion() -> str:
    return {"phone": _("My phone"), "computer": _("My computer")}.get(browser.device(), _("My device"))


def _list(form: PasskeyName, status: int = 200) -> Answer:
    mine = actor()
    page = render_template(
        "accounts/passkeys.html",
        form=form,
        kept=passkeys.of_member(mine.member_id or 0),
        most=passkeys.MOST,
        fresh=sessions.fresh(browser.present_hash(), mine.member_id or 0, clock.now()),
        here=here(),
        elsewhere=elsewhere(),
    )
    return page, status


@pages.post("/account/passkeys/options")
@signed_in
def new_passkey_options() -> tuple[Response, int]:
    """What the browser has its device make."""
    mine = accounts.get(actor().member_id)
    return _options(
        lambda **about: passkeys.registration_options(mine, by=actor(), session_hash=browser.present_hash(), **about)
    )


@pages.post("/account/passkeys")
@signed_in
def new_passkey() -> Answer:
    """Keep the passkey that the device made."""
    form, new = PasskeyName(), links.new_token()
    try:
        if not form.validate():
            return _list(form, 422)
        challenge, handle = _challenge()
        begun = passkeys.register(
            accounts.get(actor().member_id),
            form.answer.data or "",
            challenge,
            handle,
            form.name.data,
            token=new,
            session_hash=browser.present_hash(),
            device=browser.device(),
            by=actor(),
        )
    except Refused as refusal:
        form.refuse(refusal)
        return _list(form, refusal.status)
    browser.keep(begun, new)
    flash(_("The passkey is made. You can sign in with it from now on."), "success")
    return redirect(url_for("accounts.passkey_list"))


@pages.route("/account/passkeys/<int:passkey_id>/name", methods=["GET", "POST"])
@signed_in
def rename_passkey(passkey_id: int) -> Answer:
    """Call a passkey something else."""
    found, status = passkeys.get(passkey_id, actor()), 200
    form = PasskeyName(name=found.name)
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                passkeys.rename(found, form.name.data, by=actor())
                flash(_("The passkey has its new name."), "success")
                return redirect(url_for("accounts.passkey_list"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("accounts/passkey_name.html", form=form, passkey=found), status


@pages.route("/account/passkeys/<int:passkey_id>/remove", methods=["GET", "POST"])
@signed_in
def remove_passkey(passkey_id: int) -> Answer:
    """Ask, and then forget a passkey."""
    found, form, status = passkeys.get(passkey_id, actor()), Passkey(), 200
    mine = accounts.get(actor().member_id)
    if form.is_submitted():
        try:
            passkeys.remove(mine, found.id, session_hash=browser.present_hash(), by=actor())
            flash(_("The passkey is removed, and signs in nobody any more."), "success")
            return redirect(url_for("accounts.passkey_list"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    fresh = sessions.fresh(browser.present_hash(), mine.member_id, clock.now())
    return render_template("accounts/passkey_remove.html", form=form, passkey=found, fresh=fresh), status
