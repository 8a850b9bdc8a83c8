"""Texts that members confirm because a roll asks for them: one's own page, and declaring them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.policy import Permission
from consult.service import attestations
from consult.web.guards import actor, needs, signed_in
from consult.web.rolls.forms import DeclareForm
from consult.web.rolls.views import pages
from consult.web.trying import tried
from consult.web.why import ask_why


@pages.get("/attestations")
@signed_in
def confirmations() -> str:
    """What one can confirm, and has confirmed."""
    return render_template("rolls/confirmations.html", mine=attestations.of_member(actor().member_id or 0))


@pages.post("/attestations/<int:attestation_id>")
@signed_in
def confirm(attestation_id: int) -> Response:
    """Confirm a text, or take the confirmation back."""
    found = attestations.get(attestation_id)
    if "back" in request.form:
        attestations.take_back(found, by=actor())
        flash(_("You have taken it back. Rolls that are frozen already stay as they are."), "success")
    else:
        attestations.confirm(found, by=actor())
        flash(_("You have confirmed it."), "success")
    return redirect(url_for("rolls.confirmations"))


@pages.route("/attestations/declared", methods=["GET", "POST"])
@needs(Permission.ATTESTATION_KEEP)
def declared() -> Any:
    """Every declared text with how many stand by it, and the form for another."""
    form = DeclareForm()
    done, status = tried(form, lambda: attestations.declare(None, form.title.data, form.words.data, by=actor()))
    if done:
        flash(_("The text is declared: members can confirm it, and rolls can ask for it."), "success")
        return redirect(url_for("rolls.declared"))
    return render_template("rolls/declared.html", form=form, figures=attestations.figures()), status


@pages.route("/attestations/<int:attestation_id>/retire", methods=["GET", "POST"])
@needs(Permission.ATTESTATION_KEEP)
def retire(attestation_id: int) -> Any:
    """Ask for a text no more, with the reason."""
    found = attestations.get(attestation_id)
    return ask_why(
        lambda reason: attestations.retire(found, reason, by=actor()),
        title=_("Retire “%(title)s”", title=found.title),
        lede=_("No roll can ask for it any more. Rolls that are frozen keep what they asked."),
        button=_("Retire it"),
        back=url_for("rolls.declared"),
        done=_("The text is retired. Rolls that are frozen keep what they asked."),
    )
