"""What one officer proposed and a second agrees to: the list, one proposal, and agreeing, withdrawing, carrying out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import officer_proposals as domain
from consult.domain import policy
from consult.model.officer_proposals import OfficerProposal
from consult.service import agreeing
from consult.service import officer_proposals as proposals
from consult.web.guards import actor, now, signed_in
from consult.web.proposals.words import asked, became, particulars, path_of

pages = Blueprint("proposals", __name__)


@pages.get("/proposals")
@signed_in
def index() -> str:
    """Every proposal, those that wait first."""
    return render_template("proposals/index.html", rows=proposals.listed(), at=now(), asked=asked, became=became)


@pages.get("/proposals/<int:proposal_id>")
@signed_in
def show(proposal_id: int) -> str:
    """One proposal: what, why, by whom, who can agree, and what became of it."""
    proposal, at = proposals.get(proposal_id), now()
    subject = agreeing.subject_of(proposal)
    stands = proposal.stands(at) and subject is not None
    able = agreeing.seconds(proposal, subject, at) if stands else []
    right = agreeing.right_to(agreeing.KINDS[proposal.what], subject) if stands else None
    alone = agreeing.why_not_alone(proposal, subject, at) if stands and not able else ""
    shown: dict[str, Any] = {
        "stands": stands,
        "able": able,
        "can_agree": right is not None
        and actor().member_id in {member.id for member in able}
        and policy.may(right, actor(), subject, at=at),
        "own": proposal.proposed_by_id == actor().member_id,
        "alone": alone,
        "path": path_of(proposal, subject),
        "particulars": particulars(proposal, subject, stands),
        "asked": asked,
        "became": became,
    }
    return render_template("proposals/show.html", proposal=proposal, at=at, **shown)


@pages.post("/proposals/<int:proposal_id>/agree")
@signed_in
def agree(proposal_id: int) -> Response:
    """Agree, as the second officer."""
    return _done(agreeing.agree(proposals.get(proposal_id), by=actor()))


@pages.post("/proposals/<int:proposal_id>/carry-out")
@signed_in
def carry_out(proposal_id: int) -> Response:
    """Carry it out after the waiting time, where nobody else holds the right."""
    return _done(agreeing.carry_out(proposals.get(proposal_id), by=actor()))


@pages.post("/proposals/<int:proposal_id>/withdraw")
@signed_in
def withdraw(proposal_id: int) -> Response:
    """Withdraw one's own."""
    agreeing.withdraw(proposals.get(proposal_id), by=actor())
    flash(_("The proposal is withdrawn. It stays on the record."), "success")
    return redirect(url_for("proposals.show", proposal_id=proposal_id))


def _done(proposal: OfficerProposal) -> Response:
    said = {
        domain.ANNUL: _("The ballot is annulled. Its motions are back on the order paper."),
        domain.END_ROLE: _("The role is ended, and its holder is told."),
        domain.VACATE: _("The seat is vacant now, and whoever held it is told."),
        domain.END_FOUNDING: _("The founding period is ended, and with it every interim term."),
        domain.POLL_AGAIN: _(
            "The ballot is annulled and nominations are called again; those who still stand are told."
        ),
        domain.MERGE: _("The unit is merged, and those whose offices ended are told."),
        domain.CLOSE: _("The unit is closed, and those whose offices ended are told."),
    }
    flash(said[proposal.what], "success")
    return redirect(url_for("proposals.show", proposal_id=proposal.id))
