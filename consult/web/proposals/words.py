"""How proposals that take two officers are said on pages, and where what they are about is found."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.domain import officer_proposals as domain
from consult.model.officer_proposals import OfficerProposal
from consult.model.store import db
from consult.service import reorganising, units
from consult.service.polling_again import Dates
from consult.web.guards import now
from consult.web.phrases import said
from consult.web.words import instant_text


def asked(proposal: OfficerProposal) -> str:
    """What is proposed, in a few words."""
    said = {
        domain.ANNUL: _("Annul the ballot “%(title)s”", title=proposal.title),
        domain.END_ROLE: _("End an office: %(title)s", title=proposal.title),
        domain.VACATE: _("End a term in a seat: %(title)s", title=proposal.title),
        domain.END_FOUNDING: _("End the founding period of %(title)s", title=proposal.title),
        domain.POLL_AGAIN: _("Poll again: “%(title)s”", title=proposal.title),
        domain.MERGE: _("Merge %(title)s into another unit", title=proposal.title),
        domain.CLOSE: _("Close %(title)s", title=proposal.title),
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
    if proposal.what == domain.POLL_AGAIN:
        return url_for("nominations.show", call_id=proposal.subject_id)
    if proposal.what in (domain.END_FOUNDING, domain.MERGE, domain.CLOSE):
        return url_for("units.show", unit_id=proposal.subject_id)
    return url_for("units.index")


#: The dates of a call that follows another, in the order in which a page has them.
_DATES = {
    "opens_at": _l("Nominations open"), "closes_at": _l("Nominations close"), "consent_by": _l("Last moment to accept"),
    "withdraw_by": _l("Last moment to withdraw"), "term_starts_at": _l("The term begins"), "term_until": _l("The term ends"),
}  # fmt: skip


def particulars(proposal: OfficerProposal, subject: Any, stands: bool) -> list[tuple[Any, Any]]:
    """What exactly is agreed to, in rows: the dates of the new call; the unit merged into, and the offices that end."""
    rows: list[tuple[Any, Any]] = []
    if proposal.what == domain.POLL_AGAIN:
        dates = Dates.from_json(proposal.terms)
        rows += [(label, instant_text(getattr(dates, name))) for name, label in _DATES.items()]
    if proposal.what == domain.MERGE:
        rows.append((_("Merged into"), units.get(proposal.terms["into"]).name))
    if proposal.what in (domain.MERGE, domain.CLOSE) and stands:
        ending = reorganising.offices(db.session(), subject, now())
        rows.append(
            (_("Offices that end"), ", ".join(f"{one.name} ({said(one.title)})" for one in ending) or _("none"))
        )
    return rows
