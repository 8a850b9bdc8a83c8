"""The delivery ledger of a ballot for its officers; a new link to vote for whoever asks; an address that works again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.ballots import Ballot
from consult.model.members import Member
from consult.model.store import db
from consult.service import ballots, bounces, clock, delivery_ledger, fresh_links, looking, reminding, worker_state
from consult.web.deliveries.forms import LinkForm
from consult.web.guards import actor, now, public, signed_in
from consult.web.trying import tried

pages = Blueprint("deliveries", __name__)


def _seen(ballot_id: int) -> Ballot:
    """A ballot with a roll, for those who see its ledger."""
    ballot = ballots.get(ballot_id)
    policy.require(Permission.DELIVERY_SEE, actor(), ballot, at=clock.now())
    if ballot.roll_id is None or ballot.state == "preparing":
        raise NotFound(_("Nothing is sent for this ballot yet: it is not scheduled."))
    return ballot


@pages.get("/ballots/<int:ballot_id>/deliveries")
@signed_in
def ledger(ballot_id: int) -> str:
    """Every voter on the roll: whether a link went out, came back or was opened, and whether the vote is in."""
    ballot, at = _seen(ballot_id), clock.now()
    show, words = request.args.get("show", ""), request.args.get("q", "").strip()
    show = show if show in delivery_ledger.FILTERS else ""
    found = delivery_ledger.page(ballot, now(), show, words, request.args.get("page", 1, type=int))
    looking.note(actor(), [line.member_id for line in found.lines], "roll", at)
    kept = urlencode({"q": words, "show": show, "page": ""})
    return render_template(
        "deliveries/ledger.html",
        ballot=ballot,
        totals=delivery_ledger.totals(ballot, now()),
        found=found,
        show=show,
        words=words,
        reminders=reminding.of(ballot),
        no_reminder=reminding.why_not(ballot, at),
        worker=worker_state.state(at),
        address=f"{request.path}?{kept}",
    )


@pages.post("/ballots/<int:ballot_id>/deliveries/missing")
@signed_in
def missing(ballot_id: int) -> Response:
    """Queue the links that are missing."""
    fresh_links.queue_missing(_seen(ballot_id), by=actor())
    flash(_("Queued. The links go out by themselves."), "success")
    return redirect(url_for("deliveries.ledger", ballot_id=ballot_id), 303)


@pages.post("/ballots/<int:ballot_id>/deliveries/remind")
@signed_in
def remind(ballot_id: int) -> Response:
    """Remind those who have not voted."""
    reminding.remind(_seen(ballot_id), by=actor())
    flash(_("Queued. Whoever votes before a reminder's turn comes gets none."), "success")
    return redirect(url_for("deliveries.ledger", ballot_id=ballot_id), 303)


@pages.route("/ballots/<int:ballot_id>/link", methods=["GET", "POST"])
@public
def link(ballot_id: int) -> Any:
    """Ask for a new link to vote, without signing in; the answer is the same whoever asks."""
    ballot = ballots.get(ballot_id)
    if ballot.state == "preparing":
        raise NotFound(_("There is no such ballot to vote in."))
    form = LinkForm()

    def send() -> bool:
        fresh_links.ask(ballot, form.identifier.data or "", network=request.remote_addr or "")
        return True

    done, status = tried(form, send)
    if done:
        return render_template("deliveries/link_sent.html", ballot=ballot)
    open_now = fresh_links.offered(ballot, clock.now())
    return render_template("deliveries/link.html", ballot=ballot, form=form, open_now=open_now), status


@pages.post("/account/address-works")
@signed_in
def address_works() -> Response:
    """Put down that mail to one's address works again."""
    member = db.session.get_one(Member, actor().member_id)
    bounces.settle(member, by=actor())
    flash(
        _(
            "Thank you. A message is on its way to %(address)s; if it does not come, tell your branch.",
            address=member.email,
        )
    )
    return redirect(url_for("accounts.home"), 303)


@pages.app_template_global("mail_that_came_back")
def mail_that_came_back() -> Any:
    """The report that mail to the reader's own address comes back, or None; for the first pages after signing in."""
    return bounces.standing(actor().member_id)
