"""Signing in at an OpenID provider: there and back, linking it to one's account, unlinking, and signing out from there."""

from __future__ import annotations

from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from consult.domain.errors import Invalid, NotAllowed, NotFound, Refused
from consult.domain.roles import VISITOR
from consult.model.store import let_go
from consult.service import accounts, attempts, clock, identities, links, openid, sessions
from consult.service.attempts import Try
from consult.service.openid import Said
from consult.web.accounts import browser
from consult.web.accounts.forms import Passkey, SignIn
from consult.web.accounts.views import Answer, pages
from consult.web.guards import actor, public, signed_in

#: Keys in the signed cookie: what a provider was asked; who somebody is there, until they say that it is to be linked.
ASKED, LINKING = "openid", "linking"


def _back(name: str) -> str:
    return f"{current_app.config['CONSULT_URL'].rstrip('/')}{url_for('accounts.from_provider', name=name)}"


def _refused(refusal: Refused) -> Answer:
    """The page to sign in, with what went wrong and every other way."""
    form = SignIn(formdata=None)
    form.refuse(refusal)
    return render_template("accounts/sign_in.html", form=form, next_page=browser.next_page()), refusal.status


@pages.get("/sign-in/with/<name>")
@public
def to_provider(name: str) -> Answer:
    """Send the browser to a provider; only its cookie keeps what was asked. It is a link: a form may not lead elsewhere."""
    of, linking = openid.provider(name), request.args.get("purpose") == "link"
    if linking and not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next="/account"))
    let_go()
    try:
        address, asked = openid.begin(of, _back(name))
    except Refused as refusal:
        return _refused(refusal)
    session[ASKED] = asked | {"name": name, "next": browser.next_page() or "", "link": "yes" if linking else ""}
    return redirect(address)


@pages.get("/sign-in/with/<name>/back")
@public
def from_provider(name: str) -> Answer:
    """Where a provider sends the browser back to: what was asked is taken out of the cookie, for one answer."""
    asked: dict[str, str] | None = session.pop(ASKED, None)
    try:
        of = openid.provider(name)
        if asked is None or asked["name"] != name:
            raise Invalid(_("This answer does not belong to a sign-in that this browser began. Begin again."))
        attempts.spend(Try(attempts.SPENT_NETWORK, attempts.network(browser.network())))
        at = clock.now()
        let_go()
        said = openid.finish(of, asked, request.args.to_dict(), _back(name), at=at)
        if asked["link"]:
            return _ask_to_link(name, said)
        new = links.new_token()
        browser.keep(identities.sign_in(of, said, token=new, device=browser.device()), new, stay=False)
    except Refused as refusal:
        return _refused(refusal)
    return browser.go_on(asked["next"] or None)


def _ask_to_link(name: str, said: Said) -> Answer:
    """Keep who it is there for a moment: nothing is linked before its owner has seen whose it is and said so."""
    called = [str(said.claims[claim]) for claim in ("name", "preferred_username", "email") if said.claims.get(claim)]
    session[LINKING] = [name, said.subject, (called or [said.subject])[0][:100], clock.now().timestamp()]
    return redirect(url_for("accounts.link_identity"))


@pages.route("/account/link", methods=["GET", "POST"])
@signed_in
def link_identity() -> Answer:
    """Show whose sign-in it is, ask, and link it."""
    pending, form, status = session.get(LINKING), Passkey(), 200
    if pending is None or clock.now().timestamp() - pending[3] > sessions.FRESH.total_seconds():
        raise NotFound(_("Nothing waits to be linked. Begin again from your account's page."))
    of, mine = openid.provider(pending[0]), accounts.get(actor().member_id)
    if form.is_submitted():
        try:
            said = Said(pending[1], {}, False)
            identities.link(mine, of, said, session_hash=browser.present_hash(), by=actor())
            session.pop(LINKING)
            flash(_("From now on you can sign in through %(label)s.", label=of.label), "success")
            return redirect(url_for("accounts.home"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    fresh = sessions.fresh(browser.present_hash(), mine.member_id, clock.now())
    return render_template("accounts/link.html", form=form, of=of, called=pending[2], fresh=fresh), status


@pages.route("/account/identities/<int:identity_id>/unlink", methods=["GET", "POST"])
@signed_in
def unlink(identity_id: int) -> Answer:
    """Ask, and unlink an identity."""
    mine = identities.of_member(actor().member_id or 0)
    found, form, status = next((one for one in mine if one.id == identity_id), None), Passkey(), 200
    if found is None:
        raise NotFound(_("There is no such link of yours."))
    here = browser.present_hash()
    if form.is_submitted():
        try:
            identities.unlink(accounts.get(found.member_id), found.id, session_hash=here, by=actor())
            flash(_("It is unlinked."), "success")
            return redirect(url_for("accounts.home"))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    label = next((each.label for each in openid.all_providers() if each.issuer == found.issuer), found.issuer)
    fresh = sessions.fresh(here, found.member_id, clock.now())
    return render_template("accounts/unlink.html", form=form, label=label, fresh=fresh), status


@pages.get("/sign-in/with/<name>/leave")
@public
def leave_provider(name: str) -> Response:
    """On to the provider's own page for signing out, if it has one."""
    let_go()
    back = f"{current_app.config['CONSULT_URL'].rstrip('/')}{url_for('accounts.sign_in')}"
    address = openid.sign_out_address(openid.provider(name), back)
    if address is None:
        raise NotFound(_("That place has no page for signing out that could be led to. Sign out on its own pages."))
    return redirect(address)


@pages.post("/sign-in/with/<name>/logged-out")
@public
def logged_out(name: str) -> Any:
    """A provider's own word that somebody signed out there (Back-Channel Logout 1.0, 2.5–2.8): no browser, no form."""
    of = openid.provider(name)
    attempts.spend(Try(attempts.SPENT_NETWORK, attempts.network(browser.network())))
    at = clock.now()
    let_go()
    try:
        subject, sid = openid.logged_out(of, request.form.get("logout_token", ""), at=at)
    except (Invalid, NotAllowed):
        return FlaskResponse('{"error": "invalid_request"}', 400, mimetype="application/json")
    identities.logged_out(None, of, subject, sid, by=VISITOR)
    return FlaskResponse("", 200, headers={"Cache-Control": "no-store"})


def _exempt(state: Any) -> None:
    """No form of ours is sent there; what is sent is believed by the provider's signature alone."""
    state.app.extensions["csrf"].exempt(logged_out)


pages.record_once(_exempt)
