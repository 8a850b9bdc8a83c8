"""Candidates' circulars: the officers' page of a ballot, a candidate's own, agreeing to them, and the link that ends them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.ballots import Ballot
from consult.model.members import Member
from consult.model.store import db
from consult.service import ballots, candidates, circulars, clock
from consult.web.circulars.forms import CallForm, WriteForm
from consult.web.guards import actor, public, signed_in
from consult.web.trying import tried

pages = Blueprint("circulars", __name__)


def _kept(ballot_id: int) -> Ballot:
    """A ballot for the officers who call for its circulars."""
    ballot = ballots.get(ballot_id)
    policy.require(Permission.CIRCULARS_KEEP, actor(), ballot, at=clock.now())
    return ballot


@pages.route("/ballots/<int:ballot_id>/circulars", methods=["GET", "POST"])
@signed_in
def index(ballot_id: int) -> Any:
    """The call, every candidate's circular, and sending them."""
    ballot, form = _kept(ballot_id), CallForm()
    done, status = tried(form, lambda: circulars.call(ballot, form.words.data, form.until.data, by=actor()))
    if done:
        flash(_("The candidates are told. Each has the same length and the same last moment."), "success")
        return redirect(url_for("circulars.index", ballot_id=ballot_id), 303)
    shown: dict[str, Any] = {"call": circulars.call_of(ballot), "written": circulars.of_ballot(ballot)}
    at = clock.now()
    shown |= {"candidates": circulars.candidates_of(ballot), "why_not": circulars.why_not_sent(ballot, at)}
    shown["too_late"] = ballot.closes_at is not None and ballot.closes_at <= at + circulars.NOTICE
    return render_template("circulars/index.html", ballot=ballot, form=form, **shown), status


@pages.post("/ballots/<int:ballot_id>/circulars/judge")
@signed_in
def judge(ballot_id: int) -> Response:
    """Approve a circular, or send it back."""
    ballot, sent = _kept(ballot_id), request.form
    option, revision = sent.get("option", 0, type=int), sent.get("revision", 0, type=int)
    approved = "approve" in sent
    circulars.judge(ballot, option, approved, sent.get("reason", ""), revision=revision, by=actor())
    flash(_("Approved.") if approved else _("Sent back; the candidate is told why."), "success")
    return redirect(url_for("circulars.index", ballot_id=ballot_id), 303)


@pages.post("/ballots/<int:ballot_id>/circulars/send")
@signed_in
def send(ballot_id: int) -> Response:
    """Send all that are approved, in one message."""
    circulars.send(_kept(ballot_id), by=actor())
    flash(_("Queued: all of them, in one message, to everybody on the roll who agreed."), "success")
    return redirect(url_for("circulars.index", ballot_id=ballot_id), 303)


@pages.route("/candidates/<int:option_id>/circular", methods=["GET", "POST"])
@signed_in
def write(option_id: int) -> Any:
    """A candidate's own circular."""
    option = candidates.get(option_id)
    policy.require(Permission.CIRCULAR_WRITE, actor(), option, at=clock.now())
    ballot = option.question.ballot
    call = circulars.call_of(ballot)
    if call is None:
        raise NotFound(_("Circulars are not called for in this ballot."))
    mine = circulars.of_ballot(ballot).get(option_id)
    form = WriteForm(data={"text": mine.text if mine else "", "revision": mine.revision if mine else 0})
    revision = int(form.revision.data) if str(form.revision.data).isdecimal() else None
    handed = "hand_in" in request.form
    done, status = tried(
        form, lambda: circulars.write(option, form.text.data or "", hand_in=handed, revision=revision, by=actor())
    )
    if done:
        flash(_("Handed in. An officer looks at it.") if handed else _("Kept. It is not handed in yet."), "success")
        return redirect(url_for("circulars.write", option_id=option_id), 303)
    form.revision.data = str(mine.revision if mine else 0)
    shown = {"option": option, "ballot": ballot, "call": call, "mine": mine, "at": clock.now()}
    return render_template("circulars/write.html", form=form, **shown), status


@pages.post("/account/circulars")
@signed_in
def agree() -> Response:
    """Say whether one wants circulars."""
    wanted = request.form.get("agreed") == "yes"
    circulars.agree(db.session.get_one(Member, actor().member_id), wanted, by=actor())
    flash(
        _("Candidates' circulars will be sent to you.") if wanted else _("No circulars will be sent to you."), "success"
    )
    return redirect(url_for("accounts.home"), 303)


@pages.route("/circulars/stop/<token>", methods=["GET", "POST"])
@public
def stop(token: str) -> str:
    """A page with a button, so that no mail program that looks at links ends anything."""
    circulars.whose(token)
    if request.method == "POST":
        circulars.stop(token)
    return render_template("circulars/stop.html", stopped=request.method == "POST")


@pages.app_template_global("my_circulars")
def my_circulars() -> Any:
    """What the reader said about circulars, or None."""
    return circulars.consent_of(actor().member_id)
