"""Complaints and the panel's decisions, recounts, extensions, re-runs, the certificate and the destruction of envelopes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotAllowed
from consult.domain.policy import Permission
from consult.model.ballots import Ballot
from consult.service import ballots, certificate, clock, complaints, destruction, extensions, recounts, reruns
from consult.web.casework import forms
from consult.web.guards import actor, allowed, signed_in
from consult.web.trying import tried

pages = Blueprint("casework", __name__)


def _ballot(ballot_id: int, permission: Permission) -> Ballot:
    ballot = ballots.get(ballot_id)
    policy.require(permission, actor(), ballot, at=clock.now())
    return ballot


def _sees_all(ballot: Ballot) -> bool:
    """The panel and the desk read every complaint; everybody else those of their own."""
    return allowed(Permission.COMPLAINT_DECIDE, ballot) or (
        allowed(Permission.RESULT_SEE_PROVISIONAL, ballot) and actor().member_id not in ballot.candidate_member_ids
    )


@pages.route("/ballots/<int:ballot_id>/complaints", methods=["GET", "POST"])
@signed_in
def complain(ballot_id: int) -> Any:
    """The complaints that one may read, and the form for one's own."""
    ballot, form = ballots.get(ballot_id), forms.ComplaintForm()
    told = lambda: complaints.make(ballot, form.about.data, form.text.data, form.affected.data or 0, by=actor())  # noqa: E731
    done, status = tried(form, told)
    if done:
        flash(_("Your complaint is with the complaints panel. You will be told what it decides."), "success")
        return redirect(url_for("casework.complain", ballot_id=ballot_id))
    shown = complaints.listed(ballot, of=None if _sees_all(ballot) else actor().member_id)
    can = complaints.can_complain(ballot, clock.now())
    return render_template("casework/complaints.html", ballot=ballot, form=form, complaints=shown, can=can), status


@pages.route("/ballots/<int:ballot_id>/complaints/<int:number>", methods=["GET", "POST"])
@signed_in
def complaint(ballot_id: int, number: int) -> Any:
    """One complaint: read by its maker, the panel and the desk; decided by the panel."""
    ballot, found, form = ballots.get(ballot_id), complaints.get(ballot_id, number), forms.DecisionForm()
    if found.made_by_id != actor().member_id and not _sees_all(ballot):
        raise NotAllowed("A complaint is read by whoever made it, the complaints panel and the certification desk.")

    def decide() -> Any:
        figure = form.found_affected.data or 0
        return complaints.decide(found, form.outcome.data, form.reasons.data, figure, by=actor())

    done, status = tried(form, decide)
    if done:
        flash(_("The decision is on the record, and the person who complained is told."), "success")
        return redirect(url_for("casework.complaint", ballot_id=ballot_id, number=number))
    decides = found.outcome is None and allowed(Permission.COMPLAINT_DECIDE, found)
    shown = {"ballot": ballot, "complaint": found, "form": form, "decides": decides}
    return render_template("casework/complaint.html", **shown), status


@pages.route("/ballots/<int:ballot_id>/recount", methods=["GET", "POST"])
@signed_in
def recount(ballot_id: int) -> Any:
    """Ask for a recount, as a candidate or scrutineer; the record of those asked for."""
    ballot, form = _ballot(ballot_id, Permission.RECOUNT_ASK), forms.RecountForm()
    done, status = tried(form, lambda: recounts.ask(ballot, form.reason.data, by=actor()))
    if done:
        flash(_("The recount is asked for. Nothing is certified before it is made."), "success")
        return redirect(url_for("desk.show", ballot_id=ballot_id))
    return render_template("casework/recount.html", ballot=ballot, form=form), status


@pages.post("/ballots/<int:ballot_id>/recounts")
@signed_in
def make_recounts(ballot_id: int) -> Response:
    """Make every recount that was asked for."""
    recounts.make(ballots.get(ballot_id), by=actor())
    flash(_("The recount is made, and what it came to is on the record."), "success")
    return redirect(url_for("desk.show", ballot_id=ballot_id))


@pages.post("/ballots/<int:ballot_id>/draw-up")
@signed_in
def draw_up(ballot_id: int) -> Response:
    """Draw up the certificate."""
    certificate.draw_up(ballots.get(ballot_id), by=actor())
    flash(_("The certificate is drawn up. The committee can sign it now."), "success")
    return redirect(url_for("desk.show", ballot_id=ballot_id))


@pages.route("/ballots/<int:ballot_id>/extend", methods=["GET", "POST"])
@signed_in
def extend(ballot_id: int) -> Any:
    """Propose a later close; the proposals so far, for another officer to agree to."""
    ballot = _ballot(ballot_id, Permission.BALLOT_EXTEND)
    form = forms.ExtendForm()
    done, status = tried(form, lambda: extensions.propose(ballot, form.closes_at.data, form.reason.data, by=actor()))
    if done:
        flash(_("Proposed. The close is extended when another officer agrees."), "success")
        return redirect(url_for("casework.extend", ballot_id=ballot_id))
    shown = {"ballot": ballot, "form": form, "extensions": extensions.of(ballot), "phase": ballot.phase(clock.now())}
    return render_template("casework/extend.html", **shown), status


@pages.post("/ballots/<int:ballot_id>/extend/<int:extension_id>")
@signed_in
def agree_extension(ballot_id: int, extension_id: int) -> Response:
    """Agree, as the second officer."""
    extensions.agree(ballots.get(ballot_id), extension_id, by=actor())
    flash(_("The close is extended, and everybody on the roll is told."), "success")
    return redirect(url_for("casework.extend", ballot_id=ballot_id))


@pages.route("/ballots/<int:ballot_id>/again", methods=["GET", "POST"])
@signed_in
def again(ballot_id: int) -> Any:
    """Put an annulled ballot again."""
    ballot, form = _ballot(ballot_id, Permission.BALLOT_CREATE), forms.AgainForm()
    reruns.require_possible(ballot)
    made, status = tried(form, lambda: reruns.put_again(ballot, form.opens_at.data, form.closes_at.data, by=actor()))
    if made:
        flash(_("The ballot is in preparation again. Look over its questions, then schedule it."), "success")
        return redirect(url_for("ballots.show", ballot_id=made.id))
    return render_template("casework/again.html", ballot=ballot, form=form), status


@pages.route("/ballots/<int:ballot_id>/destruction", methods=["GET", "POST"])
@signed_in
def destroy(ballot_id: int) -> Any:
    """Propose that the envelopes are destroyed; what was proposed, for another officer to agree to; the record of it."""
    ballot, form = _ballot(ballot_id, Permission.BALLOT_DESTROY), forms.DestroyForm()
    done, status = tried(form, lambda: destruction.propose(ballot, form.shares.data, form.backups.data, by=actor()))
    if done:
        flash(_("Proposed. The envelopes are destroyed when another officer agrees."), "success")
        return redirect(url_for("casework.destroy", ballot_id=ballot_id))
    found, begins = destruction.of(ballot), destruction.possible_from(ballot)
    shown = {"ballot": ballot, "form": form, "destruction": found, "begins": begins, "now": clock.now()}
    return render_template("casework/destroy.html", **shown), status


@pages.post("/ballots/<int:ballot_id>/destruction/agree")
@signed_in
def agree_destruction(ballot_id: int) -> Response:
    """Agree, as the second officer."""
    destruction.agree(ballots.get(ballot_id), by=actor())
    flash(_("The envelopes and the key are destroyed. What was published stays as it is."), "success")
    return redirect(url_for("casework.destroy", ballot_id=ballot_id))
