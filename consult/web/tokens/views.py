"""Tokens for programs: one's own, made and shown once, and everybody's for the officers who may revoke them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from consult.domain.interfaces import SCOPES, TOKEN_DAYS
from consult.domain.policy import Permission
from consult.model.members import Member
from consult.model.store import db
from consult.service import clock, links, tokens
from consult.web.fields import CheckboxesField, Form, RadioField, Required, StringField, SubmitField
from consult.web.guards import actor, needs, signed_in
from consult.web.trying import tried
from consult.web.why import ask_why

pages = Blueprint("tokens", __name__)


class TokenForm(Form):
    """A token for one program."""

    name = StringField(
        _l("Which program is it for?"), [Required(_l("Say which program it is for."))],
        description=_l("In your own words, so that you know it again."),
    )  # fmt: skip
    scopes = CheckboxesField(
        _l("What may it read?"), [Required(_l("Choose what it may read."))],
        choices=[(scope, scope) for scope in SCOPES], render_kw={"hints": SCOPES},
    )  # fmt: skip
    days = RadioField(
        _l("For how long?"), [Required(_l("Choose how long it is good."))], coerce=int,
        choices=[(days, _l("%(n)s days", n=days)) for days in TOKEN_DAYS],
    )  # fmt: skip
    make = SubmitField(_l("Make the token"))


@pages.get("/account/tokens")
@signed_in
def index() -> str:
    """One's own tokens."""
    rows, at = tokens.of_member(actor().member_id or 0), clock.now()
    return render_template("tokens/index.html", rows=[(row, tokens.is_good(row, at)) for row in rows])


@pages.route("/account/tokens/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Make a token; its page shows it, and nothing shows it again."""
    form, token = TokenForm(), tokens.PREFIX + links.new_token()
    member = db.session.get_one(Member, actor().member_id)
    done, status = tried(
        form,
        lambda: tokens.make(
            member, form.name.data or "", form.scopes.data or [], form.days.data or 0, token, by=actor()
        ),
    )
    if done is not None:
        return render_template("tokens/made.html", row=done, token=token)
    return render_template("tokens/new.html", form=form), status


@pages.post("/account/tokens/<int:token_id>/revoke")
@signed_in
def revoke(token_id: int) -> Response:
    """Revoke a token of one's own."""
    tokens.revoke(tokens.get(token_id), by=actor())
    flash(_("The token is revoked: with it nothing can be read any more."), "success")
    return redirect(url_for("tokens.index"))


@pages.get("/tokens")
@needs(Permission.TOKENS_KEEP)
def standing() -> str:
    """Everybody's tokens that are good, for officers."""
    return render_template("tokens/standing.html", rows=tokens.standing(clock.now()))


@pages.route("/tokens/<int:token_id>/revoke", methods=["GET", "POST"])
@needs(Permission.TOKENS_KEEP)
def revoke_for(token_id: int) -> Any:
    """Revoke somebody's token, with the reason."""
    row = tokens.get(token_id)
    return ask_why(
        lambda reason: tokens.revoke_for(row, reason, by=actor()),
        title=_("Revoke the token for %(name)s", name=row.name),
        lede=_("The program reads nothing more with it. Its member is told, with your reason, and can make another."),
        button=_("Revoke it"),
        back=url_for("tokens.standing"),
        done=_("The token is revoked, and its member is told."),
    )
