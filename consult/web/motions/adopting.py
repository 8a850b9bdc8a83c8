"""After a ballot on priorities: what a policy primary adopted enters the policy book; its order is set aside, with a reason."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.service import adopting, ballots, clock, consultations
from consult.web.guards import actor, needs, now, signed_in
from consult.web.motions import forms
from consult.web.motions.views import pages
from consult.web.trying import tried


@pages.route("/consultations/<int:consultation_id>/priorities/adopt/<int:ballot_id>", methods=["GET", "POST"])
@needs(Permission.PRIMARY_ADOPT)
def adopt_primary(consultation_id: int, ballot_id: int) -> Any:
    """Enter what a policy primary adopted in the policy book, after reading what that is."""
    consultation, ballot = consultations.readable(consultation_id, actor(), now()), ballots.get(ballot_id)
    rows = adopting.adoptable(consultation).get(ballot_id, [])
    if not rows:
        raise NotFound(_("Nothing that this ballot adopted waits to be entered in the policy book."))
    form = forms.AdoptForm()
    done, status = tried(form, lambda: adopting.adopt(consultation, ballot, by=actor()))
    if done is not None:
        flash(_("They are in the policy book, each with the ballot that adopted it."), "success")
        return redirect(url_for("motions.priorities", consultation_id=consultation_id))
    return render_template(
        "motions/adopt_primary.html", form=form, consultation=consultation, ballot=ballot, rows=rows
    ), status


@pages.route("/ballots/<int:ballot_id>/set-aside", methods=["GET", "POST"])
@signed_in
def set_aside(ballot_id: int) -> Any:
    """Undo what was taken from a ballot."""
    ballot = ballots.get(ballot_id)
    policy.require(Permission.PRIORITIES_SET_ASIDE, actor(), ballot, at=clock.now())
    form = forms.SetAsideForm()
    done, status = tried(form, lambda: adopting.set_aside(ballot, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("It is set aside. Members read your reason."), "success")
        return redirect(url_for("motions.priorities", consultation_id=ballot.consultation_id))
    return render_template("motions/set_aside.html", form=form, ballot=ballot), status
