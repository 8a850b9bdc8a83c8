"""How proposals that take two officers are said on pages, and where what they are about is found."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from consult.domain import officer_proposals as domain
from consult.model.officer_proposals import OfficerProposal


def asked(proposal: OfficerProposal) -> str:
    """What is proposed, in a few words."""
    said = {
        domain.ANNUL: _("Annul the ballot “%(title)s”", title=proposal.title),
        domain.END_ROLE: _("End an office: %(title)s", title=proposal.title),
        domain.VACATE: _("End a term in a seat: %(title)s", title=proposal.title),
        domain.END_FOUNDING: _("End the founding period of %(title)s", title=proposal.title),
    }
    return said[proposal.what]


def became(proposal: OfficerProposal, at: Any) -> str:
    """What became of it, in a few words."""
    said = {
        domain.DONE: _("Agreed to, and done"),
        domain.ALONE: _("Done by one person after the waiting time: nobody else held the right"),
        domain.WITHDRAWN: _("Withdrawn"),
        domain.LAPSED: _("Lapsed: nobody agreed within 28 days"),
        domain.OVERTAKEN: _("Overtaken: it came to its end in another way"),
    }
    if proposal.ended:
        return said[proposal.ended]
    return _("Waits for a second person") if proposal.stands(at) else said[domain.LAPSED]


def path_of(proposal: OfficerProposal, subject: Any) -> str:
    """The page of what a proposal is about."""
    if proposal.what == domain.ANNUL:
        return url_for("ballots.show", ballot_id=proposal.subject_id)
    if proposal.what == domain.VACATE and subject is not None:
        return url_for("bodies.show", body_id=subject.body_id)
    if proposal.what == domain.END_FOUNDING:
        return url_for("units.show", unit_id=proposal.subject_id)
    return url_for("units.index")
