"""The committee's pages of a sitting: planning it, its order of business, its officers, and the cards."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.model.hall import Sitting
from consult.service import clock, consultations, credentials, members, order_of_business, sittings
from consult.service.sittings import Spec
from consult.web.guards import actor, needs, now, signed_in
from consult.web.hall import forms
from consult.web.hall.views import pages
from consult.web.trying import tried
from consult.web.why import given


@pages.route("/consultations/<int:consultation_id>/sittings/new", methods=["GET", "POST"])
@needs(Permission.SITTING_KEEP)
def new(consultation_id: int) -> Any:
    """Plan a sitting."""
    consultation = consultations.readable(consultation_id, actor(), now())
    form: Any = forms.SittingForm()

    def send() -> Sitting:
        times = (form.starts_at.data, form.ends_at.data)
        spec = Spec(form.title.data, form.place.data or "", *times, form.quorum.data)
        return sittings.plan(consultation, spec, by=actor())

    done, status = tried(form, send)
    if done is not None:
        flash(_("The sitting is planned. Now set its order of business."), "success")
        return redirect(url_for("hall.business", sitting_id=done.id))
    return render_template("hall/new.html", form=form, consultation=consultation), status


@pages.route("/sittings/<int:sitting_id>/business", methods=["GET", "POST"])
@needs(Permission.SITTING_KEEP)
def business(sitting_id: int) -> Any:
    """Set the order of business and its minutes."""
    sitting = sittings.get(sitting_id)
    typed = "\n".join(f"{item.minutes} {item.title}" for item in sitting.items) or _suggested(sitting)
    form = forms.BusinessForm(data={"business": typed, "revision": sitting.revision})
    if not sitting.items:
        del form.reason

    def send() -> Sitting:
        seen = form.revision.data or ""
        revision = int(seen) if str(seen).isdecimal() and len(str(seen)) < 9 else None
        return sittings.set_business(
            sitting,
            order_of_business.read(sitting.consultation_id, form.business.data or ""),
            given(form),
            revision=revision,
            by=actor(),
        )

    done, status = tried(form, send)
    if done is not None:
        flash(_("The order of business is set."), "success")
        return redirect(url_for("hall.show", sitting_id=sitting_id))
    return render_template("hall/business.html", form=form, sitting=sitting, office=forms.OfficeForm()), status


def _suggested(sitting: Sitting) -> str:
    rows = order_of_business.on_the_paper(sitting.consultation_id)
    return "\n".join([_("10 Opening"), *(f"20 {row.label}: {row.title}" for row in rows)])


@pages.post("/sittings/<int:sitting_id>/officers")
@needs(Permission.SITTING_KEEP)
def appoint(sitting_id: int) -> Response:
    """Appoint a chair or a teller."""
    sitting, form = sittings.get(sitting_id), forms.OfficeForm()
    try:
        sittings.appoint(sitting, members.by_number(form.member.data or ""), form.office.data or "", by=actor())
        flash(_("Appointed."), "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("hall.business", sitting_id=sitting_id))


@pages.route("/sittings/<int:sitting_id>/credentials", methods=["GET", "POST"])
@signed_in
def cards(sitting_id: int) -> Any:
    """The cards of a sitting: admit somebody, let a substitute take over."""
    sitting = sittings.get(sitting_id)
    policy.require(Permission.CREDENTIALS_KEEP, actor(), sitting, at=clock.now())
    form = forms.CardForm()

    def send() -> Any:
        member = members.by_number(form.member.data or "")
        weight = form.weight.data if form.weight.data is not None else 1
        return credentials.admit(
            sitting, member, member.unit, form.kind.data, weight, replaces=form.replaces.data, by=actor()
        )

    done, status = tried(form, send)
    if done is not None:
        flash(_("Card %(n)s is given.", n=done.card), "success")
        return redirect(url_for("hall.cards", sitting_id=sitting_id))
    rows = credentials.of_sitting(sitting_id)
    return render_template(
        "hall/cards.html", form=form, sitting=sitting, rows=rows, voting=credentials.voting(rows),
        gone={row.replaces_id for row in rows}, proxies="proxies" in consultations.rules_of(sitting.consultation).hall,
    ), status  # fmt: skip


@pages.post("/sittings/<int:sitting_id>/credentials/<int:card>")
@signed_in
def presence(sitting_id: int, card: int) -> Response:
    """Somebody comes or goes, or gives a proxy."""
    sitting = sittings.get(sitting_id)
    try:
        if "proxy" in request.form:
            text = request.form["proxy"].strip()
            to = int(text) if text.isdecimal() and len(text) < 7 else None
            credentials.give_proxy(sitting, card, to, by=actor())
        else:
            credentials.mark_present(sitting, card, request.form.get("present") == "yes", by=actor())
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("hall.cards", sitting_id=sitting_id))
